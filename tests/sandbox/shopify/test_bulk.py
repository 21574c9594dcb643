"""Bulk operations: what may be asked, how they go on, and what their file holds."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import World, send
from tests.sandbox.receiver import Receiver

RUN = """mutation($query: String!) { bulkOperationRunQuery(query: $query) {
  bulkOperation { id status type url objectCount fileSize } userErrors { field message code } } }"""
LOOK = """query($id: ID!) { bulkOperation(id: $id) { id status errorCode createdAt completedAt
  objectCount rootObjectCount fileSize url partialDataUrl type query } }"""
CANCEL = """mutation($id: ID!) { bulkOperationCancel(id: $id) {
  bulkOperation { id status } userErrors { field message } } }"""
PRODUCTS = """{ products { edges { node { id title media { edges { node { id status
  ... on MediaImage { image { width } } } } } variants { edges { node { id sku price
  selectedOptions { name value } inventoryItem { tracked } } } } } } } }"""


def run(box: World, query: str = PRODUCTS) -> str:
    payload = box.store.data(RUN, {"query": query})["bulkOperationRunQuery"]
    assert payload["userErrors"] == []
    operation = payload["bulkOperation"]
    assert (operation["status"], operation["url"]) == ("CREATED", None)
    return str(operation["id"])


def look(box: World, gid: str) -> Any:
    return box.store.data(LOOK, {"id": gid})["bulkOperation"]


def refusals(box: World, query: str) -> list[str]:
    payload = box.store.data(RUN, {"query": query})["bulkOperationRunQuery"]
    assert payload["bulkOperation"] is None
    assert {tuple(one["field"]) for one in payload["userErrors"]} == {("query",)}
    assert {one["code"] for one in payload["userErrors"]} == {"INVALID"}
    return [one["message"] for one in payload["userErrors"]]


def fetch(box: World, url: str) -> list[Any]:
    """The lines behind an address, asked for without a token."""
    assert url.startswith(box.url)
    reply = send(box.url, "GET", url.removeprefix(box.url))
    assert reply.status == 200
    return [json.loads(line) for line in reply.raw.splitlines()]


def test_the_file_holds_every_object_with_its_parent(box: World) -> None:
    done = look(box, run(box))
    assert (done["status"], done["type"], done["errorCode"]) == ("COMPLETED", "QUERY", None)
    lines = fetch(box, done["url"])
    roots = [one for one in lines if "__parentId" not in one]
    assert (done["objectCount"], done["rootObjectCount"]) == (str(len(lines)), str(len(roots)))
    assert len(roots) == len(box.control.get("shopify/products")["products"])
    assert int(done["fileSize"]) > 1000
    tee = next(one for one in roots if one["title"] == "Everyday Cotton Tee")
    assert set(tee) == {"id", "title"}
    below = [one for one in lines if one.get("__parentId") == tee["id"] and "sku" in one]
    assert [one["sku"] for one in below] == ["TEE-BLK-S", "TEE-BLK-M", "TEE-SND-L"]
    assert below[0]["price"] == "18.00"
    assert below[0]["selectedOptions"][1] == {"name": "Size", "value": "S"}
    assert below[0]["inventoryItem"] == {"tracked": True}
    assert lines.index(tee) < lines.index(below[0])


def test_it_runs_on_the_waiting_clock(box: World) -> None:
    box.control.post("config", bulk_seconds=600)
    gid = run(box)
    running = look(box, gid)
    assert (running["status"], running["objectCount"], running["url"]) == ("RUNNING", "0", None)
    box.control.post("shopify/products", title="Late", variants=[{"sku": "L", "price": "1"}])
    box.control.post("clock/advance", seconds=601)
    done = look(box, gid)
    assert done["status"] == "COMPLETED"
    assert "Late" in [one.get("title") for one in fetch(box, done["url"])]


def test_an_address_lives_for_seven_days(box: World) -> None:
    url = look(box, run(box))["url"]
    box.control.post("clock/advance", seconds=7 * 86400 + 1)
    assert send(box.url, "GET", url.removeprefix(box.url)).status == 403


def test_nothing_found_has_no_file(box: World) -> None:
    done = look(box, run(box, '{ products(query: "title:nowhere") { edges { node { id } } } }'))
    assert (done["status"], done["objectCount"], done["url"]) == ("COMPLETED", "0", None)


def test_a_search_in_the_query_counts(box: World) -> None:
    done = look(box, run(box, '{ productVariants(query: "sku:tee") { edges { node { sku } } } }'))
    found = [one["sku"] for one in fetch(box, done["url"])]
    assert found == ["TEE-BLK-S", "TEE-BLK-M", "TEE-SND-L"]


def test_levels_of_items_lie_below_their_variant(box: World) -> None:
    query = """{ productVariants(query: "sku:'MUG-12'") { edges { node { id inventoryItem {
      inventoryLevels { edges { node { location { name }
      quantities(names: ["available"]) { quantity } } } } } } } } }"""
    variant, level = fetch(box, look(box, run(box, query))["url"])
    assert variant == {"id": variant["id"], "inventoryItem": {}}
    assert level == {
        "location": {"name": "Main warehouse"},
        "quantities": [{"quantity": 300}],
        "__parentId": variant["id"],
    }


EDGES = (
    "All connection fields in a bulk query must select their contents using 'edges' > 'node', "
    "e.g: 'products { edges { node {'. Selecting via 'nodes' is not supported. "
    "Invalid connection fields: 'products'."
)


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("{ products { nodes { id } } }", [EDGES]),
        (
            '{ node(id: "gid://shopify/Product/1") { id } }',
            [
                "Bulk queries cannot contain a top level `node` field.",
                "Bulk queries must contain at least one connection.",
            ],
        ),
        ("{ shop { name } }", ["Bulk queries must contain at least one connection."]),
        (
            """{ locations { edges { node { id inventoryLevels { edges { node { id item {
            variants { edges { node { id } } } } } } } } } } }""",
            ["Bulk queries cannot contain connections with a nesting depth greater than 2."],
        ),
        (
            "{ products { edges { node { title variants { edges { node { id } } } } } } }",
            [
                "The parent 'node' field for a nested connection must select the 'id' field "
                "without an alias and must be of 'ID' return type. Connection fields without "
                "'id': variants."
            ],
        ),
        (
            "{ products { edges { node { title id: handle id2: id variants { edges { node { id } "
            "} } } } } }",
            [
                "The parent 'node' field for a nested connection must select the 'id' field "
                "without an alias and must be of 'ID' return type. Connection fields without "
                "'id': variants."
            ],
        ),
        (
            "{ orders { edges { node { id fulfillments { fulfillmentLineItems { edges { node "
            "{ id } } } } } } } }",
            [
                "Queries that contain a connection field within a list field are not "
                "currently supported."
            ],
        ),
        (
            "{ " + " ".join(f"a{n}: products {{ edges {{ node {{ id }} }} }}" for n in range(6))
            + " }",
            ["Bulk queries cannot contain more than 5 connections."],
        ),
        (
            "mutation { orderDelete(orderId: 1) { deletedId } }",
            ["Invalid operation type. Only `query` operations are supported."],
        ),
        (
            "{ products { edges { node { nonsense } } } }",
            ["Invalid bulk query: Field 'nonsense' doesn't exist on type 'Product'"],
        ),
    ],
    ids=[
        "nodes", "top-node", "no-connection", "too-deep", "parent-without-id", "parent-with-alias",
        "in-a-list", "six", "mutation", "unknown-field",
    ],
)  # fmt: skip
def test_what_may_not_be_asked(box: World, query: str, wanted: list[str]) -> None:
    assert refusals(box, query) == wanted
    rows = box.store.data("{ bulkOperations(first: 5) { nodes { id } } }")
    assert rows["bulkOperations"]["nodes"] == []


def test_a_broken_document_is_refused(box: World) -> None:
    (text,) = refusals(box, "{ products { ")
    assert text.startswith("Invalid bulk query: syntax error,")
    (text,) = refusals(box, "{ products { edges { node { id } } } }" + " " * 65_535)
    assert "65535" in text


def test_five_run_at_once_and_no_more(box: World) -> None:
    box.control.post("config", bulk_seconds=60)
    running = [run(box) for _ in range(5)]
    payload = box.store.data(RUN, {"query": PRODUCTS})["bulkOperationRunQuery"]
    assert payload["userErrors"] == [
        {
            "field": None,
            "message": "A bulk query operation for this app and shop is already in progress: "
            + ", ".join(running) + ".",
            "code": "OPERATION_IN_PROGRESS",
        }
    ]  # fmt: skip
    box.control.post("clock/advance", seconds=61)
    run(box)


def test_one_is_cancelled_while_it_runs(box: World) -> None:
    box.control.post("config", bulk_seconds=60)
    gid = run(box)
    payload = box.store.data(CANCEL, {"id": gid})["bulkOperationCancel"]
    assert payload == {"bulkOperation": {"id": gid, "status": "CANCELING"}, "userErrors": []}
    done = look(box, gid)
    assert (done["status"], done["url"]) == ("CANCELED", None)
    again = box.store.data(CANCEL, {"id": gid})["bulkOperationCancel"]
    assert again["userErrors"] == [
        {"field": None, "message": "A bulk operation cannot be canceled when it is canceled"}
    ]
    missing = box.store.data(CANCEL, {"id": "gid://shopify/BulkOperation/1"})
    assert missing["bulkOperationCancel"]["bulkOperation"] is None


def test_the_list_knows_their_status(box: World) -> None:
    box.control.post("config", bulk_seconds=0)
    run(box)
    query = "query($q: String) { bulkOperations(first: 5, query: $q) { nodes { status } } }"
    found = box.store.data(query, {"q": "status:completed operation_type:query"})
    assert found["bulkOperations"]["nodes"] == [{"status": "COMPLETED"}]
    assert box.store.data(query, {"q": "status:running"})["bulkOperations"]["nodes"] == []


def test_a_missing_scope_makes_it_fail(box: World) -> None:
    box.sandbox.world.shopify.tokens["shpat_sandbox-us"].scopes[:] = ["read_orders"]
    done = look(box, run(box))
    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "ACCESS_DENIED", None)


def test_a_failed_one_may_leave_a_part(box: World) -> None:
    box.control.post("shopify/bulk/fail", error_code="TIMEOUT", partial=True)
    done = look(box, run(box))
    assert (done["status"], done["errorCode"], done["url"]) == ("FAILED", "TIMEOUT", None)
    assert fetch(box, done["partialDataUrl"])[0]["title"] == "Everyday Cotton Tee"


def test_its_end_is_told_by_a_webhook(box: World, receiver: Receiver) -> None:
    subscribe(box, receiver, "BULK_OPERATIONS_FINISH")
    gid = run(box)
    look(box, gid)
    box.control.post("webhooks/settle")
    (hook,) = receiver.hooks
    assert hook.headers["x-shopify-topic"] == "bulk_operations/finish"
    body = json.loads(hook.body)
    assert (body["admin_graphql_api_id"], body["status"], body["type"], body["error_code"]) == (
        gid, "completed", "query", None,
    )  # fmt: skip


def subscribe(box: World, receiver: Receiver, topic: str) -> None:
    made = box.store.data(
        """mutation($topic: WebhookSubscriptionTopic!, $uri: String!) { webhookSubscriptionCreate(
        topic: $topic, webhookSubscription: {uri: $uri}) { userErrors { message } } }""",
        {"topic": topic, "uri": receiver.url},
    )
    assert made["webhookSubscriptionCreate"]["userErrors"] == []


def test_a_full_store_is_written_quickly(box: World) -> None:
    before = box.control.get("shopify/products")
    filled = box.control.post("shopify/fill", products=2000, variants=4)
    assert filled == {
        "products": len(before["products"]) + 2000, "variants": len(before["variants"]) + 8000,
    }  # fmt: skip
    done = look(box, run(box, "{ products { edges { node { id variants { edges { node { id } } "
                              "} } } } }"))  # fmt: skip
    assert done["rootObjectCount"] == str(filled["products"])
    assert done["objectCount"] == str(filled["products"] + filled["variants"])
