"""Pausing an account: a hundred rows must not each discover that the other side is away."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from tiktoksync.errors import HeldBack, OutcomeUnknown, RateLimited, SyncError, Unreachable
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.sync.models import Account

log = structlog.get_logger(__name__)

UNREACHABLE_SECONDS = (2.0, 5.0, 15.0, 30.0, 60.0)
REFUSED_SECONDS = (30.0, 60.0, 300.0, 900.0)
RATE_LIMIT_SECONDS = (5.0, 10.0, 20.0, 40.0, 60.0)
LONGEST_PAUSE_SECONDS = 900.0
TOLERATED_UNCLEAR_ANSWERS = 3
#: What `Account.is_paused` looks at.
PAUSE_COLUMNS = ("paused_until", "auth_lost_at", "stopped_at")


def pause(account: Account, seconds: float, reason: str, *, scale: bool = True) -> datetime:
    """Let all calls of this account wait; returns until when. A longer pause is never shortened.

    A time that somebody else named is not scaled: it is kept to the second, however long.
    """
    wait = scaled(min(seconds, LONGEST_PAUSE_SECONDS)) if scale else timedelta(seconds=seconds)
    until, reason = database_now() + wait, reason[:200]
    longer = Q(paused_until=None) | Q(paused_until__lt=until)
    rows = type(account)._base_manager.filter(longer, pk=account.pk)
    if rows.update(paused_until=until, paused_reason=reason):
        account.paused_until, account.paused_reason = until, reason
        log.info("account paused", reason=reason, seconds=round(seconds, 1), **account.lane_facts)
    else:
        account.refresh_from_db(fields=["paused_until", "paused_reason"])
    return account.paused_until or until


def note_failure(account: Account, error: SyncError) -> datetime | None:
    """Count a failed call and pause the account if the error is the account's, not the row's.

    Returns until when the account waits, or None if it does not.
    """
    if isinstance(error, HeldBack) and not error.pauses_account:
        return database_now() + timedelta(seconds=error.retry_after or 0.0)
    if isinstance(error, RateLimited) and error.retry_after:
        return pause(account, error.retry_after, error.message, scale=False)
    if account.paused_until is not None and account.paused_until > database_now():
        # Calls that were under way together say no more than the first of them.
        return account.paused_until
    account.failures += 1
    type(account)._base_manager.filter(pk=account.pk).update(failures=account.failures)
    if isinstance(error, Unreachable) and error.retry_after is not None:
        return pause(account, error.retry_after, error.message, scale=False)
    seconds = _wait_after(error, account.failures)
    return None if seconds is None else pause(account, seconds, error.message)


def _wait_after(error: SyncError, failures: int) -> float | None:
    """How long the whole account waits after this error, one of `failures` in a row."""
    if isinstance(error, RateLimited):
        return _step(RATE_LIMIT_SECONDS, failures)
    if isinstance(error, Unreachable):
        return _step(UNREACHABLE_SECONDS, failures)
    if isinstance(error, OutcomeUnknown):
        piled_up = failures >= TOLERATED_UNCLEAR_ANSWERS
        return _step(UNREACHABLE_SECONDS, failures) if piled_up else None
    return _step(REFUSED_SECONDS, failures) if error.pauses_account else None


def note_success(account: Account) -> None:
    """A call went through: the account is well again.

    A pause that is not over stays: the call may have left before it.
    """
    if not account.failures and account.paused_until is None:
        return
    now = database_now()
    rows = type(account)._base_manager.filter(pk=account.pk)
    rows.update(failures=0)
    over = Q(paused_until=None) | Q(paused_until__lte=now)
    rows.filter(over, auth_lost_at=None).update(paused_until=None, paused_reason="")
    account.failures = 0
    if account.paused_until is not None and account.paused_until <= now:
        account.paused_until = None


def lose_consent(account: Account, reason: str) -> None:
    """Only a new connection helps: everything of this account waits until then."""
    now = database_now()
    type(account)._base_manager.filter(pk=account.pk).update(
        auth_lost_at=now, paused_reason=reason[:200]
    )
    account.auth_lost_at, account.paused_reason = now, reason[:200]
    log.warning("consent lost", reason=reason, **account.lane_facts)


def _step(table: tuple[float, ...], failures: int) -> float:
    return table[min(max(failures, 1), len(table)) - 1]


def resume(account: Account) -> None:
    """End a pause: its cause is gone."""
    account.failures, account.paused_until, account.paused_reason = 0, None, ""
    account.auth_lost_at = None
    type(account)._base_manager.filter(pk=account.pk).update(
        failures=0, paused_until=None, paused_reason="", auth_lost_at=None
    )
