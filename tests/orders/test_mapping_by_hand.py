"""The mapping against orders worked out by hand; the arithmetic is in data/money/README.md."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orders.facts import order_facts
from orders.mapping import (
    MappingOptions,
    MoneyMismatch,
    ShopifyOrder,
    VariantRef,
    shopify_order,
    shopify_total,
)

FOLDER = Path(__file__).parent / "data" / "money"
CASES = sorted(path.stem for path in FOLDER.glob("*.json"))
EXPECTED = [
    "cash_on_delivery",
    "cent_remainders",
    "cofunded_shipping",
    "gift_line",
    "mismatch_refused",
    "platform_money_as_discount",
    "retail_delivery_fee",
    "us_tax_and_discounts",
    "zero_decimal_currency",
]
MAPPED = [case for case in EXPECTED if case != "mismatch_refused"]


def read_case(name: str) -> dict[str, Any]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def map_case(case: dict[str, Any]) -> ShopifyOrder:
    variants = {sku: VariantRef(gid, "", "") for sku, gid in case["variants"].items()}
    return shopify_order(order_facts(case["order"]), variants, MappingOptions(**case["options"]))


def test_every_checked_in_case_is_tested() -> None:
    assert CASES == EXPECTED


@pytest.mark.parametrize("name", MAPPED)
def test_the_input_is_the_one_worked_out_by_hand(name: str) -> None:
    case = read_case(name)

    assert map_case(case).input == case["expected"]


@pytest.mark.parametrize("name", MAPPED)
def test_the_totals_are_the_ones_worked_out_by_hand(name: str) -> None:
    case = read_case(name)

    mapped = map_case(case)

    assert mapped.total == Decimal(case["total"])
    assert mapped.buyer_payment == Decimal(case["buyer_payment"])
    assert mapped.platform_payment == Decimal(case["platform_payment"])
    assert shopify_total(case["expected"]) == Decimal(case["total"])


def test_a_mismatch_is_refused_with_both_sums() -> None:
    case = read_case("mismatch_refused")

    with pytest.raises(MoneyMismatch) as refused:
        map_case(case)

    assert refused.value.expected == Decimal(case["refused"]["expected"])
    assert refused.value.got == Decimal(case["refused"]["got"])
    assert refused.value.explanation == case["refused"]["explanation"]


def map_sample(name: str) -> ShopifyOrder:
    body = (FOLDER.parent / "samples" / f"{name}.json").read_text(encoding="utf-8")
    return shopify_order(
        order_facts(json.loads(body)), {}, MappingOptions(unlinked_policy="text_line")
    )


def test_the_sample_of_the_documentation_is_refused_for_its_impossible_sums() -> None:
    with pytest.raises(MoneyMismatch) as refused:
        map_sample("documentation")

    assert refused.value.explanation == "list prices less discounts are not TikTok's sub-total"


@pytest.mark.parametrize(
    ("name", "total", "units", "price"),
    [
        ("vietnam_cancelled", "657000", 3, "168000"),
        ("indonesia_masked", "10001", 1, "10000.00"),
    ],
)
def test_a_sample_whose_sums_agree_becomes_an_order(
    name: str, total: str, units: int, price: str
) -> None:
    mapped = map_sample(name)

    assert mapped.total == Decimal(total)
    assert [line.quantity for line in mapped.lines] == [units]
    assert mapped.input["lineItems"][0]["priceSet"]["shopMoney"]["amount"] == price
