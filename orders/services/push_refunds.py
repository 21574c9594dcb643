"""push_refunds: what TikTok cancelled or paid back is taken off the Shopify order, once.

TikTok pays the buyer, so the refund carries no transaction: lines are taken off, stock goes back by
rule, no money moves. The order is always read first. That shows whether the refund is there already
(its note names the return), and what staff took off by hand; only the rest is sent, under a key
that is stored before.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django.db.models import QuerySet

from orders.models import Fulfillment, Refund
from orders.refund_lines import Plan, plan_refund
from orders.services.store_fulfillments import ENDED
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shopify.refund_calls import Refundable
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import (
    confirm_refusal,
    look_after_refusal,
    next_try,
    settle_error,
    was_refused,
)
from tiktoksync.tiktok.enums import OrderStatus

LOOK, REFUND = "look", "refund"
CANCELLED_UNITS = Refund.Source.CANCELLED_UNITS
# The key was used up by another try: that try is looked for before a new key is made.
SPENT_KEY = ("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
MOST_KEYS = 5
OTHER_REFUND_SECONDS = 2.0
RECALL = (
    "TikTok cancelled units of this order after they were shipped. Stop the parcel if you still "
    "can, then take the units off the Shopify order by hand."
)
WHOLE_ORDER = "The whole order is cancelled by now, these units with it."
CANCELLED_THERE = "The Shopify order is cancelled: there is nothing left to take off."
NOT_ON_IT = "These units were never on the Shopify order."
BY_HAND = "These units were taken off in Shopify already."
GONE = "The Shopify order no longer exists, so the refund cannot be noted on it."


class PushRefunds(StoreFlow, OutboundFlow):
    """Notes refunds in one Shopify store."""

    stem = "push_refunds"
    model = Refund
    account: ShopifyStore
    account_of_row = "order__shop__store"
    origin_of_row = "order__shop"
    order_by = ("requested_at", "pk")

    def prefetched(self, rows: QuerySet[Refund]) -> QuerySet[Refund]:
        return rows.select_related("order", "order__shop")

    def plan(self, rows: Sequence[Refund], now: datetime) -> list[Task]:
        client = shopify_client(self.account)
        tasks = []
        for row in rows:
            if _waits_for_another(row):
                # Two refunds of one order would each take the other for one made by hand.
                statuses.defer(row, now + scaled(OTHER_REFUND_SECONDS), "other_refund")
            elif task := self._decide(client, row):
                tasks.append(task)
        return tasks

    def _decide(self, client: Any, row: Refund) -> Task | None:
        gid = row.order.shopify_order_id
        is_whole = row.order.tiktok_status == OrderStatus.CANCELLED
        if row.in_doubt_since is None and row.source == CANCELLED_UNITS and is_whole:
            _leave(row, "order_cancelled", WHOLE_ORDER)
            return None
        if row.in_doubt_since is not None or not (row.lines and row.idempotency_key):
            return Task(LOOK, partial(client.read_refundable, gid), (row,))
        key = row.idempotency_key
        call = partial(client.create_refund, gid, row.lines, note=row.note, key=key)
        return Task(REFUND, call, (row,))

    def remote_id(self, answer: Answer[Any]) -> str:
        return answer.data if isinstance(answer.data, str) else ""

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[Refund],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == REFUND:
            _done(row, answer.data, answer, attempt)
        elif answer.data is None:
            statuses.fail(
                row, FailureKind.GONE, "order_gone", GONE, attempt=attempt, in_doubt_since=None
            )
        else:
            _looked(row, answer, attempt)

    def refused(
        self,
        row: Refund,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if task.step != REFUND or not isinstance(error, Rejected | Gone):
            settle_error(row, error, attempt, paused_until)
        elif error.code in SPENT_KEY and row.tries < MOST_KEYS:
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=error.message,
                request_id=error.request_id,
                in_doubt_since=attempt.started_at,
                next_attempt_at=next_try(row.tries + 1, paused_until, in_doubt=True),
                tries=row.tries + 1,
                idempotency_key="",
                lines=[],
            )
        else:
            look_after_refusal(row, error, attempt)


def _waits_for_another(row: Refund) -> bool:
    """Whether an earlier refund of the same order is still on its way."""
    earlier = Refund.objects.filter(order=row.order, pk__lt=row.pk)
    return earlier.filter(sync_status__in=(SyncStatus.PENDING, SyncStatus.SENDING)).exists()


def _has_left(row: Refund) -> bool:
    """Whether a parcel with one of the units is on its way."""
    shipments = Fulfillment.objects.filter(order=row.order).exclude(status__in=ENDED)
    held = {unit for units in shipments.values_list("shipped_units", flat=True) for unit in units}
    return bool(held & set(row.units))


def _looked(row: Refund, answer: Answer[Refundable], attempt: Attempt) -> None:
    """What the order shows decides: done, nothing to do, or what exactly to send."""
    found = answer.data
    ours = [gid for gid, note in found.refunds.items() if row.note and note == row.note]
    if ours:
        _done(row, ours[0], answer, attempt)
    elif found.cancelled:
        _leave(row, "order_cancelled", CANCELLED_THERE, attempt)
    elif was_refused(row):
        confirm_refusal(row, attempt)
        # A final refusal uses the key up: whoever retries begins with a new one.
        row.idempotency_key, row.lines = "", []
        row.save(update_fields=["idempotency_key", "lines"])
    else:
        plan = plan_refund(found.lines, row.units, _settled(row), row.restock)
        _planned(row, plan, answer, attempt)


def _settled(row: Refund) -> set[str]:
    """Units whose refund is on the Shopify order already, as far as we know."""
    done = Refund.objects.filter(order=row.order, sync_status=SyncStatus.SYNCED)
    return {unit for units in done.values_list("units", flat=True) for unit in units}


def _planned(row: Refund, plan: Plan, answer: Answer[Any], attempt: Attempt) -> None:
    if not plan.known:
        _leave(row, "not_in_shopify", NOT_ON_IT, attempt)
    elif not plan.lines:
        _done(row, "", answer, attempt, BY_HAND)
    elif row.source == CANCELLED_UNITS and (plan.shipped or _has_left(row)):
        statuses.fail(
            row, FailureKind.CONFIG, "recall", RECALL, attempt=attempt, in_doubt_since=None
        )
    else:
        is_same = plan.lines == row.lines and bool(row.idempotency_key)
        statuses.move(
            row,
            SyncStatus.PENDING,
            attempt=attempt,
            reason="Shopify has no such refund yet.",
            in_doubt_since=None,
            lines=plan.lines,
            idempotency_key=row.idempotency_key if is_same else str(uuid4()),
        )


def _leave(row: Refund, skip_reason: str, words: str, attempt: Attempt | None = None) -> None:
    statuses.move(
        row,
        SyncStatus.SKIPPED,
        reason=words,
        skip_reason=skip_reason,
        attempt=attempt,
        in_doubt_since=None,
    )


def _done(row: Refund, gid: str, answer: Answer[Any], attempt: Attempt, words: str = "") -> None:
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=words or _told(row),
        request_id=answer.request_id,
        shopify_refund_id=gid[:80],
        done_at=database_now(),
    )


def _told(row: Refund) -> str:
    """What was done. Shopify counts units whose stock is left alone as still to be shipped."""
    done = f"Taken off Shopify order {row.order.shopify_order_name}; TikTok pays the buyer."
    if row.source == CANCELLED_UNITS and row.restock == Refund.Restock.NO_RESTOCK:
        return f"{done} Their stock was left alone, so Shopify still lists them to be shipped."
    return done
