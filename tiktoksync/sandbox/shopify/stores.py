"""Setting up apps, stores, locations and products from the configuration."""

from __future__ import annotations

import re
from typing import Any

from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import App, Record, ShopifyState, Store, Token
from tiktoksync.sandbox.shopify.subscriptions import add_subscription


def set_up(state: ShopifyState, config: Config) -> None:
    """Fill a fresh state from the configuration."""
    for row in config["shopify"]["apps"]:
        app = App(
            row["api_key"], row["api_secret"], str(row["app_id"]), row.get("name", "App"),
            list(row.get("redirect_urls", [])),
        )  # fmt: skip
        state.apps[app.key] = app
    for row in config["shopify"]["shops"]:
        _add_store(state, row)


def _add_store(state: ShopifyState, row: Config) -> None:
    record = _shop_record(state, row)
    store = Store(row["domain"], record, row["currency"], row["api_key"])
    store.add(record)
    for place in row["locations"]:
        _add_location(state, store, place)
    for product in row["products"]:
        add_product(state, store, product)
    state.stores[store.domain] = store
    token = Token(
        row["access_token"], "access", store.domain, store.api_key, list(row["scopes"]),
        row["access_expires"], f"{store.domain}#0",
    )  # fmt: skip
    state.tokens[token.value] = token
    if row["refresh_token"]:
        refresh = Token(
            row["refresh_token"], "refresh", store.domain, store.api_key, list(row["scopes"]),
            None, token.tag,
        )  # fmt: skip
        state.tokens[refresh.value] = refresh
    for hook in row["webhooks"]:
        add_subscription(state, store, hook["topic"], hook["uri"])


def _shop_record(state: ShopifyState, row: Config) -> Record:
    now = state.now()
    return {
        "__typename": "Shop",
        "id": state.numbers.gid("Shop"),
        "name": row["name"],
        "myshopifyDomain": row["domain"],
        "currencyCode": row["currency"],
        "enabledPresentmentCurrencies": [row["currency"]],
        "ianaTimezone": row["timezone"],
        "email": "owner@example.invalid",
        "contactEmail": "support@example.invalid",
        "shopOwnerName": "Sam Specimen",
        "plan": _plan(row["plan"]),
        "orderNumberFormatPrefix": "#",
        "orderNumberFormatSuffix": "",
        "taxesIncluded": False,
        "taxShipping": False,
        "setupRequired": False,
        "weightUnit": "KILOGRAMS",
        "timezoneAbbreviation": "UTC",
        "timezoneOffset": "+0000",
        "timezoneOffsetMinutes": 0,
        "url": f"https://{row['domain']}",
        "primaryDomain": _domain(state, row["domain"]),
        "createdAt": now,
        "updatedAt": now,
        "_metafields": {},
        "_country": row["country"],
    }


def _domain(state: ShopifyState, host: str) -> Record:
    return {
        "__typename": "Domain",
        "id": state.numbers.gid("Domain"),
        "host": host,
        "sslEnabled": True,
        "url": f"https://{host}",
    }


def _plan(name: str) -> Record:
    return {
        "displayName": name,
        "publicDisplayName": name,
        "partnerDevelopment": name.lower() in ("development", "partner_test"),
        "shopifyPlus": name.lower() in ("plus", "shopify plus"),
    }


def _add_location(state: ShopifyState, store: Store, place: Config) -> None:
    gid = f"gid://shopify/Location/{place['id']}" if place.get("id") else ""
    gid = gid or state.numbers.gid("Location")
    now = state.now()
    address = {
        "address1": place.get("address1", "1 Sample Plaza"),
        "address2": None,
        "city": place.get("city", "Testville"),
        "country": place.get("country", "US"),
        "countryCode": place.get("country", "US"),
        "formatted": [place.get("city", "Testville"), place.get("country", "US")],
        "phone": "",
        "province": place.get("province"),
        "provinceCode": place.get("province"),
        "zip": place.get("zip", "00001"),
    }
    location: Record = {
        "__typename": "Location",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "name": place["name"],
        "address": address,
        "activatable": False,
        "fulfillsOnlineOrders": True,
        "hasActiveInventory": True,
        "isActive": place.get("active", True),
        "isFulfillmentService": False,
        "isPrimary": not store.locations,
        "shipsInventory": True,
        "createdAt": now,
        "updatedAt": now,
    }
    store.locations.append(store.add(location))


