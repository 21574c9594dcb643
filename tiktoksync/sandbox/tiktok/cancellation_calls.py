"""The cancellation endpoints: eligibility, create, approve, reject, search."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.cancellations import (
    OUT_OF_STOCK,
    PARTIAL_REGIONS,
    PENDING,
    REJECT_REASONS,
    SELLER_REASONS,
    SUCCESS,
    approve,
    cancel_lines,
    end_request,
    seller_may_cancel,
    store_cancellation,
)
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.paging import fingerprint, page_size, read_token, write_token
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM, Order


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
    row = store_cancellation(ctx.state, order, wanted, "CANCEL", SUCCESS, "SELLER", str(reason))
    cancel_lines(ctx.state, order, wanted, "SELLER", SELLER_REASONS[str(reason)])
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


def approve_cancellation(ctx: Context) -> dict[str, Any]:
    row = _own_pending(ctx)
    approve(ctx.state, row, "SELLER")
    _record_decision(ctx, row, "cancellation_approved")
    return {}


def reject_cancellation(ctx: Context) -> dict[str, Any]:
    row = _own_pending(ctx)
    reasons = [one["name"] for one in REJECT_REASONS]
    if ctx.body.get("reject_reason") not in reasons:
        raise errors.bad_value("reject_reason", "not available", "one of the reject reasons")
    end_request(ctx.state, row, "request rejected", "SELLER")
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
