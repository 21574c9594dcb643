"""Cancellations, returns and refunds as the order's page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone

from orders.aftersales_facts import CANCEL_PENDING
from orders.aftersales_words import (
    NEXT_ACTIONS,
    return_tone,
    return_type_word,
    return_word,
    seller_reason_word,
)
from orders.explanations import Explanation, explain_part
from orders.models import CancelRequest, Fulfillment, Order, Refund, Return, SellerCancellation
from orders.presentation import Badge, Clock, sync_badge
from orders.services.map_cancel_reasons import cancel_map
from tiktoksync.sync.models import SyncRow, SyncStatus

ANSWER = "answer"
SHIPPED_WARNING = (
    "A shipment of this order has been made in Shopify. If you accept, TikTok cancels the order "
    "all the same: stop the parcel first, or decline."
)
RECEIVES = "TikTok grants it by itself if nobody answers in time."
_GONE = ("CANCELLED", "ERROR", "FAILURE")
_TONE_ICONS = {"good": "check", "bad": "alert", "wait": "clock", "info": "truck", "off": "skip"}
_REQUEST_BADGES = {
    SyncStatus.HELD.value: Badge("Waiting for your answer", "alert", "bad"),
    SyncStatus.FAILED.value: Badge("Answer refused", "alert", "bad"),
    SyncStatus.SKIPPED.value: Badge("Over", "skip", "off"),
}
_CHOOSE = Badge("Waiting for your choice", "alert", "bad")
_LEFT = {
    "by_rule": "Left as it is, by your rule.",
    "amount_only": "Only money went back, so the Shopify order keeps its items.",
    "units_unknown": "TikTok named no items, so nothing was taken off.",
    "not_in_shopify": "These items were never on the Shopify order.",
    "order_cancelled": "The whole order is cancelled.",
}
_VERDICTS = {
    CancelRequest.Verdict.APPROVE.value: "Accepted",
    CancelRequest.Verdict.REJECT.value: "Declined",
}


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """A buyer's cancel request, with what can be done about it."""

    row: CancelRequest
    badge: Badge
    title: str
    clock: Clock | None
    may_answer: bool
    warning: str = ""


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """A cancellation in Shopify that TikTok does not know of; `suggested` is a reason's key."""

    row: SellerCancellation
    badge: Badge
    may_choose: bool
    may_leave: bool
    chosen: str
    suggested: str = ""


@dataclass(frozen=True, slots=True)
class ShownReturn:
    """A return in plain words; `new_order` is the replacement, once it is known."""

    row: Return
    kind: str
    badge: Badge
    waits_for: str
    new_order: Order | None


@dataclass(frozen=True, slots=True)
class ShownRefund:
    """What was, or was not, taken off the Shopify order."""

    row: Refund
    title: str
    badge: Badge
    note: str


def gather_aftersales(order: Order, fulfillments: list[Fulfillment]) -> dict[str, Any]:
    """Everything of the card "Cancellations and returns", by six queries at most."""
    shipped = any(row.status not in _GONE for row in fulfillments) or (
        order.shopify_status == "FULFILLED"
    )
    requests = [show_request(row, shipped) for row in order.cancel_requests.all()]
    returns = list(order.returns.defer("raw"))
    return {
        "cancel_requests": requests[::-1],
        "offer": _show_offer(order),
        "returns": [show_return(row, _new_orders(order, returns)) for row in returns],
        "refunds": [show_refund(row) for row in order.refunds.all()],
    }


def what_to_do(row: SyncRow) -> str:
    """What a person is to do about a row that waits for a choice; "" for others."""
    if isinstance(row, CancelRequest):
        why = f" ({row.reason_text})" if row.reason_text else ""
        return f"Accept or decline{why}. {RECEIVES}"
    if isinstance(row, SellerCancellation):
        return "Choose a reason to cancel it on TikTok too, or leave it there."
    return ""


def answer_clock(deadline: datetime | None, now: datetime) -> Clock | None:
    """How long the seller has left to answer."""
    if deadline is None:
        return None
    word = "Time is up" if deadline <= now else "Answer"
    return Clock(deadline, word, "clock", "bad")


def show_request(row: CancelRequest, shipped: bool = False) -> ShownRequest:
    """A request in plain words; `shipped` warns of a parcel that may be on its way."""
    may_answer = row.status == CANCEL_PENDING and (
        (row.sync_status == SyncStatus.HELD.value and row.wait_reason == ANSWER)
        or (row.sync_status == SyncStatus.FAILED.value and row.in_doubt_since is None)
    )
    count = len(row.units)
    what = f"{count} unit{'' if count == 1 else 's'} of this order" if count else "this order"
    return ShownRequest(
        row=row,
        badge=_request_badge(row),
        title=f"The buyer {_asks(row)} to cancel {what}",
        clock=answer_clock(row.respond_by, timezone.now()) if may_answer else None,
        may_answer=may_answer,
        warning=SHIPPED_WARNING if may_answer and shipped else "",
    )


