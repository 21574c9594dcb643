"""Money bags and the way amounts are written."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

Bag = dict[str, dict[str, Any]]

ZERO = Decimal(0)
NO_DECIMALS = frozenset({"VND", "JPY", "KRW", "CLP"})


def bag(shop: Decimal, currency: str, presentment: Decimal, shown_currency: str) -> Bag:
    return {
        "shopMoney": {"amount": shop, "currencyCode": currency},
        "presentmentMoney": {"amount": presentment, "currencyCode": shown_currency},
    }


def same_bag(amount: Decimal, currency: str) -> Bag:
    return bag(amount, currency, amount, currency)


def shop_amount(value: Bag) -> Decimal:
    amount: Decimal = value["shopMoney"]["amount"]
    return amount


def round_money(value: Decimal, currency: str) -> Decimal:
    step = Decimal(1) if currency in NO_DECIMALS else Decimal("0.01")
    return value.quantize(step, ROUND_HALF_UP)


def render_decimal(value: Any) -> str:
    """Trailing zeros are cut, one decimal stays: 20.00 is ``20.0``, 2.180 is ``2.18``."""
    text = format(Decimal(str(value)), "f")
    whole, _, fraction = text.partition(".")
    return f"{whole}.{fraction.rstrip('0') or '0'}"


def parse_decimal(value: Any) -> Decimal:
    """A number from JSON or text; raises ValueError."""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise ValueError("not a decimal") from None
    if not number.is_finite():
        raise ValueError("not a decimal")
    return number


def two_decimals(value: Decimal) -> str:
    """The way of the webhook bodies."""
    return format(value.quantize(Decimal("0.01"), ROUND_HALF_UP), "f")
