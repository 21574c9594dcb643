"""What became of an order that a run acted on."""

from __future__ import annotations

from orders.list_bulk import cause_words
from orders.models import Fulfillment, Order
from tiktoksync.runs.models import RunItem
from tiktoksync.sync.models import SyncRow, SyncStatus

State = RunItem.State
UNDER_WAY = (SyncStatus.PENDING, SyncStatus.SENDING)


def note_outcome(act: str, item: RunItem, order: Order | None) -> None:
    """Settle an item whose order has come to rest; leave one that is still under way."""
    if order is None:
        item.state, item.cause, item.words = State.SKIPPED, "gone", cause_words("gone")
    elif act == "resend" or (act == "retry" and _is_shipped(order)):
        _note_shipments(item, order)
    elif order.sync_status not in UNDER_WAY:
        _note_order(item, order)


def _is_shipped(order: Order) -> bool:
    return order.sync_status == SyncStatus.SYNCED and order.fulfillments.exists()


def _note_order(item: RunItem, order: Order) -> None:
    if order.sync_status == SyncStatus.SYNCED:
        item.state, item.cause = State.DONE, ""
        item.words = f"Shopify order {order.shopify_order_name}"
    elif order.sync_status == SyncStatus.FAILED:
        _fail(item, order)
    else:
        last = order.history.filter(axis="sync").last()
        item.state, item.cause = State.SKIPPED, order.skip_reason or order.wait_reason
        item.words = last.reason if last else ""


def _note_shipments(item: RunItem, order: Order) -> None:
    rows = list(Fulfillment.objects.filter(order=order))
    failed = next((row for row in rows if row.sync_status == SyncStatus.FAILED), None)
    if failed is not None:
        _fail(item, failed)
    elif not any(row.sync_status in UNDER_WAY for row in rows):
        item.state, item.cause, item.words = State.DONE, "", "TikTok has the tracking."


def _fail(item: RunItem, row: SyncRow) -> None:
    item.state, item.cause = State.FAILED, (row.failure_code or row.failure_kind)[:64]
    item.words = row.failure_reason
