"""The schema itself, and the proof that it is a subset."""

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema

from tiktoksync.sandbox.schema_check import compare, main
from tiktoksync.sandbox.shopify.resolvers import (
    fulfillments,
    mutations,
    orders,
    products,
    queries,
    shops,
)
from tiktoksync.sandbox.shopify.schema import SCHEMA, read_sdl
from tiktoksync.sandbox.shopify.scopes import NEEDED


@pytest.fixture(scope="module")
def real() -> Any:
    """The schema as if it were the real one."""
    introspection = introspection_from_schema(build_schema(read_sdl()))
    return json.loads(json.dumps(introspection))["__schema"]


def type_of(schema: Any, name: str) -> Any:
    return next(one for one in schema["types"] if one["name"] == name)


def test_every_root_field_has_a_resolver() -> None:
    assert SCHEMA.query_type is not None
    assert SCHEMA.mutation_type is not None
    wanted = {f"QueryRoot.{name}" for name in SCHEMA.query_type.fields}
    assert set(queries.FIELDS) == wanted
    assert set(mutations.FIELDS) == {f"Mutation.{name}" for name in SCHEMA.mutation_type.fields}


def test_every_scope_guards_a_field_that_has_a_resolver() -> None:
    tables = (queries, mutations, orders, products, fulfillments, shops)
    known = {name for table in tables for name in table.FIELDS}
    assert set(NEEDED) <= known


def test_a_schema_is_a_subset_of_itself(real: Any) -> None:
    assert list(compare(real)) == []


@pytest.mark.parametrize(
    ("type_name", "kind", "member", "change", "told"),
    [
        ("Order", "fields", "note", {"name": "x"}, "Order.note: no such field"),
        (
            "Order",
            "fields",
            "note",
            {"type": {"kind": "SCALAR", "name": "Int"}},
            "Order.note: String, not Int",
        ),
        ("MoneyInput", "inputFields", "amount", {"name": "x"}, "MoneyInput.amount: no such field"),
        (
            "OrderCancelReason",
            "enumValues",
            "FRAUD",
            {"name": "x"},
            "OrderCancelReason: no FRAUD among its enumValues",
        ),
    ],
)
def test_a_difference_is_told(
    real: Any, type_name: str, kind: str, member: str, change: dict[str, Any], told: str
) -> None:
    other = copy.deepcopy(real)
    rows = type_of(other, type_name)[kind]
    next(one for one in rows if one["name"] == member).update(change)
    assert told in list(compare(other))


def test_required_members_that_are_missing_here_are_told(real: Any) -> None:
    other = copy.deepcopy(real)
    needed = {"kind": "NON_NULL", "ofType": {"kind": "SCALAR", "name": "Int"}}
    extra = {"name": "brand", "type": needed, "defaultValue": None}
    type_of(other, "MoneyInput")["inputFields"].append(extra)
    fields = type_of(other, "QueryRoot")["fields"]
    next(one for one in fields if one["name"] == "order")["args"].append(extra)
    assert list(compare(other)) == [
        "MoneyInput.brand: a required field is missing",
        "QueryRoot.order(brand): a required argument is missing",
    ]


def test_the_command_reads_plain_and_gzipped_files(
    real: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, packed = tmp_path / "a.json", tmp_path / "b.json.gz"
    plain.write_text(json.dumps({"__schema": real}))
    packed.write_bytes(gzip.compress(json.dumps({"data": {"__schema": real}}).encode()))
    assert [main([str(plain)]), main([str(packed)]), main([])] == [0, 0, 2]
    assert capsys.readouterr().out == "0 differences\n0 differences\n"
