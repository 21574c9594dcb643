"""The tables of the markets."""

import pytest

from tiktoksync.tiktok import markets
from tiktoksync.tiktok.markets import seller_sku_problem

REGIONS = [
    *("US", "GB", "BR", "MX", "JP", "ID", "MY", "PH", "SG", "TH", "VN"),
    *sorted(markets.EU),
]


@pytest.mark.parametrize(
    ("region", "limits"),
    [
        ("US", (1, 255)),
        ("gb", (1, 255)),
        ("UK", (1, 255)),
        ("JP", (1, 255)),
        ("IE", (1, 255)),
        ("BR", (1, 300)),
        ("MX", (1, 300)),
        ("VN", (25, 255)),
        ("PL", (25, 255)),
        ("ZZ", (25, 255)),
    ],
)
def test_titles(region: str, limits: tuple[int, int]):
    assert markets.title_limits(region) == limits


@pytest.mark.parametrize(
    ("region", "version", "recommended"),
    [
        ("US", "v2", "v2"),
        ("VN", "v2", "v2"),
        ("GB", "v1", "v1"),
        ("DE", "v1", "v2"),
        ("JP", "v1", "v1"),
    ],
)
def test_category_trees(region: str, version: str, recommended: str):
    assert markets.category_version(region) == version
    assert markets.category_version(region, recommending=True) == recommended


@pytest.mark.parametrize(
    ("region", "sku", "is_fine"),
    [
        ("US", "A", True),
        ("US", "A/1.äö", True),
        ("US", "A B", False),
        ("US", " A", False),
        ("US", "", False),
        ("US", "   ", False),
        ("US", "x" * 50, True),
        ("US", "x" * 51, False),
        ("DE", "ABC-12", True),
        ("DE", "ABC_1", False),
        ("DE", "ABC.123", False),
        ("DE", "ÄBC-123", False),
        ("DE", "ABC 123", False),
        ("DE", "x" * 50, True),
        ("DE", "x" * 51, False),
        ("IE", "A", True),
        ("GB", "A", True),
    ],
)
def test_seller_skus(region: str, sku: str, is_fine: bool):
    said = seller_sku_problem(region, sku)
    assert (said == "") is is_fine
    assert is_fine or said.endswith(".")


@pytest.mark.parametrize(
    ("region", "most"), [("US", 300), ("uk", 300), ("DE", 300), ("MX", 300), ("VN", 100)]
)
def test_variants(region: str, most: int):
    assert markets.max_skus(region) == most


@pytest.mark.parametrize(
    ("region", "weights", "sizes"),
    [
        ("US", ("KILOGRAM", "POUND"), ("CENTIMETER", "INCH")),
        ("BR", ("KILOGRAM", "GRAM"), ("CENTIMETER",)),
        ("JP", ("KILOGRAM", "GRAM"), ("CENTIMETER",)),
        ("VN", ("KILOGRAM",), ("CENTIMETER",)),
        ("DE", ("KILOGRAM",), ("CENTIMETER",)),
    ],
)
def test_units(region: str, weights: tuple[str, ...], sizes: tuple[str, ...]):
    assert (markets.weight_units(region), markets.size_units(region)) == (weights, sizes)


def test_each_market_has_its_currency():
    known = {"BRL", "CZK", "EUR", "GBP", "HUF", "IDR", "JPY", "MXN", "MYR", "PHP", "PLN", "SGD"}
    known |= {"THB", "USD", "VND"}
    assert {markets.currency_of(region) for region in REGIONS} == known
    assert markets.currency_of("UK") == markets.currency_of("GB") == "GBP"
    assert markets.currency_of("ES") == "EUR"
    assert markets.currency_of("ZZ") == ""
