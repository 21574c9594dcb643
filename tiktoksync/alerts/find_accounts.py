"""Connections that end, are lost or are refused, and news that come late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min
from django.urls import reverse
from django.utils import timezone

from orders.models import Fulfillment, Order
from tiktoksync.alerts.findings import Finding, say_count, say_moment
from tiktoksync.alerts.models import AlertKind
from tiktoksync.failures import advice_on, join_advice
from tiktoksync.shops.consents import Consent, end_in_words, is_urgent, threshold_of
from tiktoksync.shops.models import ConnectedAccount, Credential, ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncStatus
from tiktoksync.web_access import zone_of

#: No good poll, or a due row that nobody works, for so long: something has stopped.
LATE = timedelta(minutes=15)


def find_accounts(now: datetime) -> Iterator[Finding]:
    """Everything about connections, from their rows and the rows that are due."""
    shops = list(
        TikTokShop.objects.filter(disconnected_at=None).select_related("merchant", "store")
    )
    stores = ShopifyStore.objects.filter(disconnected_at=None).select_related("merchant")
    for account in (*shops, *stores):
        yield from _find_lost(account, now)
    yield from _find_ends(now)
    yield from _find_silent(shops, now)
    yield from _find_overdue(shops, now)


def _find_lost(account: ConnectedAccount, now: datetime) -> Iterator[Finding]:
    """The platform ended the connection, stopped it, or keeps some of the news to itself."""
    side = "TikTok" if isinstance(account, TikTokShop) else "Shopify"
    if account.stopped_at is not None:
        return
    if account.auth_lost_at is not None:
        yield _of_account(
            account,
            "lost",
            f"The connection to {account} is lost",
            f"Sync has stopped: {side} no longer accepts our key. Orders wait until it is "
            "connected again.",
        )
        return
    if account.refusal:
        text = join_advice(account.refusal, advice_on("", "", account.refusal))
        yield _of_account(account, "refused", f"Some news of {account} cannot be read", text)
    if account.paused_reason and account.is_paused(now) and account.failures > 1:
        advice = advice_on("", "", account.paused_reason) or "It is tried again by itself."
        text = join_advice(account.paused_reason, advice)
        yield _of_account(account, "paused", f"{side} has stopped {account}", text)


def _of_account(account: ConnectedAccount, what: str, title: str, words: str) -> Finding:
    return Finding(
        merchant_id=account.merchant_id,
        kind=AlertKind.CONSENT_LOST,
        cause=f"{account._meta.model_name}/{account.pk}/{what}",
        title=title[:200],
        words=words,
        address=reverse("connect"),
        is_urgent=what == "lost",
    )


def _find_ends(now: datetime) -> Iterator[Finding]:
    """Consents whose end is near; each threshold is a cause of its own, so each is told once."""
    rows = Credential.objects.exclude(refresh_expires_at=None)
    for row in rows.select_related("shop__merchant", "store__merchant"):
        account, ends_at = row.account, row.refresh_expires_at
        reached = threshold_of(Consent(ends_at, row.end_moves, row.renewed_at), now)
        if reached is None or ends_at is None or account.auth_lost_at or account.disconnected_at:
            continue
        side = "TikTok" if row.shop_id else "Shopify"
        local = timezone.localtime(ends_at, zone_of(account.merchant))
        yield Finding(
            merchant_id=account.merchant_id,
            kind=AlertKind.CONSENT_ENDING,
            cause=f"{account._meta.model_name}/{account.pk}/{reached}",
            title=f"{side}'s consent for {account} ends on {local.day} {local:%B}"[:200],
            words=end_in_words(side, str(account), local, now),
            address=reverse("connect"),
            is_urgent=is_urgent(ends_at, now),
        )


def _find_silent(shops: Iterable[TikTokShop], now: datetime) -> Iterator[Finding]:
    """Shops that nobody could ask for orders for a while, though nothing is known to stop it."""
    for shop in shops:
        asked_at = shop.last_poll_at or shop.connected_at
        if _rests(shop, now) or asked_at >= now - LATE:
            continue
        since = say_moment(asked_at, shop.merchant)
        words = f"No new orders since {since}. They show up once a worker runs and TikTok answers."
        title = f"{shop} has not been asked for orders for a while"[:200]
        yield _late(shop, "poll", title, words, reverse("activity"))


def _find_overdue(shops: Iterable[TikTokShop], now: datetime) -> Iterator[Finding]:
    """Rows whose time came a while ago, and that nobody has worked."""
    shops = [shop for shop in shops if not _rests(shop, now) and not _rests(shop.store, now)]
    keys = [shop.pk for shop in shops if shop.live_at is not None]
    due: Any = {"sync_status": SyncStatus.PENDING, "next_attempt_at__lt": now - LATE}
    orders: Any = Order.objects.order_by().filter(shop__in=keys, **due)
    parcels: Any = Fulfillment.objects.order_by().filter(order__shop__in=keys, **due)
    kinds = (
        ("orders", orders.annotate(of=F("shop")), "order waits", "orders wait"),
        (
            "tracking",
            parcels.annotate(of=F("order__shop")),
            "tracking number waits",
            "tracking numbers wait",
        ),
    )
    by_key = {shop.pk: shop for shop in shops}
    for what, rows, one, many in kinds:
        found = rows.values("of").annotate(count=Count("pk"), since=Min("next_attempt_at"))
        for group in found:
            shop = by_key[group["of"]]
            who = "it" if group["count"] == 1 else "they"
            title = f"{say_count(group['count'], one, many)} longer than {who} should"
            since = say_moment(group["since"], shop.merchant)
            words = f"Due since {since} and not sent. Look whether the workers run."
            yield _late(shop, what, title, words, reverse("activity"), group["count"])


def _late(
    shop: TikTokShop, what: str, title: str, words: str, address: str, count: int = 1
) -> Finding:
    return Finding(
        merchant_id=shop.merchant_id,
        kind=AlertKind.SYNC_LATE,
        cause=f"{what}/{shop.pk}",
        title=title,
        words=words,
        address=address,
        count=count,
        is_urgent=True,
    )


def _rests(account: ConnectedAccount, now: datetime) -> bool:
    """It waits for a known cause, of which something else tells."""
    return account.disconnected_at is not None or account.is_paused(now)
