"""What a person does about cancellations: answer a buyer, choose a reason, leave it be.

Each of these raises `CannotAnswer`, with a sentence for the person, where it is too late or there
is nothing to do.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.db import transaction

from orders.aftersales_facts import CANCEL_PENDING
from orders.aftersales_words import seller_reason_word
from orders.models import CancelRequest, Order, SellerCancellation
from orders.services.offer_cancellations import CANCELLED_THERE
from orders.services.store_cancel_requests import ANSWER
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

APPROVE, REJECT = CancelRequest.Verdict.APPROVE, CancelRequest.Verdict.REJECT
NOBODY_ASKS = "The buyer has not asked to cancel this order."
TOO_LATE = "The time to answer is over: TikTok grants the request by itself."
NOT_READ = "TikTok's reasons for declining are being read. Try again in a moment."
CHOOSE_ONE = "Choose one of TikTok's reasons for declining."
NOTHING_OFFERED = "This order was not cancelled in Shopify alone: there is nothing to decide."
BEING_READ = "TikTok is being asked which reasons it takes. Try again in a moment."
CHOOSE_OFFERED = "Choose one of the reasons that TikTok takes."
_VERDICTS = {APPROVE: "accepted", REJECT: "declined"}


class CannotAnswer(Exception):
    """There is nothing (left) to decide; the text says why."""


# --- the buyer's request -------------------------------------------------------------------------


def accept_cancel_request(order: Order, *, actor: str, user: Any = None) -> CancelRequest:
    """Accept the buyer's open request; TikTok then cancels what was asked for."""
    return _answer(order, APPROVE, "", "", actor, user)


def decline_cancel_request(
    order: Order, reason: str, comment: str, *, actor: str, user: Any = None
) -> CancelRequest:
    """Decline the buyer's open request, with one of TikTok's reasons (its key)."""
    return _answer(order, REJECT, reason, comment, actor, user)


def _answer(
    order: Order, verdict: CancelRequest.Verdict, reason: str, comment: str, actor: str, user: Any
) -> CancelRequest:
    with transaction.atomic():
        _lock(order)
        row = _open_request(order)
        if verdict == REJECT:
            _check_reason(row, reason)
        row.verdict, row.reject_reason, row.comment = verdict, reason, comment[:500]
        # A new decision is a new intention; an unclear answer of the same one keeps its key.
        row.idempotency_key, row.answered_by = str(uuid4()), user
        columns = ["verdict", "reject_reason", "comment", "idempotency_key", "answered_by"]
        row.save(update_fields=columns)
        statuses.move(
            row,
            SyncStatus.PENDING,
            actor=actor,
            user_id=getattr(user, "pk", None),
            reason=f"The request was {_VERDICTS[verdict]} here.",
            tries=0,
        )
        queue.wake("answer_cancel_requests", order.shop_id)
    return row


def _lock(order: Order) -> None:
    """The order first, its rows after it: everywhere in this order."""
    Order.objects.select_for_update(of=("self",), no_key=True).only("pk").get(pk=order.pk)


def _open_request(order: Order) -> CancelRequest:
    """The request that still takes an answer; raises CannotAnswer with what became of it."""
    rows = CancelRequest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(order=order).order_by("-id").first()
    if row is None:
        raise CannotAnswer(NOBODY_ASKS)
    takes_answer = row.sync_status == SyncStatus.HELD and row.wait_reason == ANSWER
    was_refused = row.sync_status == SyncStatus.FAILED and row.in_doubt_since is None
    if not (takes_answer or was_refused) or row.status != CANCEL_PENDING:
        raise CannotAnswer(_what_became_of(row))
    if row.respond_by is not None and row.respond_by <= database_now():
        raise CannotAnswer(TOO_LATE)
    row.order = order
    return row


def _what_became_of(row: CancelRequest) -> str:
    if row.sync_status in (SyncStatus.PENDING, SyncStatus.SENDING):
        word = _VERDICTS[CancelRequest.Verdict(row.verdict)]
        return f"The request has been {word} already; the answer is on its way to TikTok."
    if row.sync_status == SyncStatus.SYNCED:
        return f"The request has been {_VERDICTS[CancelRequest.Verdict(row.verdict)]} already."
    lines = row.order.history.filter(axis=row.history_axis, after=SyncStatus.SKIPPED)
    said = lines.order_by("-id").values_list("reason", flat=True).first()
    return said or "The request is over."


def _check_reason(row: CancelRequest, reason: str) -> None:
    if not row.reject_reasons:
        raise CannotAnswer(NOT_READ)
    if reason not in {one["name"] for one in row.reject_reasons}:
        raise CannotAnswer(CHOOSE_ONE)


# --- the seller's own cancellation ---------------------------------------------------------------


def cancel_on_tiktok(
    order: Order, reason: str, *, actor: str, user: Any = None
) -> SellerCancellation:
    """Cancel on TikTok what was cancelled in Shopify, with a reason that TikTok offers."""
    with transaction.atomic():
        row = _open_offer(order)
        if row.sync_status == SyncStatus.PENDING or not row.reasons:
            raise CannotAnswer(row.failure_reason or BEING_READ)
        if reason not in {one["name"] for one in row.reasons}:
            raise CannotAnswer(CHOOSE_OFFERED)
        row.reason, row.chosen_by = reason, user
        row.reasons_read_at = row.reasons_read_at or database_now()
        row.save(update_fields=["reason", "chosen_by", "reasons_read_at"])
        statuses.move(
            row,
            SyncStatus.PENDING,
            actor=actor,
            user_id=getattr(user, "pk", None),
            reason=f"To be cancelled on TikTok: {seller_reason_word(reason)}.",
            tries=0,
        )
        queue.wake("push_seller_cancellations", order.shop_id)
    return row


def leave_on_tiktok(order: Order, *, actor: str, user: Any = None) -> SellerCancellation:
    """Let the order go on at TikTok although it is cancelled in Shopify."""
    with transaction.atomic():
        row = _open_offer(order)
        if row.in_doubt_since is not None:
            raise CannotAnswer("TikTok may have cancelled it already; that is being looked into.")
        statuses.move(
            row,
            SyncStatus.SKIPPED,
            actor=actor,
            user_id=getattr(user, "pk", None),
            reason="Left as it is on TikTok.",
            skip_reason="dismissed",
        )
    return row


def _open_offer(order: Order) -> SellerCancellation:
    """The decision that is still open; raises CannotAnswer otherwise."""
    _lock(order)
    rows = SellerCancellation.objects.select_for_update(of=("self",), no_key=True)
    row = rows.filter(order=order).first()
    if row is None:
        raise CannotAnswer(NOTHING_OFFERED)
    if row.sync_status in (SyncStatus.SENDING, SyncStatus.SYNCED, SyncStatus.SKIPPED) or (
        row.sync_status == SyncStatus.PENDING and row.reason
    ):
        raise CannotAnswer(_where_it_stands(row))
    row.order = order
    return row


def _where_it_stands(row: SellerCancellation) -> str:
    if row.skip_reason == "cancelled_there":
        return CANCELLED_THERE
    words = {
        SyncStatus.SYNCED.value: "The order is cancelled on TikTok already.",
        SyncStatus.SKIPPED.value: "It was decided already: TikTok's order is left as it stands.",
    }
    return words.get(row.sync_status, "It is being cancelled on TikTok already.")
