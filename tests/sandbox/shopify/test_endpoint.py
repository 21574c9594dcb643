"""The GraphQL endpoint: tokens, headers, the shapes of errors, cost and throttling."""

import json
from typing import Any

import pytest

from tests.sandbox.clients import World, send
from tests.sandbox.shopify.orders import CREATE, create, line

PATH = "/admin/api/2026-10/graphql.json"
SHOP = '{"query": "{ shop { name } }"}'
HEADERS = {"Content-Type": "application/json", "X-Shopify-Access-Token": "shpat_sandbox-us"}


@pytest.mark.parametrize("name", ["Host", "X-Forwarded-Host"])
def test_a_store_is_found_by_host_too(box: World, name: str) -> None:
    headers = {**HEADERS, name: "demo-us.myshopify.com"}
    reply = send(box.url, "POST", PATH, SHOP.encode(), headers)
    assert reply.json["data"] == {"shop": {"name": "Harbor & Pine"}}


def test_a_bare_document_is_accepted(box: World) -> None:
    headers = {**HEADERS, "Content-Type": "application/graphql", "Host": "demo-us.myshopify.com"}
    reply = send(box.url, "POST", PATH, b"{ shop { name } }", headers)
    assert reply.json["data"] == {"shop": {"name": "Harbor & Pine"}}


def test_every_answer_names_its_request_and_its_version(box: World) -> None:
    reply = box.store.call("{ shop { name } }")
    assert reply.headers["x-shopify-api-version"] == "2026-10"
    assert reply.headers["x-request-id"].count("-") == 5
    assert "date" in reply.headers
    assert box.log()["entries"][-1]["request_id"] == reply.headers["x-request-id"]


def test_an_old_version_falls_forward(box: World) -> None:
    box.store.version = "2024-01"
    reply = box.store.call("{ shop { name } }")
    assert (reply.status, reply.headers["x-shopify-api-version"]) == (200, "2025-10")


@pytest.mark.parametrize("status", [402, 403, 404, 423])
def test_an_unavailable_store_answers_with_a_text(box: World, status: int) -> None:
    box.control.post("shopify/availability", shop="demo-us", status=status)
    reply = box.store.call("{ shop { name } }")
    assert reply.status == status
    assert isinstance(reply.json["errors"], str)
    box.control.post("shopify/availability", shop="demo-us", status=0)
    assert box.store.call("{ shop { name } }").status == 200


def test_a_wrong_token_a_foreign_token_and_a_wrong_path(box: World) -> None:
    for token in ("", "nobody", "shpat_sandbox-vn"):
        box.store.token = token
        reply = box.store.call("{ shop { name } }")
        assert reply.status == 401
        assert reply.json["errors"].startswith("[API] Invalid API key or access token")
    box.store.token, box.store.domain = "shpat_sandbox-us", "nobody.myshopify.com"
    assert box.store.call("{ shop { name } }").json == {"errors": "Not Found"}
    path = "/shopify/demo-us.myshopify.com/admin/api/2026-10/orders.json"
    assert send(box.url, "GET", path, headers=HEADERS).status == 404


def test_a_body_without_a_query_is_a_400(box: World) -> None:
    for body in (b"{}", b"not json", b"[]"):
        path = "/shopify/demo-us.myshopify.com" + PATH
        reply = send(box.url, "POST", path, body, HEADERS)
        assert reply.status == 400
        assert reply.json == {"errors": {"query": "Required parameter missing or invalid"}}


@pytest.mark.parametrize(
    ("query", "code", "message"),
    [
        ("{ shop { nothing } }", "undefinedField", "Field 'nothing' doesn't exist on type 'Shop'"),
        (
            "{ order { id } }",
            "missingRequiredArguments",
            "Field 'order' is missing required arguments: id",
        ),
        (
            "{ shop(id: 1) { name } }",
            "argumentNotAccepted",
            "Field 'shop' doesn't accept argument 'id'",
        ),
        ("query($x: Int) { shop { name } }", "variableNotUsed", "$x is declared but not used"),
    ],
)
def test_a_document_that_does_not_fit_does_not_run(
    box: World, query: str, code: str, message: str
) -> None:
    answer = box.store.call(query).json
    assert "data" not in answer
    assert answer["errors"][0]["extensions"]["code"] == code
    assert message in answer["errors"][0]["message"]
    assert set(answer["errors"][0]["locations"][0]) == {"line", "column"}


def test_a_bad_variable_is_told_with_its_path(box: World) -> None:
    answer = box.store.call(CREATE, {"order": {"lineItems": [{"title": "x"}]}}).json
    error = answer["errors"][0]
    assert "data" not in answer
    assert error["extensions"]["code"] == "INVALID_VARIABLE"
    assert error["extensions"]["problems"] == [
        {"path": ["lineItems", 0, "quantity"], "explanation": "Expected value to not be null"}
    ]
    assert error["message"] == (
        "Variable $order of type OrderCreateOrderInput! was provided invalid value for "
        "lineItems.0.quantity (Expected value to not be null)"
    )
    missing = box.store.call(CREATE, {}).json["errors"][0]["extensions"]
    assert missing["problems"] == [{"path": [], "explanation": "Expected value to not be null"}]


