"""push_seller_cancellations: an order that was cancelled in Shopify is cancelled on TikTok too.

Which reasons TikTok takes is asked first, for they change with the market and the order's status.
Then a person, or the shop's rule, chooses one. TikTok knows no key for this call: after an unclear
answer or a refusal the order's cancellations are read before anything is sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import F, QuerySet

from orders.aftersales_facts import ENDED, CancelFacts, cancel_facts
from orders.aftersales_words import seller_reason_word
from orders.facts_reading import Malformed
from orders.models import SellerCancellation
from orders.services.map_cancel_reasons import cancel_map
from orders.services.offer_cancellations import CANCELLED_THERE
from orders.services.rules import order_rules
from tiktoksync.errors import Gone, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import OrderRules, TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import (
    confirm_refusal,
    look_after_refusal,
    settle_error,
    was_refused,
)
from tiktoksync.tiktok.aftersale_calls import CancelOptions
from tiktoksync.tiktok.enums import OrderStatus

OFFERED = "choose_reason"
NOT_ELIGIBLE = (
    "TikTok does not let this order be cancelled any more{}. It stays cancelled in Shopify alone: "
    "ship it to the buyer, or settle it with the buyer on TikTok."
)


class PushSellerCancellations(ShopFlow, OutboundFlow):
    """Cancels orders of one TikTok shop for the seller."""

    stem = "push_seller_cancellations"
    model = SellerCancellation
    account: TikTokShop
    account_of_row = "order__shop"
    order_by = (F("order__ship_by").asc(nulls_last=True), "pk")  # type: ignore[assignment]

    def prefetched(self, rows: QuerySet[SellerCancellation]) -> QuerySet[SellerCancellation]:
        return rows.select_related("order", "order__shop")

    def plan(self, rows: Sequence[SellerCancellation], now: datetime) -> list[Task]:
        client = tiktok_client(self.account)
        tasks = [self._decide(client, row) for row in rows]
        return [task for task in tasks if task is not None]

    def _decide(self, client: Any, row: SellerCancellation) -> Task | None:
        order_id = row.order.tiktok_order_id
        if row.in_doubt_since is not None:
            call = partial(client.search_cancellations, order_ids=[order_id])
            return Task("verify", call, (row,))
        if row.order.tiktok_status == OrderStatus.CANCELLED:
            statuses.move(
                row, SyncStatus.SKIPPED, reason=CANCELLED_THERE, skip_reason="cancelled_there"
            )
            return None
        if row.reasons_read_at is None:
            return Task("read_reasons", partial(client.cancel_options, order_id), (row,))
        if not row.reason:
            _offer(row)
            return None
        return Task("cancel", partial(client.cancel_order, order_id, reason=row.reason), (row,))

    def remote_id(self, answer: Answer[Any]) -> str:
        return str(getattr(answer.data, "cancel_id", ""))

    # --- recording -------------------------------------------------------------------------------

    def record(
        self,
        rows: Sequence[SellerCancellation],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == "read_reasons":
            _keep_reasons(row, answer.data, attempt)
        elif task.step == "verify":
            _verified(row, answer, attempt)
        else:
            _done(row, answer.data.cancel_id, answer, attempt)

    def refused(
        self,
        row: SellerCancellation,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if isinstance(error, Rejected | Gone) and task.step == "cancel":
            look_after_refusal(row, error, attempt)
        else:
            settle_error(row, error, attempt, paused_until)


def _offer(row: SellerCancellation) -> None:
    statuses.move(
        row,
        SyncStatus.HELD,
        reason="Choose the reason to cancel it on TikTok with, or leave it there.",
        wait_reason=OFFERED,
    )


def _keep_reasons(row: SellerCancellation, options: CancelOptions, attempt: Attempt) -> None:
    """Keep what TikTok offers; by the shop's rule the best of it is chosen at once."""
    if not options.reasons:
        said = f" ({options.refusal})" if options.refusal else ""
        statuses.fail(
            row,
            FailureKind.CONFIG,
            "not_eligible",
            NOT_ELIGIBLE.format(said),
            attempt=attempt,
            reasons=[],
        )
        return
    offered = [{"name": name, "text": seller_reason_word(name)} for name in options.reasons]
    if order_rules(row.order.shop).on_shopify_cancel == OrderRules.OnShopifyCancel.AUTO:
        own = cancel_map(row.order.shop)
        row.reason = own.for_tiktok(row.shopify_reason, options.reasons)[:120]
        row.save(update_fields=["reason"])
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason=f"By your rule: {seller_reason_word(row.reason)}."
        if row.reason
        else "Reasons read.",
        reasons=offered,
        reasons_read_at=database_now(),
    )
    if not row.reason:
        _offer(row)


def _verified(row: SellerCancellation, answer: Answer[Any], attempt: Attempt) -> None:
    """The order's cancellations tell whether ours is among them."""
    found = [facts for facts in map(_read, answer.data.rows) if facts is not None]
    standing = [facts for facts in found if facts.status not in ENDED]
    ours = [facts for facts in standing if facts.role == "SELLER" and not facts.is_request]
    if ours:
        _done(row, ours[-1].cancel_id, answer, attempt)
    elif was_refused(row):
        confirm_refusal(row, attempt)
        _ask_anew(row)
    else:
        statuses.move(
            row,
            SyncStatus.PENDING,
            attempt=attempt,
            reason="TikTok has no cancellation of this order from us yet.",
            in_doubt_since=None,
        )


def _read(raw: Mapping[str, Any]) -> CancelFacts | None:
    try:
        return cancel_facts(raw)
    except Malformed:
        return None


def _ask_anew(row: SellerCancellation) -> None:
    """The offered reasons may be the cause: whoever retries reads them again first."""
    row.reason, row.reasons_read_at = "", None
    row.save(update_fields=["reason", "reasons_read_at"])


def _done(row: SellerCancellation, cancel_id: str, answer: Answer[Any], attempt: Attempt) -> None:
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=f"Cancelled on TikTok: {seller_reason_word(row.reason)}.",
        request_id=answer.request_id,
        cancel_id=cancel_id[:64],
        done_at=database_now(),
    )
