"""Which webhooks an action sends: one Event-Id for all of them, a Webhook-Id for each."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from tiktoksync.sandbox.shopify import rest, rest_catalogue
from tiktoksync.sandbox.shopify.state import PLATFORM, Record, ShopifyState, Store
from tiktoksync.sandbox.shopify.subscriptions import remove
from tiktoksync.sandbox.webhooks import SHOPIFY_DELAYS, Delivery

ANSWER_LIMIT = 5.0
MOST_FAILURES = 8

Maker = Callable[[], dict[str, Any]]


def webhook_hmac(secret: str, body: bytes) -> str:
    """The ``X-Shopify-Hmac-Sha256`` header."""
    digest = hmac.new(secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


def topic_name(enum_value: str) -> str:
    """``ORDERS_PARTIALLY_FULFILLED`` as it is written in the header."""
    for group in ("FULFILLMENT_EVENTS", "FULFILLMENT_ORDERS", "FULFILLMENT_HOLDS",
                  "INVENTORY_LEVELS", "INVENTORY_ITEMS", "BULK_OPERATIONS",
                  "ORDER_TRANSACTIONS"):  # fmt: skip
        if enum_value.startswith(group + "_"):
            return f"{group.lower()}/{enum_value[len(group) + 1 :].lower()}"
    group, _, rest_of_it = enum_value.partition("_")
    return f"{group.lower()}/{rest_of_it.lower()}"


def send(
    state: ShopifyState, store: Store, topics: list[tuple[str, Maker]], event_id: str = ""
) -> None:
    """Send the topics of one action to whoever subscribed to them."""
    if not store.subscriptions:
        return
    event_id = event_id or str(uuid.uuid4())
    for topic, make_body in topics:
        text = ""
        for subscription in list(store.subscriptions):
            if topic_name(subscription["topic"]) == topic:
                text = text or json.dumps(
                    make_body(), ensure_ascii=False, separators=(",", ":"), default=str
                )
                _enqueue(state, store, subscription, topic, text.encode(), event_id)


def _enqueue(
    state: ShopifyState, store: Store, subscription: Record, topic: str, body: bytes, event_id: str
) -> None:
    webhook_id = str(uuid.uuid4())
    secret = state.app_of(store).secret
    moment = datetime.fromtimestamp(state.clock.wall(PLATFORM), UTC)
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": topic,
        "X-Shopify-Shop-Domain": store.domain,
        "X-Shopify-API-Version": subscription["apiVersion"]["handle"],
        "X-Shopify-Webhook-Id": webhook_id,
        "X-Shopify-Event-Id": event_id,
        "X-Shopify-Triggered-At": moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if subscription["name"]:
        headers["X-Shopify-Name"] = subscription["name"]

    def sign(raw: bytes, wrong: bool) -> dict[str, str]:
        key = secret + "-wrong" if wrong else secret
        return {**headers, "X-Shopify-Hmac-Sha256": webhook_hmac(key, raw)}

    def finished(good: bool) -> None:
        subscription["_failures"] = 0 if good else subscription["_failures"] + 1
        if subscription["_failures"] >= MOST_FAILURES:
            remove(store, subscription)

    state.sender.enqueue(
        Delivery(
            PLATFORM, store.domain, topic, subscription["uri"], body, sign, ANSWER_LIMIT,
            SHOPIFY_DELAYS, webhook_id, finished,
        )
    )  # fmt: skip


def send_order(
    state: ShopifyState,
    store: Store,
    order: Record,
    topics: list[str],
    fulfillment: Record | None = None,
) -> None:
    """Order topics of one action, and of the fulfilment made in it."""
    wanted = list(topics)
    pairs: list[tuple[str, Maker]] = []
    if fulfillment is not None:
        pairs.append(("fulfillments/create", lambda: rest.fulfillment_body(store, fulfillment)))
        wanted.append("orders/fulfilled")
    pairs.extend((topic, lambda: rest.order_body(store, order)) for topic in wanted)
    send(state, store, pairs)


def send_fulfillment(
    state: ShopifyState, store: Store, record: Record, topic: str, order_topic: str = ""
) -> None:
    """A fulfilment topic, then what it means for the order."""
    order = record["_order"]
    pairs: list[tuple[str, Maker]] = [(topic, lambda: rest.fulfillment_body(store, record))]
    topics = [one for one in (order_topic, "orders/updated") if one]
    pairs.extend((one, lambda: rest.order_body(store, order)) for one in topics)
    send(state, store, pairs)


def send_refund(state: ShopifyState, store: Store, refund: Record) -> None:
    """The refund, then the order it changed."""
    pairs: list[tuple[str, Maker]] = [
        ("refunds/create", lambda: rest.refund_body(store, refund)),
        ("orders/updated", lambda: rest.order_body(store, refund["_order"])),
    ]
    send(state, store, pairs)


def send_fulfillment_event(
    state: ShopifyState, store: Store, record: Record, event: Record
) -> None:
    pairs: list[tuple[str, Maker]] = [
        ("fulfillment_events/create", lambda: rest.event_body(store, record, event)),
        ("fulfillments/update", lambda: rest.fulfillment_body(store, record)),
    ]
    send(state, store, pairs)


def send_product(state: ShopifyState, store: Store, product: Record, topic: str) -> None:
    send(state, store, [(topic, lambda: rest_catalogue.product_body(state, store, product))])


def send_product_deleted(state: ShopifyState, store: Store, product: Record) -> None:
    """The product, and that its items are not stocked anywhere any more."""
    send(state, store, [("products/delete", lambda: {"id": rest.id_of(product)})])


def send_stock(state: ShopifyState, store: Store, touched: list[tuple[Record, str | None]]) -> None:
    """Units to sell have changed: a level for each variant and location, then its products."""
    if not touched or not store.subscriptions:
        return
    pairs: list[tuple[str, Maker]] = [
        ("inventory_levels/update", partial(rest_catalogue.level_body, store, variant, place))
        for variant, place in touched
        if place is not None
    ]
    products = {one["_product"]["id"]: one["_product"] for one, _ in touched}
    pairs.extend(
        ("products/update", partial(rest_catalogue.product_body, state, store, one))
        for one in products.values()
        if one["id"] in store.objects
    )
    send(state, store, pairs)


def send_connected(state: ShopifyState, store: Store, variant: Record, place: str) -> None:
    """A location stocks an item from now on."""
    make = partial(rest_catalogue.level_body, store, variant, place)
    send(state, store, [("inventory_levels/connect", make)])


def send_item(state: ShopifyState, store: Store, variant: Record) -> None:
    """SKU, tracking, weight or origin of an item have changed."""
    make = partial(rest_catalogue.item_body, store, variant)
    send(state, store, [("inventory_items/update", make)])


def send_location(state: ShopifyState, store: Store, location: Record, verb: str) -> None:
    """``verb`` is create, update, activate, deactivate or delete."""
    make = partial(rest_catalogue.location_body, store, location)
    send(state, store, [(f"locations/{verb}", make)])


def send_bulk_finish(state: ShopifyState, store: Store, operation: Record) -> None:
    make = partial(rest_catalogue.bulk_body, store, operation)
    send(state, store, [("bulk_operations/finish", make)])


def send_uninstalled(state: ShopifyState, store: Store) -> None:
    send(state, store, [("app/uninstalled", lambda: rest_catalogue.shop_body(store))])
