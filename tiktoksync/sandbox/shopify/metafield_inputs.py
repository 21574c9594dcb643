"""The ``metafields`` of product and variant inputs: checked, written, and the others removed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.metafields import (
    OWNERS,
    find_definition,
    find_taken,
    is_owner_value,
    write_metafield,
)
from tiktoksync.sandbox.shopify.state import Context, Record

Input = dict[str, Any]


def find_problems(
    ctx: Context, kind: str, rows: list[Input] | None, at: list[str], own: str = ""
) -> Iterator[Record]:
    """Values that cannot be stored on an object of this kind (``PRODUCT``, ``PRODUCTVARIANT``)."""
    for place, row in enumerate(rows or []):
        here = [*at, "metafields", str(place)]
        if row.get("id") and not row.get("key"):
            continue
        if not row.get("key") or not row.get("value"):
            missing = "key" if not row.get("key") else "value"
            text = f"{missing.capitalize()} can't be blank"
            yield user_error([*here, missing], text, "INVALID_METAFIELD")
        elif not is_owner_value(ctx, kind, row):
            yield user_error([*here, "type"], "Type can't be blank", "INVALID_METAFIELD")
        elif find_taken(ctx, kind, row, own):
            text = "Value is already assigned to another metafield. Choose a different value."
            yield user_error([*here, "value"], text, "INVALID_METAFIELD")


def write(ctx: Context, owner: Record, rows: list[Input], replace: bool) -> None:
    """Store the values; with ``replace`` everything of the same owner that is not named goes."""
    kept = set()
    for row in rows:
        if row.get("key"):
            field = write_metafield(ctx, owner, row)
            kept.add((field["namespace"], field["key"]))
        else:
            kept.update(key for key, one in owner["_metafields"].items() if one["id"] == row["id"])
    if replace:
        for place in [one for one in owner["_metafields"] if one not in kept]:
            remove(ctx, owner, place)


def remove(ctx: Context, owner: Record, place: tuple[str, str]) -> None:
    """Take one value off an object and out of the index of unique values."""
    field = owner["_metafields"].pop(place)
    ctx.store.objects.pop(field["id"], None)
    key = (OWNERS[owner["__typename"]], *place, field["value"])
    if ctx.store.unique_values.get(key) == owner["id"]:
        del ctx.store.unique_values[key]


def type_of_custom_id(ctx: Context, kind: str, custom: Input) -> str | None:
    """The type of the definition behind a ``customId``."""
    namespace = ctx.namespace(custom.get("namespace"))
    found = find_definition(ctx, kind, namespace, custom["key"])
    return str(found["type"]["name"]) if found else None
