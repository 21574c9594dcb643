"""A TikTok order without the buyer: what stays of its body once personal data is erased. Pure.

Only what is listed stays, so that a field TikTok adds tomorrow is not kept by accident.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_TIMES = (
    *("cancel_order_sla_time", "cancel_time", "collection_due_time", "collection_time"),
    *("create_time", "delivery_due_time", "delivery_sla_time", "delivery_time"),
    *("fast_dispatch_sla_time", "paid_time", "pick_up_cut_off_time", "release_date"),
    *("request_cancel_time", "rts_sla_time", "rts_time", "shipping_due_time", "tts_sla_time"),
    "update_time",
)
_ORDER = {
    *_TIMES,
    *("id", "status", "order_type", "payment", "packages", "currency", "tracking_number"),
    *("cancel_reason", "cancellation_initiator", "commerce_platform", "delivery_type"),
    *("delivery_option_id", "delivery_option_name", "fulfillment_type", "handling_duration"),
    *("is_buyer_request_cancel", "is_cod", "is_exchange_order", "is_on_hold_order"),
    *("is_replacement_order", "is_sample_order", "is_refundable_sample", "payment_method_name"),
    *("replaced_order_id", "exchange_source_order_id", "shipping_provider", "shipping_type"),
    *("shipping_provider_id", "split_or_combine_tag", "warehouse_id"),
}
_LINE = {
    *("id", "product_id", "product_name", "sku_id", "sku_name", "sku_image", "seller_sku"),
    *("sku_type", "currency", "original_price", "sale_price", "seller_discount"),
    *("platform_discount", "is_gift", "display_status", "item_tax", "package_id"),
    *("package_status", "tracking_number", "shipping_provider_id", "shipping_provider_name"),
    *("cancel_reason", "cancel_user", "combined_listing_skus", "sub_item_info", "rts_time"),
    *("small_order_fee", "retail_delivery_fee", "buyer_service_fee", "handling_duration_days"),
}
_IDENTIFYING = (
    *("name", "first_name", "last_name", "first_name_local_script", "last_name_local_script"),
    *("phone_number", "postal_code", "address_detail", "full_address"),
    *("address_line1", "address_line2", "address_line3", "address_line4"),
)
_WHOLE = ("buyer_email", "buyer_message", "seller_note", "cpf", "cpf_name", "user_id")
SHORTEST = 4


def bare_body(body: Mapping[str, Any]) -> dict[str, Any]:
    """The body with ids, sums, times, kinds and products; of the recipient only the country."""
    bare = {name: value for name, value in body.items() if name in _ORDER}
    lines = body.get("line_items")
    if isinstance(lines, list):
        bare["line_items"] = [_bare_line(line) for line in lines]
    recipient = body.get("recipient_address")
    if isinstance(recipient, Mapping) and isinstance(recipient.get("region_code"), str):
        bare["recipient_address"] = {"region_code": recipient["region_code"][:2]}
    return bare


def buyers_words(body: Mapping[str, Any]) -> set[str]:
    """What would tell in another text who the buyer is, in lower case."""
    found: set[str] = set()
    recipient = body.get("recipient_address")
    if isinstance(recipient, Mapping):
        for name in _IDENTIFYING:
            found |= set(_parts(recipient.get(name)))
    for name in _WHOLE:
        value = body.get(name)
        if isinstance(value, str) and len(value.strip()) >= SHORTEST:
            found.add(value.strip().lower())
    return found


def names_buyer(text: str, words: set[str]) -> bool:
    """Whether a text holds any of the buyer's words."""
    lower = text.lower()
    return any(word in lower for word in words)


def _bare_line(line: Any) -> Any:
    if not isinstance(line, Mapping):
        return {}
    return {name: value for name, value in line.items() if name in _LINE}


def _parts(value: Any) -> Iterator[str]:
    if not isinstance(value, str):
        return
    for part in (value, *re.split(r"[\s,;/]+", value)):
        word = part.strip().lower()
        if len(word) >= SHORTEST and "*" not in word:
            yield word
