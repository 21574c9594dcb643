"""The documented readings of TikTok's sums, each proved, and what no reading explains."""

from decimal import Decimal
from typing import Any

import pytest

from orders.facts import OrderFacts
from orders.mapping import MappingOptions, MoneyMismatch, VariantRef, shopify_order
from orders.mapping_money import FEE_TITLES, read_sums
from tests.orders.data import build

D = Decimal
VARIANTS = {"29RED": VariantRef("gid://shopify/ProductVariant/101", "RED", "Red")}
DISCOUNT = MappingOptions(platform_discount_mode="discount")


def facts_of(
    lines: list[dict[str, Any]] | None = None, currency: str = "USD", **sums: str
) -> OrderFacts:
    lines = lines or [build.unit("1", price="20.00")]
    for line in lines:
        line["currency"] = currency
    return build.facts(lines, payment={**build.payment(lines, **sums), "currency": currency})


def refusal(facts: OrderFacts) -> tuple[Decimal, Decimal, str]:
    with pytest.raises(MoneyMismatch) as refused:
        read_sums(facts)
    return refused.value.expected, refused.value.got, refused.value.explanation


def test_platform_money_is_everything_the_platform_pays() -> None:
    sums = read_sums(
        facts_of(
            platform_discount="2.00",
            original_shipping_fee="5.00",
            shipping_fee_seller_discount="1.00",
            shipping_fee_platform_discount="3.00",
        )
    )

    assert (sums.products, sums.products_platform) == (D("20.00"), D("2.00"))
    assert (sums.shipping, sums.shipping_platform) == (D("4.00"), D("3.00"))
    assert (sums.total_amount, sums.platform, sums.total) == (D("19.00"), D("5.00"), D("24.00"))


def test_a_cofunded_discount_may_be_a_deduction_of_its_own() -> None:
    sums = read_sums(
        facts_of(
            original_shipping_fee="5.00",
            shipping_fee_platform_discount="1.50",
            shipping_fee_cofunded_discount="0.50",
            shipping_fee="3.00",
        )
    )

    assert (sums.shipping, sums.shipping_platform, sums.total) == (D("5.00"), D("2.00"), D("25.00"))


def test_a_cofunded_discount_may_be_part_of_the_other_two() -> None:
    sums = read_sums(
        facts_of(
            original_shipping_fee="5.00",
            shipping_fee_platform_discount="1.50",
            shipping_fee_cofunded_discount="0.50",
            shipping_fee="3.50",
        )
    )

    assert (sums.shipping, sums.shipping_platform, sums.total) == (D("5.00"), D("1.50"), D("25.00"))


def test_a_shipping_fee_that_its_parts_do_not_explain_is_refused() -> None:
    facts = facts_of(original_shipping_fee="5.00", shipping_fee="4.00")

    assert refusal(facts) == (
        D("4.00"),
        D("5.00"),
        "the original shipping fee less its discounts is not TikTok's shipping fee",
    )


def test_a_shipping_fee_without_its_parts_is_taken_as_it_is() -> None:
    sums = read_sums(facts_of(shipping_fee="4.00", shipping_fee_platform_discount="1.00"))

    assert (sums.shipping, sums.shipping_platform, sums.total) == (D("5.00"), D("1.00"), D("25.00"))


def test_a_sub_total_that_its_parts_do_not_explain_is_refused() -> None:
    assert refusal(facts_of(sub_total="19.00")) == (
        D("19.00"),
        D("20.00"),
        "list prices less discounts are not TikTok's sub-total",
    )


def test_discounts_larger_than_the_prices_are_refused() -> None:
    facts = facts_of(seller_discount="21.00", sub_total="", total_amount="0")

    assert refusal(facts) == (
        D(0),
        D("-1.00"),
        "the discounts are larger than the products' prices",
    )


@pytest.mark.parametrize("fee", sorted(FEE_TITLES))
def test_every_optional_fee_has_its_named_line(fee: str) -> None:
    facts = facts_of(**{fee: "1.25", "total_amount": "21.25"})

    lines = shopify_order(facts, VARIANTS, MappingOptions()).input["shippingLines"]

    assert lines[1]["code"] == fee
    assert lines[1]["title"] == FEE_TITLES[fee]
    assert lines[1]["priceSet"]["shopMoney"]["amount"] == "1.25"
    assert len(lines) == 2


def test_a_distance_fee_may_be_inside_the_shipping_fee() -> None:
    facts = facts_of(
        original_shipping_fee="5.00", distance_shipping_fee="2.00", handling_fee="1.00"
    )
    inside = facts_of(
        original_shipping_fee="5.00",
        distance_shipping_fee="2.00",
        handling_fee="1.00",
        total_amount="26.00",
    )

    assert read_sums(inside).fees == (("handling_fee", D("1.00")),)
    assert read_sums(inside).total == D("26.00")
    assert facts.total_amount == D("25.00")
    assert read_sums(facts).fees == ()


def test_the_documented_formula_adds_the_retail_delivery_fee_alone() -> None:
    facts = facts_of(retail_delivery_fee="0.28", buyer_service_fee="1.00")

    assert facts.total_amount == D("20.28")
    assert read_sums(facts).fees == (("retail_delivery_fee", D("0.28")),)


