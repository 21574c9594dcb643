"""Quantities of inventory items: what is available, what orders hold, what lies on the shelf.

A variant keeps its available units by location in ``_stock``, the units that unshipped orders hold
in ``_committed``, and the other states in ``_others``. A location without an entry in ``_stock``
does not stock the item. Every change stamps the level and the product.
"""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.state import Record, ShopifyState

STATES = (
    "available", "committed", "damaged", "incoming", "on_hand", "quality_control", "reserved",
    "safety_stock",
)  # fmt: skip
_ON_THE_SHELF = ("damaged", "quality_control", "reserved", "safety_stock")


def quantity(variant: Record, place: str, name: str) -> int:
    """One state's units at one location."""
    if name == "available":
        return int(variant["_stock"].get(place, 0))
    if name == "committed":
        return int(variant.get("_committed", {}).get(place, 0))
    others = variant.get("_others", {}).get(place, {})
    if name == "on_hand":
        first = quantity(variant, place, "available") + quantity(variant, place, "committed")
        return first + sum(int(others.get(one, 0)) for one in _ON_THE_SHELF)
    return int(others.get(name, 0))


def total(variant: Record) -> int:
    """What can be sold, over all locations."""
    return sum(variant["_stock"].values())


def change(state: ShopifyState, variant: Record, place: str, name: str, delta: int) -> None:
    """Add to one state; more on the shelf is more to sell."""
    if name in ("available", "on_hand"):
        variant["_stock"][place] = variant["_stock"].get(place, 0) + delta
    else:
        others = variant.setdefault("_others", {}).setdefault(place, {})
        others[name] = others.get(name, 0) + delta
    _stamp(state, variant, place)


def claim(state: ShopifyState, variant: Record, units: int) -> str | None:
    """Hold units for an order at the first location that stocks them; gives the location."""
    place = next(iter(variant["_stock"]), None)
    if place is not None and variant["_item"]["tracked"]:
        variant["_stock"][place] -= units
        held = variant.setdefault("_committed", {})
        held[place] = held.get(place, 0) + units
        _stamp(state, variant, place)
    return place


def let_go(state: ShopifyState, variant: Record, units: int) -> None:
    """Units that were held have left the shelf, or nobody holds them any more."""
    held: dict[str, int] = variant.get("_committed", {})
    for place in list(held):
        taken = min(units, held[place])
        held[place] -= taken
        units -= taken
        if taken:
            _stamp(state, variant, place)


def put_back(
    state: ShopifyState, variant: Record, units: int, place: str | None = None
) -> str | None:
    """Units can be sold again, at the given location if it stocks them; gives the location."""
    known = variant["_stock"]
    if not known or not variant["_item"]["tracked"]:
        return None
    chosen: str = place if place and place in known else next(iter(known))
    known[chosen] += units
    _stamp(state, variant, chosen)
    return chosen


def _stamp(state: ShopifyState, variant: Record, place: str) -> None:
    now = state.now()
    variant.setdefault("_stocked_at", {})[place] = now
    variant["_product"]["updatedAt"] = now


def level_time(variant: Record, place: str) -> str:
    """When the units at a location changed last."""
    return str(variant.get("_stocked_at", {}).get(place) or variant["_item"]["createdAt"])


def level_id(variant: Record, place: str) -> str:
    """The global id of a level: its location and its item."""
    number = place.rpartition("/")[2]
    item = variant["_item"]["legacyResourceId"]
    return f"gid://shopify/InventoryLevel/{number}?inventory_item_id={item}"


def level_of(variant: Record, location: Record) -> dict[str, Any]:
    """The stock of one item at one location."""
    place = location["id"]
    return {
        "__typename": "InventoryLevel",
        "id": level_id(variant, place),
        "isActive": True,
        "canDeactivate": True,
        "deactivationAlert": None,
        "item": variant["_item"],
        "location": location,
        "createdAt": variant["_item"]["createdAt"],
        "updatedAt": level_time(variant, place),
    }
