"""Orders to create, and the documents that do it."""

from typing import Any

from tests.sandbox.clients import Shopify

CREATE = """
mutation($order: OrderCreateOrderInput!, $options: OrderCreateOptionsInput) {
  orderCreate(order: $order, options: $options) {
    order {
      id legacyResourceId name tags sourceIdentifier displayFinancialStatus displayFulfillmentStatus
    }
    userErrors { field message code }
  }
}
"""
DEFINE = """
mutation {
  metafieldDefinitionCreate(definition: {
    name: "TikTok order", namespace: "$app", key: "tiktok_order_id", type: "id", ownerType: ORDER
  }) { createdDefinition { id namespace } userErrors { field message code } }
}
"""


def money(amount: str, currency: str = "USD", shown: tuple[str, str] | None = None) -> Any:
    """A money bag; ``shown`` is the presentment side."""
    bag: dict[str, Any] = {"shopMoney": {"amount": amount, "currencyCode": currency}}
    if shown:
        bag["presentmentMoney"] = {"amount": shown[0], "currencyCode": shown[1]}
    return bag


def line(price: str = "10.00", quantity: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "title": "Tee",
        "quantity": quantity,
        "requiresShipping": True,
        "priceSet": money(price),
        **more,
    }


def metafield(value: str) -> list[dict[str, str]]:
    return [{"namespace": "$app", "key": "tiktok_order_id", "type": "id", "value": value}]


def try_to_create(store: Shopify, **order: Any) -> Any:
    """The payload of orderCreate, refused or not."""
    given = {"lineItems": [line()], **order}
    return store.data(CREATE, {"order": given})["orderCreate"]


def create(store: Shopify, **order: Any) -> Any:
    payload = try_to_create(store, **order)
    assert payload["userErrors"] == []
    return payload["order"]


def look(store: Shopify, gid: str, fields: str) -> Any:
    query = "query($id: ID!) { order(id: $id) { FIELDS } }".replace("FIELDS", fields)
    return store.data(query, {"id": gid})["order"]
