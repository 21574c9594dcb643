"""Categories, their attributes and rules, and whether the shop is ready to list."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import attributes, categories
from tiktoksync.sandbox.tiktok.categories import Category
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.routes import Context

CHECK_ITEMS = {
    "SHOP_STATUS": "The shop is not active.",
    "SHOP_TAX": "The tax information of the shop is missing.",
    "PICKUP_WAREHOUSE": "Set a pickup warehouse in Seller Center first.",
    "RETURN_WAREHOUSE": "Set a return warehouse in Seller Center first.",
    "DELIVERY_OPTION": "Turn on a delivery option in Seller Center first.",
    "SHIPPING_TEMPLATE": "Create a shipping template in Seller Center first.",
    "PRODUCT_QUANTITY_LIMIT": "The shop has reached the number of products it may list.",
    "EXTENDED_PRODUCER_RESPONSIBILITY": "Register for extended producer responsibility first.",
    "BANk_ACCOUNT": "Link a bank account in Seller Center first.",
    "CONTACT_INFO": "Complete the contact information of the shop first.",
}


def list_categories(ctx: Context) -> dict[str, Any]:
    """Get Categories: the whole tree as a flat list."""
    request = ctx.request
    part = request.param("keyword").lower()
    banned_too = request.param("include_prohibited_categories").lower() == "true"
    rows = [
        categories.show(one)
        for one in categories.tree(_version(ctx)).values()
        if part in one.name.lower() and (banned_too or one.permission != "PROHIBITED")
    ]
    return {"categories": rows}


def _version(ctx: Context, given: str = "") -> str:
    """The version asked for; the three-level tree is the default."""
    version = given or ctx.request.param("category_version") or categories.V1
    if version not in (categories.V1, categories.V2):
        raise bad_param("param category_version is invalid")
    return version


def recommend_category(ctx: Context) -> dict[str, Any]:
    """Recommend Category: by the words of the title, what it is called elsewhere, the text."""
    body = ctx.body
    title = body.get("product_title")
    if not isinstance(title, str) or not title.strip():
        raise bad_param("param body.product_title is missing")
    version = _version(ctx, str(body.get("category_version") or ""))
    kind = str(body.get("origin_platform_product_type") or "")
    elsewhere = body.get("origin_platform_category") or {}
    tags = " ".join(str(one) for one in body.get("origin_platform_tags") or [])
    texts = [
        (title, 3), (kind, 2), (str(elsewhere.get("full_name") or elsewhere.get("name") or ""), 2),
        (tags, 1), (str(body.get("description") or ""), 1),
    ]  # fmt: skip
    found = categories.recommend(version, texts)
    if found is None:
        text = "No matching categories. Provide the full name of your product, edit its product "
        raise ApiError(12052912, text + "properties, and try again.")
    rows = [
        {"id": one.id, "name": one.name, "level": level, "is_leaf": one.is_leaf,
         "permission_statuses": [one.permission]}
        for level, one in enumerate(categories.chain(found, version), start=1)
    ]  # fmt: skip
    return {"leaf_category_id": found.id, "categories": rows}


def _leaf(ctx: Context) -> Category:
    """The leaf of the path, in the version asked for; raises ApiError."""
    wanted = ctx.params["category_id"]
    known = categories.find(wanted)
    if known is None:
        raise ApiError(12052023, "Category does not exist")
    category, version = known
    if version != _version(ctx):
        raise ApiError(12052230, "Category version and categoryID are not matched.")
    if not category.is_leaf:
        raise ApiError(12052024, "Category is not final category")
    return category


def list_attributes(ctx: Context) -> dict[str, Any]:
    """Get Attributes of a leaf category."""
    found = attributes.of_category(list(_leaf(ctx).path))
    return {"attributes": [attributes.show(one) for one in found]}


def get_rules(ctx: Context) -> dict[str, Any]:
    """Get Category Rules: papers, size chart, package."""
    category = _leaf(ctx)
    papers = [
        {
            "id": number,
            "name": name,
            "is_required": True,
            "document_details": f"Upload the {name} issued by a laboratory.",
            "sample_image_url": "",
            "requirement_conditions": [],
            "expiration_date": {"is_required": False},
        }
        for number, name in categories.certificates(category)
    ]
    return {
        "product_certifications": papers,
        "size_chart": {
            "is_supported": categories.takes_size_chart(category),
            "is_required": categories.needs_size_chart(category),
        },
        "cod": {"is_supported": ctx.the_shop.region != "US"},
        "package_dimension": {"is_required": categories.needs_dimensions(category)},
        "epr": {"is_required": False},
        "responsible_person": {"is_required": False},
        "manufacturer": {"is_required": False},
        "seller_sku": {"is_required": False},
        "allowed_special_product_types": [],
        "fees": [],
    }


def list_prerequisites(ctx: Context) -> dict[str, Any]:
    """Check Listing Prerequisites of the shop."""
    failed = ctx.the_shop.failed_prerequisites
    rows = [
        {
            "check_item": item,
            "is_failed": item in failed,
            "fail_reasons": [reason] if item in failed else [],
        }
        for item, reason in CHECK_ITEMS.items()
    ]
    return {"check_results": rows}
