"""What productSet refuses, with the texts and codes it gives."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tiktoksync.sandbox.shopify import option_values, product_parts
from tiktoksync.sandbox.shopify.catalogue_records import DEFAULT_OPTION
from tiktoksync.sandbox.shopify.errors import coded, user_error
from tiktoksync.sandbox.shopify.media import INVALID_URL, is_good_source
from tiktoksync.sandbox.shopify.state import Context, Record

Input = dict[str, Any]

MOST_VARIANTS = 2048
MOST_OPTIONS = 3
MOST_FILES = 250
MOST_QUANTITIES = 50_000
EXISTS = "The variant '{}' already exists. Please change at least one option value."
ONLY_STOCKED = "Quantities can only be set at locations where the variant is already stocked."


def check_size(given: Input) -> None:
    """Too many variants are not even looked at."""
    count = len(given.get("variants") or [])
    if count > MOST_VARIANTS:
        text = f"The input array size of {count} is greater than the maximum allowed of 2048."
        raise coded(text, "MAX_INPUT_SIZE_EXCEEDED")


def find_problems(ctx: Context, given: Input, product: Record | None) -> list[Record]:
    """Every refusal of the input; ``product`` is the one it would change."""
    problems = list(product_parts.find_problems(ctx, given, ["input"], product, named=False))
    problems += _option_problems(given, product)
    problems += _file_problems(ctx, given, product)
    if given.get("variants") and not problems:
        problems += _variant_problems(ctx, given, product)
    return problems


def wanted_options(given: Input, product: Record | None) -> list[Record]:
    """The options as they will be: name, values, and the ids of those that stay."""
    rows = given.get("productOptions")
    if rows is None:
        if product is not None:
            return list(product["options"])
        return [{"name": DEFAULT_OPTION, "values": None}]
    known = {one["id"]: one for one in product["options"]} if product else {}
    ordered = sorted(rows, key=lambda one: one.get("position") or 0)
    return [_wanted(row, known.get(row.get("id") or "")) for row in ordered]


def _wanted(row: Input, old: Record | None) -> Record:
    by_id = {one["id"]: one["name"] for one in old["optionValues"]} if old else {}
    values = [
        one.get("name") or by_id.get(one.get("id") or "", "") for one in row.get("values") or []
    ]
    return {
        "id": old["id"] if old else None,
        "name": row.get("name") or (old["name"] if old else ""),
        "values": values,
        "optionValues": old["optionValues"] if old else [],
    }


def _option_problems(given: Input, product: Record | None) -> Iterator[Record]:
    rows, variants = given.get("productOptions"), given.get("variants")
    at = ["input", "productOptions"]
    if rows is not None and variants is None:
        text = "Variants input is required when updating product options"
        yield user_error(["input", "variants"], text)
    if variants is not None and rows is None and product is not None:
        text = "Product options input is required when updating variants"
        yield user_error(at, text, "PRODUCT_OPTIONS_INPUT_MISSING")
    if variants is not None and not variants:
        text = "Must specify variants when updating options."
        yield user_error(["input", "variants"], text, "VARIANTS_INPUT_MISSING")
    if len(rows or []) > MOST_OPTIONS:
        yield user_error(at, "Options are limited to 3 per product", "OPTIONS_OVER_LIMIT")
    seen: set[str] = set()
    for place, option in enumerate(wanted_options(given, product) if rows else []):
        if not option["name"]:
            yield user_error(
                [*at, str(place), "name"], "Option name can't be blank", "INVALID_INPUT"
            )
        if option["name"].lower() in seen:
            text = "Duplicated option name."
            yield user_error([*at, str(place), "name"], text, "DUPLICATED_OPTION_NAME")
        seen.add(option["name"].lower())
        if not option["values"]:
            text = "Each option must have at least one option value specified."
            yield user_error([*at, str(place), "values"], text, "OPTION_VALUES_MISSING")
        if len(set(option["values"])) < len(option["values"]):
            text = "Duplicated option value."
            yield user_error([*at, str(place), "values"], text, "DUPLICATED_OPTION_VALUE")


def _file_problems(ctx: Context, given: Input, product: Record | None) -> Iterator[Record]:
    files = given.get("files") or []
    if len(files) > MOST_FILES:
        yield user_error(
            ["input", "files"], "Files are limited to 250 per product", "INVALID_INPUT"
        )
    for place, row in enumerate(files):
        at = ["input", "files", str(place)]
        if row.get("id"):
            found = ctx.store.objects.get(row["id"])
            if found is None or found["__typename"] != "MediaImage":
                yield user_error([*at, "id"], "File id does not exist.", "INVALID_INPUT")
        elif not is_good_source(row.get("originalSource") or ""):
            yield user_error([*at, "originalSource"], INVALID_URL, "INVALID_INPUT")


def _variant_problems(ctx: Context, given: Input, product: Record | None) -> Iterator[Record]:
    rows = given["variants"]
    options = wanted_options(given, product)
    files = {file_key(one) for one in given.get("files") or []}
    if sum(len(one.get("inventoryQuantities") or []) for one in rows) > MOST_QUANTITIES:
        text = (
            "Inventory quantity input exceeds the limit of 50000. Consider using separate "
            "`inventorySetQuantities` mutations."
        )
        yield user_error(["input", "variants"], text, "INVENTORY_QUANTITIES_LIMIT_EXCEEDED")
    seen: set[tuple[str, ...]] = set()
    known = Known(product, options)
    for place, row in enumerate(rows):
        at = ["input", "variants", str(place)]
        old = known.find(row)
        own = old["id"] if old else ""
        if row.get("id") and old is None:
            text = "Product variant does not exist."
            yield user_error([*at, "id"], text, "PRODUCT_VARIANT_DOES_NOT_EXIST")
        values = yield from _value_problems(row, options, at)
        if values is not None and values in seen:
            yield user_error(at, EXISTS.format(option_values.title_of(list(values))))
        seen.add(values or ())
        if row.get("file") and file_key(row["file"]) not in files:
            text = "The file of a variant must also be among the files of the product."
            yield user_error([*at, "file"], text, "INVALID_VARIANT")
        yield from product_parts.variant_problems(ctx, row, at, "INVALID_VARIANT", own)
        yield from _quantity_problems(ctx, row, old, at)


def _value_problems(row: Input, options: list[Record], at: list[str]) -> Any:
    """Yields the problems; returns the values in the order of the options if there is none."""
    chosen, unknown = option_values.read(row, options)
    for _ in unknown:
        yield user_error([*at, "optionValues"], "Option does not exist", "OPTION_DOES_NOT_EXIST")
    missing = [one["name"] for one in options if not chosen.get(one["name"])]
    if missing:
        text = f"You need to add option values for {', '.join(missing)}"
        yield user_error([*at, "optionValues"], text, "OPTION_VALUES_MISSING")
    strange = [
        one["name"]
        for one in options
        if one["values"] is not None and chosen.get(one["name"], "") not in ("", *one["values"])
    ]
    if strange:
        text = "Option value does not exist"
        yield user_error([*at, "optionValues"], text, "OPTION_VALUE_DOES_NOT_EXIST")
    if unknown or missing or strange:
        return None
    return tuple(chosen[one["name"]] for one in options)


def _quantity_problems(
    ctx: Context, row: Input, old: Record | None, at: list[str]
) -> Iterator[Record]:
    for place, one in enumerate(row.get("inventoryQuantities") or []):
        here = [*at, "inventoryQuantities", str(place)]
        location = ctx.store.objects.get(one["locationId"])
        if location is None or location["__typename"] != "Location":
            text = "The specified location could not be found."
            yield user_error([*here, "locationId"], text, "INVALID_VARIANT")
        elif one["name"] not in ("available", "on_hand"):
            text = "The quantity name must be either 'available' or 'on_hand'."
            yield user_error([*here, "name"], text, "INVALID_VARIANT")
        elif old is not None and one["locationId"] not in old["_stock"]:
            yield user_error([*here, "locationId"], ONLY_STOCKED, "INVALID_VARIANT")


class Known:
    """A product's variants by id and by their option values."""

    def __init__(self, product: Record | None, options: list[Record]) -> None:
        rows = product["_variants"] if product else []
        self._options = options
        self._by_id: dict[str, Record] = {one["id"]: one for one in rows}
        self._by_values = {option_values.values_of(one): one for one in reversed(rows)}

    def find(self, row: Input) -> Record | None:
        """The variant that a row means: by id, else by its option values."""
        if row.get("id"):
            return self._by_id.get(row["id"])
        chosen, _ = option_values.read(row, self._options)
        return self._by_values.get(tuple(chosen.get(one["name"], "") for one in self._options))


def file_key(row: Input) -> str:
    """What a file input is recognised by: its id or its source."""
    return str(row.get("id") or row.get("originalSource") or "")
