"""Which units of a TikTok order a shipment in Shopify holds.

A Shopify line names all its units in a hidden property; which of them a partial shipment holds,
nobody says: the first that no other shipment holds are taken.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orders.models import Fulfillment
from orders.open_lines import line_units, pieces_of_a_unit
from orders.services.parcel_rows import ENDED, TAKEN_BACK, is_told


class Units:
    """The units of an order, by what other shipments hold."""

    def __init__(self, rows: Sequence[Fulfillment], valid: set[str]) -> None:
        holding = [row for row in rows if row.status not in ENDED]
        taken = {unit for row in holding for unit in row.shipped_units}
        told = {unit for row in rows if is_told(row) for unit in row.shipped_units}
        back = {u for row in rows if row.failure_code == TAKEN_BACK for u in row.shipped_units}
        #: Units of cancelled shipments that TikTok has a number for.
        self.back = (back - taken) & valid
        #: Units that TikTok knows nothing of.
        self.free = valid - taken - told

    def choose(self, body: Mapping[str, Any]) -> list[str]:
        """The units of a new shipment; those of cancelled ones come first, they go out anew."""
        chosen: list[str] = []
        for node in _nodes(body):
            named = line_units(node.get("lineItem") or {})
            again = [unit for unit in named if unit in self.back and unit not in chosen]
            fresh = [unit for unit in named if unit in self.free and unit not in chosen]
            chosen += (again + fresh)[: _count(node, len(named))]
        return chosen


def named_units(body: Mapping[str, Any]) -> list[str]:
    """Every unit that the lines of a shipment name, whoever holds it."""
    return [unit for node in _nodes(body) for unit in line_units(node.get("lineItem") or {})]


def _count(node: Mapping[str, Any], units: int) -> int:
    """How many units are begun by the pieces that a shipment holds of a line."""
    line = node.get("lineItem") or {}
    shipped = int(node.get("quantity") or 0)
    return -(-shipped // pieces_of_a_unit(line.get("quantity"), units))


def _nodes(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return (body.get("fulfillmentLineItems") or {}).get("nodes") or []
