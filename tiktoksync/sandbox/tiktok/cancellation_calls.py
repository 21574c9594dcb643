"""The cancellation endpoints: eligibility, create, approve, reject, search."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.cancellations import (
    PENDING,
    approve,
    end_request,
    make_cancellation,
)
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.reasons import (
    CANCEL_REJECT_REASONS,
    OUT_OF_STOCK,
    PARTIAL_REGIONS,
    RETURN_REASONS,
    RETURN_REJECT_REASONS,
    as_rows,
    buyer_reasons,
    seller_reasons,
)
from tiktoksync.sandbox.tiktok.repeats import once
from tiktoksync.sandbox.tiktok.returns import may_return
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.row_pages import filtered, of_the_shop, page_of
from tiktoksync.sandbox.tiktok.state import PLATFORM, Order

REQUEST_TYPES = ("CANCEL", "REFUND", "RETURN_AND_REFUND", "REPLACEMENT", "EXCHANGE")
USERS = ("SELLER", "BUYER")


def get_eligibility(ctx: Context) -> dict[str, Any]:
    """Get Aftersale Eligibility: what the seller or the buyer may begin, and with which reasons."""
    order = own_order(ctx, ctx.params["order_id"])
    user = ctx.request.param("initiate_aftersale_user") or "SELLER"
    kinds = ctx.request.values("request_types") or ["CANCEL"]
    if user not in USERS:
        raise errors.bad_value("initiate_aftersale_user", "unknown user", " or ".join(USERS))
    if not set(kinds) <= set(REQUEST_TYPES):
        raise errors.bad_value("request_types", "unknown type", ", ".join(REQUEST_TYPES))
    by_sku: dict[str, list[str]] = {}
    for line in order.live_lines() or order.body["line_items"]:
        by_sku.setdefault(line["sku_id"], []).append(line["id"])
    return {
        "sku_eligibility": [
            {
                "sku_id": sku_id,
                "line_item_eligibility": [
                    _eligibility(kind, _reasons(ctx, order, kind, user), ids) for kind in kinds
                ],
            }
            for sku_id, ids in by_sku.items()
        ]
    }


def _reasons(ctx: Context, order: Order, kind: str, user: str) -> list[str]:
    region = ctx.the_shop.region
    if kind == "CANCEL":
        offered = seller_reasons if user == "SELLER" else buyer_reasons
        return offered(region, order.status)
    return list(RETURN_REASONS) if may_return(ctx.state, order, kind) else []


def _eligibility(kind: str, reasons: list[str], line_ids: list[str]) -> dict[str, Any]:
    row: dict[str, Any] = {
        "request_type": kind,
        "eligible": bool(reasons),
        "order_line_items_ids": line_ids,
        "available_reason_names": reasons,
    }
    if not reasons:
        row.update(ineligible_code=25001001, ineligible_reason="invalid order status")
    return row


def create_cancellation(ctx: Context) -> dict[str, Any]:
    """Cancel Order by the seller: with a reason of the eligibility answer."""
    order = own_order(ctx, str(ctx.body.get("order_id", "")))
    reason = ctx.body.get("cancel_reason")
    region = ctx.the_shop.region
    offered = seller_reasons(region, order.status)
    if not offered:
        raise errors.no_aftersale()
    if reason not in offered:
        expected = "one of available_reason_names"
        raise errors.bad_value("cancel_reason", "not available", expected)
    wanted = _wanted_lines(ctx.body, order)
    partial = len(wanted) < len(order.live_lines())
    if partial and (region not in PARTIAL_REGIONS or reason != OUT_OF_STOCK):
        raise errors.no_aftersale("partial cancellation is not available")
    row = make_cancellation(ctx.state, order, wanted, "SELLER", str(reason))
    ctx.state.log.record_write(
        PLATFORM, order.shop_id, "cancelled", order_id=order.id, cancel_id=row["cancel_id"],
        reason=reason, line_item_ids=[line["id"] for line in wanted],
    )  # fmt: skip
    return {"cancel_id": row["cancel_id"], "cancel_status": row["cancel_status"]}


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
        quantity = int(row.get("quantity", 1))
        if not 1 <= quantity <= len(same):
            raise errors.bad_value("skus", "not so many units", "live units of the order")
        chosen.extend(same[:quantity])
    return chosen


def approve_cancellation(ctx: Context) -> dict[str, Any]:
    """Approve Cancellation; the query's idempotency_key makes a repetition harmless."""

    def work() -> dict[str, Any]:
        row = _own_pending(ctx)
        approve(ctx.state, row, "SELLER")
        _record_decision(ctx, row, "cancellation_approved")
        return {}

    return once(ctx, work)


def reject_cancellation(ctx: Context) -> dict[str, Any]:
    """Reject Cancellation with one of the listed reasons."""

    def work() -> dict[str, Any]:
        row = _own_pending(ctx)
        if ctx.body.get("reject_reason") not in CANCEL_REJECT_REASONS:
            raise errors.bad_value("reject_reason", "not available", "one of the reject reasons")
        end_request(ctx.state, row, "request rejected", "SELLER")
        _record_decision(ctx, row, "cancellation_rejected")
        return {}

    return once(ctx, work)


def list_reject_reasons(ctx: Context) -> dict[str, Any]:
    """Get Reject Reasons of one return or cancellation of the shop."""
    wanted = ctx.request.param("return_or_cancel_id")
    known = {**ctx.state.cancellations, **ctx.state.returns}
    if wanted and wanted not in {
        key for key, row in known.items()
        if ctx.state.orders[row["order_id"]].shop_id == ctx.the_shop.id
    }:  # fmt: skip
        raise errors.not_yours(wanted)
    is_return = wanted in ctx.state.returns
    return {"reasons": as_rows(RETURN_REJECT_REASONS if is_return else CANCEL_REJECT_REASONS)}


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


def search_cancellations(ctx: Context) -> dict[str, Any]:
    """Search Cancellations: ascending by default, ten a page, at most fifty."""
    lists = {
        "cancel_ids": "cancel_id",
        "order_ids": "order_id",
        "cancel_types": "cancel_type",
        "cancel_status": "cancel_status",
    }
    rows = filtered(ctx, of_the_shop(ctx, ctx.state.cancellations), lists)
    return page_of(ctx, rows, "cancellations")
