"""Shipping: mark package as shipped, ship package, and correcting the tracking number."""

from __future__ import annotations

import re
from typing import Any

from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.errors import ApiError
from tiktoksync.sandbox.tiktok.lifecycle import AFTER_SHIPPING, SHIPPABLE, set_status, tell, touch
from tiktoksync.sandbox.tiktok.logistics import open_slots, providers_of
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.parcels import MARK_REGIONS, package_for, parts_of
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM, Order, Shop, TikTokState

NUMBER = re.compile(r"[A-Za-z0-9\-_./]{4,50}")
CORRECTION_WINDOW = 72 * 3600
SHIPPED_LINE = AFTER_SHIPPING

Shipment = tuple[str, str, str]


def mark_shipped(ctx: Context) -> dict[str, Any]:
    """Mark Package As Shipped, in its 202309 and its 202610 form."""
    order = own_order(ctx, ctx.params["order_id"])
    if ctx.the_shop.region not in MARK_REGIONS or not _by_seller(order):
        raise errors.wrong_region()
    check_shippable(order)
    shipment = _read_shipment(_first_shipping_info(ctx), ctx.the_shop)
    lines = read_lines(ctx, order, ctx.body.get("order_line_list"))
    package = package_for(ctx.state, order, lines)
    ship_lines(ctx.state, order, package, lines, shipment)
    return {
        "order_id": order.id,
        "order_line_item_ids": [line["id"] for line in lines],
        "package_id": package["id"],
        "warning": {"message": ""},
    }


def ship_package(ctx: Context) -> dict[str, Any]:
    """Ship Package: South-East Asia only; the order then waits for collection."""
    _ship_one(ctx, ctx.params["package_id"], ctx.body)
    return {}


def ship_packages(ctx: Context) -> dict[str, Any]:
    """Batch Ship Packages: each package fails by itself."""
    rows = ctx.body.get("packages")
    if not isinstance(rows, list) or not rows:
        raise errors.bad_param("param body.packages is missing")
    failed = []
    for row in rows:
        try:
            _ship_one(ctx, str(row.get("id", "")), row)
        except ApiError as error:
            detail = {"package_id": str(row.get("id", ""))}
            failed.append({"code": error.code, "message": error.message, "detail": detail})
    return {"errors": failed}


def _ship_one(ctx: Context, package_id: str, body: dict[str, Any]) -> None:
    package, order = own_package(ctx, package_id)
    if ctx.the_shop.region in MARK_REGIONS or order.body["fulfillment_type"] != (
        "FULFILLMENT_BY_SELLER"
    ):
        raise errors.wrong_region()
    check_shippable(order)
    if package["status"] != "TO_FULFILL":
        raise errors.wrong_status("package")
    shipment = _read_handover(ctx, order, package, body)
    for one, lines in parts_of(ctx.state, package):
        ship_lines(ctx.state, one, package, lines, shipment)


def _read_handover(
    ctx: Context, order: Order, package: dict[str, Any], body: dict[str, Any]
) -> Shipment:
    """The seller's own tracking, or a number the platform makes up for its own carrier."""
    if order.body["shipping_type"] == "SELLER":
        if not isinstance(body.get("self_shipment"), dict):
            raise errors.bad_param("param body.self_shipment is missing")
        return _read_shipment(body["self_shipment"], ctx.the_shop)
    method = body.get("handover_method", "PICKUP")
    if method not in ("PICKUP", "DROP_OFF"):
        raise errors.bad_param("param body.handover_method is invalid")
    slot = body.get("pickup_slot")
    if slot is not None and slot not in open_slots(ctx.state.now()):
        expected = "an available slot of the handover time slots"
        raise errors.bad_value("pickup_slot", "not available", expected)
    package["handover_method"] = method
    if slot:
        package["pickup_slot"] = slot
    return platform_shipment(ctx.state, ctx.the_shop)


def platform_shipment(state: TikTokState, shop: Shop) -> Shipment:
    """A number of the platform's own, with the first of its carriers."""
    provider, name = next(iter(providers_of(shop).items()))
    return state.new_id("9400" if shop.region in MARK_REGIONS else "TTSV"), provider, name


def correct_order_tracking(ctx: Context) -> dict[str, Any]:
    """Update Shipping Info of an order: seller-shipped, not split, once, within 72 hours."""
    order = own_order(ctx, ctx.params["order_id"])
    if not _by_seller(order):
        raise errors.wrong_region()
    shipped = [ctx.state.packages[row["id"]] for row in order.body["packages"]]
    shipped = [one for one in shipped if one["status"] not in ("TO_FULFILL", "CANCELLED")]
    if order.status in SHIPPABLE or len(shipped) != 1:
        raise errors.wrong_status("order")
    _correct(ctx, order, shipped[0])
    return {}


def correct_package_tracking(ctx: Context) -> dict[str, Any]:
    package, order = own_package(ctx, ctx.params["package_id"])
    if not _by_seller(order):
        raise errors.wrong_region()
    if package["status"] in ("TO_FULFILL", "CANCELLED"):
        raise errors.wrong_status("package")
    _correct(ctx, order, package)
    return {}


def _correct(ctx: Context, order: Order, package: dict[str, Any]) -> None:
    shipment = _read_shipment(_first_shipping_info(ctx), ctx.the_shop)
    line = ctx.state.clock.line()
    late = order.shipped_on_line is None or line - order.shipped_on_line > CORRECTION_WINDOW
    if late or package.get("corrected"):
        raise errors.wrong_status("order")
    package["corrected"] = True
    order.corrections += 1
    lines = [one for one in order.body["line_items"] if one.get("package_id") == package["id"]]
    write_shipment(ctx.state, order, package, lines, shipment)
    touch(ctx.state, order)
    tell(ctx.state, order, f"tracking corrected to {shipment[0]}", "SELLER")
    _record(ctx.state, order, package, lines, "tracking_corrected")


