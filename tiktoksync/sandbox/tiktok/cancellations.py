"""Cancellations: what happens to an order when one is made, asked for, agreed to or withdrawn."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import events
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove, set_status, tell, touch
from tiktoksync.sandbox.tiktok.money import text as money_text
from tiktoksync.sandbox.tiktok.state import Order, TikTokState

OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
SELLER_REASONS = {
    OUT_OF_STOCK: "Out of stock",
    "seller_cancel_reason_wrong_price": "Pricing error",
    "seller_cancel_paid_reason_address_not_deliver": "Unable to deliver to buyer address",
    "seller_cancel_paid_reason_buyer_requested_cancellation": "Buyer requested cancellation",
}
REJECT_REASONS = [
    {"name": "reverse_reject_request_reason_1", "text": "The product has been packed"},
    {"name": "reverse_reject_request_reason_2", "text": "The product has been shipped"},
]
BY_SELLER = ("ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING")
EARLY = ("UNPAID", *BY_SELLER, "AWAITING_COLLECTION", "IN_TRANSIT")
BY_REQUEST = ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "AWAITING_COLLECTION")
PARTIAL_REGIONS = ("US", "GB", "UK")

PENDING = "CANCELLATION_REQUEST_PENDING"
SUCCESS = "CANCELLATION_REQUEST_SUCCESS"
COMPLETE = "CANCELLATION_REQUEST_COMPLETE"
WITHDRAWN = "CANCELLATION_REQUEST_CANCEL"


def seller_may_cancel(state: TikTokState, order: Order) -> bool:
    region = state.shops[order.shop_id].region
    return order.status in BY_SELLER or (order.status == "AWAITING_COLLECTION" and region == "US")


def cancel_now(
    state: TikTokState, order: Order, by: str, reason: str, line_ids: list[str] | None = None
) -> None:
    """A cancellation without asking: after the hold, one that was agreed to elsewhere.

    Raises WrongMove once the order is delivered or over.
    """
    if order.status not in EARLY:
        raise WrongMove(f"{by} cannot cancel an order that is {order.status}")
    lines = [one for one in order.live_lines() if not line_ids or one["id"] in line_ids]
    store_cancellation(state, order, lines, "CANCEL", SUCCESS, by, reason)
    cancel_lines(state, order, lines, by, reason)


def request_by_buyer(state: TikTokState, order: Order, reason: str) -> None:
    """The buyer asks for a cancellation; unanswered it is approved by itself."""
    if order.status not in BY_REQUEST:
        raise WrongMove(f"no request is possible while the order is {order.status}")
    if order.body["is_buyer_request_cancel"]:
        raise WrongMove("a request is pending already")
    row = store_cancellation(
        state, order, order.live_lines(), "BUYER_CANCEL", PENDING, "BUYER", reason
    )
    seconds = float(state.config["cancel_answer_seconds"])
    row["seller_next_action_response"] = [
        {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": state.now() + int(seconds)}
    ]
    order.body["is_buyer_request_cancel"] = True
    order.body["request_cancel_time"] = state.now()
    touch(state, order)
    tell(state, order, f"buyer asks to cancel: {reason}", "BUYER")

    def approve_unanswered() -> None:
        if row["cancel_status"] == PENDING:
            approve(state, row, "SYSTEM")

    state.later(seconds, approve_unanswered)


def withdraw(state: TikTokState, order: Order) -> None:
    """The buyer takes the request back."""
    end_request(state, _pending_of(state, order), "withdrawn by the buyer", "BUYER")


def _pending_of(state: TikTokState, order: Order) -> dict[str, Any]:
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


def end_request(state: TikTokState, row: dict[str, Any], what: str, by: str) -> None:
    order = state.orders[row["order_id"]]
    order.body["is_buyer_request_cancel"] = False
    touch(state, order)
    tell(state, order, what, by)
    _set_row_status(state, row, WITHDRAWN)


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
    for line in lines:
        line.update(display_status="CANCELLED", cancel_user=by, cancel_reason=reason)
        if "package_status" in line:
            line["package_status"] = "CANCELLED"
    what = f"cancelled: {reason}" + (f" (approved by {approved_by})" if approved_by else "")
    order.body.setdefault("cancel_reason", reason)
    order.body.setdefault("cancellation_initiator", by)
    if order.live_lines():
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
        "cancel_reason_text": SELLER_REASONS.get(reason, reason),
        "create_time": now,
        "update_time": now,
        "should_replenish_stock": True,
        "seller_next_action_response": [],
        "cancel_line_items": [_line_row(state, order, line) for line in lines],
    }
    if not order.body["is_cod"]:
        row["refund_amount"] = _refund(order, lines)
    state.cancellations[row["cancel_id"]] = row
    events.send_cancellation(state, row)
    return row


def _line_row(state: TikTokState, order: Order, line: dict[str, Any]) -> dict[str, Any]:
    row = {
        "cancel_line_item_id": state.new_id("4036"),
        "order_line_item_id": line["id"],
        "sku_id": line["sku_id"],
        "seller_sku": line["seller_sku"],
        "sku_name": line["sku_name"],
        "product_name": line["product_name"],
    }
    if not order.body["is_cod"]:
        row["refund_amount"] = _refund(order, [line])
    return row


def _refund(order: Order, lines: list[dict[str, Any]]) -> dict[str, str]:
    subtotal = sum((Decimal(line["sale_price"]) for line in lines), Decimal(0))
    taxes = [Decimal(tax["tax_amount"]) for line in lines for tax in line.get("item_tax", [])]
    tax = sum(taxes, Decimal(0))
    return {
        "currency": order.body["payment"]["currency"],
        "refund_total": money_text(subtotal + tax),
        "refund_subtotal": money_text(subtotal),
        "refund_shipping_fee": "0",
        "refund_tax": money_text(tax),
    }
