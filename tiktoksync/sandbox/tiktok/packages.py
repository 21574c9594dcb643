"""Reading parcels: search, detail, and the tracking of an order."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.fulfillment import own_package
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.parcels import Package, parts_of
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.row_pages import filtered, page_of
from tiktoksync.sandbox.tiktok.view import show_order

STATUSES = ("TO_FULFILL", "PROCESSING", "FULFILLING", "COMPLETED", "CANCELLED")
SUB_STATUS = {
    "TO_FULFILL": "CREATED", "PROCESSING": "RTS", "FULFILLING": "TTS", "COMPLETED": "DELIVERED",
    "CANCELLED": "CANCELLED",
}  # fmt: skip
ADDRESS = (
    "address_detail", "address_line1", "address_line2", "address_line3", "address_line4",
    "full_address", "name", "phone_number", "postal_code", "region_code",
)  # fmt: skip


def search_packages(ctx: Context) -> dict[str, Any]:
    """Search Packages; the rows name their id and status differently from the detail."""
    rows = [row for row in ctx.state.packages.values() if row["shop_id"] == ctx.the_shop.id]
    wanted = ctx.body.get("package_status")
    if wanted:
        if wanted not in STATUSES:
            raise errors.bad_param("param body.package_status is invalid")
        rows = [row for row in rows if row["status"] == wanted]
    rows = filtered(ctx, rows, {})
    page = page_of(ctx, rows, "packages", default=20, more_fields=("order_pay_time",))
    return {**page, "packages": [_show_row(row) for row in page["packages"]]}


def _show_row(row: Package) -> dict[str, Any]:
    names = (
        "id", "status", "order_line_item_ids", "tracking_number", "shipping_provider_id",
        "shipping_provider_name", "create_time", "update_time",
    )  # fmt: skip
    return {**{name: row[name] for name in names}, "orders": [{"id": x} for x in row["order_ids"]]}


def get_package(ctx: Context) -> dict[str, Any]:
    """Get Package Detail."""
    row, order = own_package(ctx, ctx.params["package_id"])
    body = order.body
    own = set(row["order_line_item_ids"])
    parts = parts_of(ctx.state, row)
    skus = {line["sku_id"] for _, lines in parts for line in lines if line["id"] in own}
    shown = {
        "package_id": row["id"],
        "package_status": row["status"],
        "package_sub_status": SUB_STATUS[row["status"]],
        "split_and_combine_tag": row["split_and_combine_tag"],
        "orders": [{"id": one} for one in row["order_ids"]],
        "order_line_item_ids": row["order_line_item_ids"],
        "has_multi_skus": len(skus) > 1,
        "note_tag": "BUYER_NOTED" if body["buyer_message"] else "BUYER_UNNOTED",
        "shipping_type": body["shipping_type"],
        "delivery_option_id": body["delivery_option_id"],
        "delivery_option_name": body["delivery_option_name"],
        "shipping_provider_id": row["shipping_provider_id"],
        "shipping_provider_name": row["shipping_provider_name"],
        "tracking_number": row["tracking_number"],
        "recipient_address": _recipient(show_order(order)),
        "sender_address": _sender(ctx),
        "weight": row.get("weight", {"value": "500", "unit": "GRAM"}),
        "dimension": row.get(
            "dimension", {"length": "20", "width": "15", "height": "10", "unit": "CM"}
        ),
        "warehouse_id": body["warehouse_id"],
        "create_time": row["create_time"],
        "update_time": row["update_time"],
    }
    return {**shown, **{x: row[x] for x in ("handover_method", "pickup_slot") if x in row}}


def _recipient(shown: dict[str, Any]) -> dict[str, Any]:
    """The address as a parcel carries it: shorter than the order's, without parts of names."""
    address = shown.get("recipient_address") or {}
    return {name: address[name] for name in ADDRESS if name in address}


def _sender(ctx: Context) -> dict[str, Any]:
    region = ctx.the_shop.region
    return {
        "name": "Warehouse Desk",
        "phone_number": "(+1)2025550100",
        "address_line1": "1 Warehouse Way",
        "full_address": f"1 Warehouse Way, Sandbox City, {region}",
        "postal_code": "00001",
        "region_code": region,
    }


def get_tracking(ctx: Context) -> dict[str, Any]:
    """Get Tracking of an order, newest first."""
    return {"tracking": own_order(ctx, ctx.params["order_id"]).tracking}
