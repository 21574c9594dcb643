"""Claim → call → record: the one beat of every outbound flow.

Claim and record are short durable transactions; the call between them runs in a pool thread with no
transaction open and without touching the ORM. The attempt row is written before anything leaves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any, NoReturn

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from tiktoksync.errors import (
    NotAuthorized,
    OutcomeUnknown,
    RetryableError,
    SyncError,
)
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.models import Attempt, FailureKind, SyncRow, SyncStatus
from tiktoksync.sync.settling import LeaseTooShort, concerns_account

if TYPE_CHECKING:
    from tiktoksync.sync.flows import OutboundFlow
    from tiktoksync.sync.leases import Lease

log = structlog.get_logger(__name__)

PLAN = "plan"
# The database's own trouble, and no row's: it passes.
DATABASE_AWAY = (OperationalError, InterfaceError)

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
    ended: float = 0.0


def claim(flow: OutboundFlow, lease: Lease, slots: int) -> tuple[list[Claimed], bool]:
    """Claim due rows for at most `slots` calls; also tells whether any row was looked at."""
    try:
        with transaction.atomic(durable=True):
            lease.renew()
            now = database_now()
            rows = flow.lock_ready(now, slots * flow.batch)
            if not rows:
                return [], False
            tasks = _plan(flow, rows, now)
            _see_to_leftovers(rows, tasks, now)
            claimed = [_start(flow, task, now) for task in tasks]
            reach("claiming")
    except SyncError as error:
        if not concerns_account(error):
            raise
        flow.note_failure(error)
        return [], False
    reach("claimed")
    return claimed, True


def _plan(flow: OutboundFlow, rows: Sequence[Any], now: datetime) -> list[Task]:
    """What to do with locked rows. One that breaks the planning never holds up the others."""
    try:
        with transaction.atomic():
            return flow.plan(rows, now)
    except (*DATABASE_AWAY, SyncError):
        raise
    except Exception as bug:  # noqa: BLE001  recorded on the row, then raised on by the drain
        for row in rows:
            row.refresh_from_db()
        if len(rows) == 1:
            return [Task(PLAN, partial(_raise, bug), (rows[0],))]
    return [task for row in rows for task in _plan(flow, [row], now)]


def _raise(bug: Exception) -> NoReturn:
    raise bug


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
    outcome = _call(claimed.task)
    outcome.ended = monotonic()
    outcome.seconds = outcome.ended - began
    return outcome


def _call(task: Task) -> Outcome:
    try:
        reach("sending")
        answer = task.call()
        reach("answered")
    except SyncError as error:
        return Outcome(error=error)
    except Exception as bug:  # noqa: BLE001  recorded on the row, then raised on by the drain
        return Outcome(bug=bug)
    return Outcome(answer=answer)


def record(flow: OutboundFlow, claimed: Claimed, outcome: Outcome) -> None:
    """Write down what came of a call, if the rows are still ours; a remote id is never lost."""
    reach("recording")
    with transaction.atomic(durable=True):
        flow.lock_owners(claimed.task.rows)
        ours, lost = _split(flow, claimed)
        _finish(claimed.attempts, outcome, {row.pk for row in lost}, flow)
        try:
            with transaction.atomic():
                _apply(flow, ours, lost, claimed, outcome)
        except DATABASE_AWAY:
            raise
        except Exception as bug:  # noqa: BLE001  recorded on the rows, then raised on by the drain
            outcome.bug = bug
            for row in ours:
                row.refresh_from_db()
            _set_aside(ours, claimed, bug)
        reach("committing")
    reach("recorded")


def _split(flow: OutboundFlow, claimed: Claimed) -> tuple[list[SyncRow], list[SyncRow]]:
    """Which rows are still under our claim (and are locked now), and which are not."""
    rows = claimed.task.rows
    held = {
        row_id: (number, fresh)
        for row_id, number, *fresh in type(rows[0])
        ._base_manager.select_for_update(no_key=True)
        .filter(pk__in=[row.pk for row in rows], sync_status=SyncStatus.SENDING)
        .values_list("pk", "attempt_number", *flow.fresh)
    }
    ours: list[SyncRow] = []
    lost: list[SyncRow] = []
    for row, attempt in zip(rows, claimed.attempts, strict=True):
        number, fresh = held.get(row.pk, (None, []))
        (ours if number == attempt.number else lost).append(row)
        for name, value in zip(flow.fresh, fresh, strict=False):
            setattr(row, name, value)
    return ours, lost


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
    # All attempts of one call share what came of it: one plain update, or two.
    for is_lost in (False, True):
        group = [attempt for attempt in attempts if (attempt.subject_id in lost) is is_lost]
        if group:
            values = {name: getattr(group[0], name) for name in _RESULT_COLUMNS}
            Attempt.objects.filter(pk__in=[attempt.pk for attempt in group]).update(**values)


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
    ours: list[SyncRow],
    lost: list[SyncRow],
    claimed: Claimed,
    outcome: Outcome,
) -> None:
    task = claimed.task
    if lost and outcome.answer is not None:
        flow.late(lost, task, outcome.answer)
    if not ours:
        return
    attempts = {attempt.subject_id: attempt for attempt in claimed.attempts}
    if outcome.answer is not None:
        accounts.note_success(flow.account)
        flow.record(ours, task, outcome.answer, attempts)
    elif outcome.error is not None:
        until = flow.note_failure(outcome.error) if concerns_account(outcome.error) else None
        for row in ours:
            flow.refused(row, task, outcome.error, attempts[row.pk], until)
    elif outcome.bug is not None:
        _set_aside(ours, claimed, outcome.bug)


def _set_aside(rows: Sequence[SyncRow], claimed: Claimed, bug: Exception) -> None:
    """A bug of ours. What was sent may have had its effect: whoever retries looks first."""
    attempts = {attempt.subject_id: attempt for attempt in claimed.attempts}
    for row in rows:
        attempt = attempts[row.pk]
        doubt = None if claimed.task.step == PLAN else attempt.started_at
        statuses.fail(
            row,
            FailureKind.INTERNAL,
            type(bug).__name__,
            "Something went wrong inside TikTokSync; the log has the details.",
            attempt=attempt,
            in_doubt_since=row.in_doubt_since or doubt,
        )
