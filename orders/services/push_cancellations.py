"""push_cancellations: an order that TikTok cancelled after it was synced is cancelled in Shopify.

A parcel that is on its way cannot be called back by software: that becomes a task for a person.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from orders.models import Cancellation, Fulfillment
from orders.services.map_cancel_reasons import cancel_map
from orders.services.rules import order_rules
from orders.services.store_fulfillments import ENDED
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, Change, FailureKind, SyncStatus
from tiktoksync.sync.settling import (
    confirm_refusal,
    look_after_refusal,
    settle_error,
    was_refused,
)

LOOK_AGAIN_SECONDS = 15.0
MOST_LOOKS = 8
RECALL = (
    "TikTok cancelled this order after it was shipped. Stop the parcel if you still can, then "
    "cancel the Shopify order by hand."
)


class PushCancellations(StoreFlow, OutboundFlow):
    """Cancels orders in one Shopify store."""

    stem = "push_cancellations"
    model = Cancellation
    account: ShopifyStore
    account_of_row = "order__shop__store"
    origin_of_row = "order__shop"
    owner_of_row = "order"
    order_by = ("requested_at", "pk")

    def prefetched(self, rows: QuerySet[Cancellation]) -> QuerySet[Cancellation]:
        joined = rows.select_related("order", "order__shop")
        return joined.prefetch_related("order__shop__cancel_reasons")

    def plan(self, rows: Sequence[Cancellation], now: datetime) -> list[Task]:
        client = shopify_client(self.account)
        tasks = []
        for row in rows:
            gid = row.order.shopify_order_id
            if row.in_doubt_since is not None or row.order.shopify_cancelled_at is not None:
                tasks.append(Task("verify", partial(client.read_orders, [gid]), (row,)))
            elif _is_shipped(row):
                statuses.fail(row, FailureKind.CONFIG, "recall", RECALL)
            else:
                tasks.append(Task("cancel", self._cancel(client, row), (row,)))
        return tasks

    def _cancel(self, client: Any, row: Cancellation) -> Any:
        return partial(
            client.cancel_order,
            row.order.shopify_order_id,
            reason=cancel_map(row.order.shop).for_shopify(row.reason, row.cancelled_by),
            restock=order_rules(row.order.shop).restock_on_cancel,
            staff_note=f"Cancelled on TikTok: {row.reason}"[:255] if row.reason else "",
        )

    def record(
        self,
        rows: Sequence[Cancellation],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == "cancel" and not answer.data.done:
            _look_later(row, attempt, in_doubt_since=attempt.started_at, lookup_misses=0)
        elif task.step == "cancel" or _is_cancelled(answer.data):
            _done(row, answer, attempt)
        elif was_refused(row):
            confirm_refusal(row, attempt)
        else:
            _miss(row, attempt)

    def refused(
        self,
        row: Cancellation,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if isinstance(error, Rejected | Gone) and task.step == "cancel":
            look_after_refusal(row, error, attempt)
        else:
            settle_error(row, error, attempt, paused_until)


def _is_shipped(row: Cancellation) -> bool:
    """Whether a parcel is on its way, whatever TikTok was told of it."""
    order = row.order
    if order.shopify_status == "FULFILLED":
        return True
    return Fulfillment.objects.filter(order=order).exclude(status__in=ENDED).exists()


def _is_cancelled(bodies: Any) -> bool:
    """Whether the order that was read is cancelled; one that is gone needs no cancelling."""
    return not bodies or any(body.get("cancelledAt") for body in bodies)


def _done(row: Cancellation, answer: Answer[Any], attempt: Attempt) -> None:
    now = database_now()
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=f"Shopify order {row.order.shopify_order_name} cancelled.",
        request_id=answer.request_id,
        done_at=now,
    )
    order = row.order
    if order.shopify_cancelled_at is None:
        order.shopify_cancelled_at = now
        order.save(update_fields=["shopify_cancelled_at"])
        order.note_change(
            Change(
                "shopify", order.shopify_status, "CANCELLED", "system", request_id=answer.request_id
            )
        )


def _miss(row: Cancellation, attempt: Attempt) -> None:
    """Not cancelled (yet): Shopify cancels in the background, so look again before asking again."""
    misses = row.lookup_misses + 1
    if misses >= MOST_LOOKS:
        _look_later(row, attempt, in_doubt_since=None, lookup_misses=0)
    else:
        _look_later(row, attempt, lookup_misses=misses)


def _look_later(row: Cancellation, attempt: Attempt, **columns: Any) -> None:
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason="Shopify has not cancelled the order yet.",
        next_attempt_at=database_now() + scaled(LOOK_AGAIN_SECONDS),
        **columns,
    )
