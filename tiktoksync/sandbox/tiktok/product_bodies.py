"""The stored shape of one version of a product, made from what a client sends.

A version is a dict: ``title``, ``description``, ``category_id``, ``brand_id``, ``main_images``
(uris), ``package_weight``, ``package_dimensions``, ``product_attributes`` (with the names of their
values), ``certifications``, ``size_chart``, ``external_product_id``, ``is_cod_allowed``, ``skus``
and ``more`` (fields that are kept and given back as they came). A SKU in it has ``id``,
``seller_sku``, ``external_sku_id``, ``sales_attributes`` and ``more``; its price and stock are no
part of a version, since changes to them need no review.
"""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import attributes
from tiktoksync.sandbox.tiktok.ids import number_of, text_of
from tiktoksync.sandbox.tiktok.state import Listing, Product, Shop, TikTokState

Body = dict[str, Any]

PASSED_ON = (
    "delivery_option_ids", "video", "is_not_for_sale", "is_pre_owned", "manufacturer_ids",
    "responsible_person_ids", "shipping_template_id", "shipping_insurance_requirement",
    "minimum_order_quantity", "key_product_features", "search_terms", "scheduled_sale",
    "listing_platforms",
)  # fmt: skip
SKU_PASSED_ON = ("identifier_code", "sku_weight", "sku_dimensions", "pre_sale", "combined_skus")
FIELDS = (
    "title", "description", "category_id", "category_version", "brand_id", "main_images",
    "package_weight", "package_dimensions", "product_attributes", "certifications", "size_chart",
    "external_product_id", "is_cod_allowed",
)  # fmt: skip


def make_version(given: Body, skus: list[Body]) -> Body:
    """A whole version; what the client left out is empty."""
    return {
        "title": str(given.get("title") or ""),
        "description": str(given.get("description") or ""),
        "category_id": str(given.get("category_id") or ""),
        "category_version": str(given.get("category_version") or ""),
        "brand_id": _brand(given.get("brand_id")),
        "main_images": [str(one["uri"]) for one in given.get("main_images") or []],
        "package_weight": given.get("package_weight") or None,
        "package_dimensions": given.get("package_dimensions") or None,
        "product_attributes": _attributes(given.get("product_attributes") or []),
        "certifications": given.get("certifications") or [],
        "size_chart": given.get("size_chart") or None,
        "external_product_id": str(given.get("external_product_id") or ""),
        "is_cod_allowed": bool(given.get("is_cod_allowed")),
        "skus": skus,
        "more": {name: given[name] for name in PASSED_ON if name in given},
    }


def as_sent(version: Body) -> Body:
    """A version as a client would have sent it: the base of a partial edit."""
    sent = {name: version[name] for name in FIELDS}
    sent["main_images"] = [{"uri": uri} for uri in version["main_images"]]
    sent["skus"] = [{**row["more"], **row} for row in version["skus"]]
    return {**sent, **version["more"]}


def _brand(value: Any) -> str:
    return "" if value in (None, "", "0") else str(value)


def _attributes(rows: list[Body]) -> list[Body]:
    """Attributes with the names and ids of all their values."""
    return [
        {
            "id": str(row["id"]),
            "name": attributes.name_of(str(row["id"])) or str(row.get("name") or ""),
            "values": [_value(str(row["id"]), one) for one in row.get("values") or []],
        }
        for row in rows
    ]


def _value(attribute_id: str, given: Body) -> Body:
    if given.get("id"):
        known = attributes.value_name(attribute_id, str(given["id"]))
        return {"id": str(given["id"]), "name": known or str(given.get("name") or "")}
    name = str(given.get("name") or "")
    return {"id": number_of(f"{attribute_id}={name}"), "name": name}


def make_sku(sku_id: str, given: Body) -> Body:
    """A SKU of a version, its options named and numbered."""
    return {
        "id": sku_id,
        "seller_sku": str(given.get("seller_sku") or ""),
        "external_sku_id": str(given.get("external_sku_id") or ""),
        "sales_attributes": [make_option(one) for one in given.get("sales_attributes") or []],
        "more": {name: given[name] for name in SKU_PASSED_ON if given.get(name)},
    }


def make_option(given: Body) -> Body:
    """One option of a SKU: built in by id, or made up by name; its own ids are known later."""
    attribute_id = str(given.get("id") or "")
    name = attributes.name_of(attribute_id) or str(given.get("name") or "")
    name = name or text_of(attribute_id)
    attribute_id = attribute_id or attributes.id_of(name) or number_of(name)
    value_id = str(given.get("value_id") or "")
    known = attributes.value_name(attribute_id, value_id) if value_id else ""
    value = known or str(given.get("value_name") or "") or text_of(value_id).partition("=")[2]
    option: Body = {
        "id": attribute_id,
        "name": name,
        "value_id": number_of(f"{name}={value}"),
        "value_name": value,
    }
    if (given.get("sku_img") or {}).get("uri"):
        option["sku_img"] = {"uri": str(given["sku_img"]["uri"])}
    more = given.get("supplementary_sku_images")
    if more:
        option["supplementary_sku_images"] = [{"uri": str(one["uri"])} for one in more]
    return option


def sku_name(row: Body) -> str:
    """What an order line calls the SKU."""
    return ", ".join(one["value_name"] for one in row["sales_attributes"]) or "Default"


def put_listing(shop: Shop, product: Product, row: Body, title: str) -> Listing:
    """The record of a SKU's price and stock; made when there is none yet."""
    listing = product.skus.get(row["id"])
    if listing is None:
        listing = Listing(row["id"], product.id, row["seller_sku"], title, sku_name(row), "0")
        product.skus[row["id"]] = listing
        shop.skus[row["id"]] = listing
    return listing


def show_to_buyers(shop: Shop, product: Product) -> None:
    """Let the SKUs' names and seller SKUs follow the live version, and forget the others."""
    for listing in product.skus.values():
        _forget_seller_sku(shop, listing)
    kept = {row["id"] for row in product.live["skus"]}
    if product.review is not None:
        kept |= {row["id"] for row in product.review["skus"]}
    for sku_id in [one for one in product.skus if one not in kept]:
        del product.skus[sku_id]
        shop.skus.pop(sku_id, None)
    for row in product.live["skus"]:
        listing = product.skus[row["id"]]
        listing.seller_sku, listing.sku_name = row["seller_sku"], sku_name(row)
        listing.title = product.live["title"]
        if listing.seller_sku and product.status != "DELETED":
            shop.listings.setdefault(listing.seller_sku, listing)


def _forget_seller_sku(shop: Shop, listing: Listing) -> None:
    """Another SKU of the same seller SKU takes its place, if there is one."""
    if shop.listings.get(listing.seller_sku) is not listing:
        return
    del shop.listings[listing.seller_sku]
    for other in shop.skus.values():
        if other.seller_sku != listing.seller_sku or other.product_id == listing.product_id:
            continue
        owner = shop.products.get(other.product_id)
        if owner is not None and owner.status != "DELETED":
            shop.listings[other.seller_sku] = other
            return


def find_product(state: TikTokState, shop: Shop, product_id: str) -> tuple[Product | None, bool]:
    """The shop's product; without one, whether it is another shop's."""
    found = shop.products.get(product_id)
    foreign = found is None and any(product_id in one.products for one in state.shops.values())
    return found, foreign
