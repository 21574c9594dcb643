"""Virtual bundles: one line if the bundle is linked, else its components, to the cent."""

from __future__ import annotations

import random
from collections import Counter
from decimal import Decimal
from typing import Any

import pytest

from orders.facts import order_facts
from orders.mapping import (
    MappingOptions,
    ShopifyOrder,
    UnlinkedSku,
    VariantRef,
    shopify_order,
    shopify_total,
)
from tests.orders.data import build
from tests.orders.test_mapping_property import Shop, platform_money, transactions

D = Decimal
TEXT_LINES = MappingOptions(unlinked_policy="text_line")


def variant(sku: str, price: str | None = None) -> VariantRef:
    return VariantRef(f"gid://shopify/ProductVariant/{sku}", sku, "", D(price) if price else None)


def part(sku: str, count: int = 1) -> dict[str, Any]:
    return {"sku_id": f"29{sku}", "product_id": f"17{sku}", "seller_sku": sku, "sku_count": count}


def bundle(line_id: str, price: str, *parts: dict[str, Any], **fields: Any) -> dict[str, Any]:
    name = {"product_name": "Breakfast set", "combined_listing_skus": list(parts)}
    return build.unit(line_id, "SET", price, **name, **fields)


def mapped(
    lines: list[dict[str, Any]], *variants: VariantRef, options: MappingOptions | None = None
) -> ShopifyOrder:
    known = {f"29{one.sku}": one for one in variants}
    return shopify_order(build.facts(lines), known, options or MappingOptions())


def shown(order: ShopifyOrder) -> list[tuple[str, int, str]]:
    """SKU, quantity and unit price of each line."""
    return [
        (
            line["variantId"].rpartition("/")[2] if "variantId" in line else line["title"],
            line["quantity"],
            line["priceSet"]["shopMoney"]["amount"],
        )
        for line in order.input["lineItems"]
    ]


MUG_AND_BOX = (part("MUG", 2), part("BOX"))


def test_a_bundle_that_is_linked_itself_is_one_line() -> None:
    order = mapped([bundle("1", "30.00", *MUG_AND_BOX)], variant("SET"), variant("MUG"))
    assert shown(order) == [("SET", 1, "30.00")]
    assert [one["name"] for one in order.input["lineItems"][0]["properties"]] == [
        "_tiktok_line_item_ids"
    ]


def test_a_bundle_that_is_not_linked_becomes_its_components() -> None:
    order = mapped(
        [bundle("1", "30.00", *MUG_AND_BOX), bundle("2", "30.00", *MUG_AND_BOX)],
        variant("MUG", "10.00"),
        variant("BOX", "10.00"),
    )
    assert shown(order) == [("MUG", 4, "10.00"), ("BOX", 2, "10.00")]
    assert order.total == D("60.00")
    for line in order.input["lineItems"]:
        assert line["properties"] == [
            {"name": "_tiktok_line_item_ids", "value": "1,2"},
            {"name": "Bundle", "value": "Breakfast set"},
        ]
    assert [line.bundle for line in order.lines] == ["Breakfast set", "Breakfast set"]


def test_the_price_is_split_by_what_shopify_asks_for_the_components() -> None:
    order = mapped(
        [bundle("1", "36.00", *MUG_AND_BOX)], variant("MUG", "10.00"), variant("BOX", "20.00")
    )
    assert shown(order) == [("MUG", 2, "9.00"), ("BOX", 1, "18.00")]


@pytest.mark.parametrize("box", [None, "0"])
def test_without_all_list_prices_it_is_split_by_count(box: str | None) -> None:
    mug = "0" if box else "10.00"
    order = mapped([bundle("1", "36.00", *MUG_AND_BOX)], variant("MUG", mug), variant("BOX", box))
    assert shown(order) == [("MUG", 2, "12.00"), ("BOX", 1, "12.00")]


def test_a_cent_left_over_goes_to_the_single_piece() -> None:
    order = mapped([bundle("1", "29.99", *MUG_AND_BOX)], variant("MUG"), variant("BOX"))
    assert shown(order) == [("MUG", 2, "9.99"), ("BOX", 1, "10.01")]


def test_cents_that_divide_nowhere_make_one_line_more() -> None:
    order = mapped([bundle("1", "10.00", part("MUG", 3))], variant("MUG"))
    assert shown(order) == [("MUG", 2, "3.33"), ("MUG", 1, "3.34")]
    ids = [line["properties"][0]["value"] for line in order.input["lineItems"]]
    assert ids == ["1", "1"]


def test_a_component_sold_beside_its_bundle_stays_a_line_of_its_own() -> None:
    order = mapped(
        [build.unit("1", "MUG", "10.00"), bundle("2", "30.00", *MUG_AND_BOX)],
        variant("MUG"),
        variant("BOX"),
    )
    assert shown(order) == [("MUG", 1, "10.00"), ("MUG", 2, "10.00"), ("BOX", 1, "10.00")]


def test_bundles_at_different_prices_keep_their_units_apart() -> None:
    order = mapped(
        [bundle("1", "20.00", part("MUG", 2)), bundle("2", "19.99", part("MUG", 2))], variant("MUG")
    )
    assert shown(order) == [("MUG", 2, "10.00"), ("MUG", 1, "9.99"), ("MUG", 1, "10.00")]
    assert [line.line_ids for line in order.lines] == [("1",), ("2",), ("2",)]


def test_every_component_has_to_be_linked() -> None:
    with pytest.raises(UnlinkedSku) as refused:
        mapped([bundle("1", "30.00", *MUG_AND_BOX)], variant("MUG"))
    assert refused.value.skus == ("BOX",)


