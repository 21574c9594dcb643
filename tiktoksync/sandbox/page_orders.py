"""A TikTok order on the page: where it stands, and a button for every next step."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from tiktoksync.sandbox.page_button import button
from tiktoksync.sandbox.tiktok.returns import NEW_GOODS, OFFERED
from tiktoksync.sandbox.tiktok.state import Order, Shop, TikTokState

Step = tuple[str, str, dict[str, str]]

STEPS: dict[str, list[tuple[str, str]]] = {
    "UNPAID": [("pay", "Pay"), ("cancel", "Cancel")],
    "ON_HOLD": [("release", "End the hold"), ("cancel", "Buyer cancels")],
    "AWAITING_SHIPMENT": [
        ("ship", "Ship in Seller Center"), ("request-cancel", "Buyer asks to cancel"),
        ("cancel", "Cancel"),
    ],
    "PARTIALLY_SHIPPING": [("ship", "Ship the rest"), ("cancel", "Cancel")],
    "AWAITING_COLLECTION": [("scan", "Carrier scan"), ("cancel", "Cancel")],
    "IN_TRANSIT": [("deliver", "Deliver")],
    "DELIVERED": [("complete", "Complete")],
}  # fmt: skip
ANSWERS: list[tuple[str, str]] = [
    ("approve-cancel", "Seller agrees"), ("reject-cancel", "Seller refuses"),
    ("withdraw-cancel", "Buyer withdraws"),
]  # fmt: skip
WAITS = ("RETURN_OR_REFUND_REQUEST_PENDING", "REPLACEMENT_REQUEST_PENDING",
         "EXCHANGE_REQUEST_PENDING")  # fmt: skip
_OPEN = (
    ("approve", "Agree"), ("reject", "Refuse"), ("refund", "Refund at once"),
    ("cancel", "Buyer gives up"),
)  # fmt: skip
RETURN_STEPS: dict[str, Sequence[tuple[str, str]]] = {
    **dict.fromkeys(WAITS, _OPEN),
    OFFERED: [("approve", "Buyer accepts"), ("reject", "Buyer declines")],
    "AWAITING_BUYER_SHIP": [("ship", "Buyer sends it"), ("cancel", "Buyer gives up")],
    "BUYER_SHIPPED_ITEM": [("receive", "Parcel is back"), ("reject", "Refuse the parcel")],
    "RETURN_OR_REFUND_REQUEST_SUCCESS": [("complete", "Money has arrived")],
}  # fmt: skip


def order_card(state: TikTokState, shop: Shop, order: Order) -> str:
    """The order with its buttons, and below it what was asked for after the sale."""
    body = order.body
    skus: dict[str, int] = {}
    for line in body["line_items"]:
        skus[line["seller_sku"]] = skus.get(line["seller_sku"], 0) + 1
    items = ", ".join(f"{count} × {escape(sku)}" for sku, count in skus.items())
    steps = "".join(button(f"orders/{order.id}/{name}", label, fields)
                    for name, label, fields in _steps(shop, order))  # fmt: skip
    money = f"{body['payment'].get('total_amount')} {body['payment'].get('currency')}"
    returns = [one for one in state.returns.values() if one["order_id"] == order.id]
    return card(
        order.id, order.status, f"{items} · {escape(money)}", _marks(state, order), steps,
        "".join(_return_row(one) for one in returns),
    )  # fmt: skip


def _marks(state: TikTokState, order: Order) -> list[str]:
    body = order.body
    kind = body["order_type"] if body["order_type"] not in ("", "NORMAL") else ""
    marks = [name for name, on in (
        (kind.replace("_", " ").lower(), kind), ("COD", body["is_cod"]),
        ("sample", body["is_sample_order"]), ("replacement", body["is_replacement_order"]),
        ("exchange", body.get("is_exchange_order")),
        ("TikTok's label", body["shipping_type"] == "TIKTOK"),
        ("fulfilled by TikTok", body["fulfillment_type"] == "FULFILLMENT_BY_TIKTOK"),
        ("buyer asks to cancel", body["is_buyer_request_cancel"]),
    ) if on]  # fmt: skip
    parcels = [state.packages[row["id"]] for row in body["packages"]]
    if len(parcels) > 1:
        marks.append(f"{len(parcels)} parcels")
    numbers = {
        f"{one['shipping_provider_name']} {one['tracking_number']}": None
        for one in parcels
        if one["tracking_number"]
    }
    marks.extend(numbers)
    left = order.hold_until - state.clock.line() if order.hold_until else 0
    if order.status == "ON_HOLD" and left > 0:
        marks.append(f"{int(left // 60)} min left")
    return marks


def _steps(shop: Shop, order: Order) -> list[Step]:
    body, status = order.body, order.status
    rows: list[Step] = [(name, label, {}) for name, label in STEPS.get(status, [])]
    labelled = (body["shipping_type"], body["fulfillment_type"]) != (
        "SELLER", "FULFILLMENT_BY_SELLER",
    )  # fmt: skip
    if labelled and rows and rows[0][0] == "ship":
        rows[0] = ("label", "Print TikTok's label", {})
    if body["is_buyer_request_cancel"]:
        rows = [one for one in rows if one[0] not in ("request-cancel", "cancel")]
        rows.extend((name, label, {}) for name, label in ANSWERS)
    if labelled and status == "AWAITING_COLLECTION" and len(body["packages"]) == 1:
        rows.append(("cancel-package", "Take the label back", {}))
    if status in ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED"):
        rows.append(("return", "Buyer wants a refund", {"type": "REFUND"}))
    if status == "DELIVERED":
        rows.append(("return", "Buyer sends it back", {"type": "RETURN_AND_REFUND"}))
        if shop.region in ("US", "GB", "UK"):
            rows.append(("return", "Buyer wants a new one", {"type": "REPLACEMENT"}))
    return rows


def _return_row(row: dict[str, Any]) -> str:
    """One return below its order."""
    steps = "".join(
        button(f"returns/{row['return_id']}/advance", label, {"to": to})
        for to, label in RETURN_STEPS.get(row["return_status"], [])
    )
    status = row["return_status"]
    word = escape(status.replace("_REQUEST", "").replace("_", " ").lower())
    kind = row["return_type"].replace("_", " ").lower()
    money = row.get("refund_amount") if row["return_type"] not in NEW_GOODS else None
    worth = f" · {money['refund_total']} {money['currency']}" if money else ""
    return (
        f'<div class="after"><p><code>{escape(row["return_id"])}</code> '
        f"{escape(kind + worth)} <i>{word}</i></p>"
        f'<div class="bar">{steps}</div></div>'
    )


def card(title: str, status: str, line: str, marks: list[str], steps: str, below: str = "") -> str:
    """A frame for an order of either platform."""
    small = "".join(f"<i>{escape(mark)}</i>" for mark in marks)
    word = escape(status.replace("_", " ").lower())
    return (
        f'<article><p><code>{escape(title)}</code> <b class="s-{escape(status)}">{word}</b></p>'
        f'<p>{line}</p><p class="marks">{small}</p><div class="bar">{steps}</div>{below}</article>'
    )
