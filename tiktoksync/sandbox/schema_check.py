"""Proves the sandbox's schema a subset of Shopify's own.

``python -m tiktoksync.sandbox.schema_check FILE`` reads an introspection of the Admin API (JSON or
gzipped JSON, as the npm package ``@shopify/dev-mcp`` carries it), compares every type,
field, argument, enum value, input field and directive, and exits 1 with a line for each difference
that would let a document pass here and fail there.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from graphql import build_schema, introspection_from_schema, specified_directives

from tiktoksync.sandbox.shopify.schema import read_sdl

Node = dict[str, Any]


def read_introspection(path: str) -> Node:
    """The ``__schema`` of a file, wherever it stands in it."""
    raw = Path(path).read_bytes()
    text = gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    found: Node = json.loads(text)
    found = found.get("data", found)
    schema: Node = found["__schema"]
    return schema


def read_subset() -> Node:
    """The ``__schema`` of the sandbox's own schema, without what every schema has."""
    whole = introspection_from_schema(build_schema(read_sdl()))["__schema"]
    mine: Node = json.loads(json.dumps(whole))
    mine["types"] = [one for one in mine["types"] if not one["name"].startswith("__")]
    common = {one.name for one in specified_directives}
    mine["directives"] = [one for one in mine["directives"] if one["name"] not in common]
    return mine


def compare(real: Node, mine: Node | None = None) -> Iterator[str]:
    """Every difference that could let a document pass here and fail there."""
    mine = mine or read_subset()
    known = {one["name"]: one for one in real["types"]}
    for one in mine["types"]:
        other = known.get(one["name"])
        if other is None:
            yield f"{one['name']}: no such type"
        elif other["kind"] != one["kind"]:
            yield f"{one['name']}: {one['kind']}, not {other['kind']}"
        else:
            yield from _compare_type(one, other)
    yield from _compare_directives(mine, real)


def count(mine: Node) -> dict[str, int]:
    """How much there is to compare, by kind."""
    fields = [one for part in mine["types"] for one in part.get("fields") or []]
    arguments = [one for part in (*fields, *mine["directives"]) for one in part["args"]]
    return {
        "types": len(mine["types"]),
        "fields": len(fields),
        "arguments": len(arguments),
        "input fields": _count_members(mine, "inputFields"),
        "enum values": _count_members(mine, "enumValues"),
        "directives": len(mine["directives"]),
    }


def _count_members(mine: Node, kind: str) -> int:
    return sum(len(one.get(kind) or []) for one in mine["types"])


def _compare_type(mine: Node, real: Node) -> Iterator[str]:
    name = mine["name"]
    yield from _compare_members(name, mine, real, "fields")
    yield from _compare_members(name, mine, real, "inputFields")
    yield from _missing_inputs(name, mine, real)
    for kind in ("enumValues", "interfaces", "possibleTypes"):
        known = {one["name"] for one in real.get(kind) or []}
        for one in mine.get(kind) or []:
            if one["name"] not in known:
                yield f"{name}: no {one['name']} among its {kind}"
    if real.get("isOneOf") and not mine.get("isOneOf"):
        yield f"{name}: exactly one field is to be given there"


def _compare_directives(mine: Node, real: Node) -> Iterator[str]:
    known = {one["name"]: one for one in real["directives"]}
    for one in mine["directives"]:
        place = f"@{one['name']}"
        other = known.get(one["name"])
        if other is None:
            yield f"{place}: no such directive"
            continue
        for location in one["locations"]:
            if location not in other["locations"]:
                yield f"{place}: not allowed on {location}"
        yield from _compare_arguments(place, one, other)


def _compare_members(owner: str, mine: Node, real: Node, kind: str) -> Iterator[str]:
    known = {one["name"]: one for one in real.get(kind) or []}
    for one in mine.get(kind) or []:
        place = f"{owner}.{one['name']}"
        other = known.get(one["name"])
        if other is None:
            yield f"{place}: no such field"
        elif write_type(one["type"]) != write_type(other["type"]):
            yield f"{place}: {write_type(one['type'])}, not {write_type(other['type'])}"
        elif one.get("defaultValue") != other.get("defaultValue"):
            yield f"{place}: another default value"
        else:
            yield from _compare_arguments(place, one, other)


def _compare_arguments(place: str, mine: Node, real: Node) -> Iterator[str]:
    known = {one["name"]: one for one in real.get("args") or []}
    given = {one["name"]: one for one in mine.get("args") or []}
    for name, one in given.items():
        other = known.get(name)
        if other is None:
            yield f"{place}({name}): no such argument"
        elif write_type(one["type"]) != write_type(other["type"]):
            yield f"{place}({name}): {write_type(one['type'])}, not {write_type(other['type'])}"
        elif one.get("defaultValue") != other.get("defaultValue"):
            yield f"{place}({name}): another default value"
    for name, other in known.items():
        if _is_required(other) and name not in given:
            yield f"{place}({name}): a required argument is missing"


def _missing_inputs(owner: str, mine: Node, real: Node) -> Iterator[str]:
    given = {one["name"] for one in mine.get("inputFields") or []}
    for other in real.get("inputFields") or []:
        if _is_required(other) and other["name"] not in given:
            yield f"{owner}.{other['name']}: a required field is missing"


def _is_required(node: Node) -> bool:
    return node["type"]["kind"] == "NON_NULL" and node.get("defaultValue") is None


def write_type(node: Node) -> str:
    """A type as the schema language writes it."""
    if node["kind"] == "NON_NULL":
        return write_type(node["ofType"]) + "!"
    if node["kind"] == "LIST":
        return "[" + write_type(node["ofType"]) + "]"
    return str(node["name"])


def main(arguments: list[str]) -> int:
    if len(arguments) != 1:
        print("usage: python -m tiktoksync.sandbox.schema_check FILE", file=sys.stderr)
        return 2
    mine = read_subset()
    differences = list(compare(read_introspection(arguments[0]), mine))
    for line in differences:
        print(line)
    counted = ", ".join(f"{number} {kind}" for kind, number in count(mine).items())
    print(f"sandbox schema: {counted}: {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
