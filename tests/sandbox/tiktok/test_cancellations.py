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


@pytest.mark.parametrize(
    ("region", "status", "count"),
    [
        ("US", "UNPAID", 0),
        ("US", "ON_HOLD", 1),
        ("US", "AWAITING_SHIPMENT", 4),
        ("US", "PARTIALLY_SHIPPING", 0),
        ("US", "AWAITING_COLLECTION", 4),
        ("VN", "AWAITING_SHIPMENT", 3),
        ("VN", "AWAITING_COLLECTION", 0),
        ("VN", "DELIVERED", 0),
    ],
)
def test_the_reasons_depend_on_region_and_status(
    box: World, region: str, status: str, count: int
) -> None:
    caller = box.us if region == "US" else box.vn
    order_id = box.control.place(shop=region, lines=[{"sku": "MUG-12"}], status=status)
    path = f"/return_refund/202602/orders/{order_id}/aftersale_eligibility"
    answer = caller.data("GET", path, initiate_aftersale_user="SELLER", request_types="CANCEL")
    row = answer["sku_eligibility"][0]["line_item_eligibility"][0]
    assert len(row["available_reason_names"]) == count
    assert row["eligible"] is (count > 0)
    refused = cancel(caller, order_id, cancel_reason="seller_cancel_reason_unknown")
    assert refused["code"] == (98001004 if count else 25001001)
    assert caller.order(order_id)["status"] == status


def test_a_held_order_is_cancelled_for_want_of_stock_only(box: World) -> None:
    order_id = box.control.place(hold=True)
    wrong = "seller_cancel_reason_wrong_price"
    assert cancel(box.us, order_id, cancel_reason=wrong)["code"] == 98001004
    assert cancel(box.us, order_id)["code"] == 0


def test_buyers_ask_for_lines_in_the_us_only(box: World) -> None:
    lines = [{"sku": "MUG-12", "quantity": 2}]
    us, vn = box.control.place(lines=lines), box.control.place(shop="VN", lines=lines)
    first = box.us.order(us)["line_items"][0]["id"]
    asked = box.control.post(f"orders/{us}/request-cancel", line_item_ids=[first])
    box.us.data("POST", f"/return_refund/202309/cancellations/{asked['cancel_id']}/approve")
    order = box.us.order(us)
    assert [one["display_status"] for one in order["line_items"]] == [
        "CANCELLED",
        "AWAITING_SHIPMENT",
    ]
    line = box.vn.order(vn)["line_items"][0]["id"]
    wish = {"line_item_ids": [line]}
    assert box.control.ask("POST", f"orders/{vn}/request-cancel", wish).status == 409
    assert box.vn.order(vn)["is_buyer_request_cancel"] is False


def test_arranged_orders_take_requests_in_south_east_asia_until_the_scan(box: World) -> None:
    us, vn = (box.control.place(shop=one) for one in ("US", "VN"))
    for order_id in (us, vn):
        box.control.post(f"orders/{order_id}/ship")
    assert box.control.ask("POST", f"orders/{us}/request-cancel", {}).status == 409
    box.control.post(f"orders/{vn}/request-cancel")
    assert box.vn.order(vn)["is_buyer_request_cancel"] is True
    box.control.post(f"orders/{vn}/scan")
    order = box.vn.order(vn)
    assert (order["status"], order["is_buyer_request_cancel"]) == ("IN_TRANSIT", False)
    assert found(box.vn)[0]["cancel_status"] == "CANCELLATION_REQUEST_CANCEL"


def test_a_repeated_key_gives_the_first_answer(box: World) -> None:
    (order_id, cancel_id), (other_order, other) = ask(box), ask(box)
    path = f"/return_refund/202309/cancellations/{cancel_id}/approve"
    assert box.us.call("POST", path, idempotency_key="x" * 256).json["code"] == 36009004
    assert box.us.order(order_id)["status"] == "AWAITING_SHIPMENT"
    answers = [box.us.call("POST", path, idempotency_key="key-1").json for _ in range(3)]
    assert [one["code"] for one in answers] == [0, 0, 0]
    assert box.us.call("POST", path, idempotency_key="key-2").json["code"] == 25001001
    elsewhere = path.replace(cancel_id, other)
    assert box.us.call("POST", elsewhere, idempotency_key="key-1").json["code"] == 0
    assert box.us.order(other_order)["status"] == "CANCELLED"
    writes = [one["kind"] for one in box.log()["writes"]]
    assert writes == ["cancellation_approved"] * 2


