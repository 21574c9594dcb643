"""Amounts of money: exact decimals that know how many places their currency has."""

import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision

ZERO = Decimal(0)

# Plain decimal notation alone: no exponent, no NaN or Infinity, no grouping, ASCII digits only.
# Eighteen digits and ten places stay exact within the 28 digits that Decimal adds with.
_PLAIN = re.compile(r"-?[0-9]{1,18}(\.[0-9]{1,10})?")


def exponent(currency: str) -> int:
    """Decimal places of a currency: 2 for USD, 0 for VND and JPY, 3 for KWD."""
    return int(get_currency_precision(currency.upper()))


def parse_amount(value: object, *, signed: bool = False) -> Decimal:
    """The exact amount a text, int or Decimal stands for.

    Raises ValueError for floats, NaN, Infinity, exponents, grouping and anything that is not a
    plain decimal; for negative amounts too, unless `signed`.
    """
    text_value = _plain_text(value)
    if not _PLAIN.fullmatch(text_value):
        raise ValueError("not a plain decimal amount")
    amount = Decimal(text_value)
    if amount < 0 and not signed:
        raise ValueError("a negative amount where none is allowed")
    return abs(amount) if amount == 0 else amount


def _plain_text(value: object) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        raise ValueError("a truth value where an amount is wanted")
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return format(value, "f")
    raise ValueError(f"{type(value).__name__} where an amount is wanted")


def quantize(amount: Decimal, currency: str) -> Decimal:
    """The amount rounded half up to the places of its currency."""
    return amount.quantize(Decimal(1).scaleb(-exponent(currency)), rounding=ROUND_HALF_UP)


def is_exact(amount: Decimal, currency: str) -> bool:
    """True if the currency can hold the amount without rounding."""
    return quantize(amount, currency) == amount


def text(amount: Decimal, currency: str) -> str:
    """The amount as the APIs want it: "168000" in VND, "35.97" in USD, "1.234" in KWD."""
    return format(quantize(amount, currency), "f")


def allocate(total: Decimal, weights: Sequence[Decimal], currency: str) -> list[Decimal]:
    """Split `total` in proportion to `weights`, in whole minor units that sum exactly to it.

    The largest remainders get the minor units left over; on a tie the earlier share goes first.
    If every weight is zero the shares are as equal as can be. Raises ValueError for a total the
    currency cannot hold, a negative total or weight, or a total with nobody to take it.
    """
    step = Decimal(1).scaleb(-exponent(currency))
    minor = Fraction(total) / Fraction(step)
    if minor.denominator != 1 or minor < 0 or any(weight < 0 for weight in weights):
        raise ValueError("only whole, non-negative amounts are allocated, by non-negative weights")
    if not weights:
        if total:
            raise ValueError("nothing to allocate the amount to")
        return []
    shares = _whole_shares(int(minor), [Fraction(weight) for weight in weights])
    return [quantize(share * step, currency) for share in shares]


def _whole_shares(minor: int, weights: list[Fraction]) -> list[int]:
    whole = sum(weights, Fraction(0))
    if whole == 0:
        weights, whole = [Fraction(1)] * len(weights), Fraction(len(weights))
    ideal = [minor * weight / whole for weight in weights]
    shares = [int(share) for share in ideal]
    by_remainder = sorted(range(len(ideal)), key=lambda i: (shares[i] - ideal[i], i))
    for index in by_remainder[: minor - sum(shares)]:
        shares[index] += 1
    return shares
