"""Shopify's products, variants, stock and locations, as our columns hold them. Pure.

Bodies are the nodes of the Admin API: of a page, or single lines of a bulk operation's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from products.facts import (
    TOO_MANY,
    address,
    moment,
    object_of,
    rows_of,
    stored_price,
    stored_weight,
    texts_of,
    whole_number,
    words,
)
from products.models import sku_key

ID_LENGTH, URL_LENGTH = 80, 1000
SELLS_WITHOUT_STOCK = "CONTINUE"
Body = Mapping[str, Any]


def gid_of(kind: str, number: Any) -> str:
    """The GID of something that a webhook names by its number, or by its GID; empty for neither."""
    text = words(number, ID_LENGTH)
    if text.startswith(f"gid://shopify/{kind}/"):
        return text
    return f"gid://shopify/{kind}/{text}" if text.isascii() and text.isdigit() else ""


def product_columns(body: Body) -> dict[str, Any]:
    """The columns of a product; ``images`` only if the body tells of its media."""
    columns = {
        "title": words(body.get("title")),
        "handle": words(body.get("handle")),
        "status": words(body.get("status"), 20),
        "description_html": words(body.get("descriptionHtml"), TOO_MANY),
        "vendor": words(body.get("vendor")),
        "product_type": words(body.get("productType")),
        "tags": texts_of(body.get("tags")),
        "category": words(object_of(body.get("category")).get("fullName"), 500),
        "options": [_option(one) for one in rows_of(body.get("options"))],
        "changed_at": moment(body.get("updatedAt")),
    }
    if "media" in body:
        columns["images"] = images_of(rows_of(body["media"]))
    return columns


def _option(body: Body) -> dict[str, Any]:
    values = [words(one.get("name")) for one in rows_of(body.get("optionValues"))]
    return {"name": words(body.get("name")), "values": values}


def images_of(media: Iterable[Body]) -> list[dict[str, Any]]:
    """The pictures among a product's media, in their order; Shopify may still be fetching one."""
    found = []
    for one in media:
        image = object_of(one.get("image"))
        if url := address(image.get("url"), URL_LENGTH):
            sizes = {side: whole_number(image.get(side)) or 0 for side in ("width", "height")}
            found.append({"url": url, "alt": words(one.get("alt"), 512), **sizes})
    return found


def pictures_by_id(media: Iterable[Body]) -> dict[str, str]:
    """The addresses of a product's pictures by the ids that its variants name."""
    return {
        str(one.get("id")): url
        for one in media
        if (url := address(object_of(one.get("image")).get("url"), URL_LENGTH))
    }


def variant_columns(body: Body, pictures: Mapping[str, str]) -> dict[str, Any]:
    """The columns of a variant; ``image`` only if the body tells of its media."""
    item = object_of(body.get("inventoryItem"))
    weight = object_of(object_of(item.get("measurement")).get("weight"))
    sku = words(body.get("sku"))
    columns = {
        "inventory_item_id": words(item.get("id"), ID_LENGTH),
        "title": words(body.get("title")),
        "sku": sku,
        "sku_key": words(sku_key(sku)),
        "barcode": words(body.get("barcode")),
        "position": min(max(whole_number(body.get("position")) or 0, 0), 10**6),
        "option_values": [
            {"name": words(one.get("name")), "value": words(one.get("value"))}
            for one in rows_of(body.get("selectedOptions"))
        ],
        "price": stored_price(body.get("price")),
        "compare_at_price": stored_price(body.get("compareAtPrice")),
        "weight": stored_weight(weight.get("value")),
        "weight_unit": words(weight.get("unit"), 12),
        "is_tracked": item.get("tracked") is not False,
        "sells_without_stock": body.get("inventoryPolicy") == SELLS_WITHOUT_STOCK,
        "requires_shipping": item.get("requiresShipping") is not False,
    }
    if "media" in body:
        named = (pictures.get(str(one.get("id")), "") for one in rows_of(body["media"]))
        columns["image"] = next(filter(None, named), "")
    return columns


def level_of(line: Body) -> dict[str, Any]:
    """A line of stock in a bulk operation's file, as `inventory_levels` of the client gives it."""
    counted = {one.get("name"): one.get("quantity") for one in rows_of(line.get("quantities"))}
    return {
        "location_id": words(object_of(line.get("location")).get("id"), ID_LENGTH),
        "available": whole_number(counted.get("available")) or 0,
        "updated_at": moment(line.get("updatedAt")),
    }


def level_of_webhook(body: Body) -> tuple[str, dict[str, Any]] | None:
    """Item and level of an inventory_levels/update body; None where Shopify counts no stock."""
    item = gid_of("InventoryItem", body.get("inventory_item_id"))
    place = gid_of("Location", body.get("location_id"))
    available, at = whole_number(body.get("available")), moment(body.get("updated_at"))
    if not item or not place or available is None or at is None:
        return None
    return item, {"location_id": place, "available": available, "updated_at": at}
