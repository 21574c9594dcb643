"""productVariantsBulkCreate, productVariantsBulkUpdate and productVariantsBulkDelete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tiktoksync.sandbox.shopify import media, notices, option_values, product_parts, stock
from tiktoksync.sandbox.shopify.catalogue_records import (
    DEFAULT_VALUE,
    make_option_value,
    make_variant,
    refresh_product,
    remove_variant,
    set_values,
    touch,
)
from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.product_set_checks import MOST_QUANTITIES, MOST_VARIANTS
from tiktoksync.sandbox.shopify.product_writes import add_pictures, picture_problems
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]
Touched = list[tuple[Record, str | None]]

MISSING = "Product does not exist"
NO_QUANTITIES = (
    "Inventory quantities can only be provided during create. To update inventory for existing "
    "variants, use inventoryAdjustQuantities."
)
EXISTS = "The variant '{}' already exists. Please change at least one option value."


def _product(ctx: Context, gid: str) -> Record | None:
    found = ctx.store.objects.get(gid)
    return found if found is not None and found["__typename"] == "Product" else None


def _refused(product: Record | None, problems: list[Record]) -> Record:
    return {"product": product, "productVariants": None, "userErrors": problems}


def create(
    ctx: Context,
    productId: str,
    variants: list[Input],
    strategy: str = "DEFAULT",
    media: list[Input] | None = None,
) -> Record:
    """New variants; the strategy says what becomes of a lone first one."""
    product = _product(ctx, productId)
    if product is None:
        error = user_error(["productId"], MISSING, "PRODUCT_DOES_NOT_EXIST")
        return _refused(None, [error])
    goes = _goes(product, strategy)
    problems = [*_create_problems(ctx, product, variants, goes), *picture_problems(media)]
    if problems:
        return _refused(product, problems)
    if goes is not None:
        product["_variants"].remove(goes)
        remove_variant(ctx.store, goes)
    add_pictures(ctx, product, media)
    touched: Touched = []
    made = [_make(ctx, product, row, touched) for row in variants]
    _finish(ctx, product, touched, "variants_created", made)
    return {"product": product, "productVariants": made, "userErrors": []}


def _goes(product: Record, strategy: str) -> Record | None:
    """The lone variant that makes room for the new ones."""
    if len(product["_variants"]) != 1 or strategy == "PRESERVE_STANDALONE_VARIANT":
        return None
    lone: Record = product["_variants"][0]
    is_default = option_values.values_of(lone) == (DEFAULT_VALUE,)
    return lone if strategy == "REMOVE_STANDALONE_VARIANT" or is_default else None


def _create_problems(
    ctx: Context, product: Record, rows: list[Input], goes: Record | None
) -> Iterator[Record]:
    there = {option_values.values_of(one) for one in product["_variants"] if one is not goes}
    if len(there) + len(rows) > MOST_VARIANTS:
        text = f"You can't have more than {MOST_VARIANTS} variants for a product."
        yield user_error(["variants"], text, "INVALID_INPUT")
    if sum(len(one.get("inventoryQuantities") or []) for one in rows) > MOST_QUANTITIES:
        text = "Inventory quantity input exceeds the limit of 50000."
        yield user_error(["variants"], text, "INVENTORY_QUANTITIES_LIMIT_EXCEEDED")
    for place, row in enumerate(rows):
        at = ["variants", str(place)]
        values = yield from _value_problems(product, row, at, {})
        if values in there:
            text = EXISTS.format(option_values.title_of(list(values)))
            yield user_error(at, text, "VARIANT_ALREADY_EXISTS_CHANGE_OPTION_VALUE")
        there.add(values)
        yield from product_parts.variant_problems(ctx, row, at, "NEGATIVE_PRICE_VALUE")
        for number, one in enumerate(row.get("inventoryQuantities") or []):
            found = ctx.store.objects.get(one["locationId"])
            if found is None or found["__typename"] != "Location":
                text = "Quantity couldn't be set because the location was deleted."
                here = [*at, "inventoryQuantities", str(number)]
                yield user_error(here, text, "TRACKED_VARIANT_LOCATION_NOT_FOUND")


def _value_problems(product: Record, row: Input, at: list[str], old: dict[str, str]) -> Any:
    """Yields the problems; returns the values in the order of the options."""
    chosen, unknown = option_values.read(row, product["options"])
    chosen = {**old, **chosen}
    for place, _ in enumerate(unknown):
        here = [*at, "optionValues", str(place)]
        code = "OPTION_DOES_NOT_EXIST" if old else "INVALID_INPUT"
        yield user_error(here, "Option does not exist", code)
    missing = [one["name"] for one in product["options"] if not chosen.get(one["name"])]
    if missing and not unknown:
        text = f"You need to add option values for {', '.join(missing)}"
        yield user_error(at, text, "NEED_TO_ADD_OPTION_VALUES")
    return tuple(chosen.get(one["name"], "") for one in product["options"])


def _make(ctx: Context, product: Record, row: Input, touched: Touched) -> Record:
    chosen, _ = option_values.read(row, product["options"])
    values = [chosen[one["name"]] for one in product["options"]]
    add_values(ctx, product, values)
    variant = make_variant(ctx.state, ctx.store, product, values, {})
    product_parts.write_variant(ctx, variant, row, replace=False)
    _attach(ctx, variant, row)
    for one in row.get("inventoryQuantities") or []:
        variant["_stock"][one["locationId"]] = 0
        stock.change(ctx.state, variant, one["locationId"], "available", one["availableQuantity"])
        touched.append((variant, one["locationId"]))
    if not variant["_stock"] and ctx.store.locations:
        variant["_stock"][ctx.store.locations[0]["id"]] = 0
    return variant


def add_values(ctx: Context, product: Record, values: list[str]) -> None:
    """Option values that are new to the product join its options."""
    for option, value in zip(product["options"], values, strict=True):
        if value not in option["values"]:
            option["values"].append(value)
            option["optionValues"].append(make_option_value(ctx.state, value))
        for one in option["optionValues"]:
            one["hasVariants"] = one["hasVariants"] or one["name"] == value


def _attach(ctx: Context, variant: Record, row: Input) -> None:
    """A picture by its id, or by an address that is fetched."""
    product = variant["_product"]
    if row.get("mediaId") in {one["id"] for one in product["_media"]}:
        variant["_media"] = [ctx.store.objects[row["mediaId"]]]
    for source in row.get("mediaSrc") or []:
        known = next((one for one in product["_media"] if one["_source"] == source), None)
        record = known or media.announce(ctx, source, None)
        if known is None:
            product["_media"].append(record)
        variant["_media"] = [record]


def update(
    ctx: Context,
    productId: str,
    variants: list[Input],
    allowPartialUpdates: bool = False,
    media: list[Input] | None = None,
) -> Record:
    """Changes of variants; a bad one stops all of them unless partial updates are allowed."""
    product = _product(ctx, productId)
    if product is None:
        error = user_error(["productId"], MISSING, "PRODUCT_DOES_NOT_EXIST")
        return _refused(None, [error])
    problems: list[Record] = list(picture_problems(media))
    good: list[tuple[Record, Input]] = []
    for place, row in enumerate(variants):
        own = list(_update_problems(ctx, product, row, ["variants", str(place)]))
        problems += own
        if not own:
            good.append((ctx.store.objects[row["id"]], row))
    if problems and not allowPartialUpdates:
        return _refused(product, problems)
    add_pictures(ctx, product, media)
    for variant, row in good:
        _change(ctx, variant, row)
    changed = [variant for variant, _ in good]
    _finish(ctx, product, [], "variants_updated", changed)
    return {"product": product, "productVariants": changed, "userErrors": problems}


def _update_problems(ctx: Context, product: Record, row: Input, at: list[str]) -> Iterator[Record]:
    if not row.get("id"):
        text = "Product variant is missing ID attribute"
        yield user_error([*at, "id"], text, "PRODUCT_VARIANT_ID_MISSING")
        return
    variant = ctx.store.variants.get(row["id"])
    if variant is None or variant["_product"] is not product:
        text = "Product variant does not exist"
        yield user_error([*at, "id"], text, "PRODUCT_VARIANT_DOES_NOT_EXIST")
        return
    if row.get("inventoryQuantities") is not None:
        code = "NO_INVENTORY_QUANTITIES_ON_VARIANTS_UPDATE"
        yield user_error([*at, "inventoryQuantities"], NO_QUANTITIES, code)
    if row.get("optionValues") is not None:
        old = {one["name"]: one["value"] for one in variant["selectedOptions"]}
        values = yield from _value_problems(product, row, at, old)
        others = [one for one in product["_variants"] if one is not variant]
        if values in {option_values.values_of(one) for one in others}:
            text = EXISTS.format(option_values.title_of(list(values)))
            yield user_error(at, text, "VARIANT_ALREADY_EXISTS")
    code = "NEGATIVE_PRICE_VALUE"
    yield from product_parts.variant_problems(ctx, row, at, code, variant["id"])


def _change(ctx: Context, variant: Record, row: Input) -> None:
    if row.get("optionValues") is not None:
        old = {one["name"]: one["value"] for one in variant["selectedOptions"]}
        chosen, _ = option_values.read(row, variant["_product"]["options"])
        values = list({**old, **chosen}.values())
        add_values(ctx, variant["_product"], values)
        set_values(variant["_product"], variant, values)
    product_parts.write_variant(ctx, variant, row, replace=False)
    _attach(ctx, variant, row)
    if row.get("inventoryItem"):
        notices.send_item(ctx.state, ctx.store, variant)


def delete(ctx: Context, productId: str, variantsIds: list[str]) -> Record:
    """Variants go; the last one may not."""
    product = _product(ctx, productId)
    if product is None:
        error = user_error(["productId"], MISSING, "PRODUCT_DOES_NOT_EXIST")
        return {"product": None, "userErrors": [error]}
    known = {one["id"]: one for one in product["_variants"]}
    strange = [one for one in variantsIds if one not in known]
    if strange:
        text = "At least one variant does not belong to the product"
        code = "AT_LEAST_ONE_VARIANT_DOES_NOT_BELONG_TO_THE_PRODUCT"
        return {"product": product, "userErrors": [user_error(["variantsIds", "0"], text, code)]}
    if len(set(variantsIds)) == len(known):
        error = user_error(
            ["variantsIds"], "Cannot delete default variant", "CANNOT_DELETE_LAST_VARIANT"
        )
        return {"product": product, "userErrors": [error]}
    gone = [known[one] for one in dict.fromkeys(variantsIds)]
    product["_variants"] = [one for one in product["_variants"] if one not in gone]
    for variant in gone:
        remove_variant(ctx.store, variant)
    _finish(ctx, product, [], "variants_deleted", gone)
    return {"product": product, "userErrors": []}


def _finish(
    ctx: Context, product: Record, touched: Touched, kind: str, variants: list[Record]
) -> None:
    refresh_product(product)
    touch(ctx.state, product)
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, kind, product_id=product["id"], token_tag=ctx.token.tag,
        skus=[one["sku"] for one in variants],
    )  # fmt: skip
    notices.send_product(ctx.state, ctx.store, product, "products/update")
    notices.send_stock(ctx.state, ctx.store, touched)
