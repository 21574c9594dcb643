"""push_cancellations: an order that TikTok cancelled after it was synced is cancelled in Shopify.

A parcel that is on its way cannot be called back by software: that becomes a task for a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet

from orders.models import Cancellation, Fulfillment
from orders.services.rules import order_rules
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.accounts import note_refusal
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, Change, FailureKind, SyncStatus
from tiktoksync.sync.settling import settle_error

REFUSED = "refused"
LOOK_AGAIN_SECONDS = 15.0
MOST_LOOKS = 8
RECALL = (
    "TikTok cancelled this order after it was shipped. Stop the parcel if you still can, then "
    "cancel the Shopify order by hand."
)


class PushCancellations(OutboundFlow):
    """Cancels orders in one Shopify store."""

    stem = "push_cancellations"
    model = Cancellation
    account: ShopifyStore
    account_of_row = "order__shop__store"
    order_by = ("requested_at", "pk")

    @classmethod
    def load(cls, account_id: int) -> PushCancellations | None:
        store = (
            ShopifyStore.objects.select_related("app", "credential").filter(pk=account_id).first()
        )
        return cls(store) if store else None

    @classmethod
    def all_accounts(cls) -> Iterable[int]:
        return ShopifyStore.objects.values_list("pk", flat=True)

    def prefetched(self, rows: QuerySet[Cancellation]) -> QuerySet[Cancellation]:
        return rows.select_related("order", "order__shop")

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
        by_buyer = row.cancelled_by == "BUYER"
        return partial(
            client.cancel_order,
            row.order.shopify_order_id,
            reason="CUSTOMER" if by_buyer else "OTHER",
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
        if task.step == "cancel" or _is_cancelled(answer.data):
            _done(row, answer, attempt)
        elif row.wait_reason == REFUSED:
            statuses.fail(
                row,
                FailureKind.REJECTED,
                row.failure_code,
                row.failure_reason,
                attempt=attempt,
                in_doubt_since=None,
            )
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
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=error.message,
                request_id=error.request_id,
                in_doubt_since=attempt.started_at,
                wait_reason=REFUSED,
                failure_code=error.code[:64],
                failure_reason=error.message,
            )
            return
        settle_error(row, error, attempt, paused_until)

    def note_failure(self, error: SyncError) -> datetime | None:
        return note_refusal(self.account, error)


def _is_shipped(row: Cancellation) -> bool:
    """Whether Shopify or TikTok was told of a shipment."""
    order = row.order
    if order.shopify_status == "FULFILLED":
        return True
    active = (SyncStatus.PENDING, SyncStatus.SENDING, SyncStatus.SYNCED, SyncStatus.HELD)
    return Fulfillment.objects.filter(order=order, sync_status__in=active).exists()


def _is_cancelled(bodies: Any) -> bool:
    return any(body and body.get("cancelledAt") for body in bodies or [])


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
    again = misses >= MOST_LOOKS
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason="Shopify has not cancelled the order yet.",
        lookup_misses=0 if again else misses,
        in_doubt_since=None if again else row.in_doubt_since,
        next_attempt_at=database_now() + scaled(LOOK_AGAIN_SECONDS),
    )
