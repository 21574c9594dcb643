"""A buyer places an order: the whole order object, made from a short wish."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import money
from tiktoksync.sandbox.tiktok.addresses import make_address
from tiktoksync.sandbox.tiktok.state import Listing, Order, Shop, TikTokState

MARK_REGIONS = frozenset({"US", "GB", "UK", "DE", "FR", "ES", "IT", "IE", "JP"})
DAY = 86400
AFTER_SHIPPING = ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")
_DEFAULT_SHIPPING = {"VND": "15000", "JPY": "350", "IDR": "12000"}
_IMAGE = "https://p16-oec-va.ibyteimg.com/tos-sandbox/{}.jpeg"


class BadWish(ValueError):
    """The order asked for cannot be made; the text says why."""


def place_order(state: TikTokState, shop: Shop, wish: dict[str, Any]) -> Order:
    """Make and store one order. Nothing is announced; the caller does that."""
    lines = _make_lines(state, shop, wish)
    payment = money.make_payment(lines, _payment_wish(wish, shop), shop.currency)
    now = state.now()
    body = _make_body(state, shop, wish, lines, payment, now)
    order = Order(state.next_number(), shop.id, body, make_address(shop.region, state.random))
    order.recipient.update(wish.get("address") or {})
    order.patch = dict(wish.get("raw") or {})
    order.removed = list(wish.get("remove") or [])
    if body["id"] in state.orders:
        raise BadWish(f"order {body['id']} exists")
    store_order(state, order)
    if shop.region not in MARK_REGIONS:
        add_package(state, order, body["line_items"], "TO_FULFILL")
    return order


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
    return "ON_HOLD" if wish.get("hold", True) else "AWAITING_SHIPMENT"


def add_package(
    state: TikTokState, order: Order, lines: list[dict[str, Any]], status: str
) -> dict[str, Any]:
    """Put the lines of an order into a new parcel."""
    now = state.now()
    package: dict[str, Any] = {
        "id": state.new_id("115"),
        "shop_id": order.shop_id,
        "order_id": order.id,
        "status": status,
        "order_line_item_ids": [line["id"] for line in lines],
        "tracking_number": "",
        "shipping_provider_id": "",
        "shipping_provider_name": "",
        "split_and_combine_tag": "DEFAULT",
        "create_time": now,
        "update_time": now,
    }
    state.packages[package["id"]] = package
    order.body["packages"].append({"id": package["id"]})
    for line in lines:
        line["package_id"] = package["id"]
        line["package_status"] = status
    order.text = None
    return package


def _payment_wish(wish: dict[str, Any], shop: Shop) -> dict[str, Any]:
    given = dict(wish.get("payment") or {})
    if wish.get("sample"):
        given.setdefault("shipping_fee", 0)
    if not {"shipping_fee", "original_shipping_fee"} & set(given):
        given["shipping_fee"] = _DEFAULT_SHIPPING.get(shop.currency, "4.99")
    return given


def _make_lines(state: TikTokState, shop: Shop, wish: dict[str, Any]) -> list[dict[str, Any]]:
    asked = wish.get("lines") or _random_lines(state, shop)
    units: list[dict[str, Any]] = []
    for row in asked:
        quantity = int(row.get("quantity", 1))
        if quantity < 1:
            raise BadWish("quantity must be at least 1")
        for _ in range(quantity):
            units.append(_make_unit(state, shop, row, wish))
    payment = wish.get("payment") or {}
    for name in ("seller_discount", "platform_discount"):
        if name in payment:
            _spread_discount(units, name, money.amount(payment[name], shop.currency), shop)
    rate = Decimal(str(payment.get("tax_rate", "0.0725" if shop.region == "US" else "0")))
    for unit, row in zip(units, _repeat(asked), strict=True):
        _add_tax(unit, row, rate, payment, shop.currency)
    return units


def _repeat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [row for row in rows for _ in range(int(row.get("quantity", 1)))]


def _random_lines(state: TikTokState, shop: Shop) -> list[dict[str, Any]]:
    known = [one for one in shop.listings.values() if not one.seller_sku.startswith("TT-ONLY")]
    paid = [one for one in known if Decimal(one.price) > 0] or known
    chosen = state.random.sample(paid, min(len(paid), state.random.randint(1, 3)))
    return [{"sku": one.seller_sku, "quantity": state.random.choice((1, 1, 2))} for one in chosen]


def _find_listing(shop: Shop, row: dict[str, Any], state: TikTokState) -> Listing:
    sku = str(row.get("sku", ""))
    found = shop.listings.get(sku)
    if found is None:
        found = Listing(
            str(row.get("sku_id") or state.new_id("2729")),
            str(row.get("product_id") or state.new_id("1729")),
            sku, str(row.get("title") or sku or "Unlisted product"), "Default",
            str(row.get("price", row.get("original_price", "10"))), 0,
        )  # fmt: skip
        shop.listings[sku] = found
    return found


def _make_unit(
    state: TikTokState, shop: Shop, row: dict[str, Any], wish: dict[str, Any]
) -> dict[str, Any]:
    listing = _find_listing(shop, row, state)
    gift = bool(row.get("gift"))
    free = gift or bool(wish.get("sample"))
    original, seller, platform = _unit_prices(listing, row, shop.currency, free)
    return {
        "id": state.new_id("577"),
        "product_id": listing.product_id,
        "sku_id": listing.sku_id,
        "seller_sku": listing.seller_sku,
        "product_name": listing.title,
        "sku_name": listing.sku_name,
        "sku_image": _IMAGE.format(listing.sku_id),
        "currency": shop.currency,
        "original_price": money.text(original),
        "sale_price": money.text(original - seller - platform),
        "seller_discount": money.text(seller),
        "platform_discount": money.text(platform),
        "display_status": "",
        "sku_type": "NORMAL",
        "is_gift": gift,
        "gift_retail_price": listing.price if gift else "0",
    }


def _unit_prices(
    listing: Listing, row: dict[str, Any], currency: str, free: bool
) -> tuple[Decimal, Decimal, Decimal]:
    """List price and the two discounts of one unit; ``price`` is what the buyer pays for it."""
    if free and "price" not in row and "original_price" not in row:
        return money.ZERO, money.ZERO, money.ZERO
    seller = money.amount(row.get("seller_discount", 0), currency)
    platform = money.amount(row.get("platform_discount", 0), currency)
    if "original_price" in row:
        original = money.amount(row["original_price"], currency)
        if "price" in row and "seller_discount" not in row:
            seller = original - platform - money.amount(row["price"], currency)
    elif "price" in row:
        original = money.amount(row["price"], currency) + seller + platform
    else:
        original = money.amount(listing.price, currency)
    return original, seller, platform


def _spread_discount(units: list[dict[str, Any]], name: str, total: Decimal, shop: Shop) -> None:
    """An order's discount, laid on its units so that their sum is exact."""
    shares = money.spread(total, [Decimal(u["original_price"]) for u in units], shop.currency)
    other = "platform_discount" if name == "seller_discount" else "seller_discount"
    for unit, share in zip(units, shares, strict=True):
        unit[name] = money.text(share)
        rest = Decimal(unit["original_price"]) - share - Decimal(unit[other])
        unit["sale_price"] = money.text(rest)


