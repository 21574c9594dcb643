"""Cancellations: what happens to an order when one is made, asked for, agreed to or withdrawn."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import events
from tiktoksync.sandbox.tiktok.lifecycle import (
    AFTER_SHIPPING,
    SHIPPABLE,
    WrongMove,
    set_status,
    tell,
    touch,
)
from tiktoksync.sandbox.tiktok.reasons import PARTIAL_REGIONS, buyer_reasons, reason_text
from tiktoksync.sandbox.tiktok.refunds import line_row, refund_amount
from tiktoksync.sandbox.tiktok.state import Order, TikTokState
from tiktoksync.sandbox.tiktok.stock import give_back

EARLY = (
    "UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION",
    "IN_TRANSIT",
)  # fmt: skip
BY_REQUEST = ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION")

PENDING = "CANCELLATION_REQUEST_PENDING"
SUCCESS = "CANCELLATION_REQUEST_SUCCESS"
COMPLETE = "CANCELLATION_REQUEST_COMPLETE"
WITHDRAWN = "CANCELLATION_REQUEST_CANCEL"


def cancel_now(
    state: TikTokState, order: Order, by: str, reason: str, line_ids: list[str] | None = None
) -> None:
    """A cancellation without asking: after the hold, one that was agreed to elsewhere.

    Raises WrongMove once the order is delivered or over.
    """
    if order.status not in EARLY:
        raise WrongMove(f"{by} cannot cancel an order that is {order.status}")
    make_cancellation(state, order, _chosen(order, line_ids), by, reason)


def make_cancellation(
    state: TikTokState, order: Order, lines: list[dict[str, Any]], by: str, reason: str
) -> dict[str, Any]:
    """Cancel lines at once; a request of the buyer that still waits has become pointless."""
    end_if_pending(state, order, by)
    row = store_cancellation(state, order, lines, "CANCEL", SUCCESS, by, reason)
    cancel_lines(state, order, lines, by, row["cancel_reason_text"])
    _complete_later(state, row)
    return row


def request_by_buyer(
    state: TikTokState, order: Order, reason: str, line_ids: list[str] | None = None
) -> dict[str, Any]:
    """The buyer asks for a cancellation; unanswered it is approved by itself."""
    region = state.shops[order.shop_id].region
    if order.status not in BY_REQUEST or not buyer_reasons(region, order.status):
        raise WrongMove(f"no request is possible in {region} while the order is {order.status}")
    if order.body["is_buyer_request_cancel"]:
        raise WrongMove("a request is pending already")
    lines = _chosen(order, line_ids)
    if len(lines) < len(order.live_lines()) and region not in PARTIAL_REGIONS:
        raise WrongMove(f"single lines cannot be cancelled in {region}")
    row = store_cancellation(state, order, lines, "BUYER_CANCEL", PENDING, "BUYER", reason)
    seconds = float(state.config["cancel_answer_seconds"])
    row["seller_next_action_response"] = [
        {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": state.now() + int(seconds)}
    ]
    order.body["is_buyer_request_cancel"] = True
    order.body["request_cancel_time"] = state.now()
    touch(state, order)
    tell(state, order, f"buyer asks to cancel: {row['cancel_reason_text']}", "BUYER")

    def approve_unanswered() -> None:
        if row["cancel_status"] == PENDING:
            approve(state, row, "SYSTEM")

    state.later(seconds, approve_unanswered)
    return row


def _chosen(order: Order, line_ids: list[str] | None) -> list[dict[str, Any]]:
    live = order.live_lines()
    chosen = [one for one in live if not line_ids or one["id"] in line_ids]
    if line_ids and len(chosen) != len(set(line_ids)):
        raise WrongMove("not all of these are live lines of the order")
    return chosen


def withdraw(state: TikTokState, order: Order) -> None:
    """The buyer takes the request back."""
    end_request(state, pending_of(state, order), "withdrawn by the buyer", "BUYER")


def end_if_pending(state: TikTokState, order: Order, by: str) -> None:
    """A request that can no longer be answered is over: the parcel left, or it was cancelled."""
    if order.body["is_buyer_request_cancel"]:
        end_request(state, pending_of(state, order), "the request to cancel is over", by)


def pending_of(state: TikTokState, order: Order) -> dict[str, Any]:
    """The request that waits for an answer; raises WrongMove without one."""
    for row in state.cancellations.values():
        if row["order_id"] == order.id and row["cancel_status"] == PENDING:
            return row
    raise WrongMove("no request is pending")


def approve(state: TikTokState, row: dict[str, Any], by: str) -> None:
    order = state.orders[row["order_id"]]
    order.body["is_buyer_request_cancel"] = False
    _set_row_status(state, row, SUCCESS)
    ids = {one["order_line_item_id"] for one in row["cancel_line_items"]}
    lines = [line for line in order.live_lines() if line["id"] in ids]
    cancel_lines(state, order, lines, "BUYER", row["cancel_reason_text"], approved_by=by)
    _complete_later(state, row)


def end_request(state: TikTokState, row: dict[str, Any], what: str, by: str) -> None:
    order = state.orders[row["order_id"]]
    order.body["is_buyer_request_cancel"] = False
    touch(state, order)
    tell(state, order, what, by)
    _set_row_status(state, row, WITHDRAWN)


def _complete_later(state: TikTokState, row: dict[str, Any]) -> None:
    """The money is on its way: some time later the cancellation is complete."""
    state.later(
        float(state.config["refund_seconds"]), lambda: _set_row_status(state, row, COMPLETE)
    )


def _set_row_status(state: TikTokState, row: dict[str, Any], status: str) -> None:
    row["cancel_status"] = status
    row["update_time"] = state.now()
    row["seller_next_action_response"] = []
    events.send_cancellation(state, row)


def cancel_lines(
    state: TikTokState,
    order: Order,
    lines: list[dict[str, Any]],
    by: str,
    reason: str,
    approved_by: str = "",
) -> None:
    """Cancel the lines; with the last one the order is cancelled."""
    give_back(order, lines)
    for line in lines:
        line.update(display_status="CANCELLED", cancel_user=by, cancel_reason=reason)
        if "package_status" in line:
            line["package_status"] = "CANCELLED"
    what = f"cancelled: {reason}" + (f" (approved by {approved_by})" if approved_by else "")
    order.body.setdefault("cancel_reason", reason)
    order.body.setdefault("cancellation_initiator", by)
    left = order.live_lines()
    if left and all(line["display_status"] in AFTER_SHIPPING for line in left) and (
        order.status in SHIPPABLE
    ):  # fmt: skip
        set_status(state, order, "AWAITING_COLLECTION", f"{len(lines)} lines {what}", by)
    elif left:
        touch(state, order)
        tell(state, order, f"{len(lines)} lines {what}", by)
    else:
        set_status(state, order, "CANCELLED", what, by)


def store_cancellation(
    state: TikTokState,
    order: Order,
    lines: list[dict[str, Any]],
    kind: str,
    status: str,
    by: str,
    reason: str,
) -> dict[str, Any]:
    now = state.now()
    row: dict[str, Any] = {
        "cancel_id": state.new_id("4035"),
        "order_id": order.id,
        "cancel_type": kind,
        "cancel_status": status,
        "role": by,
        "cancel_reason": reason,
        "cancel_reason_text": reason_text(reason),
        "create_time": now,
        "update_time": now,
        "should_replenish_stock": True,
        "seller_next_action_response": [],
        "cancel_line_items": [_cancel_line(state, order, line) for line in lines],
    }
    if "paid_time" in order.body:
        # The shipping fee goes back with the last line of the order.
        row["refund_amount"] = refund_amount(order, lines, len(lines) == len(order.live_lines()))
    state.cancellations[row["cancel_id"]] = row
    events.send_cancellation(state, row)
    return row


def _cancel_line(state: TikTokState, order: Order, line: dict[str, Any]) -> dict[str, Any]:
    row = line_row(state, line, "cancel")
    if "paid_time" in order.body:
        row["refund_amount"] = refund_amount(order, [line])
    return row
