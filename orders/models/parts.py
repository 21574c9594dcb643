"""What every row that follows an order has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from orders.models.history import StatusChange
from tiktoksync.sync.models import Change, SyncRow

if TYPE_CHECKING:
    from orders.models.order import Order


class OrderPart(SyncRow):
    """A row with a place of its own in the queue, whose story is told in its order's history."""

    order: Any

    class Meta:
        abstract = True

    def note_change(self, change: Change) -> None:
        """Append a line to the order's history."""
        order: Order = self.order
        StatusChange.record(order, change)
