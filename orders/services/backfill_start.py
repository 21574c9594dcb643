"""The second half of a backfill: the orders that are missing are taken in, and watched.

A batch is read anew at TikTok and looked for in Shopify once more, since the preview may be old.
Then its orders and what became of them are stored together; push_orders does the creating.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from orders import policy
from orders.backfill import Cause, Sorted, sort_order
from orders.models import Order
from orders.services.actions import release_order, retry_order
from orders.services.backfill_asking import find_marks, orders_here, speaking_for, was_too_old
from orders.services.rules import policy_rules
from orders.services.store_orders import store_page
from tiktoksync.errors import PermanentError
from tiktoksync.lib import queue
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shopify.order_search import MarkedOrder
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import SyncStatus
from tiktoksync.sync.settling import concerns_account

State = RunItem.State
BATCH = 20
FOLLOWED_AT_ONCE = 500
FOLLOW_SECONDS = 2.0
ACTOR = "merchant"
ASKED_FOR = "Asked for by a backfill."
ITEM_COLUMNS = ("state", "cause", "words", "updated_at")


def run_step(run: Run, shop: TikTokShop, lease: Lease) -> None:
    """Take in the next batch, see how the others do, and end the run when none is left."""
    waiting = run.items.filter(state=State.WAITING).order_by("position", "pk")
    batch = list(waiting[:BATCH])
    if batch:
        _take_in(run, shop, batch, lease)
    follow_items(run, shop)
    runs.count_items(run)
    if not run.left:
        runs.finish_run(run, "Every order has its outcome.")
        return
    more = waiting.exists()
    runs.end_step(run, database_now() + scaled(0 if more else FOLLOW_SECONDS))


# --- taking in -----------------------------------------------------------------------------------


def _take_in(run: Run, shop: TikTokShop, batch: Sequence[RunItem], lease: Lease) -> None:
    ids = [item.remote_id for item in batch]
    here = orders_here(shop, ids)
    rules, now = policy_rules(shop), database_now()
    bodies = {
        str(body.get("id")): body for body in _read(shop, [i for i in ids if i not in here], lease)
    }
    sorted_ = {key: sort_order(body, rules, now) for key, body in bodies.items()}
    marks = find_marks(shop, [key for key, one in sorted_.items() if one.is_missing], lease)
    with transaction.atomic():
        if not Run.objects.select_for_update(no_key=True).filter(
            pk=run.pk, status=Run.Status.RUNNING
        ):
            return
        missing = [key for key, one in sorted_.items() if one.is_missing]
        stored = store_page(shop, [bodies[key] for key in missing], asked_for=True)
        for item in batch:
            if order := here.get(item.remote_id):
                _go_on(item, order)
            else:
                _settle_new(item, shop, sorted_.get(item.remote_id), marks.get(item.remote_id))
        _save(batch)
        reach("committing")
    for bug in stored.bugs:
        raise bug


def _read(shop: TikTokShop, ids: Sequence[str], lease: Lease) -> list[dict[str, Any]]:
    """Orders as TikTok has them now; ids that it no longer knows are found out one by one."""
    if not ids:
        return []
    try:
        with speaking_for(shop):
            bodies: list[dict[str, Any]] = tiktok_client(shop).get_orders(ids).data
            return bodies
    except PermanentError as error:
        if concerns_account(error):
            raise
    lease.renew()
    middle = len(ids) // 2
    return _read(shop, ids[:middle], lease) + _read(shop, ids[middle:], lease) if middle else []


def _go_on(item: RunItem, order: Order) -> None:
    """The order is here by now: a failed one is tried again, any other is watched."""
    if order.sync_status == SyncStatus.FAILED:
        retry_order(order, actor=ACTOR)
    item.state = State.WORKING


def _settle_new(
    item: RunItem, shop: TikTokShop, one: Sorted | None, mark: MarkedOrder | None
) -> None:
    if one is None or not one.is_missing:
        item.state, item.cause = State.SKIPPED, one.cause if one else Cause.GONE
        return
    order = (
        Order.objects.select_for_update(of=("self",), no_key=True)
        .filter(shop=shop, tiktok_order_id=item.remote_id)
        .first()
    )
    item.state = State.WORKING
    if order is None:
        # Nothing was stored, so TikTok shows it in a form that is never kept.
        item.state, item.cause = State.SKIPPED, Cause.UNPAID
    elif mark is not None and not mark.is_ours:
        _leave_to_others(order, mark)
    else:
        _set_going(order)
        if mark is not None and order.sync_status == SyncStatus.PENDING:
            # Made by this app before: it is read there instead of being created.
            Order.objects.filter(pk=order.pk).update(in_doubt_since=database_now())


def _leave_to_others(order: Order, mark: MarkedOrder) -> None:
    """Another app made the Shopify order: it is named here, and left to that app."""
    reason = policy.SkipReason.ALREADY_IN_SHOPIFY
    if order.sync_status == SyncStatus.SKIPPED:
        statuses.move(order, SyncStatus.PENDING, actor=ACTOR, reason=ASKED_FOR)
    statuses.move(
        order,
        SyncStatus.SKIPPED,
        actor=ACTOR,
        reason=f"Already in Shopify as {mark.name}, made by another app.",
        skip_reason=str(reason),
        shopify_order_name=mark.name[:80],
        shopify_legacy_id=mark.legacy_id[:40],
    )


def _set_going(order: Order) -> None:
    """An order that was too old is queued; one that waits for the merchant's click has had it."""
    if was_too_old(order):
        statuses.move(order, SyncStatus.PENDING, actor=ACTOR, reason=ASKED_FOR, tries=0)
        queue.wake("push_orders", order.shop.store_id)
    elif order.wait_reason in (policy.WaitReason.AUTO_SYNC_OFF, policy.WaitReason.NOT_LIVE):
        release_order(order, actor=ACTOR)


# --- watching ------------------------------------------------------------------------------------


def follow_items(run: Run, shop: TikTokShop) -> None:
    """Note what became of orders that are no longer under way."""
    working = run.items.filter(state=State.WORKING)
    settled = (
        Order.objects.filter(shop=shop, tiktok_order_id__in=working.values("remote_id"))
        .exclude(sync_status__in=(SyncStatus.PENDING, SyncStatus.SENDING))
        .defer("raw")
    )
    orders = {order.tiktok_order_id: order for order in settled[:FOLLOWED_AT_ONCE]}
    items = list(working.filter(remote_id__in=orders))
    for item in items:
        _note(item, orders[item.remote_id])
    _save(items)


def _note(item: RunItem, order: Order) -> None:
    if order.sync_status == SyncStatus.SYNCED:
        item.state, item.cause = State.DONE, "created"
        item.words = f"Shopify order {order.shopify_order_name}"
    elif order.sync_status == SyncStatus.FAILED:
        item.state, item.cause = State.FAILED, order.failure_code or order.failure_kind
        item.words = order.failure_reason
    else:
        last = order.history.filter(axis="sync").last()
        item.state, item.cause = State.SKIPPED, order.skip_reason or order.wait_reason
        item.words = last.reason if last else ""


def _save(items: Iterable[RunItem]) -> None:
    now = database_now()
    items = list(items)
    for item in items:
        item.updated_at = now
        item.cause = str(item.cause)[:64]
    RunItem.objects.bulk_update(items, ITEM_COLUMNS)
