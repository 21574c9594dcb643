"""What stands around every page: connections, the count that needs a person, the worst news."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from orders.filters import attention_keys, count_together
from orders.models import Order
from orders.presentation import Badge
from tiktoksync.alerts.models import Alert
from tiktoksync.alerts.shown import show_alert, worst_alert
from tiktoksync.failures import advice_on, join_advice
from tiktoksync.shops.consents import Consent, end_in_words, is_urgent, threshold_of
from tiktoksync.shops.models import ConnectedAccount, Membership, Merchant, ShopifyStore, TikTokShop
from tiktoksync.web_access import MerchantRequest

LATE = timedelta(minutes=5)
_HEALTH = {
    "ok": Badge("Connected", "check", "good"),
    "paused": Badge("Paused", "pause", "wait"),
    "stopped": Badge("Stopped", "pause", "wait"),
    "reconnect": Badge("Reconnect", "alert", "bad"),
    "disconnected": Badge("Disconnected", "plug", "off"),
}


@dataclass(frozen=True, slots=True)
class Banner:
    """The one message above a page. Tones: bad, wait, info."""

    tone: str
    icon: str
    text: str
    address: str
    button: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The connections and counts that the page's frame shows."""

    shops: list[TikTokShop]
    attention: int
    other_merchants: list[Merchant] = field(default_factory=list)
    reader: Membership | None = None
    #: While no TikTok shop is connected yet, the stores that are.
    lone_stores: list[ShopifyStore] = field(default_factory=list)

    @property
    def tiktok(self) -> Badge:
        """The worst health among the TikTok shops."""
        return _worst([shop.health for shop in self.shops])

    @property
    def shopify(self) -> Badge:
        """The worst health among the Shopify stores."""
        stores = [shop.store for shop in self.shops] or self.lone_stores
        return _worst([store.health for store in stores])

    @property
    def last_checked(self) -> datetime | None:
        """The oldest of the shops' last polls: everything is known at least up to then."""
        polls = [shop.last_poll_at for shop in self.shops]
        return min((poll for poll in polls if poll), default=None) if all(polls) else None

    @property
    def trouble(self) -> Banner | None:
        """What cannot wait: the connections' worst news or an urgent alert, or none."""
        news = self._connection_news
        return news if news and news.tone == "bad" else self._alert_news(urgent=True) or news

    @property
    def banner(self) -> Banner | None:
        """The worst news of all, for pages that do not show the orders themselves."""
        news = self._connection_news
        if news and news.tone == "bad":
            return news
        told = self._alert_news()
        if news and (told is None or told.tone != "bad"):
            return news
        return told or _attention_news(self.attention)

    @property
    def _connection_news(self) -> Banner | None:
        return _worst_news(self, timezone.now())

    def _alert_news(self, *, urgent: bool = False) -> Banner | None:
        """The worst open alert with its button; asked for by pages that show it alone."""
        alert = worst_alert(self.reader.merchant, self.reader) if self.reader else None
        return _tell_alert(alert) if alert and (alert.is_urgent or not urgent) else None


def shops_of(merchant: Merchant) -> list[TikTokShop]:
    """The merchant's shops with their stores and the ends of both consents, by one query."""
    return list(
        TikTokShop.objects.filter(merchant=merchant)
        .select_related("store")
        .annotate(
            consent_expires_at=F("credential__refresh_expires_at"),
            consent_moves=F("credential__end_moves"),
            consent_renewed_at=F("credential__renewed_at"),
            store_consent_expires_at=F("store__credential__refresh_expires_at"),
            store_consent_moves=F("store__credential__end_moves"),
            store_consent_renewed_at=F("store__credential__renewed_at"),
        )
    )


def frame_of(request: MerchantRequest) -> Frame:
    """The frame of this request's pages, asked for once."""
    frame: Frame | None = getattr(request, "frame", None)
    if frame is None:
        shops = shops_of(request.merchant)
        attention = count_attention(request.merchant, shops)
        frame = Frame(
            shops,
            attention,
            other_merchants(request),
            request.membership,
            lone_stores(request.merchant, shops),
        )
        request.frame = frame  # type: ignore[attr-defined]
    return frame


def keep_frame(request: MerchantRequest, shops: list[TikTokShop], attention: int) -> None:
    """Hand over what a view has already asked for, so that it is not asked for twice."""
    frame = Frame(
        shops,
        attention,
        other_merchants(request),
        request.membership,
        lone_stores(request.merchant, shops),
    )
    request.frame = frame  # type: ignore[attr-defined]


def lone_stores(merchant: Merchant, shops: list[TikTokShop]) -> list[ShopifyStore]:
    """The stores of a merchant that is still being set up."""
    return [] if shops else list(ShopifyStore.objects.filter(merchant=merchant))


