"""The products' proof finds each thing that can be wrong, so that its silence means something."""

from decimal import Decimal
from typing import Any

import pytest

from tiktoksync.demo import product_proof as proof


def listing(product_id: str, **prices: str) -> dict[str, Any]:
    skus = [{"seller_sku": sku, "price": price} for sku, price in prices.items()]
    return {"external_product_id": product_id, "skus": skus}


def product(title: str, status: str = "DRAFT") -> dict[str, str]:
    return {"title": title, "status": status}


@pytest.mark.parametrize(
    ("price", "wanted"),
    [
        ("10.00", "11.99"),
        ("9.99", "10.99"),
        ("9.08", "9.99"),
        ("9.09", "10.99"),
        ("1.81", "1.99"),  # 1.991 is 1.99 in cents
        ("5.45", "6.99"),
        ("0.50", "0.99"),
        ("0.90", "0.99"),
        ("100.00", "110.99"),
    ],
)
def test_the_rule_is_ten_per_cent_and_then_up_to_99_cents(price: str, wanted: str) -> None:
    assert proof.price_by_rule(price) == Decimal(wanted)


def test_groups_are_read_by_state() -> None:
    groups = [
        {"state": "skipped", "cause": "no_image", "count": 3},
        {"state": "failed", "cause": "sku_taken", "count": 1},
        {"state": "done", "cause": "uploaded", "count": 9},
    ]
    assert proof.groups_of({"groups": groups}, "skipped", "failed") == {
        "no_image": 3,
        "sku_taken": 1,
    }
    assert proof.groups_of({"groups": groups}) == {}


def test_each_product_listed_once_leaves_nothing_to_say() -> None:
    assert proof.doubled([listing("4"), listing("5"), listing("9")], ["4", "5"]) == ""


@pytest.mark.parametrize(
    ("listings", "found"),
    [
        ([listing("4"), listing("5"), listing("4")], "not exactly once on TikTok: {'4': 2}"),
        ([listing("4")], "not exactly once on TikTok: {'5': 0}"),
    ],
)
def test_a_product_listed_twice_or_never_is_found(
    listings: list[dict[str, Any]], found: str
) -> None:
    assert proof.doubled(listings, ["4", "5"]) == found


def test_a_sku_that_several_variants_carry_tells_no_price() -> None:
    variants = [
        {"sku": "KETTLE", "price": "49.00"},
        {"sku": "TWIN", "price": "1.00"},
        {"sku": "TWIN", "price": "2.00"},
        {"sku": None, "price": "3.00"},
        {"sku": "", "price": "4.00"},
    ]
    assert proof.prices_of(variants) == {"KETTLE": "49.00"}


def test_a_price_that_is_not_the_rules_is_found() -> None:
    prices = {"KETTLE": "49.00", "CUP": "10.00"}
    assert proof.prices_differ([listing("4", KETTLE="53.99", CUP="11.99")], prices) == ""
    told = proof.prices_differ([listing("4", KETTLE="53.99", CUP="11.00")], prices)
    assert told == "CUP costs 11.00, not 11.99"
    assert proof.prices_differ([listing("4", KETTLE="49.00")], prices) != ""


def test_a_title_that_is_there_twice_or_not_at_all_is_found() -> None:
    there = [product("Kettle"), product("Cup"), product("Cup")]
    assert proof.titles_once(there, ["Kettle"], "DRAFT") == ""
    assert proof.titles_once(there, ["Cup"], "DRAFT") == "'Cup' is in Shopify 2 times"
    assert proof.titles_once(there, ["Spoon"], "DRAFT") == "'Spoon' is in Shopify 0 times"


def test_a_product_in_another_status_is_found() -> None:
    there = [product("Kettle", "ACTIVE")]
    told = proof.titles_once(there, ["Kettle"], "DRAFT")
    assert told == "'Kettle' is ACTIVE in Shopify, not DRAFT"
