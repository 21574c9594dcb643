"""Labels by API: create packages, shipping services, documents, pickup slots, own delivery."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import documents, errors
from tiktoksync.sandbox.tiktok.errors import ApiError
from tiktoksync.sandbox.tiktok.fulfillment import (
    check_shippable,
    own_package,
    read_lines,
    ship_lines,
)
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove, set_status, tell, touch, track
from tiktoksync.sandbox.tiktok.logistics import pickup_slots, providers_of
from tiktoksync.sandbox.tiktok.orders import own_order
from tiktoksync.sandbox.tiktok.parcels import MARK_REGIONS, Package, package_for, parts_of
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.splitting import combine
from tiktoksync.sandbox.tiktok.state import Order, Shop

_PRICES = {"JPY": ("520", "890"), "GBP": ("3.35", "5.20"), "EUR": ("4.19", "6.90")}
_DIMENSION = {"length": "10", "width": "8", "height": "4", "unit": "INCH"}
_WEIGHT = {"value": "1.2", "unit": "POUND"}
_DELIVERIES = ("DELIVERY_SUCCESS", "DELIVERY_FAILED", "UPDATE_POD")


def services_of(shop: Shop) -> list[dict[str, Any]]:
    """Two services of the platform: an economical default and a fast one."""
    (provider, name), (other, other_name), *_ = providers_of(shop).items()
    cheap, fast = _PRICES.get(shop.currency, ("4.32", "9.15"))
    rows = [("Economy", provider, name, cheap, 3, 5), ("Express", other, other_name, fast, 1, 2)]
    return [
        {
            "id": provider_id[:-3] + f"{number:03d}",
            "name": f"{provider_name} {kind}",
            "price": price,
            "currency": shop.currency,
            "is_default": number == 1,
            "shipping_provider_id": provider_id,
            "shipping_provider_name": provider_name,
            "earliest_delivery_days": first,
            "latest_delivery_days": last,
        }
        for number, (kind, provider_id, provider_name, price, first, last) in enumerate(rows, 1)
    ]


def _check_label_order(ctx: Context, order: Order) -> None:
    """Labels are bought in the US, the UK, the EU and Japan, for what TikTok carries."""
    kind = (order.body["shipping_type"], order.body["fulfillment_type"])
    if ctx.the_shop.region not in MARK_REGIONS or kind != ("TIKTOK", "FULFILLMENT_BY_SELLER"):
        raise errors.wrong_region()


def query_services(ctx: Context) -> dict[str, Any]:
    """Get Eligible Shipping Services: US and JP only."""
    order = own_order(ctx, ctx.params["order_id"])
    _check_label_order(ctx, order)
    if ctx.the_shop.region not in ("US", "JP"):
        raise errors.wrong_region()
    check_shippable(order)
    read_lines(ctx, order, None)
    return {"shipping_services": services_of(ctx.the_shop)}


def create_packages(ctx: Context) -> dict[str, Any]:
    """Create Packages, in its 202309 and its 202512 form: buys the label."""
    kind = str(ctx.body.get("ship_type", "")) if ctx.version == "202512" else ""
    if ctx.version == "202512" and kind not in ("1", "2", "3"):
        raise errors.bad_value("ship_type", "unknown type", "1, 2 or 3")
    service = _chosen_service(ctx)
    package = _joint_parcel(ctx) if kind == "3" else _own_parcel(ctx, kind)
    provider, name = service["shipping_provider_id"], service["shipping_provider_name"]
    number = ctx.state.new_id("9400")
    for order, lines in parts_of(ctx.state, package):
        ship_lines(ctx.state, order, package, lines, (number, provider, name), "labelled")
    package["dimension"] = ctx.body.get("dimension") or _DIMENSION
    package["weight"] = ctx.body.get("weight") or _WEIGHT
    shown = {key: value for key, value in service.items() if key != "is_default"}
    return {
        "package_id": package["id"],
        "dimension": package["dimension"],
        "weight": package["weight"],
        "shipping_service_info": shown,
        "create_time": package["create_time"],
    }


def _chosen_service(ctx: Context) -> dict[str, Any]:
    wanted = ctx.body.get("shipping_service_id")
    for service in services_of(ctx.the_shop):
        if wanted in (None, "", service["id"]):
            return service
    raise errors.bad_value("shipping_service_id", "unknown service", "an eligible service")


def _own_parcel(ctx: Context, kind: str) -> Package:
    """The parcel of one order, whole or in part."""
    order = own_order(ctx, str(ctx.body.get("order_id", "")))
    _check_label_order(ctx, order)
    check_shippable(order)
    rows = ctx.body.get("order_line_item") if kind == "2" else None
    if kind == "2" and not rows:
        raise errors.bad_param("param body.order_line_item is missing")
    lines = read_lines(ctx, order, rows)
    if not lines:
        raise errors.wrong_status("order")
    return package_for(ctx.state, order, lines)


def _joint_parcel(ctx: Context) -> Package:
    orders = [own_order(ctx, str(one)) for one in ctx.body.get("order_list_ids") or []]
    for order in orders:
        _check_label_order(ctx, order)
        check_shippable(order)
    try:
        return combine(ctx.state, orders)
    except WrongMove as error:
        raise errors.no_combining(str(error)) from None


def get_documents(ctx: Context) -> dict[str, Any]:
    """Get Package Shipping Document: of TikTok's own shipping, once it is arranged."""
    package, order = own_package(ctx, ctx.params["package_id"])
    request = ctx.request
    kind = request.param("document_type")
    size = request.param("document_size") or "A6"
    form = request.param("document_format") or "PDF"
    if kind not in documents.KINDS:
        raise errors.bad_param("param document_type is invalid")
    if size not in documents.SIZES or form not in ("PDF", "ZPL"):
        raise errors.bad_param("param document_size or document_format is invalid")
    if order.body["shipping_type"] != "TIKTOK":
        raise errors.wrong_region()
    if package["status"] in ("TO_FULFILL", "CANCELLED"):
        raise errors.wrong_status("package")
    lines = [
        f"SANDBOX {kind}", package["shipping_provider_name"], package["tracking_number"],
        f"Package {package['id']}", *(f"Order {one}" for one in package["order_ids"]),
    ]  # fmt: skip
    path = documents.store_document(ctx.state, lines, size, form)
    host = request.headers.get("host") or "127.0.0.1"
    return {"doc_url": f"http://{host}{path}", "tracking_number": package["tracking_number"]}


