"""productSet: a product with its options, variants, files and metafields in one call.

Lists replace what was there; fields that are left out stay. In the background the same happens
later, and the operation tells what went wrong.
"""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify import (
    media,
    metafields,
    notices,
    option_values,
    product_jobs,
    product_parts,
    stock,
)
from tiktoksync.sandbox.shopify import product_set_checks as checks
from tiktoksync.sandbox.shopify.catalogue_records import (
    DEFAULT_VALUE,
    make_option,
    make_option_value,
    make_product,
    make_variant,
    refresh_product,
    remove_variant,
    set_values,
    touch,
)
from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]


class Refused(Exception):
    """The identifier and the input do not fit together."""

    def __init__(self, field: list[str], text: str, code: str) -> None:
        super().__init__(text)
        self.error = user_error(field, text, code)


def product_set(ctx: Context, given: Input, identifier: Input | None, at_once: bool) -> Record:
    """The payload of productSet."""
    checks.check_size(given)
    try:
        product, given = _target(ctx, given, identifier)
    except Refused as refusal:
        return _payload(None, [refusal.error])
    if at_once:
        return _payload(*_run(ctx, product, given))

    def work(job: Record) -> None:
        made, problems = _run(ctx, product, given)
        job.update(product=made, userErrors=problems)

    job = product_jobs.start(ctx, "ProductSetOperation", product, work)
    return {"product": None, "productSetOperation": job, "userErrors": []}


def _payload(product: Record | None, problems: list[Record]) -> Record:
    return {"product": product, "productSetOperation": None, "userErrors": problems}


def _target(ctx: Context, given: Input, identifier: Input | None) -> tuple[Record | None, Input]:
    """The product that is meant, None for a new one, and the input completed by the identifier."""
    if identifier is None:
        wanted = given.get("id")
        return (_by_id(ctx, wanted, ["input", "id"]) if wanted else None), given
    if given.get("id"):
        text = "The id field is not allowed if identifier is provided."
        raise Refused(["input", "id"], text, "ID_NOT_ALLOWED")
    if identifier.get("id"):
        return _by_id(ctx, identifier["id"], ["identifier", "id"]), given
    if identifier.get("handle"):
        return _by_handle(ctx, given, identifier["handle"])
    return _by_custom_id(ctx, given, identifier["customId"])


def _by_id(ctx: Context, gid: str, at: list[str]) -> Record:
    found = ctx.store.objects.get(gid)
    if found is None or found["__typename"] != "Product":
        raise Refused(at, "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
    return found


def _by_handle(ctx: Context, given: Input, handle: str) -> tuple[Record | None, Input]:
    gid = ctx.store.handles.get(handle)
    if "handle" not in given:
        if gid is None:
            text = "The input field corresponding to the identifier is required."
            raise Refused(["input", "handle"], text, "MISSING_FIELD_REQUIRED")
    elif given["handle"] != handle and gid is None:
        text = (
            "The identifier value does not match the value of the corresponding field in the input."
        )
        raise Refused(["input"], text, "INPUT_MISMATCH")
    return (ctx.store.objects[gid] if gid else None), given


def _by_custom_id(ctx: Context, given: Input, custom: Input) -> tuple[Record | None, Input]:
    """Without metafields in the input the identifier is stored by itself."""
    found = metafields.find_by_custom_id(ctx, "PRODUCT", custom)
    mark = (ctx.namespace(custom.get("namespace")), custom["key"], custom["value"])
    rows = given.get("metafields")
    if rows is None:
        if found is None:
            row = {name: custom.get(name) for name in ("namespace", "key", "value")}
            given = {**given, "metafields": [{**row, "type": "id"}]}
    elif mark not in {
        (ctx.namespace(one.get("namespace")), one.get("key"), one.get("value")) for one in rows
    }:
        text = "The input argument `metafields` (if present) must contain the `customId` value."
        raise Refused(["input", "metafields"], text, "METAFIELD_MISMATCH")
    return found, given


def _run(ctx: Context, product: Record | None, given: Input) -> tuple[Record | None, list[Record]]:
    """Check and write; gives the product and the refusals."""
    if product is not None and product["id"] not in ctx.store.objects:
        error = user_error(["input"], "Product does not exist", "PRODUCT_DOES_NOT_EXIST")
        return None, [error]
    problems = checks.find_problems(ctx, given, product)
    if problems:
        return None, problems
    fresh = product is None
    if product is None:
        product = make_product(ctx.state, ctx.store, given["title"])
        ctx.store.products.append(ctx.store.add(product))
    touched = _write(ctx, product, given, fresh)
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, "product_created" if fresh else "product_updated",
        product_id=product["id"], title=product["title"], token_tag=ctx.token.tag,
        skus=[one["sku"] for one in product["_variants"]],
    )  # fmt: skip
    topic = "products/create" if fresh else "products/update"
    notices.send_product(ctx.state, ctx.store, product, topic)
    notices.send_stock(ctx.state, ctx.store, touched)
    return product, []


