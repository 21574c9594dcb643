"""Finding orders and variants: identifiers, search syntax, lag, pages, nodes."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.orders import DEFINE, create, line, metafield

BY_ID = """query($value: String!) { orderByIdentifier(identifier: {customId: {
  namespace: "$app", key: "tiktok_order_id", value: $value}}) { id } }"""
ORDERS = "query($q: String) { orders(first: 50, query: $q, sortKey: ID) { nodes { id name } } }"
SKUS = "query($q: String) { productVariants(first: 50, query: $q) { nodes { sku } } }"


def names(box: World, query: str) -> list[str]:
    return [one["name"] for one in box.store.data(ORDERS, {"q": query})["orders"]["nodes"]]


def test_an_identifier_without_a_definition_is_an_error_not_a_miss(box: World) -> None:
    answer = box.store.call(BY_ID, {"value": "1"}).json
    assert answer["data"] == {"orderByIdentifier": None}
    assert answer["errors"][0]["extensions"]["code"] == "NOT_FOUND"
    assert "type 'id' is required" in answer["errors"][0]["message"]
    box.store.data(DEFINE)
    assert box.store.data(BY_ID, {"value": "1"}) == {"orderByIdentifier": None}


def test_an_identifier_is_found_whatever_the_index_says(box: World) -> None:
    box.store.data(DEFINE)
    box.control.post("faults", action="search_lag", platform="shopify", seconds=60)
    made = create(box.store, metafields=metafield("5761"), sourceIdentifier="5761")
    assert names(box, "source_identifier:'5761'") == []
    assert box.store.data(BY_ID, {"value": "5761"})["orderByIdentifier"] == {"id": made["id"]}
    box.control.post("clock/advance", seconds=61)
    assert names(box, "source_identifier:'5761'") == [made["name"]]


def test_stores_have_values_of_their_own(box: World) -> None:
    box.store.data(DEFINE)
    create(box.store, metafields=metafield("5761"))
    box.store.domain, box.store.token = "demo-vn.myshopify.com", "shpat_sandbox-vn"
    box.store.data(DEFINE)
    assert box.store.data(BY_ID, {"value": "5761"}) == {"orderByIdentifier": None}


def test_an_unknown_search_field_is_ignored_with_a_warning(box: World) -> None:
    create(box.store, sourceIdentifier="A")
    create(box.store, sourceIdentifier="B")
    answer = box.store.call(ORDERS, {"q": "source_identifer:A"}).json
    assert len(answer["data"]["orders"]["nodes"]) == 2
    assert answer["extensions"]["search"] == [
        {
            "path": ["orders"],
            "query": "source_identifer:A",
            "parsed": {"field": "source_identifer", "match_all": "A"},
            "warnings": [
                {
                    "field": "source_identifer",
                    "message": "Invalid search field for this query.",
                    "code": "invalid_field",
                }
            ],
        }
    ]
    assert "search" not in box.store.call(ORDERS, {"q": "source_identifier:A"}).json["extensions"]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("source_identifier:'A 1'", ["#1001"]),
        ('source_identifier:"A 1"', ["#1001"]),
        ("source_identifier:A", []),
        ("source_identifier:'A 1' OR source_identifier:'B:2'", ["#1001", "#1002"]),
        ("source_identifier:B\\:2", ["#1002"]),
        ("source_name:tiktok", ["#1001", "#1002"]),
        ("source_name:tiktok AND tag:blue", ["#1002"]),
        ("source_name:tiktok -tag:blue", ["#1001"]),
        ("NOT source_name:tiktok", ["#1003"]),
        ("(tag:red OR tag:blue) source_name:tiktok", ["#1001", "#1002"]),
        ("tag_not:red", ["#1002", "#1003"]),
        ("name:#1003", ["#1003"]),
        ("financial_status:paid", ["#1003"]),
        ("status:open", ["#1001", "#1002", "#1003"]),
        ("status:cancelled", []),
        ("sku:mug-12", ["#1001"]),
        ("updated_at:>='2020-01-01T00:00:00Z'", ["#1001", "#1002", "#1003"]),
        ("updated_at:<'2020-01-01T00:00:00Z'", []),
        ("", ["#1001", "#1002", "#1003"]),
    ],
)
def test_the_search_syntax(box: World, query: str, wanted: list[str]) -> None:
    create(
        box.store,
        sourceIdentifier="A 1",
        sourceName="tiktok",
        tags=["red"],
        lineItems=[line(sku="MUG-12")],
    )
    create(box.store, sourceIdentifier="B:2", sourceName="tiktok", tags=["blue"])
    create(box.store, financialStatus="PAID")
    assert names(box, query) == wanted


def test_an_unquoted_time_leaves_a_nonsense_field_behind(box: World) -> None:
    answer = box.store.call(ORDERS, {"q": "updated_at:>2020-01-01T00:00:00Z"}).json
    warned = answer["extensions"]["search"][0]["warnings"]
    assert [one["field"] for one in warned] == ["00"]


def test_a_sku_is_matched_by_tokens_and_without_regard_to_case(box: World) -> None:
    def skus(query: str) -> list[str]:
        nodes = box.store.data(SKUS, {"q": query})["productVariants"]["nodes"]
        return [one["sku"] for one in nodes]

    assert skus("sku:'MUG-12'") == ["MUG-12"]
    assert skus("sku:mug-12") == ["MUG-12"]
    assert skus("sku:tee") == ["TEE-BLK-S", "TEE-BLK-M", "TEE-SND-L"]
    assert skus("sku:'tee'") == []
    assert skus("sku:'MUG-12' OR sku:'BREW-1L'") == ["MUG-12", "BREW-1L"]
    assert skus("sku:'TT-ONLY-BOX'") == []


def test_pages_go_forwards_and_backwards(box: World) -> None:
    for _ in range(5):
        create(box.store)
    query = """query($first: Int, $last: Int, $after: String, $before: String, $reverse: Boolean) {
      orders(first: $first, last: $last, after: $after, before: $before, reverse: $reverse,
        sortKey: ID) { nodes { name } edges { cursor }
        pageInfo { hasNextPage hasPreviousPage endCursor startCursor } } }"""

    def page(**variables: Any) -> tuple[list[str], Any]:
        found = box.store.data(query, variables)["orders"]
        return [one["name"] for one in found["nodes"]], found["pageInfo"]

    first, info = page(first=2)
    assert (first, info["hasNextPage"], info["hasPreviousPage"]) == (
        ["#1001", "#1002"], True, False,
    )  # fmt: skip
    second, info = page(first=3, after=info["endCursor"])
    assert (second, info["hasNextPage"]) == (["#1003", "#1004", "#1005"], False)
    assert page(last=2, before=info["startCursor"])[0] == ["#1001", "#1002"]
    assert page(first=2, reverse=True)[0] == ["#1005", "#1004"]


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("query: \"\"", "one of first or last"),
        ("first: 1, last: 1", "both first and last"),
        ("first: 251", "between 1 and 250"),
        ('first: 1, after: "x"', "Invalid cursor"),
    ],
)  # fmt: skip
def test_a_page_must_be_asked_for_properly(box: World, arguments: str, text: str) -> None:
    answer = box.store.call(f"{{ shop {{ name }} orders({arguments}) {{ nodes {{ id }} }} }}").json
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"
    assert text in answer["errors"][0]["message"]


def test_unknown_ids_are_null_and_wrong_ones_an_error(box: World) -> None:
    query = "query($id: ID!) { order(id: $id) { id } }"
    assert box.store.data(query, {"id": "gid://shopify/Order/1"}) == {"order": None}
    for wrong in ("gid://shopify/Product/8601000000001", "1001", "gid://shopify/Order/"):
        error = box.store.call(query, {"id": wrong}).json["errors"][0]
        assert error["extensions"]["code"] == "RESOURCE_NOT_FOUND"
        assert error["message"] == f"Invalid id: {wrong}"


def test_nodes_come_in_the_order_asked_for_with_null_for_the_missing(box: World) -> None:
    one, two = create(box.store)["id"], create(box.store)["id"]
    variant = "gid://shopify/ProductVariant/43010000000001"
    query = """query($ids: [ID!]!) { nodes(ids: $ids) {
      id __typename ... on Order { name } ... on ProductVariant { sku } } }"""
    ids = [two, "gid://shopify/Order/1", variant, one]
    found = box.store.data(query, {"ids": ids})["nodes"]
    assert found == [
        {"id": two, "__typename": "Order", "name": "#1002"},
        None,
        {"id": variant, "__typename": "ProductVariant", "sku": "TEE-BLK-S"},
        {"id": one, "__typename": "Order", "name": "#1001"},
    ]


def test_shop_installation_locations_and_versions_are_there(box: World) -> None:
    query = """{ shop { name currencyCode myshopifyDomain ianaTimezone plan { publicDisplayName } }
      currentAppInstallation { id app { id } accessScopes { handle } }
      locations(first: 5) { nodes { id name isActive address { countryCode } } }
      publicApiVersions { handle supported } }"""
    data = box.store.data(query)
    assert data["shop"]["currencyCode"] == "USD"
    assert data["shop"]["myshopifyDomain"] == "demo-us.myshopify.com"
    assert data["currentAppInstallation"]["app"] == {"id": "gid://shopify/App/240000000001"}
    scopes = [one["handle"] for one in data["currentAppInstallation"]["accessScopes"]]
    assert "write_orders" in scopes
    assert [one["name"] for one in data["locations"]["nodes"]] == ["Main warehouse"]
    assert {"handle": "2026-10", "supported": True} in data["publicApiVersions"]


def test_the_demo_world_has_skus_on_both_sides_and_on_each_alone(box: World) -> None:
    state = box.control.get("state")
    for shop, domain in zip(state["tiktok"], ("demo-us", "demo-vn"), strict=True):
        there = box.control.get(f"shopify/products?shop={domain}")["variants"]
        in_shopify = {one["sku"] for one in there}
        both = in_shopify & set(shop["skus"])
        assert len(both) == 16
        assert {"MUG-12", "GIFT-STICKER"} <= both
        alone = set(shop["skus"]) - in_shopify
        assert all(one.startswith(("TT-ONLY-", "TTS-")) for one in alone)
        assert len(alone) > 12
        assert len(in_shopify) > 100


def test_an_identifier_names_one_thing(box: World) -> None:
    box.store.data(DEFINE)
    made = create(box.store, metafields=metafield("5761"))
    query = "query($i: OrderIdentifierInput!) { orderByIdentifier(identifier: $i) { id } }"
    custom = {"namespace": "$app", "key": "tiktok_order_id", "value": "5761"}
    both = box.store.call(query, {"i": {"id": made["id"], "customId": custom}}).json
    assert "data" not in both
    assert both["errors"][0]["extensions"]["code"] == "INVALID_VARIABLE"
    found = box.store.data(query, {"i": {"id": made["id"]}})
    assert found == {"orderByIdentifier": {"id": made["id"]}}


def test_the_identifier_may_lag_too_and_ids_may_be_taken_twice_on_request(box: World) -> None:
    box.store.data(DEFINE)
    box.control.post("config", unique_ids=False)
    box.control.post("faults", action="lookup_lag", platform="shopify", seconds=20)
    create(box.store, metafields=metafield("5761"))
    assert box.store.data(BY_ID, {"value": "5761"}) == {"orderByIdentifier": None}
    second = create(box.store, metafields=metafield("5761"))
    box.control.post("clock/advance", seconds=21)
    assert box.store.data(BY_ID, {"value": "5761"})["orderByIdentifier"] == {"id": second["id"]}
