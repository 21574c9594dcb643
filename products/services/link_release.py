"""Orders that stop at a SKU are judged again when something about that SKU has changed."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet

from orders.models import LineItem, LinePart, Order
from orders.policy import BlockReason, WaitReason
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.sync import statuses
from tiktoksync.sync.models import FailureKind, SyncStatus

LINK_BLOCKS = tuple(
    str(reason)
    for reason in (
        BlockReason.SKU_UNLINKED,
        BlockReason.SKU_AMBIGUOUS,
        BlockReason.SKU_BLANK,
        BlockReason.VARIANT_GONE,
    )
)
JUDGED_AGAIN = "Its SKU is judged again."
AT_ONCE = 1000


def judge_waiting(store: ShopifyStore, which: Q, *, blocked_too: bool = True) -> int:
    """Have orders that wait or are blocked for a SKU judged again now; returns how many.

    A thousand at a time, each thousand in a few statements.
    """
    orders = Order.objects.filter(which, shop__store=store).order_by("pk")
    released = 0
    with transaction.atomic():
        if blocked_too:
            released += _unblock(orders)
        released += _end_waiting(orders)
    if released:
        queue.wake("push_orders", store.pk)
    return released


def naming_sku(*keys: str) -> Q:
    """Orders that name one of these seller SKUs, on a unit or on a component of a bundle."""
    return _naming(sku_key__in=keys)


def naming_sku_id(*tiktok_sku_ids: str) -> Q:
    """Orders that name one of these TikTok SKUs, on a unit or on a component of a bundle."""
    return _naming(tiktok_sku_id__in=tiktok_sku_ids)


def _naming(**how: Collection[str]) -> Q:
    units = LineItem.objects.order_by().filter(**how).values("order_id")
    parts = LinePart.objects.order_by().filter(**how).values("line__order_id")
    return Q(pk__in=units.union(parts))


def _unblock(orders: QuerySet[Order]) -> int:
    blocked = orders.filter(
        sync_status=SyncStatus.FAILED,
        failure_kind=FailureKind.CONFIG,
        failure_code__in=LINK_BLOCKS,
    )
    locked = blocked.select_for_update(of=("self",), no_key=True).defer("raw")
    released = 0
    while rows := list(locked[:AT_ONCE]):
        released += statuses.move_all(rows, SyncStatus.PENDING, reason=JUDGED_AGAIN)
    return released


def _end_waiting(orders: QuerySet[Order]) -> int:
    waiting = orders.filter(sync_status=SyncStatus.PENDING, wait_reason=str(WaitReason.SKU_LOOKUP))
    keys = waiting.select_for_update(of=("self",), no_key=True).values_list("pk", flat=True)
    now, released = database_now(), 0
    while rows := list(keys[:AT_ONCE]):
        mine = Order.objects.filter(pk__in=rows, sync_status=SyncStatus.PENDING)
        released += mine.update(next_attempt_at=now, wait_reason="")
    return released
