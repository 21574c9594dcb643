"""Cancelling, editing, paying, tagging, refunding, deleting."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.orders import (
    DEFINE,
    create,
    line,
    look,
    metafield,
    money,
    try_to_create,
)

CANCEL = """mutation($id: ID!, $note: String) {
  orderCancel(orderId: $id, reason: CUSTOMER, restock: true, staffNote: $note) {
    job { id done } jobResult { done status order { id } }
    orderCancelUserErrors { field message code } } }"""
STATE = """cancelledAt cancelReason cancellation { staffNote } displayFulfillmentStatus
  displayFinancialStatus closed fulfillmentOrders(first: 3) { nodes { status } }"""
UNKNOWN = "gid://shopify/Order/1"


def cancel(box: World, gid: str, **more: Any) -> Any:
    return box.store.data(CANCEL, {"id": gid, **more})["orderCancel"]


def test_cancelling_closes_what_was_to_be_shipped(box: World) -> None:
    gid = create(box.store, transactions=[{"amountSet": money("10.00")}])["id"]
    done = cancel(box, gid, note="told by TikTok")
    assert done["jobResult"] == {"done": True, "status": "SUCCEEDED", "order": {"id": gid}}
    found = look(box.store, gid, STATE)
    assert found["cancelledAt"] is not None
    assert (found["cancelReason"], found["closed"]) == ("CUSTOMER", True)
    assert found["cancellation"] == {"staffNote": "told by TikTok"}
    assert found["fulfillmentOrders"]["nodes"] == [{"status": "CLOSED"}]
    assert found["displayFulfillmentStatus"] == "UNFULFILLED"
    assert found["displayFinancialStatus"] == "PAID"
    again = cancel(box, gid)["orderCancelUserErrors"][0]
    assert again["message"] == "Cannot cancel an order that has already been canceled"


def test_a_cancellation_can_take_its_time(box: World) -> None:
    box.control.post("faults", action="cancel_delay", platform="shopify", seconds=90)
    gid = create(box.store)["id"]
    started = cancel(box, gid)
    assert started["job"]["done"] is False
    assert look(box.store, gid, STATE)["cancelledAt"] is None
    busy = cancel(box, gid)["orderCancelUserErrors"][0]["message"]
    assert busy == "Cancellation is already in progress"
    query = "query($id: ID!) { job(id: $id) { done } }"
    assert box.store.data(query, {"id": started["job"]["id"]})["job"] == {"done": False}
    box.control.post("clock/advance", seconds=91)
    assert box.store.data(query, {"id": started["job"]["id"]})["job"] == {"done": True}
    assert look(box.store, gid, STATE)["cancelledAt"] is not None


def test_what_has_been_shipped_or_is_not_there_cannot_be_cancelled(box: World) -> None:
    shipped = create(box.store, fulfillmentStatus="FULFILLED")["id"]
    for gid, note, part in (
        (shipped, None, "outstanding fulfillments"),
        (UNKNOWN, None, "does not exist"),
        (create(box.store)["id"], "x" * 256, "too long"),
    ):
        refused = cancel(box, gid, note=note)
        assert refused["job"] is None
        assert part in refused["orderCancelUserErrors"][0]["message"]
    assert look(box.store, shipped, STATE)["cancelledAt"] is None
    assert [one["kind"] for one in box.log()["writes"] if "cancel" in one["kind"]] == []


def test_cancelling_puts_the_units_back_on_the_shelf(box: World) -> None:
    variant = "gid://shopify/ProductVariant/43010000000001"

    def stock() -> int:
        query = "query($id: ID!) { productVariant(id: $id) { inventoryQuantity } }"
        return int(box.store.data(query, {"id": variant})["productVariant"]["inventoryQuantity"])

    before = stock()
    cancel(box, create(box.store, lineItems=[line(quantity=2, variantId=variant)])["id"])
    assert stock() == before + 2


def test_an_update_replaces_lists_and_leaves_the_source_alone(box: World) -> None:
    gid = create(box.store, tags=["a", "b"], sourceIdentifier="5761", note="old")["id"]
    query = """mutation($i: OrderInput!) { orderUpdate(input: $i) {
      order { tags note sourceIdentifier customAttributes { key value }
        shippingAddress { address1 city } } userErrors { message } } }"""
    address = {"address1": "9 New Street", "city": "Austin", "countryCode": "US"}
    attributes = [{"key": "k", "value": "v"}]
    given = {
        "id": gid,
        "tags": ["z", "y"],
        "note": "new",
        "shippingAddress": address,
        "customAttributes": attributes,
    }
    assert box.store.data(query, {"i": given})["orderUpdate"]["order"] == {
        "tags": ["y", "z"],
        "note": "new",
        "sourceIdentifier": "5761",
        "customAttributes": attributes,
        "shippingAddress": {"address1": "9 New Street", "city": "Austin"},
    }
    refused = box.store.data(query, {"i": {"id": UNKNOWN}})["orderUpdate"]
    assert refused == {"order": None, "userErrors": [{"message": "Order does not exist"}]}


def test_staff_edit_an_order_by_control(box: World) -> None:
    attributes = [{"key": "old", "value": "1"}, {"key": "kept", "value": "2"}]
    order = create(box.store, tags=["a"], customAttributes=attributes)
    path = f"shopify/orders/{order['legacyResourceId']}/update"
    new = [{"key": "new", "value": "3"}]
    address = {"address1": "9 New Street", "city": "Austin", "countryCode": "US"}
    box.control.post(path, tags=["b"], custom_attributes=new, shipping_address=address)
    fields = "tags customAttributes { key value } shippingAddress { address1 city }"
    assert look(box.store, order["id"], fields) == {
        "tags": ["b"],
        "customAttributes": new,
        "shippingAddress": {"address1": "9 New Street", "city": "Austin"},
    }


def test_tags_are_added_and_removed_one_by_one(box: World) -> None:
    gid = create(box.store, tags=["b"])["id"]
    query = """mutation($id: ID!, $tags: [String!]!) { ACTION(id: $id, tags: $tags) {
      node { ... on Order { tags } } userErrors { message } } }"""
    for action, tags, wanted in (
        ("tagsAdd", ["a", "c, d"], ["a", "b", "c", "d"]),
        ("tagsRemove", ["b", "x"], ["a", "c", "d"]),
    ):
        payload = box.store.data(query.replace("ACTION", action), {"id": gid, "tags": tags})
        assert payload[action] == {"node": {"tags": wanted}, "userErrors": []}


def test_an_order_is_paid_closed_and_opened(box: World) -> None:
    gid = create(box.store, financialStatus="PENDING")["id"]
    query = """mutation($id: ID!) { ACTION(input: {id: $id}) {
      order { displayFinancialStatus closed canMarkAsPaid } userErrors { message } } }"""

    def act(action: str) -> Any:
        return box.store.data(query.replace("ACTION", action), {"id": gid})[action]

    assert act("orderMarkAsPaid")["order"]["displayFinancialStatus"] == "PAID"
    refused = act("orderMarkAsPaid")
    assert refused["userErrors"] == [{"message": "Order cannot be marked as paid."}]
    assert act("orderClose")["order"]["closed"] is True
    assert act("orderOpen")["order"]["closed"] is False


def test_a_deleted_order_frees_its_unique_value(box: World) -> None:
    box.store.data(DEFINE)
    gid = create(box.store, metafields=metafield("5761"))["id"]
    query = """mutation($id: ID!) { orderDelete(orderId: $id) {
      deletedId userErrors { code } } }"""
    assert box.store.data(query, {"id": gid})["orderDelete"]["deletedId"] == gid
    assert look(box.store, gid, "id") is None
    assert try_to_create(box.store, metafields=metafield("5761"))["userErrors"] == []
    refused = box.store.data(query, {"id": gid})["orderDelete"]
    assert refused["userErrors"] == [{"code": "NOT_FOUND"}]


REFUND = """mutation($i: RefundInput!, $key: String!) {
  refundCreate(input: $i) @idempotent(key: $key) {
    refund { id totalRefundedSet { shopMoney { amount } } } order { displayFinancialStatus }
    userErrors { field message } } }"""
LINES = """lineItems(first: 5) { nodes { id refundableQuantity currentQuantity } }
  transactions(first: 5) { id kind } totalRefundedSet { shopMoney { amount } }"""


def paid_order(box: World) -> tuple[str, Any]:
    order = create(
        box.store, lineItems=[line(quantity=2)], transactions=[{"amountSet": money("20.00")}]
    )
    return order["id"], look(box.store, order["id"], LINES)


def test_a_refund_without_transactions_takes_back_lines_only(box: World) -> None:
    gid, found = paid_order(box)
    rows = [{"lineItemId": found["lineItems"]["nodes"][0]["id"], "quantity": 1}]
    given = {"i": {"orderId": gid, "refundLineItems": rows}, "key": "one"}
    first = box.store.data(REFUND, given)["refundCreate"]
    assert first["order"] == {"displayFinancialStatus": "PAID"}
    again = box.store.data(REFUND, given)["refundCreate"]
    assert again["refund"] == first["refund"]
    after = look(box.store, gid, LINES)
    assert after["lineItems"]["nodes"][0]["refundableQuantity"] == 1
    assert after["totalRefundedSet"]["shopMoney"]["amount"] == "0.0"
    given["i"]["refundLineItems"][0]["quantity"] = 2
    other = box.store.call(REFUND, given).json["errors"][0]["extensions"]["code"]
    assert other == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    given["key"] = "two"
    refused = box.store.data(REFUND, given)["refundCreate"]["userErrors"][0]
    assert refused["message"] == "Quantity cannot refund more items than were purchased"


def test_a_refund_must_say_its_key(box: World) -> None:
    gid, _ = paid_order(box)
    query = REFUND.replace("@idempotent(key: $key)", "").replace(", $key: String!", "")
    answer = box.store.call(query, {"i": {"orderId": gid}}).json
    assert answer["data"] == {"refundCreate": None}
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert answer["errors"][0]["message"].startswith("The @idempotent directive is required")
    blank = box.store.call(REFUND, {"i": {"orderId": gid}, "key": " "}).json
    assert blank["errors"][0]["message"] == "key can't be blank"


@pytest.mark.parametrize(("amount", "status"), [("5.00", "PARTIALLY_REFUNDED"), ("20", "REFUNDED")])
def test_money_goes_back_through_its_own_payment(box: World, amount: str, status: str) -> None:
    gid, found = paid_order(box)
    back = {"orderId": gid, "kind": "REFUND", "gateway": "manual", "amount": amount}
    alone = {"i": {"orderId": gid, "transactions": [back]}, "key": "a"}
    refused = box.store.data(REFUND, alone)["refundCreate"]["userErrors"][0]["message"]
    assert refused == "Transactions require a parent_id associated with the order"
    back["parentId"] = found["transactions"][0]["id"]
    done = box.store.data(REFUND, {"i": alone["i"], "key": "b"})["refundCreate"]
    assert done["order"] == {"displayFinancialStatus": status}
    more = {**back, "amount": "21.00"}
    over = box.store.data(REFUND, {"i": {"orderId": gid, "transactions": [more]}, "key": "c"})
    assert "greater than net payment received" in over["refundCreate"]["userErrors"][0]["message"]
