"""Sales attributes as options: complete, distinct, and left alone where they are in order."""

from __future__ import annotations

import pytest

from products.import_facts import SkuFacts
from products.import_options import option_names, shopify_options


def sku(number: int = 1, seller_sku: str = "", name: str = "", **attributes: str) -> SkuFacts:
    told = tuple((name_, value) for name_, value in attributes.items())
    return SkuFacts(str(number), seller_sku, attributes=told, name=name)


def test_a_single_sku_without_attributes_is_shopifys_default() -> None:
    options = shopify_options([sku()])
    assert (options.names, options.values) == (("Title",), (("Default Title",),))


def test_a_single_sku_keeps_its_attributes() -> None:
    options = shopify_options([sku(Color="Red")])
    assert (options.names, options.values) == (("Color",), (("Red",),))


def test_three_options_in_tiktoks_order() -> None:
    skus = [
        sku(1, Color="Red", Size="S", Fabric="Silk"),
        sku(2, Color="Red", Size="M", Fabric="Silk"),
        sku(3, Color="Blue", Size="S", Fabric="Wool"),
    ]
    options = shopify_options(skus)
    assert options.names == ("Color", "Size", "Fabric")
    assert options.values == (("Red", "S", "Silk"), ("Red", "M", "Silk"), ("Blue", "S", "Wool"))
    assert [options.values_of(place) for place in range(3)] == [
        ["Red", "Blue"],
        ["S", "M"],
        ["Silk", "Wool"],
    ]


def test_four_are_too_many() -> None:
    four = [sku(A="1", B="2", C="3", D="4")]
    assert len(option_names(four)) == 4
    with pytest.raises(ValueError, match="4 options"):
        shopify_options(four)


def test_a_missing_value_is_named() -> None:
    options = shopify_options([sku(1, Color="Red", Size="S"), sku(2, Color="Red"), sku(3, Size="")])
    assert options.values == (("Red", "S"), ("Red", "Unnamed"), ("Unnamed", "Unnamed"))


def test_skus_without_any_attribute_are_told_apart_by_what_they_have() -> None:
    options = shopify_options([sku(1, "A-1"), sku(2, "", "Large"), sku(3), sku(4)])
    assert options.names == ("Variant",)
    assert options.values == (("A-1",), ("Large",), ("Unnamed",), ("Unnamed 2",))


def test_doubled_combinations_get_their_sku_or_a_number() -> None:
    skus = [sku(1, "A", Color="Red", Size="S"), sku(2, "B", Color="Red", Size="S")]
    skus += [sku(3, "", Color="Red", Size="S"), sku(4, "B", Color="Red", Size="S")]
    assert shopify_options(skus).values == (
        ("Red", "S"),
        ("Red", "S (B)"),
        ("Red", "S 2"),
        ("Red", "S 3"),
    )


def test_a_new_name_never_takes_one_that_is_there() -> None:
    skus = [sku(1, Color="Red"), sku(2, Color="Red"), sku(3, Color="Red 2")]
    assert shopify_options(skus).values == (("Red",), ("Red 3",), ("Red 2",))


def test_capital_letters_make_no_difference() -> None:
    skus = [
        sku(1, Color="Red", Size="S"),
        sku(2, COLOR="RED", size="M"),
        sku(3, color="red", SIZE="s"),
    ]
    options = shopify_options(skus)
    assert options.names == ("Color", "Size")
    assert options.values == (("Red", "S"), ("Red", "M"), ("Red", "S 2"))


def test_attributes_without_a_name_or_with_the_same_one_are_counted() -> None:
    told = (("", "Red"), ("Size", "S"), ("Size", "Wide"))
    options = shopify_options([SkuFacts("1", attributes=told)])
    assert options.names == ("Option 1", "Size", "Size 2")
    assert options.values == (("Red", "S", "Wide"),)


def test_long_values_are_cut_and_stay_distinct() -> None:
    skus = [sku(1, "X" * 255, Color="R" * 300), sku(2, "Y" * 255, Color="R" * 300)]
    (first,), (second,) = shopify_options(skus).values
    assert (first, len(second)) == ("R" * 255, 255)
    assert second.endswith(f" ({'Y' * 100})")


def test_other_scripts_stay_as_they_are() -> None:
    skus = [sku(1, Màu="Đỏ", サイズ="大"), sku(2, Màu="Xanh", サイズ="大")]
    options = shopify_options(skus)
    assert (options.names, options.values) == (("Màu", "サイズ"), (("Đỏ", "大"), ("Xanh", "大")))
