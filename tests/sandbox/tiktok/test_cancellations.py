"""Cancellations by the seller, by the buyer, by request and by deadline."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import TikTok, World
from tests.sandbox.receiver import Receiver

CREATE = "/return_refund/202602/cancellations"
SEARCH = CREATE + "/search"
REASON = "seller_cancel_reason_out_of_stock"


def cancel(caller: TikTok, order_id: str, **more: Any) -> Any:
    body = {"order_id": order_id, "cancel_reason": REASON, **more}
    return caller.call("POST", CREATE, body).json


def found(caller: TikTok, **body: Any) -> Any:
    return caller.data("POST", SEARCH, body)["cancellations"]


@pytest.mark.parametrize("version", ["202309", "202602"])
def test_the_eligibility_answer_names_the_reasons(box: World, version: str) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12", "quantity": 2}])
    path = f"/return_refund/{version}/orders/{order_id}/aftersale_eligibility"
    query = {"initiate_aftersale_user": "SELLER", "request_types": "CANCEL"}
    row = box.us.data("GET", path, **query)["sku_eligibility"][0]["line_item_eligibility"][0]
    assert row["eligible"] is True
    assert REASON in row["available_reason_names"]
    assert len(row["order_line_items_ids"]) == 2
    box.control.post(f"orders/{order_id}/status", status="IN_TRANSIT")
    row = box.us.data("GET", path, **query)["sku_eligibility"][0]["line_item_eligibility"][0]
    assert (row["eligible"], row["ineligible_code"]) == (False, 25001001)


def test_the_seller_cancels_a_whole_order(box: World) -> None:
    order_id = box.control.place()
    answer = cancel(box.us, order_id)
    assert answer["data"]["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    order = box.us.order(order_id)
    assert (order["status"], order["cancellation_initiator"]) == ("CANCELLED", "SELLER")
    assert {one["cancel_user"] for one in order["line_items"]} == {"SELLER"}
    row = found(box.us, order_ids=[order_id])[0]
    assert row["cancel_id"] == answer["data"]["cancel_id"]
    assert (row["cancel_type"], row["role"], row["cancel_reason"]) == ("CANCEL", "SELLER", REASON)
    assert cancel(box.us, order_id)["code"] == 25001001


def test_a_reason_must_be_one_of_those_offered(box: World) -> None:
    order_id = box.control.place()
    assert cancel(box.us, order_id, cancel_reason="because")["code"] == 98001004
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"


def test_single_lines_are_cancelled_in_the_us_only(box: World) -> None:
    lines = [{"sku": "MUG-12", "quantity": 3}]
    us, vn = box.control.place(lines=lines), box.control.place(shop="VN", lines=lines)
    one = box.us.order(us)["line_items"][0]
    assert cancel(box.us, us, order_line_item_ids=[one["id"]])["code"] == 0
    order = box.us.order(us)
    statuses = [row["display_status"] for row in order["line_items"]]
    assert statuses == ["CANCELLED", "AWAITING_SHIPMENT", "AWAITING_SHIPMENT"]
    assert order["status"] == "AWAITING_SHIPMENT"
    skus = [{"sku_id": one["sku_id"], "quantity": 2}]
    assert cancel(box.us, us, skus=skus)["code"] == 0
    assert box.us.order(us)["status"] == "CANCELLED"
    refused = cancel(box.vn, vn, order_line_item_ids=[box.vn.order(vn)["line_items"][0]["id"]])
    assert refused["code"] == 25001001
    assert box.vn.order(vn)["status"] == "AWAITING_SHIPMENT"


def test_awaiting_collection_can_be_cancelled_in_the_us_only(box: World) -> None:
    us, vn = (box.control.place(shop=one) for one in ("US", "VN"))
    for order_id in (us, vn):
        box.control.post(f"orders/{order_id}/ship")
    assert cancel(box.us, us)["code"] == 0
    assert cancel(box.vn, vn)["code"] == 25001001


def ask(box: World) -> tuple[str, str]:
    order_id = box.control.place()
    box.control.post(f"orders/{order_id}/request-cancel", reason="Wrong address")
    row = found(box.us, order_ids=[order_id])[0]
    assert row["cancel_status"] == "CANCELLATION_REQUEST_PENDING"
    assert row["cancel_type"] == "BUYER_CANCEL"
    assert row["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_BUYER_CANCEL"
    assert box.us.order(order_id)["is_buyer_request_cancel"] is True
    return order_id, row["cancel_id"]


def test_a_request_is_approved(box: World) -> None:
    order_id, cancel_id = ask(box)
    path = f"/return_refund/202309/cancellations/{cancel_id}/approve"
    assert box.us.data("POST", path, idempotency_key="k1") == {}
    order = box.us.order(order_id)
    assert (order["status"], order["cancellation_initiator"]) == ("CANCELLED", "BUYER")
    assert order["is_buyer_request_cancel"] is False
    assert box.us.call("POST", path).json["code"] == 25001001
    assert box.vn.call("POST", path).json["code"] == 21008111


def test_a_request_is_rejected_with_a_listed_reason(box: World) -> None:
    order_id, cancel_id = ask(box)
    path = f"/return_refund/202309/cancellations/{cancel_id}/reject"
    reasons = box.us.data("GET", "/return_refund/202309/reject_reasons")["reasons"]
    assert box.us.call("POST", path, {"reject_reason": "no"}).json["code"] == 98001004
    assert box.us.data("POST", path, {"reject_reason": reasons[0]["name"]}) == {}
    order = box.us.order(order_id)
    assert (order["status"], order["is_buyer_request_cancel"]) == ("AWAITING_SHIPMENT", False)
    assert found(box.us)[0]["cancel_status"] == "CANCELLATION_REQUEST_CANCEL"


def test_an_unanswered_request_approves_itself(box: World) -> None:
    order_id, _ = ask(box)
    box.control.post("clock/advance", seconds=86_390)
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"
    box.control.post("clock/advance", seconds=20)
    assert box.us.order(order_id)["status"] == "CANCELLED"


def test_a_withdrawn_request_leaves_the_order_alone(box: World) -> None:
    order_id, _ = ask(box)
    box.control.post(f"orders/{order_id}/withdraw-cancel")
    box.control.post("clock/advance", seconds=100_000)
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"


def test_webhook_11_spells_the_withdrawal_differently(box: World, receiver: Receiver) -> None:
    event = {"event_type": "CANCELLATION_STATUS_CHANGE", "address": receiver.url}
    box.us.data("PUT", "/event/202309/webhooks", event)
    order_id, cancel_id = ask(box)
    box.control.post(f"orders/{order_id}/withdraw-cancel")
    box.control.post("webhooks/flush")
    bodies = [json.loads(one.body) for one in receiver.hooks]
    assert {one["type"] for one in bodies} == {11}
    assert {one["data"]["cancel_id"] for one in bodies} == {cancel_id}
    assert sorted(one["data"]["cancel_status"] for one in bodies) == [
        "CANCELLATION_REQUEST_CANCELLED",
        "CANCELLATION_REQUEST_PENDING",
    ]


def test_cash_on_delivery_has_nothing_to_give_back(box: World) -> None:
    cash, card = box.control.place(cod=True), box.control.place(lines=[{"sku": "MUG-12"}])
    for order_id in (cash, card):
        cancel(box.us, order_id)
    assert "refund_amount" not in found(box.us, order_ids=[cash])[0]
    assert found(box.us, order_ids=[card])[0]["refund_amount"]["refund_subtotal"] == "14.25"


def test_a_search_sorts_upwards_ten_a_page(box: World) -> None:
    for order_id in box.control.post("orders", count=12, hold=False)["ids"]:
        cancel(box.us, order_id)
    first = box.us.data("POST", SEARCH)
    rest = box.us.data("POST", SEARCH, page_token=first["next_page_token"])
    assert (len(first["cancellations"]), len(rest["cancellations"])) == (10, 2)
    assert (first["total_count"], rest["next_page_token"]) == (12, "")
    assert box.us.data("POST", "/return_refund/202602/returns/search", page_size=10) == {
        "return_orders": [],
        "next_page_token": "",
        "total_count": 0,
    }
