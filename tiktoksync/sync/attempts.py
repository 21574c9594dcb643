"""Claim → call → record: the one beat of every outbound flow.

Claim and record are short durable transactions; the call between them runs in a pool thread with no
transaction open and without touching the ORM. The attempt row is written before anything leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Any

import structlog
from django.conf import settings
from django.db import transaction

from tiktoksync.errors import (
    NotAuthorized,
    OutcomeUnknown,
    RetryableError,
    SyncError,
)
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.failpoints import reach
from tiktoksync.sync.models import Attempt, FailureKind, SyncRow, SyncStatus
from tiktoksync.sync.settling import LeaseTooShort, concerns_account

if TYPE_CHECKING:
    from tiktoksync.sync.flows import OutboundFlow
    from tiktoksync.sync.leases import Lease

log = structlog.get_logger(__name__)

_RESULT_COLUMNS = (
    "finished_at",
    "elapsed_ms",
    "outcome",
    "request_id",
    "remote_id",
    "cost",
    "code",
    "message",
)


@dataclass(frozen=True, slots=True)
class Task:
    """A prepared call: plain data and a client, safe to run in a pool thread."""

    step: str
    call: Callable[[], Answer[Any]]
    rows: tuple[SyncRow, ...]
    facts: Any = None


@dataclass(slots=True)
class Claimed:
    """Rows that are ours until the lease ends, and what to do with them."""

    task: Task
    attempts: list[Attempt]
    must_start_before: float


@dataclass(slots=True)
class Outcome:
    """What came of a call: an answer, a typed error, or a bug of ours."""

    answer: Answer[Any] | None = None
    error: SyncError | None = None
    bug: Exception | None = None
    seconds: float = 0.0


def claim(flow: OutboundFlow, lease: Lease, slots: int) -> tuple[list[Claimed], bool]:
    """Claim due rows for at most `slots` calls; also tells whether any row was looked at."""
    with transaction.atomic(durable=True):
        lease.renew()
        now = database_now()
        rows = flow.lock_ready(now, slots * flow.batch)
        if not rows:
            return [], False
        tasks = flow.plan(rows, now)
        _see_to_leftovers(rows, tasks, now)
        claimed = [_start(flow, task, now) for task in tasks]
    reach("claimed")
    return claimed, True


def _start(flow: OutboundFlow, task: Task, now: datetime) -> Claimed:
    # The lease covers a real call: TIME_SCALE does not shorten it.
    until = now + timedelta(seconds=settings.LEASE_SECONDS)
    statuses.claim(task.rows, until)
    attempts = [
        Attempt(
            flow=flow.stem,
            step=task.step,
            subject=row._meta.label_lower,
            subject_id=row.pk,
            number=row.attempt_number,
            started_at=now,
        )
        for row in task.rows
    ]
    Attempt.objects.bulk_create(attempts)
    spare = settings.LEASE_SECONDS - settings.CALL_DEADLINE_SECONDS
    return Claimed(task, attempts, must_start_before=monotonic() + spare)


def _see_to_leftovers(rows: Sequence[SyncRow], tasks: Sequence[Task], now: datetime) -> None:
    """A row that plan() neither tasked nor moved must not be looked at again at once."""
    tasked = {row.pk for task in tasks for row in task.rows}
    for row in rows:
        still = row.pk not in tasked and row.sync_status == SyncStatus.PENDING
        if still and (row.next_attempt_at is None or row.next_attempt_at <= now):
            log.warning("left undecided", subject=row._meta.label_lower, subject_id=row.pk)
            statuses.defer(row, now + scaled(60), "undecided")


def perform(claimed: Claimed) -> Outcome:
    """Make the call, in a pool thread. Never raises: what went wrong is part of the outcome."""
    began = monotonic()
    if began > claimed.must_start_before:
        return Outcome(error=LeaseTooShort("The work waited too long and is queued again."))
    try:
        reach("sending")
        answer = claimed.task.call()
        reach("answered")
    except SyncError as error:
        return Outcome(error=error, seconds=monotonic() - began)
    except Exception as bug:  # noqa: BLE001  recorded on the row, then raised on by the drain
        return Outcome(bug=bug, seconds=monotonic() - began)
    return Outcome(answer=answer, seconds=monotonic() - began)


def record(flow: OutboundFlow, claimed: Claimed, outcome: Outcome) -> None:
    """Write down what came of a call, if the rows are still ours; a remote id is never lost."""
    reach("recording")
    with transaction.atomic(durable=True):
        ours, lost = _split(claimed.task.rows)
        _finish(claimed.attempts, outcome, {row.pk for row in lost}, flow)
        if lost and outcome.answer is not None:
            flow.late(lost, claimed.task, outcome.answer)
        if ours:
            by_row = {attempt.subject_id: attempt for attempt in claimed.attempts}
            _apply(flow, ours, claimed.task, by_row, outcome)
    reach("recorded")


def _split(rows: Sequence[SyncRow]) -> tuple[list[SyncRow], list[SyncRow]]:
    """Which rows are still under our claim (and are locked now), and which are not."""
    model = type(rows[0])
    held = dict(
        model._base_manager.select_for_update()
        .filter(pk__in=[row.pk for row in rows], sync_status=SyncStatus.SENDING)
        .values_list("pk", "attempt_number")
    )
    ours = [row for row in rows if held.get(row.pk) == row.attempt_number]
    return ours, [row for row in rows if held.get(row.pk) != row.attempt_number]


def _finish(
    attempts: Sequence[Attempt], outcome: Outcome, lost: set[int], flow: OutboundFlow
) -> None:
    now = database_now()
    for attempt in attempts:
        attempt.finished_at = now
        attempt.elapsed_ms = int(outcome.seconds * 1000)
        attempt.outcome = _word(outcome)
        if outcome.answer is not None:
            attempt.request_id = outcome.answer.request_id[:80]
            attempt.remote_id = flow.remote_id(outcome.answer)[:80]
            attempt.cost = outcome.answer.cost.actual if outcome.answer.cost else None
        elif outcome.error is not None:
            attempt.request_id = outcome.error.request_id[:80]
            attempt.code = outcome.error.code[:64]
            attempt.message = outcome.error.message
        elif outcome.bug is not None:
            attempt.message = f"{type(outcome.bug).__name__} in TikTokSync"
        if attempt.subject_id in lost:
            attempt.outcome = Attempt.Outcome.SUPERSEDED
    Attempt.objects.bulk_update(
        attempts,
        [*_RESULT_COLUMNS],
    )


def _word(outcome: Outcome) -> str:
    if outcome.answer is not None:
        return Attempt.Outcome.OK
    if isinstance(outcome.error, OutcomeUnknown):
        return Attempt.Outcome.UNKNOWN
    if isinstance(outcome.error, RetryableError | NotAuthorized):
        return Attempt.Outcome.RETRY
    return Attempt.Outcome.FAILED


def _apply(
    flow: OutboundFlow,
    rows: list[SyncRow],
    task: Task,
    attempts: dict[int, Attempt],
    outcome: Outcome,
) -> None:
    if outcome.answer is not None:
        accounts.note_success(flow.account)
        flow.record(rows, task, outcome.answer, attempts)
        return
    if outcome.error is not None:
        until = flow.note_failure(outcome.error) if concerns_account(outcome.error) else None
        for row in rows:
            flow.refused(row, task, outcome.error, attempts[row.pk], until)
        return
    for row in rows:
        statuses.fail(
            row,
            FailureKind.INTERNAL,
            type(outcome.bug).__name__,
            "Something went wrong inside TikTokSync; the log has the details.",
            attempt=attempts[row.pk],
        )
