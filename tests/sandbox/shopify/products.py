"""Calls for products that several test modules share."""

from typing import Any

from tests.sandbox.clients import Shopify, World

DEFINE_PRODUCT_ID = """mutation { metafieldDefinitionCreate(definition: {name: "TikTok product",
  namespace: "$app", key: "tiktok_product_id", type: "id", ownerType: PRODUCT}) {
  createdDefinition { id namespace } userErrors { field code message } } }"""

SET = """mutation($input: ProductSetInput!, $identifier: ProductSetIdentifiers, $now: Boolean!) {
  productSet(input: $input, identifier: $identifier, synchronous: $now) {
    product { id handle title status tags hasOnlyDefaultVariant options { id name values
        optionValues { id name hasVariants } }
      variants(first: 50) { nodes { id sku title price position inventoryQuantity
        selectedOptions { name value } media(first: 5) { nodes { id } }
        inventoryItem { id tracked measurement { weight { unit value } } } } }
      media(first: 10) { nodes { id alt status } }
      metafields(first: 10) { nodes { namespace key value } } }
    productSetOperation { id status }
    userErrors { field message code } } }"""

LEVEL = """query($item: ID!, $place: ID!) { inventoryItem(id: $item) { tracked
  inventoryLevel(locationId: $place) { id quantities(names: ["available", "on_hand",
  "committed", "incoming"]) { name quantity } } } }"""

CUSTOM_ID = {"namespace": "$app", "key": "tiktok_product_id"}


def two_by_two(**more: Any) -> dict[str, Any]:
    """A product of two options with three variants."""
    rows = [("S", "Red", "A-1"), ("S", "Blue", "A-2"), ("M", "Red", "A-3")]
    return {
        "title": "Rain coat",
        "productOptions": [
            {"name": "Size", "position": 1, "values": [{"name": "S"}, {"name": "M"}]},
            {"name": "Color", "position": 2, "values": [{"name": "Red"}, {"name": "Blue"}]},
        ],
        "variants": [variant(size, color, sku) for size, color, sku in rows],
        **more,
    }


def variant(size: str, color: str, sku: str, **more: Any) -> dict[str, Any]:
    values = [{"optionName": "Size", "name": size}, {"optionName": "Color", "name": color}]
    return {"optionValues": values, "sku": sku, "price": "20.5", **more}


def product_set(
    store: Shopify, given: dict[str, Any], identifier: Any = None, now: bool = True
) -> Any:
    variables = {"input": given, "identifier": identifier, "now": now}
    return store.data(SET, variables)["productSet"]


def made(store: Shopify, given: dict[str, Any], identifier: Any = None) -> Any:
    """The product of a productSet that has to succeed."""
    payload = product_set(store, given, identifier)
    assert payload["userErrors"] == []
    return payload["product"]


def refusals(store: Shopify, given: dict[str, Any], identifier: Any = None) -> list[Any]:
    """Field, text and code of each refusal; nothing was made."""
    payload = product_set(store, given, identifier)
    assert payload["product"] is None
    return [(one["field"], one["message"], one["code"]) for one in payload["userErrors"]]


def place_of(box: World, number: int = 0) -> str:
    return str(box.control.get("shopify/locations")["locations"][number]["id"])


def levels(box: World, item: str, place: str) -> dict[str, int] | None:
    level = box.store.data(LEVEL, {"item": item, "place": place})["inventoryItem"]["inventoryLevel"]
    return level and {one["name"]: one["quantity"] for one in level["quantities"]}
