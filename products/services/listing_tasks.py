"""Asking for something to be told of listings; the flows of the kind do the telling."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from products.models import Listing, ListingTask
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

Kind = ListingTask.Kind
#: The flow that works each kind.
FLOWS: Mapping[str, str] = {
    Kind.STOCK.value: "push_stock",
    Kind.PRICES.value: "push_prices",
    Kind.STATE.value: "push_listing_states",
    Kind.EXTERNAL_IDS.value: "push_external_ids",
}


def ask(
    shop: TikTokShop,
    listing_ids: Iterable[int],
    kind: Kind,
    *,
    reason: str,
    wanted_state: str = "",
    run: Run | None = None,
    retry_failed: bool = True,
    retry_skipped: bool | None = None,
) -> int:
    """Have these listings (by row) told; returns how many tasks are due now that were not before.

    One that is under way is done once more afterwards. With `retry_failed` off, what failed stays
    as it is, and what was left out too unless `retry_skipped` is on.
    """
    wanted = set(listing_ids)
    if not wanted:
        return 0
    columns = {"reason": reason[:100], "wanted_state": wanted_state, "run": run}
    retried = {SyncStatus.FAILED} if retry_failed else set()
    if retry_failed if retry_skipped is None else retry_skipped:
        retried.add(SyncStatus.SKIPPED)
    with transaction.atomic():
        asked = _ask_again(wanted, kind, columns, retried)
        asked += _ask_new(shop, wanted, kind, columns)
    if asked:
        queue.wake(FLOWS[kind], shop.pk)
    return asked


def _ask_again(
    wanted: set[int], kind: Kind, columns: dict[str, Any], retried: Collection[str]
) -> int:
    """Tasks that exist: those that are done make room for new ones, the others are due again."""
    tasks = ListingTask.objects.filter(listing__in=wanted, kind=kind).order_by("pk")
    # Whoever records an answer holds the row: what it says is read after that, and news stay news.
    locked = tasks.select_for_update(of=("self",), no_key=True)
    by_status: dict[str, list[ListingTask]] = {}
    for task in locked:
        by_status.setdefault(task.sync_status, []).append(task)
        wanted.discard(task.listing_id)
    done = by_status.get(SyncStatus.SYNCED, [])
    again = [by_status.get(status, []) for status in retried]
    # What was left out has no story. One in doubt keeps its own: it is told as a whole.
    done += [task for tasks in again for task in tasks if _has_no_story(task)]
    again = [[task for task in tasks if not _has_no_story(task)] for tasks in again]
    _of(done).delete()
    wanted |= {task.listing_id for task in done}
    _of(by_status.get(SyncStatus.SENDING, [])).update(asked_again=True, **columns)
    _of(by_status.get(SyncStatus.PENDING, [])).update(**columns)
    return sum(statuses.move_all(tasks, SyncStatus.PENDING, tries=0, **columns) for tasks in again)


def _has_no_story(task: ListingTask) -> bool:
    return task.sync_status == SyncStatus.SKIPPED.value and task.in_doubt_since is None


def _of(tasks: Iterable[ListingTask]) -> QuerySet[ListingTask]:
    return ListingTask.objects.filter(pk__in=[task.pk for task in tasks])


def _ask_new(shop: TikTokShop, wanted: set[int], kind: Kind, columns: dict[str, Any]) -> int:
    listings = Listing.objects.filter(pk__in=wanted, shop=shop).values_list("pk", flat=True)
    now = database_now()
    tasks = []
    for listing_id in listings:
        task = ListingTask(listing_id=listing_id, kind=kind, asked_at=now, **columns)
        statuses.begin(task, SyncStatus.PENDING)
        tasks.append(task)
    ListingTask.objects.bulk_create(tasks, ignore_conflicts=True)
    return len(tasks)
