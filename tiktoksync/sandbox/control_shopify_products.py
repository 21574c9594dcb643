"""Control of the Shopify catalogue: what a merchant does with products, stock and locations."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.control_base import BadControl, Wish
from tiktoksync.sandbox.shopify import catalogue_records, notices, stock, stores
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import Record, Store

Shown = dict[str, Any]

STATUSES = ("ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED")
_PRODUCT_NAMES = {
    "title": "title",
    "description": "descriptionHtml",
    "vendor": "vendor",
    "type": "productType",
    "tags": "tags",
    "handle": "handle",
}
_VARIANT_NAMES = {
    "sku": "sku",
    "price": "price",
    "compare_at": "compareAtPrice",
    "barcode": "barcode",
    "policy": "inventoryPolicy",
    "taxable": "taxable",
}


def list_products(wish: Wish) -> Shown:
    """Every variant and every product of a store, in a few words each."""
    store = wish.store()
    return {
        "variants": [_show_variant(one) for one in store.variants.values()],
        "products": [_show_product(one) for one in store.products],
    }


def _show_variant(variant: Record) -> Shown:
    return {
        "id": variant["id"],
        "sku": variant["sku"],
        "title": variant["_product"]["title"],
        "variant_title": variant["title"],
        "product_id": variant["_product"]["id"],
        "inventory_item_id": variant["_item"]["id"],
        "price": variant["price"],
        "compare_at": variant["compareAtPrice"],
        "barcode": variant["barcode"],
        "inventory": stock.total(variant),
        "stock": dict(variant["_stock"]),
        "grams": variant["_grams"],
    }


def _show_product(product: Record) -> Shown:
    names = (
        "id", "title", "handle", "status", "vendor", "descriptionHtml", "productType", "tags",
        "createdAt", "updatedAt", "publishedAt",
    )  # fmt: skip
    return {
        **{name: product[name] for name in names},
        "variants": len(product["_variants"]),
        "options": {one["name"]: one["values"] for one in product["options"]},
        "metafields": [
            {name: one[name] for name in ("namespace", "key", "type", "value")}
            for one in product["_metafields"].values()
        ],
        "media": [
            {"id": one["id"], "status": one["status"], "size": one["_size"]}
            for one in product["_media"]
        ],
    }


def add_product(wish: Wish) -> Shown:
    """A merchant adds a product, in the shape of the configuration."""
    state, store = wish.world.shopify, wish.store()
    row = {key: value for key, value in wish.body.items() if key != "shop"}
    product = catalogue_records.add_product(state, store, row)
    notices.send_product(state, store, product, "products/create")
    notices.send_product(state, store, product, "products/update")
    ids = {one["sku"]: one["id"] for one in product["_variants"]}
    return {"product_id": product["id"], "variant_ids": ids}


def fill(wish: Wish) -> Shown:
    """Fill a store with ``products`` times ``variants`` made-up goods; no webhooks."""
    state, store = wish.world.shopify, wish.store()
    products, variants = int(wish.body.get("products", 100)), int(wish.body.get("variants", 4))
    prefix = str(wish.body.get("prefix", "GEN"))
    names = [f"Kind {number}" for number in range(1, variants + 1)]
    for number in range(1, products + 1):
        row = {
            "title": f"Generated product {number:06d}",
            "type": "Generated",
            "options": ["Kind"],
            "variants": [
                {"sku": f"{prefix}-{number:06d}-{place}", "values": [name], "price": "10.00",
                 "inventory": (number + place) % 50, "grams": 100}
                for place, name in enumerate(names, start=1)
            ],
        }  # fmt: skip
        catalogue_records.add_product(state, store, row)
    return {"products": len(store.products), "variants": len(store.variants)}


def _product(wish: Wish) -> tuple[Store, Record]:
    """The product of the path, by number, global id or handle."""
    store, wanted = wish.store(), wish.values[0]
    for product in store.products:
        if wanted in (product["id"], product["legacyResourceId"], product["handle"]):
            return store, product
    raise BadControl(f"no product {wanted}")


def change_product(wish: Wish) -> Shown:
    """Title, description, vendor, type, tags, handle or status of a product."""
    store, product = _product(wish)
    status = str(wish.body.get("status", product["status"])).upper()
    if status not in STATUSES:
        raise BadControl(f"no product status {status}", 409)
    product["status"] = status
    for name, field in _PRODUCT_NAMES.items():
        if name in wish.body:
            product[field] = wish.body[name]
    catalogue_records.touch(wish.world.shopify, product)
    notices.send_product(wish.world.shopify, store, product, "products/update")
    return _show_product(product)


def archive_product(wish: Wish) -> Shown:
    wish.body["status"] = "ARCHIVED"
    return change_product(wish)


def delete_product(wish: Wish) -> Shown:
    store, product = _product(wish)
    catalogue_records.remove_product(store, product)
    notices.send_product_deleted(wish.world.shopify, store, product)
    return {"deleted": product["id"]}


def add_variant(wish: Wish) -> Shown:
    """Add a variant, in the shape of the configuration, to a product."""
    store, product = _product(wish)
    row = {key: value for key, value in wish.body.items() if key != "shop"}
    catalogue_records.add_row(wish.world.shopify, store, product, row)
    catalogue_records.refresh_product(product)
    catalogue_records.touch(wish.world.shopify, product)
    notices.send_product(wish.world.shopify, store, product, "products/update")
    return _show_variant(product["_variants"][-1])


def _variant(wish: Wish) -> tuple[Store, Record]:
    """The variant of the path, by number, global id or SKU."""
    store, wanted = wish.store(), wish.values[0]
    for variant in store.variants.values():
        if wanted in (variant["sku"], variant["legacyResourceId"], variant["id"]):
            return store, variant
    raise BadControl(f"no variant {wanted}")


def change_variant(wish: Wish) -> Shown:
    """Change a variant's SKU, price, stock, weight or tracking, named by its number or SKU."""
    state, (store, variant) = wish.world.shopify, _variant(wish)
    for name, field in _VARIANT_NAMES.items():
        if name in wish.body:
            variant[field] = wish.body[name]
    if "grams" in wish.body:
        variant["_grams"] = float(wish.body["grams"])
    if "tracked" in wish.body:
        variant["_item"]["tracked"] = bool(wish.body["tracked"])
    variant["updatedAt"] = state.now()
    catalogue_records.touch(state, variant["_product"])
    if {"sku", "grams", "tracked"} & set(wish.body):
        variant["_item"]["updatedAt"] = variant["updatedAt"]
        notices.send_item(state, store, variant)
    if "inventory" in wish.body:
        _set_stock(wish, store, variant, store.locations[0], int(wish.body["inventory"]))
    else:
        notices.send_product(state, store, variant["_product"], "products/update")
    return _show_variant(variant)


