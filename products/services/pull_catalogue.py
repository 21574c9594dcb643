"""What reading either catalogue has in common: it is asked for, and goes on page by page."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet

from tiktoksync.errors import SyncError
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import awake, note_refusal
from tiktoksync.sync import accounts
from tiktoksync.sync.flows import Budget, Drained, Flow
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account

MOST_PAGES = 1000


class PullCatalogue(Flow):
    """Reads one account's catalogue when somebody asked for it."""

    account: Any
    accounts_model: ClassVar[type[ShopifyStore] | type[TikTokShop]]
    wanted: ClassVar[str]
    done: ClassVar[str]

    @classmethod
    def load(cls, account_id: int) -> PullCatalogue | None:
        rows = cls.accounts_model.objects.select_related("app", "credential")
        account = rows.filter(pk=account_id).first()
        return cls(account) if account else None

    @classmethod
    def all_accounts(cls) -> Iterable[int]:
        return cls.accounts_model.objects.values_list("pk", flat=True)

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        asked = {f"{cls.wanted}__lte": now}
        rows = cls.accounts_model.objects.filter(awake(now), **asked)
        return rows.values_list("pk", flat=True)

    def has_due(self, now: datetime) -> bool:
        return self.account.pk in set(type(self).due_accounts(now))

    def run(self, lease: Lease, budget: Budget) -> Drained:
        drained = Drained()
        if self.account.is_paused(database_now()):
            return drained
        asked_at = getattr(self.account, self.wanted)
        try:
            drained.worked = self._read_pages(lease)
        except SyncError as error:
            if not concerns_account(error):
                # Asking again would be refused again, with every sweep.
                self._forget_wish(asked_at)
                raise
            note_refusal(self.account, error)
            return drained
        self._mine().update(**{self.done: database_now()})
        self._forget_wish(asked_at)
        return drained

    def _mine(self) -> QuerySet[Any]:
        return self.accounts_model.objects.filter(pk=self.account.pk)

    def _forget_wish(self, asked_at: datetime) -> None:
        """Somebody may have asked again meanwhile: that wish stays."""
        self._mine().filter(**{self.wanted: asked_at}).update(**{self.wanted: None})

    def _read_pages(self, lease: Lease) -> int:
        cursor, stored = "", 0
        for _ in range(MOST_PAGES):
            bodies, following = self.read_page(cursor)
            accounts.note_success(self.account)
            stored += self.store_page(bodies)
            if not following or following == cursor:
                break
            cursor = following
            lease.renew()
        return stored

    @abstractmethod
    def read_page(self, cursor: str) -> tuple[Iterable[dict[str, Any]], str]:
        """A page of the catalogue and the cursor of the next, empty on the last."""

    @abstractmethod
    def store_page(self, bodies: Iterable[dict[str, Any]]) -> int:
        """Store a page; returns how many variants or SKUs."""
