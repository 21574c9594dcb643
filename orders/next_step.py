"""The one next best step of an order, for the button at the top of its page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from orders.explanations import Explanation
from orders.models import Order
from orders.parcels_shown import ParcelShown

CARRIER_UNKNOWN = "carrier_unknown"


@dataclass(frozen=True, slots=True)
class NextStep:
    """A link, or with `action` a form; `parcel` is what that form is about."""

    label: str
    icon: str
    address: str = ""
    action: str = ""
    parcel: str = ""


def next_step(
    order: Order,
    explanation: Explanation | None,
    parcels: Sequence[ParcelShown],
    aftersales: dict[str, Any],
) -> NextStep | None:
    """What helps most: an answer that runs out first, then what keeps the order from going on."""
    if any(one.may_answer for one in aftersales["cancel_requests"]):
        return NextStep("Answer cancel request", "person", address="#aftersales")
    if explanation and explanation.may_link:
        return NextStep("Link product", "link", address=_of(order, "order-link"))
    if explanation and explanation.may_reconnect:
        return NextStep("Reconnect", "plug", address=reverse("connect"))
    if explanation and explanation.may_release:
        return NextStep("Release now", "right", action="order-release")
    if trouble := next((parcel for parcel in parcels if parcel.may_resend), None):
        return _resend(trouble)
    if aftersales["offer"] and aftersales["offer"].may_choose:
        return NextStep("Choose what happens on TikTok", "note", address="#aftersales")
    if explanation and explanation.may_retry and explanation.tone == "bad":
        return NextStep("Retry", "retry", action="order-retry")
    return None


def _resend(parcel: ParcelShown) -> NextStep:
    if parcel.failure_code == CARRIER_UNKNOWN:
        return NextStep("Map the carrier", "truck", address=reverse("settings-fulfillment"))
    label = "Resend tracking" if parcel.origin == "Shopify" else "Send parcel again"
    return NextStep(label, "retry", action="order-resend", parcel=parcel.key)


def _of(order: Order, action: str) -> str:
    return f"{reverse(action, args=[order.tiktok_order_id])}?shop={order.shop.shop_id}"
