"""Stock: setting, adjusting and activating it, and what orders do to it."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.products import levels, place_of

SET = """mutation($input: InventorySetQuantitiesInput!, $key: String!) {
  inventorySetQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { reason changes { name delta quantityAfterChange item { sku } } }
    userErrors { field message code } } }"""
ADJUST = """mutation($input: InventoryAdjustQuantitiesInput!, $key: String!) {
  inventoryAdjustQuantities(input: $input) @idempotent(key: $key) {
    inventoryAdjustmentGroup { changes { name delta } } userErrors { field message code } } }"""
ACTIVATE = """mutation($item: ID!, $place: ID!, $available: Int, $key: String!) {
  inventoryActivate(inventoryItemId: $item, locationId: $place, available: $available)
    @idempotent(key: $key) { inventoryLevel { location { name } } userErrors { field message } } }
"""


def item_of(box: World, sku: str) -> str:
    query = """query($q: String) { productVariants(first: 1, query: $q) { nodes {
      inventoryItem { id } } } }"""
    (node,) = box.store.data(query, {"q": f"sku:'{sku}'"})["productVariants"]["nodes"]
    return str(node["inventoryItem"]["id"])


def available(box: World, sku: str, place: str) -> int:
    level = levels(box, item_of(box, sku), place)
    assert level is not None
    return level["available"]


def wish(box: World, **row: Any) -> dict[str, Any]:
    first = {
        "inventoryItemId": item_of(box, "MUG-12"), "locationId": place_of(box), "quantity": 290,
        "changeFromQuantity": 300, **row,
    }  # fmt: skip
    return {"name": "available", "reason": "correction", "quantities": [first]}


def put(box: World, given: dict[str, Any], key: str = "k1") -> Any:
    return box.store.data(SET, {"input": given, "key": key})["inventorySetQuantities"]


def test_units_are_set_and_the_shelf_follows(box: World) -> None:
    payload = put(box, wish(box))
    assert payload["userErrors"] == []
    assert payload["inventoryAdjustmentGroup"] == {
        "reason": "correction",
        "changes": [
            {"name": name, "delta": -10, "quantityAfterChange": None, "item": {"sku": "MUG-12"}}
            for name in ("available", "on_hand")
        ],
    }
    assert levels(box, item_of(box, "MUG-12"), place_of(box)) == {
        "available": 290, "on_hand": 290, "committed": 0, "incoming": 0,
    }  # fmt: skip


def test_a_stale_number_changes_nothing(box: World) -> None:
    payload = put(box, wish(box, changeFromQuantity=299))
    assert payload["inventoryAdjustmentGroup"] is None
    assert payload["userErrors"] == [
        {
            "field": ["input", "quantities", "0", "changeFromQuantity"],
            "message": "The changeFromQuantity argument no longer matches the persisted quantity.",
            "code": "CHANGE_FROM_QUANTITY_STALE",
        }
    ]
    assert available(box, "MUG-12", place_of(box)) == 300


def test_null_compares_with_nothing(box: World) -> None:
    assert put(box, wish(box, changeFromQuantity=None))["userErrors"] == []
    assert available(box, "MUG-12", place_of(box)) == 290


def test_the_number_to_compare_with_has_to_be_there(box: World) -> None:
    given = wish(box)
    del given["quantities"][0]["changeFromQuantity"]
    answer = box.store.call(SET, {"input": given, "key": "k"}).json
    assert answer["errors"][0]["extensions"]["code"] == "INVALID_FIELD_ARGUMENTS"
    assert answer["errors"][0]["message"] == (
        "InventoryQuantityInput must include the following argument: changeFromQuantity."
    )
    assert available(box, "MUG-12", place_of(box)) == 300


def test_the_key_has_to_be_there_since_april(box: World) -> None:
    bare = SET.replace(" @idempotent(key: $key)", "").replace(", $key: String!", "")
    answer = box.store.call(bare, {"input": wish(box)}).json
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert "@idempotent directive is required" in answer["errors"][0]["message"]
    assert available(box, "MUG-12", place_of(box)) == 300
    box.store.version = "2026-01"
    assert "errors" not in box.store.call(bare, {"input": wish(box)}).json


def test_the_same_key_gives_the_same_answer_and_works_once(box: World) -> None:
    given = wish(box)
    first = put(box, given)
    box.control.post("shopify/variants/MUG-12/stock", available=50)
    assert put(box, given) == first
    assert available(box, "MUG-12", place_of(box)) == 50
    other = wish(box, quantity=1)
    answer = box.store.call(SET, {"input": other, "key": "k1"}).json
    assert answer["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    blank = box.store.call(SET, {"input": given, "key": " "}).json
    assert blank["errors"][0]["message"] == "key can't be blank"


@pytest.mark.parametrize(
    ("row", "more", "field", "code"),
    [
        ({}, {"name": "incoming"}, ["input", "name"], "INVALID_NAME"),
        ({}, {"reason": "because"}, ["input", "reason"], "INVALID_REASON"),
        (
            {"inventoryItemId": "gid://shopify/InventoryItem/1"},
            {},
            ["input", "quantities", "0", "inventoryItemId"],
            "INVALID_INVENTORY_ITEM",
        ),
        (
            {"locationId": "gid://shopify/Location/1"},
            {},
            ["input", "quantities", "0", "locationId"],
            "INVALID_LOCATION",
        ),
        (
            {"quantity": 1_000_000_001},
            {},
            ["input", "quantities", "0", "quantity"],
            "INVALID_QUANTITY_TOO_HIGH",
        ),
    ],
)
def test_a_refused_row_changes_nothing(
    box: World, row: dict[str, Any], more: dict[str, Any], field: list[str], code: str
) -> None:
    given = {**wish(box), **more}
    good = dict(given["quantities"][0], inventoryItemId=item_of(box, "STAND-BMB"),
                changeFromQuantity=None)  # fmt: skip
    given["quantities"] = [{**given["quantities"][0], **row}, good]
    payload = put(box, given)
    assert [(one["field"], one["code"]) for one in payload["userErrors"]] == [(field, code)]
    assert available(box, "MUG-12", place_of(box)) == 300
    assert available(box, "STAND-BMB", place_of(box)) == 210


def test_a_pair_of_item_and_location_comes_once(box: World) -> None:
    given = wish(box)
    given["quantities"] *= 2
    (error,) = put(box, given)["userErrors"]
    assert error["code"] == "NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR"
    assert error["field"] == ["input", "quantities", "1", "locationId"]


def test_251_rows_are_too_many(box: World) -> None:
    given = wish(box)
    given["quantities"] *= 251
    answer = box.store.call(SET, {"input": given, "key": "k"}).json
    assert answer["errors"][0]["extensions"]["code"] == "MAX_INPUT_SIZE_EXCEEDED"


def test_a_location_is_activated_before_it_stocks_an_item(box: World) -> None:
    annex = box.control.post("shopify/locations", name="Annex")["id"]
    item = item_of(box, "MUG-12")
    (error,) = put(box, wish(box, locationId=annex, changeFromQuantity=None))["userErrors"]
    assert error["message"] == ("The specified inventory item is not stocked at the location.")
    assert levels(box, item, annex) is None
    variables = {"item": item, "place": annex, "available": 5, "key": "a"}
    payload = box.store.data(ACTIVATE, variables)["inventoryActivate"]
    assert payload == {"inventoryLevel": {"location": {"name": "Annex"}}, "userErrors": []}
    assert available(box, "MUG-12", annex) == 5
    again = box.store.data(ACTIVATE, {**variables, "key": "b"})["inventoryActivate"]
    assert again["userErrors"] == [
        {
            "field": ["available"],
            "message": "Not allowed to set available quantity when the item is already active "
            "at the location.",
        }
    ]
    assert available(box, "MUG-12", annex) == 5


def test_units_are_added_with_a_document_where_it_is_due(box: World) -> None:
    def adjust(name: str, key: str, **row: Any) -> Any:
        change = {"inventoryItemId": item_of(box, "MUG-12"), "locationId": place_of(box),
                  "delta": 3, "changeFromQuantity": None, **row}  # fmt: skip
        given = {"name": name, "reason": "received", "changes": [change]}
        return box.store.data(ADJUST, {"input": given, "key": key})["inventoryAdjustQuantities"]

    assert adjust("available", "1")["userErrors"] == []
    assert adjust("incoming", "2")["userErrors"][0]["code"] == "INVALID_QUANTITY_DOCUMENT"
    assert adjust("incoming", "3", ledgerDocumentUri="own://7")["userErrors"] == []
    refused = adjust("available", "4", ledgerDocumentUri="own://7")["userErrors"]
    assert refused[0]["code"] == "INVALID_AVAILABLE_DOCUMENT"
    assert levels(box, item_of(box, "MUG-12"), place_of(box)) == {
        "available": 303, "on_hand": 303, "committed": 0, "incoming": 3,
    }  # fmt: skip


ORDER = """mutation($order: OrderCreateOrderInput!) { orderCreate(order: $order, options: {
  inventoryBehaviour: DECREMENT_IGNORING_POLICY}) { order { id } userErrors { message } } }"""


def order(box: World, sku: str, quantity: int) -> str:
    query = "query($q: String) { productVariants(first: 1, query: $q) { nodes { id } } }"
    (node,) = box.store.data(query, {"q": f"sku:'{sku}'"})["productVariants"]["nodes"]
    given = {
        "lineItems": [{"variantId": node["id"], "quantity": quantity, "requiresShipping": True}]
    }
    return str(box.store.data(ORDER, {"order": given})["orderCreate"]["order"]["id"])


def test_an_order_commits_units_and_shipping_lets_them_go(box: World) -> None:
    number = order(box, "MUG-12", 4).rpartition("/")[2]
    item, place = item_of(box, "MUG-12"), place_of(box)
    assert levels(box, item, place) == {
        "available": 296, "on_hand": 300, "committed": 4, "incoming": 0,
    }  # fmt: skip
    box.control.post(f"shopify/orders/{number}/fulfill", tracking_number="1Z")
    assert levels(box, item, place) == {
        "available": 296, "on_hand": 296, "committed": 0, "incoming": 0,
    }  # fmt: skip


def test_a_cancelled_order_gives_its_units_back(box: World) -> None:
    number = order(box, "MUG-12", 4).rpartition("/")[2]
    box.control.post(f"shopify/orders/{number}/cancel", restock=True)
    assert levels(box, item_of(box, "MUG-12"), place_of(box)) == {
        "available": 300, "on_hand": 300, "committed": 0, "incoming": 0,
    }  # fmt: skip


@pytest.mark.parametrize("scope", ["write_products", "read_inventory"])
def test_writing_stock_needs_its_scope(box: World, scope: str) -> None:
    given = wish(box)
    box.sandbox.world.shopify.tokens["shpat_sandbox-us"].scopes[:] = [scope]
    answer = box.store.call(SET, {"input": given, "key": "k"}).json
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
