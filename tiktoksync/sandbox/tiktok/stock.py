"""Stock that follows orders: from available to committed, and back or away."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok.state import Listing, Order, Shop

LEFT_THE_HOUSE = ("IN_TRANSIT", "DELIVERED", "COMPLETED")


def reserve(shop: Shop, order: Order) -> None:
    """Commit a unit for each line item, or for each part of a bundle.

    A sandbox order may sell what is not there: then nothing is taken from the stock.
    """
    for line in order.live_lines():
        parts = line.get("sub_item_info") or [line]
        order.reserved[line["id"]] = [
            _take(shop.skus[part["sku_id"]], shop.warehouse_id)
            for part in parts
            if part["sku_id"] in shop.skus
        ]


def _take(listing: Listing, usual: str) -> tuple[Listing, str, bool]:
    """One unit from the warehouse that has most of it."""
    warehouse = max(listing.inventory, key=lambda one: listing.inventory[one], default=usual)
    had = listing.inventory.get(warehouse, 0) > 0
    if had:
        listing.inventory[warehouse] -= 1
    listing.committed[warehouse] = listing.committed.get(warehouse, 0) + 1
    return listing, warehouse, had


def give_back(order: Order, lines: list[dict[str, Any]]) -> None:
    """Cancelled lines: what they had taken can be sold again."""
    for line in lines:
        for listing, warehouse, had in order.reserved.pop(line["id"], []):
            listing.committed[warehouse] -= 1
            if had:
                listing.inventory[warehouse] = listing.inventory.get(warehouse, 0) + 1


def send_off(order: Order) -> None:
    """The goods have left: nothing waits for them any more."""
    for rows in order.reserved.values():
        for listing, warehouse, _ in rows:
            listing.committed[warehouse] -= 1
    order.reserved.clear()
