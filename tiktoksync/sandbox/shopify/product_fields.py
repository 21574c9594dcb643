"""Which search fields the lists of products, variants and items know, and what they sort by."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.search import Field
from tiktoksync.sandbox.shopify.state import Record
from tiktoksync.sandbox.shopify.stock import total

SortKeys = dict[str, tuple[str, Callable[[Record], Any] | None]]


def _at(name: str) -> Any:
    return lambda record: record.get(name)


def _of_product(name: str) -> Any:
    return lambda record: record["_product"].get(name)


def _number(record: Record) -> str:
    return str(record["legacyResourceId"])


def _yes(value: bool) -> str:
    return "true" if value else "false"


def _of_variants(name: str) -> Any:
    return lambda record: [one[name] for one in record["_variants"] if one[name]]


def _inventory(product: Record) -> int:
    return sum(total(one) for one in product["_variants"])


def _published(record: Record) -> str:
    return "published" if record["publishedAt"] else "unpublished"


def _option(place: int) -> Any:
    def get(variant: Record) -> str | None:
        chosen = variant["selectedOptions"]
        return str(chosen[place]["value"]) if place < len(chosen) else None

    return get


def _nothing(_record: Record) -> None:
    return None


PRODUCT_FIELDS: dict[str, Field] = {
    "id": Field(_number),
    "title": Field(_at("title"), "token"),
    "handle": Field(_at("handle")),
    "vendor": Field(_at("vendor")),
    "product_type": Field(_at("productType")),
    "status": Field(lambda record: str(record["status"]).lower()),
    "tag": Field(_at("tags")),
    "tag_not": Field(_at("tags"), "absent"),
    "sku": Field(_of_variants("sku"), "token"),
    "barcode": Field(_of_variants("barcode")),
    "variant_id": Field(lambda record: [one["legacyResourceId"] for one in record["_variants"]]),
    "variant_title": Field(_of_variants("title"), "token"),
    "price": Field(lambda record: min(float(one["price"]) for one in record["_variants"]),
                   "number"),
    "inventory_total": Field(_inventory, "number"),
    "tracks_inventory": Field(lambda record: _yes(record["tracksInventory"])),
    "gift_card": Field(lambda record: _yes(record["isGiftCard"])),
    "has_only_default_variant": Field(lambda record: _yes(record["hasOnlyDefaultVariant"])),
    "category_id": Field(lambda r: number_of(r["category"]["id"]) if r["category"] else None),
    "publication_ids": Field(lambda r: [number_of(one) for one in r["_publications"]]),
    "published_status": Field(_published),
    "published_at": Field(_at("publishedAt"), "time"),
    "created_at": Field(_at("createdAt"), "time"),
    "updated_at": Field(_at("updatedAt"), "time"),
}  # fmt: skip
for _name in (
    "bundles", "collection_id", "combined_listing_role", "delivery_profile_id", "error_feedback",
    "has_only_composites", "has_variant_with_components", "is_price_reduced",
    "out_of_stock_somewhere", "product_configuration_owner", "product_publication_status",
):  # fmt: skip
    PRODUCT_FIELDS[_name] = Field(_nothing)

VARIANT_FIELDS: dict[str, Field] = {
    "id": Field(_number),
    "sku": Field(_at("sku"), "token"),
    "barcode": Field(_at("barcode")),
    "title": Field(_at("title"), "token"),
    "option1": Field(_option(0)),
    "option2": Field(_option(1)),
    "option3": Field(_option(2)),
    "product_id": Field(_of_product("legacyResourceId")),
    "product_ids": Field(_of_product("legacyResourceId"), "list"),
    "product_status": Field(lambda record: str(record["_product"]["status"]).lower()),
    "product_type": Field(_of_product("productType")),
    "vendor": Field(_of_product("vendor")),
    "tag": Field(_of_product("tags")),
    "tag_not": Field(_of_product("tags"), "absent"),
    "taxable": Field(lambda record: _yes(record["taxable"])),
    "gift_card": Field(lambda record: _yes(record["_product"]["isGiftCard"])),
    "location_id": Field(lambda record: [number_of(one) for one in record["_stock"]]),
    "published_status": Field(lambda record: _published(record["_product"])),
    "updated_at": Field(_at("updatedAt"), "time"),
    "inventory_quantity": Field(total, "number"),
}
for _name in (
    "collection", "delivery_profile_id", "exclude_composite", "exclude_variants_with_components",
    "managed", "managed_by", "product_publication_status", "requires_components",
):  # fmt: skip
    VARIANT_FIELDS[_name] = Field(_nothing)

ITEM_FIELDS: dict[str, Field] = {
    "id": Field(_number),
    "sku": Field(lambda record: record["_variant"]["sku"], "token"),
    "created_at": Field(_at("createdAt"), "time"),
    "updated_at": Field(_at("updatedAt"), "time"),
}

PRODUCT_SORT: SortKeys = {
    "CREATED_AT": ("createdAt", None),
    "UPDATED_AT": ("updatedAt", None),
    "PUBLISHED_AT": ("publishedAt", lambda record: record["publishedAt"] or ""),
    "TITLE": ("title", lambda record: record["title"].lower()),
    "VENDOR": ("vendor", None),
    "PRODUCT_TYPE": ("productType", None),
    "INVENTORY_TOTAL": ("_inventory", _inventory),
}
VARIANT_SORT: SortKeys = {
    "SKU": ("sku", lambda record: record["sku"] or ""),
    "TITLE": ("title", None),
    "FULL_TITLE": ("displayName", None),
    "NAME": ("displayName", None),
    "POSITION": ("position", None),
    "INVENTORY_QUANTITY": ("_inventory", total),
}
