"""The fields of QueryRoot."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tiktoksync.sandbox.shopify import fields as search_fields
from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.errors import access_denied, coded, invalid_id
from tiktoksync.sandbox.shopify.ids import kind_of
from tiktoksync.sandbox.shopify.metafields import find_by_custom_id, find_definition
from tiktoksync.sandbox.shopify.order_changes import finish_cancellations
from tiktoksync.sandbox.shopify.resolvers.finding import by_id, count, count_of, search, visible
from tiktoksync.sandbox.shopify.resolvers.fulfillments import app_record
from tiktoksync.sandbox.shopify.resolvers.shops import installation_of
from tiktoksync.sandbox.shopify.scopes import NODE_SCOPES
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
    """One object by its id, with its cancellation done if that is due."""
    find = by_id(kind)
    return lambda root, info, id: _alive(info.context, find(root, info, id))


def _alive(ctx: Context, record: Record | None) -> Record | None:
    if record is not None and record["__typename"] == "Order":
        finish_cancellations(ctx, record)
    return record


def _node(_root: Any, info: Info, id: str) -> Any:
    kind = kind_of(id)
    if not kind:
        raise invalid_id(id)
    needed = NODE_SCOPES.get(kind)
    if needed and not info.context.may(needed):
        raise access_denied(info.path.key, needed[0])
    return _alive(info.context, info.context.store.objects.get(id))


def _nodes(_root: Any, info: Info, ids: list[str]) -> list[Any]:
    if len(ids) > MOST_NODES:
        raise coded("The input array size of ids is too big", "MAX_INPUT_SIZE_EXCEEDED")
    return [_node(_root, info, one) for one in ids]


def _find_orders(info: Info, query: str | None) -> list[Record]:
    ctx = info.context
    rows = list(ctx.store.orders.values())
    for row in rows:
        if row.get("_cancel_job"):
            finish_cancellations(ctx, row)
    rows = visible(ctx, rows)
    return search(info, rows, query, search_fields.ORDER_FIELDS, "name")


def _orders(
    _root: Any, info: Info, query: str | None = None, sortKey: str = "PROCESSED_AT", **page: Any
) -> Record:
    rows = _find_orders(info, query)
    key = ORDER_SORT.get(sortKey, "id")
    if key != "id":
        rows.sort(key=lambda row: (row[key], row["_born"]))
    return connect(rows, sort_key=key, **page)


def _orders_count(_root: Any, info: Info, query: str | None = None, **_: Any) -> Record:
    return count(len(_find_orders(info, query)))


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


def _fulfillment_orders(
    _root: Any, info: Info, includeClosed: bool = False, query: str | None = None, **page: Any
) -> Record:
    orders = info.context.store.orders.values()
    rows = [one for order in orders for one in order["_fulfillment_orders"]]
    if not includeClosed:
        rows = [one for one in rows if one["status"] not in ("CLOSED", "CANCELLED")]
    rows = search(info, rows, query, search_fields.FULFILLMENT_ORDER_FIELDS, "orderName")
    return connect(rows, **page)


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
    return connect(search(info, rows, query, search_fields.NAME_FIELDS, "name"), **page)


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
    "QueryRoot.job": _job,
    "QueryRoot.metafieldDefinition": _definition,
    "QueryRoot.metafieldDefinitions": _definitions,
    "QueryRoot.node": _node,
    "QueryRoot.nodes": _nodes,
    "QueryRoot.order": _by_id("Order"),
    "QueryRoot.orderByIdentifier": _order_by_identifier,
    "QueryRoot.orders": _orders,
    "QueryRoot.ordersCount": _orders_count,
    "QueryRoot.publicApiVersions": _versions,
    "QueryRoot.refund": _by_id("Refund"),
    "QueryRoot.shop": lambda _r, info: info.context.store.record,
    "QueryRoot.webhookSubscription": _by_id("WebhookSubscription"),
    "QueryRoot.webhookSubscriptions": _subscriptions,
    "QueryRoot.webhookSubscriptionsCount": count_of(lambda store: store.subscriptions, {}, "uri"),
}
