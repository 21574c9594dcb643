"""Webhook subscriptions: creating, changing, deleting, with the recorded refusals."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import Context, Record, ShopifyState, Store
from tiktoksync.sandbox.webhooks import is_loopback

_ADDRESS = ["webhookSubscription", "callbackUrl"]
_NAME = re.compile(r"[A-Za-z0-9_\-]+")


def add_subscription(
    state: ShopifyState, store: Store, topic: str, uri: str, version: str = "2026-10", **more: Any
) -> Record:
    """Store a subscription; ``topic`` is the enum value."""
    now = state.now()
    gid = state.numbers.gid("WebhookSubscription")
    record: Record = {
        "__typename": "WebhookSubscription",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "topic": topic,
        **_where(uri),
        "format": more.get("format") or "JSON",
        "filter": more.get("filter"),
        "includeFields": more.get("includeFields") or [],
        "metafieldNamespaces": more.get("metafieldNamespaces") or [],
        "name": more.get("name"),
        "apiVersion": {"handle": version, "displayName": version, "supported": True},
        "createdAt": now,
        "updatedAt": now,
        "_failures": 0,
    }
    store.subscriptions.append(store.add(record))
    return record


def _where(uri: str) -> Record:
    """The address in its present spelling and in the two that older clients ask for."""
    endpoint = {"__typename": "WebhookHttpEndpoint", "callbackUrl": uri}
    return {"uri": uri, "callbackUrl": uri, "endpoint": endpoint}


def create(ctx: Context, topic: str, given: Record) -> Record:
    uri = given.get("uri") or given.get("callbackUrl") or ""
    problem = _find_problem(ctx.store, topic, uri, given, None)
    if problem:
        return {"webhookSubscription": None, "userErrors": [problem]}
    more = {key: value for key, value in given.items() if key not in ("uri", "callbackUrl")}
    record = add_subscription(ctx.state, ctx.store, topic, uri, ctx.version, **more)
    return {"webhookSubscription": record, "userErrors": []}


def update(ctx: Context, gid: str, given: Record) -> Record:
    record = ctx.store.objects.get(gid)
    if record is None or record["__typename"] != "WebhookSubscription":
        error = user_error(["id"], "Webhook subscription does not exist")
        return {"webhookSubscription": None, "userErrors": [error]}
    uri = given.get("uri") or given.get("callbackUrl") or record["uri"]
    problem = _find_problem(ctx.store, record["topic"], uri, {**record, **given}, record)
    if problem:
        return {"webhookSubscription": None, "userErrors": [problem]}
    record.update({key: value for key, value in given.items() if key in record})
    record.update(_where(uri), updatedAt=ctx.state.now())
    return {"webhookSubscription": record, "userErrors": []}


def delete(ctx: Context, gid: str) -> Record:
    record = ctx.store.objects.get(gid)
    if record is None or record["__typename"] != "WebhookSubscription":
        error = user_error(["id"], "Webhook subscription does not exist")
        return {"deletedWebhookSubscriptionId": None, "userErrors": [error]}
    remove(ctx.store, record)
    return {"deletedWebhookSubscriptionId": gid, "userErrors": []}


def remove(store: Store, record: Record) -> None:
    if record in store.subscriptions:
        store.subscriptions.remove(record)
    store.objects.pop(record["id"], None)


def _find_problem(
    store: Store, topic: str, uri: str, given: Record, own: Record | None
) -> Record | None:
    text = _address_problem(uri)
    if text:
        return user_error(_ADDRESS, text)
    if given.get("format") == "XML":
        return user_error(
            ["webhookSubscription", "format"], "Format 'xml' is invalid for this webhook topic"
        )
    name = given.get("name")
    if name is not None and not _NAME.fullmatch(name):
        return user_error(["webhookSubscription", "name"], "Name is invalid")
    for other in store.subscriptions:
        if other is own:
            continue
        if name and other["name"] == name:
            text = "Name already exists, no duplicate allowed"
            return user_error(["webhookSubscription", "name"], text)
        same = (topic, uri, given.get("filter")) == (other["topic"], other["uri"], other["filter"])
        if same:
            return user_error(_ADDRESS, "Address for this topic has already been taken")
    return None


def _address_problem(uri: str) -> str:
    if not uri:
        return "Address can't be blank"
    parts = urlsplit(uri)
    if parts.scheme == "http" and not is_loopback(uri):
        return "Address protocol http:// is not supported"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "Address is invalid"
    if parts.hostname.endswith(".myshopify.com"):
        return "Address is invalid"
    return ""
