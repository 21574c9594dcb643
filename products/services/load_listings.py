"""Reading a shop's whole catalogue by the product search, in slices of time where it is large.

Of one search no more than 10,000 rows can be paged to: more of them are cut into spans of their
update times until each span holds few enough. A product that changes meanwhile moves to the end of
time, where the last span, which is open, finds it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db import transaction

from products.facts_tiktok import warehouses_of
from products.models import Listing, ListingSku
from products.services import follow_catalogue
from products.services.load_state import BEGIN, GONE, PRODUCTS, Load, save_load
from products.services.pull_catalogue import is_of_account
from products.services.store_listings import mark_listings_gone, store_listings
from tiktoksync.errors import SyncError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import accounts

if TYPE_CHECKING:
    from products.services.pull_listings import PullListings

#: Below TikTok's limit, as products are added while they are read.
MOST_A_SLICE = 9_000
#: TikTok's code for a page beyond its limit.
TOO_FAR = "12052180"
#: Nothing on TikTok Shop is older (2015).
BEGINNING = 1_420_070_400
ROWS_A_STEP = 500
#: How far the last look reaches back behind the beginning of the reading, in seconds.
MARGIN = 60
NOTHING_READ = "TikTok showed no product at all, though it counts some: nothing was changed here."
Slice = list[int | None]


def go_on(flow: PullListings, load: Load) -> None:
    """The next piece of the whole reading."""
    if load.stage == BEGIN:
        _begin(flow, load)
    elif load.stage == GONE:
        _forget_unseen(flow, load)
    else:
        _read_page(flow, load)


def _begin(flow: PullListings, load: Load) -> None:
    shop, now = flow.account, flow.tiktok_now()
    warehouses = _read_warehouses(flow)
    load.stage = PRODUCTS
    # The last of them is read first. The look at what changed during the reading comes at its end.
    load.slices = [[now - MARGIN, None], [None, None]]
    with transaction.atomic():
        flow.lease.renew()
        if warehouses is not None:
            shop.warehouses = warehouses
            TikTokShop.objects.filter(pk=shop.pk).update(warehouses=warehouses)
        unfollowed = TikTokShop.objects.filter(pk=shop.pk, listings_watermark=None)
        if unfollowed.update(listings_watermark=now):
            shop.listings_watermark = now
            flow.poll_later()
        save_load(shop, load)
        reach("committing")


def _read_warehouses(flow: PullListings) -> list[dict[str, Any]] | None:
    """None where the app may not read them: the rest of the mirror goes on."""
    try:
        rows = tiktok_client(flow.account).warehouses().data
    except SyncError as error:
        if is_of_account(error):
            raise
        return None
    accounts.note_success(flow.account)
    return warehouses_of(rows)


def _read_page(flow: PullListings, load: Load) -> None:
    slices = load.slices or []
    if not slices:
        load.begin_stage(GONE)
        save_load(flow.account, load)
        return
    span = slices[-1]
    try:
        page = (
            tiktok_client(flow.account).search_products(page_token=load.cursor, **named(span)).data
        )
    except SyncError as error:
        if error.code != TOO_FAR or not _cut(flow, load):
            raise
        save_load(flow.account, load)
        return
    accounts.note_success(flow.account)
    is_first = not load.cursor
    if is_first and (page.total_count or 0) > MOST_A_SLICE and _cut(flow, load):
        load.total = max(load.total, page.total_count or 0)
        save_load(flow.account, load)
        return
    if is_first and span[0] is None:
        load.total = max(load.total, page.total_count or 0)
    _store(flow, load, page.products, page.next_page_token)


def named(span: Slice) -> Mapping[str, Any]:
    """A span of update times as the client takes it."""
    return {"update_time_ge": span[0], "update_time_le": span[1]}


def _cut(flow: PullListings, load: Load) -> bool:
    """Read the halves of the present span instead, the older one first; False if it is a second."""
    slices = load.slices or []
    first, last = slices[-1]
    begin = BEGINNING if first is None else first
    end = flow.tiktok_now() if last is None else last
    if end - begin < 1:
        return False
    middle = (begin + end) // 2
    load.slices = [*slices[:-1], [middle + 1, last], [first, middle]]
    load.cursor = ""
    return True


def _store(flow: PullListings, load: Load, rows: Any, token: str) -> None:
    with transaction.atomic():
        flow.lease.renew()
        stored = store_listings(flow.account, rows)
        load.seen += len(rows)
        if token and token != load.cursor:
            load.cursor = token
        else:
            load.cursor, load.slices = "", (load.slices or [])[:-1]
        save_load(flow.account, load)
        reach("committing")
    flow.drained.worked += stored.skus


def _forget_unseen(flow: PullListings, load: Load) -> None:
    """What the whole reading did not meet is no longer there: a bounded part of it a step."""
    shop = flow.account
    if load.total and not load.seen:
        load.words = NOTHING_READ
        flow.finish_load(load)
        return
    with transaction.atomic():
        flow.lease.renew()
        rows = Listing.objects.filter(shop=shop, gone_at=None, seen_at__lt=load.began)
        unseen = list(rows.values_list("pk", flat=True)[:ROWS_A_STEP])
        mark_listings_gone(shop, unseen)
        if unseen or _forget_skus(shop, load):
            save_load(shop, load)
        else:
            flow.finish_load(load)
        reach("committing")


def _forget_skus(shop: TikTokShop, load: Load) -> bool:
    rows = ListingSku.objects.filter(shop=shop, gone_at=None, seen_at__lt=load.began)
    unseen = dict(rows.values_list("pk", "listing")[:ROWS_A_STEP])
    if unseen:
        ListingSku.objects.filter(pk__in=unseen).update(gone_at=database_now())
        follow_catalogue.listings_stored(shop, set(unseen.values()))
    return bool(unseen)
