"""Webhook subscriptions, deliveries and their bodies."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.receiver import Receiver
from tests.sandbox.shopify.orders import create, line, money

CREATE = """mutation($t: WebhookSubscriptionTopic!, $w: WebhookSubscriptionInput!) {
  webhookSubscriptionCreate(topic: $t, webhookSubscription: $w) {
    webhookSubscription { id topic uri } userErrors { field message } } }"""
LIST = "{ webhookSubscriptions(first: 20) { nodes { id topic uri format } } }"


def subscribe(box: World, topic: str, uri: str, **more: Any) -> Any:
    given = {"t": topic, "w": {"uri": uri, **more}}
    return box.store.data(CREATE, given)["webhookSubscriptionCreate"]


def listed(box: World) -> list[tuple[str, str]]:
    nodes = box.store.data(LIST)["webhookSubscriptions"]["nodes"]
    return [(one["topic"], one["uri"]) for one in nodes]


def settle(box: World, receiver: Receiver) -> dict[str, Any]:
    """The bodies that arrived, by topic."""
    assert box.control.post("webhooks/settle") == {"done": True}
    return {one.headers["x-shopify-topic"]: json.loads(one.body) for one in receiver.hooks}


def test_a_subscription_is_made_once(box: World) -> None:
    uri = "https://app.example.com/hook"
    made = subscribe(box, "ORDERS_UPDATED", uri)
    assert made["userErrors"] == []
    again = subscribe(box, "ORDERS_UPDATED", uri)
    assert again["webhookSubscription"] is None
    assert again["userErrors"] == [
        {
            "field": ["webhookSubscription", "callbackUrl"],
            "message": "Address for this topic has already been taken",
        }
    ]
    assert subscribe(box, "ORDERS_CREATE", uri)["userErrors"] == []
    assert listed(box) == [("ORDERS_UPDATED", uri), ("ORDERS_CREATE", uri)]


@pytest.mark.parametrize(
    ("uri", "text"),
    [
        ("http://app.example.com/x", "Address protocol http:// is not supported"),
        ("nonsense", "Address is invalid"),
        ("https://demo-us.myshopify.com/x", "Address is invalid"),
        ("", "Address can't be blank"),
    ],
)
def test_an_address_must_be_https_unless_it_is_this_machine(
    box: World, uri: str, text: str
) -> None:
    assert subscribe(box, "ORDERS_UPDATED", uri)["userErrors"][0]["message"] == text
    assert listed(box) == []
    assert subscribe(box, "ORDERS_UPDATED", "http://127.0.0.1:9/x")["userErrors"] == []


def test_a_subscription_is_changed_and_deleted(box: World) -> None:
    gid = subscribe(box, "ORDERS_UPDATED", "https://one.example.com")["webhookSubscription"]["id"]
    update = """mutation($id: ID!, $w: WebhookSubscriptionInput!) {
      webhookSubscriptionUpdate(id: $id, webhookSubscription: $w) {
        webhookSubscription { uri } userErrors { message } } }"""
    given = {"id": gid, "w": {"uri": "https://two.example.com"}}
    changed = box.store.data(update, given)["webhookSubscriptionUpdate"]
    assert changed["webhookSubscription"] == {"uri": "https://two.example.com"}
    delete = """mutation($id: ID!) { webhookSubscriptionDelete(id: $id) {
      deletedWebhookSubscriptionId userErrors { message } } }"""
    done = box.store.data(delete, {"id": gid})["webhookSubscriptionDelete"]
    assert done["deletedWebhookSubscriptionId"] == gid
    assert listed(box) == []
    again = box.store.data(delete, {"id": gid})["webhookSubscriptionDelete"]
    assert again["userErrors"] == [{"message": "Webhook subscription does not exist"}]


def test_a_delivery_has_every_header_and_a_good_hmac(box: World, receiver: Receiver) -> None:
    subscribe(box, "ORDERS_CREATE", receiver.url, name="mine")
    create(box.store)
    settle(box, receiver)
    hook = receiver.hooks[0]
    digest = hmac.new(b"shpss_sandbox", hook.body, hashlib.sha256).digest()
    assert hook.headers["x-shopify-hmac-sha256"] == base64.b64encode(digest).decode()
    assert hook.headers["x-shopify-topic"] == "orders/create"
    assert hook.headers["x-shopify-shop-domain"] == "demo-us.myshopify.com"
    assert hook.headers["x-shopify-api-version"] == "2026-10"
    assert hook.headers["x-shopify-name"] == "mine"
    assert hook.headers["x-shopify-triggered-at"].endswith("Z")
    assert len(hook.headers["x-shopify-webhook-id"]) == 36


def test_an_order_body_has_the_rest_shape(box: World, receiver: Receiver) -> None:
    subscribe(box, "ORDERS_CREATE", receiver.url)
    made = create(
        box.store,
        lineItems=[line("18.00", 2, sku="A", properties=[{"name": "_k", "value": "v"}])],
        tags=["b", "a"],
        sourceIdentifier="5761",
        financialStatus="PAID",
        customAttributes=[{"key": "tiktok_order_id", "value": "5761"}],
        transactions=[{"amountSet": money("36.00"), "gateway": "TikTok Shop"}],
        shippingAddress={"firstName": "Robin", "lastName": "Sample", "countryCode": "US"},
    )
    body = settle(box, receiver)["orders/create"]
    assert body["id"] == int(made["legacyResourceId"])
    assert body["admin_graphql_api_id"] == made["id"]
    assert (body["name"], body["order_number"], body["number"]) == ("#1001", 1001, 1)
    assert (body["total_price"], body["financial_status"], body["fulfillment_status"]) == (
        "36.00", "paid", None,
    )  # fmt: skip
    assert (body["tags"], body["source_identifier"]) == ("a, b", "5761")
    assert body["app_id"] == 240000000001
    assert body["note_attributes"] == [{"name": "tiktok_order_id", "value": "5761"}]
    assert body["payment_gateway_names"] == ["TikTok Shop"]
    assert body["shipping_address"]["name"] == "Robin Sample"
    row = body["line_items"][0]
    assert (row["price"], row["quantity"], row["fulfillable_quantity"]) == ("18.00", 2, 2)
    assert row["properties"] == [{"name": "_k", "value": "v"}]
    assert body["created_at"][-6:] in ("-05:00", "-04:00")


def test_shipping_sends_three_topics_of_one_event(box: World, receiver: Receiver) -> None:
    topics = (
        "FULFILLMENTS_CREATE",
        "ORDERS_FULFILLED",
        "ORDERS_PARTIALLY_FULFILLED",
        "ORDERS_UPDATED",
    )
    order = create(box.store, lineItems=[line(quantity=2, sku="A")])
    for topic in topics:
        subscribe(box, topic, receiver.url)
    path = f"shopify/orders/{order['legacyResourceId']}"
    one = [{"sku": "A", "quantity": 1}]
    box.control.post(f"{path}/fulfill", tracking_number="N1", company="UPS", lines=one)
    bodies = settle(box, receiver)
    assert set(bodies) == {"fulfillments/create", "orders/partially_fulfilled", "orders/updated"}
    parcel = bodies["fulfillments/create"]
    assert (parcel["order_id"], parcel["status"]) == (int(order["legacyResourceId"]), "success")
    assert (parcel["tracking_company"], parcel["tracking_numbers"]) == ("UPS", ["N1"])
    assert [(row["sku"], row["quantity"]) for row in parcel["line_items"]] == [("A", 1)]
    assert bodies["orders/updated"]["fulfillment_status"] == "partial"
    assert len({hook.headers["x-shopify-event-id"] for hook in receiver.hooks}) == 1
    assert len({hook.headers["x-shopify-webhook-id"] for hook in receiver.hooks}) == 3
    receiver.hooks.clear()
    box.control.post(f"{path}/fulfill", tracking_number="N2", company="UPS")
    assert set(settle(box, receiver)) == {
        "fulfillments/create", "orders/fulfilled", "orders/updated",
    }  # fmt: skip


def test_tracking_events_cancelling_and_products_have_topics(
    box: World, receiver: Receiver
) -> None:
    order = create(box.store)
    path = f"shopify/orders/{order['legacyResourceId']}"
    for topic in ("FULFILLMENTS_UPDATE", "FULFILLMENT_EVENTS_CREATE", "ORDERS_CANCELLED",
                  "PRODUCTS_UPDATE"):  # fmt: skip
        subscribe(box, topic, receiver.url)
    box.control.post(f"{path}/fulfill", tracking_number="N1", company="UPS")
    box.control.post(f"{path}/event", status="IN_TRANSIT")
    found = settle(box, receiver)
    assert found["fulfillment_events/create"]["status"] == "in_transit"
    assert found["fulfillments/update"]["shipment_status"] == "in_transit"
    box.control.post(f"{path}/cancel-fulfillment")
    box.control.post(f"{path}/cancel")
    box.control.post("shopify/variants/MUG-12", price="15.00")
    found = settle(box, receiver)
    assert found["fulfillments/update"]["status"] == "cancelled"
    assert found["orders/cancelled"]["cancel_reason"] == "other"
    assert found["products/update"]["variants"][0]["price"] == "15.00"


def test_a_retry_keeps_its_id_and_eight_failures_end_a_subscription(
    box: World, receiver: Receiver
) -> None:
    receiver.status = lambda _n: 500
    subscribe(box, "ORDERS_CREATE", receiver.url)
    create(box.store)
    for _ in range(10):
        box.control.post("webhooks/flush")
    assert len(receiver.hooks) == 9
    assert len({hook.headers["x-shopify-webhook-id"] for hook in receiver.hooks}) == 1
    assert len({hook.body for hook in receiver.hooks}) == 1
    assert listed(box) == []


def test_taking_stock_tells_the_product(box: World, receiver: Receiver) -> None:
    subscribe(box, "PRODUCTS_UPDATE", receiver.url)
    variant = "gid://shopify/ProductVariant/43010000000004"
    document = """mutation($order: OrderCreateOrderInput!) { orderCreate(order: $order,
      options: {inventoryBehaviour: DECREMENT_IGNORING_POLICY}) { order { id } } }"""
    given = {"lineItems": [line(variantId=variant, quantity=2)]}
    box.store.data(document, {"order": given})
    body = settle(box, receiver)["products/update"]
    assert body["variants"][0]["inventory_quantity"] == 298


def test_any_2xx_is_a_success(box: World, receiver: Receiver) -> None:
    receiver.status = lambda _n: 204
    subscribe(box, "ORDERS_CREATE", receiver.url)
    create(box.store)
    settle(box, receiver)
    assert box.control.get("webhooks")["states"] == {"delivered": 1}


def test_uninstalling_ends_everything_with_one_last_word(box: World, receiver: Receiver) -> None:
    subscribe(box, "APP_UNINSTALLED", receiver.url)
    box.control.post("deauthorize", platform="shopify", shop="demo-us")
    body = settle(box, receiver)["app/uninstalled"]
    assert body["myshopify_domain"] == "demo-us.myshopify.com"
    assert box.store.call("{ shop { name } }").status == 401


def test_stores_have_subscriptions_of_their_own(box: World, receiver: Receiver) -> None:
    box.store.domain, box.store.token = "demo-vn.myshopify.com", "shpat_sandbox-vn"
    subscribe(box, "ORDERS_CREATE", receiver.url)
    box.store.domain, box.store.token = "demo-us.myshopify.com", "shpat_sandbox-us"
    create(box.store)
    assert settle(box, receiver) == {}


def test_older_clients_read_the_address_as_an_endpoint(box: World) -> None:
    query = """{ webhookSubscriptions(first: 5) { edges { node { topic endpoint { __typename
      ... on WebhookHttpEndpoint { callbackUrl } ... on WebhookEventBridgeEndpoint { arn }
      ... on WebhookPubSubEndpoint { pubSubProject pubSubTopic } } } } } }"""
    made = subscribe(box, "ORDERS_UPDATED", "https://app.example.com/one")
    moved = """mutation($id: ID!) { webhookSubscriptionUpdate(id: $id,
      webhookSubscription: {uri: "https://app.example.com/two"}) { userErrors { message } } }"""
    for address in ("one", "two"):
        node = box.store.data(query)["webhookSubscriptions"]["edges"][0]["node"]
        url = f"https://app.example.com/{address}"
        assert node["endpoint"] == {"__typename": "WebhookHttpEndpoint", "callbackUrl": url}
        box.store.data(moved, {"id": made["webhookSubscription"]["id"]})