def test_where_text_lines_are_allowed_an_unlinked_bundle_is_one() -> None:
    order = mapped([bundle("1", "30.00", *MUG_AND_BOX)], variant("MUG"), options=TEXT_LINES)
    assert shown(order) == [("Breakfast set", 1, "30.00")]


def test_a_free_bundle_has_free_components() -> None:
    order = mapped([bundle("1", "0", *MUG_AND_BOX)], variant("MUG", "10"), variant("BOX", "5"))
    assert shown(order) == [("MUG", 2, "0.00"), ("BOX", 1, "0.00")]
    assert order.input["financialStatus"] == "PAID"


def test_the_sellers_discount_lowers_the_price_before_it_is_split() -> None:
    line = bundle("1", "30.00", *MUG_AND_BOX, seller_discount="3.00", platform_discount="6.00")
    order = mapped([line], variant("MUG"), variant("BOX"))
    assert shown(order) == [("MUG", 2, "9.00"), ("BOX", 1, "9.00")]
    assert (order.buyer_payment, order.platform_payment) == (D("21.00"), D("6.00"))


def test_taxes_are_split_with_the_price_and_add_up() -> None:
    line = bundle("1", "30.00", *MUG_AND_BOX, item_tax=build.tax("2.18"))
    raw = build.order([line], payment=build.payment([line], product_tax="2.18", tax="2.18"))
    known = {"29MUG": variant("MUG"), "29BOX": variant("BOX")}
    order = shopify_order(order_facts(raw), known, MappingOptions())
    taxes = [one["taxLines"][0] for one in order.input["lineItems"]]
    assert [tax["priceSet"]["shopMoney"]["amount"] for tax in taxes] == ["1.45", "0.73"]
    assert {tax["rate"] for tax in taxes} == {"0.0725"}
    assert order.total == D("32.18")


def test_without_a_list_of_components_the_single_items_tell() -> None:
    items = [{**part(sku), "id": str(n)} for n, sku in enumerate(("MUG", "MUG", "BOX"))]
    line = build.unit("1", "SET", "30.00", sub_item_info=items)
    assert shown(mapped([line], variant("MUG"), variant("BOX"))) == [
        ("MUG", 2, "10.00"),
        ("BOX", 1, "10.00"),
    ]


def test_a_component_that_counts_nothing_is_none() -> None:
    line = bundle("1", "30.00", part("MUG", 2), part("BOX", 0))
    assert shown(mapped([line], variant("MUG"))) == [("MUG", 2, "15.00")]


# --- to the cent, whatever comes -----------------------------------------------------------------

SKUS = ("RED", "BLUE", "PINK", "MUG", "BOX", "TEA", "JAM")


class BundleShop(Shop):
    """Half of its units are bundles of one to four components."""

    def unit(self, number: int) -> dict[str, Any]:
        line = super().unit(number)
        if self.chance.random() < 0.5:
            skus = self.chance.sample(SKUS[3:], self.chance.randrange(1, 5))
            parts = [part(sku, self.chance.randrange(1, 8)) for sku in skus]
            line |= {"sku_id": "29SET", "seller_sku": "SET", "combined_listing_skus": parts}
        return line

    def variants(self) -> dict[str, VariantRef]:
        prices = [str(self.amount(5000)) if self.chance.random() < 0.8 else None for _ in SKUS]
        return {f"29{s}": variant(s, price) for s, price in zip(SKUS, prices, strict=True)}


def pieces_wanted(lines: list[dict[str, Any]]) -> Counter[str]:
    wanted: Counter[str] = Counter()
    for line in lines:
        parts = line.get("combined_listing_skus") or [{"sku_id": line["sku_id"], "sku_count": 1}]
        for one in parts:
            wanted[one["sku_id"]] += one["sku_count"]
    return wanted


@pytest.mark.parametrize("currency", ["USD", "VND", "KWD"])
@pytest.mark.parametrize("mode", ["payment", "discount"])
@pytest.mark.parametrize("seed", [2, 20261124, None], ids=["2", "20261124", "drawn"])
def test_bundles_add_up_to_the_cent(seed: int | None, mode: str, currency: str) -> None:
    seed = random.SystemRandom().randrange(10**9) if seed is None else seed
    print(f"seed {seed}")  # noqa: T201 - shown with a failure
    shop = BundleShop(seed, currency)
    for _ in range(100):
        raw, variants = shop.order(), shop.variants()
        facts = order_facts(raw)
        options = MappingOptions(platform_discount_mode=mode)
        order = shopify_order(facts, variants, options)
        assert shopify_order(facts, variants, options) == order, "the same again"

        owed = facts.total_amount
        if mode == "payment":
            owed += platform_money(raw["payment"])
        assert order.total == shopify_total(order.input) == owed
        assert transactions(order.input) == (D(0) if facts.is_cod else owed)

        made: Counter[str] = Counter()
        for line in order.lines:
            made[line.sku_id] += line.quantity
            assert line.unit_price >= 0
            assert line.quantity % len(line.line_ids) == 0
            assert bool(line.bundle) or line.quantity == len(line.line_ids)
        assert made == pieces_wanted(raw["line_items"])
        units = {unit for line in order.lines for unit in line.line_ids}
        assert units == {line.line_id for line in facts.lines}
        stated = sum((tax.amount for line in facts.lines for tax in line.tax), D(0))
        on_lines = [tax for line in order.input["lineItems"] for tax in line.get("taxLines", [])]
        if on_lines:
            got = sum((D(tax["priceSet"]["shopMoney"]["amount"]) for tax in on_lines), D(0))
            assert got == stated
