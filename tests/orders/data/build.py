"""TikTok orders in the documented shape, made for tests: a sum left out follows the formulas."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

from orders.facts import OrderFacts, order_facts

CREATED = 1_780_000_000  # 2026-05-28 20:26:40 UTC
PAID = CREATED + 60

ADDRESS: dict[str, Any] = {
    "name": "Robin Example",
    "first_name": "Robin",
    "last_name": "Example",
    "phone_number": "(+1)555-010-0100",
    "region_code": "US",
    "postal_code": "90001",
    "address_line1": "1 Example Street",
    "address_line2": "Unit 4",
    "address_line3": "",
    "address_line4": "",
    "address_detail": "1 Example Street Unit 4",
    "full_address": "1 Example Street Unit 4, Los Angeles, California, United States",
    "district_info": [
        {"address_level": "L0", "address_level_name": "Country", "address_name": "United States"},
        {
            "address_level": "L1",
            "address_level_name": "State",
            "address_name": "California",
            "iso_code": "US-CA",
        },
        {"address_level": "L2", "address_level_name": "County", "address_name": "Los Angeles"},
        {"address_level": "L3", "address_level_name": "City", "address_name": "Los Angeles"},
    ],
}


def unit(line_id: str, sku: str = "RED", price: str = "10.00", **fields: Any) -> dict[str, Any]:
    """One line item; `sale_price` follows from the price and the discounts."""
    line: dict[str, Any] = {
        "id": line_id,
        "product_id": f"17{sku}",
        "sku_id": f"29{sku}",
        "seller_sku": sku,
        "product_name": f"Shirt {sku}",
        "sku_name": "Default",
        "currency": "USD",
        "original_price": price,
        "seller_discount": "0",
        "platform_discount": "0",
        "is_gift": False,
        "display_status": "AWAITING_SHIPMENT",
    }
    line.update(fields)
    discounts = Decimal(line["seller_discount"]) + Decimal(line["platform_discount"])
    line.setdefault("sale_price", str(Decimal(line["original_price"]) - discounts))
    return line


def tax(amount: str, rate: str = "0.0725") -> list[dict[str, str]]:
    return [{"tax_type": "SALES_TAX", "tax_amount": amount, "tax_rate": rate}]


def payment(lines: list[dict[str, Any]], **given: str) -> dict[str, Any]:
    """The sums of an order by the documented formulas; what is given wins over them."""

    def over(name: str) -> Decimal:
        return sum((Decimal(line[name]) for line in lines), Decimal(0))

    def said(name: str, otherwise: Decimal = Decimal(0)) -> Decimal:
        return Decimal(given.get(name) or otherwise)

    listed = said("original_total_product_price", over("original_price"))
    seller = said("seller_discount", over("seller_discount"))
    platform = said("platform_discount", over("platform_discount"))
    sub_total = said("sub_total", listed - seller - platform)
    shipping = said("original_shipping_fee") - sum(
        said(f"shipping_fee_{who}_discount") for who in ("seller", "platform", "cofunded")
    )
    shipping = said("shipping_fee", shipping)
    taxes = said("tax", said("product_tax") + said("shipping_fee_tax"))
    total = sub_total + shipping + taxes + said("retail_delivery_fee")
    sums = {
        "currency": "USD",
        "original_total_product_price": str(listed),
        "seller_discount": str(seller),
        "platform_discount": str(platform),
        "sub_total": str(sub_total),
        "shipping_fee": str(shipping),
        "tax": str(taxes),
        "total_amount": str(total),
    }
    return {**sums, **given}


def order(lines: list[dict[str, Any]] | None = None, **fields: Any) -> dict[str, Any]:
    """A paid order awaiting shipment by the seller; `fields` are merged over it."""
    lines = [unit("901")] if lines is None else lines
    raw: dict[str, Any] = {
        "id": "576461413038785752",
        "status": "AWAITING_SHIPMENT",
        "create_time": CREATED,
        "paid_time": PAID,
        "update_time": CREATED + 3700,
        "fulfillment_type": "FULFILLMENT_BY_SELLER",
        "shipping_type": "SELLER",
        "delivery_option_name": "Standard shipping",
        "order_type": "NORMAL",
        "is_cod": False,
        "is_on_hold_order": False,
        "recipient_address": deepcopy(ADDRESS),
        "line_items": lines,
        "payment": payment(lines),
    }
    raw.update(fields)
    return raw


def facts(lines: list[dict[str, Any]] | None = None, **fields: Any) -> OrderFacts:
    return order_facts(order(lines, **fields))
