"""Kinds of orders: samples, pre-orders, bundles, and addresses as each of them shows them."""

import json
from decimal import Decimal
from typing import Any

import pytest

from tests.sandbox.clients import TikTok, World, callers
from tests.sandbox.receiver import Receiver
from tiktoksync.sandbox.server import start

DAY = 86_400
MUG = [{"sku": "MUG-12"}]
BUNDLE = {
    "sku": "BUNDLE-1",
    "bundle": [{"sku": "MUG-12", "count": 2}, {"sku": "TEE-BLK-S", "count": 1}],
}


def test_a_refundable_sample_is_paid_for(box: World) -> None:
    order = box.us.order(box.control.place(lines=MUG, sample="refundable"))
    assert (order["is_sample_order"], order["is_refundable_sample"]) == (True, True)
    assert order["payment"]["sub_total"] == "14.25"
    free = box.us.order(box.control.place(lines=MUG, sample=True))
    assert "is_refundable_sample" not in free
    assert free["payment"]["total_amount"] == "0"


def test_a_pre_order_is_held_until_its_release(box: World) -> None:
    order_id = box.control.place(lines=MUG, order_type="PRE_ORDER")
    order = box.us.order(order_id)
    assert (order["status"], order["is_on_hold_order"]) == ("ON_HOLD", True)
    assert order["release_date"] == order["create_time"] + 7 * DAY
    assert order["rts_sla_time"] == order["release_date"] + 2 * DAY
    assert order["line_items"][0]["sku_type"] == "PRE_ORDER"
    assert order["recipient_address"]["name"] == ""
    box.control.post("clock/advance", seconds=7 * DAY - 60)
    assert box.us.order(order_id)["status"] == "ON_HOLD"
    box.control.post("clock/advance", seconds=120)
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"


def test_a_pre_order_paid_later_waits_for_the_same_release(box: World) -> None:
    order_id = box.control.place(lines=MUG, order_type="PRE_ORDER", paid=False)
    box.control.post(f"orders/{order_id}/pay")
    box.control.post("clock/advance", seconds=3700)
    assert box.us.order(order_id)["status"] == "ON_HOLD"


@pytest.mark.parametrize("kind", ["MADE_TO_ORDER", "BACK_ORDER"])
def test_goods_that_are_made_first_have_more_time(box: World, kind: str) -> None:
    wish = {"lines": MUG, "order_type": kind, "handling_duration": {"days": "10"}}
    order = box.us.order(box.control.place(**wish))
    assert order["handling_duration"] == {"days": "10", "type": "BUSINESS_DAY"}
    assert order["rts_sla_time"] == order["create_time"] + 12 * DAY
    assert (order["order_type"], order["status"]) == (kind, "AWAITING_SHIPMENT")


def test_a_virtual_order_has_nothing_to_ship(box: World) -> None:
    order_id = box.control.place(lines=MUG, order_type="VIRTUAL_ORDER")
    order = box.us.order(order_id)
    assert order["shipping_type"] == "TIKTOK_DIGITAL"
    assert order["payment"]["shipping_fee"] == "0"
    assert {v for v in order["recipient_address"].values() if isinstance(v, str)} == {""}
    body = {
        "order_line_item_ids": [order["line_items"][0]["id"]],
        "shipping_provider_id": "7117858858072016686",
        "tracking_number": "9400111899223197428490",
    }
    path = f"/fulfillment/202309/orders/{order_id}/packages"
    assert box.us.call("POST", path, body).json["code"] == 21008106
    box.control.post(f"orders/{order_id}/deliver")
    assert box.us.order(order_id)["status"] == "DELIVERED"


def test_unknown_kinds_are_not_placed(box: World) -> None:
    wish = {"lines": MUG, "order_type": "SOMETHING"}
    assert box.control.ask("POST", "orders", wish).status == 409
    assert box.control.get("orders")["orders"] == []


def test_a_replacement_goes_to_the_same_buyer(box: World) -> None:
    source = box.control.place(lines=MUG)
    order = box.us.order(box.control.place(lines=MUG, replacement_of=source))
    assert (order["is_replacement_order"], order["replaced_order_id"]) == (True, source)
    assert order["payment"]["total_amount"] == "0"
    assert order["recipient_address"] == box.us.order(source)["recipient_address"]
    other = box.us.order(box.control.place(lines=MUG, exchange_of=source))
    assert (other["is_exchange_order"], other["exchange_source_order_id"]) == (True, source)
    assert other["is_replacement_order"] is False


