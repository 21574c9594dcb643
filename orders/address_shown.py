"""Where an order goes, as TikTok tells it: masked parts stay masked and are marked."""

from __future__ import annotations

from dataclasses import dataclass

from orders.addresses import MASK
from orders.facts import Recipient

_HIDDEN = "hidden by TikTok"


@dataclass(frozen=True, slots=True)
class AddressPart:
    """One part of the ship-to address; `note` marks what TikTok hides."""

    label: str
    value: str
    note: str = ""


def address_parts(recipient: Recipient) -> list[AddressPart]:
    """The ship-to address part by part, as TikTok gives it, with masked parts marked."""
    districts = [district.name for district in reversed(recipient.districts) if district.name]
    parts = [
        ("Name", recipient.name or f"{recipient.first_name} {recipient.last_name}".strip()),
        ("Street", _street(recipient)),
        ("Place", ", ".join(districts) or recipient.post_town),
        ("Postal code", recipient.postal_code),
        ("Country", recipient.region_code if not districts else ""),
        ("Phone", recipient.phone_number),
    ]
    return [
        AddressPart(label, value, _HIDDEN if MASK in value else "")
        for label, value in parts
        if value.strip()
    ]


def _street(recipient: Recipient) -> str:
    lines = (
        recipient.address_line1 or recipient.address_detail,
        recipient.address_line2,
        recipient.address_line3,
        recipient.address_line4,
    )
    return " ".join(dict.fromkeys(part.strip() for part in lines if part.strip(' "')))
