"""push_stock: the quantities of one shop's listings, all linked SKUs of a listing in one call.

The numbers are absolute and worked out as the call is planned: after an unclear answer the newest
are simply sent. Once in a while everything that is linked is compared; see `sweep_due`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from products.listing_words import NO_ZERO, cause_of
from products.models import ListingSku, ListingTask, ProductRules
from products.services import keep_in_step
from products.services.listing_task_flow import (
    OTHER_STATE,
    ListingTaskFlow,
    is_called_off,
    is_gone,
    leave_out,
    note_refused,
    note_told,
    want_details,
)
from products.services.listing_task_skus import linked_skus
from products.services.push_stock_call import StockCall
from products.services.push_stock_changes import (
    CLOSED,
    ListingStock,
    SkuStock,
    listing_stocks,
)
from products.services.rules import product_rules
from tiktoksync.errors import PermanentError, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.accounts import awake
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import concerns_account

#: TikTok knows more warehouses of the SKU than were named; out of its range of numbers.
ALL_WAREHOUSES, OUT_OF_RANGE = "12019028", frozenset({"12019024", "12052055"})
READ_FIRST, ORDERS = "read_first", "orders"
#: How soon it is seen whether the orders were read, and how long that is waited for.
ORDERS_SECONDS, PATIENCE_SECONDS = 5.0, 300.0
MOST_NAMED = 3


class PushStock(ListingTaskFlow):
    """Tells TikTok what can be sold."""

    stem = "push_stock"
    kind = ListingTask.Kind.STOCK

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        return {*super().due_accounts(now), *_to_sweep(now).values_list("pk", flat=True)}

    def has_due(self, now: datetime) -> bool:
        return super().has_due(now) or _to_sweep(now).filter(pk=self.account.pk).exists()

    def run(self, lease: Lease, budget: Budget) -> Drained:
        if _to_sweep(database_now()).filter(pk=self.account.pk).exists():
            keep_in_step.sweep_shop(self.account, lease.renew)
        return super().run(lease, budget)

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[ListingTask], now: datetime) -> list[Task]:
        rules = product_rules(self.account)
        open_ = [row for row in rows if not _leave_out(row, rules)]
        linked = linked_skus(self.account, [row.listing_id for row in open_])
        stocks = listing_stocks(self.account, rules, linked)
        client = tiktok_client(self.account) if open_ else None
        tasks = [self._decide(client, row, stocks.get(row.listing_id)) for row in open_]
        return [task for task in tasks if task is not None]

    def _decide(self, client: Any, row: ListingTask, stock: ListingStock | None) -> Task | None:
        if stock is None:
            leave_out(row, "not_linked")
            return None
        # Nobody knows what an unclear answer left there: then everything is told.
        told = stock.figures if row.in_doubt_since is not None else stock.changes
        wanted, told = told, self._without_sold(row, told)
        if wanted and not told:
            statuses.defer(row, database_now() + scaled(ORDERS_SECONDS), ORDERS)
            return None
        if stock.undecided and not told:
            cause = "warehouse_not_chosen"
            words = f"{cause_of(cause).words} {cause_of(cause).fix}"
            statuses.fail(row, FailureKind.CONFIG, cause, words)
        elif not told:
            leave_out(row, why_no_stock(stock))
        else:
            reads = row.wait_reason == READ_FIRST or any(one.others for one in told)
            more = len(told) < len(wanted)
            call = StockCall(client, row.listing.tiktok_product_id, told, reads, more)
            return Task("tell", call, (row,), facts=call)
        return None

    def _without_sold(self, row: ListingTask, told: Sequence[SkuStock]) -> list[SkuStock]:
        """TikTok may have sold units of which no order is known here: those SKUs wait a while."""
        patient = database_now() - row.asked_at < scaled(PATIENCE_SECONDS)
        if row.in_doubt_since is not None or row.run is not None or not patient:
            return list(told)
        read_at = self.account.last_poll_at
        return [one for one in told if not one.may_be_sold(read_at)]

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[ListingTask],
        task: Task,
        answer: Answer[dict[str, SyncError]],
        attempts: dict[int, Attempt],
    ) -> None:
        (row,), call = rows, task.facts
        taken = [one for one in call.skus if one.linked.sku.tiktok_sku_id not in answer.data]
        _note_sent(taken, call)
        refused = [
            (one, answer.data[one.linked.sku.tiktok_sku_id])
            for one in call.skus
            if one.linked.sku.tiktok_sku_id in answer.data
        ]
        if not refused and call.more and not row.asked_again:
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempts[row.pk],
                next_attempt_at=database_now() + scaled(ORDERS_SECONDS),
                wait_reason=ORDERS,
                in_doubt_since=None,
                tries=0,
            )
            return
        if not refused:
            note_told(row, attempts[row.pk], f"TikTok has the stock of {_skus(len(taken))}.")
            return
        error = _worst(refused)
        until = self.note_failure(error) if concerns_account(error) else None
        self._settle(row, call, error, attempts[row.pk], until)

    def refused(
        self,
        row: ListingTask,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        self._settle(row, task.facts, _about_zero(error, task.facts), attempt, paused_until)

    def _settle(
        self,
        row: ListingTask,
        call: StockCall,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if error.code == ALL_WAREHOUSES and not call.reads_first:
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=error.message,
                request_id=error.request_id,
                wait_reason=READ_FIRST,
            )
            return
        if error.code in OTHER_STATE:
            want_details(self.account, [row.listing_id])
        note_refused(row, error, attempt, paused_until)


def _to_sweep(now: datetime) -> QuerySet[TikTokShop]:
    return TikTokShop.objects.filter(awake(now), next_stock_sweep_at__lte=now)


def _leave_out(row: ListingTask, rules: ProductRules) -> bool:
    cause = ""
    if is_gone(row.listing):
        cause = "listing_gone"
    elif row.listing.status in CLOSED:
        cause = "state"
    elif not rules.push_stock and is_called_off(row):
        cause = "cancelled"
    elif not rules.push_stock and row.run is None:
        cause = "rule_off"
    if cause:
        leave_out(row, cause)
    return bool(cause)


def why_no_stock(stock: ListingStock) -> str:
    """The cause under which a listing without a change of stock is left out."""
    if stock.figures:
        return "already_right"
    if stock.drafts:
        return "draft"
    return "unknown_stock" if stock.unknown else "locked"


def _note_sent(taken: Sequence[SkuStock], call: StockCall) -> None:
    """What TikTok took is what it shows now."""
    now, skus = database_now(), []
    for one in taken:
        sku = one.linked.sku
        entries = call.told[sku.tiktok_sku_id]
        sku.sent_quantity, sku.quantity_sent_at = one.quantity, now
        sku.quantity = sum(entry["quantity"] for entry in entries)
        sku.inventory = entries if one.warehouse_id else sku.inventory
        skus.append(sku)
    columns = ("sent_quantity", "quantity_sent_at", "quantity", "inventory")
    ListingSku.objects.bulk_update(skus, columns)


def _worst(refused: Sequence[tuple[SkuStock, SyncError]]) -> SyncError:
    """One error for all SKUs that were refused: one that passes, or all of them in words."""
    for _, error in refused:
        if not isinstance(error, PermanentError) or error.pauses_account:
            return error
    first = refused[0][1]
    named = [f"{one.linked.sku}: {_words(one, error)}" for one, error in refused[:MOST_NAMED]]
    more = len(refused) - len(named)
    rest = f" And {_skus(more)} more." if more else ""
    return Rejected(
        f"TikTok refused the stock of {_skus(len(refused))}. {' '.join(named)}{rest}",
        code=first.code,
        request_id=first.request_id,
        detail=first.detail,
    )


def _words(one: SkuStock, error: SyncError) -> str:
    if error.code in OUT_OF_RANGE and one.quantity == 0:
        return NO_ZERO.format(sku=one.linked.sku)
    return error.message


def _about_zero(error: SyncError, call: StockCall) -> SyncError:
    """A number out of range that is a zero means that TikTok does not show "sold out" so."""
    zeros = [one for one in call.skus if one.quantity == 0]
    if error.code not in OUT_OF_RANGE or not zeros:
        return error
    names = ", ".join(str(one.linked.sku) for one in zeros[:MOST_NAMED])
    return Rejected(
        f"{error.message} {NO_ZERO.format(sku=names)}",
        code=error.code,
        request_id=error.request_id,
        detail=error.detail,
    )


def _skus(count: int) -> str:
    return "1 SKU" if count == 1 else f"{count} SKUs"