def own_package(ctx: Context, package_id: str) -> tuple[dict[str, Any], Order]:
    package = ctx.state.packages.get(package_id)
    if package is None or package["shop_id"] != ctx.the_shop.id:
        raise errors.not_yours(package_id)
    return package, ctx.state.orders[package["order_id"]]


def _by_seller(order: Order) -> bool:
    body = order.body
    seller = (body["shipping_type"], body["fulfillment_type"])
    return seller == ("SELLER", "FULFILLMENT_BY_SELLER")


def check_shippable(order: Order) -> None:
    """Raise what the platform says to a shipment that cannot be."""
    if order.status == "ON_HOLD":
        raise errors.on_hold()
    if order.status not in SHIPPABLE:
        lines = [one["id"] for one in order.live_lines() if one["display_status"] in SHIPPED_LINE]
        raise errors.already_shipped(lines[0]) if lines else errors.wrong_status("order")


def _first_shipping_info(ctx: Context) -> dict[str, Any]:
    if "shipping_info_list" not in ctx.body:
        return ctx.body
    rows = ctx.body["shipping_info_list"]
    if not isinstance(rows, list) or len(rows) != 1:
        raise errors.bad_value("shipping_info_list", "one entry is allowed", "one entry")
    return dict(rows[0])


def _read_shipment(body: dict[str, Any], shop: Shop) -> Shipment:
    number, provider = body.get("tracking_number"), body.get("shipping_provider_id")
    if not isinstance(number, str) or not NUMBER.fullmatch(number):
        expected = "4 to 50 letters, digits or -_./"
        raise errors.bad_value("tracking_number", "malformed", expected)
    known = providers_of(shop)
    if not isinstance(provider, str) or provider not in known:
        expected = "a provider of the order's delivery option"
        raise errors.bad_value("shipping_provider_id", "unknown provider", expected)
    return number, provider, known[provider]


def read_lines(ctx: Context, order: Order, rows: Any) -> list[dict[str, Any]]:
    """The lines to ship; none named means everything that is left."""
    ids = [str(row.get("order_line_id")) for row in rows] if rows else ctx.body.get(
        "order_line_item_ids"
    )  # fmt: skip
    _check_components(order, rows or [])
    left = [line for line in order.live_lines() if line["display_status"] not in SHIPPED_LINE]
    if not ids:
        return left
    by_id = {line["id"]: line for line in order.body["line_items"]}
    chosen = []
    for line_id in dict.fromkeys(ids):
        line = by_id.get(line_id)
        if line is None or line["display_status"] == "CANCELLED":
            raise errors.bad_value("order_line_item_ids", "unknown line", "live lines of the order")
        if line["display_status"] in SHIPPED_LINE:
            raise errors.already_shipped(line_id)
        chosen.append(line)
    return chosen


def _check_components(order: Order, rows: list[dict[str, Any]]) -> None:
    """Parts of a bundle may be named, but the bundle ships as a whole here."""
    for line in order.body["line_items"]:
        named = {
            str(row["sub_item_id"])
            for row in rows
            if row.get("sub_item_id") and str(row.get("order_line_id")) == line["id"]
        }
        if named and named != {one["id"] for one in line.get("sub_item_info", [])}:
            expected = "all sub items of the order line"
            raise errors.bad_value("sub_item_id", "unknown or incomplete", expected)


def ship_lines(
    state: TikTokState,
    order: Order,
    package: dict[str, Any],
    lines: list[dict[str, Any]],
    shipment: Shipment,
    kind: str = "shipped",
) -> None:
    """The lines are arranged: they carry the number, and the order moves on."""
    now = state.now()
    package["status"] = "PROCESSING"
    for line in lines:
        line["rts_time"] = now
        line["package_status"] = "PROCESSING"
        line["display_status"] = "AWAITING_COLLECTION"
    write_shipment(state, order, package, lines, shipment)
    order.shipped_on_line = state.clock.line()
    order.body.setdefault("rts_time", now)
    _record(state, order, package, lines, kind)
    left = [line for line in order.live_lines() if line["display_status"] not in SHIPPED_LINE]
    status = "PARTIALLY_SHIPPING" if left else "AWAITING_COLLECTION"
    set_status(state, order, status, f"shipped with {shipment[2]} {shipment[0]}", "SELLER")


def write_shipment(
    state: TikTokState,
    order: Order,
    package: dict[str, Any],
    lines: list[dict[str, Any]],
    shipment: Shipment,
) -> None:
    """Put number and carrier on the parcel, on its lines and on the order."""
    number, provider, name = shipment
    package.update(
        tracking_number=number,
        shipping_provider_id=provider,
        shipping_provider_name=name,
        update_time=state.now(),
    )
    for line in lines:
        line["tracking_number"] = number
        line["shipping_provider_id"] = provider
        line["shipping_provider_name"] = name
    order.body.update(tracking_number=number, shipping_provider_id=provider, shipping_provider=name)
    order.text = None


def _record(
    state: TikTokState,
    order: Order,
    package: dict[str, Any],
    lines: list[dict[str, Any]],
    kind: str,
) -> None:
    state.log.record_write(
        PLATFORM, order.shop_id, kind, order_id=order.id, package_id=package["id"],
        tracking_number=package["tracking_number"],
        provider_id=package["shipping_provider_id"],
        line_item_ids=[line["id"] for line in lines],
    )  # fmt: skip
