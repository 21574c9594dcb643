"""An order's items as its page shows them: equal units as one line, bundles with their parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from orders.models import LineItem, LinePart, Order
from products.models import Link


@dataclass(frozen=True, slots=True)
class ItemPart:
    """A component of a bundle, for all its units together."""

    part: LinePart
    quantity: int
    link: Link | None


@dataclass(frozen=True, slots=True)
class Item:
    """Equal units of an order as one line."""

    line: LineItem
    quantity: int
    link: Link | None
    is_cancelled: bool
    parts: list[ItemPart] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        """What the buyer pays for these units, before shipping and tax."""
        return self.line.price * self.quantity

    @property
    def seller_discount(self) -> Decimal:
        """What the seller takes off these units."""
        return self.line.seller_discount * self.quantity

    @property
    def platform_discount(self) -> Decimal:
        """What TikTok takes off these units, and pays for."""
        return self.line.platform_discount * self.quantity

    @property
    def missing_skus(self) -> list[str]:
        """TikTok SKUs to link: its own; or of a bundle the components without a link."""
        if self.link:
            return []
        ids = [part.part.tiktok_sku_id for part in self.parts if part.link is None]
        return [sku for sku in (ids if self.parts else [self.line.tiktok_sku_id]) if sku]


def group_items(order: Order) -> list[Item]:
    """Units that are alike in SKU, price, gift and fate, counted together."""
    groups: dict[tuple[Any, ...], list[LineItem]] = {}
    for line in order.line_items.select_related("variant__product").prefetch_related("parts"):
        fate = line.display_status == "CANCELLED"
        key = (line.tiktok_sku_id or line.seller_sku, line.price, line.is_gift, fate)
        groups.setdefault(key, []).append(line)
    links = _links_of(order, groups)
    return [
        Item(
            lines[0],
            len(lines),
            links.get(lines[0].tiktok_sku_id),
            key[3],
            [
                ItemPart(part, part.count * len(lines), links.get(part.tiktok_sku_id))
                for part in lines[0].parts.all()
            ],
        )
        for key, lines in groups.items()
    ]


def _links_of(order: Order, groups: dict[tuple[Any, ...], list[LineItem]]) -> dict[str, Link]:
    skus = {line.tiktok_sku_id for lines in groups.values() for line in lines}
    skus |= {part.tiktok_sku_id for lines in groups.values() for part in lines[0].parts.all()}
    links = Link.objects.filter(shop=order.shop_id, tiktok_sku_id__in=skus)
    return {link.tiktok_sku_id: link for link in links.select_related("variant__product")}
