"""Shipping: which call belongs to which region, what it refuses, what it changes."""

from typing import Any

import pytest

from tests.sandbox.clients import World

USPS, GHN = "7117858858072016686", "7098915213018982145"
NUMBER = "9400111899223197428490"


def mark(box: World, order_id: str, lines: list[str], **change: Any) -> Any:
    body = {
        "order_line_item_ids": lines,
        "shipping_provider_id": USPS,
        "tracking_number": NUMBER,
        **change,
    }
    return box.us.call("POST", f"/fulfillment/202309/orders/{order_id}/packages", body).json


def ship(box: World, package_id: str, **change: Any) -> Any:
    body = {"tracking_number": NUMBER, "shipping_provider_id": GHN, **change}
    path = f"/fulfillment/202309/packages/{package_id}/ship"
    return box.vn.call("POST", path, {"self_shipment": body}).json


def lines_of(box: World, order_id: str) -> list[str]:
    return [one["id"] for one in box.us.order(order_id)["line_items"]]


def test_marking_all_lines_makes_the_order_wait_for_collection(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12", "quantity": 2}])
    lines = lines_of(box, order_id)
    answer = mark(box, order_id, lines)
    assert answer["code"] == 0
    assert answer["data"]["order_id"] == order_id
    assert answer["data"]["order_line_item_ids"] == lines
    order = box.us.order(order_id)
    assert order["status"] == "AWAITING_COLLECTION"
    assert order["packages"] == [{"id": answer["data"]["package_id"]}]
    for line in order["line_items"]:
        assert line["tracking_number"] == NUMBER
        assert line["shipping_provider_name"] == "USPS"
        assert line["package_status"] == "PROCESSING"
    written = box.log()["writes"]
    assert [(one["kind"], one["order_id"], one["tracking_number"]) for one in written] == [
        ("shipped", order_id, NUMBER)
    ]


def test_marking_some_lines_ships_in_parts(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12", "quantity": 3}])
    lines = lines_of(box, order_id)
    assert mark(box, order_id, lines[:1])["code"] == 0
    order = box.us.order(order_id)
    assert order["status"] == "PARTIALLY_SHIPPING"
    assert [one.get("tracking_number", "") for one in order["line_items"]] == [NUMBER, "", ""]
    assert mark(box, order_id, lines[:1])["code"] == 21011002
    assert mark(box, order_id, [], tracking_number="OTHER-1")["code"] == 0
    order = box.us.order(order_id)
    assert order["status"] == "AWAITING_COLLECTION"
    assert len(order["packages"]) == 2


def test_the_newest_form_of_the_call_is_understood(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12"}])
    body = {
        "order_line_list": [{"order_line_id": lines_of(box, order_id)[0]}],
        "shipping_info_list": [{"tracking_number": NUMBER, "shipping_provider_id": USPS}],
    }
    path = f"/fulfillment/202610/orders/{order_id}/packages"
    assert box.us.call("POST", path, body).json["code"] == 0
    assert box.us.order(order_id)["tracking_number"] == NUMBER


@pytest.mark.parametrize("number", ["abc", "x" * 51, "with space", "ünïcode", "", None, 12345])
def test_a_malformed_number_is_refused_and_ships_nothing(box: World, number: Any) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12"}])
    before = box.us.order(order_id)
    assert mark(box, order_id, lines_of(box, order_id), tracking_number=number)["code"] == 98001004
    assert box.us.order(order_id) == before


def test_unknown_carriers_lines_and_orders_are_refused(box: World) -> None:
    order_id, foreign = box.control.place(), box.control.place(shop="VN")
    lines = lines_of(box, order_id)
    assert mark(box, order_id, lines, shipping_provider_id=GHN)["code"] == 98001004
    assert mark(box, order_id, ["577"])["code"] == 98001004
    assert mark(box, foreign, lines)["code"] == 21008111
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"


def test_a_held_order_cannot_be_shipped(box: World) -> None:
    us, vn = box.control.place(hold=True), box.control.place(shop="VN", hold=True)
    package = box.vn.order(vn)["packages"][0]["id"]
    assert mark(box, us, lines_of(box, us))["code"] == 21011044
    assert ship(box, package)["code"] == 21011044


def test_each_region_has_its_own_call(box: World) -> None:
    us, vn = box.control.place(), box.control.place(shop="VN")
    line = box.vn.order(vn)["line_items"][0]["id"]
    path = f"/fulfillment/202309/orders/{vn}/packages"
    body = {
        "order_line_item_ids": [line],
        "shipping_provider_id": GHN,
        "tracking_number": NUMBER,
    }
    assert box.vn.call("POST", path, body).json["code"] == 21008106
    assert mark(box, us, lines_of(box, us))["code"] == 0
    package = box.us.order(us)["packages"][-1]["id"]
    shipped = {"self_shipment": {"tracking_number": NUMBER, "shipping_provider_id": USPS}}
    refused = box.us.call("POST", f"/fulfillment/202309/packages/{package}/ship", shipped).json
    assert refused["code"] == 21008106


@pytest.mark.parametrize(
    "wish", [{"shipping_type": "TIKTOK"}, {"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}]
)
def test_what_the_platform_ships_the_seller_cannot(box: World, wish: dict[str, str]) -> None:
    order_id = box.control.place(**wish)
    assert mark(box, order_id, lines_of(box, order_id))["code"] == 21008106


def test_shipping_a_package_makes_its_order_wait_for_collection(box: World) -> None:
    order_id = box.control.place(shop="VN", lines=[{"sku": "MUG-12", "quantity": 2}])
    package = box.vn.order(order_id)["packages"][0]["id"]
    assert ship(box, package)["data"] == {}
    order = box.vn.order(order_id)
    assert (order["status"], order["shipping_provider"]) == ("AWAITING_COLLECTION", "GHN")
    assert {one["tracking_number"] for one in order["line_items"]} == {NUMBER}
    assert ship(box, package)["code"] == 21011002
    detail = box.vn.data("GET", f"/fulfillment/202309/packages/{package}")
    assert (detail["package_status"], detail["tracking_number"]) == ("PROCESSING", NUMBER)
    assert detail["order_line_item_ids"] == [one["id"] for one in order["line_items"]]


def test_a_parcel_carries_a_shorter_address_than_its_order(box: World) -> None:
    order = box.vn.order(box.control.place(shop="VN"))
    package = order["packages"][0]["id"]
    whole = order["recipient_address"]
    shown = box.vn.data("GET", f"/fulfillment/202309/packages/{package}")["recipient_address"]
    assert {name: whole[name] for name in shown} == shown
    assert shown["full_address"]
    assert set(whole) - set(shown) == {
        *("delivery_preferences", "district_info", "first_name", "first_name_local_script"),
        *("last_name", "last_name_local_script"),
    }


def test_a_batch_ships_what_it_can_and_names_the_rest(box: World) -> None:
    orders = [box.control.place(shop="VN") for _ in range(2)]
    held = box.control.place(shop="VN", hold=True)
    packages = [box.vn.order(one)["packages"][0]["id"] for one in (*orders, held)]
    shipment = {"tracking_number": NUMBER, "shipping_provider_id": GHN}
    body = {"packages": [{"id": one, "self_shipment": shipment} for one in packages]}
    errors = box.vn.data("POST", "/fulfillment/202309/packages/ship", body)["errors"]
    assert [(one["code"], one["detail"]["package_id"]) for one in errors] == [
        (21011044, packages[2])
    ]
    assert [box.vn.order(one)["status"] for one in orders] == ["AWAITING_COLLECTION"] * 2


def correct(box: World, order_id: str, number: str = "NEW-1234") -> int:
    path = f"/fulfillment/202309/orders/{order_id}/shipping_info/update"
    body = {"tracking_number": number, "shipping_provider_id": USPS}
    return int(box.us.call("POST", path, body).json["code"])


def test_tracking_is_corrected_once(box: World) -> None:
    order_id = box.control.place()
    assert correct(box, order_id) == 21011001
    mark(box, order_id, lines_of(box, order_id))
    assert correct(box, order_id, "bad number") == 98001004
    assert correct(box, order_id) == 0
    order = box.us.order(order_id)
    assert {one["tracking_number"] for one in order["line_items"]} == {"NEW-1234"}
    assert correct(box, order_id, "NEW-5678") == 21011001
    assert box.us.order(order_id)["tracking_number"] == "NEW-1234"


def test_tracking_is_corrected_within_72_hours_and_not_of_split_orders(box: World) -> None:
    late, split = box.control.place(), box.control.place(lines=[{"sku": "MUG-12", "quantity": 2}])
    mark(box, late, lines_of(box, late))
    for line in lines_of(box, split):
        mark(box, split, [line])
    assert correct(box, split) == 21011001
    package = box.us.order(split)["packages"][0]["id"]
    body = {"tracking_number": "NEW-1234", "shipping_provider_id": USPS}
    path = f"/fulfillment/202309/packages/{package}/shipping_info/update"
    assert box.us.call("POST", path, body).json["code"] == 0
    box.control.post("clock/advance", seconds=72 * 3600 + 1)
    assert correct(box, late) == 21011001


def test_packages_are_searched_by_status(box: World) -> None:
    orders = [box.control.place(shop="VN") for _ in range(3)]
    ship(box, box.vn.order(orders[1])["packages"][0]["id"])
    path = "/fulfillment/202309/packages/search"
    found = box.vn.data("POST", path, {"package_status": "PROCESSING"}, page_size=10)
    assert [one["orders"][0]["id"] for one in found["packages"]] == [orders[1]]
    first = box.vn.data("POST", path, page_size=2)
    rest = box.vn.data("POST", path, page_size=2, page_token=first["next_page_token"])
    assert (len(first["packages"]), len(rest["packages"]), rest["next_page_token"]) == (2, 1, "")


def test_tracking_is_read_newest_first(box: World) -> None:
    order_id = box.control.place()
    for step in ("ship", "scan", "deliver"):
        box.control.post(f"orders/{order_id}/{step}")
    rows = box.us.data("GET", f"/fulfillment/202309/orders/{order_id}/tracking")["tracking"]
    assert [one["action_code"] for one in rows] == [501, 301]
    assert rows[0]["update_time_millis"] >= rows[1]["update_time_millis"]


def test_carriers_belong_to_the_orders_delivery_option(box: World) -> None:
    for caller, region, wanted in (
        (box.us, "US", {"USPS", "UPS", "FedEx", "DHL Express"}),
        (box.vn, "VN", {"GHN", "GHTK", "J&T Express", "Viettel Post"}),
    ):
        option = caller.order(box.control.place(shop=region))["delivery_option_id"]
        path = f"/logistics/202309/delivery_options/{option}/shipping_providers"
        names = {one["name"] for one in caller.data("GET", path)["shipping_providers"]}
        assert wanted <= names
        other = path.replace(option, "1")
        assert caller.call("GET", other).json["code"] == 98001004
        warehouses = caller.data("GET", "/logistics/202309/warehouses")["warehouses"]
        assert warehouses[0]["is_default"] is True
        options = caller.data(
            "GET", f"/logistics/202309/warehouses/{warehouses[0]['id']}/delivery_options"
        )
        assert [one["id"] for one in options["delivery_options"]] == [option]
