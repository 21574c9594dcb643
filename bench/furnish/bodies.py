"""Orders in TikTok's documented shape, for a furnished shop."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any

from bench.furnish.people import DELIVERY_OPTION

CITIES = (
    ("Los Angeles", "California", "US-CA", "90001"),
    ("Austin", "Texas", "US-TX", "73301"),
    ("Portland", "Oregon", "US-OR", "97201"),
    ("Brooklyn", "New York", "US-NY", "11201"),
    ("Miami", "Florida", "US-FL", "33101"),
)


def order_body(
    number: int, status: str, placed: int, goods: Sequence[dict[str, str]], random: Random
) -> dict[str, Any]:
    """A paid order of one to three units; money adds up by TikTok's formulas."""
    order_id = str(576400000000000000 + number)
    units = [_unit(order_id, place, random.choice(goods), status, random) for place in range(1, 4)]
    units = units[: random.choice((1, 1, 1, 2, 3))]
    return {
        "id": order_id,
        "status": status,
        "create_time": placed,
        "paid_time": placed + 60,
        "update_time": placed + 3700,
        "rts_sla_time": placed + 2 * 86400,
        "delivery_option_id": DELIVERY_OPTION,
        "delivery_option_name": "Standard shipping",
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "TIKTOK" if number % 17 == 0 else "SELLER",
        "order_type": "NORMAL",
        "is_cod": False,
        "is_on_hold_order": status == "ON_HOLD",
        "recipient_address": {} if status == "ON_HOLD" else _address(random.choice(CITIES)),
        "line_items": units,
        "payment": _payment(units),
    }


def _unit(
    order_id: str, place: int, good: dict[str, str], status: str, random: Random
) -> dict[str, Any]:
    price = Decimal(good["price"])
    seller = Decimal(random.choice(("0", "0", "1.50")))
    platform = Decimal(random.choice(("0", "0", "2.00")))
    shown = {name: good[name] for name in ("product_id", "sku_id", "seller_sku", "product_name")}
    return {
        "id": f"{order_id}{place}",
        **shown,
        "sku_name": good["sku_name"],
        "sku_image": good["sku_image"],
        "currency": "USD",
        "original_price": str(price),
        "sale_price": str(price - seller - platform),
        "seller_discount": str(seller),
        "platform_discount": str(platform),
        "is_gift": False,
        "display_status": status,
    }


def _payment(units: list[dict[str, Any]]) -> dict[str, str]:
    def over(name: str) -> Decimal:
        return sum((Decimal(unit[name]) for unit in units), Decimal(0))

    sub_total = over("sale_price")
    shipping, tax = Decimal("4.99"), (sub_total * Decimal("0.07")).quantize(Decimal("0.01"))
    return {
        "currency": "USD",
        "original_total_product_price": str(over("original_price")),
        "seller_discount": str(over("seller_discount")),
        "platform_discount": str(over("platform_discount")),
        "sub_total": str(sub_total),
        "original_shipping_fee": str(shipping),
        "shipping_fee": str(shipping),
        "product_tax": str(tax),
        "tax": str(tax),
        "total_amount": str(sub_total + shipping + tax),
    }


def _address(city: tuple[str, str, str, str]) -> dict[str, Any]:
    name, state, code, postal_code = city
    levels = (("Country", "United States", ""), ("State", state, code), ("City", name, ""))
    return {
        "name": "R*** E***",
        "first_name": "R***",
        "last_name": "E***",
        "phone_number": "(+1)***-***-**00",
        "region_code": "US",
        "postal_code": postal_code,
        "address_line1": "*** Example Street",
        "address_detail": "*** Example Street",
        "full_address": f"*** Example Street, {name}, {state}, United States",
        "district_info": [
            {
                "address_level": f"L{place}",
                "address_level_name": level,
                "address_name": value,
                **({"iso_code": iso} if iso else {}),
            }
            for place, (level, value, iso) in enumerate(levels)
        ],
    }
