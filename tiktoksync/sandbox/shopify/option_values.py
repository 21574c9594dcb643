"""Option values of variant inputs: which value of which option is meant."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.state import Record

Input = dict[str, Any]


def names_of(options: list[Record]) -> dict[str, str]:
    """Option names by themselves and by their ids."""
    known = {one["name"]: one["name"] for one in options}
    known.update({one["id"]: one["name"] for one in options if one.get("id")})
    return known


def read(row: Input, options: list[Record]) -> tuple[dict[str, str], list[str]]:
    """A variant's value of each option, and the options it names that are not there."""
    known = names_of(options)
    by_id = {
        value["id"]: value["name"] for one in options for value in one.get("optionValues") or []
    }
    chosen: dict[str, str] = {}
    unknown: list[str] = []
    for one in row.get("optionValues") or []:
        wanted = one.get("optionName") or one.get("optionId") or ""
        name = known.get(wanted)
        if name is None:
            unknown.append(wanted)
        else:
            chosen[name] = one.get("name") or by_id.get(one.get("id") or "", "")
    return chosen, unknown


def title_of(values: list[str]) -> str:
    return " / ".join(values)


def values_of(variant: Record) -> tuple[str, ...]:
    """A variant's values in the order of its options."""
    return tuple(one["value"] for one in variant["selectedOptions"])
