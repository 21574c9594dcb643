"""What a bulk query may look like, and the words with which another one is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_list_type,
)

from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.state import Record

LONGEST = 65_535
MOST_CONNECTIONS = 5
DEEPEST = 2
MUTATION = "Invalid operation type. Only `query` operations are supported."


@dataclass(slots=True)
class Findings:
    """What was seen in a query."""

    connections: int = 0
    depth: int = 0
    via_nodes: list[str] = field(default_factory=list)
    without_id: list[str] = field(default_factory=list)
    in_list: bool = False
    top_node: bool = False


@dataclass(slots=True)
class Place:
    """Where in a query a selection stands."""

    depth: int = 0
    in_list: bool = False
    node_has_id: bool = True
    top: bool = True


class Reading:
    """One walk over the query, fragments included."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        self._fragments = {
            one.name.value: one
            for one in document.definitions
            if isinstance(one, FragmentDefinitionNode)
        }
        self.found = Findings()

    def walk(self, parent: Any, chosen: SelectionSetNode, place: Place) -> None:
        for owner, node in self.fields(parent, chosen):
            if node.selection_set is None or node.name.value.startswith("__"):
                continue
            if place.top and node.name.value in ("node", "nodes"):
                self.found.top_node = True
            kind = owner.fields[node.name.value].type
            named = get_named_type(kind)
            if named.name.endswith("Connection"):
                self._connection(named, node, place)
                continue
            listed = is_list_type(get_nullable_type(kind)) and not named.name.endswith("Edge")
            inner = Place(place.depth, place.in_list or listed, place.node_has_id, top=False)
            self.walk(named, node.selection_set, inner)

    def fields(self, parent: Any, chosen: SelectionSetNode) -> Iterator[tuple[Any, FieldNode]]:
        """The fields of a selection with the type that has them."""
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                yield parent, node
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                target = self._schema.type_map[fragment.type_condition.name.value]
                yield from self.fields(target, fragment.selection_set)
            elif isinstance(node, InlineFragmentNode):
                named = node.type_condition
                inner = self._schema.type_map[named.name.value] if named else parent
                yield from self.fields(inner, node.selection_set)

    def _connection(self, kind: Any, node: FieldNode, place: Place) -> None:
        found, name = self.found, node.name.value
        found.connections += 1
        found.depth = max(found.depth, place.depth + 1)
        found.in_list = found.in_list or place.in_list
        if place.depth and not place.node_has_id:
            found.without_id.append(name)
        assert node.selection_set is not None
        for owner, inner in self.fields(kind, node.selection_set):
            if inner.name.value == "nodes":
                found.via_nodes.append(name)
            if inner.name.value in ("nodes", "edges") and inner.selection_set:
                self._rows(owner, inner, place)

    def _rows(self, owner: Any, rows: FieldNode, place: Place) -> None:
        """Descend into the rows: through ``node`` of an edge, or at once."""
        assert rows.selection_set is not None
        kind = get_named_type(owner.fields[rows.name.value].type)
        if rows.name.value == "nodes":
            self.walk(kind, rows.selection_set, self._inside(kind, rows.selection_set, place))
            return
        for edge, node in self.fields(kind, rows.selection_set):
            if node.name.value == "node" and node.selection_set:
                inner = get_named_type(edge.fields["node"].type)
                self.walk(inner, node.selection_set, self._inside(inner, node.selection_set, place))

    def _inside(self, kind: Any, chosen: SelectionSetNode, place: Place) -> Place:
        has_id = any(
            one.name.value == "id" and one.alias is None for _, one in self.fields(kind, chosen)
        )
        return Place(place.depth + 1, False, has_id, top=False)


def find_problems(schema: GraphQLSchema, document: DocumentNode) -> list[Record]:
    """The user errors of a document that is valid as a query."""
    operation = next(
        one for one in document.definitions if isinstance(one, OperationDefinitionNode)
    )
    if operation.operation is not OperationType.QUERY:
        return [refusal(MUTATION)]
    reading = Reading(schema, document)
    reading.walk(schema.query_type, operation.selection_set, Place())
    return [refusal(text) for text in _texts(reading.found)]


def _texts(found: Findings) -> Iterator[str]:
    if found.via_nodes:
        names = "', '".join(found.via_nodes)
        yield (
            "All connection fields in a bulk query must select their contents using "
            f"'edges' > 'node', e.g: '{found.via_nodes[0]} {{ edges {{ node {{'. "
            f"Selecting via 'nodes' is not supported. Invalid connection fields: '{names}'."
        )
    if found.top_node:
        yield "Bulk queries cannot contain a top level `node` field."
    if found.depth > DEEPEST:
        yield "Bulk queries cannot contain connections with a nesting depth greater than 2."
    if found.connections > MOST_CONNECTIONS:
        yield "Bulk queries cannot contain more than 5 connections."
    if found.without_id:
        yield (
            "The parent 'node' field for a nested connection must select the 'id' field without "
            "an alias and must be of 'ID' return type. Connection fields without 'id': "
            f"{', '.join(found.without_id)}."
        )
    if found.in_list:
        yield (
            "Queries that contain a connection field within a list field "
            "are not currently supported."
        )
    if not found.connections:
        yield "Bulk queries must contain at least one connection."


def refusal(text: str) -> Record:
    return user_error(["query"], text, "INVALID")
