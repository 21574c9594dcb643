"""InventoryItem, InventoryLevel, InventoryAdjustmentGroup, Location."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tiktoksync.sandbox.shopify import fields as search_fields
from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.errors import coded
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.resolvers.finding import search
from tiktoksync.sandbox.shopify.resolvers.fulfillments import app_record
from tiktoksync.sandbox.shopify.state import Record
from tiktoksync.sandbox.shopify.stock import STATES, level_of, level_time, quantity

Info = Any


def find_level(info: Info, variant: Record | None, place: str) -> Record | None:
    """The level of a variant at a location, if the location stocks it."""
    if variant is None or place not in variant["_stock"]:
        return None
    return level_of(variant, info.context.store.objects[place])


def _levels(
    item: Record, info: Info, includeInactive: bool = False, query: str | None = None, **page: Any
) -> Record:
    variant, places = item["_variant"], info.context.store.objects
    rows = [level_of(variant, places[one]) for one in variant["_stock"] if one in places]
    known = search_fields.LEVEL_FIELDS
    return connect(search(info, rows, query, known, "id"), **page)


def _level(item: Record, info: Info, locationId: str, includeInactive: bool = False) -> Any:
    return find_level(info, item["_variant"], locationId)


def _location_level(
    location: Record, info: Info, inventoryItemId: str, includeInactive: bool = False
) -> Any:
    item = info.context.store.objects.get(inventoryItemId)
    return find_level(info, item["_variant"], location["id"]) if item else None


def _location_levels(
    location: Record,
    info: Info,
    includeInactive: bool = False,
    query: str | None = None,
    **page: Any,
) -> Record:
    place = location["id"]
    rows = [
        level_of(one, location)
        for one in info.context.store.variants.values()
        if place in one["_stock"]
    ]
    return connect(search(info, rows, query, search_fields.LEVEL_FIELDS, "id"), **page)


def _quantities(level: Record, _info: Info, names: list[str]) -> list[Record]:
    variant, place = level["item"]["_variant"], level["location"]["id"]
    for name in names:
        if name not in STATES:
            raise coded(f"The quantity name '{name}' is invalid.", "INVALID_FIELD_ARGUMENTS")
    number = f"{number_of(place)}?inventory_item_id={number_of(level['item']['id'])}"
    return [
        {
            "__typename": "InventoryQuantity",
            "id": f"gid://shopify/InventoryQuantity/{number}&name={name}",
            "name": name,
            "quantity": quantity(variant, place, name),
            "updatedAt": level_time(variant, place) if name != "on_hand" else None,
        }
        for name in names
    ]


def _duplicates(item: Record, info: Info) -> int:
    sku = item["_variant"]["sku"]
    if not sku:
        return 0
    counts = info.context.counts
    if "sku" not in counts:
        counts["sku"] = Counter(one["sku"] for one in info.context.store.variants.values())
    return max(0, int(counts["sku"][sku]) - 1)


WEIGHTS = {"GRAMS": 1.0, "KILOGRAMS": 1000.0, "OUNCES": 28.349523125, "POUNDS": 453.59237}


def _measurement(item: Record, _info: Info) -> Record:
    unit = item["_weight_unit"]
    value = round(item["_variant"]["_grams"] / WEIGHTS[unit], 4)
    return {
        "__typename": "InventoryItemMeasurement",
        "id": item["id"].replace("InventoryItem", "InventoryItemMeasurement"),
        "weight": {"unit": unit, "value": value},
    }


def _changes(
    group: Record,
    _info: Info,
    inventoryItemIds: list[str] | None = None,
    locationIds: list[str] | None = None,
    quantityNames: list[str] | None = None,
) -> list[Record]:
    return [
        one
        for one in group["_changes"]
        if (not inventoryItemIds or one["item"]["id"] in inventoryItemIds)
        and (not locationIds or one["location"]["id"] in locationIds)
        and (not quantityNames or one["name"] in quantityNames)
    ]


def _item_variants(item: Record, _info: Info, **page: Any) -> Record:
    return connect([item["_variant"]], **page)


FIELDS: dict[str, Any] = {
    "InventoryItem.duplicateSkuCount": _duplicates,
    "InventoryItem.inventoryLevel": _level,
    "InventoryItem.inventoryLevels": _levels,
    "InventoryItem.locationsCount": lambda i, _i: {
        "count": len(i["_variant"]["_stock"]),
        "precision": "EXACT",
    },
    "InventoryItem.measurement": _measurement,
    "InventoryItem.sku": lambda i, _i: i["_variant"]["sku"],
    "InventoryItem.variant": lambda i, _i: i["_variant"],
    "InventoryItem.variants": _item_variants,
    "InventoryLevel.quantities": _quantities,
    "InventoryAdjustmentGroup.app": lambda _g, info: app_record(info.context),
    "InventoryAdjustmentGroup.changes": _changes,
    "Location.inventoryLevel": _location_level,
    "Location.inventoryLevels": _location_levels,
}
