"""Splitting an order into parcels, and putting several orders into one."""

from __future__ import annotations

import hashlib
from typing import Any

from tiktoksync.sandbox.tiktok import events
from tiktoksync.sandbox.tiktok.lifecycle import AFTER_SHIPPING, WrongMove, tell, touch
from tiktoksync.sandbox.tiktok.parcels import (
    Line,
    Package,
    make_package,
    splits_by_item,
    take_out,
)
from tiktoksync.sandbox.tiktok.state import Order, TikTokState


def split_attributes(state: TikTokState, order: Order) -> dict[str, Any]:
    """Whether the order can be split, and why not."""
    reason = _why_whole(state, order)
    row: dict[str, Any] = {"order_id": order.id, "can_split": not reason, "must_split": False}
    return {**row, "reason": reason} if reason else row


def _why_whole(state: TikTokState, order: Order) -> str:
    if order.status == "CANCELLED":
        return "Order has been canceled"
    if order.body["fulfillment_type"] != "FULFILLMENT_BY_SELLER":
        return "Order is fulfilled by TikTok"
    if order.status not in ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"):
        return f"Order is {order.status}"
    if order.body.get("split_or_combine_tag") == "COMBINED":
        return "Order is combined with another one"
    left = waiting_lines(order)
    units = left if splits_by_item(state.shops[order.shop_id]) else _skus(left)
    return "" if len(units) > 1 else "Order has a single item"


def _skus(lines: list[Line]) -> list[str]:
    return list({line["sku_id"] for line in lines})


def waiting_lines(order: Order) -> list[Line]:
    """The lines that are neither cancelled nor shipped."""
    return [one for one in order.live_lines() if one["display_status"] not in AFTER_SHIPPING]


def split_order(state: TikTokState, order: Order, groups: list[list[Line]]) -> list[Package]:
    """A parcel for each group; what no group names stays together in one more.

    Raises WrongMove when the order cannot be split, or not in this way.
    """
    reason = _why_whole(state, order)
    if reason:
        raise WrongMove(reason)
    _check_groups(state, order, groups)
    named = {line["id"] for group in groups for line in group}
    rest = [line for line in waiting_lines(order) if line["id"] not in named]
    everything = [*groups, rest] if rest else groups
    if len(everything) < 2:
        raise WrongMove("one parcel is no split")
    for group in everything:
        take_out(state, order, group)
    made = [make_package(state, [(order, one)], "TO_FULFILL", "SPLIT") for one in everything]
    order.body["split_or_combine_tag"] = "SPLIT"
    touch(state, order)
    tell(state, order, f"split into {len(made)} parcels", "SELLER")
    events.send_package_change(state, "SPLIT", made)
    return made


def _check_groups(state: TikTokState, order: Order, groups: list[list[Line]]) -> None:
    ids = [line["id"] for group in groups for line in group]
    if not all(groups) or not groups or len(ids) != len(set(ids)):
        raise WrongMove("each group needs lines of its own")
    if splits_by_item(state.shops[order.shop_id]):
        return
    waiting = waiting_lines(order)
    for group in groups:
        for sku in _skus(group):
            units = sum(line["sku_id"] == sku for line in waiting)
            if units != sum(line["sku_id"] == sku for line in group):
                raise WrongMove("all units of a SKU stay in one parcel here")


def split_in_two(state: TikTokState, order: Order) -> list[Package]:
    """The first line, or where units stay together the first SKU, apart from the others."""
    lines = waiting_lines(order)
    by_item = splits_by_item(state.shops[order.shop_id])
    first = lines[:1] if by_item else [x for x in lines if x["sku_id"] == lines[0]["sku_id"]]
    return split_order(state, order, [first])


def combinable(state: TikTokState, shop_id: str) -> dict[str, list[Order]]:
    """Orders that may travel together, by the id of their group."""
    groups: dict[str, list[Order]] = {}
    for order in state.orders_of(shop_id):
        if _may_combine(order):
            body = order.body
            key = [shop_id, body["user_id"], body["shipping_type"], body["warehouse_id"],
                   str(sorted(order.recipient.items(), key=str))]  # fmt: skip
            digest = hashlib.sha256("\n".join(key).encode()).hexdigest()
            groups.setdefault("115" + str(int(digest[:14], 16)), []).append(order)
    return {key: orders for key, orders in groups.items() if len(orders) > 1}


def _may_combine(order: Order) -> bool:
    return (
        order.status == "AWAITING_SHIPMENT"
        and order.body["fulfillment_type"] == "FULFILLMENT_BY_SELLER"
        and not order.body["is_buyer_request_cancel"]
        and not order.body.get("split_or_combine_tag")
    )


def combine(state: TikTokState, orders: list[Order], role: str = "ROLE_SELLER") -> Package:
    """One parcel for several orders of one buyer; raises WrongMove for anything else."""
    ids = {order.id for order in orders}
    groups = combinable(state, orders[0].shop_id).values() if orders else []
    if len(ids) < 2 or not any(ids <= {one.id for one in group} for group in groups):
        raise WrongMove("these orders cannot be combined")
    for order in orders:
        take_out(state, order, order.live_lines())
    parts = [(order, order.live_lines()) for order in orders]
    package = make_package(state, parts, "TO_FULFILL", "COMBINE")
    for order in orders:
        order.body["split_or_combine_tag"] = "COMBINED"
        touch(state, order)
        tell(state, order, f"combined into parcel {package['id']}", "SELLER")
    events.send_package_change(state, "COMBINE", [package], role)
    return package


def leave_for_address(state: TikTokState, order: Order) -> None:
    """An order whose address changed no longer travels with the others."""
    for row in list(order.body["packages"]):
        package = state.packages[row["id"]]
        if package["status"] == "TO_FULFILL" and len(package["order_ids"]) > 1:
            uncombine(state, package, [order], "ADDRESS_UPDATE_SPLIT", "ROLE_USER")


def uncombine(
    state: TikTokState,
    package: Package,
    orders: list[Order],
    kind: str = "CANCEL_COMBINE",
    role: str = "ROLE_SELLER",
) -> list[Package]:
    """The orders get parcels of their own again; of a last one alone the same is true."""
    if package["status"] != "TO_FULFILL" or len(package["order_ids"]) < 2:
        raise WrongMove("the parcel is not a waiting combined one")
    leaving = {one.id: one for one in orders}
    staying = [one for one in package["order_ids"] if one not in leaving]
    if len(staying) == 1:
        leaving[staying[0]] = state.orders[staying[0]]
    made = []
    for order in leaving.values():
        lines = [one for one in order.live_lines() if one.get("package_id") == package["id"]]
        take_out(state, order, lines)
        made.append(make_package(state, [(order, lines)], "TO_FULFILL"))
        order.body.pop("split_or_combine_tag", None)
        touch(state, order)
        tell(state, order, "travels alone again", "SELLER")
    events.send_package_change(state, kind, made, role)
    return made
