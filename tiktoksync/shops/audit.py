"""The audit log: what the team set and what support did, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from tiktoksync.shops.models import Merchant, SettingsChange
from tiktoksync.support.models import StaffAction

PAGE_SIZE = 50
TEAM, STAFF = "team", "staff"
_RANKS = {TEAM: 0, STAFF: 1}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST = 18
SECTIONS = (
    ("general", "Time zone"),
    ("connections", "Connections"),
    ("orders", "Orders"),
    ("fulfillment", "Fulfillment"),
    ("products", "Products"),
    ("inventory", "Inventory"),
    ("aftersales", "Cancellations and returns"),
    ("notifications", "Notifications"),
    ("team", "Team"),
    ("api", "API keys"),
    ("privacy", "Data and privacy"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the log, whichever of the two tables it comes from."""

    by: str
    pk: int
    at: datetime
    who: str
    what: str
    words: str
    reason: str = ""
    shop: str = ""
    changes: list[dict[str, Any]] = field(default_factory=list)

    @property
    def key(self) -> tuple[datetime, int, int]:
        """Its place among all lines."""
        return self.at, _RANKS[self.by], self.pk

    @property
    def is_staff(self) -> bool:
        """Support did it."""
        return self.by == STAFF

    def __str__(self) -> str:
        micros = (self.at - _EPOCH) // timedelta(microseconds=1)
        return f"{micros}.{_RANKS[self.by]}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some lines, and the address part of those that follow."""

    lines: list[Line]
    older: str


def read_audit(merchant: Merchant, *, by: str = "", section: str = "", after: str = "") -> Page:
    """The lines behind `after`, of the team, of support or of both, of one section or of all."""
    found: list[Line] = []
    if by in ("", TEAM):
        changes = SettingsChange.objects.filter(merchant=merchant).select_related("shop")
        if section:
            changes = changes.filter(section=section)
        found += [_of_change(row) for row in _behind(changes, after, _RANKS[TEAM])]
    if by in ("", STAFF) and not section:
        actions = StaffAction.objects.filter(merchant=merchant)
        found += [_of_action(row) for row in _behind(actions, after, _RANKS[STAFF])]
    found.sort(key=lambda line: line.key, reverse=True)
    more, shown = len(found) > PAGE_SIZE, found[:PAGE_SIZE]
    return Page(shown, str(shown[-1]) if more else "")


def _behind(rows: QuerySet[Any], after: str, rank: int) -> Sequence[Any]:
    """The next rows of one table: those of the same moment are told apart by table and key."""
    if key := _read_key(after):
        moment, at_rank, pk = key
        tie = Q(at=moment, pk__lt=pk) if rank == at_rank else Q(at=moment)
        rows = rows.filter(Q(at__lt=moment) | tie if rank <= at_rank else Q(at__lt=moment))
    return list(rows.order_by("-at", "-pk")[: PAGE_SIZE + 1])


def _read_key(text: str) -> tuple[datetime, int, int] | None:
    parts = text.split(".")
    if len(parts) != 3 or not all(_is_number(part) for part in parts):
        return None
    micros, rank, pk = (int(part) for part in parts)
    try:
        return _EPOCH + timedelta(microseconds=micros), rank, pk
    except OverflowError:
        return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST


def _of_change(row: SettingsChange) -> Line:
    return Line(
        by=TEAM,
        pk=row.pk,
        at=row.at,
        who=row.who or "TikTokSync",
        what=dict(SECTIONS).get(row.section, row.section.replace("_", " ").capitalize()),
        words=row.words,
        shop=str(row.shop) if row.shop else "",
        changes=row.changes,
    )


def _of_action(row: StaffAction) -> Line:
    return Line(
        by=STAFF,
        pk=row.pk,
        at=row.at,
        who=row.who,
        what="Support",
        words=row.words,
        reason=row.reason,
    )
