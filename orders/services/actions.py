"""What a person or a program may ask of orders: try again, leave out, let go, look now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from orders import policy
from orders.facts import Malformed, order_facts
from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    Fulfillment,
    Order,
    PackageFulfillment,
    Refund,
    SellerCancellation,
)
from orders.models.parts import OrderPart
from orders.services.keep_back import let_go_on
from products.services import keep_in_step
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import FailureKind, SyncStatus

RETRYABLE = (SyncStatus.FAILED, SyncStatus.SKIPPED)
DISMISSIBLE = (SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.FAILED)


def retry_order(order: Order, *, actor: str, user: Any = None) -> bool:
    """Queue a failed or skipped order again, with its failed shipments and cancellation.

    Returns False if there is nothing of the kind.

    Whoever retries a skipped order asks for it: the rules that skipped it no longer do.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        moved = _retry_parts(row, actor, user)
        was_skipped = row.sync_status == SyncStatus.SKIPPED
        if row.sync_status in RETRYABLE and _may_be_sent(row):
            moved |= statuses.move(
                row,
                SyncStatus.PENDING,
                actor=actor,
                user_id=_id(user),
                reason="Asked for again.",
                tries=0,
                approved_at=database_now() if was_skipped else row.approved_at,
                kept_back_at=None,
            )
        if moved:
            keep_in_step.orders_changed(row.shop, [row.tiktok_order_id])
        queue.wake("push_orders", row.shop.store_id)
    order.refresh_from_db()
    return moved


def _may_be_sent(order: Order) -> bool:
    """Cancelled and unreadable orders stay where they are."""
    if order.failure_kind == FailureKind.MALFORMED:
        return False
    try:
        facts = order_facts(order.raw)
    except Malformed:
        return False
    return facts.status not in ("CANCELLED", "UNPAID")


# What follows a synced order, and the flow that sends it; those of a shop go to TikTok.
_SHOP_PARTS: dict[str, type[OrderPart]] = {
    "push_fulfillments": Fulfillment,
    "answer_cancel_requests": CancelRequest,
    "push_seller_cancellations": SellerCancellation,
}
_STORE_PARTS: dict[str, type[OrderPart]] = {
    "push_packages": PackageFulfillment,
    "push_cancellations": Cancellation,
    "push_addresses": AddressChange,
    "push_refunds": Refund,
}


def _retry_parts(order: Order, actor: str, user: Any) -> bool:
    """What follows a synced order is queued again where it failed."""
    moved = False
    accounts = ((_SHOP_PARTS, order.shop_id), (_STORE_PARTS, order.shop.store_id))
    for parts, account_id in accounts:
        for stem, model in parts.items():
            if _retry_rows(model, order, actor, user):
                moved = True
                queue.wake(stem, account_id)
    return moved


def _retry_rows(model: type[OrderPart], order: Order, actor: str, user: Any) -> bool:
    moved = False
    rows: Any = model._base_manager
    failed = rows.filter(order=order, sync_status=SyncStatus.FAILED)
    for row in failed.select_for_update(no_key=True):
        moved |= statuses.move(
            row,
            SyncStatus.PENDING,
            actor=actor,
            user_id=_id(user),
            reason="Asked for again.",
            tries=0,
        )
    return moved


def dismiss_order(order: Order, *, actor: str, user: Any = None, why: str = "") -> bool:
    """Leave an order out of Shopify for good; False if it is there or in flight.

    `why` is the person's own reason; the history keeps it.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        if row.sync_status not in DISMISSIBLE or row.in_doubt_since is not None:
            return False
        reason = policy.SkipReason.DISMISSED
        moved = statuses.move(
            row,
            SyncStatus.SKIPPED,
            actor=actor,
            user_id=_id(user),
            reason=f"{policy.sentence(reason)} {why}".strip(),
            skip_reason=str(reason),
        )
        keep_in_step.orders_changed(row.shop, [row.tiktok_order_id])
    order.refresh_from_db()
    return moved


def release_order(order: Order, *, actor: str, user: Any = None) -> bool:
    """End our own hold of an order (safety hold, automatic sync off); TikTok's hold stays.

    What a person kept back goes on: at once, or when TikTok releases it.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        released_there = row.tiktok_status == "AWAITING_SHIPMENT"
        if row.sync_status == SyncStatus.HELD and row.kept_back_at and not released_there:
            return let_go_on(order, actor=actor, user=user)
        if row.sync_status != SyncStatus.HELD or not released_there:
            return False
        moved = statuses.move(
            row,
            SyncStatus.PENDING,
            actor=actor,
            user_id=_id(user),
            reason="Released by hand.",
            approved_at=database_now(),
            kept_back_at=None,
        )
        queue.wake("push_orders", row.shop.store_id)
    order.refresh_from_db()
    return moved


def pull_now(shops: Iterable[TikTokShop]) -> int:
    """Make the polls of these shops and of their stores due, and wake them; returns how many."""
    now = database_now()
    shops = list(shops)
    stores = {shop.store_id for shop in shops}
    TikTokShop.objects.filter(pk__in=[shop.pk for shop in shops]).update(next_poll_at=now)
    ShopifyStore.objects.filter(pk__in=stores).update(next_fulfillment_poll_at=now)
    for shop in shops:
        queue.wake("pull_orders", shop.pk)
    for store_id in stores:
        queue.wake("pull_fulfillments", store_id)
    return len(shops)


def _id(user: Any) -> int | None:
    return getattr(user, "pk", None)
