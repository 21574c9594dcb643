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
    nothing: Decimal = ZERO

    @property
    def shipping_left(self) -> Decimal:
        return self.shipping - self.shipping_discount

    @property
    def discounts(self) -> Decimal:
        return self.discount + self.shipping_discount


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
    tax_on_top = ZERO if order.get("taxesIncluded") else sums.tax
    sums.total = sums.subtotal + sums.shipping_left + tax_on_top
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


# The bags of an order by the sum they show; what was just created is also what is current.
_FIELDS = {
    "subtotal": ("subtotalPriceSet", "currentSubtotalPriceSet"),
    "shipping": ("totalShippingPriceSet",),
    "shipping_left": ("currentShippingPriceSet",),
    "tax": ("totalTaxSet", "currentTotalTaxSet"),
    "total": ("totalPriceSet", "originalTotalPriceSet", "currentTotalPriceSet"),
    "discounts": ("totalDiscountsSet", "currentTotalDiscountsSet"),
    "discount": ("cartDiscountAmountSet", "currentCartDiscountAmountSet"),
    "received": ("totalReceivedSet", "netPaymentSet"),
    "outstanding": ("totalOutstandingSet",),
    "authorized": ("totalCapturableSet",),
    "nothing": ("totalRefundedSet", "totalRefundedShippingSet", "totalTipReceivedSet"),
}


def money_fields(shop: Sums, shown: Sums, currency: str, shown_currency: str) -> dict[str, Bag]:
    """Every money bag of an order."""
    return {
        field: bag(getattr(shop, name), currency, getattr(shown, name), shown_currency)
        for name, fields in _FIELDS.items()
        for field in fields
    }
