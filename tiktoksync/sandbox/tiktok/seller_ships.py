"""Shipping by hand in Seller Center, without any API."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok.fulfillment import SHIPPABLE, SHIPPED_LINE, ship_lines
from tiktoksync.sandbox.tiktok.lifecycle import WrongMove
from tiktoksync.sandbox.tiktok.logistics import providers_of
from tiktoksync.sandbox.tiktok.placing import add_package
from tiktoksync.sandbox.tiktok.state import Order, TikTokState


def ship_from_seller_center(state: TikTokState, order: Order, wish: dict[str, Any]) -> None:
    """Ship what is left, or the named lines, with a given or a made-up tracking number."""
    if order.status not in SHIPPABLE:
        raise WrongMove(f"order is {order.status}")
    shop = state.shops[order.shop_id]
    known = providers_of(shop)
    named = str(wish.get("provider") or next(iter(known.values())))
    provider = next((key for key, name in known.items() if named in (key, name)), None)
    if provider is None:
        raise WrongMove(f"unknown provider {named}")
    wanted = wish.get("line_item_ids")
    lines = [
        line
        for line in order.live_lines()
        if line["display_status"] not in SHIPPED_LINE and (not wanted or line["id"] in wanted)
    ]
    number = str(wish.get("tracking_number") or state.new_id("9400"))
    package_id = next((line.get("package_id") for line in lines), None)
    package = state.packages.get(package_id) if package_id and not wanted else None
    if package is None or package["status"] != "TO_FULFILL":
        package = add_package(state, order, lines, "PROCESSING")
    ship_lines(state, order, package, lines, (number, provider, known[provider]))
