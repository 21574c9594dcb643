"""Orders that become several parcels, and parcels that carry several orders."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import TikTok, World
from tests.sandbox.receiver import Receiver

LINES = [{"sku": "MUG-12", "quantity": 2}, {"sku": "TEE-BLK-S"}]
COMBINE = "/fulfillment/202309/packages/combine"
SEARCH = "/fulfillment/202309/combinable_packages/search"
GHN = "7098915213018982145"


def attributes(caller: TikTok, *ids: str) -> Any:
    path = "/fulfillment/202309/orders/split_attributes"
    return caller.data("GET", path, order_ids=",".join(ids))["split_attributes"]


def split(caller: TikTok, order_id: str, *groups: list[str]) -> Any:
    rows = [{"id": str(n), "order_line_item_ids": one} for n, one in enumerate(groups, start=1)]
    path = f"/fulfillment/202309/orders/{order_id}/split"
    return caller.call("POST", path, {"splittable_groups": rows}).json


def ids_of(caller: TikTok, order_id: str) -> list[str]:
    return [one["id"] for one in caller.order(order_id)["line_items"]]


def listen(caller: TikTok, receiver: Receiver) -> None:
    event = {"event_type": "PACKAGE_UPDATE", "address": receiver.url}
    caller.data("PUT", "/event/202309/webhooks", event)


def heard(box: World, receiver: Receiver) -> list[Any]:
    box.control.post("webhooks/flush")
    return [json.loads(one.body)["data"] for one in receiver.hooks]


def test_attributes_say_why_an_order_stays_whole(box: World) -> None:
    good, single = box.control.place(lines=LINES), box.control.place(lines=[{"sku": "MUG-12"}])
    gone = box.control.place(lines=LINES, status="CANCELLED")
    rows = attributes(box.us, good, single, gone)
    assert [(one["order_id"], one["can_split"], one.get("reason")) for one in rows] == [
        (good, True, None),
        (single, False, "Order has a single item"),
        (gone, False, "Order has been canceled"),
    ]
    same = box.control.place(shop="VN", lines=LINES[:1])
    assert attributes(box.vn, same)[0]["can_split"] is False
    many = ",".join(str(n) for n in range(51))
    path = "/fulfillment/202309/orders/split_attributes"
    assert box.us.call("GET", path, order_ids=many).json["code"] == 36009004


def test_a_split_gives_new_parcels_and_webhook_4(box: World, receiver: Receiver) -> None:
    listen(box.us, receiver)
    order_id = box.control.place(lines=LINES)
    lines = ids_of(box.us, order_id)
    answer = split(box.us, order_id, lines[:1], lines[1:])["data"]["packages"]
    assert [one["splittable_group_id"] for one in answer] == ["1", "2"]
    order = box.us.order(order_id)
    made = [one["id"] for one in answer]
    assert order["packages"] == [{"id": one} for one in made]
    assert [one["package_id"] for one in order["line_items"]] == [made[0], made[1], made[1]]
    assert (order["split_or_combine_tag"], order["status"]) == ("SPLIT", "AWAITING_SHIPMENT")
    (data,) = heard(box, receiver)
    assert (data["sc_type"], data["role_type"]) == ("SPLIT", "ROLE_SELLER")
    assert data["package_list"] == [
        {"package_id": one, "order_id_list": [order_id]} for one in made
    ]


def test_lines_of_a_split_order_ship_in_the_parcel_they_are_in(box: World) -> None:
    order_id = box.control.place(lines=LINES)
    lines = ids_of(box.us, order_id)
    made = [one["id"] for one in split(box.us, order_id, lines[:1])["data"]["packages"]]
    body = {
        "order_line_item_ids": lines[:1],
        "shipping_provider_id": "7117858858072016686",
        "tracking_number": "9400111899223197428490",
    }
    path = f"/fulfillment/202309/orders/{order_id}/packages"
    assert box.us.data("POST", path, body)["package_id"] == made[0]
    assert box.us.order(order_id)["status"] == "PARTIALLY_SHIPPING"
    assert len(box.us.order(order_id)["packages"]) == 2


def test_units_of_a_sku_stay_together_in_vietnam(box: World) -> None:
    order_id = box.control.place(shop="VN", lines=LINES)
    old = box.vn.order(order_id)["packages"][0]["id"]
    lines = ids_of(box.vn, order_id)
    assert split(box.vn, order_id, lines[:1], lines[1:])["code"] == 98001004
    assert box.vn.order(order_id)["packages"] == [{"id": old}]
    made = [one["id"] for one in split(box.vn, order_id, lines[:2], lines[2:])["data"]["packages"]]
    assert len(made) == 2
    assert old not in made
    detail = box.vn.data("GET", f"/fulfillment/202309/packages/{old}")
    assert detail["package_status"] == "CANCELLED"
    shipment = {"tracking_number": "GHN0001", "shipping_provider_id": GHN}
    path = f"/fulfillment/202309/packages/{made[0]}/ship"
    box.vn.data("POST", path, {"self_shipment": shipment})
    order = box.vn.order(order_id)
    assert order["status"] == "PARTIALLY_SHIPPING"
    assert [one.get("tracking_number", "") for one in order["line_items"]] == [
        "GHN0001",
        "GHN0001",
        "",
    ]


@pytest.mark.parametrize("wish", [{"hold": True}, {"status": "IN_TRANSIT"}])
def test_only_waiting_orders_are_split(box: World, wish: dict[str, Any]) -> None:
    order_id = box.control.place(lines=LINES, **wish)
    lines = ids_of(box.us, order_id)
    code = split(box.us, order_id, lines[:1])["code"]
    assert code == (21011044 if "hold" in wish else 98001004)
    assert box.us.order(order_id)["packages"] == []


def test_groups_need_lines_of_their_own(box: World) -> None:
    order_id = box.control.place(lines=LINES)
    lines = ids_of(box.us, order_id)
    for groups in ([lines[:1], lines[:2]], [[]], [["577"]], [lines]):
        assert split(box.us, order_id, *groups)["code"] == 98001004, groups
    assert split(box.us, order_id)["code"] == 36009004
    assert split(box.vn, order_id, lines[:1])["code"] == 21008111
    assert box.us.order(order_id)["packages"] == []


def pair(box: World) -> list[str]:
    orders: list[str] = box.control.post(
        "orders", shop="VN", count=2, hold=False, buyer="7490000000000000042", lines=LINES
    )["ids"]
    return orders


def test_orders_of_one_buyer_travel_in_one_parcel(box: World, receiver: Receiver) -> None:
    listen(box.vn, receiver)
    orders = pair(box)
    box.control.place(shop="VN")
    (group,) = box.vn.data("GET", SEARCH, page_size=50)["combinable_packages"]
    assert group["order_ids"] == orders
    answer = box.vn.data("POST", COMBINE, {"combinable_packages": [group]})
    assert answer["errors"] == []
    (package,) = answer["packages"]
    assert package["order_ids"] == orders
    shown = [box.vn.order(one) for one in orders]
    assert [one["packages"] for one in shown] == [[{"id": package["id"]}]] * 2
    assert [one["split_or_combine_tag"] for one in shown] == ["COMBINED"] * 2
    (data,) = heard(box, receiver)
    assert data["sc_type"] == "COMBINE"
    assert data["package_list"] == [{"package_id": package["id"], "order_id_list": orders}]
    shipment = {"tracking_number": "GHN0002", "shipping_provider_id": GHN}
    path = f"/fulfillment/202309/packages/{package['id']}/ship"
    box.vn.data("POST", path, {"self_shipment": shipment})
    assert [box.vn.order(one)["status"] for one in orders] == ["AWAITING_COLLECTION"] * 2
    box.control.post(f"orders/{orders[1]}/scan")
    assert [box.vn.order(one)["status"] for one in orders] == ["IN_TRANSIT"] * 2
    assert box.vn.data("GET", SEARCH)["combinable_packages"] == []


def test_strangers_are_not_combined(box: World) -> None:
    orders = [pair(box)[0], box.control.place(shop="VN")]
    before = [box.vn.order(one)["packages"] for one in orders]
    row = {"id": "1", "order_ids": orders}
    answer = box.vn.data("POST", COMBINE, {"combinable_packages": [row]})
    assert [(one["code"], one["detail"]["order_ids"]) for one in answer["errors"]] == [
        (10007014, orders)
    ]
    assert [box.vn.order(one)["packages"] for one in orders] == before


def test_a_combined_parcel_is_taken_apart(box: World, receiver: Receiver) -> None:
    orders = pair(box)
    package = box.control.post("packages/combine", order_ids=orders)["package_id"]
    listen(box.vn, receiver)
    path = f"/fulfillment/202309/packages/{package}/uncombine"
    made = box.vn.data("POST", path, {"order_ids": orders[:1]})["packages"]
    assert sorted(one["order_ids"][0] for one in made) == sorted(orders)
    for one in made:
        order = box.vn.order(one["order_ids"][0])
        assert order["packages"] == [{"id": one["id"]}]
        assert "split_or_combine_tag" not in order
    (data,) = heard(box, receiver)
    assert data["sc_type"] == "CANCEL_COMBINE"
    assert box.vn.call("POST", path, {}).json["code"] == 10007014


def test_a_cancelled_order_leaves_the_common_parcel(box: World) -> None:
    orders = pair(box)
    package = box.control.post("packages/combine", order_ids=orders)["package_id"]
    box.control.post(f"orders/{orders[0]}/cancel")
    detail = box.vn.data("GET", f"/fulfillment/202309/packages/{package}")
    assert (detail["package_status"], detail["orders"]) == ("TO_FULFILL", [{"id": orders[1]}])
    assert detail["order_line_item_ids"] == ids_of(box.vn, orders[1])


def test_one_label_serves_several_orders(box: World) -> None:
    wish = {"hold": False, "buyer": "7490000000000000043", "shipping_type": "TIKTOK"}
    orders = box.control.post("orders", count=2, **wish)["ids"]
    body = {"ship_type": "3", "order_list_ids": orders}
    made = box.us.data("POST", "/fulfillment/202512/packages", body)
    shown = [box.us.order(one) for one in orders]
    assert [one["packages"] for one in shown] == [[{"id": made["package_id"]}]] * 2
    assert {one["status"] for one in shown} == {"AWAITING_COLLECTION"}
    assert len({one["tracking_number"] for one in shown}) == 1


def test_the_control_api_splits_by_groups(box: World) -> None:
    order_id = box.control.place(lines=LINES)
    lines = ids_of(box.us, order_id)
    made = box.control.post(f"orders/{order_id}/split", groups=[[one] for one in lines])
    assert len(made["package_ids"]) == 3
    assert box.us.order(order_id)["packages"] == [{"id": one} for one in made["package_ids"]]