def test_a_payment_discount_of_the_platform_is_its_money_too() -> None:
    facts = facts_of(payment_platform_discount="3.00", total_amount="17.00")

    sums = read_sums(facts)
    order = shopify_order(facts, VARIANTS, MappingOptions())

    assert (sums.payment_platform, sums.total) == (D("3.00"), D("20.00"))
    assert (order.buyer_payment, order.platform_payment) == (D("17.00"), D("3.00"))


def test_a_payment_discount_that_changes_no_sum_is_left_aside() -> None:
    sums = read_sums(facts_of(payment_platform_discount="3.00", total_amount="20.00"))

    assert (sums.payment_platform, sums.total) == (D(0), D("20.00"))


def test_the_tax_may_be_given_by_its_parts_alone() -> None:
    facts = facts_of(product_tax="1.45", shipping_fee_tax="0.05", tax="", total_amount="21.50")

    assert read_sums(facts).tax == D("1.50")


def test_an_insurance_tax_may_come_on_top_of_the_other_parts() -> None:
    facts = facts_of(
        product_tax="1.45", item_insurance_tax="0.20", tax="1.45", total_amount="21.65"
    )

    assert read_sums(facts).tax == D("1.65")


def test_outside_the_us_a_stated_tax_may_be_inside_the_prices() -> None:
    facts = facts_of(currency="EUR", tax="3.19", total_amount="20.00")

    order = shopify_order(facts, VARIANTS, MappingOptions())

    assert order.total == D("20.00")
    assert order.input["taxesIncluded"] is True
    assert order.input["taxLines"][0]["priceSet"]["shopMoney"]["amount"] == "3.19"


def test_in_the_us_a_stated_tax_is_always_on_top() -> None:
    facts = facts_of(tax="3.19", total_amount="20.00")

    assert refusal(facts) == (
        D("20.00"),
        D("23.19"),
        "products, shipping, taxes and fees do not add up to TikTok's total",
    )


def test_sums_left_out_come_from_the_lines() -> None:
    lines = [build.unit("1", price="20.00", seller_discount="2.00", platform_discount="3.00")]
    facts = build.facts(lines, payment={"currency": "USD", "total_amount": "15.00"})

    sums = read_sums(facts)

    assert (sums.products, sums.products_platform, sums.total) == (
        D("18.00"),
        D("3.00"),
        D("18.00"),
    )


def test_an_order_without_a_total_is_refused() -> None:
    assert refusal(facts_of(total_amount=""))[:2] == (D(0), D("20.00"))


def test_one_cent_too_many_is_refused_with_both_sums() -> None:
    assert refusal(facts_of(total_amount="20.01"))[:2] == (D("20.01"), D("20.00"))


def test_an_amount_finer_than_its_currency_is_refused() -> None:
    facts = facts_of(currency="VND", total_amount="20.50")

    assert refusal(facts) == (
        D("20.50"),
        D("21"),
        "total_amount has more decimals than VND can hold",
    )


def test_a_line_in_another_currency_is_refused() -> None:
    facts = facts_of()
    stray = build.facts([build.unit("1", price="20.00", currency="EUR")])

    assert read_sums(facts).currency == "USD"
    assert refusal(stray)[2] == "a line item is priced in EUR, the order in USD"


def unit_lines(facts: OrderFacts) -> list[tuple[int, str]]:
    order = shopify_order(facts, VARIANTS, MappingOptions())
    return [
        (line["quantity"], line["priceSet"]["shopMoney"]["amount"])
        for line in order.input["lineItems"]
    ]


def test_an_order_wide_voucher_is_shared_out_by_price() -> None:
    lines = [build.unit("1", price="20.00"), build.unit("2", price="10.00")]

    assert unit_lines(facts_of(lines, seller_discount="3.00")) == [(1, "18.00"), (1, "9.00")]


def test_a_gift_takes_no_share_of_a_voucher() -> None:
    lines = [build.unit("1", price="20.00"), build.unit("2", price="0", is_gift=True)]

    assert unit_lines(facts_of(lines, seller_discount="3.00")) == [(1, "17.00"), (1, "0.00")]


def test_a_gift_listed_at_a_price_keeps_it_if_the_sums_need_it() -> None:
    lines = [
        build.unit("1", price="20.00"),
        build.unit("2", price="5.00", is_gift=True, platform_discount="5.00"),
    ]

    assert unit_lines(facts_of(lines)) == [(1, "20.00"), (1, "5.00")]


def test_gifts_alone_cannot_cost_anything() -> None:
    facts = facts_of(
        [build.unit("1", price="0", is_gift=True)],
        original_total_product_price="5.00",
    )

    with pytest.raises(MoneyMismatch, match="every line item is a gift"):
        shopify_order(facts, VARIANTS, MappingOptions())


