"""An order that was cancelled in Shopify alone: cancelling it on TikTok is offered, or done."""

from __future__ import annotations

from typing import Any

from orders.models import Cancellation, Order, SellerCancellation
from tiktoksync.lib import queue
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

# TikTok has nothing left to cancel there.
OVER = (
    OrderStatus.CANCELLED.value,
    OrderStatus.DELIVERED.value,
    OrderStatus.COMPLETED.value,
)
CANCELLED_THERE = "TikTok shows the order as cancelled."
OPEN = (SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.FAILED)


def offer_cancellation(order: Order, shopify_reason: Any) -> None:
    """Shopify shows the order as cancelled: unless TikTok does too, somebody has to decide.

    The caller holds the order's row. What we cancelled in Shopify ourselves was TikTok's wish.
    """
    if order.shopify_cancelled_at is None or order.tiktok_status in OVER or not order.is_synced:
        return
    if Cancellation.objects.filter(order=order).exists():
        return
    if SellerCancellation.objects.filter(order=order).exists():
        return
    reason = shopify_reason if isinstance(shopify_reason, str) else ""
    row = SellerCancellation(order=order, shopify_reason=reason[:40])
    words = "The order was cancelled in Shopify; on TikTok it goes on."
    change = statuses.begin(row, SyncStatus.PENDING, actor="shopify", reason=words)
    row.save(force_insert=True)
    row.note_change(change)
    queue.wake("push_seller_cancellations", order.shop_id)


def end_offer(order: Order) -> None:
    """TikTok cancelled the order: nothing is left to decide. The caller holds the order's row.

    What was sent and not clearly answered is left to the flow that looks after it.
    """
    rows = SellerCancellation.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(order=order, sync_status__in=OPEN, in_doubt_since=None).first()
    if row is not None:
        row.order = order
        statuses.move(
            row,
            SyncStatus.SKIPPED,
            actor="tiktok",
            reason=CANCELLED_THERE,
            skip_reason="cancelled_there",
        )
