"""Control of what comes after the sale: requests to cancel, and returns."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.control_base import BadControl, Wish
from tiktoksync.sandbox.control_orders import get_order
from tiktoksync.sandbox.tiktok import cancellations, return_steps, returns
from tiktoksync.sandbox.tiktok.reasons import DAMAGED

Shown = dict[str, Any]


def cancel(wish: Wish) -> Shown:
    """Cancelled without asking, whole or by lines."""
    by = str(wish.body.get("by", "BUYER")).upper()
    reason = str(wish.body.get("reason", "Changed my mind"))
    lines = wish.body.get("line_item_ids") or None
    cancellations.cancel_now(wish.world.tiktok, wish.order(), by, reason, lines)
    return get_order(wish)


def request_cancel(wish: Wish) -> Shown:
    """The buyer asks; the seller has to answer before the deadline."""
    reason = str(wish.body.get("reason", "Need to change address"))
    lines = wish.body.get("line_item_ids") or None
    row = cancellations.request_by_buyer(wish.world.tiktok, wish.order(), reason, lines)
    return {"cancel_id": row["cancel_id"], **get_order(wish)}


def withdraw_cancel(wish: Wish) -> Shown:
    cancellations.withdraw(wish.world.tiktok, wish.order())
    return get_order(wish)


def approve_cancel(wish: Wish) -> Shown:
    """The seller answers in Seller Center, past every integration."""
    state, order = wish.world.tiktok, wish.order()
    cancellations.approve(state, cancellations.pending_of(state, order), "SELLER")
    return get_order(wish)


def reject_cancel(wish: Wish) -> Shown:
    state, order = wish.world.tiktok, wish.order()
    row = cancellations.pending_of(state, order)
    cancellations.end_request(state, row, "request rejected", "SELLER")
    return get_order(wish)


def open_return(wish: Wish) -> Shown:
    """The buyer opens a return: ``type``, ``reason``, ``line_item_ids``, ``amount``."""
    row = returns.open_return(
        wish.world.tiktok,
        wish.order(),
        str(wish.body.get("type", "RETURN_AND_REFUND")),
        str(wish.body.get("reason", DAMAGED)),
        wish.body.get("line_item_ids") or None,
        str(wish.body["amount"]) if wish.body.get("amount") is not None else None,
    )
    return {"return_id": row["return_id"], "return_status": row["return_status"]}


def list_returns(wish: Wish) -> Shown:
    """The returns of one order, or all of them, with their history."""
    state, wanted = wish.world.tiktok, wish.request.param("order")
    rows = [row for row in state.returns.values() if wanted in ("", row["order_id"])]
    return {"returns": [{**row, "records": state.return_records[row["return_id"]]} for row in rows]}


def advance_return(wish: Wish) -> Shown:
    """Move a return to its next status; ``order_id`` names the new order of a replacement."""
    state = wish.world.tiktok
    row = state.returns.get(wish.values[0])
    if row is None:
        raise BadControl(f"no return {wish.values[0]}")
    by = str(wish.body.get("by", "SYSTEM")).upper()
    order = return_steps.advance(state, row, str(wish.body.get("to", "")), by)
    shown = {"return_id": row["return_id"], "return_status": row["return_status"]}
    return {**shown, "order_id": order.id} if order else shown


ROUTES = {
    ("POST", "orders/*/cancel"): cancel,
    ("POST", "orders/*/request-cancel"): request_cancel,
    ("POST", "orders/*/withdraw-cancel"): withdraw_cancel,
    ("POST", "orders/*/approve-cancel"): approve_cancel,
    ("POST", "orders/*/reject-cancel"): reject_cancel,
    ("POST", "orders/*/return"): open_return,
    ("GET", "returns"): list_returns,
    ("POST", "returns/*/advance"): advance_return,
}
