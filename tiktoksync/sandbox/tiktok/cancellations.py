"""Cancellations: by the seller through the API, by the buyer, by request, by deadline."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import errors, events
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove, set_status, tell, touch
from tiktoksync.sandbox.tiktok.money import text as money_text
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.paging import fingerprint, page_size, read_token, write_token
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM, Order, TikTokState

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


def get_eligibility(ctx: Context) -> dict[str, Any]:
    """Get Aftersale Eligibility for a cancellation by the seller."""
    order = own_order(ctx, ctx.params["order_id"])
    eligible = seller_may_cancel(ctx.state, order)
    by_sku: dict[str, list[str]] = {}
    for line in order.live_lines():
        by_sku.setdefault(line["sku_id"], []).append(line["id"])
    rows = []
    for sku_id, line_ids in by_sku.items():
        row: dict[str, Any] = {
            "request_type": "CANCEL",
            "eligible": eligible,
            "order_line_items_ids": line_ids,
            "available_reason_names": list(SELLER_REASONS) if eligible else [],
        }
        if not eligible:
            row.update(ineligible_code=25001001, ineligible_reason="invalid order status")
        rows.append({"sku_id": sku_id, "line_item_eligibility": [row]})
    return {"sku_eligibility": rows}


def create_cancellation(ctx: Context) -> dict[str, Any]:
    """Cancel Order by the seller: with a reason of the eligibility answer."""
    order = own_order(ctx, str(ctx.body.get("order_id", "")))
    reason = ctx.body.get("cancel_reason")
    if reason not in SELLER_REASONS:
        expected = "one of available_reason_names"
        raise errors.bad_value("cancel_reason", "not available", expected)
    if not seller_may_cancel(ctx.state, order):
        raise errors.no_aftersale()
    wanted = _wanted_lines(ctx.body, order)
    partial = len(wanted) < len(order.live_lines())
    if partial and (ctx.the_shop.region not in PARTIAL_REGIONS or reason != OUT_OF_STOCK):
        raise errors.no_aftersale("partial cancellation is not available")
    row = _store(ctx.state, order, wanted, "CANCEL", SUCCESS, "SELLER", str(reason))
    _cancel_lines(ctx.state, order, wanted, "SELLER", SELLER_REASONS[str(reason)])
    ctx.state.log.record_write(
        PLATFORM, order.shop_id, "cancelled", order_id=order.id, cancel_id=row["cancel_id"],
        reason=reason, line_item_ids=[line["id"] for line in wanted],
    )  # fmt: skip
    return {"cancel_id": row["cancel_id"], "cancel_status": SUCCESS}


def _wanted_lines(body: dict[str, Any], order: Order) -> list[dict[str, Any]]:
    """The lines named by id, by line list or by SKU and quantity; all when none is named."""
    live = order.live_lines()
    rows = body.get("order_line_list") or []
    ids = [str(row.get("order_line_item_id")) for row in rows] or body.get("order_line_item_ids")
    if ids:
        chosen = [line for line in live if line["id"] in ids]
        if len(chosen) != len(set(ids)):
            raise errors.bad_value("order_line_item_ids", "unknown line", "live lines of the order")
        return chosen
    if not body.get("skus"):
        return live
    chosen = []
    for row in body["skus"]:
        same = [line for line in live if line["sku_id"] == row.get("sku_id")]
        chosen.extend(same[: int(row.get("quantity", 1))])
    if not chosen:
        raise errors.bad_value("skus", "unknown SKU", "SKUs of the order")
    return chosen


def cancel_now(
    state: TikTokState, order: Order, by: str, reason: str, line_ids: list[str] | None = None
) -> None:
    """A cancellation without asking: after the hold, one that was agreed to elsewhere.

    Raises WrongMove once the order is delivered or over.
    """
    if order.status not in EARLY:
        raise WrongMove(f"{by} cannot cancel an order that is {order.status}")
    lines = [one for one in order.live_lines() if not line_ids or one["id"] in line_ids]
    _store(state, order, lines, "CANCEL", SUCCESS, by, reason)
    _cancel_lines(state, order, lines, by, reason)


def request_by_buyer(state: TikTokState, order: Order, reason: str) -> None:
    """The buyer asks for a cancellation; unanswered it is approved by itself."""
    if order.status not in BY_REQUEST:
        raise WrongMove(f"no request is possible while the order is {order.status}")
    if order.body["is_buyer_request_cancel"]:
        raise WrongMove("a request is pending already")
    row = _store(state, order, order.live_lines(), "BUYER_CANCEL", PENDING, "BUYER", reason)
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
            _approve(state, row, "SYSTEM")

    state.later(seconds, approve_unanswered)


def withdraw(state: TikTokState, order: Order) -> None:
    """The buyer takes the request back."""
    _end_request(state, _pending_of(state, order), "withdrawn by the buyer", "BUYER")


def _pending_of(state: TikTokState, order: Order) -> dict[str, Any]:
    for row in state.cancellations.values():
        if row["order_id"] == order.id and row["cancel_status"] == PENDING:
            return row
    raise WrongMove("no request is pending")


def approve_cancellation(ctx: Context) -> dict[str, Any]:
    row = _own_pending(ctx)
    _approve(ctx.state, row, "SELLER")
    _record_decision(ctx, row, "cancellation_approved")
    return {}


def reject_cancellation(ctx: Context) -> dict[str, Any]:
    row = _own_pending(ctx)
    reasons = [one["name"] for one in REJECT_REASONS]
    if ctx.body.get("reject_reason") not in reasons:
        raise errors.bad_value("reject_reason", "not available", "one of the reject reasons")
    _end_request(ctx.state, row, "request rejected", "SELLER")
    _record_decision(ctx, row, "cancellation_rejected")
    return {}


def list_reject_reasons(ctx: Context) -> dict[str, Any]:
    return {"reasons": REJECT_REASONS}


def _record_decision(ctx: Context, row: dict[str, Any], kind: str) -> None:
    ctx.state.log.record_write(
        PLATFORM, ctx.the_shop.id, kind, order_id=row["order_id"], cancel_id=row["cancel_id"]
    )


def _own_pending(ctx: Context) -> dict[str, Any]:
    row = ctx.state.cancellations.get(ctx.params["cancel_id"])
    if row is None or ctx.state.orders[row["order_id"]].shop_id != ctx.the_shop.id:
        raise errors.not_yours(ctx.params["cancel_id"])
    if row["cancel_status"] != PENDING:
        raise errors.no_aftersale("the request has been answered")
    return row


def _approve(state: TikTokState, row: dict[str, Any], by: str) -> None:
    order = state.orders[row["order_id"]]
    order.body["is_buyer_request_cancel"] = False
    _set_row_status(state, row, SUCCESS)
    ids = {one["order_line_item_id"] for one in row["cancel_line_items"]}
    lines = [line for line in order.live_lines() if line["id"] in ids]
    _cancel_lines(state, order, lines, "BUYER", row["cancel_reason_text"], approved_by=by)


def _end_request(state: TikTokState, row: dict[str, Any], what: str, by: str) -> None:
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


def _cancel_lines(
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


def _store(
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


def search_cancellations(ctx: Context) -> dict[str, Any]:
    """Search Cancellations: ascending by default, ten a page."""
    rows = [
        row
        for row in ctx.state.cancellations.values()
        if ctx.state.orders[row["order_id"]].shop_id == ctx.the_shop.id
    ]
    return {**page_of(ctx, _filtered(rows, ctx.body, "cancel_ids"), "cancellations")}


def _filtered(rows: list[dict[str, Any]], body: dict[str, Any], ids: str) -> list[dict[str, Any]]:
    lists = {
        ids: ids[:-1],
        "order_ids": "order_id",
        "cancel_types": "cancel_type",
        "cancel_status": "cancel_status",
    }
    for name, column in lists.items():
        if body.get(name):
            rows = [row for row in rows if row[column] in body[name]]
    for column in ("create_time", "update_time"):
        since, before = body.get(f"{column}_ge"), body.get(f"{column}_lt")
        rows = [row for row in rows if since is None or row[column] >= since]
        rows = [row for row in rows if before is None or row[column] < before]
    return rows


def page_of(
    ctx: Context, rows: list[dict[str, Any]], name: str, lowest: int = 1, default: int = 10
) -> dict[str, Any]:
    """Sort and cut rows as the smaller list endpoints do; the token is an offset."""
    request = ctx.request
    size = page_size(request.param("page_size"), default, 50, lowest)
    field = request.param("sort_field") or "create_time"
    rows = sorted(rows, key=lambda row: row.get(field, 0))
    if request.param("sort_order") == "DESC":
        rows.reverse()
    mark = fingerprint([ctx.body, field, request.param("sort_order"), size])
    token = request.param("page_token")
    start = int(read_token(token, mark, ctx.state.config["strict"])) if token else 0
    end = start + size
    return {
        name: rows[start:end],
        "next_page_token": write_token(end, mark) if end < len(rows) else "",
        "total_count": len(rows),
    }
