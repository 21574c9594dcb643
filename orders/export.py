"""Orders as a table for a spreadsheet, line by line: a list of any length costs little memory."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.http import StreamingHttpResponse
from django.utils import timezone

from orders.models import Fulfillment, LineItem, Order
from orders.presentation import sync_badge, tiktok_word
from tiktoksync.runs.download import FORMULA

CHUNK = 500
COLUMNS = (
    *("TikTok order", "Shop", "Shopify order", "Placed", "TikTok status", "Sync", "Why"),
    *("Ship by", "Type", "Items", "SKUs", "Ship to", "Total", "Currency", "Tracking", "Tags"),
)


class _Line:
    """What the writer of the csv module writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def export_orders(orders: QuerySet[Order], name: str) -> StreamingHttpResponse:
    """The orders as a CSV file. Times are those of the time zone that is current now."""
    answer = StreamingHttpResponse(
        _lines(orders, timezone.get_current_timezone()), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _lines(orders: QuerySet[Order], zone: Any) -> Iterator[str]:
    writer: Any = csv.writer(_Line())
    # A byte-order mark: without it a spreadsheet guesses the letters.
    yield "\ufeff" + writer.writerow(COLUMNS)
    shipped = Fulfillment.objects.exclude(tracking_number="").only("order_id", "tracking_number")
    parts = (
        Prefetch("line_items", LineItem.objects.only("order_id", "seller_sku", "tracking_number")),
        Prefetch("fulfillments", shipped),
        "own_tags",
    )
    rows = orders.defer("raw").select_related("shop").prefetch_related(*parts)
    for order in rows.iterator(chunk_size=CHUNK):
        yield writer.writerow([safe_cell(value) for value in _row(order, zone)])


def _row(order: Order, zone: Any) -> tuple[str, ...]:
    lines = list(order.line_items.all())
    skus = dict.fromkeys(line.seller_sku for line in lines if line.seller_sku)
    numbers = [row.tracking_number for row in order.fulfillments.all()]
    numbers += [line.tracking_number for line in lines if line.tracking_number]
    return (
        order.tiktok_order_id,
        str(order.shop),
        order.shopify_order_name,
        _time(order.placed_at, zone),
        tiktok_word(order.tiktok_status),
        sync_badge(order).word,
        order.failure_reason,
        _time(order.ship_by, zone),
        order.kind.replace("_", " "),
        str(len(lines)),
        " ".join(skus),
        order.ship_to,
        f"{order.total.normalize():f}",
        order.currency,
        " ".join(dict.fromkeys(numbers)),
        ", ".join(tag.name for tag in order.own_tags.all()),
    )


def _time(moment: datetime | None, zone: Any) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M") if moment else ""


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{value}" if value.startswith(FORMULA) else value
