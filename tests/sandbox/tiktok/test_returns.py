"""Returns: how they are opened, found, decided on, and what they do to the order."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import TikTok, World
from tests.sandbox.receiver import Receiver

SEARCH = "/return_refund/202602/returns/search"
LINES = [{"sku": "MUG-12", "quantity": 2}]


def delivered(box: World, shop: str = "US", **wish: Any) -> str:
    return box.control.place(shop=shop, status="DELIVERED", lines=wish.pop("lines", LINES), **wish)


def open_one(box: World, order_id: str, kind: str = "REFUND", **more: Any) -> str:
    return str(box.control.post(f"orders/{order_id}/return", type=kind, **more)["return_id"])


def found(caller: TikTok, **body: Any) -> list[Any]:
    rows: list[Any] = caller.data("POST", SEARCH, body)["return_orders"]
    return rows


def advance(box: World, return_id: str, to: str) -> Any:
    return box.control.post(f"returns/{return_id}/advance", to=to)


def decide(
    caller: TikTok, return_id: str, decision: str, what: str = "approve", **more: Any
) -> int:
    query = {"idempotency_key": more.pop("key")} if "key" in more else {}
    path = f"/return_refund/202309/returns/{return_id}/{what}"
    return int(caller.call("POST", path, {"decision": decision, **more}, **query).json["code"])


def test_a_return_row_carries_its_lines_and_amounts(box: World) -> None:
    order_id = delivered(box)
    return_id = open_one(box, order_id, "RETURN_AND_REFUND")
    row = found(box.us, return_ids=[return_id])[0]
    assert (row["order_id"], row["return_type"], row["role"]) == (
        order_id,
        "RETURN_AND_REFUND",
        "BUYER",
    )
    assert row["return_status"] == "RETURN_OR_REFUND_REQUEST_PENDING"
    assert row["return_reason_text"] == "Package or product is damaged"
    assert row["combined_return_id"] == "0"
    assert row["refund_amount"] == {
        "currency": "USD",
        "refund_total": "30.56",
        "refund_subtotal": "28.50",
        "refund_shipping_fee": "0",
        "refund_tax": "2.06",
    }
    ids = [one["id"] for one in box.us.order(order_id)["line_items"]]
    assert [one["order_line_item_id"] for one in row["return_line_items"]] == ids
    assert [one["refund_amount"]["refund_total"] for one in row["return_line_items"]] == [
        "15.28",
        "15.28",
    ]
    assert row["seller_next_action_response"][0]["action"] == "SELLER_RESPOND_RETURN"
    assert found(box.vn) == []


@pytest.mark.parametrize(
    ("shop", "status", "kind"),
    [
        ("US", "AWAITING_SHIPMENT", "REFUND"),
        ("US", "IN_TRANSIT", "RETURN_AND_REFUND"),
        ("US", "CANCELLED", "REFUND"),
        ("VN", "DELIVERED", "REPLACEMENT"),
        ("VN", "DELIVERED", "EXCHANGE"),
        ("US", "DELIVERED", "NOTHING"),
    ],
)
def test_what_cannot_be_returned_is_refused(box: World, shop: str, status: str, kind: str) -> None:
    order_id = box.control.place(shop=shop, status=status)
    refused = box.control.ask("POST", f"orders/{order_id}/return", {"type": kind})
    assert refused.status == 409
    assert box.control.get("returns") == {"returns": []}


def test_a_return_goes_its_way_by_hand(box: World) -> None:
    order_id = delivered(box)
    return_id = open_one(box, order_id, "RETURN_AND_REFUND")
    steps = [advance(box, return_id, to)["return_status"] for to in
             ("approve", "ship", "receive", "refund", "complete")]  # fmt: skip
    assert steps == [
        "AWAITING_BUYER_SHIP",
        "BUYER_SHIPPED_ITEM",
        "RETURN_OR_REFUND_REQUEST_SUCCESS",
        "RETURN_OR_REFUND_REQUEST_SUCCESS",
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
    ]
    row = box.control.get(f"returns?order={order_id}")["returns"][0]
    assert row["return_tracking_number"].startswith("8500")
    assert box.control.ask("POST", f"returns/{return_id}/advance", {"to": "ship"}).status == 409
    path = f"/return_refund/202309/returns/{return_id}/records"
    events = [one["event"] for one in box.us.data("GET", path)["records"]]
    assert events == ["RETURN_OR_REFUND_REQUEST_PENDING", *dict.fromkeys(steps)]


def test_a_full_refund_completes_the_order_and_a_partial_one_does_not(box: World) -> None:
    for status in ("DELIVERED", "IN_TRANSIT", "AWAITING_COLLECTION"):
        order_id = box.control.place(lines=LINES, status=status)
        first, second = (one["id"] for one in box.us.order(order_id)["line_items"])
        for line, wanted in ((first, status), (second, "COMPLETED")):
            return_id = open_one(box, order_id, line_item_ids=[line])
            for to in ("approve", "complete"):
                advance(box, return_id, to)
            assert box.us.order(order_id)["status"] == wanted
    small = delivered(box)
    return_id = open_one(box, small, amount="1.50")
    for to in ("approve", "complete"):
        advance(box, return_id, to)
    assert box.us.order(small)["status"] == "DELIVERED"
    row = found(box.us, return_ids=[return_id])[0]
    assert row["refund_amount"]["refund_total"] == "1.50"
    parts = [one["refund_amount"]["refund_total"] for one in row["return_line_items"]]
    assert parts == ["0.75", "0.75"]
    too_much = box.control.ask("POST", f"orders/{small}/return", {"type": "REFUND", "amount": 99})
    assert too_much.status == 409


def test_a_refund_of_a_lost_parcel_gives_the_shipping_fee_back(box: World) -> None:
    order_id = box.control.place(lines=LINES, status="IN_TRANSIT")
    open_one(box, order_id)
    paid = box.us.order(order_id)["payment"]["total_amount"]
    amount = found(box.us)[0]["refund_amount"]
    assert (amount["refund_total"], amount["refund_shipping_fee"]) == (paid, "4.99")


def test_the_money_arrives_by_itself(box: World) -> None:
    return_id = open_one(box, delivered(box))
    advance(box, return_id, "approve")
    box.control.post("clock/advance", seconds=86_399)
    assert found(box.us)[0]["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"
    box.control.post("clock/advance", seconds=2)
    assert found(box.us)[0]["return_status"] == "RETURN_OR_REFUND_REQUEST_COMPLETE"


@pytest.mark.parametrize(
    ("kind", "flag", "link"),
    [
        ("REPLACEMENT", "is_replacement_order", "replaced_order_id"),
        ("EXCHANGE", "is_exchange_order", "exchange_source_order_id"),
    ],
)
def test_new_goods_are_a_new_order_without_payment(
    box: World, kind: str, flag: str, link: str
) -> None:
    source = delivered(box)
    line = box.us.order(source)["line_items"][0]["id"]
    return_id = open_one(box, source, kind, line_item_ids=[line])
    answer = advance(box, return_id, "approve")
    assert answer["return_status"] == f"{kind}_REQUEST_COMPLETE"
    order = box.us.order(answer["order_id"])
    assert (order[flag], order[link], order["status"]) == (True, source, "AWAITING_SHIPMENT")
    assert order["payment"]["total_amount"] == "0"
    assert [one["seller_sku"] for one in order["line_items"]] == ["MUG-12"]
    old = box.us.order(source)
    assert order["recipient_address"] == old["recipient_address"]
    assert (order["user_id"], old["status"]) == (old["user_id"], "DELIVERED")


def test_money_instead_of_new_goods(box: World) -> None:
    source = delivered(box)
    return_id = open_one(box, source, "REPLACEMENT")
    assert decide(box.us, return_id, "ISSUE_REPLACEMENT_REFUND") == 0
    row = found(box.us)[0]
    assert row["return_status"] == "REPLACEMENT_REQUEST_REFUND_SUCCESS"
    assert row["refund_amount"]["refund_total"] == "30.56"
    assert box.us.order(source)["status"] == "COMPLETED"
    assert len(box.control.get("orders")["orders"]) == 1


def test_decisions_fit_the_type_and_the_status(box: World) -> None:
    order_id = delivered(box)
    return_id = open_one(box, order_id, "RETURN_AND_REFUND")
    for wrong in ("APPROVE_REFUND", "APPROVE_RECEIVED_PACKAGE", "APPROVE_REPLACEMENT"):
        assert decide(box.us, return_id, wrong) == 25001001
    assert decide(box.us, return_id, "SAY_YES") == 98001004
    assert decide(box.vn, return_id, "APPROVE_RETURN") == 21008111
    assert found(box.us)[0]["return_status"] == "RETURN_OR_REFUND_REQUEST_PENDING"
    assert decide(box.us, return_id, "APPROVE_RETURN", key="a") == 0
    assert decide(box.us, return_id, "APPROVE_RETURN", key="a") == 0
    assert decide(box.us, return_id, "APPROVE_RETURN", key="b") == 25001001
    advance(box, return_id, "ship")
    assert decide(box.us, return_id, "APPROVE_RECEIVED_PACKAGE") == 0
    assert found(box.us)[0]["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"
    kinds = [one["decision"] for one in box.log()["writes"]]
    assert kinds == ["APPROVE_RETURN", "APPROVE_RECEIVED_PACKAGE"]


@pytest.mark.parametrize("version", ["202309", "202606"])
def test_a_rejection_needs_a_listed_reason(box: World, version: str) -> None:
    return_id = open_one(box, delivered(box))
    path = f"/return_refund/{version}/returns/{return_id}/reject"
    body = {"decision": "REJECT_REFUND", "reject_reason": "no"}
    assert box.us.call("POST", path, body).json["code"] == 98001004
    listed = box.us.data(
        "GET", "/return_refund/202309/reject_reasons", return_or_cancel_id=return_id
    )["reasons"]
    body["reject_reason"] = listed[0]["name"]
    assert box.us.data("POST", path, body) == {}
    assert found(box.us)[0]["return_status"] == "REFUND_OR_RETURN_REQUEST_REJECT"


def test_a_partial_offer_waits_for_the_buyer(box: World) -> None:
    return_id = open_one(box, delivered(box))
    offer = {"currency": "USD", "amount": "5"}
    for wrong in (None, {"currency": "EUR", "amount": "5"}, {"currency": "USD", "amount": "99"}):
        assert decide(box.us, return_id, "OFFER_PARTIAL_REFUND", partial_refund=wrong) == 98001004
    assert decide(box.us, return_id, "OFFER_PARTIAL_REFUND", partial_refund=offer) == 0
    row = found(box.us)[0]
    assert row["return_status"] == "AWAITING_BUYER_RESPONSE"
    assert row["partial_refund"] == {"currency": "USD", "amount": "5.00"}
    advance(box, return_id, "approve")
    row = found(box.us)[0]
    assert row["return_status"] == "RETURN_OR_REFUND_REQUEST_SUCCESS"
    assert row["refund_amount"]["refund_total"] == "5.00"


@pytest.mark.parametrize(
    ("kind", "steps", "end"),
    [
        ("REFUND", ["cancel"], "RETURN_OR_REFUND_REQUEST_CANCEL"),
        ("RETURN_AND_REFUND", ["reject"], "REFUND_OR_RETURN_REQUEST_REJECT"),
        ("RETURN_AND_REFUND", ["approve", "ship", "reject"], "REJECT_RECEIVE_PACKAGE"),
        ("RETURN_AND_REFUND", ["approve", "refund"], "RETURN_OR_REFUND_REQUEST_SUCCESS"),
        ("REPLACEMENT", ["reject"], "REPLACEMENT_REQUEST_REJECT"),
        ("REPLACEMENT", ["cancel"], "REPLACEMENT_REQUEST_CANCEL"),
        ("EXCHANGE", ["cancel"], "EXCHANGE_REQUEST_CANCEL"),
        ("EXCHANGE", ["refund"], "EXCHANGE_REQUEST_REFUND_SUCCESS"),
    ],
)
def test_other_ends(box: World, kind: str, steps: list[str], end: str) -> None:
    return_id = open_one(box, delivered(box), kind)
    for to in steps:
        advance(box, return_id, to)
    assert found(box.us)[0]["return_status"] == end


def test_a_search_filters_and_pages_by_ten_to_fifty(box: World) -> None:
    orders = [delivered(box) for _ in range(12)]
    ids = [open_one(box, one, "REFUND") for one in orders[:11]]
    other = open_one(box, orders[11], "RETURN_AND_REFUND")
    first = box.us.data("POST", SEARCH, page_size=10)
    rest = box.us.data("POST", SEARCH, page_size=10, page_token=first["next_page_token"])
    shown = [one["return_id"] for one in first["return_orders"] + rest["return_orders"]]
    assert shown == [*ids, other]
    assert (first["total_count"], rest["next_page_token"]) == (12, "")
    assert [one["return_id"] for one in found(box.us, return_types=["RETURN_AND_REFUND"])] == [
        other
    ]
    assert [one["return_id"] for one in found(box.us, order_ids=orders[:1])] == ids[:1]
    assert found(box.us, return_status=["BUYER_SHIPPED_ITEM"]) == []
    assert found(box.us, arbitration_status=["IN_PROGRESS"]) == []
    assert found(box.us, update_time_lt=1_000_000_000) == []
    for size in (9, 51):
        assert box.us.call("POST", SEARCH, page_size=size).json["code"] == 36009004
    older = "/return_refund/202309/returns/search"
    assert box.us.data("POST", older)["total_count"] == 12


def test_webhook_12_tells_of_every_status(box: World, receiver: Receiver) -> None:
    event = {"event_type": "RETURN_STATUS_CHANGE", "address": receiver.url}
    box.us.data("PUT", "/event/202309/webhooks", event)
    order_id = delivered(box)
    return_id = open_one(box, order_id)
    for to in ("approve", "complete"):
        advance(box, return_id, to)
    box.control.post("webhooks/flush")
    bodies = sorted((json.loads(one.body) for one in receiver.hooks),
                    key=lambda one: one["tts_notification_id"])  # fmt: skip
    assert {one["type"] for one in bodies} == {12}
    assert {one["data"]["return_status"] for one in bodies} == {
        "RETURN_OR_REFUND_REQUEST_PENDING",
        "RETURN_OR_REFUND_REQUEST_SUCCESS",
        "RETURN_OR_REFUND_REQUEST_COMPLETE",
    }
    assert set(bodies[0]["data"]) == {
        "order_id", "return_id", "return_role", "return_type", "return_status", "create_time",
        "update_time",
    }  # fmt: skip


def test_eligibility_tells_of_returns_as_well(box: World) -> None:
    order_id = delivered(box)
    path = f"/return_refund/202602/orders/{order_id}/aftersale_eligibility"
    kinds = ["CANCEL", "REFUND", "RETURN_AND_REFUND"]
    answer = box.us.data("GET", path, initiate_aftersale_user="BUYER", request_types=kinds)
    rows = answer["sku_eligibility"][0]["line_item_eligibility"]
    assert [(one["request_type"], one["eligible"]) for one in rows] == [
        ("CANCEL", False),
        ("REFUND", True),
        ("RETURN_AND_REFUND", True),
    ]
    assert box.us.call("GET", path, initiate_aftersale_user="CAT").json["code"] == 98001004
    assert box.us.call("GET", path, request_types="LOAN").json["code"] == 98001004
