"""The fields of QueryRoot for products, variants, stock, locations and channels."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify import fields as search_fields
from tiktoksync.sandbox.shopify import product_fields as known
from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.ids import make_gid
from tiktoksync.sandbox.shopify.metafields import find_by_custom_id
from tiktoksync.sandbox.shopify.resolvers.finding import by_id, count, count_of, page_of, search
from tiktoksync.sandbox.shopify.resolvers.inventory import find_level
from tiktoksync.sandbox.shopify.state import Record

Info = Any


def _by_identifier(owner: str, kind: str) -> Any:
    def resolve(_root: Any, info: Info, identifier: dict[str, Any]) -> Any:
        store = info.context.store
        if identifier.get("id"):
            return by_id(kind)(_root, info, identifier["id"])
        if identifier.get("handle"):
            return store.objects.get(store.handles.get(identifier["handle"]))
        return find_by_custom_id(info.context, owner, identifier["customId"])

    return resolve


def _find_locations(info: Info, includeInactive: bool, query: str | None) -> list[Record]:
    rows = [one for one in info.context.store.locations if one["isActive"] or includeInactive]
    return search(info, rows, query, search_fields.NAME_FIELDS, "name")


def _locations(
    _root: Any,
    info: Info,
    includeInactive: bool = False,
    query: str | None = None,
    sortKey: str = "NAME",
    **page: Any,
) -> Record:
    key = "id" if sortKey == "ID" else "name"
    rows = _find_locations(info, includeInactive, query)
    return connect(sorted(rows, key=lambda one: one[key]), sort_key=key, **page)


def _locations_count(
    _root: Any, info: Info, query: str | None = None, limit: int | None = 10_000
) -> Record:
    return count(len(_find_locations(info, False, query)), limit)


def _location(_root: Any, info: Info, id: str | None = None) -> Any:
    return by_id("Location")(_root, info, id) if id else info.context.store.locations[0]


def _level(_root: Any, info: Info, id: str) -> Any:
    place, _, item_number = id.rpartition("/")[2].partition("?inventory_item_id=")
    item = info.context.store.objects.get(make_gid("InventoryItem", item_number))
    return find_level(info, item["_variant"], make_gid("Location", place)) if item else None


def _items(store: Any) -> list[Record]:
    return [one["_item"] for one in store.variants.values()]


def _publications(_root: Any, info: Info, catalogType: str | None = None, **page: Any) -> Record:
    rows = info.context.store.publications if catalogType in (None, "APP") else []
    return connect(rows, **page)


FIELDS: dict[str, Any] = {
    "QueryRoot.inventoryItem": by_id("InventoryItem"),
    "QueryRoot.inventoryItems": page_of(_items, known.ITEM_FIELDS, "id"),
    "QueryRoot.inventoryLevel": _level,
    "QueryRoot.location": _location,
    "QueryRoot.locations": _locations,
    "QueryRoot.locationsCount": _locations_count,
    "QueryRoot.product": by_id("Product"),
    "QueryRoot.productByIdentifier": _by_identifier("PRODUCT", "Product"),
    "QueryRoot.productVariant": by_id("ProductVariant"),
    "QueryRoot.productVariantByIdentifier": _by_identifier("PRODUCTVARIANT", "ProductVariant"),
    "QueryRoot.productVariants": page_of(
        lambda store: store.variants.values(),
        known.VARIANT_FIELDS,
        "displayName",
        known.VARIANT_SORT,
        lambda variant: float(variant["_product"]["_born"]),
    ),
    "QueryRoot.productVariantsCount": count_of(
        lambda store: store.variants.values(), known.VARIANT_FIELDS, "displayName"
    ),
    "QueryRoot.products": page_of(
        lambda store: store.products,
        known.PRODUCT_FIELDS,
        "title",
        known.PRODUCT_SORT,
        lambda product: float(product["_born"]),
    ),
    "QueryRoot.productsCount": count_of(
        lambda store: store.products, known.PRODUCT_FIELDS, "title"
    ),
    "QueryRoot.publication": by_id("Publication"),
    "QueryRoot.publications": _publications,
}
