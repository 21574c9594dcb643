"""What a product has to satisfy to be created, edited or checked beforehand."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import attributes, brands, categories
from tiktoksync.sandbox.tiktok import product_limits as limits
from tiktoksync.sandbox.tiktok.categories import Category
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.sku_checks import check_skus, check_uri
from tiktoksync.sandbox.tiktok.state import Product, Shop, TikTokState
from tiktoksync.sandbox.tiktok.text_rules import check_description, check_title

Body = dict[str, Any]


def is_draft(body: Body) -> bool:
    """Whether the product is only to be kept; raises ApiError for an unknown mode."""
    mode = body.get("save_mode") or "LISTING"
    if mode not in ("LISTING", "AS_DRAFT"):
        raise bad_param("param body.save_mode is invalid")
    return bool(mode == "AS_DRAFT")


def check_product(
    state: TikTokState, shop: Shop, body: Body, product: Product | None = None
) -> None:
    """Everything that is refused at once, with the code of the first thing wrong.

    A draft may lack things, but what it has must be right.
    """
    draft = is_draft(body)
    check_title(shop.region, str(body.get("title") or ""), draft)
    check_description(state, shop.region, str(body.get("description") or ""), draft)
    category = _check_category(shop, body, draft)
    _check_images(state, body.get("main_images"), draft)
    brands.check_brand(shop, str(body.get("brand_id") or ""))
    _check_package(shop, body, category, draft)
    if category is not None:
        _check_attributes(body, category, draft)
        _check_papers(state, body, category, draft)
    known = set(product.skus) if product else set()
    check_skus(state, shop, body.get("skus") or [], known, draft)
    _check_external_ids(shop, body, product)


def _check_category(shop: Shop, body: Body, draft: bool) -> Category | None:
    wanted = str(body.get("category_id") or "")
    if not wanted and draft:
        return None
    if not wanted:
        raise ApiError(12052025, "The category is invalid")
    return categories.check_category(shop, wanted, str(body.get("category_version") or ""))


def _check_images(state: TikTokState, given: Any, draft: bool) -> None:
    if not given:
        if draft:
            return
        raise ApiError(12052028, "Main product image is required")
    if not isinstance(given, list) or len(given) > limits.MOST_IMAGES:
        raise ApiError(12019009, "product image list is invalid")
    for one in given:
        image = state.images[check_uri(state, one)]
        sides = (image.width, image.height)
        if not limits.SMALLEST_IMAGE <= min(sides) <= max(sides) <= limits.LARGEST_IMAGE:
            text = "The main image must be 300x300 to 4000x4000 px; this one is {}x{}."
            raise ApiError(12052302, text.format(*sides))


def _check_package(shop: Shop, body: Body, category: Category | None, draft: bool) -> None:
    weight, size = body.get("package_weight"), body.get("package_dimensions")
    if weight:
        check_weight(shop.region, weight)
    elif not draft:
        raise ApiError(12019011, "product package weight is invalid")
    if size:
        _check_size(shop.region, size)
    elif not draft and category is not None and categories.needs_dimensions(category):
        raise ApiError(12052116, "product package size is invalid")
    imperial = {weight.get("unit") == "POUND"} if weight else set()
    if size:
        imperial.add(size.get("unit") == "INCH")
    if len(imperial) > 1:
        raise ApiError(12052915, "package weight unit and dimension unit miss match.")


def check_weight(region: str, given: Any) -> None:
    """``{"value": "0.5", "unit": "KILOGRAM"}`` in a unit of the region."""
    if not isinstance(given, dict) or not isinstance(given.get("value"), str):
        raise ApiError(12052006, "Incorrect parcel weight format")
    _check_unit(region, given.get("unit"), "POUND", limits.weight_units(region))
    if not re.fullmatch(r"\d{1,7}(\.\d{1,4})?", given["value"]):
        raise ApiError(12052006, "Incorrect parcel weight format")
    if Decimal(given["value"]) == 0:
        raise ApiError(12052181, "The package weight of the product can not be zero.")
    if given["unit"] == "GRAM" and "." in given["value"]:
        raise ApiError(12052006, "Incorrect parcel weight format")


def _check_unit(region: str, unit: Any, imperial: str, allowed: tuple[str, ...]) -> None:
    if unit == imperial and imperial not in allowed:
        text = "Product weight or dimensions unit does not support the imperial units on non-US "
        raise ApiError(12019061, text + "local products.")
    if unit not in allowed:
        text = f"The package unit is not supported in the current region {region}."
        raise ApiError(12052916, text)


def _check_size(region: str, given: Any) -> None:
    if not isinstance(given, dict):
        raise ApiError(12019012, "product package size is invalid")
    _check_unit(region, given.get("unit"), "INCH", limits.length_units(region))
    for place, side in enumerate(("length", "width", "height")):
        value = given.get(side)
        if not isinstance(value, str) or not re.fullmatch(r"\d{1,5}(\.\d{1,2})?", value):
            raise ApiError(12052003 + place, f"Incorrect parcel {side} format")
        if Decimal(value) == 0:
            raise ApiError(12019012, "product package size is invalid")


def _check_attributes(body: Body, category: Category, draft: bool) -> None:
    """Known attributes with allowed values, and every mandatory one."""
    offered = {one.id: one for one in attributes.of_category(list(category.path))}
    chosen: dict[str, set[str]] = {}
    for row in body.get("product_attributes") or []:
        attribute = offered.get(str(row.get("id") or ""))
        if attribute is None or attribute.kind == attributes.SALES:
            text = f"The attribute {row.get('id')} does not belong to the category."
            raise ApiError(12052910, text)
        values = row.get("values") or []
        if len(values) > 1 and not attribute.several:
            raise ApiError(12052910, f"The attribute {attribute.name} takes one value only.")
        chosen[attribute.id] = {_attribute_value(attribute, one) for one in values}
    for one in offered.values():
        if not draft and attributes.is_needed(one, chosen) and not chosen.get(one.id):
            raise ApiError(12052104, f"property is required; property name: {one.name}")


def _attribute_value(attribute: attributes.Attribute, given: Body) -> str:
    """The name of a value, chosen by id or written; raises ApiError."""
    name = str(given.get("name") or "")
    if given.get("id"):
        known = attributes.value_name(attribute.id, str(given["id"]))
        if not known and not (attribute.custom and name):
            raise ApiError(12052910, f"The value of {attribute.name} does not exist.")
        return known or name
    if not name or len(name) > 2000 or (not attribute.custom and name not in attribute.values):
        raise ApiError(12052910, f"The value of {attribute.name} is not customizable.")
    if attribute.numeric and not re.fullmatch(r"\d+(\.\d+)?", name):
        raise ApiError(12052910, f"The value of {attribute.name} must be a number.")
    return name


def _check_papers(state: TikTokState, body: Body, category: Category, draft: bool) -> None:
    """Certificates and the size chart."""
    given = {str(row.get("id")): row for row in body.get("certifications") or []}
    for row in given.values():
        for picture in row.get("images") or []:
            check_uri(state, picture)
    for number, name in categories.certificates(category):
        row = given.get(number) or {}
        if not draft and not (row.get("images") or row.get("files")):
            raise ApiError(12052105, f"required qualification miss; name: {name}")
    chart = body.get("size_chart") or {}
    if chart.get("image"):
        check_uri(state, chart["image"])
    if not draft and categories.needs_size_chart(category) and not chart:
        raise ApiError(12052673, "The size chart is required for this category.")


def _check_external_ids(shop: Shop, body: Body, product: Product | None) -> None:
    """The ids of another system are used once in a shop."""
    wanted = str(body.get("external_product_id") or "")
    if len(wanted) > limits.LONGEST_EXTERNAL_ID:
        raise ApiError(12052369, "The external id exceeds the maximum length.")
    skus = {str(row["external_sku_id"]) for row in body["skus"] if row.get("external_sku_id")}
    if not wanted and not skus:
        return
    for other in shop.products.values():
        if other is product or other.status == "DELETED":
            continue
        taken = {row["external_sku_id"] for row in other.live["skus"]}
        if (wanted and other.live["external_product_id"] == wanted) or skus & taken:
            raise ApiError(12052996, "external_id duplicated")
