"""Setting up apps, stores, locations and products from the configuration."""

from __future__ import annotations

from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.shopify.catalogue_records import add_product
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.publications import add_publications
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
        add_location(state, store, place)
    add_publications(state, store)
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


def add_location(state: ShopifyState, store: Store, place: Config) -> Record:
    """Add a location from a row of the configuration; the first one is the primary."""
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
        "fulfillsOnlineOrders": place.get("fulfills_online_orders", True),
        "hasActiveInventory": True,
        "hasUnfulfilledOrders": False,
        "deactivatable": True,
        "deactivatedAt": None,
        "deletable": False,
        "isActive": place.get("active", True),
        "isFulfillmentService": place.get("is_fulfillment_service", False),
        "isPrimary": not store.locations,
        "shipsInventory": place.get("ships_inventory", True),
        "createdAt": now,
        "updatedAt": now,
    }
    store.locations.append(store.add(location))
    return location
