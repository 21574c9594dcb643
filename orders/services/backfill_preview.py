"""The first half of a backfill: every order of the dates is sorted, and nothing is created.

A page of TikTok's list is one step. Its orders and the place where the next page begins are stored
together, so a preview that is interrupted goes on with the page it was at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from orders.backfill import TO_DO, Cause, Sorted, sort_order
from orders.services.backfill_asking import find_marks, orders_here, speaking_for
from orders.services.rules import policy_rules
from tiktoksync.errors import PermanentError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shopify.order_search import MarkedOrder
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync.leases import Lease
from tiktoksync.tiktok.payloads import OrderPage

PAGE_SIZE = 50
# How often a page token that TikTok no longer takes is answered by starting from the last order.
MOST_RESTARTS = 5


def preview_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Read, sort and note one page; the last one makes the run ready."""
    cursor = {"since": run.wish["from"], "token": "", "newest": 0, "restarts": 0, **run.cursor}
    page = _read(run, shop, cursor)
    if page is None:
        return
    sorted_ = _sort(shop, page.orders, lease)
    following = page.next_page_token if page.next_page_token != cursor["token"] else ""
    newest = max([cursor["newest"], *(one.placed for one in sorted_)])
    # TikTok's own count, of the first page: how far the preview is can be shown against it.
    cursor.setdefault("expected", page.total_count)
    with transaction.atomic():
        if runs.end_step(run, database_now(), {**cursor, "token": following, "newest": newest}):
            runs.add_items(run, [_item(run, one) for one in sorted_ if one.order_id])
            runs.count_items(run)
            if not following:
                runs.make_ready(run, "")
        reach("committing")


def _read(run: Run, shop: TikTokShop, cursor: dict[str, Any]) -> OrderPage | None:
    """The page at the cursor; None if its token is stale: then the walk starts at the last order.

    TikTok Shop documentation: Get Order List.
    """
    try:
        with speaking_for(shop):
            page: OrderPage = (
                tiktok_client(shop)
                .search_orders(
                    create_time_ge=cursor["since"],
                    create_time_lt=run.wish["to"],
                    page_token=cursor["token"],
                    page_size=PAGE_SIZE,
                    sort_field="create_time",
                )
                .data
            )
            return page
    except PermanentError:
        if not cursor["token"] or cursor["restarts"] >= MOST_RESTARTS:
            raise
    again = {"since": cursor["newest"] or cursor["since"], "restarts": cursor["restarts"] + 1}
    runs.end_step(run, database_now(), {**cursor, **again, "token": ""})
    return None


def _sort(shop: TikTokShop, bodies: Sequence[dict[str, Any]], lease: Lease) -> list[Sorted]:
    rules, now = policy_rules(shop), database_now()
    here = orders_here(shop, [str(body.get("id", "")) for body in bodies])
    rows = [sort_order(body, rules, now, is_here=str(body.get("id")) in here) for body in bodies]
    marks = find_marks(shop, [one.order_id for one in rows if one.is_missing], lease)
    return [
        Sorted(one.order_id, marked_cause(marks[one.order_id]), one.placed)
        if one.is_missing and one.order_id in marks
        else one
        for one in rows
    ]


def marked_cause(mark: MarkedOrder) -> str:
    """The heading for an order that Shopify has."""
    return Cause.OURS_IN_SHOPIFY if mark.is_ours else Cause.ALREADY_IN_SHOPIFY


def _item(run: Run, one: Sorted) -> RunItem:
    state = RunItem.State.WAITING if one.cause in TO_DO else RunItem.State.SKIPPED
    return RunItem(
        run=run, remote_id=one.order_id[:80], position=one.placed, state=state, cause=one.cause[:64]
    )
