"""Reading parcels: search, detail, and the tracking of an order."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok.cancellation_calls import page_of
from tiktoksync.sandbox.tiktok.fulfillment import own_package
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.view import show_order


def search_packages(ctx: Context) -> dict[str, Any]:
    """Search Packages; the rows name their id and status differently from the detail."""
    body = ctx.body
    rows = [row for row in ctx.state.packages.values() if row["shop_id"] == ctx.the_shop.id]
    if body.get("package_status"):
        rows = [row for row in rows if row["status"] == body["package_status"]]
    for column in ("create_time", "update_time"):
        since, before = body.get(f"{column}_ge"), body.get(f"{column}_lt")
        rows = [row for row in rows if since is None or row[column] >= since]
        rows = [row for row in rows if before is None or row[column] < before]
    page = page_of(ctx, rows, "packages", default=20)
    return {**page, "packages": [_show_row(row) for row in page["packages"]]}


def _show_row(row: dict[str, Any]) -> dict[str, Any]:
    names = (
        "id", "status", "order_line_item_ids", "tracking_number", "shipping_provider_id",
        "shipping_provider_name", "create_time", "update_time",
    )  # fmt: skip
    return {**{name: row[name] for name in names}, "orders": [{"id": row["order_id"]}]}


def get_package(ctx: Context) -> dict[str, Any]:
    """Get Package Detail."""
    row, order = own_package(ctx, ctx.params["package_id"])
    body = order.body
    lines = [line for line in body["line_items"] if line["id"] in row["order_line_item_ids"]]
    return {
        "package_id": row["id"],
        "package_status": row["status"],
        "split_and_combine_tag": row["split_and_combine_tag"],
        "orders": [{"id": order.id}],
        "order_line_item_ids": row["order_line_item_ids"],
        "has_multi_skus": len({line["sku_id"] for line in lines}) > 1,
        "note_tag": "BUYER_NOTED" if body["buyer_message"] else "BUYER_UNNOTED",
        "shipping_type": body["shipping_type"],
        "delivery_option_id": body["delivery_option_id"],
        "delivery_option_name": body["delivery_option_name"],
        "shipping_provider_id": row["shipping_provider_id"],
        "shipping_provider_name": row["shipping_provider_name"],
        "tracking_number": row["tracking_number"],
        "recipient_address": show_order(order).get("recipient_address"),
        "warehouse_id": body["warehouse_id"],
        "create_time": row["create_time"],
        "update_time": row["update_time"],
    }


def get_tracking(ctx: Context) -> dict[str, Any]:
    """Get Tracking of an order, newest first."""
    return {"tracking": own_order(ctx, ctx.params["order_id"]).tracking}


def search_returns(ctx: Context) -> dict[str, Any]:
    """Search Returns: the sandbox has none but those put in by hand."""
    rows = [
        row
        for row in ctx.state.returns.values()
        if ctx.state.orders[row["order_id"]].shop_id == ctx.the_shop.id
    ]
    for name, column in (("return_ids", "return_id"), ("order_ids", "order_id"),
                         ("return_status", "return_status")):  # fmt: skip
        if ctx.body.get(name):
            rows = [row for row in rows if row[column] in ctx.body[name]]
    return page_of(ctx, rows, "return_orders", lowest=10)
