"""What stands around every page: connections, the count that needs a person, the worst news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from orders.filters import attention_keys, count_together
from orders.models import Order
from orders.presentation import Badge
from tiktoksync.shops.models import ConnectedAccount, Merchant, TikTokShop
from tiktoksync.web_access import MerchantRequest

EXPIRY_WARNING = timedelta(days=30)
LATE = timedelta(minutes=5)
_HEALTH = {
    "ok": Badge("Connected", "check", "good"),
    "paused": Badge("Paused", "pause", "wait"),
    "reconnect": Badge("Reconnect", "alert", "bad"),
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

    @property
    def tiktok(self) -> Badge:
        """The worst health among the TikTok shops."""
        return _worst([shop.health for shop in self.shops])

    @property
    def shopify(self) -> Badge:
        """The worst health among the Shopify stores."""
        return _worst([shop.store.health for shop in self.shops])

    @property
    def last_checked(self) -> datetime | None:
        """The oldest of the shops' last polls: everything is known at least up to then."""
        polls = [shop.last_poll_at for shop in self.shops]
        return min((poll for poll in polls if poll), default=None) if all(polls) else None

    @property
    def trouble(self) -> Banner | None:
        """The worst news of the connections, or none."""
        return _worst_news(self, timezone.now())

    @property
    def banner(self) -> Banner | None:
        """The worst news of all, for pages that do not show the orders themselves."""
        return self.trouble or _attention_news(self.attention)


def shops_of(merchant: Merchant) -> list[TikTokShop]:
    """The merchant's shops with their stores and the end of TikTok's consent, by one query."""
    return list(
        TikTokShop.objects.filter(merchant=merchant)
        .select_related("store")
        .annotate(consent_expires_at=F("credential__refresh_expires_at"))
    )


def frame_of(request: MerchantRequest, attention: int | None = None) -> Frame:
    """The frame of this request's pages, asked for once."""
    frame: Frame | None = getattr(request, "frame", None)
    if frame is None:
        shops = shops_of(request.merchant)
        frame = Frame(shops, count_attention(request.merchant, shops))
        request.frame = frame  # type: ignore[attr-defined]
    return frame


def keep_frame(request: MerchantRequest, shops: list[TikTokShop], attention: int) -> None:
    """Hand over what a view has already asked for, so that it is not asked for twice."""
    request.frame = Frame(shops, attention)  # type: ignore[attr-defined]


def count_attention(merchant: Merchant, shops: list[TikTokShop]) -> int:
    """Orders that wait for a person, up to the cap."""
    waiting = Order.objects.filter(pk__in=attention_keys(shops))
    return count_together(merchant, {"attention": waiting})["attention"]


def health_badge(account: ConnectedAccount) -> Badge:
    """The state of one connection."""
    badge = _HEALTH[account.health]
    return Badge(badge.word, badge.icon, badge.tone, account.paused_reason)


def _worst(states: list[str]) -> Badge:
    for state in ("reconnect", "paused", "ok"):
        if state in states:
            return _HEALTH[state]
    return Badge("Not connected", "plug", "off")


def _worst_news(frame: Frame, now: datetime) -> Banner | None:
    accounts = [account for shop in frame.shops for account in (shop, shop.store)]
    lost = [str(account) for account in accounts if account.auth_lost_at]
    if lost:
        text = (
            f"Sync has stopped: the connection to {lost[0]} is lost. Orders wait until it is back."
        )
        return Banner("bad", "alert", text, reverse("connect"), "Reconnect")
    paused = [account for account in accounts if account.is_paused(now)]
    if paused:
        text = f"{paused[0]} is paused: {paused[0].paused_reason or 'it asked us to slow down'}."
        return Banner("wait", "pause", text, reverse("activity"), "See activity")
    silent = [shop for shop in frame.shops if shop.next_poll_at and shop.next_poll_at < now - LATE]
    if silent:
        text = f"{silent[0]} has not been asked for a while: new orders show up once a worker runs."
        return Banner("wait", "clock", text, reverse("activity"), "See activity")
    expiring = [shop for shop in frame.shops if _expires_soon(shop, now)]
    if expiring:
        text = f"TikTok's consent for {expiring[0]} ends soon."
        return Banner("wait", "clock", text, reverse("connect"), "Renew it")
    return None


def _expires_soon(shop: TikTokShop, now: datetime) -> bool:
    moment: datetime | None = getattr(shop, "consent_expires_at", None)
    return moment is not None and moment - now < EXPIRY_WARNING


def _attention_news(count: int) -> Banner | None:
    if not count:
        return None
    text = "1 order needs you." if count == 1 else f"{count:,} orders need you."
    return Banner("wait", "alert", text, f"{reverse('orders')}?tab=attention", "Show them")
