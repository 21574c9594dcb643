"""Money: exact decimals, their texts for the APIs, and shares that add up."""

import random
from decimal import Decimal

import pytest

from tiktoksync.lib.money import allocate, exponent, is_exact, parse_amount, quantize, text

D = Decimal


@pytest.mark.parametrize(
    ("currency", "places"), [("USD", 2), ("VND", 0), ("JPY", 0), ("KWD", 3), ("usd", 2)]
)
def test_a_currency_knows_its_places(currency: str, places: int) -> None:
    assert exponent(currency) == places


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        ("168000", "VND", "168000"),
        ("168000.0", "VND", "168000"),
        ("35.97", "USD", "35.97"),
        ("36", "USD", "36.00"),
        ("0", "USD", "0.00"),
        ("1.2", "KWD", "1.200"),
        ("1E+3", "USD", "1000.00"),
    ],
)
def test_an_amount_is_written_with_the_places_of_its_currency(
    amount: str, currency: str, written: str
) -> None:
    assert text(D(amount), currency) == written


def test_rounding_goes_half_up() -> None:
    assert quantize(D("0.125"), "USD") == D("0.13")
    assert quantize(D("0.5"), "JPY") == D("1")


def test_an_amount_finer_than_its_currency_is_not_exact() -> None:
    assert not is_exact(D("0.5"), "VND")
    assert not is_exact(D("1.005"), "USD")
    assert is_exact(D("1.005"), "KWD")
    assert is_exact(D("1.100"), "USD")


@pytest.mark.parametrize(
    ("given", "amount"),
    [("35.97", "35.97"), (" 5 ", "5"), (12, "12"), (D("0.10"), "0.10"), ("0", "0"), ("-0", "0")],
)
def test_a_plain_decimal_is_read_exactly(given: object, amount: str) -> None:
    assert parse_amount(given) == D(amount)
    assert not parse_amount(given).is_signed()


@pytest.mark.parametrize(
    "given",
    [
        "NaN",
        "Infinity",
        "-Infinity",
        "1e5",
        "1E-2",
        "",
        "1,000.00",
        "1_000",
        "+5",
        "5.",
        ".5",
        "١٢",
        "0x10",
        "9" * 19,
        D("NaN"),
        D("Infinity"),
        1.5,
        True,
        None,
        [],
    ],
)
def test_anything_else_is_refused(given: object) -> None:
    with pytest.raises(ValueError, match="amount"):
        parse_amount(given)


def test_a_negative_amount_is_read_only_where_it_is_allowed() -> None:
    assert parse_amount("-2.50", signed=True) == D("-2.50")
    with pytest.raises(ValueError, match="negative"):
        parse_amount("-2.50")


@pytest.mark.parametrize(
    ("total", "weights", "currency", "shares"),
    [
        ("29.00", ["9.67", "9.67", "9.67"], "EUR", ["9.67", "9.67", "9.66"]),
        ("10.00", ["1", "1", "1"], "USD", ["3.34", "3.33", "3.33"]),
        ("100", ["1", "1", "1"], "VND", ["34", "33", "33"]),
        ("1.000", ["1", "2"], "KWD", ["0.333", "0.667"]),
        ("0.01", ["1", "5"], "USD", ["0.00", "0.01"]),
        ("5.00", ["0", "0"], "USD", ["2.50", "2.50"]),
        ("0.00", ["3", "4"], "USD", ["0.00", "0.00"]),
        ("7.00", ["0", "7"], "USD", ["0.00", "7.00"]),
    ],
)
def test_shares_go_by_the_largest_remainder(
    total: str, weights: list[str], currency: str, shares: list[str]
) -> None:
    assert allocate(D(total), [D(w) for w in weights], currency) == [D(s) for s in shares]


def test_shares_always_add_up_and_stay_within_one_unit_of_the_ideal() -> None:
    chance = random.Random(20261123)
    for _ in range(300):
        currency = chance.choice(["USD", "VND", "KWD"])
        step = D(1).scaleb(-exponent(currency))
        total = chance.randrange(0, 10**7) * step
        weights = [D(chance.randrange(0, 10**5)) for _ in range(chance.randrange(1, 12))]
        shares = allocate(total, weights, currency)
        whole = sum(weights) or D(1)

        assert sum(shares) == total
        assert all(is_exact(share, currency) for share in shares)
        if sum(weights):
            assert all(
                abs(share - total * weight / whole) < step
                for share, weight in zip(shares, weights, strict=True)
            )


@pytest.mark.parametrize(
    ("total", "weights"), [("1.005", ["1"]), ("-1.00", ["1"]), ("1.00", ["-1"]), ("1.00", [])]
)
def test_what_cannot_be_shared_is_refused(total: str, weights: list[str]) -> None:
    with pytest.raises(ValueError, match="allocate"):
        allocate(D(total), [D(w) for w in weights], "USD")


def test_nothing_is_shared_among_nobody() -> None:
    assert allocate(D("0.00"), [], "USD") == []
