"""push_fulfillments: the tracking of Shopify's shipments goes to TikTok.

Which call tells TikTok depends on the shop's region: seller shipping in the US, UK, EU and Japan
marks the order's units as shipped; in South-East Asia the package itself is shipped. What TikTok
was told is corrected by a call of its own. After any unclear answer or refusal the order is read
again: it is done if each unit carries the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, QuerySet

from orders.carriers import carrier_key
from orders.models import Fulfillment
from orders.services import fulfillment_words as words
from orders.services.fulfillment_answers import record_verified
from orders.services.fulfillment_ends import block, end_told, give_way, note_numbers
from orders.services.fulfillment_packages import release_sharers
from orders.services.fulfillment_steps import Steps
from orders.services.keep_carriers import keep_carriers
from tiktoksync.errors import Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.sync.settling import look_after_refusal, settle_error
from tiktoksync.tiktok.error_codes import error_for
from tiktoksync.tiktok.payloads import ItemError

CORRECTIONS = ("correct_order", "correct_package")
WRITES = ("mark_shipped", "ship_package", "ship_packages", "split", *CORRECTIONS)


class PushFulfillments(ShopFlow, OutboundFlow):
    """Ships the orders of one TikTok shop on TikTok."""

    stem = "push_fulfillments"
    model = Fulfillment
    account: TikTokShop
    account_of_row = "order__shop"
    owner_of_row = "order"
    order_by = (F("order__ship_by").asc(nulls_last=True), "pk")  # type: ignore[assignment]
    # Shopify may cancel a shipment while TikTok is being told of it.
    fresh = ("status",)

    def __init__(self, account: TikTokShop) -> None:
        super().__init__(account)
        #: What TikTok said of splitting, by order: asked once a drain.
        self.may_split: dict[int, bool] = {}
        #: Packages that took a correction, by row: one of several packages has a call for each.
        self.corrected: dict[int, set[str]] = {}

    def prefetched(self, rows: QuerySet[Fulfillment]) -> QuerySet[Fulfillment]:
        joins = ("order", "order__shop", "replaces", "replaced_by")
        return rows.select_related(*joins)

    def plan(self, rows: Sequence[Fulfillment], now: datetime) -> list[Task]:
        overrides = {
            carrier_key(mapping.carrier): mapping.provider_name
            for mapping in self.account.carrier_mappings.all()
        }
        known = {row.pk: row for row in rows}
        for row in rows:
            # What is decided about the earlier row of a parcel counts for the later one at once.
            if row.replaces_id in known:
                row.replaces = known[row.replaces_id]
        client = tiktok_client(self.account)
        steps = Steps(self.account, client, overrides, self.may_split, self.corrected, now)
        tasks = [steps.decide(row) for row in rows]
        return [task for task in tasks if task is not None]

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[Fulfillment],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == "read_carriers":
            self._keep_providers(row, answer.data, attempt)
        elif task.step == "verify":
            record_verified(self.account, row, answer, attempt)
        elif task.step == "read_split":
            self._keep_split(row, answer.data, attempt)
        elif task.step == "split":
            _look_at_packages(row, attempt)
        elif task.step == "ship_packages" and answer.data:
            _partly_shipped(row, task, answer, attempt)
        else:
            self._shipped(row, task, answer, attempt)

    def _shipped(self, row: Fulfillment, task: Task, answer: Answer[Any], attempt: Attempt) -> None:
        """TikTok took the number, for the whole shipment or for some packages of several."""
        done, left = task.facts or ([], [])
        note_numbers(row, done)
        if task.step == "mark_shipped":
            done = [answer.data.package_id]
        if task.step == "correct_package":
            self.corrected.setdefault(row.pk, set()).update(done)
        elif len(done) == 1:
            row.tiktok_package_id = done[0][:40]
        if left:
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=words.PART_SHIPPED.format(", ".join(done)),
            )
        else:
            end_told(row, answer, attempt)
        release_sharers(row, done)

    def _keep_providers(
        self, row: Fulfillment, providers: Sequence[Mapping[str, Any]], attempt: Attempt
    ) -> None:
        option = row.order.delivery_option_id
        keep_carriers(self.account, option, providers)
        if providers:
            statuses.move(row, SyncStatus.PENDING, attempt=attempt, reason=words.CARRIERS_READ)
            waiting = self.rows().filter(sync_status=SyncStatus.PENDING, wait_reason="carriers")
            waiting.update(next_attempt_at=None)
        else:
            block(row, "carrier_unknown", words.NO_CARRIERS, attempt)

    def _keep_split(
        self, row: Fulfillment, answers: Sequence[Mapping[str, Any]], attempt: Attempt
    ) -> None:
        order_id = row.order.tiktok_order_id
        said = [one for one in answers if str(one.get("order_id")) == order_id]
        self.may_split[row.order_id] = any(one.get("can_split") is True for one in said)
        statuses.move(row, SyncStatus.PENDING, attempt=attempt, reason=words.MAY_SPLIT)

    def refused(
        self,
        row: Fulfillment,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if isinstance(error, Rejected) and task.step in WRITES:
            # Already shipped with this number is a refusal too: the order itself says.
            look_after_refusal(row, _in_words(error, task), attempt)
        else:
            settle_error(row, error, attempt, paused_until)
            give_way(row)


def _look_at_packages(row: Fulfillment, attempt: Attempt) -> None:
    """The order lies in new packages: they are read before anything is shipped."""
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason=words.SPLIT,
        in_doubt_since=attempt.started_at,
    )


def _partly_shipped(
    row: Fulfillment, task: Task, answer: Answer[list[ItemError]], attempt: Attempt
) -> None:
    """Some packages of a batch were refused: the others are done, the order says which."""
    refused = {str(one.detail.get("package_id") or "") for one in answer.data}
    done, _ = task.facts
    took = [one for one in done if one not in refused] if "" not in refused else []
    if took:
        note_numbers(row, took)
    first = answer.data[0]
    error = error_for(first.code, first.message, safe=False, request_id=answer.request_id)
    if isinstance(error, Rejected):
        look_after_refusal(row, error, attempt)
    else:
        settle_error(row, error, attempt, None)


def _in_words(error: Rejected, task: Task) -> Rejected:
    """A refused correction says what TikTok's rule is."""
    if task.step not in CORRECTIONS:
        return error
    message = words.ONE_CORRECTION.format(error.message)
    return Rejected(
        message,
        field=error.field,
        detail=error.detail,
        code=error.code,
        request_id=error.request_id,
    )
