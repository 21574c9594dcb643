"""The fields of QueryRoot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox.shopify import fields as search_fields
from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.errors import coded, invalid_id
from tiktoksync.sandbox.shopify.ids import kind_of
from tiktoksync.sandbox.shopify.metafields import find_by_custom_id, find_definition
from tiktoksync.sandbox.shopify.order_changes import finish_cancellations
from tiktoksync.sandbox.shopify.resolvers.fulfillments import app_record
from tiktoksync.sandbox.shopify.resolvers.products import level_of
from tiktoksync.sandbox.shopify.resolvers.shops import installation_of
from tiktoksync.sandbox.shopify.search import Field, Search, report
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Info = Any

MOST_NODES = 250
VERSIONS = ("2025-10", "2026-01", "2026-04", "2026-07", "2026-10")
ORDER_SORT = {
    "CREATED_AT": "createdAt",
    "UPDATED_AT": "updatedAt",
    "PROCESSED_AT": "processedAt",
    "ORDER_NUMBER": "number",
    "ID": "id",
}


def _by_id(kind: str) -> Callable[..., Any]:
    """One object by its id: unknown ones are null, foreign types are an error."""

    def resolve(_root: Any, info: Info, id: str) -> Any:
        if kind_of(id) != kind:
            raise invalid_id(id)
        return _alive(info.context, info.context.store.objects.get(id))

    return resolve


def _alive(ctx: Context, record: Record | None) -> Record | None:
    if record is not None and record["__typename"] == "Order":
        finish_cancellations(ctx, record)
    return record


def _node(_root: Any, info: Info, id: str) -> Any:
    if not kind_of(id):
        raise invalid_id(id)
    return _alive(info.context, info.context.store.objects.get(id))


def _nodes(_root: Any, info: Info, ids: list[str]) -> list[Any]:
    if len(ids) > MOST_NODES:
        raise coded("The input array size of ids is too big", "MAX_INPUT_SIZE_EXCEEDED")
    return [_node(_root, info, one) for one in ids]


def _search(
    info: Info, rows: list[Record], query: str | None, known: dict[str, Field], free: str
) -> list[Record]:
    if not query or not query.strip():
        return rows
    search = Search(query, known, lambda record: record.get(free) or "")
    if search.warnings:
        info.context.warnings.append(report(info.path.key, query, search))
    return [row for row in rows if search.test(row)]


def _visible_orders(ctx: Context, rows: list[Record]) -> list[Record]:
    """The orders the search index has caught up with."""
    lag = ctx.state.faults.setting("search_lag", PLATFORM, ctx.store.domain)
    lag = float(ctx.state.config["search_lag_seconds"]) if lag is None else lag
    if not lag:
        return rows
    limit = ctx.state.clock.line() - lag
    return [row for row in rows if row["_born"] <= limit]


def _find_orders(info: Info, query: str | None) -> list[Record]:
    ctx = info.context
    rows = list(ctx.store.orders.values())
    for row in rows:
        if row.get("_cancel_job"):
            finish_cancellations(ctx, row)
    rows = _visible_orders(ctx, rows)
    return _search(info, rows, query, search_fields.ORDER_FIELDS, "name")


def _orders(
    _root: Any, info: Info, query: str | None = None, sortKey: str = "PROCESSED_AT", **page: Any
) -> Record:
    rows = _find_orders(info, query)
    key = ORDER_SORT.get(sortKey, "id")
    if key != "id":
        rows.sort(key=lambda row: (row[key], row["_born"]))
    return connect(rows, sort_key=key, **page)


def _orders_count(_root: Any, info: Info, query: str | None = None, **_: Any) -> Record:
    return {"count": len(_find_orders(info, query)), "precision": "EXACT"}


def _order_by_identifier(_root: Any, info: Info, identifier: dict[str, Any]) -> Any:
    if identifier.get("id"):
        return _by_id("Order")(_root, info, identifier["id"])
    if not identifier.get("customId"):
        raise coded("One of id or customId is required", "BAD_REQUEST")
    found = find_by_custom_id(info.context, "ORDER", identifier["customId"])
    lag = info.context.state.faults.setting("lookup_lag", PLATFORM, info.context.store.domain)
    if found and lag and found["_born"] > info.context.state.clock.line() - lag:
        return None
    return _alive(info.context, found)


def _plain_list(get: Callable[[Any], list[Record]], known: dict[str, Field], free: str) -> Any:
    def resolve(_root: Any, info: Info, query: str | None = None, **page: Any) -> Record:
        return connect(_search(info, get(info.context.store), query, known, free), **page)

    return resolve


def _plain_count(get: Callable[[Any], list[Record]], known: dict[str, Field], free: str) -> Any:
    def resolve(_root: Any, info: Info, query: str | None = None, **_: Any) -> Record:
        rows = _search(info, get(info.context.store), query, known, free)
        return {"count": len(rows), "precision": "EXACT"}

    return resolve


def _product_by(owner: str, kind: str) -> Any:
    def resolve(_root: Any, info: Info, identifier: dict[str, Any]) -> Any:
        if identifier.get("id"):
            return _by_id(kind)(_root, info, identifier["id"])
        if identifier.get("handle"):
            rows = info.context.store.products
            return next((one for one in rows if one["handle"] == identifier["handle"]), None)
        return find_by_custom_id(info.context, owner, identifier["customId"])

    return resolve


def _locations(
    _root: Any, info: Info, includeInactive: bool = False, query: str | None = None, **page: Any
) -> Record:
    rows = [one for one in info.context.store.locations if one["isActive"] or includeInactive]
    rows = _search(info, rows, query, search_fields.NAME_FIELDS, "name")
    return connect(sorted(rows, key=lambda one: one["name"]), sort_key="name", **page)


def _location(_root: Any, info: Info, id: str | None = None) -> Any:
    return _by_id("Location")(_root, info, id) if id else info.context.store.locations[0]


def _fulfillment_orders(
    _root: Any, info: Info, includeClosed: bool = False, query: str | None = None, **page: Any
) -> Record:
    orders = info.context.store.orders.values()
    rows = [one for order in orders for one in order["_fulfillment_orders"]]
    if not includeClosed:
        rows = [one for one in rows if one["status"] not in ("CLOSED", "CANCELLED")]
    rows = _search(info, rows, query, search_fields.FULFILLMENT_ORDER_FIELDS, "orderName")
    return connect(rows, **page)


def _inventory_items(_root: Any, info: Info, query: str | None = None, **page: Any) -> Record:
    rows = [one["_item"] for one in info.context.store.variants]
    known = {"sku": search_fields.VARIANT_FIELDS["sku"], "id": search_fields.VARIANT_FIELDS["id"]}
    return connect(_search(info, rows, query, known, "sku"), **page)


def _inventory_level(_root: Any, info: Info, id: str) -> Any:
    place, _, item_number = id.rpartition("/")[2].partition("?inventory_item_id=")
    item = info.context.store.objects.get(f"gid://shopify/InventoryItem/{item_number}")
    gid = f"gid://shopify/Location/{place}"
    if item is None or gid not in item["_variant"]["_stock"]:
        return None
    return level_of(info.context, item, gid)


def _definitions(
    _root: Any,
    info: Info,
    ownerType: str,
    namespace: str | None = None,
    key: str | None = None,
    query: str | None = None,
    **page: Any,
) -> Record:
    wanted = info.context.namespace(namespace) if namespace else None
    rows = [
        one
        for one in info.context.store.definitions
        if one["ownerType"] == ownerType
        and (wanted is None or one["namespace"] == wanted)
        and (key is None or one["key"] == key)
    ]
    return connect(_search(info, rows, query, search_fields.NAME_FIELDS, "name"), **page)


def _definition(
    _root: Any, info: Info, id: str | None = None, identifier: dict[str, Any] | None = None
) -> Any:
    if id:
        return _by_id("MetafieldDefinition")(_root, info, id)
    if not identifier:
        raise coded("One of id or identifier is required", "BAD_REQUEST")
    namespace = info.context.namespace(identifier.get("namespace"))
    return find_definition(info.context, identifier["ownerType"], namespace, identifier["key"])


def _subscriptions(
    _root: Any,
    info: Info,
    topics: list[str] | None = None,
    uri: str | None = None,
    callbackUrl: str | None = None,
    **page: Any,
) -> Record:
    address = uri or callbackUrl
    rows = [
        one
        for one in info.context.store.subscriptions
        if (not topics or one["topic"] in topics) and (not address or one["uri"] == address)
    ]
    return connect(rows, **page)


def _job(_root: Any, info: Info, id: str) -> Any:
    for order in info.context.store.orders.values():
        if order.get("_cancel_job"):
            finish_cancellations(info.context, order)
    return info.context.store.objects.get(id)


def _versions(_root: Any, _info: Info) -> list[Record]:
    return [{"handle": one, "displayName": one, "supported": True} for one in VERSIONS]


FIELDS: dict[str, Any] = {
    "QueryRoot.app": lambda _r, info, id=None: app_record(info.context),
    "QueryRoot.appInstallation": lambda _r, info, id=None: installation_of(info.context),
    "QueryRoot.currentAppInstallation": lambda _r, info: installation_of(info.context),
    "QueryRoot.customer": _by_id("Customer"),
    "QueryRoot.fulfillment": _by_id("Fulfillment"),
    "QueryRoot.fulfillmentOrder": _by_id("FulfillmentOrder"),
    "QueryRoot.fulfillmentOrders": _fulfillment_orders,
    "QueryRoot.inventoryItem": _by_id("InventoryItem"),
    "QueryRoot.inventoryItems": _inventory_items,
    "QueryRoot.inventoryLevel": _inventory_level,
    "QueryRoot.job": _job,
    "QueryRoot.location": _location,
    "QueryRoot.locations": _locations,
    "QueryRoot.metafieldDefinition": _definition,
    "QueryRoot.metafieldDefinitions": _definitions,
    "QueryRoot.node": _node,
    "QueryRoot.nodes": _nodes,
    "QueryRoot.order": _by_id("Order"),
    "QueryRoot.orderByIdentifier": _order_by_identifier,
    "QueryRoot.orders": _orders,
    "QueryRoot.ordersCount": _orders_count,
    "QueryRoot.product": _by_id("Product"),
    "QueryRoot.productByIdentifier": _product_by("PRODUCT", "Product"),
    "QueryRoot.productVariant": _by_id("ProductVariant"),
    "QueryRoot.productVariantByIdentifier": _product_by("PRODUCTVARIANT", "ProductVariant"),
    "QueryRoot.productVariants": _plain_list(
        lambda store: store.variants, search_fields.VARIANT_FIELDS, "displayName"
    ),
    "QueryRoot.productVariantsCount": _plain_count(
        lambda store: store.variants, search_fields.VARIANT_FIELDS, "displayName"
    ),
    "QueryRoot.products": _plain_list(
        lambda store: store.products, search_fields.PRODUCT_FIELDS, "title"
    ),
    "QueryRoot.productsCount": _plain_count(
        lambda store: store.products, search_fields.PRODUCT_FIELDS, "title"
    ),
    "QueryRoot.publicApiVersions": _versions,
    "QueryRoot.refund": _by_id("Refund"),
    "QueryRoot.shop": lambda _r, info: info.context.store.record,
    "QueryRoot.webhookSubscription": _by_id("WebhookSubscription"),
    "QueryRoot.webhookSubscriptions": _subscriptions,
    "QueryRoot.webhookSubscriptionsCount": _plain_count(
        lambda store: store.subscriptions, {}, "uri"
    ),
}
