"""Product, ProductVariant, InventoryItem, Location."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.resolvers.orders import metafield, metafields
from tiktoksync.sandbox.shopify.state import Record

Info = Any


def stock_of(variant: Record) -> int:
    return sum(variant["_stock"].values())


def _variants(product: Record, _info: Info, sortKey: str = "POSITION", **page: Any) -> Record:
    return connect(product["_variants"], **page)


def _levels(item: Record, info: Info, **page: Any) -> Record:
    for name in ("includeInactive", "query"):
        page.pop(name, None)
    rows = [level_of(info.context, item, place) for place in item["_variant"]["_stock"]]
    return connect(rows, **page)


def level_of(ctx: Any, item: Record, place: str) -> Record:
    """The stock of one item at one location."""
    number = number_of(place)
    return {
        "__typename": "InventoryLevel",
        "id": f"gid://shopify/InventoryLevel/{number}?inventory_item_id={number_of(item['id'])}",
        "isActive": True,
        "item": item,
        "location": ctx.store.objects[place],
        "createdAt": item["createdAt"],
        "updatedAt": item["updatedAt"],
        "_count": item["_variant"]["_stock"][place],
    }


def _level(item: Record, info: Info, locationId: str, includeInactive: bool = False) -> Any:
    if locationId not in item["_variant"]["_stock"]:
        return None
    return level_of(info.context, item, locationId)


def _location_level(
    location: Record, info: Info, inventoryItemId: str, includeInactive: bool = False
) -> Any:
    item = info.context.store.objects.get(inventoryItemId)
    return _level(item, info, location["id"]) if item else None


def _quantities(level: Record, _info: Info, names: list[str]) -> list[Record]:
    return [
        {
            "__typename": "InventoryQuantity",
            "id": f"gid://shopify/InventoryQuantity/{number_of(level['id'])}?name={name}",
            "name": name,
            "quantity": level["_count"] if name in ("available", "on_hand") else 0,
            "updatedAt": None,
        }
        for name in names
    ]


def _duplicates(item: Record, info: Info) -> int:
    sku = item["sku"]
    if not sku:
        return 0
    same = [one for one in info.context.store.variants if one["sku"] == sku]
    return max(0, len(same) - 1)


def _measurement(item: Record, _info: Info) -> Record:
    return {
        "__typename": "InventoryItemMeasurement",
        "id": item["id"].replace("InventoryItem", "InventoryItemMeasurement"),
        "weight": {"unit": "GRAMS", "value": float(item["_variant"]["_grams"])},
    }


FIELDS: dict[str, Any] = {
    "Product.metafield": metafield,
    "Product.metafields": metafields,
    "Product.options": lambda p, _i, first=None: (
        p["options"] if first is None else p["options"][:first]
    ),
    "Product.totalInventory": lambda p, _i: sum(stock_of(one) for one in p["_variants"]),
    "Product.variants": _variants,
    "Product.variantsCount": lambda p, _i: {"count": len(p["_variants"]), "precision": "EXACT"},
    "ProductVariant.availableForSale": lambda v, _i: stock_of(v) > 0,
    "ProductVariant.inventoryItem": lambda v, _i: v["_item"],
    "ProductVariant.inventoryQuantity": lambda v, _i: stock_of(v),
    "ProductVariant.metafield": metafield,
    "ProductVariant.metafields": metafields,
    "ProductVariant.product": lambda v, _i: v["_product"],
    "ProductVariant.sellableOnlineQuantity": lambda v, _i: stock_of(v),
    "InventoryItem.duplicateSkuCount": _duplicates,
    "InventoryItem.inventoryLevel": _level,
    "InventoryItem.inventoryLevels": _levels,
    "InventoryItem.locationsCount": lambda i, _i: {
        "count": len(i["_variant"]["_stock"]),
        "precision": "EXACT",
    },
    "InventoryItem.measurement": _measurement,
    "InventoryItem.variant": lambda i, _i: i["_variant"],
    "InventoryLevel.quantities": _quantities,
    "Location.inventoryLevel": _location_level,
}
