"""The way through the settings: their sections, and who changed one last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import template
from django.forms import BoundField
from django.template import Context
from django.urls import NoReverseMatch, reverse

register = template.Library()
MATRIX_COLUMNS = ("sync", "tag", "skip", "wait")


@dataclass(frozen=True, slots=True)
class Section:
    """One page of the settings."""

    route: str
    label: str
    icon: str


SECTIONS = (
    Section("settings", "Connections", "plug"),
    Section("settings-orders", "Orders", "bag"),
    Section("settings-fulfillment", "Fulfillment", "truck"),
    Section("settings-product-rules", "Products", "tag"),
    Section("settings-inventory", "Inventory", "box"),
    Section("settings-aftersales", "Cancellations and returns", "return"),
    Section("settings-notifications", "Notifications", "bell"),
    Section("settings-team", "Team", "team"),
    Section("settings-api", "API keys and webhooks", "key"),
    Section("settings-privacy", "Data and privacy", "lock"),
    Section("settings-audit", "Audit log", "history"),
    Section("settings-capacity", "Capacity", "gauge"),
)


@register.inclusion_tag("settings/_nav.html", takes_context=True)
def settings_nav(context: Context) -> dict[str, Any]:
    """The list of sections, with the present one marked."""
    path = context["request"].path
    known = [(section, _address(section.route)) for section in SECTIONS]
    places = [(section, address) for section, address in known if address]
    fits = [address for _, address in places if path.startswith(address)]
    here = max(fits, key=len, default="")
    return {"places": [(section, address, address == here) for section, address in places]}


def _address(route: str) -> str:
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One choice of a row of the matrix."""

    value: str
    label: str
    is_chosen: bool


@register.filter
def radio_cells(field: BoundField) -> list[Cell | None]:
    """A choice field as cells of a table: the usual columns first, None where it has no such."""
    choices: list[tuple[str, str]] = list(field.field.choices)  # type: ignore[attr-defined]
    known = dict(choices)
    chosen = str(field.value() or "")
    return [
        Cell(value, known[value], value == chosen) if value in known else None
        for value in MATRIX_COLUMNS
    ]
