"""What the flows that tell TikTok something of a listing have in common."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from products.models import ListingTask
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.sync import statuses
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, SyncStatus

NEWS_MEANWHILE = "It changed during the call: it is told once more."


class ListingTaskFlow(ShopFlow, OutboundFlow):
    """Works the tasks of one kind for one shop, the one that has waited longest first."""

    kind: ClassVar[ListingTask.Kind]
    model = ListingTask
    account: TikTokShop
    account_of_row = "listing__shop"
    order_by = ("asked_at", "pk")

    @classmethod
    def ready(cls, now: datetime) -> Q:
        return super().ready(now) & Q(kind=cls.kind)

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(kind=self.kind)

    def prefetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("listing")


def note_told(task: ListingTask, attempt: Attempt, reason: str, **columns: Any) -> None:
    """A listing was told; what was asked meanwhile makes the task due again."""
    task.refresh_from_db(fields=["asked_again"])
    columns |= {"sent_at": database_now(), "asked_again": False}
    if task.asked_again:
        statuses.move(
            task, SyncStatus.PENDING, attempt=attempt, reason=NEWS_MEANWHILE, tries=0, **columns
        )
    else:
        statuses.move(task, SyncStatus.SYNCED, attempt=attempt, reason=reason, **columns)
