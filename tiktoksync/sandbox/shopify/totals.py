"""What an order comes to: the sums Shopify works out from the input of orderCreate."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tiktoksync.sandbox.shopify.money import ZERO, Bag, bag, round_money

Input = dict[str, Any]


@dataclass(slots=True)
class Side:
    """One currency's view of the order."""

    currency: str
    key: str

    def amount(self, value: Input | None) -> Decimal:
        """The amount of a MoneyBagInput on this side; the shop's side stands in."""
        if not value:
            return ZERO
        money = value.get(self.key) or value["shopMoney"]
        amount: Decimal = money["amount"]
        return amount


@dataclass(slots=True)
class Sums:
    """All totals of one side."""

    lines: Decimal = ZERO
    discount: Decimal = ZERO
    subtotal: Decimal = ZERO
    shipping: Decimal = ZERO
    shipping_discount: Decimal = ZERO
    tax: Decimal = ZERO
    total: Decimal = ZERO
    received: Decimal = ZERO
    authorized: Decimal = ZERO
    outstanding: Decimal = ZERO


def add_up(order: Input, lines: list[Input], side: Side) -> Sums:
    """``lines`` are the inputs with their unit price filled in under ``priceSet``."""
    sums = Sums()
    sums.lines = sum((side.amount(one["priceSet"]) * one["quantity"] for one in lines), ZERO)
    sums.shipping = sum(
        (side.amount(one["priceSet"]) for one in order.get("shippingLines") or []), ZERO
    )
    _discount(order.get("discountCode") or {}, sums, side)
    sums.subtotal = sums.lines - sums.discount
    sums.tax = sum((side.amount(one.get("priceSet")) for one in _tax_lines(order, lines)), ZERO)
    shipping = sums.shipping - sums.shipping_discount
    tax_on_top = ZERO if order.get("taxesIncluded") else sums.tax
    sums.total = sums.subtotal + shipping + tax_on_top
    for one in order.get("transactions") or []:
        if one.get("status", "SUCCESS") == "SUCCESS":
            _count_transaction(one, sums, side)
    sums.outstanding = sums.total - sums.received - sums.authorized
    return sums


def _discount(code: Input, sums: Sums, side: Side) -> None:
    if fixed := code.get("itemFixedDiscountCode"):
        sums.discount = min(side.amount(fixed.get("amountSet")), sums.lines)
    elif percent := code.get("itemPercentageDiscountCode"):
        share = Decimal(str(percent.get("percentage") or 0)) / 100
        sums.discount = round_money(sums.lines * share, side.currency)
    elif code.get("freeShippingDiscountCode"):
        sums.shipping_discount = sums.shipping


def _tax_lines(order: Input, lines: list[Input]) -> list[Input]:
    rows = list(order.get("taxLines") or [])
    for one in [*lines, *(order.get("shippingLines") or [])]:
        rows.extend(one.get("taxLines") or [])
    return rows


def _count_transaction(transaction: Input, sums: Sums, side: Side) -> None:
    amount = side.amount(transaction["amountSet"])
    match transaction.get("kind", "SALE"):
        case "SALE" | "CAPTURE":
            sums.received += amount
        case "AUTHORIZATION" | "EMV_AUTHORIZATION":
            sums.authorized += amount


def financial_status(order: Input, sums: Sums) -> str | None:
    """The status given, or the one that follows from the transactions; without both, none."""
    if order.get("financialStatus"):
        return str(order["financialStatus"])
    if not order.get("transactions"):
        return None
    if sums.received >= sums.total and sums.received > 0:
        return "PAID"
    if sums.received > 0:
        return "PARTIALLY_PAID"
    return "AUTHORIZED" if sums.authorized > 0 else "PENDING"


def money_fields(shop: Sums, shown: Sums, currency: str, shown_currency: str) -> dict[str, Bag]:
    """Every money bag of an order."""

    def pair(name: str) -> Bag:
        return bag(getattr(shop, name), currency, getattr(shown, name), shown_currency)

    def less(name: str, other: str) -> Bag:
        left = getattr(shop, name) - getattr(shop, other)
        right = getattr(shown, name) - getattr(shown, other)
        return bag(left, currency, right, shown_currency)

    zero = bag(ZERO, currency, ZERO, shown_currency)
    discounts = bag(
        shop.discount + shop.shipping_discount, currency,
        shown.discount + shown.shipping_discount, shown_currency,
    )  # fmt: skip
    shipping = less("shipping", "shipping_discount")
    return {
        "subtotalPriceSet": pair("subtotal"),
        "currentSubtotalPriceSet": pair("subtotal"),
        "totalShippingPriceSet": pair("shipping"),
        "currentShippingPriceSet": shipping,
        "totalTaxSet": pair("tax"),
        "currentTotalTaxSet": pair("tax"),
        "totalPriceSet": pair("total"),
        "originalTotalPriceSet": pair("total"),
        "currentTotalPriceSet": pair("total"),
        "totalDiscountsSet": discounts,
        "currentTotalDiscountsSet": discounts,
        "cartDiscountAmountSet": pair("discount"),
        "currentCartDiscountAmountSet": pair("discount"),
        "totalReceivedSet": pair("received"),
        "netPaymentSet": pair("received"),
        "totalOutstandingSet": pair("outstanding"),
        "totalCapturableSet": pair("authorized"),
        "totalRefundedSet": zero,
        "totalRefundedShippingSet": zero,
        "totalTipReceivedSet": zero,
    }
