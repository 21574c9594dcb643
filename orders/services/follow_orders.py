"""What news of a stored order set going besides its own sync: rows in flows of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orders.facts import OrderFacts
from orders.models import Cancellation, Order
from orders.services.follow_aftersales import catch_up_aftersales, follow_aftersales
from orders.services.request_addresses import request_address
from orders.services.store_packages import follow_packages, want_packages
from tiktoksync.lib import queue
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus


def follow_order(order: Order, facts: OrderFacts, raw_before: Mapping[str, Any]) -> None:
    """Start what the news ask for; the caller holds the order's row.

    `raw_before` is the order as it stood before these news.
    """
    follow_packages(order, raw_before)
    if order.sync_status == SyncStatus.SYNCED and facts.status == OrderStatus.CANCELLED:
        request_cancellation(order)
    if order.sync_status == SyncStatus.SYNCED:
        request_address(order, facts, raw_before)
    follow_aftersales(order, facts, raw_before)


def catch_up(order: Order) -> None:
    """Start what news ask for that came before the order was in Shopify; it has just been made."""
    want_packages(order)
    if order.tiktok_status == OrderStatus.CANCELLED:
        request_cancellation(order)
    catch_up_aftersales(order)


def request_cancellation(order: Order) -> None:
    """Have a synced order cancelled in Shopify too, once."""
    if Cancellation.objects.filter(order=order).exists():
        return
    row = Cancellation(order=order, reason=order.cancel_reason, cancelled_by=order.cancelled_by)
    change = statuses.begin(row, SyncStatus.PENDING, reason="TikTok cancelled the order.")
    row.save()
    row.note_change(change)
    queue.wake("push_cancellations", order.shop.store_id)
