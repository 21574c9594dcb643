"""push_references: the Shopify order's id is written on the TikTok order, a hundred in one call.

These references are a second proof of what was created, one that survives the loss of our database.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import Q, QuerySet

from orders.mapping import external_order
from orders.models import ExternalReference
from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.sync.settling import concerns_account, settle_error
from tiktoksync.tiktok.error_codes import error_for
from tiktoksync.tiktok.payloads import ItemError

BATCH = 100
ALONE = "alone"
FRESH = Q(sync_status=SyncStatus.PENDING, tries=0)


class PushReferences(ShopFlow, OutboundFlow):
    """Writes external references for one TikTok shop."""

    stem = "push_references"
    model = ExternalReference
    account: TikTokShop
    account_of_row = "order__shop"
    batch = BATCH
    order_by = ("pk",)

    def __init__(self, account: TikTokShop) -> None:
        super().__init__(account)
        self.concurrency = 1

    def lock_ready(self, now: datetime, most: int) -> list[Any]:
        """References wait for company: once one is due, those that are not yet go along."""
        if not self.rows().filter(self.ready(now)).exists():
            return []
        rows = self.rows().filter(FRESH | self.ready(now)).order_by(*self.order_by)
        locked = self.prefetched(rows).select_for_update(
            skip_locked=True, of=("self",), no_key=True
        )
        return list(locked[:most])

    def prefetched(self, rows: QuerySet[ExternalReference]) -> QuerySet[ExternalReference]:
        return rows.select_related("order").prefetch_related("order__line_items")

    def plan(self, rows: Sequence[ExternalReference], now: datetime) -> list[Task]:
        client = tiktok_client(self.account)
        alone = [[row] for row in rows if row.wait_reason == ALONE]
        together = [row for row in rows if row.wait_reason != ALONE]
        return [self._write(client, group) for group in (together, *alone) if group]

    def _write(self, client: Any, rows: Sequence[ExternalReference]) -> Task:
        call = partial(client.put_external_orders, [_reference(row) for row in rows])
        return Task("write", call, tuple(rows))

    def record(
        self,
        rows: Sequence[ExternalReference],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        refused = {error.order_id: error for error in answer.data}
        for row in rows:
            error = refused.get(row.order.tiktok_order_id)
            if error is None:
                statuses.move(row, SyncStatus.SYNCED, attempt=attempts[row.pk])
            else:
                self._refuse_item(row, error, answer.request_id, attempts[row.pk])

    def _refuse_item(
        self, row: ExternalReference, item: ItemError, request_id: str, attempt: Attempt
    ) -> None:
        """One of the batch was refused: its code means what it means for a call of its own."""
        error = error_for(item.code, item.message, safe=False, request_id=request_id)
        until = self.note_failure(error) if concerns_account(error) else None
        settle_error(row, error, attempt, until)

    def refused(
        self,
        row: ExternalReference,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if len(task.rows) > 1 and isinstance(error, PermanentError) and not error.pauses_account:
            # One of them spoils the call: each is sent by itself, and that one is told.
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=error.message,
                request_id=error.request_id,
                wait_reason=ALONE,
            )
        else:
            settle_error(row, error, attempt, paused_until)


def _reference(row: ExternalReference) -> dict[str, Any]:
    """The reference of one order. Shopify's lines group units, so each unit names the order."""
    order = row.order
    units = {
        line.tiktok_line_item_id: f"{order.shopify_legacy_id}-{line.tiktok_line_item_id}"
        for line in order.line_items.all()
    }
    return external_order(order.tiktok_order_id, order.shopify_legacy_id, units)
