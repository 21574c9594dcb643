"""push_prices: the prices of one shop's listings, all linked SKUs of a listing in one call.

TikTok takes prices while a product is on sale, and none while a promotion holds them: then the task
waits. What to tell is worked out as the call is planned, so an unclear answer is sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from products.listing_words import cause_of
from products.models import ListingSku, ListingTask, ProductRules
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
from products.services.push_prices_changes import (
    ON_SALE,
    ListingPrices,
    SkuPrice,
    listing_prices,
)
from products.services.rules import product_rules
from tiktoksync.errors import SyncError
from tiktoksync.lib import money
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import Attempt, SyncStatus

#: A promotion holds the price.
PROMOTED = frozenset({"12052038", "12019045"})
PROMOTION = "promotion"
PROMOTION_SECONDS = 3600.0


class PushPrices(ListingTaskFlow):
    """Tells TikTok the prices."""

    stem = "push_prices"
    kind = ListingTask.Kind.PRICES

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[ListingTask], now: datetime) -> list[Task]:
        rules = product_rules(self.account)
        open_ = [row for row in rows if not _leave_out(row, rules)]
        linked = linked_skus(self.account, [row.listing_id for row in open_])
        prices = listing_prices(self.account, rules, linked)
        insisted = listing_prices(self.account, rules, linked, insist=True)
        client = tiktok_client(self.account) if open_ else None
        tasks = []
        for row in open_:
            found = (prices if row.run is None else insisted).get(row.listing_id)
            tasks.append(self._decide(client, row, found))
        return [task for task in tasks if task is not None]

    def _decide(self, client: Any, row: ListingTask, found: ListingPrices | None) -> Task | None:
        if found is None:
            leave_out(row, "not_linked")
            return None
        told = found.prices if row.in_doubt_since is not None else found.changes
        if not told:
            leave_out(row, why_nothing(found))
            return None
        body = [_body(one) for one in told]
        call = partial(client.update_prices, row.listing.tiktok_product_id, body)
        return Task("tell", call, (row,), facts=told)

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[ListingTask],
        task: Task,
        answer: Answer[None],
        attempts: dict[int, Attempt],
    ) -> None:
        (row,), now = rows, database_now()
        skus = [one.linked.sku for one in task.facts]
        for sku, one in zip(skus, task.facts, strict=True):
            sku.price = sku.sent_price = one.price
            sku.currency, sku.price_sent_at = one.currency, now
        ListingSku.objects.bulk_update(skus, ("price", "sent_price", "currency", "price_sent_at"))
        count = "1 SKU" if len(skus) == 1 else f"{len(skus)} SKUs"
        note_told(row, attempts[row.pk], f"TikTok has the prices of {count}.")

    def refused(
        self,
        row: ListingTask,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if error.code in PROMOTED:
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=cause_of(PROMOTION).words,
                request_id=error.request_id,
                wait_reason=PROMOTION,
                next_attempt_at=database_now() + scaled(PROMOTION_SECONDS),
                asked_again=False,
            )
            return
        if error.code in OTHER_STATE:
            want_details(self.account, [row.listing_id])
        note_refused(row, error, attempt, paused_until)


def why_nothing(found: ListingPrices) -> str:
    """The cause under which a listing without a change of price is left out."""
    if found.prices:
        return "already_right"
    if found.foreign:
        return "currency"
    return "no_price" if found.unpriced else "locked"


def _leave_out(row: ListingTask, rules: ProductRules) -> bool:
    cause = ""
    if is_gone(row.listing):
        cause = "listing_gone"
    elif row.listing.status != ON_SALE:
        cause = "not_on_sale"
    elif not rules.push_prices and is_called_off(row):
        cause = "cancelled"
    elif not rules.push_prices and row.run is None:
        cause = "rule_off"
    if cause:
        leave_out(row, cause)
    return bool(cause)


def _body(one: SkuPrice) -> dict[str, Any]:
    amount = money.text(one.price, one.currency)
    return {
        "id": one.linked.sku.tiktok_sku_id,
        "price": {"amount": amount, "currency": one.currency},
    }
