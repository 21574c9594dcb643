"""The moves of `sync_status`, and the only code that writes it.

A move is a conditional update: it happens only if the row still stands as it was read, and it
leaves a line of history in the same transaction. Callers open the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import F

from tiktoksync.sync.models import Attempt, Change, FailureKind, SyncRow, SyncStatus

HELD, PENDING, SENDING = SyncStatus.HELD, SyncStatus.PENDING, SyncStatus.SENDING
SYNCED, FAILED, SKIPPED = SyncStatus.SYNCED, SyncStatus.FAILED, SyncStatus.SKIPPED

FIRST = frozenset({HELD, PENDING, SKIPPED, FAILED})
MOVES: dict[str, frozenset[str]] = {
    HELD: frozenset({PENDING, SKIPPED, FAILED}),
    PENDING: frozenset({HELD, SKIPPED, SENDING, FAILED}),
    SENDING: frozenset({SYNCED, PENDING, SKIPPED, FAILED}),
    FAILED: frozenset({PENDING, SKIPPED}),
    SKIPPED: frozenset({PENDING}),
    SYNCED: frozenset(),
}
SKIPPABLE = frozenset(before for before, after in MOVES.items() if SKIPPED in after) - {SENDING}
_CLEARED: dict[str, Any] = {
    "claimed_until": None,
    "next_attempt_at": None,
    "failure_kind": "",
    "failure_code": "",
    "failure_reason": "",
    "skip_reason": "",
    "wait_reason": "",
}

Row = TypeVar("Row", bound=SyncRow)


class IllegalMove(Exception):
    """The code asked for a move that the table does not know."""


def begin(
    row: SyncRow, to: str, *, actor: str = "system", reason: str = "", **columns: Any
) -> Change:
    """Set the first status of a row that is not stored yet; returns its first line of history."""
    if row.pk is not None or to not in FIRST:
        raise IllegalMove(f"no row begins as {to}")
    row.sync_status = to
    for name, value in columns.items():
        setattr(row, name, value)
    return Change(axis=axis_of(row), before="", after=to, actor=actor, reason=reason)


def move(
    row: SyncRow,
    to: str,
    *,
    actor: str = "system",
    reason: str = "",
    attempt: Attempt | None = None,
    request_id: str = "",
    user_id: int | None = None,
    **columns: Any,
) -> bool:
    """Move one row, if it still stands as read; False when somebody else moved it first.

    `columns` are written with the move; what belongs to the old status is cleared.
    """
    if to not in MOVES[row.sync_status]:
        raise IllegalMove(f"{row._meta.label} {row.pk}: {row.sync_status} → {to}")
    values = {**_CLEARED, **columns, "sync_status": to}
    if to == SYNCED:
        values |= {"tries": 0, "in_doubt_since": None, "lookup_misses": 0}
    changed = (
        type(row)
        ._base_manager.filter(
            pk=row.pk, sync_status=row.sync_status, attempt_number=row.attempt_number
        )
        .update(**values)
    )
    if not changed:
        return False
    before = row.sync_status
    for name, value in values.items():
        setattr(row, name, value)
    row.note_change(
        Change(
            axis=axis_of(row),
            before=before,
            after=to,
            actor=actor,
            reason=reason or columns.get("failure_reason", ""),
            request_id=request_id,
            attempt_id=attempt.pk if attempt else None,
            user_id=user_id,
        )
    )
    return True


def fail(row: SyncRow, kind: FailureKind, code: str, reason: str, **how: Any) -> bool:
    """Set a row aside for a person, with the cause in words."""
    return move(
        row, FAILED, failure_kind=kind, failure_code=code[:64], failure_reason=reason, **how
    )


def move_all(
    rows: Sequence[SyncRow], to: str, *, actor: str = "system", reason: str = "", **columns: Any
) -> int:
    """Move locked rows that all stand at one status, in one update; returns how many.

    What belongs to the old status is cleared, as `move` does; the history gets a line for each.
    """
    if not rows:
        return 0
    model, before = type(rows[0]), rows[0].sync_status
    if to not in MOVES[before] or any(row.sync_status != before for row in rows):
        raise IllegalMove(f"{model._meta.label}: {len(rows)} rows {before} → {to}")
    values = {**_CLEARED, **columns, "sync_status": to}
    mine = model._base_manager.filter(pk__in=[row.pk for row in rows], sync_status=before)
    changed = mine.update(**values)
    for row in rows:
        for name, value in values.items():
            setattr(row, name, value)
    model.note_changes([(row, Change(axis_of(row), before, to, actor, reason)) for row in rows])
    return changed


def claim(rows: Sequence[Row], until: datetime) -> list[Row]:
    """Move locked pending rows to sending and raise their fencing token, in one update."""
    keys = [row.pk for row in rows]
    if not keys:
        return []
    model = type(rows[0])
    model._base_manager.filter(pk__in=keys, sync_status=PENDING).update(
        sync_status=SENDING, claimed_until=until, attempt_number=F("attempt_number") + 1
    )
    for row in rows:
        row.sync_status = SENDING
        row.claimed_until = until
        row.attempt_number += 1
    model.note_changes([(row, Change(axis_of(row), PENDING, SENDING, "system")) for row in rows])
    return list(rows)


def defer(row: SyncRow, until: datetime | None, wait_reason: str) -> None:
    """Let a row wait where it stands; the status does not change."""
    type(row)._base_manager.filter(pk=row.pk, sync_status=row.sync_status).update(
        next_attempt_at=until, wait_reason=wait_reason[:40]
    )
    row.next_attempt_at, row.wait_reason = until, wait_reason[:40]


def axis_of(row: SyncRow) -> str:
    """The history's name for this row's own axis."""
    return getattr(row, "history_axis", "sync")


def note(rows: Iterable[SyncRow], change: Change) -> None:
    """The same line of history for several rows."""
    for row in rows:
        row.note_change(change)
