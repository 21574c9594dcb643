"""Reading a TikTok order: tolerant of absence, exact, and never guessing."""

import json
from dataclasses import FrozenInstanceError
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from orders.facts import Malformed, OrderFacts, TaxFact, order_facts
from tests.orders.data import build

D = Decimal
SAMPLES = Path(__file__).parent / "data" / "samples"
EMPTY = [None, "", '""', [], {}]


def without(name: str) -> dict[str, Any]:
    raw = build.order()
    del raw[name]
    return raw


def with_line(**fields: Any) -> dict[str, Any]:
    raw = build.order()
    raw["line_items"][0].update(fields)
    return raw


def with_payment(**fields: Any) -> dict[str, Any]:
    raw = build.order()
    raw["payment"].update(fields)
    return raw


def read_sample(name: str) -> OrderFacts:
    return order_facts(json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8")))


def test_an_order_is_read_with_its_times_and_texts() -> None:
    facts = build.facts(buyer_message="Please hurry", seller_note="VIP", rts_sla_time=1_780_100_000)

    assert facts.order_id == "576461413038785752"
    assert facts.status == "AWAITING_SHIPMENT"
    assert (facts.create_time, facts.paid_time) == (build.CREATED, build.PAID)
    assert facts.update_time == build.CREATED + 3700
    assert facts.cancel_time is None
    assert facts.currency == "USD"
    assert facts.total_amount == D("10.00")
    assert (facts.buyer_message, facts.seller_note) == ("Please hurry", "VIP")
    assert facts.rts_sla_time == 1_780_100_000
    assert not facts.is_cod


def test_facts_cannot_be_changed() -> None:
    facts = build.facts()

    with pytest.raises(FrozenInstanceError):
        facts.status = "CANCELLED"  # type: ignore[misc]


def test_a_unit_is_read_with_prices_taxes_and_parcel() -> None:
    line = order_facts(
        with_line(
            item_tax=[{"tax_type": "SALES_TAX", "tax_amount": "0.73", "tax_rate": "0.0725"}],
            platform_discount="1.00",
            package_id="1153",
            tracking_number="1Z9",
            shipping_provider_id="66",
            shipping_provider_name="UPS",
            sku_image="https://images.example/red.jpg",
            combined_listing_skus=[
                {"sku_id": "7", "product_id": "8", "seller_sku": "S", "sku_count": 2}
            ],
        )
    ).lines[0]

    assert (line.line_id, line.product_id, line.sku_id) == ("901", "17RED", "29RED")
    assert (line.original_price, line.platform_discount) == (D("10.00"), D("1.00"))
    assert line.tax == (TaxFact("SALES_TAX", D("0.0725"), D("0.73")),)
    assert (line.package_id, line.tracking_number) == ("1153", "1Z9")
    assert (line.shipping_provider_id, line.shipping_provider_name) == ("66", "UPS")
    assert line.image == "https://images.example/red.jpg"
    assert [(part.sku_id, part.count) for part in line.combined_skus] == [("7", 2)]


def test_a_tax_without_a_rate_has_none() -> None:
    line = order_facts(with_line(item_tax=[{"tax_amount": "0.73"}])).lines[0]

    assert line.tax == (TaxFact("", None, D("0.73")),)


def test_the_sample_of_the_documentation_goes_through() -> None:
    facts = read_sample("documentation")

    assert facts.order_id == "576461413038785752"
    assert facts.payment.product_tax == D("21.3")
    assert facts.payment.small_order_fee == D("3000")
    assert facts.recipient.address_line3 == ""
    assert facts.recipient.drop_off_location == "Front Door"
    assert facts.package_ids == ("1152321127278713123",)
    assert facts.release_date == 1619611762


def test_a_cancelled_cash_on_delivery_order_without_an_address_goes_through() -> None:
    facts = read_sample("vietnam_cancelled")

    assert (facts.status, facts.is_cod, facts.paid_time) == ("CANCELLED", True, None)
    assert facts.cancellation_initiator == "SELLER"
    assert facts.total_amount == D("657000")
    assert len(facts.lines) == 3
    assert all(line.is_cancelled for line in facts.lines)
    assert facts.recipient.districts == ()


def test_an_order_with_a_masked_recipient_goes_through() -> None:
    facts = read_sample("indonesia_masked")

    assert facts.recipient.name == "f***"
    assert [d.level for d in facts.recipient.districts] == ["L0", "L1", "L2", "L3", "L4"]


@pytest.mark.parametrize("empty", EMPTY)
def test_every_way_of_saying_nothing_reads_as_absent(empty: object) -> None:
    facts = build.facts(
        buyer_message=empty, warehouse_id=empty, packages=empty, recipient_address=empty
    )

    assert (facts.buyer_message, facts.warehouse_id) == ("", "")
    assert facts.package_ids == ()
    assert facts.recipient.name == ""


def test_a_reference_of_zero_is_absent() -> None:
    facts = build.facts(warehouse_id="0", delivery_option_id=0, packages=[{"id": "0"}])

    assert (facts.warehouse_id, facts.delivery_option_id) == ("", "")
    assert facts.package_ids == ()
    assert order_facts(with_line(package_id="0", tracking_number="0")).lines[0].package_id == ""


@pytest.mark.parametrize("empty", [None, "", "0", 0, [], '""'])
def test_a_time_of_nothing_is_absent(empty: object) -> None:
    assert build.facts(paid_time=empty, rts_sla_time=empty).paid_time is None


@pytest.mark.parametrize(
    ("times", "ship_by"),
    [
        ({"rts_sla_time": 5, "shipping_due_time": 4, "tts_sla_time": 3}, 5),
        ({"shipping_due_time": 4, "tts_sla_time": 3}, 4),
        ({"tts_sla_time": 3}, 3),
        ({}, None),
    ],
)
def test_ship_by_is_the_strictest_stamp_given(times: dict[str, int], ship_by: int | None) -> None:
    assert build.facts(**times).ship_by == ship_by


def test_an_absent_amount_is_zero_and_known_as_not_given() -> None:
    payment = order_facts(with_payment(tax="", product_tax=None, handling_fee="0")).payment

    assert (payment.tax, payment.product_tax, payment.handling_fee) == (D(0), D(0), D(0))
    assert "handling_fee" in payment.given
    assert "tax" not in payment.given
    assert "product_tax" not in payment.given


def test_ids_sent_as_numbers_are_kept_exactly() -> None:
    raw = with_line(id=9_007_199_254_740_993, sku_id=1_729_382_476_852_921_560)
    raw["id"] = 576_461_413_038_785_753

    facts = order_facts(raw)

    assert facts.order_id == "576461413038785753"
    assert facts.lines[0].line_id == "9007199254740993"
    assert facts.lines[0].sku_id == "1729382476852921560"


def test_unknown_statuses_and_fields_are_kept_or_passed_over() -> None:
    facts = build.facts(status="TELEPORTED", order_type="NEW_TYPE", brand_new_field={"a": [1]})

    assert (facts.status, facts.order_type) == ("TELEPORTED", "NEW_TYPE")


def test_an_order_without_a_creation_time_takes_the_next_best_stamp() -> None:
    assert order_facts(without("create_time")).create_time == build.PAID
    raw = without("create_time")
    del raw["paid_time"]
    assert order_facts(raw).create_time == build.CREATED + 3700


def test_a_sample_is_one_whichever_flag_says_so() -> None:
    assert build.facts(is_sample_order=True).is_sample
    assert build.facts(is_refundable_sample=True).is_sample
    assert not build.facts().is_sample


def test_characters_no_database_takes_are_dropped() -> None:
    facts = build.facts(buyer_message="a\x00b\ud800c")

    assert facts.buyer_message == "ab?c"


def nested(depth: int) -> object:
    value: object = []
    for _ in range(depth - 1):
        value = [value]
    return value


def test_nesting_is_accepted_down_to_twenty_levels() -> None:
    assert build.facts(extra=nested(19)).order_id == "576461413038785752"
    with pytest.raises(Malformed, match="nested deeper than 20"):
        build.facts(extra=nested(20))


def test_bottomless_nesting_is_refused_without_falling_over() -> None:
    with pytest.raises(Malformed, match="nested deeper"):
        build.facts(extra=nested(100_000))


MALFORMED: list[tuple[str, Any]] = [
    ("id is missing", without("id")),
    ("id is missing", build.order(id="  ")),
    ("id is missing", build.order(id=None)),
    ("id is not an identifier", build.order(id="57'; --")),
    ("id is a list where text is wanted", build.order(id=["1"])),
    ("id is a number where text is wanted", build.order(id=5.5e17)),
    ("id is a truth value where text is wanted", build.order(id=True)),
    ("status is missing", without("status")),
    ("status is missing", build.order(status="")),
    ("status is a list where text is wanted", build.order(status=["PAID"])),
    ("currency is missing", without("payment")),
    ("currency is missing", with_payment(currency="")),
    ("currency is not a currency code", with_payment(currency="dollars")),
    ("payment is a list where an object is wanted", build.order(payment=[1])),
    ("line_items is missing or empty", without("line_items")),
    ("line_items is missing or empty", build.order(line_items=[])),
    ("line_items is missing or empty", build.order(line_items=None)),
    ("line_items is text where a list is wanted", build.order(line_items="x")),
    ("line_items holds text where an object is wanted", build.order(line_items=["x"])),
    ("line item id is missing", with_line(id="")),
    ("two line items have the same id", build.order([build.unit("1"), build.unit("1")])),
    ("original_price: a negative amount", with_line(original_price="-1.00")),
    ("original_price: not a plain decimal amount", with_line(original_price="NaN")),
    ("original_price: not a plain decimal amount", with_line(original_price="1e5")),
    ("original_price: list where an amount", with_line(original_price=["1"])),
    ("original_price: a truth value", with_line(original_price=True)),
    ("total_amount: not a plain decimal amount", with_payment(total_amount="Infinity")),
    ("total_amount: a negative amount", with_payment(total_amount="-0.01")),
    ("product_name is an object where text", with_line(product_name={"en": "Shirt"})),
    ("is_gift is neither true nor false", with_line(is_gift="perhaps")),
    ("update_time is missing", without("update_time")),
    ("update_time is missing", build.order(update_time=0)),
    ("update_time is not a time in seconds", build.order(update_time="yesterday")),
    ("update_time is a number where a time", build.order(update_time=1.5)),
    ("update_time is a truth value where a time", build.order(update_time=True)),
    ("update_time is a list where a time", build.order(update_time=[1])),
    ("update_time is out of range", build.order(update_time=10**15)),
    ("update_time is out of range", build.order(update_time=-5)),
    ("paid_time is not a time in seconds", build.order(paid_time="soon")),
    ("district_info is text", build.order(recipient_address={"district_info": "x"})),
    ("recipient_address is text", build.order(recipient_address="1 Example Street")),
    ("the order is not an object", []),
    ("the order is not an object", None),
]


@pytest.mark.parametrize(("reason", "raw"), MALFORMED)
def test_what_cannot_be_read_is_malformed(reason: str, raw: Any) -> None:
    with pytest.raises(Malformed) as refused:
        order_facts(raw)

    assert refused.value.reason.startswith(reason)


def test_a_malformed_order_says_which_one_it_is() -> None:
    with pytest.raises(Malformed) as refused:
        build.facts(status="")
    assert refused.value.order_id == "576461413038785752"

    with pytest.raises(Malformed) as refused:
        build.facts(id="")
    assert refused.value.order_id == ""


def test_a_refusal_names_no_value_of_the_buyer() -> None:
    with pytest.raises(Malformed) as refused:
        build.facts(recipient_address={"name": ["Robin Example"]})

    assert str(refused.value) == "name is a list where text is wanted"
