"""What TikTok has to be told of the prices of listings, and what of it is left alone and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from products.models import ListingSku, ProductRules
from products.pricing import price_for
from products.services.listing_task_skus import LinkedSku
from tiktoksync.lib.money import quantize
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.tiktok.markets import currency_of

#: The one state of a listing in which TikTok takes prices.
ON_SALE = "ACTIVATE"
#: TikTok may show a price otherwise than it was told. The same price is told again after a day.
STANDS_SECONDS = 86_400.0


@dataclass(frozen=True, slots=True)
class SkuPrice:
    """One SKU's price by the rules, and what TikTok shows, as far as is known."""

    linked: LinkedSku
    price: Decimal
    currency: str
    shown: Decimal | None
    is_right: bool


@dataclass(slots=True)
class ListingPrices:
    """The linked SKUs of one listing, sorted: those with a price, and those that are left alone.

    `unpriced` have no price in Shopify, or one of zero; `foreign` are priced in another currency.
    """

    prices: list[SkuPrice] = field(default_factory=list)
    locked: list[LinkedSku] = field(default_factory=list)
    unpriced: list[LinkedSku] = field(default_factory=list)
    foreign: list[LinkedSku] = field(default_factory=list)

    @property
    def changes(self) -> list[SkuPrice]:
        """What TikTok has to be told."""
        return [one for one in self.prices if not one.is_right]


def listing_prices(
    shop: TikTokShop,
    rules: ProductRules,
    linked: Mapping[int, Sequence[LinkedSku]],
    *,
    insist: bool = False,
) -> dict[int, ListingPrices]:
    """The prices of listings (by row); no query but for the shop's store.

    `insist` tells a price again that TikTok shows otherwise though it was told it within a day.
    """
    since = database_now() - scaled(0 if insist else STANDS_SECONDS)
    return {listing_id: _sorted(shop, rules, skus, since) for listing_id, skus in linked.items()}


def _sorted(
    shop: TikTokShop, rules: ProductRules, skus: Iterable[LinkedSku], since: datetime
) -> ListingPrices:
    found = ListingPrices()
    for one in skus:
        currency = one.sku.currency or currency_of(shop.region)
        if one.sku.price_locked:
            found.locked.append(one)
        elif not currency or shop.store.currency not in ("", currency):
            found.foreign.append(one)
        elif not one.variant.price or not one.is_sellable:
            found.unpriced.append(one)
        elif wanted := price_for(one.variant.price, rules, currency):
            found.prices.append(_sku_price(one, wanted, currency, since))
        else:
            found.unpriced.append(one)
    return found


def _sku_price(one: LinkedSku, wanted: Decimal, currency: str, since: datetime) -> SkuPrice:
    shown = one.sku.price if one.sku.price is not None else one.sku.sent_price
    is_shown = shown is not None and quantize(shown, currency) == wanted
    return SkuPrice(
        one, wanted, currency, shown, is_shown or _was_told(one.sku, wanted, currency, since)
    )


def _was_told(sku: ListingSku, wanted: Decimal, currency: str, since: datetime) -> bool:
    if sku.sent_price is None or sku.price_sent_at is None:
        return False
    return quantize(sku.sent_price, currency) == wanted and sku.price_sent_at > since
