"""What the flows that tell TikTok something of a listing have in common."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from products.listing_words import cause_of
from products.models import Listing, ListingTask
from tiktoksync.errors import PermanentError, SyncError
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.sync.settling import settle_error

NEWS_MEANWHILE = "It changed during the call: it is told once more."
DELETED = "DELETED"
#: TikTok's words for a state of the product that does not allow this, and for one that is gone.
WRONG_STATE = frozenset({"12019113", "12052901"})
OTHER_STATE = WRONG_STATE | {"12019150", "12052032", "12052260"}


class ListingTaskFlow(ShopFlow, OutboundFlow):
    """Works the tasks of one kind for one shop, the one that has waited longest first."""

    kind: ClassVar[ListingTask.Kind]
    model = ListingTask
    account: TikTokShop
    account_of_row = "listing__shop"
    order_by = ("asked_at", "pk")
    fresh = ("asked_again",)
    # Recording writes to the listing's SKUs too, as the mirror does from the listing downwards.
    owner_of_row = "listing"

    @classmethod
    def ready(cls, now: datetime) -> Q:
        return super().ready(now) & Q(kind=cls.kind)

    def rows(self) -> QuerySet[Any]:
        return super().rows().filter(kind=self.kind)

    def prefetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("listing", "run").defer(
            "listing__description_html", "listing__images", "run__counts", "run__wish"
        )

    def refused(
        self,
        row: Any,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        note_refused(row, error, attempt, paused_until)


def is_gone(listing: Listing) -> bool:
    """TikTok no longer has the product."""
    return listing.gone_at is not None or listing.status == DELETED


def is_called_off(task: ListingTask) -> bool:
    """The run that asked for it was cancelled."""
    return task.run is not None and task.run.status == Run.Status.CANCELLED.value


def leave_out(task: ListingTask, cause: str) -> None:
    """There is nothing to tell, or it may not be told: said on the row, in the cause's words."""
    statuses.move(
        task,
        SyncStatus.SKIPPED,
        reason=cause_of(cause).words,
        skip_reason=cause,
        asked_again=False,
    )


def note_told(task: ListingTask, attempt: Attempt, reason: str, **columns: Any) -> None:
    """A listing was told; what was asked meanwhile makes the task due again."""
    task.refresh_from_db(fields=["asked_again"])
    columns |= {"sent_at": database_now(), "asked_again": False}
    if task.asked_again:
        columns["in_doubt_since"] = None
        statuses.move(
            task, SyncStatus.PENDING, attempt=attempt, reason=NEWS_MEANWHILE, tries=0, **columns
        )
    else:
        statuses.move(task, SyncStatus.SYNCED, attempt=attempt, reason=reason, **columns)


def note_refused(
    task: ListingTask, error: SyncError, attempt: Attempt, paused_until: datetime | None
) -> None:
    """A listing was refused, or there was no answer; after a refusal the news get their own try."""
    if task.asked_again and isinstance(error, PermanentError) and not error.pauses_account:
        statuses.move(
            task, SyncStatus.PENDING, attempt=attempt, reason=NEWS_MEANWHILE, asked_again=False
        )
    else:
        settle_error(task, error, attempt, paused_until)


def want_details(shop: TikTokShop, listing_ids: Collection[int]) -> None:
    """Have listings (by row) read again: TikTok says something else of them than is known here."""
    Listing.objects.filter(pk__in=listing_ids).update(detail_wanted_at=database_now())
    queue.wake("pull_listings", shop.pk)
