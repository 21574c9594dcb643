"""productCreate, productUpdate and productDelete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tiktoksync.sandbox.shopify import media, notices, product_jobs, product_parts
from tiktoksync.sandbox.shopify.catalogue_records import (
    DEFAULT_OPTION,
    DEFAULT_VALUE,
    make_option,
    make_product,
    make_variant,
    refresh_product,
    remove_product,
    touch,
)
from tiktoksync.sandbox.shopify.errors import coded, user_error
from tiktoksync.sandbox.shopify.metafields import find_by_custom_id
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Input = dict[str, Any]

MISSING = "Product does not exist"
BUSY = "Another operation already in progress. Please wait until current one is finished."
MOST_OPTIONS = 3


def create(ctx: Context, given: Input | None, pictures: list[Input] | None) -> Record:
    """A product with the first variant of its options; the others are made by another call."""
    if given is None:
        raise coded("product is required", "BAD_REQUEST")
    problems = [
        *product_parts.find_problems(ctx, given, [], None, named=True),
        *_option_problems(given),
        *picture_problems(pictures),
    ]
    if problems:
        return {"product": None, "shop": ctx.store.record, "userErrors": problems}
    product = make_product(ctx.state, ctx.store, given["title"])
    ctx.store.products.append(ctx.store.add(product))
    product_parts.write(ctx, product, given, replace=False)
    first = _write_options(ctx, product, given.get("productOptions") or [])
    variant = make_variant(ctx.state, ctx.store, product, first, {})
    if ctx.store.locations:
        variant["_stock"][ctx.store.locations[0]["id"]] = 0
    add_pictures(ctx, product, pictures)
    refresh_product(product)
    _record(ctx, product, "product_created")
    notices.send_product(ctx.state, ctx.store, product, "products/create")
    return {"product": product, "shop": ctx.store.record, "userErrors": []}


def _option_problems(given: Input) -> Iterator[Record]:
    rows = given.get("productOptions") or []
    if len(rows) > MOST_OPTIONS:
        yield user_error(["productOptions"], "Options are limited to 3 per product")
    for place, row in enumerate(rows):
        if not row.get("name"):
            yield user_error(["productOptions", str(place), "name"], "Option name can't be blank")
        elif not row.get("values"):
            text = "Each option must have at least one option value specified."
            yield user_error(["productOptions", str(place), "values"], text)


def _write_options(ctx: Context, product: Record, rows: list[Input]) -> list[str]:
    """Make the options; gives the first value of each."""
    rows = rows or [{"name": DEFAULT_OPTION, "values": [{"name": DEFAULT_VALUE}]}]
    product["options"] = [
        make_option(ctx.state, row["name"], place, (one["name"] for one in row["values"]))
        for place, row in enumerate(rows, start=1)
    ]
    for option in product["options"]:
        for value in option["optionValues"][1:]:
            value["hasVariants"] = False
    return [option["values"][0] for option in product["options"]]


def picture_problems(pictures: list[Input] | None) -> Iterator[Record]:
    """Media whose source is no address."""
    for place, row in enumerate(pictures or []):
        if not media.is_good_source(row["originalSource"]):
            yield user_error(["media", str(place), "originalSource"], media.INVALID_URL)


def add_pictures(ctx: Context, product: Record, pictures: list[Input] | None) -> None:
    """Announce new media behind those that are there."""
    for row in pictures or []:
        record = media.announce(ctx, row["originalSource"], row.get("alt"))
        product["_media"].append(record)


def update(
    ctx: Context, given: Input | None, pictures: list[Input] | None, identifier: Input | None
) -> Record:
    """The product's own fields; options and variants have calls of their own."""
    given = given or {}
    product = _find(ctx, given, identifier)
    if product is None:
        return {"product": None, "userErrors": [user_error(["id"], MISSING)]}
    problems = [
        *product_parts.find_problems(ctx, given, [], product, named=True),
        *picture_problems(pictures),
    ]
    if problems:
        return {"product": product, "userErrors": problems}
    product_parts.write(ctx, product, given, replace=False)
    add_pictures(ctx, product, pictures)
    touch(ctx.state, product)
    _record(ctx, product, "product_updated")
    notices.send_product(ctx.state, ctx.store, product, "products/update")
    return {"product": product, "userErrors": []}


def _find(ctx: Context, given: Input, identifier: Input | None) -> Record | None:
    wanted = identifier or {"id": given.get("id")}
    if wanted.get("customId"):
        return find_by_custom_id(ctx, "PRODUCT", wanted["customId"])
    gid = wanted.get("id") or ctx.store.handles.get(wanted.get("handle") or "") or ""
    found = ctx.store.objects.get(gid)
    return found if found is not None and found["__typename"] == "Product" else None


def delete(ctx: Context, gid: str, at_once: bool) -> Record:
    """The payload of productDelete."""
    payload: Record = {
        "deletedProductId": None, "productDeleteOperation": None, "shop": ctx.store.record,
        "userErrors": [],
    }  # fmt: skip
    product = ctx.store.objects.get(gid)
    if product is None or product["__typename"] != "Product":
        return {**payload, "userErrors": [user_error(["id"], MISSING)]}
    if product_jobs.is_busy(ctx.state, product):
        return {**payload, "userErrors": [user_error(["base"], BUSY)]}
    if at_once:
        _delete(ctx, product)
        return {**payload, "deletedProductId": gid}

    def work(job: Record) -> None:
        _delete(ctx, product)
        job.update(deletedProductId=gid, product=None)

    job = product_jobs.start(ctx, "ProductDeleteOperation", product, work)
    return {**payload, "productDeleteOperation": job}


def _delete(ctx: Context, product: Record) -> None:
    remove_product(ctx.store, product)
    _record(ctx, product, "product_deleted")
    notices.send_product_deleted(ctx.state, ctx.store, product)


def _record(ctx: Context, product: Record, kind: str) -> None:
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, kind, product_id=product["id"], title=product["title"],
        token_tag=ctx.token.tag,
    )  # fmt: skip