def test_a_bundle_says_what_is_in_it(box: World) -> None:
    order_id = box.control.place(lines=[{**BUNDLE, "quantity": 2, "price": "40.00"}])
    first, second = box.us.order(order_id)["line_items"]
    listings = box.sandbox.world.tiktok.shops["7495000000000000001"].listings
    assert first["seller_sku"] == "BUNDLE-1"
    assert first["combined_listing_skus"] == [
        {
            "sku_id": listings[sku].sku_id,
            "sku_count": count,
            "product_id": listings[sku].product_id,
            "seller_sku": sku,
        }
        for sku, count in (("MUG-12", 2), ("TEE-BLK-S", 1))
    ]
    items = first["sub_item_info"]
    assert [one["seller_sku"] for one in items] == ["MUG-12", "MUG-12", "TEE-BLK-S"]
    ids = {one["id"] for line in (first, second) for one in [line, *line["sub_item_info"]]}
    assert len(ids) == 8
    assert sum(Decimal(one["sale_price"]) for one in items) == Decimal("40.00")
    assert [one["sale_price"] for one in items] == ["12.26", "12.26", "15.48"]


def test_a_bundle_without_a_price_costs_its_parts(box: World) -> None:
    line = box.us.order(box.control.place(lines=[BUNDLE]))["line_items"][0]
    assert line["sale_price"] == "46.50"


def test_the_parts_of_a_bundle_follow_their_line(box: World) -> None:
    order_id = box.control.place(lines=[BUNDLE])
    line = box.us.order(order_id)["line_items"][0]
    rows = [
        {"order_line_id": line["id"], "sub_item_id": one["id"]} for one in line["sub_item_info"]
    ]
    body: dict[str, Any] = {
        "order_line_list": rows[:1],
        "shipping_info_list": [
            {"tracking_number": "9400111", "shipping_provider_id": "7117858858072016686"}
        ],
    }
    path = f"/fulfillment/202610/orders/{order_id}/packages"
    assert box.us.call("POST", path, body).json["code"] == 98001004
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"
    body["order_line_list"] = rows
    package = box.us.data("POST", path, body)["package_id"]
    line = box.us.order(order_id)["line_items"][0]
    for one in line["sub_item_info"]:
        assert (one["tracking_number"], one["package_id"]) == ("9400111", package)
        assert one["display_status"] == "AWAITING_COLLECTION"