def _write(
    ctx: Context, product: Record, given: Input, fresh: bool
) -> list[tuple[Record, str | None]]:
    """Gives the levels that changed."""
    product_parts.write(ctx, product, given, replace=True)
    pictures = _write_files(ctx, product, given.get("files"))
    options = checks.wanted_options(given, product if not fresh else None)
    touched: list[tuple[Record, str | None]] = []
    if given.get("variants") or fresh:
        rows = given.get("variants") or [default_row()]
        known = checks.Known(product, options)
        plan = [(row, known.find(row)) for row in rows]
        _write_options(ctx, product, options, [row for row, _ in plan])
        touched = _write_variants(ctx, product, plan, pictures)
    refresh_product(product)
    touch(ctx.state, product)
    return touched


def default_row() -> Input:
    """The variant of a product without options."""
    return {"optionValues": [{"optionName": "Title", "name": DEFAULT_VALUE}]}


def _write_files(ctx: Context, product: Record, rows: list[Input] | None) -> dict[str, Record]:
    """The product's media become these files; gives them by what they were named by."""
    if rows is None:
        return {}
    found: dict[str, Record] = {}
    for row in rows:
        known = ctx.store.objects.get(row["id"]) if row.get("id") else None
        record = known or media.announce(ctx, row["originalSource"], row.get("alt"))
        if row.get("alt") is not None:
            record["alt"] = row["alt"]
        found[checks.file_key(row)] = record
    product["_media"] = list({one["id"]: one for one in found.values()}.values())
    for variant in product["_variants"]:
        variant["_media"] = [one for one in variant["_media"] if one in product["_media"]]
    return found


def _write_options(ctx: Context, product: Record, options: list[Record], rows: list[Input]) -> None:
    """Options keep their ids when they are named by id or by name, values by name."""
    known = {one["name"]: one for one in product["options"]}
    known.update({one["id"]: one for one in product["options"]})
    used = [option_values.read(row, options)[0] for row in rows]
    written = []
    for place, option in enumerate(options, start=1):
        names = option["values"] or [one[option["name"]] for one in used]
        old = known.get(option.get("id") or option["name"])
        fresh = make_option(ctx.state, option["name"], place, names)
        if old is not None:
            kept = {one["name"]: one for one in old["optionValues"]}
            fresh["id"] = old["id"]
            fresh["optionValues"] = [
                kept.get(name) or make_option_value(ctx.state, name) for name in fresh["values"]
            ]
        taken = {one[option["name"]] for one in used}
        for value in fresh["optionValues"]:
            value["hasVariants"] = value["name"] in taken
        written.append(fresh)
    product["options"] = written


def _write_variants(
    ctx: Context,
    product: Record,
    plan: list[tuple[Input, Record | None]],
    pictures: dict[str, Record],
) -> list[tuple[Record, str | None]]:
    kept = {one["id"] for _, one in plan if one is not None}
    for variant in [one for one in product["_variants"] if one["id"] not in kept]:
        remove_variant(ctx.store, variant)
    product["_variants"] = [one for one in product["_variants"] if one["id"] in kept]
    ordered: list[tuple[int, Record]] = []
    touched: list[tuple[Record, str | None]] = []
    for row, old in plan:
        chosen, _ = option_values.read(row, product["options"])
        values = [chosen[one["name"]] for one in product["options"]]
        variant = old or make_variant(ctx.state, ctx.store, product, values, {})
        set_values(product, variant, values)
        product_parts.write_variant(ctx, variant, row, replace=True)
        if row.get("file"):
            variant["_media"] = [pictures[checks.file_key(row["file"])]]
        touched += _write_quantities(ctx, variant, row, fresh=old is None)
        ordered.append((row.get("position") or len(ordered) + 1, variant))
    product["_variants"] = [one for _, one in sorted(ordered, key=lambda pair: pair[0])]
    return touched


def _write_quantities(
    ctx: Context, variant: Record, row: Input, fresh: bool
) -> list[tuple[Record, str | None]]:
    """A new variant is stocked where quantities say so, else at the first location."""
    rows = row.get("inventoryQuantities") or []
    if fresh and not rows and ctx.store.locations:
        variant["_stock"][ctx.store.locations[0]["id"]] = 0
    touched: list[tuple[Record, str | None]] = []
    for one in rows:
        place = one["locationId"]
        variant["_stock"].setdefault(place, 0)
        delta = one["quantity"] - stock.quantity(variant, place, one["name"])
        if delta:
            stock.change(ctx.state, variant, place, one["name"], delta)
            touched.append((variant, place))
    return touched
