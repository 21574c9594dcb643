"""What looking after either platform's webhook subscriptions has in common.

Shopify deletes a subscription after eight failed deliveries, and anybody may take one away: once a
day what is missing is put back. What is due stands in the account's row, so a queue or a timetable
that was away for a while only makes the look later. Of an account that a person has disconnected
the subscriptions are taken away instead, and with the last of them go its tokens.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

import structlog
from django.db.models import Q, QuerySet

from tiktoksync.errors import SyncError
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import awake
from tiktoksync.shops.services.leave import take_leave
from tiktoksync.shops.services.subscribe import DAY, check_public_url
from tiktoksync.sync import accounts
from tiktoksync.sync.flows import Budget, Drained, Flow
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.settling import concerns_account

log = structlog.get_logger(__name__)

HOUR = 3600.0


class WebhookCheck(Flow):
    """Looks after one account's subscriptions; accounts that rely on polling are left alone."""

    account: Any
    accounts_model: ClassVar[type[ShopifyStore] | type[TikTokShop]]

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        due = Q(next_webhook_check_at=None) | Q(next_webhook_check_at__lte=now)
        kept = awake(now) & Q(subscribed_at__isnull=False)
        leaving = Q(disconnected_at__isnull=False, credential__isnull=False)
        return cls.accounts_model.objects.filter(due & (kept | leaving)).values_list(
            "pk", flat=True
        )

    def has_due(self, now: datetime) -> bool:
        return self.account.pk in set(type(self).due_accounts(now))

    def run(self, lease: Lease, budget: Budget) -> Drained:
        drained = Drained()
        if self.account.disconnected_at is not None:
            return Drained(worked=int(take_leave(self.account)))
        if self.account.subscribed_at is None or self.account.is_paused(database_now()):
            return drained
        try:
            missing = self._restore()
        except SyncError as error:
            self._put_off(error)
            return drained
        accounts.note_success(self.account)
        now = database_now()
        if self._is_first_look():
            missing = []
        news = {"webhooks_restored": ", ".join(missing), "webhooks_restored_at": now}
        self._mine().update(
            webhooks_checked_at=now,
            next_webhook_check_at=now + scaled(DAY),
            **(news if missing else {}),
        )
        drained.worked = 1
        return drained

    def _restore(self) -> list[str]:
        """Put back what is missing; returns its names."""
        check_public_url()
        missing = self.missing()
        if missing:
            self.subscribe()
            refused = set(self.missing())
            missing = [topic for topic in missing if topic not in refused]
        if missing:
            log.warning("webhooks restored", topics=", ".join(missing), **self.account.lane_facts)
        return missing

    def _is_first_look(self) -> bool:
        """Whether the subscriptions were left to this look when the account was connected."""
        asked, due = self.account.subscribed_at, self.account.next_webhook_check_at
        return self.account.webhooks_checked_at is None and asked is not None and due == asked

    def _put_off(self, error: SyncError) -> None:
        """The next look comes within the hour, or when the account's pause is over."""
        if concerns_account(error):
            self.note_failure(error)
        else:
            log.warning("webhooks not checked", reason=error.message, **self.account.lane_facts)
        self._mine().update(next_webhook_check_at=database_now() + scaled(HOUR))

    def _mine(self) -> QuerySet[Any]:
        return self.accounts_model.objects.filter(pk=self.account.pk)

    @abstractmethod
    def note_failure(self, error: SyncError) -> datetime | None:
        """What an error means for the account."""

    @abstractmethod
    def missing(self) -> list[str]:
        """What does not reach us, by the platform's names."""

    @abstractmethod
    def subscribe(self) -> int:
        """Subscribe to all that is used; returns how many subscriptions were changed."""
