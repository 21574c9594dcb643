"""Refunds: what is left to refund is read whole, and a refund pays nothing back."""

import pytest

from tests.shopify.fake_store import always, connect, response
from tiktoksync import errors
from tiktoksync.shopify.refund_calls import Refundable, RefundableLine

GID = "gid://shopify/Order/6011000000001"
REFUND = "gid://shopify/Refund/9"
LINES = [{"lineItemId": "l1", "quantity": 2, "restockType": "NO_RESTOCK"}]


def line(number: int, **more: object) -> dict:
    named = [{"key": "_tiktok_line_item_ids", "value": f"{number}1,{number}2"}]
    counts = {"quantity": 2, "refundableQuantity": 1, "unfulfilledQuantity": 0}
    return {"id": f"l{number}", **counts, "customAttributes": named, **more}


def order(nodes: list, cursor: str = "", **more: object) -> dict:
    info = {"hasNextPage": bool(cursor), "endCursor": cursor or None}
    places = [
        {"assignedLocation": {"location": None}, "lineItems": {"nodes": []}},
        {
            "assignedLocation": {"location": {"id": "here"}},
            "lineItems": {"nodes": [{"lineItem": {"id": "l9"}}]},
        },
        {
            "assignedLocation": {"location": {"id": "there"}},
            "lineItems": {"nodes": [{"lineItem": {"id": "l2"}}]},
        },
    ]
    return {
        "order": {
            "id": GID,
            "cancelledAt": None,
            "refunds": [{"id": REFUND, "note": "By hand"}, {"id": "r2", "note": None}],
            "lineItems": {"nodes": nodes, "pageInfo": info},
            "fulfillmentOrders": {"nodes": places},
            **more,
        }
    }


def test_all_lines_are_read_with_their_places(monkeypatch):
    pages = {None: order([line(1)], "c1"), "c1": order([line(2, refundableQuantity=0)])}
    client, store = connect(monkeypatch, lambda name, given: pages[given["after"]])
    found = client.read_refundable(GID).data
    assert isinstance(found, Refundable)
    assert (found.cancelled, found.refunds) == (False, {REFUND: "By hand", "r2": ""})
    assert found.lines == [
        RefundableLine("l1", 2, 1, 0, {"_tiktok_line_item_ids": "11,12"}, "here"),
        RefundableLine("l2", 2, 0, 0, {"_tiktok_line_item_ids": "21,22"}, "there"),
    ]
    assert [given["after"] for _, given in store.asked] == [None, "c1"]
    assert [one["safe"] for one in store.sent] == [True, True]


def test_places_that_may_not_be_seen_are_left_out(monkeypatch):
    client, _ = connect(monkeypatch, always(order([line(1)], fulfillmentOrders=None)))
    (only,) = client.read_refundable(GID).data.lines
    assert only.location_id == ""


def test_an_order_that_is_gone_is_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"order": None}))
    assert client.read_refundable(GID).data is None


def test_a_refund_takes_lines_off_and_pays_nothing(monkeypatch):
    payload = {"refundCreate": {"refund": {"id": REFUND}, "userErrors": []}}
    client, store = connect(monkeypatch, always(payload))
    assert client.create_refund(GID, LINES, note="n" * 300, key="k-1").data == REFUND
    ((name, given),) = store.asked
    assert (name, given["key"]) == ("CreateRefund", "k-1")
    assert given["input"] == {
        "orderId": GID,
        "note": "n" * 255,
        "notify": False,
        "refundLineItems": LINES,
    }
    assert "@idempotent(key: $key)" in store.sent[0]["body"]["query"]
    assert store.sent[0]["safe"] is False


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (None, "OutcomeUnknown"),
        ({"refund": None, "userErrors": []}, "OutcomeUnknown"),
        (
            {"refund": None, "userErrors": [{"field": None, "message": "Quantity cannot refund"}]},
            "Rejected",
        ),
    ],
)
def test_anything_but_a_refund_is_an_error(monkeypatch, payload: object, name: str):
    client, _ = connect(monkeypatch, always({"refundCreate": payload}))
    with pytest.raises(errors.SyncError) as caught:
        client.create_refund(GID, LINES, note="", key="k")
    assert type(caught.value).__name__ == name


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("IDEMPOTENCY_CONCURRENT_REQUEST", "OutcomeUnknown"),
        ("IDEMPOTENCY_KEY_PARAMETER_MISMATCH", "Rejected"),
        ("IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED", "Rejected"),
    ],
)
def test_trouble_with_the_key_keeps_its_code(monkeypatch, code: str, name: str):
    body = {
        "data": {"refundCreate": None},
        "errors": [{"message": "no", "path": ["refundCreate"], "extensions": {"code": code}}],
    }
    client, _ = connect(monkeypatch, lambda *_: response(body))
    with pytest.raises(errors.SyncError) as caught:
        client.create_refund(GID, LINES, note="", key="k")
    assert (type(caught.value).__name__, caught.value.code) == (name, code)
