"""Control of TikTok orders: placing them and moving them on."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.control_base import BadControl, Wish
from tiktoksync.sandbox.tiktok import cancellations, lifecycle, splitting
from tiktoksync.sandbox.tiktok.lifecycle import announce, start_hold, tell, touch
from tiktoksync.sandbox.tiktok.placing import place_order
from tiktoksync.sandbox.tiktok.state import Order, TikTokState
from tiktoksync.sandbox.tiktok.view import lay_over, show_order

Shown = dict[str, Any]


def show(state: TikTokState, order: Order) -> Shown:
    """The order as the API shows it, and what happened to it."""
    packages = [state.packages[row["id"]] for row in order.body["packages"]]
    cancelled = [one for one in state.cancellations.values() if one["order_id"] == order.id]
    return {
        "shop_id": order.shop_id,
        "region": state.shops[order.shop_id].region,
        "status": order.status,
        "order": show_order(order),
        "story": order.story,
        "packages": packages,
        "cancellations": cancelled,
        "returns": [one for one in state.returns.values() if one["order_id"] == order.id],
        "external_orders": list(state.external.get(order.id, {}).values()),
        "corrections": order.corrections,
        "held_for_seconds": _left(state, order),
    }


def _left(state: TikTokState, order: Order) -> float | None:
    if order.status != "ON_HOLD" or order.hold_until is None:
        return None
    return max(0.0, round(order.hold_until - state.clock.line(), 1))


def list_orders(wish: Wish) -> Shown:
    state = wish.world.tiktok
    status = wish.request.param("status")
    shop = wish.tiktok_shop().id if wish.request.param("shop") else ""
    rows = [
        _row(state, order)
        for order in state.orders.values()
        if status in ("", order.status) and shop in ("", order.shop_id)
    ]
    return {"orders": rows}


def _row(state: TikTokState, order: Order) -> Shown:
    payment = order.body["payment"]
    return {
        "id": order.id,
        "shop_id": order.shop_id,
        "status": order.status,
        "create_time": order.body["create_time"],
        "update_time": order.body["update_time"],
        "total_amount": payment.get("total_amount"),
        "currency": payment.get("currency"),
        "skus": [line["seller_sku"] for line in order.body["line_items"]],
        "held_for_seconds": _left(state, order),
        "tracking_number": order.body["tracking_number"],
    }


def get_order(wish: Wish) -> Shown:
    return show(wish.world.tiktok, wish.order())


def post_orders(wish: Wish) -> Shown:
    """Place one order, or ``count`` of the same kind."""
    state, shop = wish.world.tiktok, wish.tiktok_shop()
    count = int(wish.body.get("count", 1))
    if count > 1 and wish.body.get("id"):
        raise BadControl("an id fits one order only", 400)
    ids = []
    for _ in range(count):
        order = place_order(state, shop, wish.body)
        if order.status == "ON_HOLD":
            seconds: Any = wish.body.get("hold_seconds", lifecycle.hold_seconds(state, order))
            start_hold(state, order, float(seconds))
        announce(state, order)
        ids.append(order.id)
    return {"ids": ids, "shop_id": shop.id, "status": state.orders[ids[-1]].status}


def pay(wish: Wish) -> Shown:
    lifecycle.pay(wish.world.tiktok, wish.order(), bool(wish.body.get("hold", True)))
    return get_order(wish)


def release(wish: Wish) -> Shown:
    lifecycle.release(wish.world.tiktok, wish.order())
    return get_order(wish)


def hold(wish: Wish) -> Shown:
    lifecycle.put_on_hold(wish.world.tiktok, wish.order())
    return get_order(wish)


def scan(wish: Wish) -> Shown:
    """The parcel leaves; a request to cancel that nobody answered has come too late."""
    if wish.order().status == "AWAITING_COLLECTION":
        cancellations.end_if_pending(wish.world.tiktok, wish.order(), "SYSTEM")
    lifecycle.scan(wish.world.tiktok, wish.order())
    return get_order(wish)


def deliver(wish: Wish) -> Shown:
    lifecycle.deliver(wish.world.tiktok, wish.order())
    return get_order(wish)


def complete(wish: Wish) -> Shown:
    lifecycle.complete(wish.world.tiktok, wish.order())
    return get_order(wish)


def change_address(wish: Wish) -> Shown:
    """The buyer corrects the address; a common parcel is taken apart by that."""
    lifecycle.change_address(wish.world.tiktok, wish.order(), wish.body)
    splitting.leave_for_address(wish.world.tiktok, wish.order())
    return get_order(wish)


def set_status(wish: Wish) -> Shown:
    """Put the order into any status, known or not."""
    status = str(wish.body["status"])
    lifecycle.set_status(wish.world.tiktok, wish.order(), status, "status set by hand", "SANDBOX")
    return get_order(wish)


def patch_raw(wish: Wish) -> Shown:
    """Lay fields over what the API shows; ``$remove`` lists dotted paths to leave out."""
    order = wish.order()
    patch = dict(wish.body)
    order.removed.extend(patch.pop("$remove", []))
    lay_over(order.patch, patch)
    touch(wish.world.tiktok, order)
    tell(wish.world.tiktok, order, "raw fields changed", "SANDBOX")
    return get_order(wish)


ROUTES = {
    ("GET", "orders"): list_orders,
    ("POST", "orders"): post_orders,
    ("GET", "orders/*"): get_order,
    ("POST", "orders/*/pay"): pay,
    ("POST", "orders/*/release"): release,
    ("POST", "orders/*/hold"): hold,
    ("POST", "orders/*/scan"): scan,
    ("POST", "orders/*/deliver"): deliver,
    ("POST", "orders/*/complete"): complete,
    ("POST", "orders/*/address"): change_address,
    ("POST", "orders/*/status"): set_status,
    ("POST", "orders/*/raw"): patch_raw,
}
