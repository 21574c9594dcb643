"""Claims whose worker went away are given back, in doubt: their write may have been sent."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tiktoksync.lib.timing import database_now
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, SyncRow, SyncStatus


def recover(model: type[SyncRow]) -> int:
    """Give rows back whose worker went away: their write may have been sent, so look first."""
    now = database_now()
    recovered = 0
    with transaction.atomic(durable=True):
        lost = list(
            model._base_manager.select_for_update(skip_locked=True, no_key=True).filter(
                sync_status=SyncStatus.SENDING, claimed_until__lt=now
            )[:500]
        )
        for row in lost:
            recovered += _abandon(row, now)
    return recovered


def _abandon(row: SyncRow, now: datetime) -> bool:
    attempt = Attempt.objects.filter(
        subject=row._meta.label_lower, subject_id=row.pk, number=row.attempt_number
    ).first()
    if attempt is not None and attempt.outcome == Attempt.Outcome.IN_FLIGHT:
        attempt.outcome, attempt.finished_at = Attempt.Outcome.ABANDONED, now
        attempt.save(update_fields=["outcome", "finished_at"])
    return statuses.move(
        row,
        SyncStatus.PENDING,
        reason="The worker went away before it could say what came of it.",
        attempt=attempt,
        next_attempt_at=now,
        in_doubt_since=row.in_doubt_since or (attempt.started_at if attempt else now),
    )
