"""Which listings go off sale by themselves with their product, and which come back with it.

A listing comes back only if it was taken off here, for its product. What the merchant or TikTok
took off stays off, and what somebody puts on sale again on TikTok stays on sale. The task that took
a listing off is the memory of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from products.models import Listing, ListingTask
from products.services.listing_task_skus import LinkedSku
from tiktoksync.sync.models import SyncStatus

State = ListingTask.State
ON_SALE, OFF_SALE = "ACTIVATE", "SELLER_DEACTIVATED"
#: Reasons of tasks: taken off for its product, put back with it, put back by somebody else.
INACTIVE, ACTIVE, PUT_BACK = "product_inactive", "product_active", "put_back"
UNDER_WAY = (SyncStatus.PENDING.value, SyncStatus.SENDING.value)


@dataclass(slots=True)
class Switches:
    """Listings (by row) to take off sale and to put back, and tasks to correct."""

    off: list[int] = field(default_factory=list)
    on: list[int] = field(default_factory=list)
    #: Tasks (by row) whose listing somebody put on sale again, and those that mean nothing now.
    put_back: list[int] = field(default_factory=list)
    forgotten: list[int] = field(default_factory=list)


def switches(linked: Mapping[int, Sequence[LinkedSku]]) -> Switches:
    """What follows from the products of these linked listings (by row), in two queries."""
    listings = Listing.objects.filter(pk__in=linked, gone_at=None).only("status", "changed_at")
    tasks = ListingTask.objects.filter(listing__in=linked, kind=ListingTask.Kind.STATE)
    by_listing = {task.listing_id: task for task in tasks}
    found = Switches()
    for listing in listings:
        if all(one.is_not_sold_yet for one in linked[listing.pk]):
            continue
        is_sold = any(one.is_sellable for one in linked[listing.pk])
        task = by_listing.get(listing.pk)
        (_while_sold if is_sold else _while_not_sold)(found, listing, task)
    return found


def _while_sold(found: Switches, listing: Listing, task: ListingTask | None) -> None:
    if task is None:
        return
    if task.reason == PUT_BACK:
        found.forgotten.append(task.pk)
    elif task.reason == INACTIVE and task.sync_status in UNDER_WAY:
        found.on.append(listing.pk)
    elif _was_ours(task) and _is_put_back(listing, task):
        found.forgotten.append(task.pk)
    elif _was_ours(task) and listing.status in (OFF_SALE, ON_SALE):
        # The mirror may not show yet that it was taken off.
        found.on.append(listing.pk)


def _while_not_sold(found: Switches, listing: Listing, task: ListingTask | None) -> None:
    if task is not None and _was_ours(task):
        if _is_put_back(listing, task):
            found.put_back.append(task.pk)
    elif listing.status != ON_SALE or (task is not None and task.reason == PUT_BACK):
        return
    elif task is None or task.reason != INACTIVE or task.sync_status not in UNDER_WAY:
        found.off.append(listing.pk)


def _was_ours(task: ListingTask) -> bool:
    return task.reason == INACTIVE and task.sync_status == SyncStatus.SYNCED.value


def _is_put_back(listing: Listing, task: ListingTask) -> bool:
    """TikTok shows it on sale by a change that came after it was taken off here."""
    if listing.status != ON_SALE or task.sent_at is None or listing.changed_at is None:
        return False
    return listing.changed_at > task.sent_at
