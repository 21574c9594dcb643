"""How an order moves on, and what follows from each move."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import addresses, events
from tiktoksync.sandbox.tiktok.parcels import leave, travel_mates
from tiktoksync.sandbox.tiktok.state import Order, TikTokState
from tiktoksync.sandbox.tiktok.stock import LEFT_THE_HOUSE, give_back, send_off

PACKAGE_STATUS = {
    "AWAITING_COLLECTION": "PROCESSING",
    "IN_TRANSIT": "FULFILLING",
    "DELIVERED": "COMPLETED",
    "COMPLETED": "COMPLETED",
    "CANCELLED": "CANCELLED",
}
SHIPPABLE = ("AWAITING_SHIPMENT", "PARTIALLY_SHIPPING")
AFTER_SHIPPING = ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")
FORGET_SECONDS = 30 * 86400
STAMPS = {
    "IN_TRANSIT": "collection_time",
    "DELIVERED": "delivery_time",
    "CANCELLED": "cancel_time",
}


class WrongMove(ValueError):
    """The order's status does not allow this; the text says why."""


def tell(state: TikTokState, order: Order, what: str, by: str = "") -> None:
    """Add a line to the order's story."""
    order.story.append({"at": state.now(), "what": what, "by": by, "status": order.status})


def touch(state: TikTokState, order: Order) -> None:
    """The order changed: its update_time moves, in whole seconds and never back."""
    shop = state.shops[order.shop_id]
    old = order.body["update_time"]
    new = max(old, state.now())
    shop.by_update.move((old, order.number), (new, order.number))
    order.body["update_time"] = new
    order.text = None


def set_status(state: TikTokState, order: Order, status: str, what: str, by: str = "") -> None:
    """Move the order and its live lines, and announce it."""
    for line in order.live_lines():
        if status != "PARTIALLY_SHIPPING":
            line["display_status"] = status
            if "package_status" in line and status in PACKAGE_STATUS:
                line["package_status"] = PACKAGE_STATUS[status]
    order.body["status"] = status
    order.body["is_on_hold_order"] = status == "ON_HOLD"
    if status in LEFT_THE_HOUSE:
        send_off(order)
    if status == "CANCELLED":
        give_back(order, order.body["line_items"])
    if status in STAMPS:
        order.body[STAMPS[status]] = state.now()
    _move_packages(state, order, status)
    if status in ("COMPLETED", "CANCELLED"):
        state.later(FORGET_SECONDS, lambda: _forget_buyer(order))
    touch(state, order)
    tell(state, order, what, by)
    events.send_status(state, order)


def _forget_buyer(order: Order) -> None:
    """A month after the order's end its address is no longer shown; nothing announces that."""
    order.aged = True
    order.text = None


def _move_packages(state: TikTokState, order: Order, status: str) -> None:
    if status not in PACKAGE_STATUS:
        return
    for row in list(order.body["packages"]):
        package = state.packages[row["id"]]
        if package["status"] == "CANCELLED":
            continue
        if status == "CANCELLED" and len(package["order_ids"]) > 1:
            own = {line["id"] for line in order.body["line_items"]}
            ids = [one for one in package["order_line_item_ids"] if one not in own]
            package["order_line_item_ids"] = ids
            leave(order, package)
        else:
            package["status"] = PACKAGE_STATUS[status]
        package["update_time"] = state.now()


def announce(state: TikTokState, order: Order) -> None:
    """Tell the story's first line and send the first webhook of a new order."""
    tell(state, order, "placed", "BUYER")
    events.send_status(state, order)


def pay(state: TikTokState, order: Order, hold: bool = True) -> None:
    if order.status != "UNPAID":
        raise WrongMove(f"order is {order.status}, not UNPAID")
    if not order.body["is_cod"]:
        order.body["paid_time"] = state.now()
    if hold:
        put_on_hold(state, order, "paid")
    else:
        set_status(state, order, "AWAITING_SHIPMENT", "paid", "BUYER")


def put_on_hold(state: TikTokState, order: Order, what: str = "put on hold") -> None:
    if order.status not in ("UNPAID", "AWAITING_SHIPMENT", "ON_HOLD"):
        raise WrongMove(f"order is {order.status}")
    start_hold(state, order, hold_seconds(state, order))
    set_status(state, order, "ON_HOLD", what, "SYSTEM")


def hold_seconds(state: TikTokState, order: Order) -> float:
    """How long an order is held: an hour, or until the release of a pre-order."""
    if order.body["order_type"] == "PRE_ORDER":
        return float(max(0, order.body["release_date"] - state.now()))
    return float(state.config["hold_seconds"])


def release(state: TikTokState, order: Order) -> None:
    if order.status != "ON_HOLD":
        raise WrongMove(f"order is {order.status}, not ON_HOLD")
    order.hold_until = None
    set_status(state, order, "AWAITING_SHIPMENT", "the hold ended", "SYSTEM")


def scan(state: TikTokState, order: Order) -> None:
    """The carrier's first scan, of everything that travels in the same parcels."""
    _require(order, "AWAITING_COLLECTION")
    for one in travel_mates(state, order):
        if one.status == "AWAITING_COLLECTION":
            track(state, one, "The carrier has picked up your parcel.", 301)
            set_status(state, one, "IN_TRANSIT", "first carrier scan", "CARRIER")


def deliver(state: TikTokState, order: Order) -> None:
    ready = ["IN_TRANSIT", "AWAITING_COLLECTION"]
    if order.body["shipping_type"] == "TIKTOK_DIGITAL":
        ready.append("AWAITING_SHIPMENT")
    _require(order, *ready)
    for one in travel_mates(state, order):
        if one.status in ready:
            track(state, one, "Your parcel has been delivered.", 501)
            set_status(state, one, "DELIVERED", "delivered", "CARRIER")


def complete(state: TikTokState, order: Order) -> None:
    _require(order, "DELIVERED", "IN_TRANSIT", "AWAITING_COLLECTION")
    set_status(state, order, "COMPLETED", "after-sales window over", "SYSTEM")


def _require(order: Order, *wanted: str) -> None:
    if order.status not in wanted:
        raise WrongMove(f"order is {order.status}, not {' or '.join(wanted)}")


def track(state: TikTokState, order: Order, text: str, action: int) -> None:
    """Add a line to what the tracking call shows, newest first."""
    order.tracking.insert(
        0,
        {
            "description": text,
            "update_time_millis": int(state.clock.wall("tiktok") * 1000),
            "action_code": action,
        },
    )


def change_address(state: TikTokState, order: Order, fields: dict[str, Any]) -> None:
    """The buyer corrects the address."""
    addresses.change_address(order.recipient, fields)
    order.body["has_updated_recipient_address"] = True
    touch(state, order)
    tell(state, order, "address changed", "BUYER")
    events.send_address_change(state, order)


def start_hold(state: TikTokState, order: Order, seconds: float) -> None:
    """Hold the order for a while, then release it."""
    order.hold_until = state.clock.line() + seconds

    def end_hold() -> None:
        due = order.hold_until
        if order.status == "ON_HOLD" and due is not None and due <= state.clock.line():
            release(state, order)

    state.later(seconds, end_hold)


def settle(state: TikTokState) -> None:
    """Do everything that has become due."""
    for action in state.due_actions():
        action()