@pytest.mark.parametrize(
    "wish",
    [{"shipping_type": "TIKTOK"}, {"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, {"masked": True}],
)
def test_masked_addresses_are_masked_in_every_name(box: World, wish: dict[str, Any]) -> None:
    order_id = box.control.place(lines=MUG, **wish)
    shown = box.us.order(order_id)["recipient_address"]
    whole = box.sandbox.world.tiktok.orders[order_id].recipient
    for name in ("name", "first_name", "last_name"):
        assert shown[name] == whole[name][:1] + "***"
    assert shown["address_line1"] == whole["address_line1"][:2] + "*" * 16
    assert shown["postal_code"] == ""
    assert shown["district_info"][:3] == whole["district_info"][:3]
    assert whole["name"] not in json.dumps(shown)
    assert whole["address_line1"] not in json.dumps(shown)
    held = box.us.order(box.control.place(lines=MUG, hold=True, **wish))["recipient_address"]
    assert (held["name"], held["district_info"]) == ("", [])


def test_addresses_are_forgotten_a_month_after_the_end(box: World) -> None:
    done, gone = box.control.place(lines=MUG, status="DELIVERED"), box.control.place(lines=MUG)
    box.control.post(f"orders/{done}/complete")
    box.control.post(f"orders/{gone}/cancel")
    assert "*" not in box.us.order(done)["recipient_address"]["name"]
    assert box.us.order(gone)["recipient_address"]["name"].endswith("***")
    box.control.post("clock/advance", seconds=30 * DAY + 1)
    assert box.us.order(done)["recipient_address"]["name"].endswith("***")
    shown = box.us.order(gone)["recipient_address"]
    assert (shown["name"], shown["postal_code"], "district_info" in shown) == ("", "", False)


def levels(address: Any) -> dict[str, str]:
    return {one["address_level_name"]: one["address_name"] for one in address["district_info"]}


def test_an_address_may_lack_state_postcode_or_last_name(box: World) -> None:
    wish = {"state": None, "postcode": "", "last_name": "", "first_name": "Cher"}
    shown = box.us.order(box.control.place(lines=MUG, address=wish))["recipient_address"]
    assert "State" not in levels(shown)
    assert shown["postal_code"] == ""
    assert (shown["name"], shown["first_name"], shown["last_name"]) == ("Cher", "Cher", "")
    other = {"name": "Ada Example", "state": "Ohio", "city": "Dayton", "address_line1": "1 Elm St"}
    shown = box.us.order(box.control.place(lines=MUG, address=other))["recipient_address"]
    assert (shown["first_name"], shown["last_name"]) == ("Ada", "Example")
    assert (levels(shown)["State"], levels(shown)["City"]) == ("Ohio", "Dayton")
    assert shown["address_detail"].startswith("1 Elm St")
    assert shown["full_address"].startswith("1 Elm St")


def test_a_corrected_address_is_announced(box: World, receiver: Receiver) -> None:
    event = {"event_type": "RECIPIENT_ADDRESS_UPDATE", "address": receiver.url}
    box.us.data("PUT", "/event/202309/webhooks", event)
    order_id = box.control.place(lines=MUG, update_time=1_700_000_000)
    box.control.post(f"orders/{order_id}/address", address_line1="2 New Road", postcode="10001")
    order = box.us.order(order_id)
    assert order["has_updated_recipient_address"] is True
    assert order["update_time"] > 1_700_000_000
    address = order["recipient_address"]
    assert (address["address_line1"], address["postal_code"]) == ("2 New Road", "10001")
    box.control.post("webhooks/flush")
    (body,) = (json.loads(one.body) for one in receiver.hooks)
    assert (body["type"], body["data"]) == (
        3,
        {"order_id": order_id, "update_time": order["update_time"]},
    )


def test_a_corrected_address_ends_a_common_parcel(box: World, receiver: Receiver) -> None:
    event = {"event_type": "PACKAGE_UPDATE", "address": receiver.url}
    box.vn.data("PUT", "/event/202309/webhooks", event)
    wish = {"shop": "VN", "hold": False, "buyer": "7490000000000000044", "lines": MUG}
    orders = box.control.post("orders", count=2, **wish)["ids"]
    box.control.post("packages/combine", order_ids=orders)
    box.control.post(f"orders/{orders[0]}/address", address_line1="2 New Road")
    packages = [box.vn.order(one)["packages"][0]["id"] for one in orders]
    assert len(set(packages)) == 2
    box.control.post("webhooks/flush")
    kinds = {json.loads(one.body)["data"]["sc_type"] for one in receiver.hooks}
    assert kinds == {"COMBINE", "ADDRESS_UPDATE_SPLIT"}


REGIONS = {
    "GB": ("(+44)", "SW1A 1AA"),
    "JP": ("(+81)", "100-0001"),
    "DE": ("(+49)", "10115"),
    "TH": ("(+66)", "10200"),
}


def test_each_region_has_its_own_form_of_address() -> None:
    rows = [{"region": region, "access_token": f"tok-{region}"} for region in REGIONS]
    sandbox = start(config={"tiktok": {"shops": rows}})
    try:
        box = callers(sandbox)
        shops = {one.region: one for one in sandbox.world.tiktok.shops.values()}
        for region, (prefix, postcode) in REGIONS.items():
            caller = TikTok(box.url, (shops[region].cipher, f"tok-{region}"))
            order = caller.order(box.control.place(shop=region, lines=MUG))
            shown = order["recipient_address"]
            assert shown["region_code"] == region
            assert shown["phone_number"].startswith(prefix)
            assert shown["postal_code"] == postcode
            assert ("post_town" in shown) is (region == "GB")
            script = shown["last_name_local_script"]
            assert (script in ("佐藤", "鈴木")) is (region == "JP")
            assert len(order["packages"]) == (1 if region == "TH" else 0)
            if region == "GB":
                assert shown["post_town"] == "London"
    finally:
        sandbox.stop()
