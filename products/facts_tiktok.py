"""TikTok's products, SKUs and warehouses, as our columns hold them. Pure.

A row of the product search says less than a product read by itself: what a body does not tell of
is not in the answer here, so that it stays as it is stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from products.facts import (
    TOO_MANY,
    address,
    moment,
    object_of,
    rows_of,
    stored_price,
    texts_of,
    whole_number,
    words,
)
from products.models import sku_key

ID_LENGTH = 40
IMAGE_LENGTH, SKU_IMAGE_LENGTH = 1000, 500
DELETED, OFF = "DELETED", "DEACTIVATED"
SALES_WAREHOUSE, ENABLED = "SALES_WAREHOUSE", "ENABLED"
CATEGORY_STEP = " › "
Body = Mapping[str, Any]


def row_columns(body: Body) -> dict[str, Any]:
    """The columns of a listing that both a row of the search and a whole product tell."""
    columns = {
        "title": words(body.get("title"), 500),
        "status": words(body.get("status"), 40),
        "changed_at": moment(body.get("update_time")),
    }
    if "audit" in body:
        columns["audit_status"] = words(object_of(body["audit"]).get("status"), 20)
    if created := moment(body.get("create_time")):
        columns["created_on_tiktok_at"] = created
    return columns


def detail_columns(body: Body) -> dict[str, Any]:
    """The columns of a listing that was read whole."""
    brand = object_of(body.get("brand"))
    chain = _from_root(rows_of(body.get("category_chains")))
    return row_columns(body) | {
        "audit_status": words(object_of(body.get("audit")).get("status"), 20),
        "review_reasons": [_reason(one) for one in rows_of(body.get("audit_failed_reasons"))],
        "description_html": words(body.get("description"), TOO_MANY),
        "category_id": words(chain[-1].get("id"), ID_LENGTH) if chain else "",
        "category_name": _category_name(chain),
        "brand_id": words(brand.get("id"), ID_LENGTH),
        "brand_name": words(brand.get("name")),
        "images": [_image(one) for one in rows_of(body.get("main_images"))],
        "package": _package(body),
        "external_product_id": words(body.get("external_product_id"), 999),
    }


def sku_columns(body: Body, *, is_whole: bool) -> dict[str, Any]:
    """The columns of a SKU; with more of them where the product was read whole."""
    price, seller_sku = object_of(body.get("price")), words(body.get("seller_sku"))
    columns: dict[str, Any] = {
        "seller_sku": seller_sku,
        "sku_key": words(sku_key(seller_sku)),
        "price": stored_price(price.get("sale_price") or price.get("tax_exclusive_price")),
        "currency": words(price.get("currency"), 3),
    }
    if "inventory" in body:
        columns |= _inventory(rows_of(body["inventory"]))
    if "status_info" in body:
        columns["is_deactivated"] = object_of(body["status_info"]).get("status") == OFF
    return columns | (_sku_details(body) if is_whole else {})


def _inventory(rows: Iterable[Body]) -> dict[str, Any]:
    stock = [
        {
            "warehouse_id": words(row.get("warehouse_id"), ID_LENGTH),
            "quantity": whole_number(row.get("quantity")) or 0,
        }
        for row in rows
    ]
    total = sum(int(str(row["quantity"])) for row in stock)
    return {"inventory": stock, "quantity": min(total, TOO_MANY - 1) if stock else None}


def _sku_details(body: Body) -> dict[str, Any]:
    chosen = rows_of(body.get("sales_attributes"))
    pictures = (_first_url(object_of(one.get("sku_img")), SKU_IMAGE_LENGTH) for one in chosen)
    values = [words(one.get("value_name")) for one in chosen]
    return {
        "name": words(" / ".join(filter(None, values))),
        "attributes": [
            {"name": words(one.get("name")), "value": value}
            for one, value in zip(chosen, values, strict=True)
        ],
        "image": next(filter(None, pictures), ""),
        "barcode": words(object_of(body.get("identifier_code")).get("code"), 40),
        "external_sku_id": words(body.get("external_sku_id"), 999),
    }


def _from_root(chain: list[Body]) -> list[Body]:
    """The categories of a listing from the root to the leaf, in whatever order they come."""
    below = {str(one.get("parent_id") or "0"): one for one in chain}
    found, at = list[Body](), "0"
    while at in below and len(found) < len(chain):
        found.append(below[at])
        at = str(below[at].get("id"))
    return found if len(found) == len(chain) else chain


def _category_name(chain: Iterable[Body]) -> str:
    return words(CATEGORY_STEP.join(words(one.get("local_name")) for one in chain), 500)


def _reason(body: Body) -> dict[str, Any]:
    return {
        "position": words(body.get("position")),
        "reasons": texts_of(body.get("reasons"), 2000),
        "suggestions": texts_of(body.get("suggestions"), 2000),
    }


def _image(body: Body) -> dict[str, Any]:
    sizes = {side: whole_number(body.get(side)) or 0 for side in ("width", "height")}
    return {"uri": words(body.get("uri"), 500), "url": _first_url(body, IMAGE_LENGTH), **sizes}


def _first_url(body: Body, most: int) -> str:
    return next(filter(None, (address(one, most) for one in body.get("urls") or ())), "")


def _package(body: Body) -> dict[str, str]:
    """Nothing where TikTok tells nothing of the parcel."""
    weight, size = object_of(body.get("package_weight")), object_of(body.get("package_dimensions"))
    told = {
        "weight": words(weight.get("value"), 20),
        "weight_unit": words(weight.get("unit"), 12),
        **{side: words(size.get(side), 20) for side in ("length", "width", "height")},
        "unit": words(size.get("unit"), 12),
    }
    return told if any(told.values()) else {}


def warehouses_of(rows: Iterable[Body]) -> list[dict[str, Any]]:
    """Warehouses that can hold stock for sale: [{id, name, is_default}]."""
    return [
        {
            "id": words(row.get("id"), ID_LENGTH),
            "name": words(row.get("name")),
            "is_default": row.get("is_default") is True,
        }
        for row in rows
        if row.get("id")
        and row.get("type", SALES_WAREHOUSE) == SALES_WAREHOUSE
        and row.get("effect_status", ENABLED) != "DISABLED"
    ]


def same_pictures(one: Iterable[Body], other: Iterable[Body]) -> bool:
    """Whether two lists show the same: TikTok gives a picture other addresses in each answer."""
    return [row.get("uri") for row in one] == [row.get("uri") for row in other]


def same_picture(one: str, other: str) -> bool:
    """Whether two addresses are of one picture, on whatever host."""
    return urlsplit(one).path == urlsplit(other).path
