"""Metafields and their definitions."""

from typing import Any

import pytest

from tests.sandbox.clients import World
from tests.sandbox.shopify.orders import create, look

DEFINE = """mutation($d: MetafieldDefinitionInput!) { metafieldDefinitionCreate(definition: $d) {
  createdDefinition { id namespace key type { name } capabilities { uniqueValues { enabled } } }
  userErrors { field message code } } }"""
SET = """mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
  metafields { namespace key value compareDigest } userErrors { field code } } }"""


def define(box: World, **change: Any) -> Any:
    given = {"name": "x", "namespace": "$app", "key": "ref", "type": "id", "ownerType": "ORDER"}
    return box.store.data(DEFINE, {"d": {**given, **change}})["metafieldDefinitionCreate"]


def test_a_definition_of_type_id_is_unique_by_force(box: World) -> None:
    off = define(box, capabilities={"uniqueValues": {"enabled": False}})
    assert off["createdDefinition"] is None
    assert off["userErrors"][0]["code"] == "CAPABILITY_REQUIRED_BUT_DISABLED"
    made = define(box)["createdDefinition"]
    assert made["capabilities"] == {"uniqueValues": {"enabled": True}}
    assert (made["namespace"], made["type"]["name"]) == ("app--240000000001", "id")
    again = define(box)
    assert [one["code"] for one in again["userErrors"]] == ["TAKEN"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"key": "x"}, "key"),
        ({"key": "has space"}, "key"),
        ({"namespace": "ab"}, "namespace"),
        ({"name": " "}, "name"),
    ],
)
def test_a_malformed_definition_is_refused(box: World, change: dict[str, str], field: str) -> None:
    refused = define(box, **change)
    assert refused["createdDefinition"] is None
    assert refused["userErrors"][0]["field"] == ["definition", field]


def test_definitions_are_listed_by_namespace_and_key(box: World) -> None:
    define(box)
    define(box, namespace="other", key="note", type="single_line_text_field")
    query = """query($n: String, $k: String) {
      metafieldDefinitions(first: 5, ownerType: ORDER, namespace: $n, key: $k) {
        nodes { namespace key metafieldsCount } } }"""

    def listed(**given: str) -> list[str]:
        nodes = box.store.data(query, given)["metafieldDefinitions"]["nodes"]
        return [f"{one['namespace']}.{one['key']}" for one in nodes]

    assert listed() == ["app--240000000001.ref", "other.note"]
    assert listed(n="$app") == ["app--240000000001.ref"]
    assert listed(n="$app", k="nothing") == []


def test_values_are_set_all_or_none(box: World) -> None:
    define(box)
    one, two = create(box.store)["id"], create(box.store)["id"]
    base = {"namespace": "$app", "key": "ref", "type": "id"}
    rows = [{**base, "ownerId": one, "value": "A"}, {**base, "ownerId": two, "value": ""}]
    refused = box.store.data(SET, {"m": rows})["metafieldsSet"]
    assert refused["metafields"] is None
    assert refused["userErrors"] == [{"field": ["metafields", "1", "value"], "code": "BLANK"}]
    assert look(box.store, one, 'metafield(namespace: "$app", key: "ref") { value }') == {
        "metafield": None
    }
    rows[1]["value"] = "B"
    assert box.store.data(SET, {"m": rows})["metafieldsSet"]["userErrors"] == []
    taken = [{**base, "ownerId": two, "value": "A"}]
    assert box.store.data(SET, {"m": taken})["metafieldsSet"]["userErrors"][0]["code"] == "TAKEN"
    fields = 'metafields(first: 5, namespace: "$app") { nodes { key value type } }'
    assert look(box.store, two, fields)["metafields"]["nodes"] == [
        {"key": "ref", "value": "B", "type": "id"}
    ]


def test_a_stale_digest_loses(box: World) -> None:
    gid = create(box.store)["id"]
    row = {"namespace": "own", "key": "ref", "type": "single_line_text_field", "ownerId": gid}
    first = box.store.data(SET, {"m": [{**row, "value": "1"}]})["metafieldsSet"]["metafields"][0]
    digest = {"compareDigest": first["compareDigest"]}
    good = box.store.data(SET, {"m": [{**row, "value": "2", **digest}]})["metafieldsSet"]
    assert good["userErrors"] == []
    stale = box.store.data(SET, {"m": [{**row, "value": "3", **digest}]})["metafieldsSet"]
    assert stale["userErrors"][0]["code"] == "STALE_OBJECT"
    many = [{**row, "value": "1"}] * 26
    refused = box.store.data(SET, {"m": many})["metafieldsSet"]["userErrors"][0]
    assert refused["code"] == "LESS_THAN_OR_EQUAL_TO"
