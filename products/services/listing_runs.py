"""Runs that push stock, prices or states of listings: the preview, and the work.

The preview compares a piece of the listings at a time and changes nothing. The work hands what
differs to the flow of its kind, which works it out anew, and watches what comes of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from products.listing_words import cause_of, issue
from products.models import Listing, ListingTask
from products.selection import select_listings
from products.services import listing_tasks
from products.services.listing_runs_preview import Sorted, sort_prices, sort_states, sort_stock
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus

State = RunItem.State
Kind = ListingTask.Kind
KINDS: Mapping[str, Kind] = {
    Run.Kind.STOCK.value: Kind.STOCK,
    Run.Kind.PRICES.value: Kind.PRICES,
    Run.Kind.STATE.value: Kind.STATE,
}
PIECE = 200
BATCH = 500
FOLLOW_SECONDS = 2.0
COLUMNS = ("state", "cause", "words", "facts", "updated_at")
#: What a task waits for that may take long: the run does not wait for it.
PROMOTION = "promotion"
UNDER_WAY = (SyncStatus.PENDING, SyncStatus.SENDING)

_Sort = Callable[[TikTokShop, Sequence[Listing], str], Mapping[int, Sorted]]
_SORT: Mapping[str, _Sort] = {
    Kind.STOCK.value: sort_stock,
    Kind.PRICES.value: sort_prices,
    Kind.STATE.value: sort_states,
}


def prepare_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Sort the next piece of listings by cause; the last piece makes the run ready."""
    after = int(run.cursor.get("after", 0))
    chosen = select_listings(shop, run.wish).filter(pk__gt=after).order_by("pk")
    piece = list(chosen.defer("description_html", "images")[:PIECE])
    sorted_ = _SORT[KINDS[run.kind]](shop, piece, str(run.wish.get("state") or ""))
    cursor = {"after": piece[-1].pk if piece else after}
    with transaction.atomic():
        if runs.end_step(run, database_now(), cursor):
            runs.add_items(run, [_item(run, one, sorted_[one.pk]) for one in piece])
            runs.count_items(run)
            if len(piece) < PIECE:
                runs.make_ready(run, "")
        reach("committing")


def _item(run: Run, listing: Listing, found: Sorted) -> RunItem:
    facts: dict[str, Any] = {"changes": found.changes} if found.changes else {}
    words = cause_of(found.cause).words
    if not found.is_to_do:
        facts["issues"] = [issue(found.cause)]
    return RunItem(
        run=run,
        remote_id=listing.tiktok_product_id,
        position=listing.pk,
        title=str(listing)[:255],
        state=State.WAITING if found.is_to_do else State.SKIPPED,
        cause=found.cause,
        words=words,
        facts=facts,
    )


def work_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Hand over what is ready, watch what is under way, end the run when all is settled."""
    waiting = run.items.filter(state=State.WAITING).order_by("position", "pk")
    batch = list(waiting[:BATCH])
    if batch:
        _hand_over(run, shop, batch)
    _follow(run, shop)
    runs.count_items(run)
    if not run.left:
        runs.finish_run(run, "Every listing has its outcome.")
        return
    runs.end_step(run, database_now() + scaled(0 if waiting.exists() else FOLLOW_SECONDS))


def _hand_over(run: Run, shop: TikTokShop, batch: Sequence[RunItem]) -> None:
    """Tasks for a batch of listings; one that is gone is said so."""
    with transaction.atomic():
        if not Run.objects.select_for_update(no_key=True).filter(
            pk=run.pk, status=Run.Status.RUNNING
        ):
            return
        named = Listing.objects.filter(shop=shop, gone_at=None)
        named = named.filter(tiktok_product_id__in=[item.remote_id for item in batch])
        listings = dict(named.values_list("tiktok_product_id", "pk"))
        listing_tasks.ask(
            shop,
            listings.values(),
            KINDS[run.kind],
            reason="run",
            wanted_state=str(run.wish.get("state") or ""),
            run=run,
        )
        for item in batch:
            item.state = State.WORKING
            if item.remote_id not in listings:
                _settle(item, State.SKIPPED, "listing_gone", cause_of("listing_gone").words)
        _save(batch)
        reach("committing")


def _follow(run: Run, shop: TikTokShop) -> None:
    """Note what became of listings that are no longer under way."""
    working = run.items.filter(state=State.WORKING)
    tasks = ListingTask.objects.filter(
        kind=KINDS[run.kind],
        listing__shop=shop,
        listing__tiktok_product_id__in=working.values("remote_id"),
    )
    ended = ~Q(sync_status__in=UNDER_WAY) | Q(wait_reason=PROMOTION)
    found = tasks.filter(ended).select_related("listing")
    found = found.only(
        "sync_status",
        "failure_code",
        "failure_kind",
        "failure_reason",
        "skip_reason",
        "wait_reason",
        "listing__tiktok_product_id",
    )
    by_id = {task.listing.tiktok_product_id: task for task in found[:BATCH]}
    items = list(working.filter(remote_id__in=by_id))
    for item in items:
        _note(item, by_id[item.remote_id])
    _save(items)


def _note(item: RunItem, task: ListingTask) -> None:
    if task.sync_status == SyncStatus.SYNCED:
        _settle(item, State.DONE, "told", cause_of("told").words)
    elif task.sync_status == SyncStatus.FAILED:
        cause = task.failure_code or task.failure_kind
        _settle(item, State.FAILED, cause, task.failure_reason)
    else:
        cause = task.skip_reason or task.wait_reason
        item.facts = {**item.facts, "issues": [issue(cause)]}
        _settle(item, State.SKIPPED, cause, cause_of(cause).words)


def _settle(item: RunItem, state: RunItem.State, cause: str, words: str) -> None:
    item.state, item.cause, item.words = state, cause[:64], words


def _save(items: Iterable[RunItem]) -> None:
    now, items = database_now(), list(items)
    for item in items:
        item.updated_at = now
    RunItem.objects.bulk_update(items, COLUMNS)
