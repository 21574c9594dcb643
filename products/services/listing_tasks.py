"""Asking for something to be told of listings; the flows of the kind do the telling."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

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
) -> int:
    """Have these listings (by row) told; returns how many tasks are due now that were not before.

    One that is under way is done once more afterwards. With `retry_failed` off, what failed or was
    left out stays as it is.
    """
    wanted = set(listing_ids)
    if not wanted:
        return 0
    columns: dict[str, Any] = {"reason": reason, "wanted_state": wanted_state}
    if run is not None:
        columns["run"] = run
    with transaction.atomic():
        asked = _ask_again(wanted, kind, columns, retry_failed=retry_failed)
        asked += _ask_new(shop, wanted, kind, columns)
    if asked:
        queue.wake(FLOWS[kind], shop.pk)
    return asked


def _ask_again(wanted: set[int], kind: Kind, columns: dict[str, Any], *, retry_failed: bool) -> int:
    """Tasks that exist: those that are done make room for new ones, the others are due again."""
    tasks = ListingTask.objects.filter(listing__in=wanted, kind=kind)
    tasks.filter(sync_status=SyncStatus.SYNCED).delete()
    tasks.filter(sync_status=SyncStatus.SENDING).update(asked_again=True, **columns)
    tasks.filter(sync_status=SyncStatus.PENDING).update(**columns)
    again = 0
    if retry_failed:
        ended = tasks.filter(sync_status__in=(SyncStatus.FAILED, SyncStatus.SKIPPED))
        for task in ended.select_for_update(of=("self",), no_key=True):
            again += statuses.move(task, SyncStatus.PENDING, tries=0, **columns)
    wanted -= set(tasks.values_list("listing_id", flat=True))
    return again


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
