"""Bodies of webhooks without what they tell of people: only fields known to be harmless stay."""

from __future__ import annotations

import json
from typing import Any

HIDDEN = "hidden"
UNREADABLE = "The body is not JSON, so that nothing of it can be shown."

#: Fields that speak of ids, states, amounts and times. Everything else may speak of a person.
HARMLESS = frozenset(
    {
        "admin_graphql_api_id",
        "arguments",
        "available",
        "cancel_id",
        "cancel_reason",
        "cancel_status",
        "cancelled_at",
        "closed_at",
        "code",
        "completed_at",
        "create_time",
        "created_at",
        "currency",
        "current_total_price",
        "data",
        "display_fulfillment_status",
        "error_code",
        "expiration_time",
        "fulfillment_status",
        "fulfillments",
        "financial_status",
        "id",
        "inventory_item_id",
        "is_on_hold_order",
        "is_update_on_hold",
        "line_item_id",
        "line_items",
        "location_id",
        "operation",
        "order_id",
        "order_id_list",
        "order_line_item_ids",
        "order_status",
        "package_id",
        "package_list",
        "package_status",
        "presentment_currency",
        "processed_at",
        "product_id",
        "product_status",
        "quantity",
        "reason_code",
        "refund_id",
        "refund_line_items",
        "refunds",
        "restock_type",
        "return_id",
        "return_role",
        "return_status",
        "return_type",
        "reverse_event_type",
        "reverse_order_id",
        "reverse_order_status",
        "reverse_type",
        "role",
        "sc_type",
        "seller_sku",
        "shipment_status",
        "shop_id",
        "sku",
        "sku_id",
        "sku_ids",
        "skus",
        "status",
        "suspended_reason_code",
        "timestamp",
        "topic",
        "total_price",
        "tts_notification_id",
        "type",
        "update_time",
        "updated_at",
        "variant_id",
        "warehouse_id",
    }
)


def redact_body(body: str) -> str:
    """The body as indented JSON in which every field not known as harmless is hidden.

    What cannot be read is not shown at all.
    """
    try:
        return json.dumps(_redact(json.loads(body), False), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return UNREADABLE


def _redact(value: Any, is_harmless: bool) -> Any:
    match value:
        case dict():
            return {
                key: _redact(inner, True) if key in HARMLESS or inner is None else HIDDEN
                for key, inner in value.items()
            }
        case list():
            return [_redact(inner, is_harmless) for inner in value]
    return value if is_harmless else HIDDEN
