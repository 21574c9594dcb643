"""What changed rules mean: orders that a rule held or blocked are judged again."""

from __future__ import annotations

from django.db import transaction

from orders.models import Order
from orders.services.map_carriers import release_carriers
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import FailureKind, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus


def apply_new_rules(shop: TikTokShop) -> int:
    """Have the shop's waiting and blocked orders judged by its rules as they are now.

    Returns how many. TikTok's own hold is not ours to end.
    """
    with transaction.atomic():
        orders = Order.objects.select_for_update(of=("self",)).filter(
            shop=shop, tiktok_status=OrderStatus.AWAITING_SHIPMENT
        )
        now, judged = database_now(), 0
        for order in orders.filter(sync_status=SyncStatus.HELD):
            statuses.defer(order, now, order.wait_reason)
            judged += 1
        blocked = orders.filter(sync_status=SyncStatus.FAILED, failure_kind=FailureKind.CONFIG)
        for order in blocked:
            judged += statuses.move(order, SyncStatus.PENDING, reason="The shop's rules changed.")
        if judged:
            queue.wake("push_orders", shop.store_id)
        judged += release_carriers(shop)
    return judged
