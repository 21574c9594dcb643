"""What an order looks like: units, money, addresses, flags."""

from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.clients import TikTok, World


def add(order: Any, name: str) -> Decimal:
    return sum((Decimal(line[name]) for line in order["line_items"]), Decimal(0))


def check_sums(order: Any) -> None:
    """Every documented formula, to the cent."""
    pay = {k: Decimal(v) for k, v in order["payment"].items() if k != "currency"}
    listed, seller, platform = (
        add(order, "original_price"),
        add(order, "seller_discount"),
        add(order, "platform_discount"),
    )
    assert pay["original_total_product_price"] == listed
    assert (pay["seller_discount"], pay["platform_discount"]) == (seller, platform)
    assert pay["sub_total"] == listed - seller - platform == add(order, "sale_price")
    assert pay["shipping_fee"] == (
        pay["original_shipping_fee"]
        - pay["shipping_fee_seller_discount"]
        - pay["shipping_fee_platform_discount"]
    )
    assert pay["tax"] == pay["product_tax"] + pay["shipping_fee_tax"]
    extra = pay.get("retail_delivery_fee", Decimal(0))
    assert pay["total_amount"] == pay["sub_total"] + pay["shipping_fee"] + pay["tax"] + extra


@pytest.mark.parametrize("region", ["US", "VN"])
def test_sums_hold_for_every_surprise(box: World, region: str) -> None:
    caller: TikTok = box.us if region == "US" else box.vn
    ids = box.control.post("orders", shop=region, count=40, hold=False)["ids"]
    for order in caller.data("GET", "/order/202507/orders", ids=",".join(ids))["orders"]:
        check_sums(order)
        figures = [v for k, v in order["payment"].items() if k != "currency"]
        if region == "VN":
            assert all("." not in figure for figure in figures)


def test_there_is_one_line_item_for_each_unit(box: World) -> None:
    lines = [{"sku": "MUG-12", "quantity": 3}, {"sku": "TEE-BLK-S"}]
    order = box.us.order(box.control.place(lines=lines))
    assert [one["seller_sku"] for one in order["line_items"]] == ["MUG-12"] * 3 + ["TEE-BLK-S"]
    assert len({one["id"] for one in order["line_items"]}) == 4
    assert len({one["sku_id"] for one in order["line_items"]}) == 2
    assert not any("quantity" in one for one in order["line_items"])


def test_discounts_shipping_and_tax_come_out_as_asked(box: World) -> None:
    order = box.us.order(
        box.control.place(
            lines=[
                {"sku": "TEE-BLK-M", "quantity": 2, "tax_rate": "0.0725"},
                {"sku": "MUG-12", "tax_rate": "0.0725"},
            ],
            payment={
                "seller_discount": "5.00",
                "platform_discount": "3.50",
                "shipping_fee": "1.99",
                "shipping_fee_platform_discount": "3.00",
            },
        )
    )
    check_sums(order)
    assert order["payment"] == {
        "currency": "USD",
        "original_total_product_price": "50.25",
        "seller_discount": "5.00",
        "platform_discount": "3.50",
        "sub_total": "41.75",
        "original_shipping_fee": "4.99",
        "shipping_fee_seller_discount": "0",
        "shipping_fee_platform_discount": "3.00",
        "shipping_fee_cofunded_discount": "0",
        "shipping_fee": "1.99",
        "shipping_fee_tax": "0",
        "product_tax": "3.02",
        "tax": "3.02",
        "total_amount": "46.76",
    }
    assert [one["sale_price"] for one in order["line_items"]] == ["14.96", "14.95", "11.84"]


def test_line_prices_can_be_given_from_either_end(box: World) -> None:
    lines = [
        {"sku": "MUG-12", "price": "10.00"},
        {"sku": "MUG-12", "original_price": "12.00", "price": "9.50"},
        {"sku": "MUG-12", "price": "9.00", "platform_discount": "1.00"},
    ]
    order = box.us.order(box.control.place(lines=lines, payment={"tax_rate": 0}))
    names = ("original_price", "seller_discount", "platform_discount", "sale_price")
    rows = [tuple(one[name] for name in names) for one in order["line_items"]]
    assert rows == [
        ("10.00", "0", "0", "10.00"),
        ("12.00", "2.50", "0", "9.50"),
        ("10.00", "0", "1.00", "9.00"),
    ]


def test_gifts_and_samples_cost_nothing(box: World) -> None:
    lines = [{"sku": "MUG-12"}, {"sku": "BREW-1L", "gift": True}]
    gift = box.us.order(box.control.place(lines=lines))["line_items"][1]
    assert (gift["is_gift"], gift["sale_price"], gift["gift_retail_price"]) == (True, "0", "27.00")
    sample = box.us.order(box.control.place(lines=[{"sku": "MUG-12"}], sample=True))
    assert sample["is_sample_order"] is True
    assert sample["payment"]["total_amount"] == "0"


