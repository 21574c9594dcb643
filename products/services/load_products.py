"""Reading a store's whole catalogue: page by page, or in bulk where it is large."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from products.models import UNREAD_PRODUCT, Product, Variant
from products.services import follow_catalogue, load_bulk
from products.services.load_state import (
    BEGIN,
    BULK,
    GONE,
    LINKS,
    PAGES,
    PRODUCTS,
    Load,
    save_load,
)
from products.services.pull_catalogue import is_scope_missing
from products.services.read_products import STOCK_STEM
from products.services.store_levels import forget_unseen_levels, store_locations
from products.services.store_products import drop_unread_product, mark_gone
from tiktoksync.errors import SyncError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.accounts import note_refused_poll
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import accounts

if TYPE_CHECKING:
    from products.services.pull_variants import PullVariants

#: With so many variants or fewer, pages are quicker than Shopify's bulk operation.
PAGED_AT_MOST = 2000
ROWS_A_STEP = 500
NOTHING_READ = "Shopify showed no product at all, though it counts some: nothing was changed here."


def go_on(flow: PullVariants, load: Load) -> None:
    """The next piece of the whole reading."""
    if load.stage == BEGIN:
        _begin(flow, load)
    elif load.stage == GONE:
        _forget_unseen(flow, load)
    elif load.stage == LINKS:
        _link(flow, load)
    elif load.way == BULK:
        load_bulk.go_on(flow, load)
    else:
        _read_page(flow, load)


def _begin(flow: PullVariants, load: Load) -> None:
    """How much there is says how it is read; what changes from now on is for the poll."""
    client, store = shopify_client(flow.account), flow.account
    since = flow.shopify_now()
    counts = client.count_products().data
    accounts.note_success(store)
    try:
        places = client.locations().data
    except SyncError as error:
        if not is_scope_missing(error):
            raise
        note_refused_poll(store, STOCK_STEM, error)
        places = None
    load.total = counts.variants
    is_large = counts.variants > PAGED_AT_MOST or not counts.is_exact
    load.way, load.stage = BULK if is_large else PAGES, PRODUCTS
    with transaction.atomic():
        flow.lease.renew()
        if places is not None:
            store_locations(store, places)
        unfollowed = ShopifyStore.objects.filter(pk=store.pk, products_watermark=None)
        if unfollowed.update(products_watermark=since):
            store.products_watermark = since
            flow.poll_later()
        save_load(store, load)
        reach("committing")


def _read_page(flow: PullVariants, load: Load) -> None:
    page = shopify_client(flow.account).products_page(after=load.cursor).data
    accounts.note_success(flow.account)
    reading = flow.open_reading()
    reading.take(page.products)
    with transaction.atomic():
        flow.lease.renew()
        stored = reading.store_all()
        load.seen += stored.variants
        load.has_stock = load.has_stock and reading.has_stock
        if page.next_cursor and page.next_cursor != load.cursor:
            load.cursor = page.next_cursor
        else:
            load.begin_stage(GONE)
        save_load(flow.account, load)
        reach("committing")
    flow.drained.worked += stored.variants


def _forget_unseen(flow: PullVariants, load: Load) -> None:
    """What the whole reading did not meet is no longer there: a bounded part of it a step."""
    if load.total and not load.seen:
        load.words = NOTHING_READ
        flow.finish_load(load)
        return
    with transaction.atomic():
        flow.lease.renew()
        is_more = _forget_products(flow.account, load) or _forget_variants(flow.account, load)
        if is_more:
            save_load(flow.account, load)
        else:
            if load.has_stock:
                forget_unseen_levels(flow.account, load.began)
            drop_unread_product(flow.account)
            # From now on it is known which SKU stands in the store once.
            ShopifyStore.objects.filter(pk=flow.account.pk).update(variants_read_at=database_now())
            load.begin_stage(LINKS)
            save_load(flow.account, load)
        reach("committing")


def _link(flow: PullVariants, load: Load) -> None:
    """Equal SKUs of both sides are linked, a bounded number of listings a step."""
    with transaction.atomic():
        flow.lease.renew()
        load.cursor = follow_catalogue.catalogue_loaded(flow.account, load.cursor)
        if load.cursor:
            save_load(flow.account, load)
        else:
            flow.finish_load(load)
        reach("committing")


def _forget_products(store: ShopifyStore, load: Load) -> bool:
    rows = Product.objects.filter(store=store, gone_at=None, seen_at__lt=load.began)
    rows = rows.exclude(shopify_product_id=UNREAD_PRODUCT)
    unseen = list(rows.values_list("pk", flat=True)[:ROWS_A_STEP])
    mark_gone(store, unseen)
    return bool(unseen)


def _forget_variants(store: ShopifyStore, load: Load) -> bool:
    rows = Variant.objects.filter(store=store, gone_at=None, seen_at__lt=load.began)
    unseen = dict(rows.values_list("pk", "product")[:ROWS_A_STEP])
    if unseen:
        Variant.objects.filter(pk__in=unseen).update(gone_at=database_now())
        follow_catalogue.variants_stored(store, set(unseen.values()))
    return bool(unseen)
