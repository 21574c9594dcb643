"""The fields that productSet, productCreate and productUpdate share: checked and written."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify import inventory, metafield_inputs
from tiktoksync.sandbox.shopify.catalogue_records import free_handle, slug
from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.ids import kind_of
from tiktoksync.sandbox.shopify.money import round_money
from tiktoksync.sandbox.shopify.state import Context, Record

Input = dict[str, Any]

LONGEST = 255
MOST_TAGS = 250
TOO_LONG = "is too long (maximum is 255 characters)"
NEGATIVE = "Price must be greater than or equal to 0"
_TEXTS = {"title": "Title", "vendor": "Vendor", "productType": "Product type", "handle": "Handle"}
_PLAIN = (
    "title", "descriptionHtml", "vendor", "productType", "status", "templateSuffix",
    "requiresSellingPlan",
)  # fmt: skip
# A few of the taxonomy's categories by name; any other well-formed id is taken without one.
_CATEGORIES = {
    "aa-1-13-8": "Apparel & Accessories > Clothing > Clothing Tops > T-Shirts",
    "aa-1": "Apparel & Accessories > Clothing",
    "hg-11-10-2": "Home & Garden > Kitchen & Dining > Tableware > Mugs",
    "fb-1-3": "Food, Beverages & Tobacco > Beverages > Coffee",
    "hb-3-2": "Health & Beauty > Personal Care > Cosmetics",
}


def find_problems(
    ctx: Context, given: Input, at: list[str], product: Record | None, named: bool
) -> Iterator[Record]:
    """What is wrong with a product's own fields; ``named`` puts the field into the text."""
    title = given.get("title")
    if (product is None or "title" in given) and not (title or "").strip():
        yield user_error([*at, "title"], "Title can't be blank")
    for name, label in _TEXTS.items():
        if len(given.get(name) or "") > LONGEST:
            text = f"{label} {TOO_LONG}" if named or name != "title" else TOO_LONG
            yield user_error([*at, name], text)
    handle = given.get("handle")
    holder = ctx.store.handles.get(slug(handle, "")) if handle else None
    if holder is not None and holder != (product or {}).get("id"):
        text = f"Handle '{handle}' already in use. Please provide a new handle."
        yield user_error([*at, "handle"], text)
    if len(given.get("tags") or []) > MOST_TAGS:
        yield user_error([*at, "tags"], "Product tags is invalid")
    if given.get("category") and kind_of(given["category"]) != "TaxonomyCategory":
        yield user_error([*at, "category"], "The specified category does not exist.")
    own = product["id"] if product else ""
    yield from metafield_inputs.find_problems(ctx, "PRODUCT", given.get("metafields"), at, own)


def write(ctx: Context, product: Record, given: Input, replace: bool) -> None:
    """Put the fields onto a product; what is left out stays."""
    for name in _PLAIN:
        if given.get(name) is not None:
            product[name] = given[name]
    if given.get("tags") is not None:
        product["tags"] = sorted({one.strip() for one in given["tags"] if one.strip()})
    if given.get("seo") is not None:
        product["seo"] = {**product["seo"], **given["seo"]}
    if "giftCard" in given:
        product["isGiftCard"] = bool(given["giftCard"])
    if "category" in given:
        product["category"] = _category(given["category"]) if given["category"] else None
    _write_handle(ctx, product, given.get("handle"))
    if given.get("metafields") is not None:
        metafield_inputs.write(ctx, product, given["metafields"], replace)


def _write_handle(ctx: Context, product: Record, wanted: str | None) -> None:
    if wanted is None and product["handle"]:
        return
    if ctx.store.handles.get(product["handle"]) == product["id"]:
        del ctx.store.handles[product["handle"]]
    product["handle"] = free_handle(ctx.store, wanted or product["title"], product["id"])


def _category(gid: str) -> Record:
    mark = gid.rpartition("/")[2]
    full = _CATEGORIES.get(mark, f"Category {mark}")
    level = mark.count("-")
    parent = mark.rpartition("-")[0]
    return {
        "__typename": "TaxonomyCategory",
        "id": gid,
        "name": full.rpartition(" > ")[2],
        "fullName": full,
        "level": level,
        "isArchived": False,
        "isLeaf": True,
        "isRoot": level == 0,
        "parentId": f"gid://shopify/TaxonomyCategory/{parent}" if level else None,
    }


def variant_problems(
    ctx: Context, row: Input, at: list[str], code: str, own: str = ""
) -> Iterator[Record]:
    """What is wrong with a variant's own fields."""
    price = row.get("price")
    if price is not None and Decimal(price) < 0:
        yield user_error([*at, "price"], NEGATIVE, code)
    sku = row.get("sku") or (row.get("inventoryItem") or {}).get("sku")
    if len(sku or "") > LONGEST:
        yield user_error([*at, "sku"], "SKU " + TOO_LONG)
    if len(row.get("barcode") or "") > LONGEST:
        yield user_error([*at, "barcode"], "Barcode " + TOO_LONG)
    fields = row.get("metafields")
    yield from metafield_inputs.find_problems(ctx, "PRODUCTVARIANT", fields, at, own)


def write_variant(ctx: Context, variant: Record, row: Input, replace: bool) -> None:
    """Put the fields of a variant input onto a variant; what is left out stays."""
    for name in ("sku", "barcode", "inventoryPolicy", "taxable", "showUnitPrice"):
        if name in row and (row[name] is not None or name in ("sku", "barcode")):
            variant[name] = row[name]
    for name in ("price", "compareAtPrice"):
        if name in row:
            variant[name] = _money(ctx, row[name], nullable=name != "price")
    if row.get("inventoryItem"):
        inventory.write_item(ctx, variant, row["inventoryItem"])
        variant["_item"]["updatedAt"] = ctx.state.now()
    if row.get("metafields") is not None:
        metafield_inputs.write(ctx, variant, row["metafields"], replace)
    variant["updatedAt"] = ctx.state.now()


def _money(ctx: Context, value: Any, nullable: bool) -> str | None:
    if value is None:
        return None if nullable else "0.00"
    return format(round_money(Decimal(value), ctx.store.currency), "f")
