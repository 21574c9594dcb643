"""Filters and pages of the smaller lists: packages, cancellations, returns."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.paging import fingerprint, page_size, read_token, write_token
from tiktoksync.sandbox.tiktok.routes import Context

Row = dict[str, Any]
SORTED_BY = ("create_time", "update_time")


def of_the_shop(ctx: Context, rows: dict[str, Row]) -> list[Row]:
    """The rows whose order belongs to the calling shop."""
    shop_id, orders = ctx.the_shop.id, ctx.state.orders
    return [row for row in rows.values() if orders[row["order_id"]].shop_id == shop_id]


def filtered(ctx: Context, rows: list[Row], lists: dict[str, str]) -> list[Row]:
    """Keep the rows that pass the body's list filters and its half-open time windows."""
    body = ctx.body
    for name, column in lists.items():
        wanted = body.get(name)
        if wanted:
            if not isinstance(wanted, list):
                raise errors.bad_param(f"param body.{name} must be a list")
            rows = [row for row in rows if row.get(column) in wanted]
    if body.get("buyer_user_ids"):
        orders = ctx.state.orders
        buyers = body["buyer_user_ids"]
        rows = [row for row in rows if orders[row["order_id"]].body["user_id"] in buyers]
    for column in SORTED_BY:
        since, before = _time(body, f"{column}_ge"), _time(body, f"{column}_lt")
        rows = [row for row in rows if since is None or row[column] >= since]
        rows = [row for row in rows if before is None or row[column] < before]
    return rows


def _time(body: Row, name: str) -> int | None:
    value = body.get(name)
    if value is not None and (not isinstance(value, int) or isinstance(value, bool)):
        raise errors.bad_param(f"param body.{name} must be an integer")
    return value


def page_of(
    ctx: Context,
    rows: list[Row],
    name: str,
    lowest: int = 1,
    default: int = 10,
    more_fields: tuple[str, ...] = (),
) -> dict[str, Any]:
    """Sort and cut rows, ascending unless told otherwise; the token is an offset."""
    request = ctx.request
    size = page_size(request.param("page_size"), default, 50, lowest)
    field = request.param("sort_field") or "create_time"
    direction = request.param("sort_order") or "ASC"
    if field not in (*SORTED_BY, *more_fields):
        raise errors.bad_param("param sort_field is invalid")
    if direction not in ("ASC", "DESC"):
        raise errors.bad_param("param sort_order is invalid")
    rows = sorted(rows, key=lambda row: row.get(field, 0))
    if direction == "DESC":
        rows.reverse()
    mark = fingerprint([ctx.body, field, direction, size])
    token = request.param("page_token")
    start = int(read_token(token, mark, ctx.state.config["strict"])) if token else 0
    end = start + size
    return {
        name: rows[start:end],
        "next_page_token": write_token(end, mark) if end < len(rows) else "",
        "total_count": len(rows),
    }