def remove_variant(wish: Wish) -> Shown:
    store, variant = _variant(wish)
    product = variant["_product"]
    product["_variants"].remove(variant)
    catalogue_records.remove_variant(store, variant)
    catalogue_records.refresh_product(product)
    catalogue_records.touch(wish.world.shopify, product)
    notices.send_product(wish.world.shopify, store, product, "products/update")
    return {"deleted": variant["id"]}


def set_stock(wish: Wish) -> Shown:
    """Units of a variant at a ``location`` (name, number or id; the first one by default).

    ``available`` sets them, ``delta`` adds to them, ``null`` ends stocking there.
    """
    store, variant = _variant(wish)
    location = _location(store, wish.body.get("location"))
    if "available" in wish.body and wish.body["available"] is None:
        variant["_stock"].pop(location["id"], None)
    elif "delta" in wish.body:
        held = variant["_stock"].get(location["id"], 0)
        _set_stock(wish, store, variant, location, held + int(wish.body["delta"]))
    else:
        _set_stock(wish, store, variant, location, int(wish.body["available"]))
    return _show_variant(variant)


def _set_stock(wish: Wish, store: Store, variant: Record, location: Record, units: int) -> None:
    state, place = wish.world.shopify, location["id"]
    if place not in variant["_stock"]:
        variant["_stock"][place] = 0
        notices.send_connected(state, store, variant, place)
    stock.change(state, variant, place, "available", units - variant["_stock"][place])
    notices.send_stock(state, store, [(variant, place)])


def _location(store: Store, wanted: Any) -> Record:
    if wanted is None:
        return store.locations[0]
    for one in store.locations:
        if str(wanted) in (one["id"], number_of(one["id"]), one["name"]):
            return one
    raise BadControl(f"no location {wanted}")


def list_locations(wish: Wish) -> Shown:
    names = ("id", "name", "isActive", "fulfillsOnlineOrders", "shipsInventory")
    return {"locations": [{key: one[key] for key in names} for one in wish.store().locations]}


def add_location(wish: Wish) -> Shown:
    """Add a location, in the shape of the configuration."""
    state, store = wish.world.shopify, wish.store()
    location = stores.add_location(state, store, {"country": "US", **wish.body})
    notices.send_location(state, store, location, "create")
    return {"id": location["id"], "name": location["name"]}


def change_location(wish: Wish) -> Shown:
    """Rename a location, or (de)activate it with ``active``."""
    state, store = wish.world.shopify, wish.store()
    location = _location(store, wish.values[0])
    verb = "update"
    if "name" in wish.body:
        location["name"] = wish.body["name"]
    if "active" in wish.body and wish.body["active"] != location["isActive"]:
        location["isActive"] = bool(wish.body["active"])
        location["deactivatedAt"] = None if location["isActive"] else state.now()
        verb = "activate" if location["isActive"] else "deactivate"
    location["updatedAt"] = state.now()
    notices.send_location(state, store, location, verb)
    return {"id": location["id"], "name": location["name"], "active": location["isActive"]}


def fail_media(wish: Wish) -> Shown:
    """The next pictures that are taken in fail, ``count`` of them, with this ``code``."""
    code = str(wish.body.get("code", "IMAGE_PROCESSING_FAILURE")).upper()
    failures = wish.world.shopify.media_failures
    failures += [code] * int(wish.body.get("count", 1))
    return {"failures": failures}


def fail_bulk(wish: Wish) -> Shown:
    """The next bulk operation fails with ``error_code``; ``partial`` leaves half of its file."""
    failures = wish.world.shopify.bulk_failures
    failures.append({"error_code": "INTERNAL_SERVER_ERROR", **wish.body})
    return {"failures": len(failures)}


ROUTES = {
    ("GET", "shopify/products"): list_products,
    ("POST", "shopify/products"): add_product,
    ("POST", "shopify/fill"): fill,
    ("POST", "shopify/media/fail"): fail_media,
    ("POST", "shopify/bulk/fail"): fail_bulk,
    ("POST", "shopify/products/*"): change_product,
    ("POST", "shopify/products/*/archive"): archive_product,
    ("POST", "shopify/products/*/delete"): delete_product,
    ("POST", "shopify/products/*/variants"): add_variant,
    ("POST", "shopify/variants/*"): change_variant,
    ("POST", "shopify/variants/*/delete"): remove_variant,
    ("POST", "shopify/variants/*/stock"): set_stock,
    ("GET", "shopify/locations"): list_locations,
    ("POST", "shopify/locations"): add_location,
    ("POST", "shopify/locations/*"): change_location,
}