def get_handover_slots(ctx: Context) -> dict[str, Any]:
    """Get Package Handover Time Slots: South-East Asia, before the parcel is arranged."""
    package, order = own_package(ctx, ctx.params["package_id"])
    if ctx.the_shop.region in MARK_REGIONS or order.body["shipping_type"] != "TIKTOK":
        raise errors.wrong_region()
    if order.status == "ON_HOLD":
        raise errors.on_hold()
    if package["status"] != "TO_FULFILL":
        raise errors.wrong_status("package")
    return {
        "can_pickup": True,
        "can_drop_off": True,
        "can_van_collection": False,
        "drop_off_point_url": "https://example.com/drop-off-points",
        "pickup_slots": pickup_slots(ctx.state.now()),
    }


def deliver_packages(ctx: Context) -> dict[str, Any]:
    """Deliver Packages of the seller's own fleet: each parcel fails by itself."""
    rows = ctx.body.get("packages")
    if not isinstance(rows, list) or not rows:
        raise errors.bad_param("param body.packages is missing")
    failed = []
    for row in rows:
        try:
            _deliver_one(ctx, row)
        except ApiError as error:
            detail = {"package_id": str(row.get("id", ""))}
            failed.append({"code": error.code, "message": error.message, "detail": detail})
    return {"errors": failed}


def _deliver_one(ctx: Context, row: dict[str, Any]) -> None:
    package, order = own_package(ctx, str(row.get("id", "")))
    if ctx.the_shop.region in MARK_REGIONS or order.body["shipping_type"] != "SELLER":
        raise errors.wrong_region()
    kind = row.get("delivery_type")
    if kind not in _DELIVERIES:
        raise errors.bad_value("delivery_type", "unknown type", ", ".join(_DELIVERIES))
    under_way = package["status"] in ("PROCESSING", "FULFILLING")
    if not under_way and not (kind == "UPDATE_POD" and package["status"] == "COMPLETED"):
        raise errors.no_own_delivery("The package status does not allow this operation.")
    if kind == "DELIVERY_FAILED" and not row.get("fail_delivery_reason"):
        raise errors.bad_param("param fail_delivery_reason is missing")
    if kind == "UPDATE_POD":
        package["update_time"] = ctx.state.now()
        return
    for one, lines in parts_of(ctx.state, package):
        if kind == "DELIVERY_FAILED":
            track(ctx.state, one, "The delivery did not succeed.", 401)
            touch(ctx.state, one)
            tell(ctx.state, one, f"not delivered: {row['fail_delivery_reason']}", "SELLER")
        else:
            _arrive(ctx, one, package, lines)


def _arrive(ctx: Context, order: Order, package: Package, lines: list[dict[str, Any]]) -> None:
    package.update(status="COMPLETED", update_time=ctx.state.now())
    for line in lines:
        line.update(display_status="DELIVERED", package_status="COMPLETED")
    track(ctx.state, order, "Your parcel has been delivered.", 501)
    if all(line["display_status"] == "DELIVERED" for line in order.live_lines()):
        set_status(ctx.state, order, "DELIVERED", "delivered by the seller", "SELLER")
    else:
        touch(ctx.state, order)
        tell(ctx.state, order, "a parcel was delivered by the seller", "SELLER")
