"""Fulfillment orders and fulfillments: what is left to ship, and shipping it."""

import pytest

from tests.shopify.fake_store import always, connect
from tiktoksync import errors
from tiktoksync.shopify.payloads import CreatedFulfillment, Tracking
from tiktoksync.shopify.transport import load_document

GID = "gid://shopify/Order/6011000000001"


def test_ships_lines_of_a_fulfillment_order(monkeypatch):
    made = {"id": "gid://shopify/Fulfillment/9", "legacyResourceId": "9", "status": "SUCCESS"}
    client, store = connect(
        monkeypatch, always({"fulfillmentCreate": {"fulfillment": made, "userErrors": []}})
    )
    answer = client.create_fulfillment(
        {"gid://shopify/FulfillmentOrder/1": [("l1", 2)]}, Tracking("USPS", "94", "")
    )
    assert answer.data == CreatedFulfillment("gid://shopify/Fulfillment/9", "9", "SUCCESS")
    assert store.asked[0][1] == {
        "fulfillment": {
            "lineItemsByFulfillmentOrder": [
                {
                    "fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1",
                    "fulfillmentOrderLineItems": [{"id": "l1", "quantity": 2}],
                }
            ],
            "notifyCustomer": False,
            "trackingInfo": {"company": "USPS", "number": "94"},
        }
    }
    assert store.sent[0]["safe"] is False


def test_no_lines_ship_all_that_is_left(monkeypatch):
    made = {"id": "gid://shopify/Fulfillment/9"}
    client, store = connect(
        monkeypatch, always({"fulfillmentCreate": {"fulfillment": made, "userErrors": []}})
    )
    client.create_fulfillment({"fo": []})
    assert store.asked[0][1]["fulfillment"] == {
        "lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": "fo"}],
        "notifyCustomer": False,
    }


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        (None, "OutcomeUnknown"),
        ({"fulfillment": None, "userErrors": []}, "OutcomeUnknown"),
        (
            {
                "fulfillment": None,
                "userErrors": [
                    {"field": ["fulfillment"], "message": "Fulfillment order does not exist."}
                ],
            },
            "Rejected",
        ),
    ],
)
def test_a_fulfillment_that_was_not_made(monkeypatch, payload: object, name: str):
    client, _ = connect(monkeypatch, always({"fulfillmentCreate": payload}))
    with pytest.raises(errors.SyncError) as caught:
        client.create_fulfillment({"fo": [("l1", 1)]})
    assert type(caught.value).__name__ == name


def fulfillment_line(number: int) -> dict:
    return {"id": f"l{number}", "totalQuantity": 1, "remainingQuantity": 1, "lineItem": {}}


def test_reads_all_fulfillment_orders_with_all_lines(monkeypatch):
    def info(cursor: str) -> dict:
        return {"hasNextPage": bool(cursor), "endCursor": cursor or None}

    first = {
        "id": "fo1",
        "lineItems": {"nodes": [fulfillment_line(1)], "pageInfo": info("l1")},
    }
    second = {"id": "fo2", "lineItems": {"nodes": [fulfillment_line(3)], "pageInfo": info("")}}

    def handler(name: str, variables: dict) -> dict:
        if name == "FulfillmentOrderLines":
            lines = {"nodes": [fulfillment_line(2)], "pageInfo": info("")}
            return {"fulfillmentOrder": {"id": "fo1", "lineItems": lines}}
        page = [first, "fo1"] if variables["after"] is None else [second, ""]
        orders = {"nodes": [page[0]], "pageInfo": info(page[1])}
        return {"order": {"id": GID, "fulfillmentOrders": orders}}

    client, store = connect(monkeypatch, handler)
    rows = client.fulfillment_orders(GID).data
    assert rows is not None
    assert [(row["id"], [line["id"] for line in row["lineItems"]["nodes"]]) for row in rows] == [
        ("fo1", ["l1", "l2"]),
        ("fo2", ["l3"]),
    ]
    assert [name for name, _ in store.asked] == [
        "FulfillmentOrders",
        "FulfillmentOrders",
        "FulfillmentOrderLines",
    ]


def test_fulfillment_orders_of_an_order_that_is_gone_are_none(monkeypatch):
    client, _ = connect(monkeypatch, always({"order": None}))
    assert client.fulfillment_orders(GID).data is None


def test_replaces_the_tracking_without_a_mail(monkeypatch):
    made = {"id": "gid://shopify/Fulfillment/9", "legacyResourceId": "9", "status": "SUCCESS"}
    client, store = connect(
        monkeypatch,
        always({"fulfillmentTrackingInfoUpdate": {"fulfillment": made, "userErrors": []}}),
    )
    answer = client.update_fulfillment_tracking(made["id"], Tracking("UPS", "1Z", ""))
    assert answer.data == CreatedFulfillment("gid://shopify/Fulfillment/9", "9", "SUCCESS")
    assert store.asked[0][1] == {"id": made["id"], "tracking": {"company": "UPS", "number": "1Z"}}
    assert "notifyCustomer: false" in load_document("update_fulfillment_tracking")
    assert store.sent[0]["safe"] is False


def test_takes_a_fulfillment_back(monkeypatch):
    made = {"id": "gid://shopify/Fulfillment/9", "legacyResourceId": "9", "status": "CANCELLED"}
    client, store = connect(
        monkeypatch, always({"fulfillmentCancel": {"fulfillment": made, "userErrors": []}})
    )
    assert client.cancel_fulfillment(made["id"]).data.status == "CANCELLED"
    assert store.asked[0][1] == {"id": made["id"]}
    assert store.sent[0]["safe"] is False


def test_a_refused_cancellation_is_a_refusal_even_beside_a_fulfillment(monkeypatch):
    made = {"id": "gid://shopify/Fulfillment/9", "status": "CANCELLED"}
    said = [{"field": ["id"], "message": "Fulfillment has already been cancelled."}]
    client, _ = connect(
        monkeypatch, always({"fulfillmentCancel": {"fulfillment": made, "userErrors": said}})
    )
    with pytest.raises(errors.Rejected):
        client.cancel_fulfillment(made["id"])
