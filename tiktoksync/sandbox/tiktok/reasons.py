"""The reasons of cancellations and returns: which are offered where, and what they say."""

from __future__ import annotations

OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
WEST = frozenset({"US", "GB", "UK", "DE", "FR", "ES", "IT", "IE", "JP"})
PARTIAL_REGIONS = ("US", "GB", "UK")

SELLER_REASONS = {
    OUT_OF_STOCK: "Out of stock",
    "seller_cancel_reason_wrong_price": "Pricing error",
    "seller_cancel_paid_reason_address_not_deliver": "Unable to deliver to buyer address",
    "seller_cancel_paid_reason_buyer_requested_cancellation": "Buyer requested cancellation",
}
_WEST_ONLY = ("seller_cancel_paid_reason_buyer_requested_cancellation",)

BUYER_REASONS = {
    "ecom_order_to_ship_canceled_reason_no_longer_needed": "No longer needed",
    "ecom_order_to_ship_canceled_reason_change_address": "Need to change address",
    "ecom_order_to_ship_canceled_reason_better_price": "Better price available",
}
DAMAGED = "ecom_order_delivered_refund_and_return_reason_damaged"
RETURN_REASONS = {
    DAMAGED: "Package or product is damaged",
    "ecom_order_delivered_refund_reason_missing_product": (
        "Received parcel, but some items were missing"
    ),
    "ecom_order_delivered_refund_and_return_reason_wrong_product_seller": "Wrong item was sent",
    "ecom_order_shipped_refund_reason_not_received": "Parcel did not arrive",
}
CANCEL_REJECT_REASONS = {
    "reverse_reject_request_reason_1": "The product has been packed",
    "reverse_reject_request_reason_2": "The product has been shipped",
}
RETURN_REJECT_REASONS = {
    "seller_reject_apply_product_agreed": "The product is as described",
    "seller_reject_apply_out_of_window": "The request came too late",
    "seller_reject_apply_wrong_item_returned": "Something else was sent back",
}
_TEXTS = {**SELLER_REASONS, **BUYER_REASONS, **RETURN_REASONS}


def seller_reasons(region: str, status: str) -> list[str]:
    """What the seller may give as reason; nothing when a cancellation is not possible."""
    if status == "ON_HOLD":
        return [OUT_OF_STOCK]
    if status == "AWAITING_SHIPMENT" or (status == "AWAITING_COLLECTION" and region == "US"):
        return [one for one in SELLER_REASONS if region in WEST or one not in _WEST_ONLY]
    return []


def buyer_reasons(region: str, status: str) -> list[str]:
    """What the buyer may choose from, at once before and during the hold and by request later."""
    open_ones = ["UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"]
    if region not in WEST:
        open_ones.append("AWAITING_COLLECTION")
    return list(BUYER_REASONS) if status in open_ones else []


def reason_text(reason: str) -> str:
    """What people read; an unlisted reason is its own text."""
    return _TEXTS.get(reason, reason)


def as_rows(reasons: dict[str, str]) -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in reasons.items()]
