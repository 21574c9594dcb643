"""bulk_orders: one action on very many orders of a TikTok shop, step by step.

The preview sorts every order under what can be done with it and changes nothing; somebody has seen
the numbers already, so the work begins by itself. A step is stored as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from orders.list_bulk import ACTS, cause_words
from orders.list_selection import select, state_of, with_state
from orders.models import Order
from orders.services.bulk_acts import Asked, do_act
from orders.services.bulk_outcomes import note_outcome
from tiktoksync.errors import PermanentError
from tiktoksync.lib.failpoints import reach
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.accounts import awake
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease
from tiktoksync.web_access import zone_of

State = RunItem.State
PIECE = 500
BATCH = 50
FOLLOW_SECONDS = 2.0
COLUMNS = ("state", "cause", "words", "updated_at")


def begin_bulk(
    shop: TikTokShop, act: str, selection: Mapping[str, Any], *, user: Any = None, **given: str
) -> Run:
    """Have an action done with all the selected orders of a shop. Raises RunConflict."""
    wish = {"act": act, "selection": dict(selection), "given": given}
    return runs.begin_run(Run.Kind.ORDERS, shop, wish, user=user)


class BulkOrders(ShopFlow):
    """Works the actions on orders of one TikTok shop."""

    stem = "bulk_orders"
    account: TikTokShop

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        rows = _due(now).filter(awake(now, "shop__"), shop__isnull=False).order_by()
        return [int(key) for key in rows.values_list("shop", flat=True).distinct() if key]

    def has_due(self, now: datetime) -> bool:
        self.account.refresh_from_db(fields=["paused_until", "auth_lost_at"])
        return not self.account.is_paused(now) and self._next(now) is not None

    def run(self, lease: Lease, budget: Budget) -> Drained:
        drained = Drained()
        while not budget.is_spent():
            run = self._next(database_now())
            if run is None:
                break
            if runs.take_step(run):
                self._step(run)
                drained.worked += 1
            lease.renew()
        return drained

    def _next(self, now: datetime) -> Run | None:
        return _due(now).filter(shop=self.account).select_related("started_by", "merchant").first()

    def _step(self, run: Run) -> None:
        step = prepare_step if run.is_preparing else work_step
        reach("claimed")
        try:
            # Days in filters are the merchant's days, as they were when somebody looked.
            with timezone.override(zone_of(run.merchant)):
                step(run, self.account)
        except PermanentError as error:
            runs.fail_run(run, error.message)
        reach("recorded")


def prepare_step(run: Run, shop: TikTokShop) -> None:
    """Sort the next piece of orders by what can be done with them; then begin."""
    act, after = ACTS[run.wish["act"]], int(run.cursor.get("after", 0))
    rows = with_state(select([shop], run.wish["selection"]), asked_of(run).tag)
    piece = list(rows.filter(pk__gt=after).order_by("pk").defer("raw")[:PIECE])
    items = [_item(run, order, act.judge(state_of(order))) for order in piece]
    with transaction.atomic():
        cursor = {"after": piece[-1].pk if piece else after}
        if runs.end_step(run, database_now(), cursor):
            runs.add_items(run, items)
            runs.count_items(run)
            if len(piece) < PIECE and runs.make_ready(run, ""):
                _start(run)
        reach("committing")


def _start(run: Run) -> None:
    if run.left:
        runs.start_run(run)
    else:
        runs.finish_ready(run, "There was nothing to do.")


def _item(run: Run, order: Order, cause: str) -> RunItem:
    return RunItem(
        run=run,
        remote_id=order.tiktok_order_id,
        position=order.pk,
        title=order.shopify_order_name[:255],
        state=State.SKIPPED if cause else State.WAITING,
        cause=cause,
        words=cause_words(cause) if cause else "",
    )


def work_step(run: Run, shop: TikTokShop) -> None:
    """Act on the next orders, watch those under way, end the run when all is settled."""
    waiting = run.items.filter(state=State.WAITING).order_by("position", "pk")
    batch = list(waiting[:BATCH])
    if batch:
        _act(run, shop, batch)
    _follow(run, shop)
    runs.count_items(run)
    if not run.left:
        runs.finish_run(run, "Every order has its outcome.")
        return
    runs.end_step(run, database_now() + scaled(0 if waiting.exists() else FOLLOW_SECONDS))


def asked_of(run: Run) -> Asked:
    """Who asked for a run, and what was typed."""
    given = run.wish.get("given") or {}
    return Asked(
        user=run.started_by, tag=str(given.get("tag", "")), reason=str(given.get("reason", ""))
    )


def _act(run: Run, shop: TikTokShop, batch: Sequence[RunItem]) -> None:
    act, asked = ACTS[run.wish["act"]], asked_of(run)
    with transaction.atomic():
        if not Run.objects.select_for_update(no_key=True).filter(
            pk=run.pk, status=Run.Status.RUNNING
        ):
            return
        named = Order.objects.filter(shop=shop, tiktok_order_id__in=[i.remote_id for i in batch])
        found = with_state(named.select_related("shop"), asked.tag)
        orders = {order.tiktok_order_id: order for order in found}
        for item in batch:
            order = orders.get(item.remote_id)
            # Judged once more: an order moves on while a run is under way.
            cause = act.judge(state_of(order)) if order else "gone"
            if order is not None and not cause and not do_act(act.key, order, asked):
                cause = "gone"
            _settle(item, cause, is_watched=act.watch)
        _save(batch)
        reach("committing")


def _settle(item: RunItem, cause: str, *, is_watched: bool) -> None:
    if cause:
        item.state, item.cause, item.words = State.SKIPPED, cause, cause_words(cause)
    else:
        item.state = State.WORKING if is_watched else State.DONE


def _follow(run: Run, shop: TikTokShop) -> None:
    """Note what became of orders that are no longer under way."""
    working = run.items.filter(state=State.WORKING)
    items = list(working.order_by("updated_at", "pk")[:PIECE])
    named = Order.objects.filter(shop=shop, tiktok_order_id__in=[i.remote_id for i in items])
    orders = {order.tiktok_order_id: order for order in named.defer("raw")}
    for item in items:
        note_outcome(run.wish["act"], item, orders.get(item.remote_id))
    _save(items)


def _save(items: Iterable[RunItem]) -> None:
    now, items = database_now(), list(items)
    for item in items:
        item.updated_at = now
    RunItem.objects.bulk_update(items, COLUMNS)


def _due(now: datetime) -> QuerySet[Run]:
    due = Run.objects.filter(kind=Run.Kind.ORDERS, status__in=Run.ACTIVE, next_step_at__lte=now)
    return due.order_by("next_step_at", "pk")
