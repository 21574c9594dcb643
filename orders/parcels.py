"""How a shipment in Shopify falls into parcels: its numbers, and which units go under which. Pure.

A Shopify fulfillment may name several tracking numbers but does not say what lies in which parcel.
The units are laid under the numbers in their order, as evenly as possible, the first numbers taking
the odd ones. What must stay together (TikTok's packages in South-East Asia) is one group.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# TikTok Shop documentation, Update Shipping Info: what a tracking number may look like.
_NUMBER = re.compile(r"[A-Za-z0-9\-_./]{4,50}")
CARRIER_LENGTH, NUMBER_LENGTH, URL_LENGTH = 200, 100, 500


@dataclass(frozen=True, slots=True)
class Tracking:
    """One parcel as typed in Shopify; the number may be missing."""

    carrier: str = ""
    number: str = ""
    url: str = ""


def is_takeable(number: str) -> bool:
    """Whether TikTok takes a tracking number of this form."""
    return _NUMBER.fullmatch(number) is not None


def parcels_of(body: Mapping[str, Any]) -> list[Tracking]:
    """The parcels of a fulfillment that have numbers, each number once; else the one without."""
    found = [_tracking(entry) for entry in body.get("trackingInfo") or []]
    distinct: dict[str, Tracking] = {}
    for one in found:
        if one.number:
            distinct.setdefault(one.number.casefold(), one)
    return list(distinct.values()) or found[:1] or [Tracking()]


def _tracking(entry: Mapping[str, Any]) -> Tracking:
    url = str(entry.get("url") or "")
    return Tracking(
        carrier=str(entry.get("company") or "").strip()[:CARRIER_LENGTH],
        number=str(entry.get("number") or "").strip()[:NUMBER_LENGTH],
        url=url if len(url) <= URL_LENGTH else "",
    )


def spread(groups: Sequence[Sequence[str]], count: int) -> list[list[str]]:
    """Lay groups of units under `count` numbers, in order and evenly; never an empty parcel."""
    count = max(1, min(count, len(groups)))
    share, odd = divmod(len(groups), count)
    laid, start = [], 0
    for place in range(count):
        end = start + share + (place < odd)
        laid.append([unit for group in groups[start:end] for unit in group])
        start = end
    return laid


def grouped(units: Sequence[str], package_of: Mapping[str, str]) -> list[list[str]]:
    """Units of one package together, packages in the order of their first unit."""
    groups: dict[str, list[str]] = {}
    for unit in units:
        groups.setdefault(package_of.get(unit, ""), []).append(unit)
    return list(groups.values())
