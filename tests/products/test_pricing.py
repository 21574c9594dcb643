"""Prices on TikTok, to the last digit."""

from __future__ import annotations

from decimal import Decimal

import pytest

from products.models import ProductRules
from products.pricing import price_for


def rules(
    percent: str = "0", add: str = "0", rounding: str = "none", floor: str | None = None
) -> ProductRules:
    return ProductRules(
        price_percent=Decimal(percent),
        price_add=Decimal(add),
        price_rounding=rounding,
        price_floor=None if floor is None else Decimal(floor),
    )


def test_without_rules_the_price_stays_in_the_places_of_its_currency() -> None:
    assert str(price_for(Decimal("19.9000"), rules(), "USD")) == "19.90"
    assert str(price_for(Decimal("168000.0000"), rules(), "VND")) == "168000"


def test_the_percentage_comes_before_the_fixed_amount() -> None:
    # (20 * 1.10) + 1.50, and not (20 + 1.50) * 1.10 = 23.65
    assert price_for(Decimal(20), rules("10", "1.50"), "USD") == Decimal("23.50")


def test_a_negative_percentage_takes_off() -> None:
    assert price_for(Decimal("80.00"), rules("-12.5"), "USD") == Decimal("70.00")


@pytest.mark.parametrize(
    ("price", "rounding", "currency", "expected"),
    [
        ("12.34", "99", "USD", "12.99"),
        ("12.99", "99", "USD", "12.99"),
        ("12.995", "99", "USD", "13.99"),
        ("0.40", "99", "USD", "0.99"),
        ("12.96", "95", "USD", "13.95"),
        ("12.95", "95", "USD", "12.95"),
        ("12.01", "whole", "USD", "13.00"),
        ("12.00", "whole", "USD", "12.00"),
        ("9950", "99", "VND", "9999"),
        ("9999", "99", "JPY", "9999"),
        ("10000", "99", "JPY", "10099"),
        ("9996", "95", "VND", "10095"),
        ("9996.4", "whole", "VND", "9996"),
        ("40", "99", "JPY", "99"),
    ],
)
def test_roundings_round_up_to_their_ending(
    price: str, rounding: str, currency: str, expected: str
) -> None:
    assert str(price_for(Decimal(price), rules(rounding=rounding), currency)) == expected


def test_the_floor_is_the_last_word() -> None:
    assert price_for(Decimal("3.00"), rules(rounding="99", floor="5.00"), "USD") == Decimal("5.00")
    assert price_for(Decimal("6.00"), rules(rounding="99", floor="5.00"), "USD") == Decimal("6.99")


def test_no_rule_makes_a_price_negative() -> None:
    assert price_for(Decimal("3.00"), rules("-50", "-9"), "USD") == Decimal("0.00")


def test_nothing_costs_nothing_however_it_is_rounded() -> None:
    """A price of zero stays one that is refused; no rounding makes 0.99 of it."""
    assert price_for(Decimal(0), rules(rounding="99"), "USD") == Decimal("0.00")


def test_half_a_cent_is_rounded_up() -> None:
    assert price_for(Decimal("10.05"), rules("50"), "USD") == Decimal("15.08")
