"""What a cancellation or a return gives back, and for which lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.tiktok import money
from tiktoksync.sandbox.tiktok.state import Order, TikTokState

Line = dict[str, Any]


def line_price(line: Line) -> tuple[Decimal, Decimal]:
    """What the buyer paid for one unit, and the tax on it."""
    taxes = [Decimal(tax["tax_amount"]) for tax in line.get("item_tax", [])]
    return Decimal(line["sale_price"]), sum(taxes, money.ZERO)


def full_price(line: Line) -> Decimal:
    """Price and tax of one unit."""
    price, tax = line_price(line)
    return price + tax


def refund_amount(order: Order, lines: list[Line], shipping: bool = False) -> dict[str, str]:
    """The full price of the lines, with the order's shipping fee when that is given back too."""
    prices = [line_price(line) for line in lines]
    subtotal = sum((price for price, _ in prices), money.ZERO)
    tax = sum((one for _, one in prices), money.ZERO)
    payment = order.body["payment"]
    fee = Decimal(payment["shipping_fee"]) if shipping else money.ZERO
    if shipping:
        tax += Decimal(payment["shipping_fee_tax"])
    return _shown(order, subtotal, fee, tax)


def partial_amount(order: Order, total: Decimal) -> dict[str, str]:
    """A sum somebody chose; it is told without its tax."""
    return _shown(order, total, money.ZERO, money.ZERO)


def _shown(order: Order, subtotal: Decimal, fee: Decimal, tax: Decimal) -> dict[str, str]:
    return {
        "currency": order.body["payment"]["currency"],
        "refund_total": money.text(subtotal + fee + tax),
        "refund_subtotal": money.text(subtotal),
        "refund_shipping_fee": money.text(fee),
        "refund_tax": money.text(tax),
    }


def line_row(state: TikTokState, line: Line, name: str) -> dict[str, Any]:
    """One line of a cancellation (``cancel``) or a return (``return``)."""
    return {
        f"{name}_line_item_id": state.new_id("4036"),
        "order_line_item_id": line["id"],
        "sku_id": line["sku_id"],
        "seller_sku": line["seller_sku"],
        "sku_name": line["sku_name"],
        "product_name": line["product_name"],
        "product_image": {"height": 200, "url": line["sku_image"], "width": 200},
    }
