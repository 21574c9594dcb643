"""How a shipment falls into parcels."""

from __future__ import annotations

import random
from typing import Any

import pytest

from orders.parcels import Tracking, grouped, is_takeable, parcels_of, spread


def body(*entries: tuple[Any, Any]) -> dict[str, Any]:
    rows = [{"company": company, "number": number, "url": None} for company, number in entries]
    return {"trackingInfo": rows}


def test_each_number_is_a_parcel_in_the_order_typed() -> None:
    found = parcels_of(body((" USPS ", " 9400 "), ("UPS", "1Z99")))
    assert found == [Tracking("USPS", "9400"), Tracking("UPS", "1Z99")]


def test_entries_without_a_number_and_repeats_are_no_parcels_of_their_own() -> None:
    found = parcels_of(
        body(("UPS", ""), ("USPS", "9400"), ("DHL", "77"), ("USPS", "9400"), (None, None))
    )
    assert found == [Tracking("USPS", "9400"), Tracking("DHL", "77")]


def test_a_shipment_without_any_number_is_one_parcel_without_one() -> None:
    assert parcels_of(body(("UPS", None))) == [Tracking("UPS", "")]
    assert parcels_of({}) == [Tracking()]


@pytest.mark.parametrize(
    ("units", "count", "expected"),
    [
        ("abc", 1, ["abc"]),
        ("abc", 2, ["ab", "c"]),
        ("abcdefg", 3, ["abc", "de", "fg"]),
        ("ab", 5, ["a", "b"]),
        ("", 2, [""]),
    ],
)
def test_units_are_laid_under_the_numbers_evenly(
    units: str, count: int, expected: list[str]
) -> None:
    laid = spread([[unit] for unit in units], count)
    assert ["".join(parcel) for parcel in laid] == expected


def test_every_unit_goes_under_one_number_and_no_number_stays_empty() -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")  # noqa: T201 - shown with a failure
    draw = random.Random(seed)
    for _ in range(300):
        groups = [
            [f"{n}.{m}" for m in range(draw.randint(1, 3))] for n in range(draw.randint(1, 9))
        ]
        laid = spread(groups, draw.randint(1, 12))
        assert [unit for parcel in laid for unit in parcel] == [
            unit for group in groups for unit in group
        ]
        assert all(laid)


def test_what_lies_in_one_package_stays_together() -> None:
    packages = {"a": "p1", "b": "p2", "c": "p1", "d": ""}
    assert grouped(["a", "b", "c", "d"], packages) == [["a", "c"], ["b"], ["d"]]


@pytest.mark.parametrize("number", ["9400", "1Z-99_a./b", "A" * 50])
def test_numbers_that_tiktok_takes(number: str) -> None:
    assert is_takeable(number)


@pytest.mark.parametrize("number", ["", "940", "9400 1234", "A" * 51, "número", "94#00", "9400\n"])
def test_numbers_that_tiktok_refuses(number: str) -> None:
    assert not is_takeable(number)
