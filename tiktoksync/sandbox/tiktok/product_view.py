"""How a product is shown: a row of a search, and the whole of it."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import brands, categories, money, review
from tiktoksync.sandbox.tiktok.images import show_image
from tiktoksync.sandbox.tiktok.product_bodies import Body
from tiktoksync.sandbox.tiktok.state import Listing, Product, Shop, TikTokState

_FIRST = ("PENDING", "FAILED")


def show_row(shop: Shop, product: Product) -> dict[str, Any]:
    """A row of Search Products."""
    return {
        **_show_common(product, product.live),
        "sales_regions": [shop.region],
        "skus": [_show_sku(shop, one) for one in product.live_skus()],
    }


def _show_common(product: Product, version: Body) -> dict[str, Any]:
    return {
        "audit": review.shown_audit(product),
        "create_time": product.created,
        "has_draft": product.review_is_draft,
        "id": product.id,
        "is_not_for_sale": bool(version["more"].get("is_not_for_sale")),
        "product_tags": [],
        "recommended_categories": [],
        "status": product.status,
        "title": version["title"],
        "update_time": product.updated,
    }


def _show_sku(shop: Shop, listing: Listing) -> dict[str, Any]:
    price = money.text(money.amount(listing.price, shop.currency))
    shown = {"currency": shop.currency, "tax_exclusive_price": price}
    if shop.seller_type != "LOCAL":
        shown["sale_price"] = price
    row: dict[str, Any] = {
        "id": listing.sku_id,
        "inventory": [
            {"quantity": count, "warehouse_id": one} for one, count in listing.inventory.items()
        ],
        "price": shown,
        "seller_sku": listing.seller_sku,
        "status_info": {"status": "NORMAL"},
    }
    if listing.deactivated_by:
        source = {"deactivation_source": listing.deactivated_by}
        row["status_info"] = {"status": "DEACTIVATED", **source}
    if listing.list_price:
        row["list_price"] = listing.list_price
    if listing.external_list_prices:
        row["external_list_prices"] = listing.external_list_prices
    return row


def show_whole(
    state: TikTokState, shop: Shop, product: Product, host: str, version: Body | None = None
) -> dict[str, Any]:
    """Get Product, for the version buyers see unless another one is given."""
    version = version or product.live
    more = version["more"]
    status = product.status
    shown = {
        **_show_common(product, version),
        "category_chains": _chain(version),
        "description": version["description"],
        "is_cod_allowed": version["is_cod_allowed"],
        "is_pre_owned": bool(more.get("is_pre_owned")),
        "is_replicated": False,
        "main_images": [show_image(state, uri, host) for uri in version["main_images"]],
        "manufacturer_ids": more.get("manufacturer_ids", []),
        "product_attributes": version["product_attributes"],
        "product_status": "INITIAL" if status in _FIRST else status,
        "responsible_person_ids": more.get("responsible_person_ids", []),
        "shipping_insurance_requirement": more.get(
            "shipping_insurance_requirement", "NOT_SUPPORTED"
        ),
        "skus": [_show_whole_sku(state, shop, product, row, host) for row in version["skus"]],
        **_show_given(version),
        **_show_delivery(shop, more),
    }
    name = brands.brand_name(shop, version["brand_id"])
    if name:
        shown["brand"] = {"id": version["brand_id"], "name": name}
    if product.failed_reasons:
        shown["audit_failed_reasons"] = product.failed_reasons
    return shown


def _chain(version: Body) -> list[dict[str, Any]]:
    known = categories.find(version["category_id"])
    if known is None:
        return []
    return [
        {"id": one.id, "is_leaf": one.is_leaf, "local_name": one.name, "parent_id": one.parent_id}
        for one in categories.chain(*known)
    ]


def _show_given(version: Body) -> dict[str, Any]:
    """Fields that are shown only when there is something in them."""
    found = {name: version[name] for name in ("package_dimensions", "package_weight") if
             version[name]}  # fmt: skip
    for name in ("certifications", "external_product_id", "size_chart"):
        if version[name]:
            found[name] = version[name]
    for name in ("video", "key_product_features", "search_terms", "scheduled_sale",
                 "minimum_order_quantity", "shipping_template_id"):  # fmt: skip
        if name in version["more"]:
            found[name] = version["more"][name]
    return found


def _show_delivery(shop: Shop, more: Body) -> dict[str, Any]:
    ids = more.get("delivery_option_ids")
    if not ids:
        return {}
    rows = [{"id": one, "name": "Shipped by seller", "is_available": True} for one in ids]
    return {"delivery_options": rows}


def _show_whole_sku(
    state: TikTokState, shop: Shop, product: Product, row: Body, host: str
) -> dict[str, Any]:
    shown = _show_sku(shop, product.skus[row["id"]])
    shown["seller_sku"] = row["seller_sku"]
    shown["price"]["sale_price"] = shown["price"]["tax_exclusive_price"]
    if row["external_sku_id"]:
        shown["external_sku_id"] = row["external_sku_id"]
    return {
        **shown,
        "global_listing_policy": {"inventory_type": "EXCLUSIVE", "price_sync": False},
        "sales_attributes": [_show_option(state, one, host) for one in row["sales_attributes"]],
        **row["more"],
    }


def _show_option(state: TikTokState, option: Body, host: str) -> Body:
    shown = dict(option)
    if "sku_img" in option:
        shown["sku_img"] = show_image(state, option["sku_img"]["uri"], host)
    if "supplementary_sku_images" in option:
        shown["supplementary_sku_images"] = [
            show_image(state, one["uri"], host) for one in option["supplementary_sku_images"]
        ]
    return shown
