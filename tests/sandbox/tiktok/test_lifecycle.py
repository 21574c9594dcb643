"""How an order moves on: the hold, the moves by hand, the story, the webhooks."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.receiver import Receiver

EVENTS = "/event/202309/webhooks"


def subscribe(box: World, receiver: Receiver, *events: str) -> None:
    for event in events:
        box.us.data("PUT", EVENTS, {"event_type": event, "address": receiver.url})


def bodies(box: World, receiver: Receiver) -> list[Any]:
    assert box.control.post("webhooks/flush") == {"done": True}
    found = [json.loads(hook.body) for hook in receiver.hooks]
    receiver.hooks.clear()
    return found


def test_the_hold_ends_after_an_hour_and_not_before(box: World) -> None:
    order_id = box.control.place(hold=True)
    box.control.post("clock/advance", seconds=3590)
    assert box.us.order(order_id)["status"] == "ON_HOLD"
    box.control.post("clock/advance", seconds=15)
    order = box.us.order(order_id)
    assert (order["status"], order["is_on_hold_order"]) == ("AWAITING_SHIPMENT", False)


def test_letting_time_pass_does_not_move_the_stamps_into_the_future(box: World) -> None:
    order_id = box.control.place(hold=True)
    placed = box.us.order(order_id)["update_time"]
    box.control.post("clock/advance", seconds=86400)
    assert 0 <= box.us.order(order_id)["update_time"] - placed < 60
    assert box.us.call("POST", "/order/202309/orders/search").json["code"] == 0


def test_the_whole_way_is_told_step_by_step(box: World) -> None:
    order_id = box.control.place(hold=True, paid=False)
    walk = [box.us.order(order_id)["status"]]
    for step in ("pay", "release", "ship", "scan", "deliver", "complete"):
        walk.append(box.control.post(f"orders/{order_id}/{step}")["status"])
    assert walk == [
        "UNPAID",
        "ON_HOLD",
        "AWAITING_SHIPMENT",
        "AWAITING_COLLECTION",
        "IN_TRANSIT",
        "DELIVERED",
        "COMPLETED",
    ]
    order = box.us.order(order_id)
    assert {one["display_status"] for one in order["line_items"]} == {"COMPLETED"}
    assert order["rts_time"] <= order["collection_time"] <= order["delivery_time"]
    story = box.control.get(f"orders/{order_id}")["story"]
    assert [one["status"] for one in story] == walk


@pytest.mark.parametrize(
    ("status", "steps"),
    [
        ("ON_HOLD", ("pay", "ship", "scan", "deliver", "complete", "request-cancel")),
        ("AWAITING_SHIPMENT", ("pay", "release", "scan", "deliver", "complete")),
        ("COMPLETED", ("pay", "release", "ship", "scan", "deliver", "cancel", "hold")),
    ],
)
def test_a_wrong_move_is_refused_and_changes_nothing(
    box: World, status: str, steps: tuple[str, ...]
) -> None:
    order_id = box.control.place(status=status)
    before = box.us.order(order_id)
    for step in steps:
        assert box.control.ask("POST", f"orders/{order_id}/{step}", {}).status == 409
    assert box.us.order(order_id) == before


def test_each_status_change_sends_one_webhook_with_its_own_spelling(
    box: World, receiver: Receiver
) -> None:
    subscribe(box, receiver, "ORDER_STATUS_CHANGE")
    order_id = box.control.place(hold=True)
    placed = bodies(box, receiver)
    assert [one["data"]["order_status"] for one in placed] == ["ON_HOLD"]
    assert placed[0]["type"] == 1
    assert placed[0]["shop_id"] == "7495000000000000001"
    assert placed[0]["data"] == {
        "is_on_hold_order": True,
        "order_id": order_id,
        "order_status": "ON_HOLD",
        "update_time": box.us.order(order_id)["update_time"],
    }
    box.control.post("clock/advance", seconds=3601)
    assert [one["data"]["order_status"] for one in bodies(box, receiver)] == ["AWAITING_SHIPMENT"]
    box.control.post(f"orders/{order_id}/cancel", by="BUYER")
    assert [one["data"]["order_status"] for one in bodies(box, receiver)] == ["CANCEL"]
    assert box.us.order(order_id)["status"] == "CANCELLED"


def test_address_and_parcel_changes_have_types_of_their_own(box: World, receiver: Receiver) -> None:
    subscribe(box, receiver, "RECIPIENT_ADDRESS_UPDATE", "PACKAGE_UPDATE")
    order_id = box.control.place(lines=[{"sku": "MUG-12", "quantity": 2}])
    box.control.post(f"orders/{order_id}/address", address_line1="9 New Street")
    order = box.us.order(order_id)
    assert order["has_updated_recipient_address"] is True
    assert order["recipient_address"]["address_line1"] == "9 New Street"
    moved = bodies(box, receiver)
    assert [(one["type"], one["data"]["order_id"]) for one in moved] == [(3, order_id)]
    packages = box.control.post(f"orders/{order_id}/split")["order"]["packages"]
    split = bodies(box, receiver)
    assert [(one["type"], one["data"]["sc_type"]) for one in split] == [(4, "SPLIT")]
    listed = [one["package_id"] for one in split[0]["data"]["package_list"]]
    assert listed == [one["id"] for one in packages]
    assert len(listed) == 2


def test_taking_the_consent_back_ends_the_tokens_and_sends_type_6(
    box: World, receiver: Receiver
) -> None:
    subscribe(box, receiver, "SELLER_DEAUTHORIZATION")
    box.control.post("deauthorize", platform="tiktok", shop="US")
    assert [one["type"] for one in bodies(box, receiver)] == [6]
    assert box.us.call("POST", "/order/202309/orders/search").json["code"] == 36009004