def test_a_cancellation_is_complete_when_the_money_is_back(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12"}])
    paid = box.us.order(order_id)["payment"]["total_amount"]
    cancel(box.us, order_id)
    row = found(box.us)[0]
    assert row["cancel_status"] == "CANCELLATION_REQUEST_SUCCESS"
    assert row["refund_amount"]["refund_total"] == paid
    assert row["refund_amount"]["refund_shipping_fee"] == "4.99"
    box.control.post("clock/advance", seconds=86_401)
    assert found(box.us)[0]["cancel_status"] == "CANCELLATION_REQUEST_COMPLETE"


def test_the_seller_may_cancel_what_the_buyer_asked_for(box: World) -> None:
    order_id, cancel_id = ask(box)
    assert cancel(box.us, order_id)["code"] == 0
    box.control.post("clock/advance", seconds=90_000)
    rows = {one["cancel_id"]: one["cancel_status"] for one in found(box.us)}
    assert rows.pop(cancel_id) == "CANCELLATION_REQUEST_CANCEL"
    assert list(rows.values()) == ["CANCELLATION_REQUEST_COMPLETE"]
    assert box.us.order(order_id)["status"] == "CANCELLED"


def test_cancelling_what_was_not_shipped_leaves_a_shipped_order(box: World) -> None:
    order_id = box.control.place(lines=[{"sku": "MUG-12", "quantity": 3}])
    ids = [one["id"] for one in box.us.order(order_id)["line_items"]]
    box.control.post(f"orders/{order_id}/ship", line_item_ids=ids[:1])
    box.control.post(f"orders/{order_id}/request-cancel", line_item_ids=ids[1:])
    box.control.post(f"orders/{order_id}/approve-cancel")
    order = box.us.order(order_id)
    assert order["status"] == "AWAITING_COLLECTION"
    assert [one["display_status"] for one in order["line_items"]] == [
        "AWAITING_COLLECTION",
        "CANCELLED",
        "CANCELLED",
    ]


def test_reject_reasons_belong_to_the_request_that_is_named(box: World) -> None:
    _, cancel_id = ask(box)
    path = "/return_refund/202309/reject_reasons"
    rows = box.us.data("GET", path, return_or_cancel_id=cancel_id)["reasons"]
    assert rows[0]["name"] == "reverse_reject_request_reason_1"
    assert box.vn.call("GET", path, return_or_cancel_id=cancel_id).json["code"] == 21008111


def test_a_search_filters_by_all_that_is_documented(box: World) -> None:
    asked, cancel_id = ask(box)
    other = box.control.place()
    cancel(box.us, other)
    buyer = box.us.order(asked)["user_id"]
    for body in (
        {"cancel_ids": [cancel_id]},
        {"order_ids": [asked]},
        {"buyer_user_ids": [buyer]},
        {"cancel_types": ["BUYER_CANCEL"]},
        {"cancel_status": ["CANCELLATION_REQUEST_PENDING"]},
    ):
        assert [one["cancel_id"] for one in found(box.us, **body)] == [cancel_id], body
    assert found(box.us, create_time_ge=2_000_000_000) == []
    assert found(box.us, update_time_lt=1_000_000_000) == []
    assert found(box.vn) == []
    for query in ({"page_size": 0}, {"page_size": 51}, {"sort_field": "id"}, {"sort_order": "UP"}):
        assert box.us.call("POST", SEARCH, **query).json["code"] == 36009004
    assert box.us.call("POST", SEARCH, {"create_time_ge": "1"}).json["code"] == 36009004


def test_requests_and_line_cancellations_move_the_update_time(box: World) -> None:
    order_id = box.control.place(
        lines=[{"sku": "MUG-12", "quantity": 2}], update_time=1_700_000_000
    )
    box.control.post(f"orders/{order_id}/request-cancel")
    asked = box.us.order(order_id)
    assert asked["update_time"] > 1_700_000_000
    assert asked["is_buyer_request_cancel"] is True
    other = box.control.place(lines=[{"sku": "MUG-12", "quantity": 2}], update_time=1_700_000_000)
    line = box.us.order(other)["line_items"][0]["id"]
    cancel(box.us, other, order_line_item_ids=[line])
    assert box.us.order(other)["update_time"] > 1_700_000_000
