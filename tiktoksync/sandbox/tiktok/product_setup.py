"""Products of the configuration: listed as they are, past every check."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.tiktok import categories
from tiktoksync.sandbox.tiktok.ids import number_of
from tiktoksync.sandbox.tiktok.images import catalogue_image
from tiktoksync.sandbox.tiktok.product_bodies import (
    make_sku,
    make_version,
    put_listing,
    show_to_buyers,
)
from tiktoksync.sandbox.tiktok.review import OBJECTIONS, USUAL
from tiktoksync.sandbox.tiktok.state import Product, Shop, TikTokState

AUDITS = {
    "ACTIVATE": "APPROVED",
    "SELLER_DEACTIVATED": "APPROVED",
    "PLATFORM_DEACTIVATED": "APPROVED",
    "FREEZE": "APPROVED",
    "DELETED": "APPROVED",
    "DRAFT": "NONE",
    "PENDING": "AUDITING",
    "FAILED": "FAILED",
}
# A product whose configuration names no time was made at this second or in the hours after it.
FIRST_MADE = 1_767_225_600
HOUR = 3600
OTHERWISE = "Gift Boxes"


def add_product(state: TikTokState, shop: Shop, row: Config) -> Product:
    """List one product of the configuration; see the catalogue for its shape."""
    created = int(row.get("create_time", FIRST_MADE + len(shop.products) * HOUR))
    status = row["status"] if row.get("status") in AUDITS else "ACTIVATE"
    product_id = str(row.get("id") or state.new_id("1729"))
    version = make_version(_as_written(state, shop, row, product_id), [])
    product = Product(
        product_id, shop.id, version, status, AUDITS[status], created,
        int(row.get("update_time", created)),
        ever_approved=status not in ("DRAFT", "PENDING", "FAILED"),
    )  # fmt: skip
    shop.products[product_id] = product
    if status == "FAILED":
        position, reason, help_text = OBJECTIONS[USUAL]
        product.failed_reasons = [
            {"listing_platform": "TIKTOK_SHOP", "position": position, "reasons": [reason],
             "suggestions": [help_text]}
        ]  # fmt: skip
    _add_skus(state, shop, product, row)
    show_to_buyers(shop, product)
    return product


def _as_written(state: TikTokState, shop: Shop, row: Config, product_id: str) -> Config:
    """The configuration's product in the words of Create Product."""
    version = categories.usual_version(shop.region)
    vendor, kind = str(row.get("vendor") or ""), str(row.get("type") or "")
    leaf = categories.find_by_name(version, str(row.get("category") or ""))
    leaf = leaf or categories.recommend(version, [(str(row["title"]), 3), (kind, 2)])
    leaf = leaf or categories.find_by_name(version, OTHERWISE)
    images = row.get("images", [{"key": f"{row['title']} 1", "width": 1200, "height": 1200}])
    if vendor:
        shop.own_brands.setdefault(number_of(vendor), vendor)
    return {
        "title": row["title"],
        "description": row.get("description", f"<p>{row['title']}</p>"),
        "category_id": leaf.id if leaf else "",
        "category_version": version,
        "brand_id": number_of(vendor) if vendor else "",
        "main_images": [{"uri": catalogue_image(state, one).uri} for one in images],
        "package_weight": _weight(_grams(row)),
        "package_dimensions": {"height": "10", "length": "10", "unit": "CENTIMETER",
                               "width": "10"},
        "product_attributes": row.get("attributes") or [],
        "external_product_id": row.get("external_product_id", ""),
        "is_cod_allowed": shop.region != "US",
    }  # fmt: skip


def _grams(row: Config) -> Any:
    first = row["variants"][0] if row["variants"] else {}
    return first.get("grams", row.get("weight", 100))


def _weight(grams: Any) -> dict[str, str] | None:
    if not grams:
        return None
    return {"unit": "KILOGRAM", "value": format(Decimal(str(grams)) / 1000, "f")}


def _add_skus(state: TikTokState, shop: Shop, product: Product, row: Config) -> None:
    names = row.get("options") or []
    for variant in row["variants"]:
        given: Config = {
            "seller_sku": variant.get("sku") or "",
            "external_sku_id": variant.get("external_sku_id", ""),
            "sales_attributes": [
                {"id": number_of(name), "name": name, "value_id": number_of(f"{name}={value}"),
                 "value_name": value}
                for name, value in zip(names, variant.get("values") or [], strict=False)
            ],
        }  # fmt: skip
        if given["sales_attributes"] and variant.get("image"):
            uri = catalogue_image(state, variant["image"]).uri
            given["sales_attributes"][0]["sku_img"] = {"uri": uri}
        weight = _weight(variant.get("grams", 100))
        if weight:
            given["sku_weight"] = weight
        if variant.get("barcode"):
            given["identifier_code"] = {"code": str(variant["barcode"]), "type": "EAN"}
        sku = make_sku(str(variant.get("sku_id") or state.new_id("2729")), given)
        product.live["skus"].append(sku)
        listing = put_listing(shop, product, sku, product.live["title"])
        listing.price = str(variant["price"])
        listing.inventory = _stock(shop, variant.get("inventory", 0))
        listing.in_baskets = bool(row.get("in_baskets", True))


def _stock(shop: Shop, given: Any) -> dict[str, int]:
    """A number is for the first warehouse; a mapping of places gives each warehouse its own."""
    if not isinstance(given, dict):
        return {shop.warehouses[0]: int(given)}
    counts = [int(one) for one in given.values()]
    return dict(zip(shop.warehouses, counts, strict=False))
