"""Amounts of an order: to the cent of its currency, with every documented formula kept."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

NO_DECIMALS = frozenset({"VND", "JPY", "IDR"})
ZERO = Decimal(0)


def step(currency: str) -> Decimal:
    return Decimal(1) if currency in NO_DECIMALS else Decimal("0.01")


def amount(value: Any, currency: str) -> Decimal:
    """Any spelling of a number as an exact amount of the currency."""
    return Decimal(str(value)).quantize(step(currency), ROUND_HALF_UP)


def text(value: Decimal) -> str:
    """Plain digits; zero is ``0`` whatever the currency."""
    return "0" if value == 0 else format(value, "f")


def spread(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split ``total`` in proportion to the weights, losing not a cent."""
    whole = sum(weights, ZERO)
    if not weights:
        return []
    if whole == 0:
        return [total, *[ZERO] * (len(weights) - 1)]
    shares: list[Decimal] = []
    given = seen = ZERO
    for weight in weights:
        seen += weight
        share = amount(total * seen / whole, currency) - given
        shares.append(share)
        given += share
    return shares


def make_payment(
    lines: list[dict[str, Any]], given: dict[str, Any], currency: str
) -> dict[str, Any]:
    """The payment block: sums of the lines, the shipping and tax asked for, and any raw field."""

    def total(name: str) -> Decimal:
        return sum((Decimal(line[name]) for line in lines), ZERO)

    original, seller, platform = (
        total("original_price"), total("seller_discount"), total("platform_discount"),
    )  # fmt: skip
    shipping = _shipping(given, currency)
    product_tax = _product_tax(lines, given, shipping["shipping_fee_tax"], currency)
    delivery_fee = amount(given.get("retail_delivery_fee", 0), currency)
    sub_total = original - seller - platform
    tax = product_tax + shipping["shipping_fee_tax"]
    figures = {
        "original_total_product_price": original,
        "seller_discount": seller,
        "platform_discount": platform,
        "sub_total": sub_total,
        **shipping,
        "product_tax": product_tax,
        "tax": tax,
        "total_amount": sub_total + shipping["shipping_fee"] + tax + delivery_fee,
    }
    if delivery_fee:
        figures["retail_delivery_fee"] = delivery_fee
    payment: dict[str, Any] = {"currency": currency}
    payment.update({name: text(value) for name, value in figures.items()})
    payment.update({name: value for name, value in given.items() if name not in _UNDERSTOOD})
    return payment


_UNDERSTOOD = frozenset({
    "seller_discount", "platform_discount", "shipping_fee", "original_shipping_fee",
    "shipping_fee_seller_discount", "shipping_fee_platform_discount",
    "shipping_fee_cofunded_discount", "shipping_fee_tax", "tax", "product_tax", "tax_rate",
    "retail_delivery_fee",
})  # fmt: skip


def _shipping(given: dict[str, Any], currency: str) -> dict[str, Decimal]:
    """``shipping_fee`` alone is what the buyer pays; with an original fee the discounts decide."""
    seller = amount(given.get("shipping_fee_seller_discount", 0), currency)
    platform = amount(given.get("shipping_fee_platform_discount", 0), currency)
    cofunded = amount(given.get("shipping_fee_cofunded_discount", 0), currency)
    if "original_shipping_fee" in given:
        original = amount(given["original_shipping_fee"], currency)
    else:
        original = amount(given.get("shipping_fee", 0), currency) + seller + platform
    return {
        "original_shipping_fee": original,
        "shipping_fee_seller_discount": seller,
        "shipping_fee_platform_discount": platform,
        "shipping_fee_cofunded_discount": cofunded,
        "shipping_fee": original - seller - platform,
        "shipping_fee_tax": amount(given.get("shipping_fee_tax", 0), currency),
    }


def _product_tax(
    lines: list[dict[str, Any]], given: dict[str, Any], shipping_tax: Decimal, currency: str
) -> Decimal:
    if "product_tax" in given:
        return amount(given["product_tax"], currency)
    if "tax" in given:
        return amount(given["tax"], currency) - shipping_tax
    taxes = [Decimal(tax["tax_amount"]) for line in lines for tax in line.get("item_tax", [])]
    return sum(taxes, ZERO)
