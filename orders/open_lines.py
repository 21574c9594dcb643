"""Which lines of a Shopify order's fulfillment orders make up a parcel of TikTok's. Pure.

A fulfillment holds lines of one location: a parcel whose units wait at several locations becomes
one fulfillment for each. Shopify documentation: FulfillmentOrder, fulfillmentCreate.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orders.mapping_input import LINE_IDS_PROPERTY

USABLE = ("OPEN", "IN_PROGRESS")
HELD = ("ON_HOLD", "SCHEDULED")

Lines = dict[str, list[tuple[str, int]]]


@dataclass(slots=True)
class Picked:
    """What to ship: by location, the lines of each fulfillment order there."""

    locations: list[Lines] = field(default_factory=list)
    #: Pieces of the parcel that Shopify still has to ship.
    wanted: int = 0
    #: Whether the order has lines that name units of the parcel at all.
    is_known: bool = False
    #: Whether pieces of it wait where nothing may be shipped now.
    is_held: bool = False


def pick(
    fulfillment_orders: Sequence[Mapping[str, Any]],
    units: Sequence[str],
    done: Mapping[str, int],
) -> Picked:
    """Choose the lines for a parcel; `done` are the pieces by line that it holds already."""
    wanted = _wanted(fulfillment_orders, set(units), done)
    picked = Picked(is_known=wanted is not None, wanted=sum((wanted or {}).values()))
    left = dict(wanted or {})
    places: dict[str, Lines] = {}
    for owner in fulfillment_orders:
        for node in _nodes(owner):
            line, remaining = _line_id(node), int(node.get("remainingQuantity") or 0)
            count = min(left.get(line, 0), remaining)
            if count > 0 and owner.get("status") in USABLE:
                left[line] -= count
                lines = places.setdefault(_location(owner), {})
                lines.setdefault(str(owner["id"]), []).append((str(node["id"]), count))
            elif count > 0 and owner.get("status") in HELD:
                picked.is_held = True
    picked.locations = list(places.values())
    return picked


def shipped_pieces(fulfillments: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """How many pieces of each line fulfillments hold together."""
    pieces: dict[str, int] = {}
    for fulfillment in fulfillments:
        for node in (fulfillment.get("fulfillmentLineItems") or {}).get("nodes") or []:
            line = _line_id(node)
            pieces[line] = pieces.get(line, 0) + int(node.get("quantity") or 0)
    return pieces


def line_units(line: Mapping[str, Any]) -> list[str]:
    """The TikTok units that one Shopify line stands for."""
    for attribute in line.get("customAttributes") or []:
        if attribute.get("key") == LINE_IDS_PROPERTY:
            return [unit for unit in str(attribute.get("value") or "").split(",") if unit]
    return []


def pieces_of_a_unit(quantity: Any, units: int) -> int:
    """How many pieces of a line make one unit: more than one in the parts of a bundle."""
    whole = quantity if isinstance(quantity, int) else 0
    return max(1, whole // units) if units else 1


def _wanted(
    owners: Sequence[Mapping[str, Any]], units: set[str], done: Mapping[str, int]
) -> dict[str, int] | None:
    """Pieces by line; None if no line names a unit of the parcel."""
    wanted: dict[str, int] = {}
    for owner in owners:
        for node in _nodes(owner):
            line = node.get("lineItem") or {}
            named = line_units(line)
            mine = [unit for unit in named if unit in units]
            if mine:
                pieces = pieces_of_a_unit(line.get("quantity"), len(named)) * len(mine)
                wanted[_line_id(node)] = max(0, pieces - done.get(_line_id(node), 0))
    return wanted or None


def _line_id(node: Mapping[str, Any]) -> str:
    return str((node.get("lineItem") or {}).get("id") or "")


def _location(owner: Mapping[str, Any]) -> str:
    place = (owner.get("assignedLocation") or {}).get("location") or {}
    return str(place.get("id") or "")


def _nodes(owner: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (owner.get("lineItems") or {}).get("nodes") or []
