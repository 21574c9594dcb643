"""A buyer places an order: the whole order object, made from a short wish."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import money
from tiktoksync.sandbox.tiktok.addresses import change_address, make_address
from tiktoksync.sandbox.tiktok.lifecycle import AFTER_SHIPPING
from tiktoksync.sandbox.tiktok.order_lines import BadWish, is_free, make_lines
from tiktoksync.sandbox.tiktok.parcels import MARK_REGIONS, add_package
from tiktoksync.sandbox.tiktok.state import Order, Shop, TikTokState
from tiktoksync.sandbox.tiktok.stock import LEFT_THE_HOUSE, reserve

DAY = 86400
ORDER_TYPES = (
    "", "NORMAL", "ZERO_LOTTERY", "AUCTION", "PRE_ORDER", "MADE_TO_ORDER", "BACK_ORDER",
    "VIRTUAL_ORDER",
)  # fmt: skip
HANDLING = {"days": "5", "type": "BUSINESS_DAY"}
PRE_ORDER_DAYS = 7
_DEFAULT_SHIPPING = {"VND": "15000", "JPY": "350", "IDR": "12000"}


def place_order(state: TikTokState, shop: Shop, wish: dict[str, Any]) -> Order:
    """Make and store one order. Nothing is announced; the caller does that."""
    if str(wish.get("order_type", "")) not in ORDER_TYPES:
        raise BadWish(f"order_type must be one of {', '.join(ORDER_TYPES[1:])}")
    lines = make_lines(state, shop, wish)
    payment = money.make_payment(lines, _payment_wish(wish, shop), shop.currency)
    now = state.now()
    body = _make_body(state, shop, wish, lines, payment, now)
    order = Order(state.next_number(), shop.id, body, _recipient(state, shop, body, wish))
    change_address(order.recipient, wish.get("address") or {})
    order.masked = bool(wish.get("masked"))
    order.patch = dict(wish.get("raw") or {})
    order.removed = list(wish.get("remove") or [])
    if body["id"] in state.orders:
        raise BadWish(f"order {body['id']} exists")
    store_order(state, order)
    if order.status not in (*LEFT_THE_HOUSE, "CANCELLED"):
        reserve(shop, order)
    if shop.region not in MARK_REGIONS and body["shipping_type"] != "TIKTOK_DIGITAL":
        add_package(state, order, body["line_items"], "TO_FULFILL")
    return order


def _recipient(
    state: TikTokState, shop: Shop, body: dict[str, Any], wish: dict[str, Any]
) -> dict[str, Any]:
    """A made-up address, or the one of the order it follows, or that the buyer used before."""
    source = state.orders.get(str(wish.get("replacement_of") or wish.get("exchange_of")))
    if source is not None:
        return dict(source.recipient)
    if wish.get("buyer"):
        for order in state.orders_of(shop.id):
            if order.body["user_id"] == body["user_id"]:
                return dict(order.recipient)
    return make_address(shop.region, state.random)


def store_order(state: TikTokState, order: Order) -> None:
    shop = state.shops[order.shop_id]
    state.orders[order.id] = order
    state.by_number[order.number] = order
    shop.by_create.add((order.body["create_time"], order.number))
    shop.by_update.add((order.body["update_time"], order.number))


def first_status(wish: dict[str, Any]) -> str:
    """UNPAID, ON_HOLD or AWAITING_SHIPMENT, unless a status was asked for by name."""
    if wish.get("status"):
        return str(wish["status"])
    if not wish.get("paid", True):
        return "UNPAID"
    held = wish.get("hold", True) or wish.get("order_type") == "PRE_ORDER"
    return "ON_HOLD" if held else "AWAITING_SHIPMENT"


def _payment_wish(wish: dict[str, Any], shop: Shop) -> dict[str, Any]:
    given = dict(wish.get("payment") or {})
    if is_free(wish) or wish.get("order_type") == "VIRTUAL_ORDER":
        given.setdefault("shipping_fee", 0)
    if not {"shipping_fee", "original_shipping_fee"} & set(given):
        given["shipping_fee"] = _DEFAULT_SHIPPING.get(shop.currency, "4.99")
    return given


def _make_body(
    state: TikTokState,
    shop: Shop,
    wish: dict[str, Any],
    lines: list[dict[str, Any]],
    payment: dict[str, Any],
    now: int,
) -> dict[str, Any]:
    status = first_status(wish)
    cod = bool(wish.get("cod"))
    created = int(wish.get("create_time", now))
    for line in lines:
        line["display_status"] = status
    body: dict[str, Any] = {
        "id": str(wish.get("id") or state.new_id("576")),
        "status": status,
        "order_type": str(wish.get("order_type", "NORMAL")),
        "commerce_platform": "TIKTOK_SHOP",
        "user_id": str(wish.get("buyer") or 7490000000000000000 + state.random.randrange(10**9)),
        "buyer_email": f"v{state.random.getrandbits(64):016X}@scs2.tiktok.com",
        "buyer_message": str(wish.get("buyer_message", "")),
        "seller_note": str(wish.get("seller_note", "")),
        "create_time": created,
        "update_time": int(wish.get("update_time", now)),
        **_flags(status, wish),
        "payment_method_name": "Cash on delivery" if cod else "Credit/debit card",
        "payment": payment,
        "line_items": lines,
        "packages": [],
        **_type_fields(wish, created),
    }
    body.update(_delivery(shop, wish))
    body.update(_times(status, cod, created))
    return body


def _flags(status: str, wish: dict[str, Any]) -> dict[str, Any]:
    held = status == "ON_HOLD" or (status == "UNPAID" and bool(wish.get("hold", True)))
    flags: dict[str, Any] = {
        "is_on_hold_order": held,
        "is_cod": bool(wish.get("cod")),
        "is_sample_order": bool(wish.get("sample")),
        "is_replacement_order": bool(wish.get("replacement_of")),
        "is_buyer_request_cancel": False,
        "has_updated_recipient_address": False,
    }
    if wish.get("sample") == "refundable":
        flags["is_refundable_sample"] = True
    if wish.get("replacement_of"):
        flags["replaced_order_id"] = str(wish["replacement_of"])
    if wish.get("exchange_of"):
        flags["is_exchange_order"] = True
        flags["exchange_source_order_id"] = str(wish["exchange_of"])
    return flags


def _type_fields(wish: dict[str, Any], created: int) -> dict[str, Any]:
    """Deadlines, and what pre-orders and made-to-order goods add to them."""
    kind, start = wish.get("order_type"), created
    fields: dict[str, Any] = {}
    if kind == "PRE_ORDER":
        start = int(wish.get("release_date") or created + PRE_ORDER_DAYS * DAY)
        fields["release_date"] = start
    if kind in ("MADE_TO_ORDER", "BACK_ORDER") or wish.get("handling_duration"):
        duration = {**HANDLING, **(wish.get("handling_duration") or {})}
        fields["handling_duration"] = duration
        start += int(duration["days"]) * DAY
    return {
        **fields,
        "cancel_order_sla_time": start + 7 * DAY,
        "rts_sla_time": start + 2 * DAY,
        "tts_sla_time": start + 3 * DAY,
        "shipping_due_time": start + 2 * DAY,
        "collection_due_time": start + 3 * DAY,
    }


def _delivery(shop: Shop, wish: dict[str, Any]) -> dict[str, Any]:
    usual = "TIKTOK_DIGITAL" if wish.get("order_type") == "VIRTUAL_ORDER" else "SELLER"
    return {
        "fulfillment_type": str(wish.get("fulfillment_type", "FULFILLMENT_BY_SELLER")),
        "shipping_type": str(wish.get("shipping_type", usual)),
        "delivery_type": "HOME_DELIVERY",
        "delivery_option_id": shop.delivery_option_id,
        "delivery_option_name": "Shipped by seller",
        "shipping_provider": "",
        "shipping_provider_id": "",
        "tracking_number": "",
        "warehouse_id": shop.warehouse_id,
    }


def _times(status: str, cod: bool, created: int) -> dict[str, int]:
    """The time fields an order of this status would carry."""
    times: dict[str, int] = {}
    if status != "UNPAID" and not cod:
        times["paid_time"] = created
    if status in AFTER_SHIPPING:
        times["rts_time"] = created
    if status in ("IN_TRANSIT", "DELIVERED", "COMPLETED"):
        times["collection_time"] = created
    if status in ("DELIVERED", "COMPLETED"):
        times["delivery_time"] = created
    if status == "CANCELLED":
        times["cancel_time"] = created
    return times
