"""Every heading a listing may come under, each with its words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from products.import_checks import (
    TO_DO,
    Cause,
    FoundVariant,
    Surroundings,
    Verdict,
    judge,
)
from products.import_facts import ListingFacts, SkuFacts
from products.import_words import _HEADINGS, cause_words, issue_of, issues_of


def sku(number: int, key: str = "", **how: Any) -> SkuFacts:
    how = {"price": Decimal("5"), "currency": "USD", "seller_sku": key.upper(), **how}
    return SkuFacts(f"s{number}", key=key, **how)


MUG = ListingFacts("7", "Mug", "ACTIVATE", skus=(sku(1, "m-1", barcode="111"), sku(2, "m-2")))
USD = Surroundings("USD")


def found(number: int, key: str = "", barcode: str = "", product: int = 1) -> FoundVariant:
    return FoundVariant(f"v{number}", f"p{product}", key, barcode, "Cup")


def around(*variants: FoundVariant, **how: Any) -> Surroundings:
    return replace(USD, variants=variants, **how)


def test_a_new_listing_is_ready() -> None:
    assert judge(MUG, USD) == Verdict(Cause.READY)


OWN = {
    "gone": (replace(MUG, is_gone=True), Cause.LISTING_GONE, ()),
    "frozen": (replace(MUG, status="FREEZE"), Cause.LISTING_FROZEN, ()),
    "not read": (replace(MUG, is_read=False), Cause.UNREADABLE, ()),
    "without a title": (replace(MUG, title=""), Cause.NO_TITLE, ()),
    "without SKUs": (replace(MUG, skus=()), Cause.NO_SKUS, ()),
    "without a price": (
        replace(MUG, skus=(sku(1, "a", price=None), sku(2, "b", price=Decimal(0)), sku(3))),
        Cause.NO_PRICE,
        ("A", "B"),
    ),
    "in another currency": (
        replace(MUG, skus=(sku(1, currency="VND"), sku(2))),
        Cause.CURRENCY_MISMATCH,
        ("VND", "USD"),
    ),
    "with four options": (
        replace(MUG, skus=(sku(1, attributes=tuple((name, "x") for name in "ABCD")),)),
        Cause.TOO_MANY_OPTIONS,
        ("A", "B", "C", "D"),
    ),
    "with too many variants": (
        replace(MUG, skus=tuple(sku(n) for n in range(2049))),
        Cause.TOO_MANY_VARIANTS,
        ("2049",),
    ),
}


@pytest.mark.parametrize("name", OWN)
def test_a_listing_that_cannot_be_a_product(name: str) -> None:
    facts, cause, names = OWN[name]
    assert judge(facts, USD) == Verdict(cause, names)


def test_a_store_whose_currency_is_not_known_takes_nothing() -> None:
    verdict = judge(MUG, replace(USD, currency=""))
    assert verdict == Verdict(Cause.CURRENCY_MISMATCH, ("USD", "unknown"))


def test_equal_skus_are_linked_when_all_of_them_have_one_variant() -> None:
    verdict = judge(MUG, around(found(1, "m-1"), found(2, "m-2", product=2), found(3, "x")))
    assert verdict == Verdict(Cause.LINK_SKU, pairs={"s1": "v1", "s2": "v2"})


def test_a_sku_that_is_not_there_may_be_found_by_its_barcode() -> None:
    verdict = judge(MUG, around(found(1, "other", "111"), found(2, "m-2")))
    assert verdict == Verdict(Cause.LINK_SKU, pairs={"s1": "v1", "s2": "v2"})


def test_equal_barcodes_are_linked_too() -> None:
    bare = replace(MUG, skus=(sku(1, barcode="111"),))
    verdict = judge(bare, around(found(1, "other", "111")))
    assert verdict == Verdict(Cause.LINK_BARCODE, pairs={"s1": "v1"})


UNCLEAR = {
    "one of two": (around(found(1, "m-1")), Cause.DUPLICATE_SKU, ("M-1",)),
    "two variants share a SKU": (
        around(found(1, "m-1"), found(2, "m-2"), found(3, "m-2")),
        Cause.DUPLICATE_SKU,
        ("M-1", "M-2"),
    ),
    "one variant for both": (
        around(found(1, "m-1", "111"), found(2, "zz")),
        Cause.DUPLICATE_SKU,
        ("M-1",),
    ),
    "taken apart by hand": (
        around(found(1, "m-1"), found(2, "m-2"), apart={("s2", "v2")}),
        Cause.DUPLICATE_SKU,
        ("M-1", "M-2"),
    ),
    "the rule says so": (
        around(found(1, "m-1"), found(2, "m-2"), links_duplicates=False),
        Cause.DUPLICATE_SKU,
        ("M-1", "M-2"),
    ),
    "by barcode": (around(found(1, "", "111")), Cause.DUPLICATE_BARCODE, ("M-1",)),
}


@pytest.mark.parametrize("name", UNCLEAR)
def test_what_cannot_be_linked_for_sure_is_left_out(name: str) -> None:
    surroundings, cause, names = UNCLEAR[name]
    assert judge(MUG, surroundings) == Verdict(cause, names)


def test_the_same_variant_told_twice_is_one() -> None:
    verdict = judge(MUG, around(found(1, "m-1"), found(1, "m-1"), found(2, "m-2")))
    assert verdict.cause == Cause.LINK_SKU


def test_an_equal_title_is_a_doubt_that_a_person_may_overrule() -> None:
    same = replace(USD, titles={"mug"})
    assert judge(MUG, same) == Verdict(Cause.POSSIBLE_DUPLICATE_TITLE, ("Mug",))
    assert judge(MUG, replace(same, forced=True)) == Verdict(Cause.READY)


def test_no_word_overrules_an_equal_sku() -> None:
    assert judge(MUG, around(found(1, "m-1"), forced=True)).cause == Cause.DUPLICATE_SKU


def test_of_two_listings_with_one_sku_the_earlier_is_imported() -> None:
    shared = replace(USD, shared={"7": {"M-2"}})
    assert judge(MUG, shared) == Verdict(Cause.SHARED_SKU, ("M-2",))
    assert judge(replace(MUG, product_id="6"), shared) == Verdict(Cause.READY)


def test_links_come_before_everything_else() -> None:
    assert judge(MUG, replace(USD, linked={"s1", "s2"})) == Verdict(Cause.ALREADY_LINKED)
    partly = judge(MUG, replace(USD, linked={"s1"}))
    assert partly == Verdict(Cause.PARTLY_LINKED, ("M-2",))


def test_an_import_that_was_unlinked_is_not_made_again() -> None:
    assert judge(MUG, replace(USD, imported={"7"})) == Verdict(Cause.ALREADY_IMPORTED)


def test_many_names_are_counted() -> None:
    many = replace(MUG, skus=tuple(sku(n, f"k{n}", price=None) for n in range(8)))
    assert judge(many, USD).names == ("K0", "K1", "K2", "K3", "K4", "3 more")


@pytest.mark.parametrize("cause", Cause)
def test_every_cause_has_words_and_every_trouble_a_fix(cause: Cause) -> None:
    assert cause.value in _HEADINGS
    issue = issue_of(cause, ("A {1}", "B"))
    assert issue["code"] == cause
    assert "{names}" not in issue["words"]
    assert (issue["fix"] != "") is (cause not in TO_DO)


def test_the_words_name_what_is_meant() -> None:
    assert issues_of(Verdict(Cause.NO_PRICE, ("A", "B"))) == [
        {
            "code": "no_price",
            "words": "These SKUs have no price: A, B.",
            "fix": "Give them a price on TikTok.",
        }
    ]
    assert issues_of(Verdict(Cause.READY)) == []
    assert cause_words("who_knows") == "Who knows"
