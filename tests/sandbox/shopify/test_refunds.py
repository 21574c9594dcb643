"""Refunds: what they take back, what they pay, what they tell, and how often."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.receiver import Receiver
from tests.sandbox.shopify.orders import create, line, look, money

REFUND = """mutation($i: RefundInput!, $key: String!) {
  refundCreate(input: $i) @idempotent(key: $key) {
    refund { id note createdAt totalRefundedSet { shopMoney { amount } }
      refundLineItems(first: 5) { nodes { quantity restockType lineItem { sku }
        subtotalSet { shopMoney { amount } } totalTaxSet { shopMoney { amount } } } }
      transactions(first: 5) { nodes { kind parentTransaction { id } } } }
    userErrors { field message } } }"""
STATE = """displayFinancialStatus displayFulfillmentStatus updatedAt
  currentTotalPriceSet { shopMoney { amount } } totalRefundedSet { shopMoney { amount } }
  totalOutstandingSet { shopMoney { amount } }
  refunds { id note createdAt } transactions(first: 5) { id kind }
  lineItems(first: 5) { nodes { id sku quantity currentQuantity refundableQuantity
    unfulfilledQuantity } }
  fulfillmentOrders(first: 5) { nodes { status lineItems(first: 5) {
    nodes { remainingQuantity totalQuantity } } } }"""


def tax(amount: str) -> list[dict[str, Any]]:
    return [{"title": "Sales tax", "rate": "0.1", "priceSet": money(amount)}]


def paid_order(box: World) -> tuple[str, list[str]]:
    """Two A at 10.00 with 2.00 tax, one B at 5.00: 27.00 received."""
    lines = [
        line(quantity=2, sku="A", taxLines=tax("2.00")),
        line("5.00", sku="B"),
    ]
    order = create(box.store, lineItems=lines, transactions=[{"amountSet": money("27.00")}])
    nodes = look(box.store, order["id"], STATE)["lineItems"]["nodes"]
    return order["id"], [one["id"] for one in nodes]


def refund(box: World, gid: str, rows: list[Any], key: str = "k", **more: Any) -> Any:
    given = {"orderId": gid, "refundLineItems": rows, **more}
    return box.store.data(REFUND, {"i": given, "key": key})["refundCreate"]


def row(gid: str, quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {"lineItemId": gid, "quantity": quantity, **more}


def amount(found: Any, name: str) -> str:
    return str(found[name]["shopMoney"]["amount"])


def test_lines_are_taken_back_and_nothing_is_paid(box: World) -> None:
    gid, lines = paid_order(box)
    made = refund(box, gid, [row(lines[0])], note="TikTok return 4035")["refund"]
    assert (made["note"], amount(made, "totalRefundedSet")) == ("TikTok return 4035", "0.0")
    (shown,) = made["refundLineItems"]["nodes"]
    assert (shown["quantity"], shown["restockType"], shown["lineItem"]) == (
        1,
        "NO_RESTOCK",
        {"sku": "A"},
    )
    assert (amount(shown, "subtotalSet"), amount(shown, "totalTaxSet")) == ("10.0", "1.0")
    after = look(box.store, gid, STATE)
    assert after["displayFinancialStatus"] == "PAID"
    assert amount(after, "totalRefundedSet") == "0.0"
    assert amount(after, "currentTotalPriceSet") == "16.0"
    assert after["refunds"] == [
        {"id": made["id"], "note": "TikTok return 4035", "createdAt": made["createdAt"]}
    ]
    first = after["lineItems"]["nodes"][0]
    assert (first["quantity"], first["currentQuantity"], first["refundableQuantity"]) == (2, 1, 1)
    assert first["unfulfilledQuantity"] == 2


def test_the_same_key_refunds_once(box: World) -> None:
    gid, lines = paid_order(box)
    first, again = (refund(box, gid, [row(lines[0])]) for _ in range(2))
    assert again == first
    assert len(look(box.store, gid, STATE)["refunds"]) == 1
    assert [one["kind"] for one in box.log()["writes"]].count("refund_created") == 1
    given = {"orderId": gid, "refundLineItems": [row(lines[1])]}
    answer = box.store.call(REFUND, {"i": given, "key": "k"}).json
    assert answer["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    assert answer["errors"][0]["message"] == (
        "The request with this idempotency key has different parameters than the original request."
    )
    assert len(look(box.store, gid, STATE)["refunds"]) == 1
    assert refund(box, gid, [row(lines[0])], key="other")["userErrors"] == []
    assert len(look(box.store, gid, STATE)["refunds"]) == 2


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([("A", 3)], "Quantity cannot refund more items than were purchased"),
        ([("A", 1), ("A", 2)], "Quantity cannot refund more items than were purchased"),
        ([("A", 0)], "Quantity must be greater than 0"),
        ([("?", 1)], "Line item does not exist"),
    ],
)
def test_too_many_units_are_refused(box: World, rows: list[Any], message: str) -> None:
    gid, lines = paid_order(box)
    named = {"A": lines[0], "?": "gid://shopify/LineItem/1"}
    refused = refund(box, gid, [row(named[name], count) for name, count in rows])
    assert refused["refund"] is None
    assert refused["userErrors"][0]["message"] == message
    after = look(box.store, gid, STATE)
    assert after["refunds"] == []
    assert after["lineItems"]["nodes"][0]["refundableQuantity"] == 2


def test_cancelled_units_need_no_shipping_any_more(box: World) -> None:
    gid, lines = paid_order(box)
    refund(box, gid, [row(lines[0], restockType="CANCEL")], key="1")
    after = look(box.store, gid, STATE)
    (owner,) = after["fulfillmentOrders"]["nodes"]
    assert owner["status"] == "OPEN"
    assert owner["lineItems"]["nodes"] == [
        {"remainingQuantity": 1, "totalQuantity": 1},
        {"remainingQuantity": 1, "totalQuantity": 1},
    ]
    assert after["lineItems"]["nodes"][0]["unfulfilledQuantity"] == 1
    rest = [row(one, restockType="CANCEL") for one in lines]
    refund(box, gid, rest, key="2")
    after = look(box.store, gid, STATE)
    assert after["fulfillmentOrders"]["nodes"][0]["status"] == "CLOSED"
    assert after["displayFulfillmentStatus"] == "UNFULFILLED"
    assert amount(after, "currentTotalPriceSet") == "0.0"


def test_returned_units_go_back_on_the_shelf(box: World) -> None:
    variant = "gid://shopify/ProductVariant/43010000000001"

    def stock() -> int:
        query = "query($id: ID!) { productVariant(id: $id) { inventoryQuantity } }"
        return int(box.store.data(query, {"id": variant})["productVariant"]["inventoryQuantity"])

    gid = create(box.store, lineItems=[line(quantity=3, variantId=variant)])["id"]
    target = look(box.store, gid, STATE)["lineItems"]["nodes"][0]["id"]
    before = stock()
    for key, kind, wanted in (
        ("1", "NO_RESTOCK", before),
        ("2", "RETURN", before + 1),
        ("3", "CANCEL", before + 2),
    ):
        refund(box, gid, [row(target, restockType=kind)], key=key)
        assert stock() == wanted, kind


def test_money_back_is_a_transaction_of_its_own(box: World) -> None:
    gid, lines = paid_order(box)
    parent = look(box.store, gid, STATE)["transactions"][0]["id"]
    back = {"orderId": gid, "kind": "REFUND", "gateway": "manual", "amount": "11.00"}
    made = refund(box, gid, [row(lines[0])], transactions=[{**back, "parentId": parent}])["refund"]
    assert made["transactions"]["nodes"] == [
        {"kind": "REFUND", "parentTransaction": {"id": parent}}
    ]
    after = look(box.store, gid, STATE)
    assert [one["kind"] for one in after["transactions"]] == ["SALE", "REFUND"]
    assert (after["displayFinancialStatus"], amount(after, "totalRefundedSet")) == (
        "PARTIALLY_REFUNDED",
        "11.0",
    )
    over = {**back, "parentId": parent, "amount": "16.01"}
    refused = refund(box, gid, [], key="2", transactions=[over])["userErrors"][0]["message"]
    assert refused == "Refund amount $16.01 is greater than net payment received $16.00"


def test_an_unpaid_order_owes_less_after_a_refund_of_lines(box: World) -> None:
    gid = create(box.store, lineItems=[line(quantity=2)], financialStatus="PENDING")["id"]
    target = look(box.store, gid, STATE)["lineItems"]["nodes"][0]["id"]
    refund(box, gid, [row(target, restockType="CANCEL")])
    after = look(box.store, gid, STATE)
    assert (amount(after, "totalOutstandingSet"), after["displayFinancialStatus"]) == (
        "10.0",
        "PENDING",
    )


def test_a_refund_is_announced_with_its_lines(box: World, receiver: Receiver) -> None:
    subscribe = """mutation($t: WebhookSubscriptionTopic!, $u: String!) {
      webhookSubscriptionCreate(topic: $t, webhookSubscription: {uri: $u}) {
        userErrors { message } } }"""
    gid, lines = paid_order(box)
    for topic in ("REFUNDS_CREATE", "ORDERS_UPDATED"):
        box.store.data(subscribe, {"t": topic, "u": receiver.url})
    refund(box, gid, [row(lines[0], restockType="RETURN")], note="n")
    box.control.post("webhooks/flush")
    hooks = {one.headers["x-shopify-topic"]: one for one in receiver.hooks}
    assert set(hooks) == {"refunds/create", "orders/updated"}
    assert len({one.headers["x-shopify-event-id"] for one in receiver.hooks}) == 1
    body = json.loads(hooks["refunds/create"].body)
    assert body["order_id"] == int(gid.rpartition("/")[2])
    assert (body["note"], body["restock"], body["transactions"]) == ("n", True, [])
    (shown,) = body["refund_line_items"]
    assert shown["line_item_id"] == int(lines[0].rpartition("/")[2])
    assert (shown["quantity"], shown["restock_type"]) == (1, "return")
    assert (shown["subtotal"], shown["total_tax"]) == ("10.00", "1.00")
    whole = json.loads(hooks["orders/updated"].body)
    assert [one["id"] for one in whole["refunds"]] == [body["id"]]
    assert whole["current_total_price"] == "16.00"


@pytest.mark.parametrize(
    ("wish", "total", "status", "lines"),
    [
        ({}, "27.0", "REFUNDED", [2, 1]),
        ({"lines": [{"sku": "A", "quantity": 1}]}, "11.0", "PARTIALLY_REFUNDED", [1]),
        ({"lines": [{"sku": "B"}], "amount": 0}, "0.0", "PAID", [1]),
        ({"lines": [{"sku": "B"}], "amount": "2.50"}, "2.5", "PARTIALLY_REFUNDED", [1]),
    ],
)
def test_staff_refund_by_control(
    box: World, wish: dict[str, Any], total: str, status: str, lines: list[int]
) -> None:
    gid, _ = paid_order(box)
    number = gid.rpartition("/")[2]
    shown = box.control.post(f"shopify/orders/{number}/refund", **wish)
    assert shown["financial_status"] == status
    (made,) = shown["refunds"]
    assert (made["id"], made["total"]) == (shown["refund_id"], total)
    assert list(made["lines"].values()) == lines
    assert made["created_at"].endswith("Z")


def test_staff_cannot_refund_what_was_not_paid(box: World) -> None:
    number = create(box.store, financialStatus="PENDING")["legacyResourceId"]
    refused = box.control.ask("POST", f"shopify/orders/{number}/refund", {"amount": 5})
    assert refused.status == 409
    assert box.control.get(f"shopify/orders/{number}")["refunds"] == []
