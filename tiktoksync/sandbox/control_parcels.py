"""Control of parcels: shipping and labels in Seller Center, splitting, combining."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.control_base import BadControl, Wish
from tiktoksync.sandbox.control_orders import get_order
from tiktoksync.sandbox.tiktok import seller_ships, splitting

Shown = dict[str, Any]


def ship(wish: Wish) -> Shown:
    """Somebody ships in Seller Center, past every integration."""
    seller_ships.ship_from_seller_center(wish.world.tiktok, wish.order(), wish.body)
    return get_order(wish)


def label(wish: Wish) -> Shown:
    """The seller buys or prints TikTok's label."""
    made = seller_ships.print_labels(wish.world.tiktok, wish.order(), wish.body)
    ids = [one["id"] for one in made]
    return {"package_id": ids[0], "package_ids": ids, **get_order(wish)}


def retrack(wish: Wish) -> Shown:
    """TikTok changes the number of a parcel."""
    package = seller_ships.retrack(wish.world.tiktok, wish.order(), wish.body)
    return {"package_id": package["id"], **get_order(wish)}


def cancel_package(wish: Wish) -> Shown:
    """A label is taken back."""
    package_id = str(wish.body.get("package_id") or "")
    seller_ships.cancel_package(wish.world.tiktok, wish.order(), package_id)
    return get_order(wish)


def split(wish: Wish) -> Shown:
    """Two parcels, or one for each list of line ids in ``groups``."""
    order, groups = wish.order(), wish.body.get("groups")
    if groups:
        lines = [[one for one in order.live_lines() if one["id"] in ids] for ids in groups]
        made = splitting.split_order(wish.world.tiktok, order, lines)
    else:
        made = splitting.split_in_two(wish.world.tiktok, order)
    return {"package_ids": [one["id"] for one in made], **get_order(wish)}


def combine(wish: Wish) -> Shown:
    """Orders of one buyer go into one parcel."""
    state = wish.world.tiktok
    ids = [str(one) for one in wish.body.get("order_ids") or []]
    if not ids or not set(ids) <= set(state.orders):
        raise BadControl("order_ids must name TikTok orders", 400)
    package = splitting.combine(state, [state.orders[one] for one in ids])
    return {"package_id": package["id"], "order_ids": ids}


ROUTES = {
    ("POST", "orders/*/ship"): ship,
    ("POST", "orders/*/label"): label,
    ("POST", "orders/*/retrack"): retrack,
    ("POST", "orders/*/cancel-package"): cancel_package,
    ("POST", "orders/*/split"): split,
    ("POST", "packages/combine"): combine,
}
