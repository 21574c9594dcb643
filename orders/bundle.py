"""One order as a file for whoever helps: everything that happened to it, and nobody's data.

Columns are named here one by one, so that a new one stays out until somebody lets it in. What the
buyer typed or is called is taken out of every text as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Model
from django.utils import timezone

from orders.models import Order
from orders.services.rules import order_rules
from tiktoksync.sync.models import Attempt

FORMAT = 1
HIDDEN = "[hidden]"
SHORTEST = 3
_SYNC = (
    *("sync_status", "next_attempt_at", "attempt_number", "tries", "in_doubt_since"),
    *("failure_kind", "failure_code", "failure_reason", "skip_reason", "wait_reason"),
)
_ORDER = (
    *("tiktok_order_id", "tiktok_status", "tiktok_update_time", "placed_at", "paid_at", "ship_by"),
    *("kind", "shipping_type", "fulfillment_type", "delivery_option_id", "is_cod"),
    *("cancel_requested", "cancelled_by", "currency", "total", "platform_discount"),
    *("first_seen_at", "seen_at", "shopify_order_id", "shopify_order_name", "shopify_total"),
    *("shopify_status", "shopify_cancelled_at", "synced_at", "approved_at", "kept_back_at"),
    *("release_at", "released_at", "source_order_id", "other_shopify_ids"),
)
_LINE = (
    *("tiktok_line_item_id", "tiktok_product_id", "tiktok_sku_id", "seller_sku", "price"),
    *("original_price", "seller_discount", "platform_discount", "is_gift", "display_status"),
    *("package_id", "tracking_number", "variant_id"),
)
_SHIPMENT = (
    *("shopify_fulfillment_id", "parcel", "revision", "tiktok_package_id", "status", "carrier"),
    *("tracking_number", "shipped_units", "provider_id", "provider_name", "sent_at"),
)
_PACKAGE = ("tiktok_package_id", "status", "tracking_number", "carrier", "order_ids", "is_gone")
_HISTORY = ("at", "axis", "before", "after", "actor", "reason", "request_id", "attempt_id")
_ATTEMPT = (
    *("id", "flow", "step", "number", "started_at", "finished_at", "outcome", "code", "message"),
    *("request_id", "remote_id", "elapsed_ms", "cost"),
)
_REQUEST = ("cancel_id", "cancel_type", "status", "role", "reason", "respond_by", "verdict")
_RULES = (
    *("auto_sync", "safety_hold_minutes", "order_types", "unlinked_policy"),
    *("platform_discount_mode", "marketplace_collects_tax", "inventory_behaviour"),
    *("restock_on_cancel", "other_carrier", "fulfill_tiktok_parcels", "follow_cancelled_units"),
    *("refund_in_shopify", "restock_returns", "on_shopify_cancel", "original_date"),
)
#: What is let through of TikTok's own body; its line items and packages are let through alike.
_RAW = (
    *("id", "status", "order_type", "create_time", "update_time", "paid_time", "rts_time"),
    *("rts_sla_time", "tts_sla_time", "shipping_due_time", "collection_due_time", "shipping_type"),
    *("fulfillment_type", "delivery_option_id", "delivery_option_name", "warehouse_id"),
    *("is_cod", "is_sample_order", "is_replacement_order", "is_on_hold_order", "payment"),
    *("release_date", "cancel_order_sla_time", "is_exchange_order", "commerce_platform"),
)
_RAW_LINE = (
    *("id", "sku_id", "product_id", "seller_sku", "currency", "original_price", "sale_price"),
    *("seller_discount", "platform_discount", "is_gift", "display_status", "package_id"),
    *("package_status", "tracking_number", "shipping_provider_id", "item_tax", "rts_time"),
)


def debug_bundle(order: Order) -> dict[str, Any]:
    """The order, its parts, its tries and its shop's rules, without personal data."""
    attempts = Attempt.objects.filter(pk__in=order.history.values("attempt_id")).order_by("pk")
    told = {
        "format": FORMAT,
        "made_at": timezone.now().isoformat(),
        "shop": {"region": order.shop.region, "currency": order.shop.store.currency},
        "rules": _row(order_rules(order.shop), _RULES),
        "order": _row(order, (*_ORDER, *_SYNC)),
        "line_items": _rows(order.line_items.all(), _LINE),
        "fulfillments": _rows(order.fulfillments.all(), (*_SHIPMENT, *_SYNC)),
        "packages": _rows(order.packages.all(), _PACKAGE),
        "cancel_requests": _rows(order.cancel_requests.all(), (*_REQUEST, *_SYNC)),
        "history": _rows(order.history.all(), _HISTORY),
        "attempts": _rows(attempts, _ATTEMPT),
        "tiktok": _raw(order.raw),
    }
    cleaned: dict[str, Any] = _scrub(told, _personal_words(order.raw))
    return cleaned


def _rows(rows: Iterable[Model], names: Iterable[str]) -> list[dict[str, Any]]:
    names = tuple(names)
    return [_row(row, names) for row in rows]


def _row(row: Model, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _raw(raw: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: raw[name] for name in _RAW if name in raw}
    lines = raw.get("line_items")
    if isinstance(lines, list):
        kept["line_items"] = [
            {name: line[name] for name in _RAW_LINE if name in line}
            for line in lines
            if isinstance(line, Mapping)
        ]
    return kept


def _personal_words(raw: Mapping[str, Any]) -> list[str]:
    """Everything that TikTok told of the buyer, the longest first."""
    found: set[str] = set()
    for name, value in raw.items():
        if name.startswith(("recipient", "buyer", "user", "cpf")):
            found |= set(_texts(value))
    words = {word.strip() for word in found}
    return sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _scrub(value: Any, words: list[str]) -> Any:
    """The same, with the buyer's words taken out of every text."""
    if isinstance(value, str):
        return _hide(value, words)
    if isinstance(value, Mapping):
        return {name: _scrub(inner, words) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_scrub(inner, words) for inner in value]
    return value


def _hide(text: str, words: list[str]) -> str:
    """Whole words alone: a postal code within an id is none."""
    for word in words:
        if word in text:
            text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", HIDDEN, text)
    return text