def test_a_missing_scope_leaves_the_field_null(box: World) -> None:
    shops = box.control.get("config")["shopify"]["shops"]
    shops[0]["scopes"] = ["write_orders"]
    box.control.post("reset", config={"shopify": {"shops": shops}})
    query = """{ shop { name } orders(first: 1) { nodes { id } }
      products(first: 1) { nodes { id } } }"""
    answer = box.store.call(query.replace("products(first: 1) { nodes { id } }", "")).json
    assert answer["data"]["orders"] == {"nodes": []}
    denied = box.store.call('{ product(id: "gid://shopify/Product/1") { id } }').json
    assert denied["data"] == {"product": None}
    error = denied["errors"][0]
    assert error["extensions"]["code"] == "ACCESS_DENIED"
    assert error["message"] == (
        "Access denied for product field. Required access: `read_products` access scope."
    )
    assert error["path"] == ["product"]


def cost_of(box: World, query: str, variables: dict[str, Any] | None = None) -> tuple[int, int]:
    cost = box.store.call(query, variables).json["extensions"]["cost"]
    return cost["requestedQueryCost"], cost["actualQueryCost"]


def test_cost_is_estimated_by_rows_and_counted_by_what_came(box: World) -> None:
    create(box.store)
    many = "query($n: Int!) { orders(first: $n) { nodes { id shippingLine { title } } } }"
    assert cost_of(box, "{ shop { name } }") == (1, 1)
    assert cost_of(box, "{ orders(first: 10) { nodes { id } pageInfo { hasNextPage } } }") == (
        8, 3,
    )  # fmt: skip
    assert cost_of(box, many, {"n": 20}) == (14, 3)
    assert cost_of(box, many.replace("nodes", "edges { node").replace("} } }", "} } } }"),
                   {"n": 20}) == (14, 3)  # fmt: skip
    assert cost_of(box, CREATE, {"order": {"lineItems": [line()]}}) == (11, 11)
    assert cost_of(box, CREATE, {"order": {"lineItems": []}}) == (11, 10)
    ids = ["gid://shopify/Order/1"] * 5
    nodes = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Order { customer { id } } } }"
    assert cost_of(box, nodes, {"ids": ids}) == (10, 1)


def test_a_query_above_a_thousand_points_never_runs(box: World) -> None:
    lines = "lineItems(first: 250) { nodes { id } }"
    query = f"{{ orders(first: 250) {{ nodes {{ a: {lines} b: {lines} c: {lines} }} }} }}"
    answer = box.store.call(query).json
    assert "data" not in answer
    extensions = answer["errors"][0]["extensions"]
    assert (extensions["code"], extensions["maxCost"]) == ("MAX_COST_EXCEEDED", 1000)
    assert extensions["cost"] == 1055


def test_an_empty_bucket_throttles_until_it_has_refilled(box: World) -> None:
    box.control.post("config", bucket={"maximum": 30, "restore_rate": 1})
    payload = {"order": {"lineItems": [line()]}}
    assert [box.store.call(CREATE, payload).json.get("data") is not None for _ in range(3)] == [
        True, True, False,
    ]  # fmt: skip
    refused = box.store.call(CREATE, payload).json
    assert refused["errors"][0]["message"] == "Throttled"
    assert refused["errors"][0]["extensions"]["code"] == "THROTTLED"
    cost = refused["extensions"]["cost"]
    assert (cost["requestedQueryCost"], cost["actualQueryCost"]) == (11, None)
    assert cost["throttleStatus"]["currentlyAvailable"] in (8, 9)
    assert len(box.control.get("shopify/orders")["orders"]) == 2
    box.control.post("clock/advance", seconds=5)
    assert box.store.call(CREATE, payload).json["data"]["orderCreate"]["order"] is not None


def test_the_difference_to_the_actual_cost_is_given_back(box: World) -> None:
    box.control.post("config", bucket={"maximum": 100, "restore_rate": 0})
    for _ in range(3):
        box.store.data("{ orders(first: 90) { nodes { id } } }")
    status = box.store.call("{ shop { name } }").json["extensions"]["cost"]["throttleStatus"]
    assert status == {
        "maximumAvailable": 100.0,
        "currentlyAvailable": 100 - 3 * 2 - 1,
        "restoreRate": 0.0,
    }


def test_stores_do_not_share_a_bucket(box: World) -> None:
    box.control.post("config", bucket={"maximum": 12, "restore_rate": 0})
    create(box.store)
    assert "errors" in box.store.call(CREATE, {"order": {"lineItems": [line()]}}).json
    box.store.domain, box.store.token = "demo-vn.myshopify.com", "shpat_sandbox-vn"
    price = {"shopMoney": {"amount": "1", "currencyCode": "VND"}}
    create(box.store, lineItems=[line(priceSet=price)])


def test_operations_are_logged_by_their_root_fields(box: World) -> None:
    box.store.call("query Look { shop { name } orders(first: 1) { nodes { id } } }")
    create(box.store)
    rows = box.log(platform="shopify")["entries"]
    assert [(one["operation"], one["code"], one["cost"]) for one in rows] == [
        ("shop+orders", "ok", 3),
        ("orderCreate", "ok", 11),
    ]
    assert json.loads(box.store.call("query Look { shop { name } }").raw)["data"]


def test_one_of_several_operations_is_chosen_by_name(box: World) -> None:
    text = "query A { shop { name } } query B { shop { currencyCode } }"
    found = box.store.call(text, operationName="B").json["data"]
    assert found == {"shop": {"currencyCode": "USD"}}
    assert "errors" in box.store.call(text).json
