"""Fulfilment orders and fulfilments: shipping, correcting, cancelling, holding."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.receiver import Receiver
from tests.sandbox.shopify.orders import create, line, look

CREATE = """mutation($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) {
  fulfillment { id name status displayStatus totalQuantity trackingInfo { company number url } }
  userErrors { field message } } }"""
OWNERS = """displayFulfillmentStatus fulfillmentOrders(first: 5) { nodes {
  id status requestStatus supportedActions { action } assignedLocation { name }
  lineItems(first: 10) { nodes { id sku remainingQuantity totalQuantity lineItem { id } } } } }"""
TRACKING = {"company": "UPS", "number": "1Z999"}


def owners(box: World, order: Any) -> Any:
    return look(box.store, order["id"], OWNERS)["fulfillmentOrders"]["nodes"]


def ship(box: World, *groups: dict[str, Any], tracking: Any = None) -> Any:
    given = {"lineItemsByFulfillmentOrder": list(groups), "trackingInfo": tracking or TRACKING}
    return box.store.data(CREATE, {"f": given})["fulfillmentCreate"]


def refusal(payload: Any) -> str:
    assert payload["fulfillment"] is None
    assert payload["userErrors"][0]["field"] == ["fulfillment"]
    return str(payload["userErrors"][0]["message"])


def test_an_order_has_one_open_fulfillment_order(box: World) -> None:
    order = create(box.store, lineItems=[line(quantity=2, sku="A"), line(sku="B")])
    found = owners(box, order)
    assert [(one["status"], one["requestStatus"]) for one in found] == [("OPEN", "UNSUBMITTED")]
    actions = [one["action"] for one in found[0]["supportedActions"]]
    assert actions == ["CREATE_FULFILLMENT", "MOVE", "HOLD", "SPLIT"]
    rows = found[0]["lineItems"]["nodes"]
    assert [(one["sku"], one["remainingQuantity"]) for one in rows] == [("A", 2), ("B", 1)]


def test_a_line_that_does_not_ask_for_shipping_gets_none(box: World) -> None:
    order = create(box.store, lineItems=[line(requiresShipping=False)])
    assert owners(box, order) == []


def test_shipping_everything_closes_the_fulfillment_order(box: World) -> None:
    order = create(box.store, lineItems=[line(quantity=2)])
    owner = owners(box, order)[0]["id"]
    made = ship(box, {"fulfillmentOrderId": owner})["fulfillment"]
    assert made["name"] == "#1001-F1"
    assert (made["status"], made["displayStatus"], made["totalQuantity"]) == (
        "SUCCESS", "FULFILLED", 2,
    )  # fmt: skip
    assert made["trackingInfo"][0]["number"] == "1Z999"
    assert made["trackingInfo"][0]["url"].endswith("trackNums=1Z999")
    found = look(box.store, order["id"], OWNERS)
    assert found["displayFulfillmentStatus"] == "FULFILLED"
    assert found["fulfillmentOrders"]["nodes"][0]["status"] == "CLOSED"
    number = owner.rpartition("/")[2]
    again = ship(box, {"fulfillmentOrderId": owner})
    assert refusal(again) == f"Fulfillment order {number} has an unfulfillable status= closed."


def test_shipping_in_parts(box: World) -> None:
    order = create(box.store, lineItems=[line(quantity=3)])
    owner = owners(box, order)[0]
    row = owner["lineItems"]["nodes"][0]["id"]

    def part(quantity: int) -> Any:
        rows = [{"id": row, "quantity": quantity}]
        return ship(box, {"fulfillmentOrderId": owner["id"], "fulfillmentOrderLineItems": rows})

    assert part(1)["userErrors"] == []
    found = look(box.store, order["id"], OWNERS)
    assert found["displayFulfillmentStatus"] == "PARTIALLY_FULFILLED"
    assert found["fulfillmentOrders"]["nodes"][0]["status"] == "IN_PROGRESS"
    assert refusal(part(3)) == "Invalid fulfillment order line item quantity requested."
    assert refusal(part(0)) == "Quantity must be greater than 0"
    assert part(2)["userErrors"] == []
    assert look(box.store, order["id"], OWNERS)["displayFulfillmentStatus"] == "FULFILLED"
    shown = look(
        box.store,
        order["id"],
        """fulfillmentsCount { count } fulfillments(first: 5) {
           fulfillmentLineItems(first: 5) { nodes { quantity } } }""",
    )
    assert shown["fulfillmentsCount"] == {"count": 2}
    quantities = [
        one["fulfillmentLineItems"]["nodes"][0]["quantity"] for one in shown["fulfillments"]
    ]
    assert quantities == [1, 2]


def test_unknown_and_mixed_fulfillment_orders_are_refused(box: World) -> None:
    one, two = (owners(box, create(box.store))[0] for _ in range(2))
    unknown = ship(box, {"fulfillmentOrderId": "gid://shopify/FulfillmentOrder/1"})
    assert refusal(unknown) == "Fulfillment order does not exist."
    mixed = ship(box, *({"fulfillmentOrderId": owner["id"]} for owner in (one, two)))
    assert refusal(mixed) == "All fulfillment orders must belong to the same order."
    foreign = [{"id": two["lineItems"]["nodes"][0]["id"], "quantity": 1}]
    wrong = ship(box, {"fulfillmentOrderId": one["id"], "fulfillmentOrderLineItems": foreign})
    assert refusal(wrong) == "Fulfillment order line item does not exist."


def test_several_locations_make_several_fulfillment_orders(box: World) -> None:
    shops = box.control.get("config")["shopify"]["shops"]
    shops[0]["locations"] = [{"name": "East"}, {"name": "West"}]
    variants = [
        {"sku": "E", "price": "1", "inventory": {"East": 5}},
        {"sku": "W", "price": "1", "inventory": {"West": 5}},
    ]
    shops[0]["products"] = [
        {"title": one["sku"], "variants": [one], "options": []} for one in variants
    ]
    box.control.post("reset", config={"shopify": {"shops": shops}})
    rows = box.control.get("shopify/products?shop=demo-us")["variants"]
    lines = [line(sku=one["sku"], variantId=one["id"]) for one in rows]
    found = owners(box, create(box.store, lineItems=lines))
    assert [one["assignedLocation"]["name"] for one in found] == ["East", "West"]
    both = ship(box, *({"fulfillmentOrderId": one["id"]} for one in found))
    assert refusal(both) == "All fulfillment orders must be assigned to a single location."


def made_fulfillment(box: World) -> tuple[Any, str]:
    order = create(box.store)
    owner = owners(box, order)[0]["id"]
    return order, ship(box, {"fulfillmentOrderId": owner})["fulfillment"]["id"]


def test_tracking_is_replaced(box: World) -> None:
    _, gid = made_fulfillment(box)
    query = """mutation($id: ID!, $t: FulfillmentTrackingInput!) {
      fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $t) {
        fulfillment { trackingInfo { company number url } } userErrors { message } } }"""
    given = {"company": "FedEx", "numbers": ["A1", "B2"], "urls": ["https://x.example.com/A1"]}
    payload = box.store.data(query, {"id": gid, "t": given})["fulfillmentTrackingInfoUpdate"]
    assert payload["fulfillment"]["trackingInfo"] == [
        {"company": "FedEx", "number": "A1", "url": "https://x.example.com/A1"},
        {"company": "FedEx", "number": "B2", "url": "https://www.fedex.com/fedextrack/?trknbr=B2"},
    ]
    missing = {"id": "gid://shopify/Fulfillment/1", "t": given}
    refused = box.store.data(query, missing)["fulfillmentTrackingInfoUpdate"]
    assert refused["userErrors"] == [{"message": "Fulfillment does not exist."}]


def test_events_move_the_display_status_and_cancelling_keeps_them(box: World) -> None:
    order, gid = made_fulfillment(box)
    event = """mutation($e: FulfillmentEventInput!) { fulfillmentEventCreate(fulfillmentEvent: $e) {
      fulfillmentEvent { status } userErrors { message } } }"""
    for status in ("IN_TRANSIT", "OUT_FOR_DELIVERY"):
        box.store.data(event, {"e": {"fulfillmentId": gid, "status": status}})
    fields = """fulfillments { status displayStatus inTransitAt deliveredAt
      trackingInfo { number } events(first: 5) { nodes { status } } }"""
    found = look(box.store, order["id"], fields)["fulfillments"][0]
    assert (found["status"], found["displayStatus"]) == ("SUCCESS", "OUT_FOR_DELIVERY")
    assert found["inTransitAt"] is not None
    assert found["deliveredAt"] is None
    cancel = """mutation($id: ID!) { fulfillmentCancel(id: $id) {
      fulfillment { status displayStatus } userErrors { message } } }"""
    payload = box.store.data(cancel, {"id": gid})["fulfillmentCancel"]
    assert payload["fulfillment"] == {"status": "CANCELLED", "displayStatus": "CANCELED"}
    after = look(box.store, order["id"], fields)["fulfillments"][0]
    assert after["trackingInfo"] == [{"number": "1Z999"}]
    assert len(after["events"]["nodes"]) == 2
    assert look(box.store, order["id"], OWNERS)["displayFulfillmentStatus"] == "UNFULFILLED"
    assert owners(box, order)[0]["status"] == "OPEN"
    none = box.store.data(cancel, {"id": "gid://shopify/Fulfillment/1"})["fulfillmentCancel"]
    assert none["userErrors"] == [{"message": "Fulfillment not found."}]


def test_a_hold_keeps_an_order_from_being_shipped(box: World) -> None:
    order = create(box.store)
    owner = owners(box, order)[0]["id"]
    hold = """mutation($id: ID!, $h: FulfillmentOrderHoldInput!) {
      fulfillmentOrderHold(id: $id, fulfillmentHold: $h) {
        fulfillmentHold { id reason } fulfillmentOrder { status } userErrors { code } } }"""
    given = {"id": owner, "h": {"reason": "OTHER", "handle": "mine"}}
    made = box.store.data(hold, given)["fulfillmentOrderHold"]
    assert made["fulfillmentOrder"] == {"status": "ON_HOLD"}
    assert look(box.store, order["id"], OWNERS)["displayFulfillmentStatus"] == "ON_HOLD"
    refused = box.store.data(hold, given)["fulfillmentOrderHold"]["userErrors"]
    assert refused == [{"code": "DUPLICATE_FULFILLMENT_HOLD_HANDLE"}]
    assert "on_hold" in refusal(ship(box, {"fulfillmentOrderId": owner}))
    release = """mutation($id: ID!, $ids: [ID!]) { fulfillmentOrderReleaseHold(
      id: $id, holdIds: $ids) { fulfillmentOrder { status } userErrors { code } } }"""
    ids = [made["fulfillmentHold"]["id"]]
    done = box.store.data(release, {"id": owner, "ids": ids})["fulfillmentOrderReleaseHold"]
    assert done["fulfillmentOrder"] == {"status": "OPEN"}
    assert ship(box, {"fulfillmentOrderId": owner})["userErrors"] == []


def test_a_merchant_ships_by_control(box: World) -> None:
    order = create(box.store, lineItems=[line(quantity=2, sku="A"), line(sku="B")])
    path = f"shopify/orders/{order['legacyResourceId']}"
    first = box.control.post(
        f"{path}/fulfill", tracking_number="N1", company="UPS", lines=[{"sku": "A", "quantity": 1}]
    )
    assert first["fulfillment_status"] == "PARTIALLY_FULFILLED"
    done = box.control.post(f"{path}/fulfill", tracking_number="N2", company="USPS")
    assert done["fulfillment_status"] == "FULFILLED"
    numbers = [one["tracking"][0]["number"] for one in done["fulfillments"]]
    assert numbers == ["N1", "N2"]
    history = [one["status"] for one in done["fulfillment_orders"][0]["history"]]
    assert history == ["OPEN", "IN_PROGRESS", "CLOSED"]
    assert box.control.ask("POST", f"{path}/fulfill", {}).status == 409
    box.control.post(f"{path}/tracking", tracking_number="N3", company="UPS")
    moved = box.control.post(f"{path}/event", status="delivered")
    assert moved["fulfillments"][1]["display_status"] == "DELIVERED"
    undone = box.control.post(f"{path}/cancel-fulfillment")
    assert undone["fulfillments"][1]["status"] == "CANCELLED"
    assert undone["fulfillments"][1]["tracking"][0]["number"] == "N3"
    assert undone["fulfillment_status"] == "PARTIALLY_FULFILLED"


@pytest.mark.parametrize("status", ["FULFILLED", None])
def test_an_order_can_be_created_as_shipped(box: World, status: str | None) -> None:
    location = "gid://shopify/Location/70000000001"
    given = {"locationId": location, "trackingNumber": "N1", "trackingCompany": "UPS"}
    order = create(box.store, fulfillment=given, fulfillmentStatus=status)
    assert order["displayFulfillmentStatus"] == "FULFILLED"
    fields = "fulfillments { trackingInfo { number } }"
    assert look(box.store, order["id"], fields)["fulfillments"] == [
        {"trackingInfo": [{"number": "N1"}]}
    ]


def test_a_parcel_may_have_several_numbers(box: World) -> None:
    order = create(box.store, lineItems=[line(quantity=2)])
    path = f"shopify/orders/{order['legacyResourceId']}"
    box.control.post(f"{path}/fulfill", tracking_numbers=["A1", "B2"], company="UPS")
    fields = "fulfillments { trackingInfo { company number url } }"
    (found,) = look(box.store, order["id"], fields)["fulfillments"]
    assert [(one["company"], one["number"]) for one in found["trackingInfo"]] == [
        ("UPS", "A1"),
        ("UPS", "B2"),
    ]
    assert found["trackingInfo"][1]["url"].endswith("trackNums=B2")


def test_two_parcels_may_leave_in_the_same_second(box: World) -> None:
    order = create(box.store, lineItems=[line(quantity=1, sku="A"), line(sku="B")])
    path = f"shopify/orders/{order['legacyResourceId']}"
    parcels = [
        {"lines": [{"sku": sku}], "tracking_number": f"N-{sku}", "company": "UPS"}
        for sku in ("A", "B")
    ]
    box.control.post(f"{path}/fulfill", parcels=parcels)
    fields = "fulfillments { id createdAt updatedAt trackingInfo { number } }"
    first, second = look(box.store, order["id"], fields)["fulfillments"]
    assert first["createdAt"] == second["createdAt"]
    assert first["updatedAt"] == second["updatedAt"]
    assert first["id"] != second["id"]
    numbers = [one["trackingInfo"][0]["number"] for one in (first, second)]
    assert numbers == ["N-A", "N-B"]


def test_cancelling_one_of_two_parcels_leaves_the_order_half_shipped(box: World) -> None:
    order = create(box.store, lineItems=[line(quantity=1, sku="A"), line(sku="B")])
    path = f"shopify/orders/{order['legacyResourceId']}"
    for sku in ("A", "B"):
        box.control.post(f"{path}/fulfill", lines=[{"sku": sku}], tracking_number=sku)
    box.control.post(f"{path}/cancel-fulfillment")
    (owner,) = owners(box, order)
    assert owner["status"] == "IN_PROGRESS"
    assert [one["remainingQuantity"] for one in owner["lineItems"]["nodes"]] == [0, 1]
    shown = look(box.store, order["id"], OWNERS)["displayFulfillmentStatus"]
    assert shown == "PARTIALLY_FULFILLED"
    box.control.post(f"{path}/fulfill", tracking_number="again")
    assert owners(box, order)[0]["status"] == "CLOSED"


def test_an_id_of_something_else_is_no_fulfillment(box: World) -> None:
    order = create(box.store)
    for name, arguments in (
        ("fulfillmentCancel", "id: $id"),
        ("fulfillmentTrackingInfoUpdate", 'fulfillmentId: $id, trackingInfoInput: {number: "1"}'),
    ):
        query = f"mutation($id: ID!) {{ {name}({arguments}) {{ userErrors {{ message }} }} }}"
        answer = box.store.call(query, {"id": order["id"]}).json
        assert answer["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"


def test_corrections_and_cancellations_are_announced(box: World, receiver: Receiver) -> None:
    subscribe = """mutation($t: WebhookSubscriptionTopic!, $u: String!) {
      webhookSubscriptionCreate(topic: $t, webhookSubscription: {uri: $u}) {
        userErrors { message } } }"""
    order, _ = made_fulfillment(box)
    for topic in ("FULFILLMENTS_UPDATE", "ORDERS_UPDATED"):
        box.store.data(subscribe, {"t": topic, "u": receiver.url})
    path = f"shopify/orders/{order['legacyResourceId']}"
    box.control.post(f"{path}/tracking", tracking_numbers=["X1", "X2"], company="FedEx")
    box.control.post("webhooks/flush")
    box.control.post(f"{path}/cancel-fulfillment")
    box.control.post("webhooks/flush")
    topics = [one.headers["x-shopify-topic"] for one in receiver.hooks]
    assert sorted(topics) == ["fulfillments/update"] * 2 + ["orders/updated"] * 2
    bodies = [
        json.loads(one.body)
        for one in receiver.hooks
        if one.headers["x-shopify-topic"] == "fulfillments/update"
    ]
    assert [one["status"] for one in bodies] == ["success", "cancelled"]
    assert [one["tracking_numbers"] for one in bodies] == [["X1", "X2"]] * 2
