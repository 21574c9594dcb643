"""What TikTok has to be told of the stock of listings, and what of it is left alone and why.

See docs/decisions/0011-stock-on-tiktok.md for the warehouses.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from products.models import ListingSku, ProductRules
from products.services.listing_task_skus import LinkedSku
from products.services.stock_figures import StockFigure, stock_figures
from tiktoksync.shops.models import TikTokShop

#: States of a listing in which TikTok takes no stock.
CLOSED = frozenset({"DELETED", "FREEZE", "PLATFORM_DEACTIVATED"})

Entry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class SkuStock:
    """One SKU's figure: `quantity` for `warehouse_id`, which is empty where TikTok has only one.

    `shown` is what that warehouse shows as far as is known, `others` are the other warehouses.
    """

    linked: LinkedSku
    figure: StockFigure
    quantity: int
    warehouse_id: str
    shown: int | None
    others: tuple[Entry, ...] = ()

    @property
    def is_right(self) -> bool:
        """TikTok shows it already."""
        return self.shown == self.quantity

    def may_be_sold(self, orders_read_at: datetime | None) -> bool:
        """TikTok shows fewer than it was told, and nothing else changed: an order may have them.

        Until the orders were looked for after that was read (`orders_read_at` is when the last look
        began), the units are not offered again.
        """
        sku = self.linked.sku
        if self.shown is None or self.shown >= self.quantity or sku.sent_quantity != self.quantity:
            return False
        return orders_read_at is None or orders_read_at <= sku.seen_at


@dataclass(slots=True)
class ListingStock:
    """The linked SKUs of one listing, sorted: those with a figure, and those that are left alone.

    `undecided` have several warehouses, and the rules name none; `drafts` are not sold in Shopify
    yet.
    """

    figures: list[SkuStock] = field(default_factory=list)
    locked: list[LinkedSku] = field(default_factory=list)
    unknown: list[LinkedSku] = field(default_factory=list)
    undecided: list[LinkedSku] = field(default_factory=list)
    drafts: list[LinkedSku] = field(default_factory=list)

    @property
    def changes(self) -> list[SkuStock]:
        """What TikTok has to be told."""
        return [one for one in self.figures if not one.is_right]

    @property
    def needs_a_call(self) -> bool:
        """A task has something to do: to tell TikTok, or to tell the merchant what is missing."""
        return bool(self.undecided) or not all(one.is_right for one in self.figures)


def listing_stocks(
    shop: TikTokShop, rules: ProductRules, linked: Mapping[int, Sequence[LinkedSku]]
) -> dict[int, ListingStock]:
    """The stock of listings (by row), set-based: a handful of queries for all of them."""
    variants = {one.variant.pk: one.variant for skus in linked.values() for one in skus}
    figures = stock_figures(shop.store_id, rules, variants.values())
    return {listing_id: _sorted(shop, rules, skus, figures) for listing_id, skus in linked.items()}


def _sorted(
    shop: TikTokShop,
    rules: ProductRules,
    skus: Iterable[LinkedSku],
    figures: Mapping[int, StockFigure],
) -> ListingStock:
    stock = ListingStock()
    for one in skus:
        figure = figures[one.variant.pk]
        warehouse = warehouse_of(one.sku, rules, shop.warehouses)
        if one.sku.stock_locked:
            stock.locked.append(one)
        elif one.is_not_sold_yet:
            stock.drafts.append(one)
        elif figure.quantity is None:
            stock.unknown.append(one)
        elif warehouse is None:
            stock.undecided.append(one)
        else:
            stock.figures.append(_sku_stock(one, figure, figure.quantity, warehouse))
    return stock


def warehouse_of(
    sku: ListingSku, rules: ProductRules, warehouses: Sequence[Mapping[str, Any]]
) -> str | None:
    """The warehouse that Shopify's stock stands for: the chosen one, or the only one there is.

    Empty if none is known, which TikTok takes where there is only one; None if there are several
    and none is chosen.
    """
    if rules.warehouse_id:
        return rules.warehouse_id
    shown = [str(entry.get("warehouse_id") or "") for entry in sku.inventory]
    known = shown or [str(one.get("id") or "") for one in warehouses]
    if len(set(known)) > 1:
        return None
    return known[0] if known else ""


def _sku_stock(one: LinkedSku, figure: StockFigure, quantity: int, warehouse: str) -> SkuStock:
    shown: int | None = None
    others = []
    for entry in one.sku.inventory:
        if str(entry.get("warehouse_id") or "") == warehouse:
            shown = _whole(entry.get("quantity"))
        else:
            others.append(dict(entry))
    if not one.sku.inventory:
        shown = one.sku.quantity if one.sku.quantity is not None else one.sku.sent_quantity
    return SkuStock(one, figure, quantity, warehouse, shown, tuple(others))


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None