def other_merchants(request: MerchantRequest) -> list[Merchant]:
    """The merchants that the signed-in person can switch to; a live fragment shows none."""
    if request.htmx:
        return []
    mine = Merchant.objects.filter(memberships__user=request.user.pk)
    return list(mine.exclude(pk=request.merchant.pk).only("name").order_by("name"))


def count_attention(merchant: Merchant, shops: list[TikTokShop]) -> int:
    """Orders that wait for a person, up to the cap."""
    waiting = Order.objects.filter(pk__in=attention_keys(shops))
    return count_together(merchant, {"attention": waiting})["attention"]


def health_badge(account: ConnectedAccount) -> Badge:
    """The state of one connection."""
    if account.refusal and account.health == "ok":
        return Badge("Refused", "alert", "bad", account.refusal)
    badge = _HEALTH[account.health]
    return Badge(badge.word, badge.icon, badge.tone, account.paused_reason)


def _worst(states: list[str]) -> Badge:
    for state in ("reconnect", "paused", "stopped", "disconnected", "ok"):
        if state in states:
            return _HEALTH[state]
    return Badge("Not connected", "plug", "off")


def _worst_news(frame: Frame, now: datetime) -> Banner | None:
    accounts = [account for shop in frame.shops for account in (shop, shop.store)]
    accounts = [account for account in accounts if account.disconnected_at is None]
    lost = [str(account) for account in accounts if account.auth_lost_at]
    if lost:
        text = (
            f"Sync has stopped: the connection to {lost[0]} is lost. Orders wait until it is back."
        )
        return Banner("bad", "alert", text, reverse("connect"), "Reconnect")
    ending = _first_to_end(frame.shops, now)
    if ending and ending.tone == "bad":
        return ending
    refusing = [account for account in accounts if account.refusal]
    if refusing:
        text = f"Some news of {refusing[0]} cannot be read: {refusing[0].refusal}"
        return Banner("bad", "alert", text, reverse("activity"), "See activity")
    stopped = [account for account in accounts if account.stopped_at]
    if stopped:
        text = f"{stopped[0]} is paused by {stopped[0].stopped_by or 'a person'}. Its orders wait."
        return Banner("wait", "pause", text, reverse("connect"), "Let it go on")
    paused = [account for account in accounts if account.is_paused(now)]
    if paused:
        text = f"{paused[0]} is paused: {_say_pause(paused[0].paused_reason)}"
        return Banner("wait", "pause", text, reverse("activity"), "See activity")
    silent = [
        shop
        for shop in frame.shops
        if not shop.stopped_at and shop.next_poll_at and shop.next_poll_at < now - LATE
    ]
    if silent:
        text = f"{silent[0]} has not been asked for a while: new orders show up once a worker runs."
        return Banner("wait", "clock", text, reverse("activity"), "See activity")
    return ending


def _say_pause(reason: str) -> str:
    """Why an account rests, and what helps."""
    if not reason:
        return "it asked us to slow down. It is tried again by itself."
    return join_advice(reason, advice_on("", "", reason) or "It is tried again by itself.")


def _first_to_end(shops: list[TikTokShop], now: datetime) -> Banner | None:
    """The consent that ends first of those that must be told."""
    ends = [end for shop in shops for end in _ends(shop) if threshold_of(end.consent, now)]
    if not ends:
        return None
    first = min(ends, key=lambda end: end.ends_at)
    text = end_in_words(first.platform, first.name, timezone.localtime(first.ends_at), now)
    tone, icon = ("bad", "alert") if is_urgent(first.ends_at, now) else ("wait", "clock")
    return Banner(tone, icon, text, reverse("connect"), "Renew it")


@dataclass(frozen=True, slots=True)
class _End:
    platform: str
    name: str
    ends_at: datetime
    consent: Consent


def _ends(shop: TikTokShop) -> list[_End]:
    """The ends of both sides' consents, as far as they are known."""
    sides = (("TikTok", str(shop), "consent"), ("Shopify", str(shop.store), "store_consent"))
    found = []
    for platform, name, prefix in sides:
        ends_at = getattr(shop, f"{prefix}_expires_at", None)
        if ends_at is not None:
            moves = bool(getattr(shop, f"{prefix}_moves"))
            consent = Consent(ends_at, moves, getattr(shop, f"{prefix}_renewed_at"))
            found.append(_End(platform, name, ends_at, consent))
    return found


def _tell_alert(alert: Alert) -> Banner:
    """An alert as the banner: red where orders stop or a deadline runs out, amber otherwise."""
    look = show_alert(alert).look
    tone = "bad" if alert.is_urgent else "wait"
    address = alert.address or reverse("notifications")
    return Banner(tone, look.icon, f"{alert.title.rstrip('.')}.", address, look.button)


def _attention_news(count: int) -> Banner | None:
    if not count:
        return None
    text = "1 order needs you." if count == 1 else f"{count:,} orders need you."
    return Banner("wait", "alert", text, f"{reverse('orders')}?tab=attention", "Show them")
