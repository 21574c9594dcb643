"""What a flow is: the shape that lanes, the sweep and the commands work with."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextvars import copy_context
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic, sleep
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.db.models import Q, QuerySet

from tiktoksync.errors import SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.gate import calling
from tiktoksync.lib.timing import database_now
from tiktoksync.sync import accounts
from tiktoksync.sync.accounts import PAUSE_COLUMNS
from tiktoksync.sync.attempts import Claimed, Outcome, Task, claim, perform, record
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import Account, Attempt, SyncRow, SyncStatus
from tiktoksync.sync.pace import Pace
from tiktoksync.sync.recovery import recover
from tiktoksync.sync.settling import settle_error

log = structlog.get_logger(__name__)

LONGEST_NAP_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 1.0
# From when on a call that outlasts its drain counts as hanging.
STRAGGLER_SECONDS = 1.0
# How long to wait for an answer before looking for more to send: soon if there may be more.
LOOK_SOON_SECONDS, LOOK_IDLY_SECONDS = 0.02, 0.25


@dataclass(slots=True)
class Budget:
    """How long a drain may go on; `others_wait` makes it give way early."""

    seconds: float = 20.0
    polite_seconds: float = 2.0
    others_wait: Any = None
    began: float = field(default_factory=monotonic)

    def is_spent(self) -> bool:
        """Whether it is time to let others work."""
        spent = monotonic() - self.began
        if spent >= self.seconds:
            return True
        return bool(self.others_wait and spent >= self.polite_seconds and self.others_wait())


@dataclass(slots=True)
class Drained:
    """What a drain did."""

    worked: int = 0
    busy: bool = False
    bugs: list[Exception] = field(default_factory=list)


class Flow(ABC):
    """The work of one flow for one account."""

    stem: ClassVar[str]
    account: Account
    #: Whether lanes of an account that does not answer take turns; not for what may heal it.
    takes_turns: ClassVar[bool] = True

    def __init__(self, account: Any) -> None:
        self.account = account

    @classmethod
    @abstractmethod
    def load(cls, account_id: int) -> Flow | None:
        """The flow of this account; None if the account is gone."""

    @classmethod
    @abstractmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        """Accounts whose lane has something to do now."""

    @classmethod
    @abstractmethod
    def all_accounts(cls) -> Iterable[int]:
        """Every account that has this lane."""

    @abstractmethod
    def has_due(self, now: datetime) -> bool:
        """Whether this lane has something to do now."""

    @abstractmethod
    def run(self, lease: Lease, budget: Budget) -> Drained:
        """Work until nothing is due or the budget is spent."""

    def make_pace(self) -> Pace:
        """How fast this account may be called."""
        return Pace()

    def keep_pace(self) -> None:  # noqa: B027  most accounts have nothing to remember
        """After a drain: remember what the platform told of its limits."""


class OutboundFlow(Flow):
    """A flow whose rows are claimed, sent and recorded one by one (or in batches)."""

    model: ClassVar[type[SyncRow]]
    batch: ClassVar[int] = 1
    order_by: ClassVar[tuple[str, ...]] = ("next_attempt_at", "pk")
    account_of_row: ClassVar[str]
    #: The account that rows come from, where it is another than the one that is called.
    origin_of_row: ClassVar[str] = ""
    #: Columns that others may write during a call: they are read again before it is recorded.
    fresh: ClassVar[tuple[str, ...]] = ()
    #: The foreign key to what rows belong to, where recording an answer writes there as well:
    #: whoever locks both locks the owner first.
    owner_of_row: ClassVar[str] = ""

    def __init__(self, account: Account) -> None:
        super().__init__(account)
        self.pace = self.make_pace()
        self.concurrency = settings.LANE_CONCURRENCY
        self.is_idle = False

    # --- what is due -----------------------------------------------------------------------------

    @classmethod
    def ready(cls, now: datetime) -> Q:
        """The rows that may be claimed."""
        waited = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
        return Q(sync_status=SyncStatus.PENDING) & waited & cls.goes_on()

    @classmethod
    def goes_on(cls) -> Q:
        """The rows whose origin was not stopped by a person: what came from there waits too."""
        return Q(**{f"{cls.origin_of_row}__stopped_at": None}) if cls.origin_of_row else Q()

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        path = cls.account_of_row
        rested = Q(**{f"{path}__paused_until": None}) | Q(**{f"{path}__paused_until__lte": now})
        awake = rested & Q(**{f"{path}__auth_lost_at": None, f"{path}__stopped_at": None})
        rows = cls.model._base_manager.filter(cls.ready(now) & awake)
        return rows.order_by().values_list(path, flat=True).distinct()

    def rows(self) -> QuerySet[Any]:
        """Every row of this lane."""
        return self.model._base_manager.filter(**{self.account_of_row: self.account.pk})

    def has_due(self, now: datetime) -> bool:
        if self.account.is_paused(now):
            return False
        return bool(self.rows().filter(self.ready(now)).exists())

    def lock_ready(self, now: datetime, most: int) -> list[Any]:
        """Due rows, most urgent first, locked for this transaction."""
        due = self.rows().filter(self.ready(now)).order_by(*self.order_by)
        return list(
            self.prefetched(due).select_for_update(skip_locked=True, of=("self",), no_key=True)[
                :most
            ]
        )

    def lock_owners(self, rows: Sequence[Any]) -> None:
        """Lock what rows belong to, before the rows themselves are locked."""
        if not self.owner_of_row:
            return
        owner: Any = self.model._meta.get_field(self.owner_of_row)
        keys = {getattr(row, owner.attname) for row in rows}
        owners = owner.related_model._base_manager.filter(pk__in=keys).order_by("pk")
        list(owners.select_for_update(no_key=True).values_list("pk", flat=True))

    def prefetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Joins that plan() will need."""
        return rows

    # --- what a concrete flow says --------------------------------------------------------------

    @abstractmethod
    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        """Decide about locked pending rows: tasks for those to send, the rest moved or deferred."""

    @abstractmethod
    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        """Write down a clear answer, inside the record transaction."""

    def refused(
        self,
        row: Any,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        """Write down a typed error; flows that know better override it."""
        settle_error(row, error, attempt, paused_until)

    def note_failure(self, error: SyncError) -> datetime | None:
        """What an error means for the whole account."""
        return accounts.note_failure(self.account, error)

    def late(self, rows: Sequence[Any], task: Task, answer: Answer[Any]) -> None:
        """An answer came after the lease was lost; its remote id is on the attempt already."""

    def remote_id(self, answer: Answer[Any]) -> str:
        """The id that an answer gave to something new over there."""
        return ""

    def prepare(self) -> bool:
        """Before the first claim of a drain; False if nothing can be sent now."""
        return True

    def after(self) -> None:
        """After the last record of a drain."""

    @classmethod
    def recover(cls) -> int:
        """Give back rows whose worker went away."""
        return recover(cls.model)

    # --- the drain --------------------------------------------------------------------------------

    def run(self, lease: Lease, budget: Budget) -> Drained:
        drained = Drained()
        if not self.prepare():
            return drained
        running: dict[Future[Outcome], Claimed] = {}
        with ThreadPoolExecutor(self.concurrency, thread_name_prefix=self.stem) as pool:
            try:
                # However short a pause is, it ends the drain: cron wakes the lane when it is over.
                while not (budget.is_spent() or self._is_paused()):
                    if not self._fill(pool, running, lease):
                        break
                    self._collect(running, drained, self._nap_seconds(running))
                if budget.is_spent():
                    self._outwait(pool, running, lease, drained)
            finally:
                # Whatever ends the drain: what was sent is waited for and written down.
                while running:
                    self._collect(running, drained)
        self.pace.flush()
        self.keep_pace()
        self.after()
        return drained

    def _outwait(
        self,
        pool: ThreadPoolExecutor,
        running: dict[Future[Outcome], Claimed],
        lease: Lease,
        drained: Drained,
    ) -> None:
        """A call that hangs holds this worker anyway: meanwhile the other slots go on."""
        late, patience = set(running), monotonic() + STRAGGLER_SECONDS
        while late & running.keys() and not self._is_paused():
            if monotonic() > patience and not self._fill(pool, running, lease):
                return
            self._collect(running, drained, self._nap_seconds(running))

    def _fill(
        self, pool: ThreadPoolExecutor, running: dict[Future[Outcome], Claimed], lease: Lease
    ) -> bool:
        """Claim for the free slots; False when nothing is left to claim."""
        free = self.pace.affordable(self._slots() - len(running))
        if free <= 0:
            return bool(running) or self.has_due(database_now())
        claimed, looked = claim(self, lease, free)
        self.is_idle = not looked
        for one in claimed:
            self.pace.take()
            running[pool.submit(copy_context().run, _perform, one)] = one
        return looked or bool(running)

    def _slots(self) -> int:
        """How many calls may be under way: one, as a trial, while the last ones went wrong."""
        return 1 if self.account.failures else self.concurrency

    def _nap_seconds(self, running: dict[Future[Outcome], Claimed]) -> float:
        """How long to wait for an answer before looking for more to send."""
        if len(running) >= self._slots():
            return LONGEST_WAIT_SECONDS
        nap = self.pace.wait_seconds()
        if nap or not running:
            return min(nap, LONGEST_NAP_SECONDS)
        return LOOK_IDLY_SECONDS if self.is_idle else LOOK_SOON_SECONDS

    def _collect(
        self,
        running: dict[Future[Outcome], Claimed],
        drained: Drained,
        nap: float = LONGEST_WAIT_SECONDS,
    ) -> None:
        """Record what has come back; at most `nap` seconds are waited for that."""
        if not running:
            if nap:
                sleep(nap)
            return
        done, _ = wait(running, timeout=nap, return_when=FIRST_COMPLETED)
        for future in sorted(done, key=lambda future: future.result().ended):
            claimed, outcome = running.pop(future), future.result()
            record(self, claimed, outcome)
            drained.worked += len(claimed.attempts)
            if outcome.bug is not None:
                drained.bugs.append(outcome.bug)

    def _is_paused(self) -> bool:
        self.account.refresh_from_db(fields=[*PAUSE_COLUMNS, "failures"])
        return self.account.is_paused(database_now())


def _perform(claimed: Claimed) -> Outcome:
    """Make the call, in a pool thread; it waits for its turn only while the lease allows."""
    with calling(give_up_at=claimed.must_start_before, among_many=True):
        return perform(claimed)
