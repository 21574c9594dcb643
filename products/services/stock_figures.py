"""How many of each variant a TikTok shop should offer, worked out for many with a few queries."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from products.models import InventoryLevel, Location, ProductRules, Variant
from products.services.listing_task_skus import SELLABLE
from products.services.stock_figures_aside import units_set_aside
from products.stock_rules import quantity_for, uncounted_quantity

#: Shopify tells whole seconds: a change may be from the end of the one it names.
SECOND = timedelta(microseconds=999_999)


class Basis(StrEnum):
    """What a figure rests on."""

    COUNTED = "counted"
    UNCOUNTED = "uncounted"
    GONE = "gone"
    NOT_SOLD = "not_sold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class StockFigure:
    """What TikTok should show of a variant, in units; None where nothing is known of its stock.

    `available` is what Shopify can sell at the shop's locations, `set_aside` what waiting orders
    take of it.
    """

    quantity: int | None
    basis: Basis
    available: int = 0
    set_aside: int = 0


@dataclass(slots=True)
class _Levels:
    """What is known of the stock of inventory items."""

    available: dict[str, int] = field(default_factory=dict)
    #: The last moment that what is known may have seen.
    as_of: dict[str, datetime] = field(default_factory=dict)


def stock_figures(
    store_id: int, rules: ProductRules, variants: Collection[Variant]
) -> dict[int, StockFigure]:
    """The figures of variants of one store, by variant (row), under one shop's rules.

    The variants come with their product. However many there are, it takes a handful of queries.
    """
    levels = _levels(store_id, rules, {one.inventory_item_id for one in variants})
    as_of = {
        one.pk: levels.as_of[one.inventory_item_id]
        for one in variants
        if one.inventory_item_id in levels.as_of
    }
    aside: Mapping[int, int] = {}
    if rules.set_aside_held:
        aside = units_set_aside(store_id, {one.pk for one in variants}, as_of)
    return {one.pk: _figure(one, rules, levels, aside.get(one.pk, 0)) for one in variants}


def _figure(variant: Variant, rules: ProductRules, levels: _Levels, aside: int) -> StockFigure:
    if variant.gone_at is not None or variant.product.gone_at is not None:
        return StockFigure(0, Basis.GONE)
    if variant.product.status not in SELLABLE:
        return StockFigure(0, Basis.NOT_SOLD)
    if not variant.is_tracked or variant.sells_without_stock:
        return StockFigure(uncounted_quantity(rules), Basis.UNCOUNTED)
    item = variant.inventory_item_id
    if item not in levels.as_of:
        return StockFigure(None, Basis.UNKNOWN)
    available = levels.available.get(item, 0)
    return StockFigure(quantity_for(available, rules, aside), Basis.COUNTED, available, aside)


def _levels(store_id: int, rules: ProductRules, items: set[str]) -> _Levels:
    """What can be sold of the items where the shop sells from, and of which moment that is."""
    places = {str(one) for one in rules.stock_locations}
    closed = set() if places else _closed(store_id)
    rows = InventoryLevel.objects.filter(store=store_id, inventory_item_id__in=items - {""})
    found = _Levels()
    for item, place, available, changed_at, seen_at in rows.values_list(
        "inventory_item_id", "shopify_location_id", "available", "changed_at", "seen_at"
    ):
        at = changed_at + SECOND if changed_at else seen_at
        found.as_of[item] = max(at, found.as_of.get(item, at))
        if place in places if places else place not in closed:
            found.available[item] = found.available.get(item, 0) + available
    return found


def _closed(store_id: int) -> set[str]:
    """Locations that are not in use."""
    rows = Location.objects.filter(store=store_id, is_active=False)
    return set(rows.values_list("shopify_location_id", flat=True))