def _asks(row: CancelRequest) -> str:
    """What was answered, withdrawn or ran out is over."""
    is_over = row.sync_status in (SyncStatus.SYNCED.value, SyncStatus.SKIPPED.value)
    return "asked" if is_over else "asks"


def _request_badge(row: CancelRequest) -> Badge:
    if row.sync_status == SyncStatus.SYNCED.value:
        return Badge(_VERDICTS.get(row.verdict, "Answered"), "check", "good", row.status)
    if row.sync_status in (SyncStatus.PENDING.value, SyncStatus.SENDING.value):
        word = _VERDICTS.get(row.verdict, "Answered")
        return Badge(f"{word}, on its way to TikTok", "queue", "info", row.status)
    if row.sync_status == SyncStatus.HELD.value and row.wait_reason != ANSWER:
        return Badge(row.status, "question", "off", "A status that this version does not know")
    known = _REQUEST_BADGES[row.sync_status]
    return Badge(known.word, known.icon, known.tone, row.status)


def _show_offer(order: Order) -> ShownOffer | None:
    try:
        row: SellerCancellation = order.seller_cancellation
    except ObjectDoesNotExist:
        return None
    is_open = row.sync_status in (SyncStatus.HELD.value, SyncStatus.FAILED.value)
    may_choose = is_open and bool(row.reasons)
    return ShownOffer(
        row=row,
        badge=_CHOOSE if row.sync_status == SyncStatus.HELD.value else _part_badge(row),
        may_choose=may_choose,
        may_leave=is_open and row.in_doubt_since is None,
        chosen=seller_reason_word(row.reason) if row.reason else "",
        suggested=_suggest(order, row) if may_choose else "",
    )


def _suggest(order: Order, row: SellerCancellation) -> str:
    offered = [str(one["name"]) for one in row.reasons]
    return cancel_map(order.shop).for_tiktok(row.shopify_reason, offered)


def _new_orders(order: Order, returns: list[Return]) -> dict[str, Order]:
    """The orders that stand for this one, by their kind of return."""
    kinds = {row.return_type for row in returns} & {"REPLACEMENT", "EXCHANGE"}
    if not kinds:
        return {}
    found = Order.objects.filter(shop=order.shop_id, source_order_id=order.tiktok_order_id)
    newest = found.defer("raw").select_related("shop").order_by("-id").first()
    return dict.fromkeys(kinds, newest) if newest else {}


def show_return(row: Return, new_orders: Mapping[str, Order] = MappingProxyType({})) -> ShownReturn:
    """A return in plain words, with the order that stands for it, if known."""
    tone = return_tone(row.status)
    return ShownReturn(
        row=row,
        kind=return_type_word(row.return_type),
        badge=Badge(return_word(row.status), _TONE_ICONS[tone], tone, row.status),
        waits_for=NEXT_ACTIONS.get(row.next_action, row.next_action),
        new_order=new_orders.get(row.return_type),
    )


def show_refund(row: Refund) -> ShownRefund:
    """What was taken off in Shopify, and for what."""
    count = f"{len(row.units)} unit{'' if len(row.units) == 1 else 's'}"
    title = f"Refund of return {row.source_id}, {count}"
    if row.source == Refund.Source.CANCELLED_UNITS:
        title = f"{count} cancelled on TikTok"
    return ShownRefund(row, title, _part_badge(row), _LEFT.get(row.skip_reason, ""))


def _part_badge(row: SyncRow) -> Badge:
    is_left = row.sync_status == SyncStatus.SKIPPED.value
    return Badge("Left as it is", "skip", "off") if is_left else sync_badge(row)


def explain_aftersales(shown: dict[str, Any]) -> Explanation | None:
    """The banner of trouble with an answer, a cancellation on TikTok or a refund."""
    offer = shown["offer"]
    parts: list[tuple[str, SyncRow]] = [
        ("TikTok did not take your answer", one.row) for one in shown["cancel_requests"]
    ]
    parts += [("Cancelled in Shopify, but not on TikTok", offer.row)] if offer else []
    parts += [("A refund is not noted in Shopify", one.row) for one in shown["refunds"]]
    for title, row in parts:
        if row.sync_status == SyncStatus.FAILED.value:
            return explain_part(title, row)
    return None