def test_prices_finer_than_the_currency_are_shared_out_exactly() -> None:
    lines = [build.unit(str(n), price="3.335", sale_price="3.335") for n in (1, 2)]

    assert unit_lines(facts_of(lines, original_total_product_price="6.67", sub_total="6.67")) == [
        (1, "3.34"),
        (1, "3.33"),
    ]


def test_taxes_that_do_not_make_up_the_whole_stand_on_the_order_as_one() -> None:
    lines = [build.unit("1", price="20.00", item_tax=build.tax("1.40"))]
    facts = facts_of(lines, tax="1.45", product_tax="1.45", original_shipping_fee="9.00")

    order = shopify_order(facts, VARIANTS, MappingOptions()).input

    assert order["taxLines"] == [
        {
            "title": "Tax",
            "rate": "0.0500",
            "priceSet": {"shopMoney": {"amount": "1.45", "currencyCode": "USD"}},
            "channelLiable": True,
        }
    ]
    assert all("taxLines" not in line for line in order["lineItems"] + order["shippingLines"])


def test_unit_taxes_of_one_line_are_summed_and_not_multiplied() -> None:
    lines = [
        build.unit("1", price="19.99", item_tax=build.tax("1.44")),
        build.unit("2", price="19.99", item_tax=build.tax("1.45")),
    ]
    facts = facts_of(lines, product_tax="2.89")

    line = shopify_order(facts, VARIANTS, MappingOptions()).input["lineItems"][0]

    assert line["quantity"] == 2
    assert line["taxLines"][0]["priceSet"]["shopMoney"]["amount"] == "2.89"


def test_several_taxes_on_one_unit_stay_apart() -> None:
    taxes = [
        {"tax_type": "STATE_TAX", "tax_amount": "0.60", "tax_rate": "0.03"},
        {"tax_type": "CITY_TAX", "tax_amount": "0.20", "tax_rate": "0.01"},
        {"tax_type": "FREE_TAX", "tax_amount": "0", "tax_rate": "0"},
    ]
    facts = facts_of([build.unit("1", price="20.00", item_tax=taxes)], product_tax="0.80")

    line = shopify_order(facts, VARIANTS, MappingOptions()).input["lineItems"][0]

    assert [(t["title"], t["rate"]) for t in line["taxLines"]] == [
        ("State tax", "0.03"),
        ("City tax", "0.01"),
    ]


@pytest.mark.parametrize(("given", "sent"), [("7.25", "0.0725"), ("", "0.0725"), ("0.07", "0.07")])
def test_a_rate_is_sent_as_a_fraction_even_if_it_is_a_percentage_or_missing(
    given: str, sent: str
) -> None:
    lines = [build.unit("1", price="20.00", item_tax=build.tax("1.45", given))]

    line = shopify_order(facts_of(lines, product_tax="1.45"), VARIANTS, MappingOptions())

    assert line.input["lineItems"][0]["taxLines"][0]["rate"] == sent


def test_an_insurance_tax_stands_on_the_insurance() -> None:
    lines = [build.unit("1", price="20.00", item_tax=build.tax("1.45"))]
    facts = facts_of(
        lines,
        product_tax="1.45",
        item_insurance_tax="0.10",
        item_insurance_fee="1.00",
        tax="1.55",
        total_amount="22.55",
    )

    order = shopify_order(facts, VARIANTS, MappingOptions()).input

    assert order["lineItems"][0]["taxLines"][0]["priceSet"]["shopMoney"]["amount"] == "1.45"
    assert order["shippingLines"][1]["taxLines"][0]["title"] == "Insurance tax"
    assert order["shippingLines"][1]["taxLines"][0]["priceSet"]["shopMoney"]["amount"] == "0.10"


def test_as_discount_a_payment_discount_comes_off_the_products_first() -> None:
    facts = facts_of(
        original_shipping_fee="5.00", payment_platform_discount="22.00", total_amount="3.00"
    )

    order = shopify_order(facts, VARIANTS, DISCOUNT)

    code = order.input["discountCode"]["itemFixedDiscountCode"]
    assert code["code"] == "TIKTOK-PLATFORM"
    assert code["amountSet"]["shopMoney"]["amount"] == "20.00"
    assert order.input["shippingLines"][0]["priceSet"]["shopMoney"]["amount"] == "3.00"
    assert (order.total, order.buyer_payment, order.platform_payment) == (D(3), D(3), D(0))


def test_as_discount_nothing_to_discount_means_no_code() -> None:
    assert "discountCode" not in shopify_order(facts_of(), VARIANTS, DISCOUNT).input


def test_as_discount_more_than_the_order_is_refused() -> None:
    facts = facts_of(handling_fee="5.00", payment_platform_discount="22.00", total_amount="3.00")

    with pytest.raises(MoneyMismatch, match="exceed the order"):
        shopify_order(facts, VARIANTS, DISCOUNT)


def test_a_mismatch_names_sums_and_never_the_buyer() -> None:
    with pytest.raises(MoneyMismatch) as refused:
        shopify_order(facts_of(total_amount="1.00"), VARIANTS, MappingOptions())

    assert str(refused.value) == (
        "products, shipping, taxes and fees do not add up to TikTok's total: "
        "expected 1.00, got 20.00"
    )
