"""Runs a bulk query: one JSON object a line, children below their parent with ``__parentId``.

The document is compiled into plain functions once, for each type it meets; a store with 50,000
variants is written in a second or two.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_enum_type,
    is_leaf_type,
    is_list_type,
)
from graphql.execution.values import get_argument_values

from tiktoksync.sandbox.shopify.connections import EVERYTHING
from tiktoksync.sandbox.shopify.documents import Document
from tiktoksync.sandbox.shopify.schema import SCHEMA
from tiktoksync.sandbox.shopify.state import Context, Record

Getter = Callable[[Record], Any]
# A field of a line: its key, how to read it, and what to select from what was read.
Step = tuple[str, Getter, Any]
_PAGING = ("first", "last", "after", "before")
_PLAIN = frozenset({"ID", "String", "Int", "Boolean", "Float", "JSON"})


class Selection:
    """What is selected from one kind of object, compiled for each concrete type."""

    def __init__(self, plan: Plan, kind: Any, chosen: SelectionSetNode) -> None:
        self._plan = plan
        self._kind = kind
        self._chosen = chosen
        self._known: dict[str, tuple[list[Step], list[Connection]]] = {}

    def parts(self, record: Record) -> tuple[list[Step], list[Connection]]:
        """The fields and the connections below a record."""
        name = self._kind.name
        if not isinstance(self._kind, GraphQLObjectType):
            name = record["__typename"]
        found = self._known.get(name)
        if found is None:
            found = self._known[name] = self._compile(name)
        return found

    def _compile(self, name: str) -> tuple[list[Step], list[Connection]]:
        kind = SCHEMA.type_map[name]
        steps: list[Step] = []
        connections: list[Connection] = []
        for node in self._plan.fields(kind, self._chosen):
            self._plan.add(kind, node, steps, connections)
        return steps, connections


class Connection:
    """A list below an object: where its rows come from and what is selected from each."""

    def __init__(self, path: tuple[Getter, ...], rows: Getter, selection: Selection) -> None:
        self.path = path
        self.rows = rows
        self.selection = selection

    def read(self, record: Any) -> list[Record]:
        for step in self.path:
            record = step(record)
            if record is None:
                return []
        found: list[Record] = self.rows(record)["nodes"]
        return found


class Plan:
    """One bulk query made ready for one caller."""

    def __init__(self, ctx: Context, document: Document) -> None:
        assert document.ast is not None
        self._ctx = ctx
        self._fragments = {
            one.name.value: one
            for one in document.ast.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        operation = next(
            one for one in document.ast.definitions if isinstance(one, OperationDefinitionNode)
        )
        self._root = Selection(self, SCHEMA.query_type, operation.selection_set)

    def lines(self) -> Iterator[tuple[bool, bytes]]:
        """Every line, and whether it stands for a root object; raises what resolvers raise."""
        _, connections = self._root.parts({})
        for connection in connections:
            for row in connection.read({}):
                yield from self._object(row, connection.selection, None)

    def _object(
        self, record: Record, selection: Selection, parent: str | None
    ) -> Iterator[tuple[bool, bytes]]:
        steps, connections = selection.parts(record)
        line = {key: _take(get(record), inner) for key, get, inner in steps}
        if parent is not None:
            line["__parentId"] = parent
        yield parent is None, _write(line)
        for connection in connections:
            for row in connection.read(record):
                yield from self._object(row, connection.selection, record["id"])

    def fields(self, kind: Any, chosen: SelectionSetNode) -> Iterator[FieldNode]:
        """The fields that apply to a concrete type."""
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                if _fits(kind, fragment.type_condition.name.value):
                    yield from self.fields(kind, fragment.selection_set)
            elif isinstance(node, InlineFragmentNode) and (
                node.type_condition is None or _fits(kind, node.type_condition.name.value)
            ):
                yield from self.fields(kind, node.selection_set)

    def add(
        self, kind: Any, node: FieldNode, steps: list[Step], connections: list[Connection]
    ) -> None:
        """Compile one field into a step of the line, or into a connection below it."""
        name = node.name.value
        key = node.alias.value if node.alias else name
        if name == "__typename":
            steps.append((key, lambda _record: kind.name, None))
            return
        definition = kind.fields[name]
        named = get_named_type(definition.type)
        get = self._getter(definition, node)
        if is_leaf_type(named):
            steps.append((key, _written(get, definition.type, named), None))
            return
        assert node.selection_set is not None
        if named.name.endswith("Connection"):
            connections.append(self._connection(named, node, get))
            return
        inner = Selection(self, named, node.selection_set)
        if isinstance(named, GraphQLObjectType):
            _, below = inner.parts({})
            connections.extend(Connection((get, *one.path), one.rows, one.selection)
                               for one in below)  # fmt: skip
        steps.append((key, get, inner))

    def _connection(self, kind: Any, node: FieldNode, get: Getter) -> Connection:
        assert node.selection_set is not None
        edges = next(one for one in self.fields(kind, node.selection_set)
                     if one.name.value == "edges")  # fmt: skip
        edge_kind = get_named_type(kind.fields["edges"].type)
        assert edges.selection_set is not None
        inner = next(one for one in self.fields(edge_kind, edges.selection_set)
                     if one.name.value == "node")  # fmt: skip
        assert inner.selection_set is not None
        row_kind = get_named_type(edge_kind.fields["node"].type)
        return Connection((), get, Selection(self, row_kind, inner.selection_set))

    def _getter(self, definition: Any, node: FieldNode) -> Getter:
        """Read a field as the API does, with all rows where it would give a page."""
        name, resolve = node.name.value, definition.resolve
        if resolve is None:
            return lambda record: record.get(name)
        given = get_argument_values(definition, node, {})
        if get_named_type(definition.type).name.endswith("Connection"):
            given = {key: value for key, value in given.items() if key not in _PAGING}
            given["first"] = EVERYTHING
        info = SimpleNamespace(
            context=self._ctx, path=SimpleNamespace(key=name), variable_values={},
            schema=SCHEMA, field_nodes=[node],
        )  # fmt: skip
        return lambda record: resolve(record, info, **given)


def _fits(kind: Any, name: str) -> bool:
    return kind.name == name or name in {one.name for one in kind.interfaces}


def _written(get: Getter, declared: Any, named: Any) -> Getter:
    """A scalar as the API writes it."""
    if named.name in _PLAIN or is_enum_type(named):
        return get
    write = named.serialize
    if is_list_type(get_nullable_type(declared)):
        return lambda record: [write(one) for one in get(record)]

    def read(record: Record) -> Any:
        value = get(record)
        return None if value is None else write(value)

    return read


def _take(value: Any, selection: Selection | None) -> Any:
    if selection is None or value is None:
        return value
    if isinstance(value, list):
        return [_take(one, selection) for one in value]
    steps, _ = selection.parts(value)
    return {key: _take(get(value), inner) for key, get, inner in steps}


def _write(line: dict[str, Any]) -> bytes:
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"))
    return text.encode() + b"\n"
