"""The shape of the Shopify order: lines, texts, identity, payment status."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from orders.facts import OrderFacts
from orders.mapping import (
    MappingOptions,
    ShopifyOrder,
    UnlinkedSku,
    VariantRef,
    external_order,
    shopify_order,
    shopify_total,
)
from tests.orders.data import build

D = Decimal
RED = VariantRef("gid://shopify/ProductVariant/101", "RED", "Red shirt")
BLUE = VariantRef("gid://shopify/ProductVariant/102", "BLUE", "Blue shirt")
VARIANTS = {"29RED": RED, "29BLUE": BLUE}
TEXT_LINES = MappingOptions(unlinked_policy="text_line")


def mapped(facts: OrderFacts, options: MappingOptions | None = None) -> ShopifyOrder:
    return shopify_order(facts, VARIANTS, options or MappingOptions())


def prices(order: ShopifyOrder) -> list[tuple[str, int, str]]:
    return [
        (
            line.get("variantId") or line["title"],
            line["quantity"],
            line["priceSet"]["shopMoney"]["amount"],
        )
        for line in order.input["lineItems"]
    ]


def test_equal_units_become_one_line_with_their_ids_kept() -> None:
    order = mapped(build.facts([build.unit("1"), build.unit("2", "BLUE"), build.unit("3")]))

    assert prices(order) == [(RED.variant_id, 2, "10.00"), (BLUE.variant_id, 1, "10.00")]
    assert order.input["lineItems"][0]["properties"] == [
        {"name": "_tiktok_line_item_ids", "value": "1,3"}
    ]
    assert [line.line_ids for line in order.lines] == [("1", "3"), ("2",)]
    assert [(line.sku_id, line.quantity) for line in order.lines] == [("29RED", 2), ("29BLUE", 1)]
    assert order.lines[0].unit_price == D("10.00")
    assert order.lines[0].variant_id == RED.variant_id


def test_units_at_different_prices_stay_apart() -> None:
    order = mapped(build.facts([build.unit("1"), build.unit("2", price="12.00")]))

    assert prices(order) == [(RED.variant_id, 1, "10.00"), (RED.variant_id, 1, "12.00")]


def test_units_at_different_tax_rates_stay_apart() -> None:
    lines = [
        build.unit("1", item_tax=build.tax("0.73", "0.0725")),
        build.unit("2", item_tax=build.tax("0.50", "0.05")),
    ]
    facts = build.facts(lines, payment=build.payment(lines, product_tax="1.23"))

    order = mapped(facts)

    assert [line["quantity"] for line in order.input["lineItems"]] == [1, 1]
    assert [line["taxLines"][0]["rate"] for line in order.input["lineItems"]] == ["0.0725", "0.05"]


def test_a_gift_stays_apart_from_the_same_article_bought() -> None:
    lines = [build.unit("1", price="0"), build.unit("2", price="0", is_gift=True)]

    order = mapped(build.facts(lines))

    assert [line.line_ids for line in order.lines] == [("1",), ("2",)]
    assert order.input["lineItems"][1]["properties"][1] == {
        "name": "_tiktok_gift",
        "value": "true",
    }


def test_every_line_requires_shipping() -> None:
    order = mapped(build.facts([build.unit("1"), build.unit("2", "PINK")]), TEXT_LINES)

    assert [line["requiresShipping"] for line in order.input["lineItems"]] == [True, True]


def test_a_linked_line_names_its_variant_and_no_title() -> None:
    line = mapped(build.facts()).input["lineItems"][0]

    assert line["variantId"] == RED.variant_id
    assert not {"title", "sku", "variantTitle"} & line.keys()


def test_an_unlinked_line_goes_as_text_where_the_policy_says_so() -> None:
    order = mapped(build.facts([build.unit("1", "PINK", sku_name="Size L")]), TEXT_LINES)

    line = order.input["lineItems"][0]
    assert (line["title"], line["variantTitle"], line["sku"]) == ("Shirt PINK", "Size L", "PINK")
    assert "variantId" not in line
    assert order.lines[0].variant_id is None


def test_a_text_line_always_has_a_title() -> None:
    nameless = build.unit("1", "", product_name="", sku_name="", sku_id="")

    line = mapped(build.facts([nameless]), TEXT_LINES).input["lineItems"][0]

    assert line["title"] == "TikTok item"
    assert "sku" not in line


def test_articles_without_a_sku_id_are_told_apart_by_their_names() -> None:
    lines = [
        build.unit("1", "", product_name="Cup", sku_id=""),
        build.unit("2", "", product_name="Plate", sku_id=""),
        build.unit("3", "", product_name="Cup", sku_id=""),
    ]

    order = mapped(build.facts(lines), TEXT_LINES)

    assert prices(order) == [("Cup", 2, "10.00"), ("Plate", 1, "10.00")]


def test_unlinked_units_are_refused_by_default_and_named_once() -> None:
    lines = [build.unit("1", "PINK"), build.unit("2"), build.unit("3", "PINK", price="9.00")]

    with pytest.raises(UnlinkedSku) as refused:
        mapped(build.facts(lines))

    assert refused.value.skus == ("PINK",)


def test_the_order_can_be_found_again_by_tiktoks_id() -> None:
    order = mapped(build.facts())

    assert order.input["sourceName"] == "tiktok-shop"
    assert order.input["sourceIdentifier"] == "576461413038785752"
    assert order.input["metafields"] == [
        {
            "namespace": "$app",
            "key": "tiktok_order_id",
            "type": "id",
            "value": "576461413038785752",
        }
    ]
    assert {"key": "tiktok_order_id", "value": "576461413038785752"} in order.input[
        "customAttributes"
    ]


def test_nobody_is_written_to_and_stock_follows_the_setting() -> None:
    options = MappingOptions(inventory_behaviour="BYPASS")

    assert mapped(build.facts()).options == {
        "inventoryBehaviour": "DECREMENT_IGNORING_POLICY",
        "sendReceipt": False,
        "sendFulfillmentReceipt": False,
    }
    assert mapped(build.facts(), options).options["inventoryBehaviour"] == "BYPASS"


def test_the_buyers_relay_address_is_never_sent() -> None:
    facts = build.facts(buyer_email="v0FAKE@scs2.tiktok.com")

    order = mapped(facts)

    assert "scs2.tiktok.com" not in repr(order)
    assert not {"email", "customer", "customerId", "phone"} & order.input.keys()


def test_a_stand_in_address_is_sent_where_the_shop_has_one() -> None:
    options = MappingOptions(stand_in_email="orders@example.com")

    assert mapped(build.facts(), options).input["email"] == "orders@example.com"


def test_the_name_is_shopifys_own_unless_a_prefix_is_set() -> None:
    assert "name" not in mapped(build.facts()).input
    options = MappingOptions(order_name_prefix="TT-")
    assert mapped(build.facts(), options).input["name"] == "TT-576461413038785752"


def test_the_order_keeps_its_original_date_unless_told_otherwise() -> None:
    assert mapped(build.facts()).input["processedAt"] == "2026-05-28T20:26:40Z"
    options = MappingOptions(original_date=False)
    assert "processedAt" not in mapped(build.facts(), options).input


def test_tags_are_tidied_and_a_sample_gets_its_own() -> None:
    options = MappingOptions(extra_tags=("b,c", "TikTok Shop", " ", "x" * 50))

    order = mapped(build.facts(is_sample_order=True), options)

    assert order.input["tags"] == ["TikTok Shop", "b c", "x" * 40, "TikTok sample"]
    assert mapped(build.facts(), MappingOptions(tag="")).input["tags"] == []


def test_the_note_tells_the_id_the_message_and_what_is_hidden() -> None:
    address = build.ADDRESS | {
        "phone_number": "(+1)555-***-0100",
        "delivery_preferences": {"drop_off_location": "Front door"},
    }
    facts = build.facts(buyer_message=" Please hurry ", recipient_address=address)

    order = mapped(facts)

    assert order.input["note"] == (
        "TikTok Shop order 576461413038785752\n"
        "Message from the buyer: Please hurry\n"
        "Leave the parcel at: Front door\n"
        "Hidden by TikTok: phone"
    )
    assert order.hidden == ("phone",)


def test_a_note_stays_within_what_shopify_takes() -> None:
    order = mapped(build.facts(buyer_message="x" * 6000))

    assert len(order.input["note"]) == 5000


def test_the_shop_and_the_deadline_stand_among_the_attributes() -> None:
    facts = build.facts(rts_sla_time=build.CREATED + 172_800)

    order = mapped(facts, MappingOptions(shop_name="Example Shop"))

    assert order.input["customAttributes"] == [
        {"key": "tiktok_order_id", "value": "576461413038785752"},
        {"key": "tiktok_shop", "value": "Example Shop"},
        {"key": "tiktok_ship_by", "value": "2026-05-30T20:26:40Z"},
    ]


def test_the_address_goes_along_and_its_absence_leaves_the_field_out() -> None:
    assert mapped(build.facts()).input["shippingAddress"]["city"] == "Los Angeles"
    assert "shippingAddress" not in mapped(build.facts(recipient_address={})).input


def test_the_shipping_line_has_a_name_even_if_tiktok_gives_none() -> None:
    assert mapped(build.facts()).input["shippingLines"][0]["title"] == "Standard shipping"
    nameless = mapped(build.facts(delivery_option_name=""))
    assert nameless.input["shippingLines"][0]["title"] == "TikTok shipping"


def test_a_free_sample_is_paid_without_a_transaction() -> None:
    order = mapped(build.facts([build.unit("1", price="0")], is_sample_order=True))

    assert order.total == D(0)
    assert order.input["financialStatus"] == "PAID"
    assert "transactions" not in order.input


def test_an_order_the_platform_pays_wholly_has_its_payment_alone() -> None:
    lines = [build.unit("1", price="5.00", platform_discount="5.00")]

    order = mapped(build.facts(lines))

    assert [sale["gateway"] for sale in order.input["transactions"]] == [
        "TikTok Shop platform discount"
    ]
    assert (order.total, order.buyer_payment, order.platform_payment) == (D(5), D(0), D(5))


def test_cash_on_delivery_is_pending_without_transactions() -> None:
    order = mapped(build.facts(is_cod=True))

    assert order.input["financialStatus"] == "PENDING"
    assert "transactions" not in order.input
    assert order.total == D("10.00")


def test_the_seller_is_liable_for_tax_where_the_switch_says_so() -> None:
    lines = [build.unit("1", item_tax=build.tax("0.73"))]
    facts = build.facts(lines, payment=build.payment(lines, product_tax="0.73"))

    collected = mapped(facts).input["lineItems"][0]["taxLines"][0]
    own = mapped(facts, MappingOptions(marketplace_collects_tax=False))

    assert collected["channelLiable"] is True
    assert own.input["lineItems"][0]["taxLines"][0]["channelLiable"] is False


def cancelled_pair(**sums: str) -> OrderFacts:
    lines = [build.unit("1"), build.unit("2", "BLUE", "7.00", display_status="CANCELLED")]
    return build.facts(lines, payment=build.payment(lines, **sums))


def test_a_cancelled_unit_is_left_out_once_the_sums_have_shrunk() -> None:
    order = mapped(cancelled_pair(original_total_product_price="10.00"))

    assert prices(order) == [(RED.variant_id, 1, "10.00")]
    assert order.total == D("10.00")
    assert order.cancelled_line_ids == ()


def test_a_cancelled_unit_is_kept_and_named_while_the_sums_contain_it() -> None:
    order = mapped(cancelled_pair())

    assert prices(order) == [(RED.variant_id, 1, "10.00"), (BLUE.variant_id, 1, "7.00")]
    assert order.total == D("17.00")
    assert order.cancelled_line_ids == ("2",)
    assert order.input["note"].endswith("Cancelled on TikTok, do not ship: 1 of the units")


def test_a_cancelled_unit_without_a_variant_does_not_block_once_left_out() -> None:
    lines = [build.unit("1"), build.unit("2", "PINK", "7.00", display_status="CANCELLED")]
    sums = build.payment(lines, original_total_product_price="10.00")

    assert mapped(build.facts(lines, payment=sums)).total == D("10.00")


def test_a_wholly_cancelled_order_keeps_its_units() -> None:
    lines = [build.unit("1", display_status="CANCELLED")]

    order = mapped(build.facts(lines, status="CANCELLED"))

    assert order.total == D("10.00")
    assert order.cancelled_line_ids == ()


def test_an_unknown_way_of_showing_platform_money_is_refused() -> None:
    with pytest.raises(ValueError, match="platform_discount_mode"):
        MappingOptions(platform_discount_mode="both")


def test_a_mapping_leaves_its_facts_and_variants_alone() -> None:
    facts = build.facts()
    before = replace(facts)

    first, second = mapped(facts), mapped(facts)

    assert facts == before
    assert first == second
    assert VARIANTS == {"29RED": RED, "29BLUE": BLUE}


def test_shopifys_total_counts_taxes_only_where_they_are_on_top() -> None:
    def money(amount: str) -> dict[str, Any]:
        return {"shopMoney": {"amount": amount, "currencyCode": "EUR"}}

    tax = {"title": "Tax", "rate": "0.1", "priceSet": money("2.00")}
    order = {"lineItems": [{"priceSet": money("10.00"), "quantity": 2}], "taxLines": [tax]}

    assert shopify_total(order) == D("22.00")
    assert shopify_total({**order, "taxesIncluded": True}) == D("20.00")


def test_the_external_reference_pairs_each_unit_with_its_shopify_line() -> None:
    assert external_order("5801", "6001", {"1": "71", "2": "71"}) == {
        "id": "5801",
        "external_order": {
            "id": "6001",
            "platform": "SHOPIFY",
            "line_items": [{"id": "71", "origin_id": "1"}, {"id": "71", "origin_id": "2"}],
        },
    }


def test_an_external_reference_tells_at_most_a_hundred_lines() -> None:
    many = {str(number): "71" for number in range(150)}

    told = external_order("5801", "6001", many)["external_order"]["line_items"]

    assert len(told) == 100
    assert told[-1] == {"id": "71", "origin_id": "99"}
