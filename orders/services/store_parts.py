"""Storing what virtual bundles are made of, beside the units that stand for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from orders.facts import BundlePart, LineFacts, OrderFacts
from orders.models import LineItem, LinePart, Order
from products.models import sku_key

MOST_PIECES = 2**31 - 1


def store_new_parts(lines: Iterable[tuple[LineItem, LineFacts]]) -> None:
    """The components of units that have just been stored."""
    rows = [row for line, facts in lines if facts.combined_skus for row in _rows(line, facts)]
    if rows:
        LinePart.objects.bulk_create(rows)


def update_parts(order: Order, facts: OrderFacts) -> None:
    """The components as TikTok tells them now; an order without bundles costs nothing."""
    told = {line.line_id[:40]: line for line in facts.lines if line.combined_skus}
    if not told:
        return
    lines = order.line_items.filter(tiktok_line_item_id__in=told).prefetch_related("parts")
    for line in lines:
        rows = list(_rows(line, told[line.tiktok_line_item_id]))
        if [_identity(row) for row in rows] != [_identity(row) for row in line.parts.all()]:
            LinePart.objects.filter(line=line).delete()
            LinePart.objects.bulk_create(rows)


def _rows(line: LineItem, facts: LineFacts) -> Iterator[LinePart]:
    for position, part in enumerate(facts.combined_skus):
        yield _row(line, position, part)


def _row(line: LineItem, position: int, part: BundlePart) -> LinePart:
    return LinePart(
        line=line,
        position=position,
        tiktok_sku_id=part.sku_id[:40],
        tiktok_product_id=part.product_id[:40],
        seller_sku=part.seller_sku[:255],
        sku_key=sku_key(part.seller_sku)[:255],
        count=min(part.count, MOST_PIECES),
    )


def _identity(row: LinePart) -> tuple[object, ...]:
    return (row.position, row.tiktok_sku_id, row.seller_sku, row.count)
