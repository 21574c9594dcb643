"""The work of an import: batches go to the flow that creates products, and are watched.

A batch is sorted once more, since the preview may be old. What is only to be linked is linked here:
Shopify is told nothing of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Count, Q

from products.import_checks import TO_LINK, Cause
from products.import_words import CANCELLED, CREATED, FOUND, LINKED, NOT_ALL_LINKED, issue_of
from products.models import Link, Listing, ListingSku, Product, ProductImport
from products.services.import_links import go_on, link_imported, variants_of
from products.services.import_sorting import Sorted, sort_listings
from tiktoksync.lib import queue
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus

State = RunItem.State
FOLLOWED_AT_ONCE = 500
ITEM_COLUMNS = ("state", "cause", "words", "facts", "updated_at")
ACTOR = "merchant"
UNDER_WAY = (SyncStatus.PENDING, SyncStatus.SENDING)


def hand_over(run: Run, shop: TikTokShop, batch: Sequence[RunItem], lease: Lease) -> None:
    """Start what these items wait for, or say what stands in its way by now."""
    ids = [item.remote_id for item in batch]
    listings = list(Listing.objects.filter(shop=shop, tiktok_product_id__in=ids))
    sorted_ = {
        one.listing.tiktok_product_id: one for one in sort_listings(run, shop, listings, lease)
    }
    with transaction.atomic():
        running = Run.objects.filter(pk=run.pk, status=Run.Status.RUNNING)
        if not running.select_for_update(no_key=True):
            return
        rows = _rows(shop, ids)
        for item in batch:
            _start(run, shop, item, sorted_.get(item.remote_id), rows.get(item.remote_id))
        _save(batch)
        queue.wake("import_products", shop.store_id)
        reach("committing")


def _rows(shop: TikTokShop, ids: Sequence[str]) -> dict[str, ProductImport]:
    rows = ProductImport.objects.filter(listing__shop=shop, listing__tiktok_product_id__in=ids)
    locked = rows.select_for_update(of=("self",), no_key=True).select_related("listing")
    return {row.listing.tiktok_product_id: row for row in locked}


def _start(
    run: Run, shop: TikTokShop, item: RunItem, one: Sorted | None, row: ProductImport | None
) -> None:
    if row is not None and (row.sync_status in UNDER_WAY or row.in_doubt_since is not None):
        # Whatever the listing looks like by now: this may be in Shopify already.
        _set_going(run, row)
        item.state = State.WORKING
    elif one is None:
        leave_out(item, Cause.LISTING_GONE)
    elif one.verdict.cause in TO_LINK:
        _link(run, shop, item, one)
    elif one.verdict.cause == Cause.READY:
        _set_going(run, row or ProductImport(listing=one.listing))
        item.state = State.WORKING
    else:
        leave_out(item, one.verdict.cause, one.verdict.names)


def _set_going(run: Run, row: ProductImport) -> None:
    """Have the flow see to it; a product that was deleted in Shopify since is made anew."""
    if row.pk is not None and row.sync_status == SyncStatus.SYNCED:
        row.delete()
        row = ProductImport(listing=row.listing)
    if row.pk is None:
        row.run = run
        statuses.begin(row, SyncStatus.PENDING)
        row.save(force_insert=True)
    elif row.sync_status in UNDER_WAY:
        ProductImport.objects.filter(pk=row.pk).update(run=run)
    else:
        statuses.move(row, SyncStatus.PENDING, actor=ACTOR, run=run, tries=0, lookup_misses=0)


def _link(run: Run, shop: TikTokShop, item: RunItem, one: Sorted) -> None:
    """Shopify has it: its SKUs are linked to what is there, and nothing is written over there."""
    pairs = one.verdict.pairs
    variants = variants_of(shop.store, pairs.values(), one.found)
    linked = link_imported(shop, pairs, variants, run.started_by)
    go_on(shop, linked)
    item.state, item.cause = State.DONE, LINKED
    item.words = f"{len(linked)} of {len(one.facts.skus)} SKUs are linked to what Shopify has."
    if len(linked) < len(one.facts.skus):
        item.facts = {**item.facts, "issues": [issue_of(NOT_ALL_LINKED)]}


def leave_out(item: RunItem, cause: str, names: Sequence[str] = ()) -> None:
    """Not now: the item says why."""
    issue = issue_of(cause, names)
    item.state, item.cause, item.words = State.SKIPPED, cause, issue["words"]
    item.facts = {**item.facts, "issues": [issue]}


# --- watching ------------------------------------------------------------------------------------


def follow_items(run: Run, shop: TikTokShop) -> None:
    """Note what became of imports that are no longer under way."""
    working = run.items.filter(state=State.WORKING)
    with transaction.atomic():
        rows = _settled(run, shop)
        items = list(working.filter(remote_id__in=rows))
        titles, linked = _titles(shop, rows.values()), _linked(shop, rows.values())
        for item in items:
            _note(run, item, rows[item.remote_id], titles, linked)
        _save(items)


def _settled(run: Run, shop: TikTokShop) -> dict[str, ProductImport]:
    working = run.items.filter(state=State.WORKING).values("remote_id")
    rows = ProductImport.objects.filter(
        listing__shop=shop, listing__tiktok_product_id__in=working
    ).exclude(sync_status__in=UNDER_WAY)
    locked = rows.select_for_update(of=("self",), no_key=True).select_related("listing")
    return {row.listing.tiktok_product_id: row for row in locked[:FOLLOWED_AT_ONCE]}


def _titles(shop: TikTokShop, rows: Iterable[ProductImport]) -> dict[str, str]:
    gids = [row.shopify_product_id for row in rows if row.shopify_product_id]
    products = Product.objects.filter(store=shop.store_id, shopify_product_id__in=gids)
    return dict(products.values_list("shopify_product_id", "title"))


def _linked(shop: TikTokShop, rows: Iterable[ProductImport]) -> dict[int, tuple[int, int]]:
    """Of each listing (by row) how many living SKUs are linked, and how many there are."""
    links = Link.objects.filter(shop=shop).values("tiktok_sku_id")
    living = ListingSku.objects.filter(listing__in=[row.listing_id for row in rows], gone_at=None)
    counted = (
        living.order_by()
        .values("listing_id")
        .annotate(linked=Count("pk", filter=Q(tiktok_sku_id__in=links)), skus=Count("pk"))
    )
    return {one["listing_id"]: (one["linked"], one["skus"]) for one in counted}


def _note(
    run: Run,
    item: RunItem,
    row: ProductImport,
    titles: Mapping[str, str],
    linked: Mapping[int, tuple[int, int]],
) -> None:
    if row.sync_status == SyncStatus.SYNCED:
        counts = linked.get(row.listing_id, (0, 0))
        _note_done(item, row, titles.get(row.shopify_product_id, ""), *counts)
    elif row.sync_status == SyncStatus.FAILED:
        code = row.failure_code or row.failure_kind
        item.state, item.cause, item.words = State.FAILED, code, row.failure_reason
        issue = {"code": code, "words": row.failure_reason, "fix": ""}
        item.facts = {**item.facts, "issues": [issue]}
    elif row.skip_reason == CANCELLED:
        # Stopped with a run that was cancelled; this one wants it again.
        _set_going(run, row)
    else:
        leave_out(item, row.skip_reason)


def _note_done(item: RunItem, row: ProductImport, title: str, linked: int, skus: int) -> None:
    item.state, item.cause = State.DONE, FOUND if row.was_found else CREATED
    item.words = f"{title or 'The product'}: {linked} of {skus} SKUs linked."
    facts: dict[str, Any] = {**item.facts, "shopify_product_id": row.shopify_product_id}
    facts["issues"] = [issue_of(NOT_ALL_LINKED)] if linked < skus else []
    item.facts = facts


def _save(items: Iterable[RunItem]) -> None:
    now, items = database_now(), list(items)
    for item in items:
        item.updated_at = now
        item.cause = str(item.cause)[:64]
    RunItem.objects.bulk_update(items, ITEM_COLUMNS)
