"""Quantities on TikTok, to the last unit."""

from __future__ import annotations

import pytest

from products.models import ProductRules
from products.stock_rules import quantity_for, uncounted_quantity


def rules(percent: int = 100, threshold: int = 0, ceiling: int | None = None) -> ProductRules:
    return ProductRules(stock_percent=percent, stock_threshold=threshold, stock_ceiling=ceiling)


@pytest.mark.parametrize(
    ("available", "set_aside", "expected"),
    [(7, 0, 7), (7, 3, 4), (7, 7, 0), (7, 9, 0), (-2, 0, 0), (0, 0, 0), (5, -4, 5)],
)
def test_what_waits_for_orders_is_not_offered(
    available: int, set_aside: int, expected: int
) -> None:
    assert quantity_for(available, rules(), set_aside) == expected


def test_a_part_is_rounded_down() -> None:
    assert quantity_for(9, rules(percent=50)) == 4
    assert quantity_for(1, rules(percent=50)) == 0
    assert quantity_for(9, rules(percent=0)) == 0


def test_the_part_is_taken_of_what_is_left() -> None:
    # (10 - 4) * 50 %, and not 10 * 50 % - 4 = 1
    assert quantity_for(10, rules(percent=50), 4) == 3


@pytest.mark.parametrize(("available", "expected"), [(3, 0), (2, 0), (4, 4)])
def test_at_the_threshold_and_below_none_is_offered(available: int, expected: int) -> None:
    assert quantity_for(available, rules(threshold=3)) == expected


def test_the_ceiling_and_tiktoks_own_limit_hold() -> None:
    assert quantity_for(500, rules(ceiling=20)) == 20
    assert quantity_for(500, rules(ceiling=0)) == 0
    assert quantity_for(200_000, rules()) == 99_999
    assert quantity_for(200_000, rules(ceiling=150_000)) == 99_999


def test_what_shopify_does_not_count_is_offered_up_to_the_ceiling() -> None:
    assert uncounted_quantity(rules()) == 999
    assert uncounted_quantity(rules(ceiling=12)) == 12
    assert uncounted_quantity(rules(ceiling=0)) == 0
    assert uncounted_quantity(rules(ceiling=150_000)) == 99_999
