"""Which lines of a Shopify order stand for which TikTok units, and what of them is to be refunded.

Pure: from what Shopify shows of the order and what was refunded before, to RefundLineItemInput.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from orders.mapping_input import LINE_IDS_PROPERTY
from tiktoksync.shopify.refund_calls import RefundableLine


@dataclass(slots=True)
class Plan:
    """`lines` is what to send; `known` says whether any of the units is on the order at all,
    `shipped` whether a parcel holds some of what would be taken off.
    """

    lines: list[dict[str, Any]] = field(default_factory=list)
    known: bool = False
    shipped: bool = False


def plan_refund(
    lines: Sequence[RefundableLine],
    units: Collection[str],
    settled: Collection[str],
    restock: str,
) -> Plan:
    """What to take off for `units`; `settled` are units whose refund is on the order already.

    Whatever else was taken off a line by hand is taken to be for these very units: an amount that
    staff gave back is never given back twice. `restock` is CANCEL, RETURN or NO_RESTOCK; only what
    a parcel held can come back, and only what no parcel holds can be cancelled.
    """
    plan = Plan()
    for line in lines:
        named = units_on(line)
        wanted = _quantity(line, named, units)
        if not wanted:
            continue
        plan.known = True
        gone = line.quantity - line.refundable
        before = _quantity(line, named, settled)
        left = min(wanted, max(0, before + wanted - gone), line.refundable)
        if not left:
            continue
        plan.shipped |= left > line.unfulfilled
        plan.lines.append(_input(line, left, restock))
    return plan


def units_on(line: RefundableLine) -> list[str]:
    """The TikTok units that a line stands for."""
    named = line.attributes.get(LINE_IDS_PROPERTY, "")
    return [unit for unit in named.split(",") if unit]


def _quantity(line: RefundableLine, named: Sequence[str], units: Collection[str]) -> int:
    """How much of a line some units are; a part of a bundle counts several times for each."""
    if not named:
        return 0
    count = sum(unit in units for unit in named)
    return line.quantity * count // len(named)


def _input(line: RefundableLine, quantity: int, restock: str) -> dict[str, Any]:
    """One line as Shopify wants it. A place is named only where stock goes back."""
    if restock == "RETURN" and line.quantity - line.unfulfilled < quantity:
        restock = "NO_RESTOCK"  # It never left Shopify's shelf: there is nothing to come back.
    row: dict[str, Any] = {"lineItemId": line.id, "quantity": quantity, "restockType": restock}
    if restock != "NO_RESTOCK" and line.location_id:
        row["locationId"] = line.location_id
    return row
