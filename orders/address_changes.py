"""When a recipient that TikTok sends anew is a new address. Pure, like the mapping it builds on.

TikTok hides a recipient in later statuses, and empties it in old orders. Neither is a change of
mind of the buyer's, and what was readable is never overwritten with what is not.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

from orders.addresses import ShipTo, ship_to
from orders.facts import Malformed, OrderFacts, order_facts
from tiktoksync.tiktok.enums import OrderStatus

# While a parcel may still be redirected; in the last of them it is under way, which is worth
# telling.
OPEN_STATUSES = frozenset(
    {
        OrderStatus.AWAITING_SHIPMENT.value,
        OrderStatus.PARTIALLY_SHIPPING.value,
        OrderStatus.AWAITING_COLLECTION.value,
    }
)
# Without these a parcel cannot go where it went before: a recipient that lost one is a hidden one.
_VITAL = frozenset({"address1", "city", "zip", "countryCode"})


def address_of(raw: Mapping[str, Any]) -> ShipTo:
    """The ship-to address of an order as TikTok sent it; an unreadable order has none."""
    try:
        return ship_to(order_facts(raw).recipient)
    except Malformed:
        return ShipTo(None, ())


def fingerprint(order_id: str, address: Mapping[str, str]) -> str:
    """A digest that tells two addresses of one order apart, and nothing about them."""
    text = json.dumps([order_id, sorted(address.items())], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def new_address(facts: OrderFacts, before: ShipTo) -> dict[str, str] | None:
    """The address to be written because it is not the one before; None if there is none such."""
    after = ship_to(facts.recipient)
    if facts.status not in OPEN_STATUSES or not after.address or after.address == before.address:
        return None
    return None if _hides_more(before, after) else after.address


def is_readable(before: ShipTo) -> bool:
    """Whether the address was shown in full, so that another one is a change of mind."""
    return bool(before.address) and not before.hidden


def _hides_more(before: ShipTo, after: ShipTo) -> bool:
    """Whether the new form shows less of a recipient than the old one did."""
    lost = _VITAL & ((before.address or {}).keys() - (after.address or {}).keys())
    return bool(before.address) and bool(lost or set(after.hidden) - set(before.hidden))


def is_same_address(stored: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Whether Shopify holds the wanted address. It tidies what it stores, and finds a province by
    the postal code where none was given.
    """
    names = set(stored) | set(wanted)
    if "provinceCode" not in wanted:
        names.discard("provinceCode")
    return all(_tidy(name, stored) == _tidy(name, wanted) for name in names)


def _tidy(name: str, address: Mapping[str, str]) -> str:
    text = address.get(name, "")
    if name in ("phone", "zip"):
        return re.sub(r"[^0-9a-z]", "", text.casefold())
    return " ".join(text.split()).casefold()
