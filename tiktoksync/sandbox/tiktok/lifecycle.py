"""How an order moves on, and what follows from each move."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import events
from tiktoksync.sandbox.tiktok.state import Order, TikTokState

PACKAGE_STATUS = {
    "AWAITING_COLLECTION": "PROCESSING",
    "IN_TRANSIT": "FULFILLING",
    "DELIVERED": "COMPLETED",
    "COMPLETED": "COMPLETED",
    "CANCELLED": "CANCELLED",
}
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
    if status in STAMPS:
        order.body[STAMPS[status]] = state.now()
    _move_packages(state, order, status)
    touch(state, order)
    tell(state, order, what, by)
    events.send_status(state, order)


def _move_packages(state: TikTokState, order: Order, status: str) -> None:
    if status not in PACKAGE_STATUS:
        return
    for row in order.body["packages"]:
        package = state.packages[row["id"]]
        if package["status"] != "CANCELLED":
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
    start_hold(state, order, float(state.config["hold_seconds"]))
    set_status(state, order, "ON_HOLD", what, "SYSTEM")


def release(state: TikTokState, order: Order) -> None:
    if order.status != "ON_HOLD":
        raise WrongMove(f"order is {order.status}, not ON_HOLD")
    order.hold_until = None
    set_status(state, order, "AWAITING_SHIPMENT", "the hold ended", "SYSTEM")


def scan(state: TikTokState, order: Order) -> None:
    """The carrier's first scan."""
    _require(order, "AWAITING_COLLECTION")
    _track(state, order, "The carrier has picked up your parcel.", 301)
    set_status(state, order, "IN_TRANSIT", "first carrier scan", "CARRIER")


def deliver(state: TikTokState, order: Order) -> None:
    _require(order, "IN_TRANSIT", "AWAITING_COLLECTION")
    _track(state, order, "Your parcel has been delivered.", 501)
    set_status(state, order, "DELIVERED", "delivered", "CARRIER")


def complete(state: TikTokState, order: Order) -> None:
    _require(order, "DELIVERED", "IN_TRANSIT", "AWAITING_COLLECTION")
    set_status(state, order, "COMPLETED", "after-sales window over", "SYSTEM")


def _require(order: Order, *wanted: str) -> None:
    if order.status not in wanted:
        raise WrongMove(f"order is {order.status}, not {' or '.join(wanted)}")


def _track(state: TikTokState, order: Order, text: str, action: int) -> None:
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
    order.recipient.update(fields)
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
