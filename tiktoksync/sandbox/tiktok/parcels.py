"""Parcels: which lines of which orders travel together."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok.state import Order, Shop, TikTokState

MARK_REGIONS = frozenset({"US", "GB", "UK", "DE", "FR", "ES", "IT", "IE", "JP"})

Package = dict[str, Any]
Line = dict[str, Any]
Part = tuple[Order, list[Line]]


def splits_by_item(shop: Shop) -> bool:
    """Whether units of one SKU may travel apart: not in South-East Asia, nor locally in MX, BR."""
    return shop.region in MARK_REGIONS or (shop.region == "MX" and shop.seller_type != "LOCAL")


def add_package(state: TikTokState, order: Order, lines: list[Line], status: str) -> Package:
    """Put the lines of an order into a new parcel."""
    return make_package(state, [(order, lines)], status)


def make_package(
    state: TikTokState, parts: list[Part], status: str, tag: str = "DEFAULT"
) -> Package:
    """A new parcel for lines of one order or of several."""
    now = state.now()
    first = parts[0][0]
    package: Package = {
        "id": state.new_id("115"),
        "shop_id": first.shop_id,
        "order_id": first.id,
        "order_ids": [order.id for order, _ in parts],
        "status": status,
        "order_line_item_ids": [line["id"] for _, lines in parts for line in lines],
        "tracking_number": "",
        "shipping_provider_id": "",
        "shipping_provider_name": "",
        "split_and_combine_tag": tag,
        "order_pay_time": first.body.get("paid_time", first.body["create_time"]),
        "create_time": now,
        "update_time": now,
    }
    state.packages[package["id"]] = package
    for order, lines in parts:
        order.body["packages"].append({"id": package["id"]})
        for line in lines:
            line["package_id"] = package["id"]
            line["package_status"] = status
        order.text = None
    return package


def take_out(state: TikTokState, order: Order, lines: list[Line]) -> None:
    """Lines leave the parcels they were to travel in; an emptied parcel is cancelled."""
    ids = {line["id"] for line in lines}
    own = {line["id"] for line in order.body["line_items"]}
    for row in list(order.body["packages"]):
        package = state.packages[row["id"]]
        if package["status"] != "TO_FULFILL" or not ids & set(package["order_line_item_ids"]):
            continue
        left = [one for one in package["order_line_item_ids"] if one not in ids]
        package["order_line_item_ids"] = left
        package["update_time"] = state.now()
        if not own & set(left):
            leave(order, package)
        if not left:
            package["status"] = "CANCELLED"
    for line in lines:
        line.pop("package_id", None)
        line.pop("package_status", None)


def leave(order: Order, package: Package) -> None:
    """The order has nothing in this parcel any more."""
    order.body["packages"] = [row for row in order.body["packages"] if row["id"] != package["id"]]
    others = [one for one in package["order_ids"] if one != order.id]
    if others:
        package.update(order_ids=others, order_id=others[0])
    order.text = None


def package_for(state: TikTokState, order: Order, lines: list[Line]) -> Package:
    """The waiting parcel of exactly these lines, or a new one they move into."""
    ids = {line["id"] for line in lines}
    for row in order.body["packages"]:
        package = state.packages[row["id"]]
        if package["status"] == "TO_FULFILL" and set(package["order_line_item_ids"]) == ids:
            return package
    take_out(state, order, lines)
    return add_package(state, order, lines, "PROCESSING")


def orders_in(state: TikTokState, package: Package) -> list[Order]:
    return [state.orders[one] for one in package["order_ids"]]


def parts_of(state: TikTokState, package: Package) -> list[Part]:
    """What is in the parcel, order by order, without cancelled lines."""
    return [
        (order, [line for line in order.live_lines() if line.get("package_id") == package["id"]])
        for order in orders_in(state, package)
    ]


def travel_mates(state: TikTokState, order: Order) -> list[Order]:
    """The order itself, and whoever shares a living parcel with it."""
    found = {order.id: order}
    for row in order.body["packages"]:
        package = state.packages[row["id"]]
        if package["status"] != "CANCELLED":
            found.update({one.id: one for one in orders_in(state, package)})
    return list(found.values())
