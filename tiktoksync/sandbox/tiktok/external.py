"""References to the orders of other systems (POST and GET external_orders, the search)."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM

MOST_ORDERS = 100
MOST_LINES = 100
SYSTEMS = frozenset({
    "SHOPIFY", "WOOCOMMERCE", "BIGCOMMERCE", "MAGENTO", "SALESFORCE_COMMERCE_CLOUD",
    "CHANNEL_ADVISOR", "AMAZON", "ORDER_MANAGEMENT_SYSTEM", "WAREHOUSE_MANAGEMENT_SYSTEM",
    "ERP_SYSTEM",
})  # fmt: skip


def put_external_orders(ctx: Context) -> dict[str, Any]:
    """Add or overwrite up to 100 references; each order fails by itself."""
    orders = ctx.body.get("orders")
    if not isinstance(orders, list) or not 1 <= len(orders) <= MOST_ORDERS:
        raise errors.bad_param("param body.orders must hold 1 to 100 orders")
    failed = [row for row in (_put_one(ctx, entry) for entry in orders) if row is not None]
    return {"errors": failed} if failed else {}


def _put_one(ctx: Context, entry: dict[str, Any]) -> dict[str, Any] | None:
    order_id = str(entry.get("id", ""))
    external = entry.get("external_order") or {}
    order = ctx.state.orders.get(order_id)
    if order is None or order.shop_id != ctx.the_shop.id:
        return _error(21008111, errors.not_yours().message, order_id, external)
    rows = external.get("line_items") or []
    known = {line["id"] for line in order.body["line_items"]}
    if external.get("platform") not in SYSTEMS or not external.get("id"):
        return _error(98001004, "Parameter external_order is invalid.", order_id, external)
    if len(rows) > MOST_LINES or any(row.get("origin_id") not in known for row in rows):
        return _error(98001004, "Parameter line_items is invalid.", order_id, external)
    ctx.state.external[order_id][external["platform"]] = external
    ctx.state.log.record_write(
        PLATFORM, ctx.the_shop.id, "external_order", order_id=order_id,
        external_id=external["id"], external_platform=external["platform"],
    )  # fmt: skip
    return None


def _error(code: int, message: str, order_id: str, external: dict[str, Any]) -> dict[str, Any]:
    shown = {"id": external.get("id", ""), "platform": external.get("platform", "")}
    detail = {"order_id": order_id, "external_order": shown}
    return {"code": str(code), "message": message, "detail": detail}


def get_external_orders(ctx: Context) -> dict[str, Any]:
    order = own_order(ctx, ctx.params["order_id"])
    wanted = ctx.request.param("platform")
    rows = [
        external
        for platform, external in ctx.state.external[order.id].items()
        if wanted in ("", platform)
    ]
    return {"external_orders": rows}


def search_external_orders(ctx: Context) -> dict[str, Any]:
    platform = ctx.request.param("platform")
    external_id = ctx.request.param("external_order_id")
    if not platform or not external_id:
        raise errors.bad_param("param platform and external_order_id are required")
    rows = [
        {"id": order_id, "external_order": references[platform]}
        for order_id, references in ctx.state.external.items()
        if references.get(platform, {}).get("id") == external_id
        and ctx.state.orders[order_id].shop_id == ctx.the_shop.id
    ]
    return {"orders": rows}
