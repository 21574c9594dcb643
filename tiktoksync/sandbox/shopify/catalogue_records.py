"""Records of products, variants and inventory items, from the rows of the configuration."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.pictures import picture_path
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import Record, ShopifyState, Store

DEFAULT_OPTION = "Title"
DEFAULT_VALUE = "Default Title"


def add_product(state: ShopifyState, store: Store, row: Config) -> Record:
    """Add a published product and its variants; a product without options gets the default one."""
    product = make_product(state, store, row["title"])
    status = str(row.get("status", "ACTIVE")).upper()
    product.update(
        handle=free_handle(store, row.get("handle") or row["title"], product["id"]),
        descriptionHtml=row.get("description", f"<p>{row['title']}</p>"),
        vendor=row.get("vendor", store.record["name"]),
        productType=row.get("type", ""),
        tags=sorted(row.get("tags", [])),
        status=status if status in ("ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED") else "ACTIVE",
        publishedAt=product["createdAt"],
    )
    product["_born"] = float("-inf")
    product["_publications"] = {one["id"]: product["createdAt"] for one in store.publications}
    names = row.get("options") or [DEFAULT_OPTION]
    columns = [one.get("values") or [DEFAULT_VALUE] for one in row["variants"]]
    product["options"] = [
        make_option(state, name, place + 1, (column[place] for column in columns))
        for place, name in enumerate(names)
    ]
    store.products.append(store.add(product))
    for picture in row.get("images") or []:
        product["_media"].append(_ready_picture(state, store, picture))
    shipped = row.get("requires_shipping", True)
    for variant in row["variants"]:
        add_row(state, store, product, {"requires_shipping": shipped, **variant})
    refresh_product(product)
    return product


def make_product(state: ShopifyState, store: Store, title: str) -> Record:
    """An active product with nothing in it, not yet stored and on no channel."""
    gid, now = state.numbers.gid("Product"), state.now()
    return {
        "__typename": "Product",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "title": title,
        "handle": "",
        "descriptionHtml": "",
        "vendor": store.record["name"],
        "productType": "",
        "tags": [],
        "status": "ACTIVE",
        "category": None,
        "seo": {"title": None, "description": None},
        "templateSuffix": None,
        "isGiftCard": False,
        "requiresSellingPlan": False,
        "hasOnlyDefaultVariant": True,
        "onlineStoreUrl": None,
        "onlineStorePreviewUrl": None,
        "publishedAt": None,
        "tracksInventory": True,
        "createdAt": now,
        "updatedAt": now,
        "options": [],
        "_variants": [],
        "_media": [],
        "_publications": {},
        "_metafields": {},
        "_born": state.clock.line(),
    }


def slug(title: str, gid: str) -> str:
    """The handle that a title makes by itself."""
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or f"product-{number_of(gid)}"


def free_handle(store: Store, wanted: str, gid: str) -> str:
    """A handle nobody has yet: a number is put behind one that is taken."""
    base = slug(wanted, gid)
    handle, number = base, 0
    while handle in store.handles and store.handles[handle] != gid:
        number += 1
        handle = f"{base}-{number}"
    store.handles[handle] = gid
    return handle


def make_option(state: ShopifyState, name: str, position: int, values: Iterable[str]) -> Record:
    """An option with its values in the order of their first use."""
    names = list(dict.fromkeys(values))
    return {
        "__typename": "ProductOption",
        "id": state.numbers.gid("ProductOption"),
        "name": name,
        "position": position,
        "values": names,
        "optionValues": [make_option_value(state, value) for value in names],
    }


def make_option_value(state: ShopifyState, name: str) -> Record:
    return {
        "__typename": "ProductOptionValue",
        "id": state.numbers.gid("ProductOptionValue"),
        "name": name,
        "hasVariants": True,
    }


def make_variant(
    state: ShopifyState, store: Store, product: Record, values: list[str], more: Record
) -> Record:
    """A variant at the end of its product, with its inventory item; ``more`` overrides."""
    gid, now = state.numbers.gid("ProductVariant"), state.now()
    variant: Record = {
        "__typename": "ProductVariant",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "sku": None,
        "barcode": None,
        "price": "0.00",
        "compareAtPrice": None,
        "inventoryPolicy": "DENY",
        "position": len(product["_variants"]) + 1,
        "taxable": True,
        "showUnitPrice": False,
        "createdAt": now,
        "updatedAt": now,
        "_product": product,
        "_stock": {},
        "_grams": 0.0,
        "_media": [],
        "_metafields": {},
    }
    variant.update(more)
    set_values(product, variant, values)
    variant["_item"] = _make_item(state, store, variant)
    product["_variants"].append(variant)
    store.variants[gid] = store.add(variant)
    return variant


def set_values(product: Record, variant: Record, values: list[str]) -> None:
    """Give a variant its option values and the titles they make."""
    title = " / ".join(values)
    variant["title"] = title
    variant["displayName"] = f"{product['title']} - {title}"
    variant["selectedOptions"] = [
        {"name": option["name"], "value": value}
        for option, value in zip(product["options"], values, strict=False)
    ]


def _make_item(state: ShopifyState, store: Store, variant: Record) -> Record:
    gid = state.numbers.gid("InventoryItem")
    return store.add(
        {
            "__typename": "InventoryItem",
            "id": gid,
            "legacyResourceId": number_of(gid),
            "tracked": True,
            "requiresShipping": True,
            "countryCodeOfOrigin": None,
            "provinceCodeOfOrigin": None,
            "harmonizedSystemCode": None,
            "unitCost": None,
            "createdAt": variant["createdAt"],
            "updatedAt": variant["createdAt"],
            "_weight_unit": "GRAMS",
            "_variant": variant,
        }
    )


def add_row(state: ShopifyState, store: Store, product: Record, row: Config) -> None:
    """Add a variant in the shape of the configuration."""
    compared = row.get("compare_at_price") or row.get("compare_at")
    grams = row.get("grams") if row.get("grams") is not None else row.get("weight")
    more = {
        "sku": row["sku"] or None,
        "barcode": row.get("barcode"),
        "price": str(row["price"]),
        "compareAtPrice": None if compared is None else str(compared),
        "inventoryPolicy": row.get("policy", "DENY"),
        "_stock": _stock(store, row.get("inventory", 0)),
        "_grams": float(grams or 0),
    }
    variant = make_variant(state, store, product, row.get("values") or [DEFAULT_VALUE], more)
    item = variant["_item"]
    item["tracked"] = row.get("tracked", True)
    item["requiresShipping"] = row.get("requires_shipping", True)
    if row.get("image") is not None:
        variant["_media"].append(_picture_of(state, store, product, row["image"]))


def _picture_of(state: ShopifyState, store: Store, product: Record, shown: Any) -> Record:
    """A variant's picture: the number of one of the product's, or one that joins them."""
    if isinstance(shown, int):
        found: Record = product["_media"][shown]
        return found
    picture = _ready_picture(state, store, shown)
    for media in product["_media"]:
        if media["_path"] == picture["_path"]:
            known: Record = media
            return known
    product["_media"].append(picture)
    return picture


def _stock(store: Store, given: Any) -> dict[str, int]:
    """Stock by location: a number goes to the first one, a mapping names the locations."""
    if isinstance(given, dict):
        by_name = {place["name"]: place["id"] for place in store.locations}
        return {by_name[name]: int(count) for name, count in given.items()}
    return {store.locations[0]["id"]: int(given)} if store.locations else {}


def _ready_picture(state: ShopifyState, store: Store, picture: Config) -> Record:
    """A picture that Shopify has taken in long ago; the sandbox draws it on demand."""
    width, height = int(picture["width"]), int(picture["height"])
    record = make_media(state, store, picture.get("alt"))
    path = picture_path(str(picture["key"]), width, height)
    record.update(status="READY", _path=path, _size=(width, height), mimeType="image/png")
    return record


def make_media(state: ShopifyState, store: Store, alt: str | None) -> Record:
    """A picture that has only just been announced."""
    now = state.now()
    return store.add(
        {
            "__typename": "MediaImage",
            "id": state.numbers.gid("MediaImage"),
            "alt": alt,
            "mediaContentType": "IMAGE",
            "mimeType": None,
            "status": "UPLOADED",
            "mediaErrors": [],
            "mediaWarnings": [],
            "createdAt": now,
            "updatedAt": now,
            "_number": state.numbers.next("ProductImage"),
            "_path": None,
            "_size": None,
            "_source": None,
        }
    )


def refresh_product(product: Record) -> None:
    """Work out what follows from the options and variants: positions, defaults, tracking."""
    options, variants = product["options"], product["_variants"]
    for position, variant in enumerate(variants, start=1):
        variant["position"] = position
    product["hasOnlyDefaultVariant"] = (
        len(options) == 1 and options[0]["name"] == DEFAULT_OPTION and len(variants) == 1
    )
    product["tracksInventory"] = any(one["_item"]["tracked"] for one in variants)


def touch(state: ShopifyState, product: Record) -> None:
    """Stamp a change on a product."""
    product["updatedAt"] = state.now()


def remove_variant(store: Store, variant: Record) -> None:
    """Take a variant and its item out of the store; the product's list is the caller's."""
    for field in variant["_metafields"].values():
        store.objects.pop(field["id"], None)
        place = ("PRODUCTVARIANT", field["namespace"], field["key"], field["value"])
        store.unique_values.pop(place, None)
    store.variants.pop(variant["id"], None)
    store.objects.pop(variant["id"], None)
    store.objects.pop(variant["_item"]["id"], None)


def remove_product(store: Store, product: Record) -> None:
    """Take a product with everything that hangs on it out of the store."""
    for variant in product["_variants"]:
        remove_variant(store, variant)
    for field in product["_metafields"].values():
        store.objects.pop(field["id"], None)
        place = ("PRODUCT", field["namespace"], field["key"], field["value"])
        store.unique_values.pop(place, None)
    if store.handles.get(product["handle"]) == product["id"]:
        del store.handles[product["handle"]]
    store.products.remove(product)
    store.objects.pop(product["id"], None)
