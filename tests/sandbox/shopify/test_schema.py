"""The schema itself, and the proof that it is a subset."""

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema, introspection_from_schema

from tiktoksync.sandbox.schema_check import compare, count, main, read_subset
from tiktoksync.sandbox.shopify.schema import SCHEMA, TABLES, read_sdl
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
    wanted |= {f"Mutation.{name}" for name in SCHEMA.mutation_type.fields}
    known = [name for table in TABLES for name in table.FIELDS]
    assert {name for name in known if name.startswith(("QueryRoot.", "Mutation."))} == wanted
    assert len(known) == len(set(known))


def test_every_scope_guards_a_field_that_has_a_resolver() -> None:
    known = {name for table in TABLES for name in table.FIELDS}
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
    lines = capsys.readouterr().out.splitlines()
    assert [line.rpartition(": ")[2] for line in lines] == ["0 differences", "0 differences"]


def test_a_difference_makes_the_command_fail_and_is_named(
    real: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = copy.deepcopy(real)
    fields = type_of(other, "Order")["fields"]
    next(one for one in fields if one["name"] == "note")["name"] = "remark"
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"__schema": other}))
    assert main([str(path)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Order.note: no such field"
    assert lines[-1].endswith(": 1 differences")


def test_what_is_compared_is_counted() -> None:
    mine = read_subset()
    small = [type_of(mine, name) for name in ("Job", "OrderIdentifierInput", "OrderCancelReason")]
    assert count({"types": small, "directives": mine["directives"]}) == {
        "types": 3,
        "fields": 3,
        "arguments": 1,
        "input fields": 2,
        "enum values": 6,
        "directives": 1,
    }


@pytest.mark.parametrize("member", ["name", "locations", "args"])
def test_a_directive_is_compared_like_a_field(real: Any, member: str) -> None:
    other = copy.deepcopy(real)
    mark = next(one for one in other["directives"] if one["name"] == "idempotent")
    mark[member] = {"name": "once", "locations": ["QUERY"], "args": []}[member]
    assert (
        list(compare(other))
        == {
            "name": ["@idempotent: no such directive"],
            "locations": ["@idempotent: not allowed on FIELD"],
            "args": ["@idempotent(key): no such argument"],
        }[member]
    )


def test_arguments_are_compared_by_type_and_default(real: Any) -> None:
    other = copy.deepcopy(real)
    field = next(one for one in type_of(other, "QueryRoot")["fields"] if one["name"] == "orders")
    rows = {one["name"]: one for one in field["args"]}
    rows["first"]["type"] = {"kind": "SCALAR", "name": "String"}
    rows["reverse"]["defaultValue"] = "true"
    assert list(compare(other)) == [
        "QueryRoot.orders(first): Int, not String",
        "QueryRoot.orders(reverse): another default value",
    ]


@pytest.mark.parametrize("kind", ["interfaces", "possibleTypes"])
def test_what_stands_for_what_is_compared_both_ways(real: Any, kind: str) -> None:
    owner, gone = {"interfaces": ("Order", "Node"), "possibleTypes": ("Node", "Order")}[kind]
    other = copy.deepcopy(real)
    rows = type_of(other, owner)[kind]
    rows.remove(next(one for one in rows if one["name"] == gone))
    assert list(compare(other)) == [f"{owner}: no {gone} among its {kind}"]


def test_an_input_that_takes_one_field_there_takes_one_field_here(real: Any) -> None:
    other = copy.deepcopy(real)
    type_of(other, "MoneyInput")["isOneOf"] = True
    assert list(compare(other)) == ["MoneyInput: exactly one field is to be given there"]
