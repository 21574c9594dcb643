"""answer_cancel_requests: the merchant's answer to a buyer's cancel request goes to TikTok once.

The key of the answer is stored before it is sent and used again after an unclear one; even so the
request is read before anything is repeated, for it may have ended by itself meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F, QuerySet

from orders.aftersales_facts import CANCEL_PENDING, ENDED, GRANTED, cancel_facts
from orders.facts_reading import Malformed
from orders.models import CancelRequest
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.sync.settling import (
    confirm_refusal,
    look_after_refusal,
    settle_error,
    was_refused,
)

LOOK_AGAIN_SECONDS = 30.0
APPROVE, REJECT = CancelRequest.Verdict.APPROVE.value, CancelRequest.Verdict.REJECT.value
# What TikTok says of the request when an answer has had its effect.
EFFECTS = {APPROVE: GRANTED, REJECT: ENDED}
DONE = {
    APPROVE: "Accepted: TikTok cancels what the buyer asked for.",
    REJECT: "Declined: the order goes on.",
}
OVERTAKEN = {
    APPROVE: ("withdrawn", "The buyer took the request back before the answer came."),
    REJECT: ("granted_unanswered", "TikTok granted the request before it was declined."),
}


class AnswerCancelRequests(ShopFlow, OutboundFlow):
    """Answers the cancel requests of one TikTok shop."""

    stem = "answer_cancel_requests"
    model = CancelRequest
    account: TikTokShop
    account_of_row = "order__shop"
    order_by = (F("respond_by").asc(nulls_last=True), "pk")  # type: ignore[assignment]
    fresh = ("status", "tiktok_update_time")

    def prefetched(self, rows: QuerySet[CancelRequest]) -> QuerySet[CancelRequest]:
        return rows.select_related("order")

    def plan(self, rows: Sequence[CancelRequest], now: datetime) -> list[Task]:
        client = tiktok_client(self.account)
        tasks = [self._decide(client, row) for row in rows]
        return [task for task in tasks if task is not None]

    def _decide(self, client: Any, row: CancelRequest) -> Task | None:
        if row.in_doubt_since is not None:
            call = partial(client.search_cancellations, cancel_ids=[row.cancel_id])
            return Task("verify", call, (row,))
        if row.status in (*GRANTED, *ENDED):
            _overtaken(row)
            return None
        key = row.idempotency_key
        if row.verdict == APPROVE:
            call = partial(client.approve_cancellation, row.cancel_id, key=key)
            return Task(APPROVE, call, (row,))
        call = partial(
            client.reject_cancellation,
            row.cancel_id,
            reason=row.reject_reason,
            comment=row.comment,
            key=key,
        )
        return Task(REJECT, call, (row,))

    def record(
        self,
        rows: Sequence[CancelRequest],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step != "verify":
            _done(row, answer, attempt)
            return
        status = _status_in(answer.data.rows, row)
        if status in EFFECTS[row.verdict]:
            _done(row, answer, attempt)
        elif status in (*GRANTED, *ENDED):
            _overtaken(row, attempt)
        elif was_refused(row):
            confirm_refusal(row, attempt)
        else:
            # Not answered yet: the same key again. Not listed at all: a moment later.
            later = None if status else database_now() + scaled(LOOK_AGAIN_SECONDS)
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason="TikTok has no answer to the request yet.",
                in_doubt_since=None,
                next_attempt_at=later,
            )

    def refused(
        self,
        row: CancelRequest,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if isinstance(error, Rejected | Gone) and task.step in EFFECTS:
            # Too late, or answered already, is a refusal too: the request itself says which.
            look_after_refusal(row, error, attempt)
        else:
            settle_error(row, error, attempt, paused_until)


def _status_in(rows: Sequence[Mapping[str, Any]], row: CancelRequest) -> str:
    """TikTok's word for the request now; "" when it does not list it."""
    for raw in rows:
        try:
            facts = cancel_facts(raw)
        except Malformed:
            continue
        if facts.cancel_id == row.cancel_id:
            return facts.status or CANCEL_PENDING
    return ""


def _overtaken(row: CancelRequest, attempt: Attempt | None = None) -> None:
    """The request is over, and not by our answer."""
    if row.status in EFFECTS[row.verdict] and attempt is None:
        word, sentence = "answered_elsewhere", "The request was answered on TikTok, not from here."
    else:
        word, sentence = OVERTAKEN[row.verdict]
    statuses.move(
        row,
        SyncStatus.SKIPPED,
        actor="tiktok",
        attempt=attempt,
        reason=sentence,
        skip_reason=word,
        in_doubt_since=None,
        resolved_at=database_now(),
    )


def _done(row: CancelRequest, answer: Answer[Any], attempt: Attempt) -> None:
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=DONE[row.verdict],
        request_id=answer.request_id,
        resolved_at=database_now(),
    )
