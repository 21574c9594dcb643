"""What mirroring either catalogue has in common.

Four things are looked into in turn, a bounded piece of each: news that webhooks brought, single
things that are wanted, a whole reading that somebody asked for, and a look for changes every few
minutes. Each piece is stored as a whole or not at all, together with how far it got.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, ClassVar

import structlog
from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from products.services.load_state import (
    IS_IDLE,
    Load,
    as_text,
    end_load,
    is_next,
    save_load,
    save_poll,
)
from tiktoksync.errors import CallLimited, NotAuthorized, SyncError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import (
    awake,
    note_good_poll,
    note_refusal,
    note_refused_poll,
)
from tiktoksync.sync.accounts import PAUSE_COLUMNS
from tiktoksync.sync.flows import Budget, Drained, Flow
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account
from tiktoksync.webhooks.inbox import waiting_hints

log = structlog.get_logger(__name__)

HINTS_A_STEP = 200
#: How long what was refused is left alone.
PUT_OFF_SECONDS = 3600.0
BUSY_SECONDS = 30.0
Step = Callable[[], bool]


class PullCatalogue(Flow):
    """Mirrors one account's catalogue."""

    account: Any
    accounts_model: ClassVar[type[ShopifyStore] | type[TikTokShop]]
    #: The account's columns: the wish, the last whole reading, the mark of the poll; and how
    #: webhooks name the account.
    wanted: ClassVar[str]
    done: ClassVar[str]
    mark: ClassVar[str]
    owner: ClassVar[str]

    def __init__(self, account: Any) -> None:
        super().__init__(account)
        self.drained = Drained()
        self.lease: Lease
        self.budget: Budget

    @classmethod
    def load(cls, account_id: int) -> PullCatalogue | None:
        rows = cls.accounts_model.objects.select_related("app", "credential")
        account = rows.filter(pk=account_id).first()
        return cls(account) if account else None

    @classmethod
    def all_accounts(cls) -> Iterable[int]:
        return cls.accounts_model.objects.values_list("pk", flat=True)

    # --- what is due -----------------------------------------------------------------------------

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        return cls._due(now).values_list("pk", flat=True)

    @classmethod
    def _due(cls, now: datetime) -> QuerySet[Any]:
        mine = OuterRef("pk")
        hinted = Exists(waiting_hints(cls.stem).filter(**{cls.owner: mine}))
        single = Exists(cls.wanted_rows(now).filter(**{cls.owner: mine}))
        load = is_next(now) | cls._asked(now)
        rows = cls.accounts_model.objects.filter(awake(now))
        return rows.filter(load | cls._poll_due(now) | hinted | single)

    @classmethod
    def _asked(cls, now: datetime) -> Q:
        """Somebody wants the whole; or it was read once, but never followed since."""
        never_followed = Q(**{f"{cls.done}__isnull": False, f"{cls.mark}__isnull": True})
        return IS_IDLE & (Q(**{f"{cls.wanted}__lte": now}) | never_followed)

    @classmethod
    def _poll_due(cls, now: datetime) -> Q:
        due = Q(next_catalogue_poll_at=None) | Q(next_catalogue_poll_at__lte=now)
        return due & Q(**{f"{cls.mark}__isnull": False})

    def has_due(self, now: datetime) -> bool:
        return type(self)._due(now).filter(pk=self.account.pk).exists()

    # --- the drain -------------------------------------------------------------------------------

    def run(self, lease: Lease, budget: Budget) -> Drained:
        self.lease, self.budget = lease, budget
        self._read_account()
        steps: tuple[Step, ...] = (self.follow_hints, self.read_wanted, self._load, self._poll)
        went_on = True
        while went_on and not self.is_over():
            went_on = False
            for step in steps:
                if not self.is_over():
                    went_on = self._take(step) or went_on
        self.keep_pace()
        return self.drained

    def is_over(self) -> bool:
        """Whether this drain ends here: its time is up, or the account rests."""
        return self.budget.is_spent() or self.account.is_paused(database_now())

    def _read_account(self) -> None:
        """The lease came after the row was read: somebody may have gone on until then."""
        names = ["catalogue_load", self.wanted, self.done, self.mark, "next_catalogue_poll_at"]
        self.account.refresh_from_db(fields=[*names, *PAUSE_COLUMNS, "failures"])

    def _take(self, step: Step) -> bool:
        """One piece of work; whether there was any. What concerns the account ends the drain."""
        try:
            went_on = step()
        except SyncError as error:
            if is_of_account(error):
                note_refusal(self.account, error)
                self.budget.seconds = 0.0
                return False
            raise
        if went_on:
            self.lease.renew()
            reach("recorded")
        return went_on

    def _mine(self) -> QuerySet[Any]:
        return self.accounts_model.objects.filter(pk=self.account.pk)

    # --- the whole catalogue ---------------------------------------------------------------------

    def _load(self) -> bool:
        load = self._due_load()
        if load is None:
            return False
        reach("claimed")
        try:
            self.load_step(load)
        except CallLimited as error:
            wait = scaled(error.retry_after or BUSY_SECONDS)
            save_load(self.account, load, database_now() + wait)
            return False
        except SyncError as error:
            if is_of_account(error):
                raise
            self._give_up(load, error)
            return False
        return True

    def _due_load(self) -> Load | None:
        """The reading that is under way, or a new one that somebody asked for."""
        now, load = database_now(), Load.of(self.account)
        if load is not None:
            return load if load.next_at <= now.timestamp() else None
        self.account.refresh_from_db(fields=[self.wanted])
        asked = getattr(self.account, self.wanted)
        is_followed = getattr(self.account, self.mark) is not None
        was_read = getattr(self.account, self.done) is not None
        if (asked is None or asked > now) and (is_followed or not was_read):
            return None
        return Load(began_at=as_text(now), asked_at=as_text(asked) if asked else "")

    def finish_load(self, load: Load) -> None:
        """All is stored. Somebody may have asked again meanwhile: that wish stays."""
        end_load(self.account, load)
        self._mine().update(**{self.done: database_now()})
        self._forget_wish(load)
        note_good_poll(self.account, self.stem)

    def _give_up(self, load: Load, error: SyncError) -> None:
        """Asking again would be refused again, with every sweep: every page says why."""
        load.words = error.message[:400]
        end_load(self.account, load)
        self._forget_wish(load)
        if getattr(self.account, self.mark) is None:
            self._mine().filter(**{f"{self.mark}__isnull": True}).update(**{self.done: None})
        note_refused_poll(self.account, self.stem, error)

    def _forget_wish(self, load: Load) -> None:
        if load.asked_at:
            asked = datetime.fromisoformat(load.asked_at)
            self._mine().filter(**{self.wanted: asked}).update(**{self.wanted: None})

    # --- changes ---------------------------------------------------------------------------------

    def _poll(self) -> bool:
        if not self._mine().filter(self._poll_due(database_now())).exists():
            return False
        reach("claimed")
        try:
            self.poll_step()
        except SyncError as error:
            if is_of_account(error):
                raise
            # The window is the same next time, from its beginning.
            save_poll(self.account, None)
            self.poll_later()
            note_refused_poll(self.account, self.stem, error)
            return False
        return True

    def end_poll(self, **columns: Any) -> None:
        """The whole window is stored: `columns` move the mark."""
        save_poll(self.account, None)
        now = database_now()
        self.poll_later(last_catalogue_poll_at=now, last_good_call_at=now, **columns)
        note_good_poll(self.account, self.stem)

    def poll_later(self, **columns: Any) -> None:
        """The next look is an interval away."""
        later = database_now() + scaled(settings.CATALOGUE_POLL_SECONDS)
        columns["next_catalogue_poll_at"] = later
        self._mine().update(**columns)
        for name, value in columns.items():
            setattr(self.account, name, value)

    # --- what each side says ---------------------------------------------------------------------

    @classmethod
    @abstractmethod
    def wanted_rows(cls, now: datetime) -> QuerySet[Any]:
        """Single rows that are to be read now, of every account."""

    @abstractmethod
    def follow_hints(self) -> bool:
        """Look into what webhooks brought; whether there was anything."""

    @abstractmethod
    def read_wanted(self) -> bool:
        """Read some of the wanted rows; whether there were any."""

    @abstractmethod
    def load_step(self, load: Load) -> None:
        """Read and store the next piece of the whole catalogue."""

    @abstractmethod
    def poll_step(self) -> None:
        """Read and store the next page of what changed."""


def is_of_account(error: SyncError) -> bool:
    """Whether everything of the account has to wait; a missing permission stops this alone."""
    if isinstance(error, CallLimited) or is_scope_missing(error):
        return False
    return concerns_account(error)


def is_scope_missing(error: SyncError) -> bool:
    """Whether only a permission is missing."""
    return isinstance(error, NotAuthorized) and error.account_reason == "scope_missing"
