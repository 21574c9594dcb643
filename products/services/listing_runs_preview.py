"""What a push would change of listings, sorted by cause; nothing is changed by looking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from products.models import Listing
from products.services.listing_task_flow import is_gone
from products.services.listing_task_skus import linked_skus
from products.services.push_listing_states import state_cause
from products.services.push_prices import why_nothing
from products.services.push_prices_changes import ON_SALE, ListingPrices, SkuPrice, listing_prices
from products.services.push_stock import why_no_stock
from products.services.push_stock_changes import CLOSED, ListingStock, SkuStock, listing_stocks
from products.services.rules import product_rules
from tiktoksync.lib import money
from tiktoksync.shops.models import TikTokShop

CHANGES = "changes"
MOST_SHOWN = 20


@dataclass(slots=True)
class Sorted:
    """One listing: the cause it is counted under, and what would change of it, SKU by SKU."""

    cause: str
    changes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def is_to_do(self) -> bool:
        """Something would change."""
        return self.cause == CHANGES


def sort_stock(shop: TikTokShop, listings: Sequence[Listing], state: str) -> dict[int, Sorted]:
    """Listings (by row) by what a push of their stock would do."""
    linked = linked_skus(shop, [one.pk for one in listings])
    stocks = listing_stocks(shop, product_rules(shop), linked)
    return {one.pk: _stock(one, stocks.get(one.pk)) for one in listings}


def sort_prices(shop: TikTokShop, listings: Sequence[Listing], state: str) -> dict[int, Sorted]:
    """Listings (by row) by what a push of their prices would do."""
    linked = linked_skus(shop, [one.pk for one in listings])
    prices = listing_prices(shop, product_rules(shop), linked, insist=True)
    return {one.pk: _prices(one, prices.get(one.pk)) for one in listings}


def sort_states(shop: TikTokShop, listings: Sequence[Listing], state: str) -> dict[int, Sorted]:
    """Listings (by row) by what putting them on or off sale would do."""
    return {one.pk: Sorted(state_cause(one, state) or CHANGES) for one in listings}


def _stock(listing: Listing, stock: ListingStock | None) -> Sorted:
    if is_gone(listing):
        return Sorted("listing_gone")
    if listing.status in CLOSED:
        return Sorted("state")
    if stock is None:
        return Sorted("not_linked")
    if not stock.changes:
        return Sorted("warehouse_not_chosen" if stock.undecided else why_no_stock(stock))
    return Sorted(CHANGES, [_shown_stock(one) for one in stock.changes[:MOST_SHOWN]])


def _shown_stock(one: SkuStock) -> dict[str, Any]:
    return {
        "sku": str(one.linked.sku),
        "from": one.shown,
        "to": one.quantity,
        "basis": one.figure.basis.value,
        "available": one.figure.available,
        "set_aside": one.figure.set_aside,
    }


def _prices(listing: Listing, prices: ListingPrices | None) -> Sorted:
    if is_gone(listing):
        return Sorted("listing_gone")
    if listing.status != ON_SALE:
        return Sorted("not_on_sale")
    if prices is None:
        return Sorted("not_linked")
    if not prices.changes:
        return Sorted(why_nothing(prices))
    return Sorted(CHANGES, [_shown_price(one) for one in prices.changes[:MOST_SHOWN]])


def _shown_price(one: SkuPrice) -> dict[str, Any]:
    shown = None if one.shown is None else money.text(one.shown, one.currency)
    return {
        "sku": str(one.linked.sku),
        "from": shown,
        "to": money.text(one.price, one.currency),
        "currency": one.currency,
    }