def _add_tax(
    unit: dict[str, Any], row: dict[str, Any], rate: Decimal, payment: dict[str, Any], currency: str
) -> None:
    own = Decimal(str(row.get("tax_rate", rate)))
    if own <= 0 or "tax" in payment or "product_tax" in payment:
        return
    tax = money.amount(Decimal(unit["sale_price"]) * own, currency)
    unit["item_tax"] = [
        {"tax_type": "SALES_TAX", "tax_amount": money.text(tax), "tax_rate": str(own)}
    ]


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
        "user_id": str(7490000000000000000 + state.random.randrange(10**9)),
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
        **_deadlines(created),
    }
    body.update(_delivery(shop, wish))
    body.update(_times(status, cod, created))
    return body


def _flags(status: str, wish: dict[str, Any]) -> dict[str, bool]:
    held = status == "ON_HOLD" or (status == "UNPAID" and bool(wish.get("hold", True)))
    return {
        "is_on_hold_order": held,
        "is_cod": bool(wish.get("cod")),
        "is_sample_order": bool(wish.get("sample")),
        "is_replacement_order": False,
        "is_buyer_request_cancel": False,
        "has_updated_recipient_address": False,
    }


def _deadlines(created: int) -> dict[str, int]:
    return {
        "cancel_order_sla_time": created + 7 * DAY,
        "rts_sla_time": created + 2 * DAY,
        "tts_sla_time": created + 3 * DAY,
        "shipping_due_time": created + 2 * DAY,
        "collection_due_time": created + 3 * DAY,
    }


def _delivery(shop: Shop, wish: dict[str, Any]) -> dict[str, Any]:
    return {
        "fulfillment_type": str(wish.get("fulfillment_type", "FULFILLMENT_BY_SELLER")),
        "shipping_type": str(wish.get("shipping_type", "SELLER")),
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
