"""What the connections page tells of each pair: facts and what can be done, never looks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.shops.consents import Consent, threshold_of
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop

SCOPES = {"shop": "tiktok_scopes", "store": "shopify_scopes"}


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a pair. `may_resume` and the like say what makes sense, not who is allowed."""

    side: str
    account: TikTokShop | ShopifyStore
    platform: str
    title: str
    place: str
    ends_at: datetime | None
    ends_soon: bool
    renews_itself: bool
    permissions: str
    lacks_permissions: bool
    reconnect: str

    @property
    def is_connected(self) -> bool:
        return self.account.disconnected_at is None

    @property
    def is_stopped(self) -> bool:
        return self.is_connected and self.account.stopped_at is not None

    @property
    def is_lost(self) -> bool:
        return self.is_connected and self.account.auth_lost_at is not None

    @property
    def needs_reconnect(self) -> bool:
        """Whether nothing but a new consent helps, or soon will."""
        return self.is_lost or not self.is_connected or self.ends_soon


@dataclass(frozen=True, slots=True)
class Card:
    """A pair; or a store that no shop feeds yet."""

    store: Side
    shop: Side | None = None
    in_the_way: int = 0
    is_checked: bool = False

    @property
    def is_waiting(self) -> bool:
        """Whether everything is there, but the merchant has not gone live."""
        shop = self.shop.account if self.shop else None
        return isinstance(shop, TikTokShop) and shop.live_at is None and not shop.disconnected_at


def cards_of(merchant: Merchant) -> list[Card]:
    """The merchant's pairs, newest last, then stores without a shop."""
    checks = _checks(merchant)
    shops = TikTokShop.objects.filter(merchant=merchant).annotate(
        ends=F("credential__refresh_expires_at"),
        moves=F("credential__end_moves"),
        renewed=F("credential__renewed_at"),
    )
    stores = {
        store.pk: store
        for store in ShopifyStore.objects.filter(merchant=merchant).annotate(
            ends=F("credential__refresh_expires_at"),
            moves=F("credential__end_moves"),
            renewed=F("credential__renewed_at"),
        )
    }
    cards = []
    for shop in shops.order_by("pk"):
        shop.store = stores[shop.store_id]
        found = checks.get(shop.pk, {})
        red = sum(check.light == PreflightCheck.Light.RED for check in found.values())
        cards.append(
            Card(_side(shop.store, "store", found), _side(shop, "shop", found), red, bool(found))
        )
    fed = {card.store.account.pk for card in cards}
    lonely = [store for key, store in sorted(stores.items()) if key not in fed]
    return cards + [Card(_side(store, "store", {})) for store in lonely]


def _checks(merchant: Merchant) -> dict[int, dict[str, PreflightCheck]]:
    found: dict[int, dict[str, PreflightCheck]] = {}
    for check in PreflightCheck.objects.filter(shop__merchant=merchant):
        found.setdefault(check.shop_id, {})[check.key] = check
    return found


def _side(account: Any, side: str, checks: dict[str, PreflightCheck]) -> Side:
    is_store, now = side == "store", timezone.now()
    consent = Consent(account.ends, bool(account.moves), account.renewed)
    check = checks.get(SCOPES[side])
    lacks = check is not None and check.light != PreflightCheck.Light.GREEN
    return Side(
        side=side,
        account=account,
        platform="Shopify" if is_store else "TikTok Shop",
        title=(account.name or account.shop_domain) if is_store else str(account),
        place=account.shop_domain if is_store else f"{account.region}, {account.shop_id}",
        ends_at=account.ends,
        ends_soon=threshold_of(consent, now) is not None,
        renews_itself=_renews(consent, is_store),
        permissions=check.words if check else "",
        lacks_permissions=lacks,
        reconnect=_reconnect(account, is_store),
    )


def _renews(consent: Consent, is_store: bool) -> bool:
    """Whether the end moves away with each renewal, so that nobody has to do anything."""
    return consent.moves or is_store


def _reconnect(account: Any, is_store: bool) -> str:
    if is_store:
        return f"{reverse('connect-shopify')}?{urlencode({'shop': account.shop_domain})}"
    return f"{reverse('connect-tiktok')}?{urlencode({'shop_id': account.shop_id})}"
