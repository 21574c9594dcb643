"""The return endpoints: search, history, approve, reject."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from tiktoksync.sandbox.tiktok import errors, money, return_steps, returns
from tiktoksync.sandbox.tiktok.reasons import RETURN_REJECT_REASONS
from tiktoksync.sandbox.tiktok.repeats import once
from tiktoksync.sandbox.tiktok.returns import (
    BUYER_SHIPPED,
    BUYER_SHIPS,
    OFFERED,
    PENDING,
    Return,
)
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.row_pages import filtered, of_the_shop, page_of
from tiktoksync.sandbox.tiktok.state import PLATFORM

# Which decision fits which type in which status.
APPROVALS: dict[str, list[tuple[str, str]]] = {
    "APPROVE_REFUND": [("REFUND", PENDING)],
    "APPROVE_RETURN": [("RETURN_AND_REFUND", PENDING)],
    "APPROVE_RECEIVED_PACKAGE": [("RETURN_AND_REFUND", BUYER_SHIPPED)],
    "APPROVE_REPLACEMENT": [("REPLACEMENT", "REPLACEMENT_REQUEST_PENDING")],
    "ISSUE_REPLACEMENT_REFUND": [("REPLACEMENT", "REPLACEMENT_REQUEST_PENDING")],
    "OFFER_PARTIAL_REFUND": [("REFUND", PENDING), ("RETURN_AND_REFUND", PENDING)],
    "DIRECT_REFUND": [("RETURN_AND_REFUND", PENDING), ("RETURN_AND_REFUND", BUYER_SHIPS)],
}
REJECTIONS: dict[str, list[tuple[str, str]]] = {
    "REJECT_REFUND": [("REFUND", PENDING)],
    "REJECT_RETURN": [("RETURN_AND_REFUND", PENDING)],
    "REJECT_RECEIVED_PACKAGE": [("RETURN_AND_REFUND", BUYER_SHIPPED)],
    "REJECT_REPLACEMENT": [("REPLACEMENT", "REPLACEMENT_REQUEST_PENDING")],
    "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG": [("RETURN_AND_REFUND", BUYER_SHIPPED)],
}


def search_returns(ctx: Context) -> dict[str, Any]:
    """Search Returns: ascending by default, ten to fifty a page."""
    lists = {
        "return_ids": "return_id",
        "order_ids": "order_id",
        "return_types": "return_type",
        "return_status": "return_status",
        "seller_proposed_return_type": "seller_proposed_return_type",
        "arbitration_status": "arbitration_status",
    }
    rows = filtered(ctx, of_the_shop(ctx, ctx.state.returns), lists)
    return page_of(ctx, rows, "return_orders", lowest=10)


def get_records(ctx: Context) -> dict[str, Any]:
    """Get Return Records: the history, oldest first. Its shape is not documented in detail."""
    row = _own(ctx)
    return {"records": ctx.state.return_records[row["return_id"]]}


def approve_return(ctx: Context) -> dict[str, Any]:
    """Approve Return by a decision that fits its type and status."""

    def work() -> dict[str, Any]:
        row, decision = _decided(ctx, APPROVALS)
        if decision in ("ISSUE_REPLACEMENT_REFUND", "DIRECT_REFUND"):
            return_steps.refund(ctx.state, row, "SELLER")
        elif decision == "OFFER_PARTIAL_REFUND":
            _offer(ctx, row)
        elif decision == "APPROVE_RECEIVED_PACKAGE":
            return_steps.receive(ctx.state, row, "SELLER")
        elif decision == "APPROVE_RETURN" and ctx.body.get("buyer_keep_item"):
            return_steps.refund(ctx.state, row, "SELLER")
        else:
            return_steps.approve(ctx.state, row, "SELLER")
        _record(ctx, row, "return_approved", decision)
        return {}

    return once(ctx, work)


def reject_return(ctx: Context) -> dict[str, Any]:
    """Reject Return with one of its reject reasons."""

    def work() -> dict[str, Any]:
        row, decision = _decided(ctx, REJECTIONS)
        if ctx.body.get("reject_reason") not in RETURN_REJECT_REASONS:
            raise errors.bad_value("reject_reason", "not available", "one of the reject reasons")
        if decision == "OFFER_PARTIAL_REFUND_AFTER_RECEIVING_PKG":
            _offer(ctx, row)
        else:
            return_steps.reject(ctx.state, row, "SELLER")
        _record(ctx, row, "return_rejected", decision)
        return {}

    return once(ctx, work)


def _offer(ctx: Context, row: Return) -> None:
    """Less money than asked for; the buyer has to agree."""
    given = ctx.body.get("partial_refund")
    currency = row["refund_amount"]["currency"]
    most = Decimal(row["refund_amount"]["refund_total"])
    try:
        amount = money.amount(given["amount"], currency) if isinstance(given, dict) else money.ZERO
    except (InvalidOperation, KeyError):
        amount = money.ZERO
    if not isinstance(given, dict) or given.get("currency") != currency or not 0 < amount <= most:
        expected = f"an amount up to {money.text(most)} {currency}"
        raise errors.bad_value("partial_refund", "malformed", expected)
    returns.offer_amount(ctx.state, row, amount)
    returns.move(ctx.state, row, OFFERED, "SELLER")


def _own(ctx: Context) -> Return:
    row = ctx.state.returns.get(ctx.params["return_id"])
    if row is None or ctx.state.orders[row["order_id"]].shop_id != ctx.the_shop.id:
        raise errors.not_yours(ctx.params["return_id"])
    return row


def _decided(ctx: Context, table: dict[str, list[tuple[str, str]]]) -> tuple[Return, str]:
    """The return and the decision, when the one allows the other."""
    row, decision = _own(ctx), ctx.body.get("decision")
    if not isinstance(decision, str) or decision not in table:
        raise errors.bad_value("decision", "unknown decision", ", ".join(table))
    if (row["return_type"], row["return_status"]) not in table[decision]:
        raise errors.no_aftersale("the return's type or status does not allow this decision")
    return row, decision


def _record(ctx: Context, row: Return, kind: str, decision: str) -> None:
    ctx.state.log.record_write(
        PLATFORM, ctx.the_shop.id, kind, order_id=row["order_id"],
        return_id=row["return_id"], decision=decision,
    )  # fmt: skip
