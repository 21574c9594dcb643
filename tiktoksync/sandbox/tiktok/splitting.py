"""Splitting an order into two parcels."""

from __future__ import annotations

from tiktoksync.sandbox.tiktok import events
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove, tell, touch
from tiktoksync.sandbox.tiktok.placing import add_package
from tiktoksync.sandbox.tiktok.state import Order, TikTokState


def split_in_two(state: TikTokState, order: Order) -> None:
    """Put the first line into one parcel and the others into a second one."""
    lines = order.live_lines()
    if order.status != "AWAITING_SHIPMENT" or len(lines) < 2:
        raise WrongMove("an order waiting for shipment with two lines can be split")
    for row in order.body["packages"]:
        state.packages[row["id"]]["status"] = "CANCELLED"
    order.body["packages"].clear()
    order.body["split_or_combine_tag"] = "SPLIT"
    made = [
        add_package(state, order, lines[:1], "TO_FULFILL"),
        add_package(state, order, lines[1:], "TO_FULFILL"),
    ]
    for package in made:
        package["split_and_combine_tag"] = "SPLIT"
    touch(state, order)
    tell(state, order, "split into two parcels", "SELLER")
    events.send_package_change(state, order, "SPLIT", [one["id"] for one in made])
