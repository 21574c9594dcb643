"""orderCreate: what it works out, what it keeps, what it refuses."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.orders import (
    DEFINE,
    create,
    line,
    look,
    metafield,
    money,
    try_to_create,
)

TOTALS = """
  subtotalPriceSet { shopMoney { amount } } totalPriceSet { shopMoney { amount } }
  totalShippingPriceSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } }
  totalDiscountsSet { shopMoney { amount } } totalOutstandingSet { shopMoney { amount } }
  totalReceivedSet { shopMoney { amount } } totalCapturableSet { shopMoney { amount } }
  displayFinancialStatus displayFulfillmentStatus paymentGatewayNames discountCodes capturable
  fullyPaid unpaid
"""


def totals(box: World, **order: Any) -> dict[str, Any]:
    """The figures of an order, by their names without the wrapping."""
    found = look(box.store, create(box.store, **order)["id"], TOTALS)
    return {
        name.removesuffix("PriceSet").removesuffix("Set"): value["shopMoney"]["amount"]
        if isinstance(value, dict)
        else value
        for name, value in found.items()
    }


def sale(amount: str, **more: Any) -> list[dict[str, Any]]:
    return [{"kind": "SALE", "status": "SUCCESS", "amountSet": money(amount), **more}]


def test_without_status_and_transactions_there_is_no_financial_status(box: World) -> None:
    found = totals(box, lineItems=[line("10.00", 2)])
    assert (found["subtotal"], found["total"], found["totalOutstanding"]) == (
        "20.0", "20.0", "20.0",
    )  # fmt: skip
    assert found["displayFinancialStatus"] is None
    assert found["displayFulfillmentStatus"] == "UNFULFILLED"
    assert (found["fullyPaid"], found["unpaid"]) == (False, True)


def test_taxes_of_lines_and_of_shipping_add_up(box: World) -> None:
    tax = {"title": "Tax", "rate": "0.1"}
    found = totals(
        box,
        financialStatus="PAID",
        lineItems=[line("12.00", 2, taxLines=[{**tax, "priceSet": money("2.40")}])],
        shippingLines=[
            {
                "title": "Standard",
                "priceSet": money("5.00"),
                "taxLines": [{**tax, "priceSet": money("0.50")}],
            }
        ],
        transactions=sale("31.90"),
    )
    assert found == {
        "subtotal": "24.0",
        "total": "31.9",
        "totalShipping": "5.0",
        "totalTax": "2.9",
        "totalDiscounts": "0.0",
        "totalOutstanding": "0.0",
        "totalReceived": "31.9",
        "totalCapturable": "0.0",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "paymentGatewayNames": ["manual"],
        "discountCodes": [],
        "capturable": False,
        "fullyPaid": True,
        "unpaid": False,
    }


def test_a_fixed_code_lowers_the_subtotal(box: World) -> None:
    found = totals(
        box,
        lineItems=[line("30.00")],
        shippingLines=[{"title": "Standard", "priceSet": money("4.00")}],
        discountCode={"itemFixedDiscountCode": {"code": "MATH5", "amountSet": money("5.00")}},
    )
    assert (found["subtotal"], found["totalDiscounts"], found["total"]) == ("25.0", "5.0", "29.0")
    assert found["discountCodes"] == ["MATH5"]


def test_an_authorization_leaves_nothing_outstanding(box: World) -> None:
    found = totals(
        box,
        lineItems=[line("18.00")],
        transactions=[{"kind": "AUTHORIZATION", "amountSet": money("18.00")}],
    )
    assert (found["displayFinancialStatus"], found["totalOutstanding"]) == ("AUTHORIZED", "0.0")
    assert (found["capturable"], found["totalCapturable"]) == (True, "18.0")


def test_both_currencies_are_kept_as_given(box: World) -> None:
    both = money("10.00", "CAD", ("7.00", "USD"))
    gid = create(
        box.store,
        currency="CAD",
        presentmentCurrency="USD",
        lineItems=[line(priceSet=both)],
        transactions=sale("10.00", amountSet=both),
    )["id"]
    fields = """displayFinancialStatus presentmentCurrencyCode totalPriceSet {
      shopMoney { amount currencyCode } presentmentMoney { amount currencyCode } }"""
    found = look(box.store, gid, fields)
    assert (found["displayFinancialStatus"], found["presentmentCurrencyCode"]) == ("PAID", "USD")
    assert found["totalPriceSet"] == {
        "shopMoney": {"amount": "10.0", "currencyCode": "CAD"},
        "presentmentMoney": {"amount": "7.0", "currencyCode": "USD"},
    }


def test_percentages_free_shipping_and_included_taxes(box: World) -> None:
    tax = [{"title": "VAT", "rate": 0.2, "priceSet": money("5.00")}]
    ship = [{"title": "Standard", "priceSet": money("4.00")}]
    ten = {"itemPercentageDiscountCode": {"code": "TEN", "percentage": 10}}
    free = {"freeShippingDiscountCode": {"code": "FREE"}}
    wishes: list[tuple[dict[str, Any], tuple[str, str]]] = [
        ({"discountCode": ten, "shippingLines": ship}, ("27.0", "31.0")),
        ({"discountCode": free, "shippingLines": ship}, ("30.0", "30.0")),
        ({"taxLines": tax, "taxesIncluded": True}, ("30.0", "30.0")),
        ({"taxLines": tax}, ("30.0", "35.0")),
    ]
    for order, wanted in wishes:
        found = totals(box, lineItems=[line("30.00")], **order)
        assert (found["subtotal"], found["total"]) == wanted


def test_a_given_status_may_contradict_the_transactions(box: World) -> None:
    found = totals(box, financialStatus="PENDING")
    assert (found["displayFinancialStatus"], found["totalReceived"]) == ("PENDING", "0.0")
    part = totals(box, transactions=sale("4.00"))
    assert (part["displayFinancialStatus"], part["totalOutstanding"]) == ("PARTIALLY_PAID", "6.0")


def test_names_count_up_and_tags_come_back_sorted(box: World) -> None:
    first = create(box.store, tags=["zebra", "apple", "apple", " mango "])
    second = create(box.store, name="TT-7")
    third = create(box.store)
    assert [first["name"], second["name"], third["name"]] == ["#1001", "TT-7", "#1003"]
    assert first["tags"] == ["apple", "mango", "zebra"]
    assert first["id"] == f"gid://shopify/Order/{first['legacyResourceId']}"


def test_a_variant_fills_in_what_the_line_leaves_out(box: World) -> None:
    variant = "gid://shopify/ProductVariant/43010000000001"
    own = {"quantity": 1, "variantId": variant, "requiresShipping": True}
    given = line("9.00", variantId=variant, sku="OWN", properties=[{"name": "_k", "value": "v"}])
    gid = create(box.store, lineItems=[own, given])["id"]
    fields = """lineItems(first: 5) { nodes {
      sku title variantTitle quantity customAttributes { key value } variant { id sku }
      originalUnitPriceSet { shopMoney { amount } } } }"""
    filled, kept = look(box.store, gid, fields)["lineItems"]["nodes"]
    assert (filled["sku"], filled["title"]) == ("TEE-BLK-S", "Everyday Cotton Tee")
    assert filled["variantTitle"] == "Black / S"
    assert filled["originalUnitPriceSet"]["shopMoney"]["amount"] == "18.0"
    assert (kept["sku"], kept["title"]) == ("OWN", "Tee")
    assert kept["customAttributes"] == [{"key": "_k", "value": "v"}]
    assert kept["variant"] == {"id": variant, "sku": "TEE-BLK-S"}


@pytest.mark.parametrize(
    ("order", "field", "part"),
    [
        ({"lineItems": []}, ["order", "lineItems"], "at least one line item"),
        ({"lineItems": [{"quantity": 1}]}, ["order"], "Title can't be blank"),
        (
            {"lineItems": [line(quantity=0)]},
            ["order", "lineItems", "0", "quantity"],
            "greater than 0",
        ),
        (
            {"lineItems": [line(variantId="gid://shopify/ProductVariant/1")]},
            ["order", "lineItems", "0", "variantId"],
            "Variant is invalid",
        ),
        ({"phone": "(+1)202***34"}, ["order", "phone"], "Phone is invalid"),
        ({"tags": ["x" * 41]}, ["order", "tags"], "250 tags"),
        (
            {
                "lineItems": [line(taxLines=[{"title": "t", "rate": "0.1"}])],
                "taxLines": [{"title": "t", "rate": "0.1"}],
            },
            ["order", "taxLines"],
            "not both",
        ),
        (
            {
                "lineItems": [
                    line(taxLines=[{"title": "t", "rate": 0.1, "priceSet": money("1", "EUR")}])
                ]
            },
            ["order", "lineItems"],
            "tax lines currency does not match the order currency",
        ),
        (
            {
                "discountCode": {
                    "freeShippingDiscountCode": {"code": "A"},
                    "itemPercentageDiscountCode": {"code": "B", "percentage": 5},
                }
            },
            ["order", "discountCode"],
            "Only one discount code",
        ),
    ],
)
def test_a_refusal_names_the_field_and_stores_nothing(
    box: World, order: dict[str, Any], field: list[str], part: str
) -> None:
    payload = try_to_create(box.store, **order)
    assert payload["order"] is None
    assert payload["userErrors"][0]["field"] == field
    assert payload["userErrors"][0]["code"] == "INVALID"
    assert part in payload["userErrors"][0]["message"]
    assert box.control.get("shopify/orders")["orders"] == []


def test_two_ways_to_name_a_customer_are_one_too_many(box: World) -> None:
    payload = try_to_create(
        box.store,
        customerId="gid://shopify/Customer/1",
        customer={"toUpsert": {"email": "a@example.invalid"}},
    )
    assert payload["userErrors"][0]["code"] == "REDUNDANT_CUSTOMER_FIELDS"


def test_an_id_value_is_unique_once_it_is_defined(box: World) -> None:
    made = box.store.data(DEFINE)["metafieldDefinitionCreate"]["createdDefinition"]
    assert made["namespace"] == "app--240000000001"
    first = create(box.store, metafields=metafield("5761"))
    refused = try_to_create(box.store, metafields=metafield("5761"))
    assert refused["order"] is None
    assert refused["userErrors"][0]["field"] == ["order", "metafields", "0", "value"]
    assert refused["userErrors"][0]["code"] == "INVALID"
    create(box.store, metafields=metafield("5762"))
    found = box.control.get("shopify/orders?tiktok_order_id=5761")["orders"]
    assert [one["id"] for one in found] == [first["id"]]


def test_of_many_creators_at_once_exactly_one_wins(box: World) -> None:
    box.store.data(DEFINE)

    def race(_: int) -> bool:
        return try_to_create(box.store, metafields=metafield("5761"))["order"] is not None

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(race, range(24)))
    assert won.count(True) == 1
    assert len(box.control.get("shopify/orders")["orders"]) == 1


def test_without_a_definition_a_value_is_not_unique_until_it_is_defined(box: World) -> None:
    first = create(box.store, metafields=metafield("5761"))
    create(box.store, metafields=metafield("5761"))
    box.store.data(DEFINE)
    assert try_to_create(box.store, metafields=metafield("5761"))["order"] is None
    lookup = """{ orderByIdentifier(identifier: {customId: {
      namespace: "$app", key: "tiktok_order_id", value: "5761"}}) { id } }"""
    assert box.store.data(lookup)["orderByIdentifier"]["id"] == first["id"]


def test_a_development_store_takes_five_orders_a_minute(box: World) -> None:
    box.control.post("config", dev_store_order_limit=5)
    for _ in range(5):
        create(box.store)
    refused = try_to_create(box.store)
    assert "rate limit" in refused["userErrors"][0]["message"]
    box.control.post("clock/advance", seconds=61)
    create(box.store)
    assert len(box.control.get("shopify/orders")["orders"]) == 6


def test_stock_is_touched_only_when_asked(box: World) -> None:
    def stock() -> int:
        rows = box.control.get("shopify/products?shop=demo-us")["variants"]
        return next(int(one["inventory"]) for one in rows if one["sku"] == "TEE-BLK-S")

    variant = "gid://shopify/ProductVariant/43010000000001"
    given = {"order": {"lineItems": [line(quantity=3, variantId=variant)]}}
    document = """mutation($order: OrderCreateOrderInput!, $how: OrderCreateInputsInventoryBehavior)
      { orderCreate(order: $order, options: {inventoryBehaviour: $how}) {
        order { id } userErrors { code } } }"""
    before = stock()
    box.store.data(document, {**given, "how": "BYPASS"})
    assert stock() == before
    box.store.data(document, {**given, "how": "DECREMENT_IGNORING_POLICY"})
    assert stock() == before - 3
    given["order"]["lineItems"][0]["quantity"] = 1000
    refused = box.store.data(document, {**given, "how": "DECREMENT_OBEYING_POLICY"})
    assert refused["orderCreate"]["userErrors"] == [{"code": "INVENTORY_CLAIM_FAILED"}]
    assert stock() == before - 3


def test_each_creation_is_on_the_ledger_with_what_identifies_it(box: World) -> None:
    create(box.store, metafields=metafield("5761"), sourceIdentifier="5761")
    written = box.log()["writes"][-1]
    assert (written["kind"], written["source_identifier"]) == ("order_created", "5761")
    assert written["metafields"] == {"app--240000000001.tiktok_order_id": "5761"}
    assert (written["total"], written["token_tag"]) == ("10.00", "demo-us.myshopify.com#0")
