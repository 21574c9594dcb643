"""Pausing an account: a hundred rows must not each discover that the other side is away."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from tiktoksync.errors import NotAuthorized, OutcomeUnknown, RateLimited, SyncError, Unreachable
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.sync.models import Account

log = structlog.get_logger(__name__)

UNREACHABLE_SECONDS = (2.0, 5.0, 15.0, 30.0, 60.0)
REFUSED_SECONDS = (30.0, 60.0, 300.0, 900.0)
RATE_LIMIT_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 900.0
TOLERATED_UNCLEAR_ANSWERS = 3


def pause(account: Account, seconds: float, reason: str, *, scale: bool = True) -> datetime:
    """Let all calls of this account wait; returns until when. A longer pause is never shortened."""
    now = database_now()
    wait = min(seconds, LONGEST_PAUSE_SECONDS)
    until = now + (scaled(wait) if scale else timedelta(seconds=wait))
    longer = Q(paused_until=None) | Q(paused_until__lt=until)
    type(account)._base_manager.filter(longer, pk=account.pk).update(
        paused_until=until, paused_reason=reason[:200]
    )
    account.paused_until, account.paused_reason = until, reason[:200]
    log.info("account paused", reason=reason, seconds=round(wait, 1), **account.lane_facts)
    return until


def note_failure(account: Account, error: SyncError) -> datetime | None:
    """Count a failed call and pause the account if the error is the account's, not the row's.

    Returns until when the account waits, or None if it does not.
    """
    account.failures += 1
    type(account)._base_manager.filter(pk=account.pk).update(failures=account.failures)
    if isinstance(error, RateLimited):
        told = error.retry_after
        seconds = RATE_LIMIT_SECONDS if told is None else told
        return pause(account, seconds, error.message, scale=told is None)
    if isinstance(error, NotAuthorized):
        return pause(account, _step(REFUSED_SECONDS, account.failures), error.message)
    if isinstance(error, Unreachable):
        return pause(account, _step(UNREACHABLE_SECONDS, account.failures), error.message)
    if isinstance(error, OutcomeUnknown) and account.failures >= TOLERATED_UNCLEAR_ANSWERS:
        return pause(account, _step(UNREACHABLE_SECONDS, account.failures), error.message)
    return None


def note_success(account: Account) -> None:
    """A call went through: the account is well again."""
    if not account.failures and account.paused_until is None:
        return
    account.failures, account.paused_until, account.paused_reason = 0, None, ""
    type(account)._base_manager.filter(pk=account.pk).update(
        failures=0, paused_until=None, paused_reason=""
    )


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