def test_cash_on_delivery_has_no_paid_time(box: World) -> None:
    cash = box.us.order(box.control.place(cod=True))
    card = box.us.order(box.control.place())
    assert (cash["is_cod"], "paid_time" in cash) == (True, False)
    assert cash["payment_method_name"] == "Cash on delivery"
    assert card["paid_time"] == card["create_time"]


def test_the_recipient_is_empty_while_the_order_is_held(box: World) -> None:
    order_id = box.control.place(hold=True)
    held = box.us.order(order_id)["recipient_address"]
    assert held["district_info"] == []
    assert {value for value in held.values() if isinstance(value, str)} == {""}
    box.control.post(f"orders/{order_id}/release")
    shown = box.us.order(order_id)["recipient_address"]
    levels = [one["address_level"] for one in shown["district_info"]]
    assert levels == ["L0", "L1", "L2", "L3"]
    assert shown["district_info"][0]["address_name"] == "United States"
    assert shown["region_code"] == "US"
    assert shown["name"] == f"{shown['first_name']} {shown['last_name']}"


def test_the_platforms_own_shipping_masks_the_buyer(box: World) -> None:
    shown = box.us.order(box.control.place(shipping_type="TIKTOK"))["recipient_address"]
    assert shown["name"].endswith("***")
    assert "******" in shown["phone_number"]
    assert shown["address_line1"].endswith("****")
    assert [one["address_name"].endswith("*") for one in shown["district_info"]] == [
        False, False, False, True,
    ]  # fmt: skip


def test_a_vietnamese_order_has_its_package_from_the_start(box: World) -> None:
    order = box.vn.order(box.control.place(shop="VN"))
    package = order["packages"][0]["id"]
    assert {one["package_id"] for one in order["line_items"]} == {package}
    assert {one["package_status"] for one in order["line_items"]} == {"TO_FULFILL"}
    assert order["recipient_address"]["district_info"][3]["address_level_name"] == "Ward"
    assert box.us.order(box.control.place(shop="US"))["packages"] == []


def test_raw_fields_are_laid_over_and_can_be_taken_away(box: World) -> None:
    order_id = box.control.place(
        lines=[{"sku": "MUG-12"}],
        raw={"payment": {"total_amount": None}, "line_items": {"0": {"sale_price": "NaN"}}},
        remove=["payment.currency"],
    )
    order = box.us.order(order_id)
    assert order["payment"]["total_amount"] is None
    assert "currency" not in order["payment"]
    assert order["line_items"][0]["sale_price"] == "NaN"
    box.control.post(f"orders/{order_id}/raw", brand_new={"deep": 1}, **{"$remove": ["user_id"]})
    changed = box.us.order(order_id)
    assert changed["brand_new"] == {"deep": 1}
    assert "user_id" not in changed
    assert changed["update_time"] >= order["update_time"]


def test_any_status_can_be_asked_for_even_one_nobody_knows(box: World) -> None:
    for status in ("COMPLETED", "SOMETHING_NEW"):
        order = box.us.order(box.control.place(status=status))
        assert order["status"] == status
        assert {one["display_status"] for one in order["line_items"]} == {status}


def test_a_wish_that_cannot_be_fulfilled_places_nothing(box: World) -> None:
    taken = box.control.place(id="576999999999999999")
    for wish in ({"id": taken}, {"lines": [{"sku": "MUG-12", "quantity": 0}]}, {"shop": "XX"}):
        assert box.control.ask("POST", "orders", wish).status in (404, 409)
    assert [one["id"] for one in box.control.get("orders")["orders"]] == [taken]


def test_the_price_detail_says_what_was_deducted(box: World) -> None:
    order_id = box.control.place(
        lines=[{"sku": "MUG-12", "quantity": 2}],
        payment={"seller_discount": "3.00", "platform_discount": "1.00", "shipping_fee": "4.99"},
    )
    detail = box.us.data("GET", f"/order/202407/orders/{order_id}/price_detail")
    assert (detail["sku_list_price"], detail["shipping_list_price"]) == ("28.50", "4.99")
    assert detail["total"] == "33.49"
    assert (detail["subtotal_deduction_seller"], detail["subtotal_deduction_platform"]) == (
        "3.00", "1.00",
    )  # fmt: skip
    assert detail["sku_sale_price"] == "24.50"
    assert sum(Decimal(one["sku_sale_price"]) for one in detail["line_items"]) == Decimal("24.50")