def add_product(state: ShopifyState, store: Store, row: Config) -> Record:
    """Add a product and its variants; a product without options gets the default one."""
    now = state.now()
    gid = state.numbers.gid("Product")
    product: Record = {
        "__typename": "Product",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "title": row["title"],
        "handle": row.get("handle") or _handle(row["title"], gid),
        "descriptionHtml": row.get("description", f"<p>{row['title']}</p>"),
        "vendor": row.get("vendor", store.record["name"]),
        "productType": row.get("type", ""),
        "tags": sorted(row.get("tags", [])),
        "status": row.get("status", "ACTIVE"),
        "hasOnlyDefaultVariant": not row.get("options"),
        "onlineStoreUrl": None,
        "publishedAt": now,
        "tracksInventory": True,
        "createdAt": now,
        "updatedAt": now,
        "_variants": [],
        "_metafields": {},
    }
    product["options"] = _options(state, row)
    store.products.append(store.add(product))
    for position, variant in enumerate(row["variants"], start=1):
        _add_variant(state, store, product, variant, position)
    return product


def _handle(title: str, gid: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or f"product-{number_of(gid)}"


def _options(state: ShopifyState, row: Config) -> list[Record]:
    names = row.get("options") or ["Title"]
    columns = [variant.get("values") or ["Default Title"] for variant in row["variants"]]
    options = []
    for position, name in enumerate(names, start=1):
        values = list(dict.fromkeys(column[position - 1] for column in columns))
        options.append(
            {
                "__typename": "ProductOption",
                "id": state.numbers.gid("ProductOption"),
                "name": name,
                "position": position,
                "values": values,
                "optionValues": [
                    {
                        "__typename": "ProductOptionValue",
                        "id": state.numbers.gid("ProductOptionValue"),
                        "name": value,
                        "hasVariants": True,
                    }
                    for value in values
                ],
            }
        )
    return options


def _add_variant(
    state: ShopifyState, store: Store, product: Record, row: Config, position: int
) -> None:
    now = state.now()
    gid = state.numbers.gid("ProductVariant")
    values = row.get("values") or ["Default Title"]
    title = " / ".join(values)
    names = [option["name"] for option in product["options"]]
    variant: Record = {
        "__typename": "ProductVariant",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "sku": row["sku"],
        "barcode": row.get("barcode"),
        "title": title,
        "displayName": f"{product['title']} - {title}",
        "price": str(row["price"]),
        "compareAtPrice": row.get("compare_at_price"),
        "inventoryPolicy": row.get("policy", "DENY"),
        "position": position,
        "taxable": True,
        "selectedOptions": [
            {"name": name, "value": value} for name, value in zip(names, values, strict=False)
        ],
        "createdAt": now,
        "updatedAt": now,
        "_product": product,
        "_stock": _stock(store, row.get("inventory", 0)),
        "_grams": int(row.get("grams", 0)),
        "_metafields": {},
    }
    variant["_item"] = _add_item(state, store, variant)
    product["_variants"].append(variant)
    store.variants.append(store.add(variant))


def _stock(store: Store, given: Any) -> dict[str, int]:
    """Stock by location: a number goes to the first one, a mapping names the locations."""
    if isinstance(given, dict):
        by_name = {place["name"]: place["id"] for place in store.locations}
        return {by_name[name]: int(count) for name, count in given.items()}
    return {store.locations[0]["id"]: int(given)} if store.locations else {}


def _add_item(state: ShopifyState, store: Store, variant: Record) -> Record:
    gid = state.numbers.gid("InventoryItem")
    return store.add(
        {
            "__typename": "InventoryItem",
            "id": gid,
            "legacyResourceId": number_of(gid),
            "sku": variant["sku"],
            "tracked": True,
            "requiresShipping": True,
            "countryCodeOfOrigin": None,
            "harmonizedSystemCode": None,
            "unitCost": None,
            "createdAt": variant["createdAt"],
            "updatedAt": variant["createdAt"],
            "_variant": variant,
        }
    )
