"""Keeping an order back from Shopify for a while, and letting it go on."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orders import policy
from orders.models import Order, StatusChange
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Change, SyncStatus

REASON = policy.WaitReason.KEPT_BACK
AGAIN = "Let go on."


def keep_back_order(order: Order, *, actor: str, user: Any = None) -> bool:
    """Keep an order out of Shopify until somebody releases it.

    False if it is kept back already, or no longer waits: in Shopify, in flight, failed or skipped.
    TikTok's own hold goes on beside it.
    """
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        waits = row.sync_status in (SyncStatus.HELD, SyncStatus.PENDING)
        if not waits or row.kept_back_at is not None or row.in_doubt_since is not None:
            return False
        now, said = database_now(), policy.sentence(REASON)
        if row.sync_status == SyncStatus.PENDING:
            kept = statuses.move(
                row,
                SyncStatus.HELD,
                actor=actor,
                user_id=_id(user),
                reason=said,
                wait_reason=str(REASON),
                kept_back_at=now,
            )
        else:
            kept = _note_kept(row, now, said, actor, user)
    order.refresh_from_db()
    return kept


def _note_kept(order: Order, now: Any, said: str, actor: str, user: Any) -> bool:
    """An order that waits anyway: what it waits for changes, its status does not."""
    Order.objects.filter(pk=order.pk).update(kept_back_at=now)
    statuses.defer(order, None, str(REASON))
    held = SyncStatus.HELD.value
    order.note_change(
        Change(
            axis=StatusChange.Axis.SYNC,
            before=held,
            after=held,
            actor=actor,
            reason=said,
            user_id=_id(user),
        )
    )
    return True


def let_go_on(order: Order, *, actor: str, user: Any = None) -> bool:
    """Take back the keeping back; the rules decide what happens next. False if it was not kept."""
    with transaction.atomic():
        row = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
        if row.kept_back_at is None:
            return False
        if row.sync_status == SyncStatus.HELD:
            # Sending asks the rules again, TikTok's hold among them.
            statuses.move(
                row,
                SyncStatus.PENDING,
                actor=actor,
                user_id=_id(user),
                reason=AGAIN,
                kept_back_at=None,
            )
            queue.wake("push_orders", row.shop.store_id)
        else:
            Order.objects.filter(pk=row.pk).update(kept_back_at=None)
    order.refresh_from_db()
    return True


def _id(user: Any) -> int | None:
    return getattr(user, "pk", None)
