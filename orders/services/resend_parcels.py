"""Sending one parcel again that the other side refused, and orders again that stop alike."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from orders.models import Fulfillment, Order, PackageFulfillment
from orders.services import actions
from tiktoksync.lib import queue
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

MOST_AT_ONCE = 200
_READABLE = 18


def resend_parcel(order: Order, key: str, *, actor: str, user: Any = None) -> bool:
    """Queue one refused parcel again: "f12" is Shopify's, "p5" one that TikTok ships.

    False if it is none of this order's, or was not refused.
    """
    kind, number = key[:1], key[1:]
    if kind not in ("f", "p") or not number.isdecimal() or len(number) > _READABLE:
        return False
    rows: Any = Fulfillment.objects if kind == "f" else PackageFulfillment.objects
    with transaction.atomic():
        failed = rows.filter(order=order, pk=int(number), sync_status=SyncStatus.FAILED)
        row = failed.select_for_update(of=("self",), no_key=True).first()
        if row is None:
            return False
        moved = statuses.move(
            row,
            SyncStatus.PENDING,
            actor=actor,
            user_id=getattr(user, "pk", None),
            reason="Asked for again.",
            tries=0,
        )
        if kind == "f":
            queue.wake("push_fulfillments", order.shop_id)
        else:
            queue.wake("push_packages", order.shop.store_id)
    return bool(moved)


def orders_alike(order: Order) -> QuerySet[Order]:
    """The merchant's other orders that stand for the very same reason."""
    return Order.objects.filter(
        shop__merchant=order.shop.merchant_id,
        sync_status=SyncStatus.FAILED,
        failure_code=order.failure_code,
        failure_reason=order.failure_reason,
    ).exclude(pk=order.pk)


def retry_alike(order: Order, *, actor: str, user: Any = None) -> int:
    """Queue the order and those that stand for the same reason; returns how many.

    At most so many at once as a page can wait for; asked for again, the rest follows.
    """
    if order.sync_status != SyncStatus.FAILED or not order.failure_reason:
        return 0
    alike = orders_alike(order).exclude(tiktok_status=OrderStatus.CANCELLED)
    others = alike.select_related("shop").order_by("ship_by", "pk")[: MOST_AT_ONCE - 1]
    return sum(actions.retry_order(one, actor=actor, user=user) for one in (order, *list(others)))
