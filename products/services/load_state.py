"""How far the reading of a whole catalogue is, kept in its account's row: a restart goes on there.

`catalogue_load` of a store or shop holds three parts: ``load`` while the whole catalogue is read,
``poll`` while a look for changes is under way, ``last`` about the last whole reading.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from typing import Any, Self

from django.db.models import Q

from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ConnectedAccount

#: In which order a whole reading goes on.
BEGIN, PRODUCTS, STOCK, GONE, LINKS = "begin", "products", "stock", "gone", "links"
PAGES, BULK = "pages", "bulk"


@dataclass(slots=True)
class _Part:
    """A part of the column; times are text, as JSON knows none."""

    @classmethod
    def of(cls, account: Any) -> Self | None:
        """The part as the row has it; None if it is not under way."""
        told = (account.catalogue_load or {}).get(cls.name())
        if not isinstance(told, dict):
            return None
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})

    @classmethod
    def name(cls) -> str:
        """Its key in the column."""
        return cls.__name__.lower()


@dataclass(slots=True)
class Load(_Part):
    """The reading of a whole catalogue.

    ``next_at`` is in Unix seconds; ``seen`` of ``total`` (variants, or listings) is for whoever
    watches. Pages go by ``cursor``; bulk operations by
    ``operation``, then by ``line`` of the file at ``url``; ``slices`` are spans of update times
    that are still to be read, the next one last. ``tries`` and ``stumbles`` count what failed.
    """

    began_at: str
    asked_at: str = ""
    next_at: float = 0.0
    way: str = PAGES
    stage: str = BEGIN
    cursor: str = ""
    operation: str = ""
    url: str = ""
    line: int = 0
    tries: int = 0
    stumbles: int = 0
    seen: int = 0
    total: int = 0
    words: str = ""
    has_stock: bool = True
    slices: list[list[int | None]] | None = None

    @property
    def began(self) -> datetime:
        """Whatever is seen from then on is there."""
        return datetime.fromisoformat(self.began_at)

    def begin_stage(self, stage: str) -> None:
        """Go on to the next part of the reading."""
        self.stage, self.cursor, self.operation, self.url = stage, "", "", ""
        self.line = self.tries = self.stumbles = 0


@dataclass(slots=True)
class Poll(_Part):
    """A look for changes: since when, how far, and up to where all will be known at its end."""

    since: str
    upto: str
    cursor: str = ""


def as_text(moment: datetime) -> str:
    """A time as the column holds it; such texts sort as the times do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def is_next(now: datetime) -> Q:
    """Accounts whose whole reading goes on now."""
    return Q(catalogue_load__load__next_at__lte=now.timestamp())


#: Accounts whose catalogue is not being read as a whole.
IS_IDLE = Q(catalogue_load__load__isnull=True)


def save_load(account: ConnectedAccount, load: Load, next_at: datetime | None = None) -> None:
    """Keep how far it is; it goes on at once, or at `next_at`."""
    load.next_at = (next_at or database_now()).timestamp()
    _save(account, Load.name(), asdict(load))


def end_load(account: ConnectedAccount, load: Load) -> None:
    """The whole reading is over, good or bad."""
    last = {"ended_at": as_text(database_now()), "words": load.words, "seen": load.seen}
    _save(account, "last", last | {"way": load.way})
    _save(account, Load.name(), None)


def save_poll(account: ConnectedAccount, poll: Poll | None) -> None:
    """Keep how far a look for changes is; None when it is over."""
    _save(account, Poll.name(), asdict(poll) if poll else None)


def _save(account: Any, name: str, part: dict[str, Any] | None) -> None:
    """Only the lane's holder writes this column."""
    rest = {key: value for key, value in account.catalogue_load.items() if key != name}
    account.catalogue_load = {**rest, name: part} if part else rest
    type(account)._base_manager.filter(pk=account.pk).update(catalogue_load=account.catalogue_load)
