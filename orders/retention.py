"""Until when an order's page can say who bought it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orders.models import Order, StatusChange
from tiktoksync.tiktok.enums import OrderStatus

CLOSED = (OrderStatus.COMPLETED.value, OrderStatus.CANCELLED.value)


@dataclass(frozen=True, slots=True)
class Retention:
    """`erase_at` is known once the order is closed; until then it counts `days` from that day."""

    days: int
    erase_at: datetime | None
    erased_at: datetime | None


def show_retention(order: Order, history: Sequence[StatusChange]) -> Retention:
    """When the buyer's data goes, or went. `history` comes oldest first."""
    days = order.shop.merchant.personal_data_days
    closed = None
    if order.tiktok_status in CLOSED:
        ends = (line.at for line in history if line.axis == "tiktok" and line.after in CLOSED)
        closed = max(ends, default=None)
    erase_at = closed + timedelta(days=days) if closed else None
    return Retention(days, erase_at, order.personal_data_erased_at)
