"""What becomes of a row after a typed error: it waits, looks first, or is set aside."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tiktoksync.errors import (
    NotAuthorized,
    OutcomeUnknown,
    PermanentError,
    RateLimited,
    RetryableError,
    SyncError,
    Unreachable,
)
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, FailureKind, SyncRow, SyncStatus

RETRY_SECONDS = (5.0, 15.0, 60.0, 300.0, 900.0, 1800.0, 3600.0)
MOST_TRIES = 12
REFUSED = "refused"
# A row in doubt is looked up soon, however often it was tried before.
LOOK_UP_SECONDS = 30.0


class LeaseTooShort(RetryableError):
    """Too little of the lease is left to send anything; nothing was sent."""


def concerns_account(error: SyncError) -> bool:
    """Whether the error tells something about the whole account, not of one row alone."""
    if isinstance(error, LeaseTooShort):
        return False
    return error.pauses_account or not isinstance(error, PermanentError)


def settle_error(
    row: SyncRow, error: SyncError, attempt: Attempt, paused_until: datetime | None
) -> None:
    """The general rule for a refused row: wait, look first, or set aside for a person."""
    if isinstance(error, OutcomeUnknown):
        _doubt(row, error, attempt, paused_until)
    elif error.pauses_account or isinstance(error, RateLimited | NotAuthorized | LeaseTooShort):
        _requeue(row, error, attempt, paused_until, tries=row.tries)
    elif isinstance(error, RetryableError):
        _requeue(row, error, attempt, paused_until, tries=row.tries + 1)
    elif isinstance(error, PermanentError):
        statuses.fail(
            row,
            FailureKind(error.failure_kind),
            error.code,
            error.message,
            attempt=attempt,
            request_id=error.request_id,
        )


def _doubt(row: SyncRow, error: SyncError, attempt: Attempt, paused_until: datetime | None) -> None:
    """A write may have taken effect: the next try looks before it writes."""
    _requeue(
        row,
        error,
        attempt,
        paused_until,
        tries=row.tries + 1,
        in_doubt_since=row.in_doubt_since or attempt.started_at,
    )


def _requeue(
    row: SyncRow,
    error: SyncError,
    attempt: Attempt,
    paused_until: datetime | None,
    *,
    tries: int,
    **columns: Any,
) -> None:
    if tries > MOST_TRIES and not isinstance(error, Unreachable):
        statuses.fail(
            row,
            FailureKind.EXHAUSTED,
            error.code,
            f"Tried {tries} times without success. Last: {error.message}",
            attempt=attempt,
            request_id=error.request_id,
            **columns,
        )
        return
    in_doubt = columns.get("in_doubt_since", row.in_doubt_since) is not None
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason=error.message,
        request_id=error.request_id,
        next_attempt_at=next_try(tries, paused_until, in_doubt=in_doubt),
        tries=tries,
        **columns,
    )


def next_try(tries: int, paused_until: datetime | None, *, in_doubt: bool = False) -> datetime:
    """When to try again: by the table, and not before the account's pause is over."""
    seconds = 0.0 if tries == 0 else RETRY_SECONDS[min(tries, len(RETRY_SECONDS)) - 1]
    if in_doubt:
        seconds = min(seconds, LOOK_UP_SECONDS)
    due = database_now() + scaled(seconds)
    return max(due, paused_until) if paused_until else due


# --- refusals of something that may have been done already --------------------------------------


def look_after_refusal(row: SyncRow, error: SyncError, attempt: Attempt) -> None:
    """A refusal may mean that it is done already: the next try looks, and keeps what was said."""
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


def was_refused(row: SyncRow) -> bool:
    """Whether the row is looked after because its write was refused."""
    return row.wait_reason == REFUSED


def confirm_refusal(row: SyncRow, attempt: Attempt) -> None:
    """The look found nothing done: the refusal stands, in the words in which it was given."""
    statuses.fail(
        row,
        FailureKind.REJECTED,
        row.failure_code,
        row.failure_reason,
        attempt=attempt,
        in_doubt_since=None,
    )
