"""Webhook subscriptions of a shop, and the events sent to them."""

from __future__ import annotations

import json
import secrets
from typing import Any
from urllib.parse import urlsplit

from tiktoksync.sandbox.tiktok.errors import bad_param
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.signing import webhook_signature
from tiktoksync.sandbox.tiktok.state import PLATFORM, Order, Shop, TikTokState
from tiktoksync.sandbox.webhooks import TIKTOK_DELAYS, Delivery, is_loopback

ANSWER_LIMIT = 3.0
EVENTS = {
    "ORDER_STATUS_CHANGE": 1,
    "REVERSE_STATUS_UPDATE": 2,
    "RECIPIENT_ADDRESS_UPDATE": 3,
    "PACKAGE_UPDATE": 4,
    "PRODUCT_STATUS_CHANGE": 5,
    "SELLER_DEAUTHORIZATION": 6,
    "UPCOMING_AUTHORIZATION_EXPIRATION": 7,
    "CANCELLATION_STATUS_CHANGE": 11,
    "RETURN_STATUS_CHANGE": 12,
    "NEW_CONVERSATION": 13,
    "NEW_MESSAGE": 14,
    "PRODUCT_INFORMATION_CHANGE": 15,
    "PRODUCT_CREATION": 16,
    "PRODUCT_CATEGORY_CHANGE": 18,
    "NEW_MESSAGE_LISTENER": 33,
    "INVOICE_STATUS_CHANGE": 36,
    "PRODUCT_AUDIT_STATUS_CHANGE": 37,
}
# Events that can be subscribed in the Partner Center only: here by the configuration.
PARTNER_CENTER_EVENTS = {"SKU_STATUS_CHANGE": 50}
NAMES = {number: name for name, number in {**EVENTS, **PARTNER_CENTER_EVENTS}.items()}


def list_webhooks(ctx: Context) -> dict[str, Any]:
    rows = [{"event_type": event, **row} for event, row in sorted(ctx.the_shop.webhooks.items())]
    return {"total_count": len(rows), "webhooks": rows}


def put_webhook(ctx: Context) -> dict[str, Any]:
    """Create or replace; the address must be https, or plain http on this machine."""
    event = _read_event(ctx)
    address = ctx.body.get("address")
    if not isinstance(address, str) or not address:
        raise bad_param("param body.address is missing")
    check_address(address)
    old = ctx.the_shop.webhooks.get(event)
    now = ctx.state.now()
    ctx.the_shop.webhooks[event] = {
        "address": address,
        "create_time": old["create_time"] if old else now,
        "update_time": now,
    }
    return {}


def delete_webhook(ctx: Context) -> dict[str, Any]:
    ctx.the_shop.webhooks.pop(_read_event(ctx), None)
    return {}


def check_address(address: str) -> None:
    """Refuse what the platform would refuse; raises ApiError."""
    parts = urlsplit(address)
    plain = parts.scheme == "http" and is_loopback(address)
    if len(address) > 255 or not parts.hostname or not (parts.scheme == "https" or plain):
        raise bad_param("param body.address is invalid")


def _read_event(ctx: Context) -> str:
    event = ctx.body.get("event_type")
    if event not in EVENTS:
        raise bad_param("param body.event_type is invalid")
    return str(event)


def send_event(state: TikTokState, shop: Shop, kind: int, data: dict[str, Any]) -> None:
    """Send one event to the shop's subscription for it, if there is one."""
    row = shop.webhooks.get(NAMES[kind])
    if row is None:
        return
    app = state.app_of(shop)
    notification = str(7380000000000000000 + secrets.randbelow(10**15))
    envelope = {
        "type": kind,
        "tts_notification_id": notification,
        "shop_id": shop.id,
        "timestamp": state.now(),
        "data": data,
    }
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()

    def sign(raw: bytes, wrong: bool) -> dict[str, str]:
        secret = app.secret + "-wrong" if wrong else app.secret
        signature = webhook_signature(app.key, secret, raw)
        return {"Authorization": signature, "Content-Type": "application/json"}

    state.sender.enqueue(
        Delivery(
            PLATFORM, shop.id, NAMES[kind], str(row["address"]), body, sign, ANSWER_LIMIT,
            TIKTOK_DELAYS, notification,
        )
    )  # fmt: skip


def send_status(state: TikTokState, order: Order) -> None:
    """Type 1: the order has a new status. The webhook spells one status differently."""
    status = "CANCEL" if order.status == "CANCELLED" else order.status
    data = {
        "is_on_hold_order": bool(order.body["is_on_hold_order"]),
        "order_id": order.id,
        "order_status": status,
        "update_time": order.body["update_time"],
    }
    send_event(state, state.shops[order.shop_id], 1, data)


def send_address_change(state: TikTokState, order: Order) -> None:
    data = {"order_id": order.id, "update_time": order.body["update_time"]}
    send_event(state, state.shops[order.shop_id], 3, data)


def send_package_change(
    state: TikTokState, kind: str, packages: list[dict[str, Any]], role: str = "ROLE_SELLER"
) -> None:
    """Type 4: orders were split or combined into these parcels."""
    rows = [{"package_id": one["id"], "order_id_list": one["order_ids"]} for one in packages]
    data = {
        "sc_type": kind,
        "role_type": role,
        "package_list": rows,
        "update_time": state.now(),
    }
    send_event(state, state.shops[packages[0]["shop_id"]], 4, data)


def send_deauthorization(state: TikTokState, shop: Shop) -> None:
    text = f"Shop_id {shop.id} is deauthorized from your APP by merchant."
    send_event(state, shop, 6, {"message": text})


def send_cancellation(state: TikTokState, cancellation: dict[str, Any]) -> None:
    """Type 11; the webhook spells a withdrawn request differently from the API."""
    status = cancellation["cancel_status"]
    if status == "CANCELLATION_REQUEST_CANCEL":
        status = "CANCELLATION_REQUEST_CANCELLED"
    data = {
        "order_id": cancellation["order_id"],
        "cancellations_role": cancellation["role"],
        "cancel_status": status,
        "cancel_id": cancellation["cancel_id"],
        "create_time": cancellation["create_time"],
    }
    order = state.orders[cancellation["order_id"]]
    send_event(state, state.shops[order.shop_id], 11, data)


def send_return(state: TikTokState, row: dict[str, Any]) -> None:
    """Type 12: the return has a new status."""
    data = {
        "order_id": row["order_id"],
        "return_id": row["return_id"],
        "return_role": row["role"],
        "return_type": row["return_type"],
        "return_status": row["return_status"],
        "create_time": row["create_time"],
        "update_time": row["update_time"],
    }
    order = state.orders[row["order_id"]]
    send_event(state, state.shops[order.shop_id], 12, data)
