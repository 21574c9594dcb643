"""What a Shopify variant costs on TikTok. A pure function of the price and the shop's rules."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal

from products.models import ProductRules
from tiktoksync.lib.money import exponent, quantize

Rounding = ProductRules.Rounding
_HUNDRED = Decimal(100)


def price_for(price: Decimal, rules: ProductRules, currency: str) -> Decimal:
    """The price on TikTok, in the places of its currency; never below zero.

    Percentage first, then the fixed amount, then the rounding, which only ever rounds up, then the
    floor. In a currency without cents "…99" means the last two digits: 9,999 and not 9.99.
    """
    raised = price * (_HUNDRED + rules.price_percent) / _HUNDRED + rules.price_add
    rounded = _round_up(max(raised, Decimal(0)), rules.price_rounding, currency)
    if rules.price_floor is not None:
        rounded = max(rounded, rules.price_floor)
    return quantize(rounded, currency)


def _round_up(amount: Decimal, rounding: str, currency: str) -> Decimal:
    exact = quantize(amount, currency)
    if rounding == Rounding.NONE or not exact:
        return exact
    places = exponent(currency)
    if rounding == Rounding.WHOLE:
        return exact.to_integral_value(rounding=ROUND_CEILING)
    # What the amount ends in, and how far two such endings are apart: 0.99 and 1, or 99 and 100.
    ending, step = Decimal(int(rounding)), _HUNDRED
    if places:
        ending, step = ending / _HUNDRED, Decimal(1)
    steps = ((exact - ending) / step).to_integral_value(rounding=ROUND_CEILING)
    return max(steps, Decimal(0)) * step + ending
