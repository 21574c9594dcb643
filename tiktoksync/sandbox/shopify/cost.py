"""What a query costs: asked for beforehand, and counted on the answer.

An object is 1 point, a connection 2 and its rows, a mutation 10; scalars, the payload of a
mutation and its user errors are free. A list that is no connection counts as one object. Beyond
five rows a further one counts a twentieth: the platform's own curve is flatter still. Writing
products and metafields costs by how much is written.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
)

from tiktoksync.sandbox.shopify.content_cost import content_cost, written_fields

MUTATION = 10
CONNECTION = 2
MOST = 1000
DEFAULT_ROWS = 50
FULL_ROWS = 5
FURTHER_ROW = 0.05


@dataclass(slots=True)
class Part:
    """One selected field that is not a scalar."""

    key: str
    kind: str
    size: int | str | None = None
    parts: list[Part] = field(default_factory=list)
    branches: list[list[Part]] = field(default_factory=list)


class CostPlan:
    """The cost of one operation as a small tree, worked out once for each document."""

    def __init__(
        self, schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
    ) -> None:
        self._schema = schema
        self._fragments = {
            node.name.value: node
            for node in document.definitions
            if isinstance(node, FragmentDefinitionNode)
        }
        self.mutation = operation.operation is OperationType.MUTATION
        self._writes = written_fields(schema, operation) if self.mutation else []
        root = schema.mutation_type if self.mutation else schema.query_type
        assert root is not None
        self.root = Part("", "free")
        self._collect(root, operation.selection_set, self.root, top=True)

    def requested(self, variables: dict[str, Any]) -> int:
        """The points that must be there before it runs."""
        return max(_requested(self.root, variables), 0) + content_cost(self._writes, variables)

    def actual(self, data: dict[str, Any] | None, variables: dict[str, Any] | None = None) -> int:
        """The points that the answer took."""
        if not data:
            return 0
        return math.ceil(_actual(self.root, data)) + content_cost(self._writes, variables or {})

    def _collect(self, parent: Any, chosen: SelectionSetNode, into: Part, top: bool) -> None:
        for node in chosen.selections:
            if isinstance(node, FieldNode):
                part = self._part(parent, node, top)
                if part is not None:
                    into.parts.append(part)
                continue
            branch = Part("", "free")
            target, selection = self._fragment(parent, node)
            self._collect(target, selection, branch, top)
            if is_abstract_type(parent) and target is not parent:
                into.branches.append([branch])
            else:
                into.parts.append(branch)

    def _fragment(self, parent: Any, node: Any) -> tuple[Any, SelectionSetNode]:
        if isinstance(node, FragmentSpreadNode):
            found = self._fragments[node.name.value]
            return self._schema.type_map[found.type_condition.name.value], found.selection_set
        assert isinstance(node, InlineFragmentNode)
        condition = node.type_condition
        target = self._schema.type_map[condition.name.value] if condition else parent
        return target, node.selection_set

    def _part(self, parent: Any, node: FieldNode, top: bool) -> Part | None:
        name = node.name.value
        if name.startswith("__") or node.selection_set is None:
            return None if not (top and self.mutation) else Part(name, "mutation")
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType)
        kind_of_field = get_named_type(parent.fields[name].type)
        if is_leaf_type(kind_of_field):
            return None
        key = node.alias.value if node.alias else name
        part = Part(key, _kind(kind_of_field.name, name, top and self.mutation))
        if part.kind == "connection":
            part.size = _size(node, ("first", "last"))
        elif top and name == "nodes":
            part.kind, part.size = "many", _size(node, ("ids",))
        self._collect(kind_of_field, node.selection_set, part, top=False)
        return part


def _kind(type_name: str, field_name: str, mutation: bool) -> str:
    if mutation:
        return "mutation"
    if type_name.endswith("Connection"):
        return "connection"
    if field_name == "pageInfo" or type_name.endswith(("UserError", "Edge")):
        return "edges" if type_name.endswith("Edge") else "none"
    return "object"


def _size(node: FieldNode, names: tuple[str, ...]) -> int | str | None:
    """How many rows are asked for: a number, or the name of the variable that says so."""
    for argument in node.arguments:
        if argument.name.value in names:
            value = argument.value
            if isinstance(value, IntValueNode):
                return int(value.value)
            if isinstance(value, VariableNode):
                return value.name.value
            if isinstance(value, ListValueNode):
                return len(value.values)
    return None


def _rows(part: Part, variables: dict[str, Any]) -> int:
    size = variables.get(part.size) if isinstance(part.size, str) else part.size
    if isinstance(size, list):
        return len(size)
    return int(size) if isinstance(size, int) else DEFAULT_ROWS


def _damped(rows: int) -> float:
    return min(rows, FULL_ROWS) + FURTHER_ROW * max(0, rows - FULL_ROWS)


def _inside(part: Part, variables: dict[str, Any]) -> int:
    total = sum(_requested(one, variables) for one in part.parts)
    dearest = [sum(_requested(one, variables) for one in branch) for branch in part.branches]
    return total + max(dearest, default=0)


def _requested(part: Part, variables: dict[str, Any]) -> int:
    match part.kind:
        case "none":
            return 0
        case "connection":
            return math.ceil(
                CONNECTION + _damped(_rows(part, variables)) * _inside(part, variables)
            )
        case "many":
            return _rows(part, variables) * (1 + _inside(part, variables))
        case "mutation":
            return MUTATION + _inside(part, variables)
        case "object":
            return 1 + _inside(part, variables)
        case _:
            return _inside(part, variables)


def _actual(part: Part, data: Any) -> float:
    if data is None or part.kind == "none":
        return MUTATION if part.kind == "mutation" else 0
    if isinstance(data, list):
        total = sum(_actual(part, row) for row in data)
        return total if not data else total * _damped(len(data)) / len(data)
    own = {"connection": CONNECTION, "mutation": MUTATION, "object": 1, "many": 1}
    below = part.parts + [one for branch in part.branches for one in branch]
    inside = sum(
        _actual(one, data if one.kind == "free" else data.get(one.key))
        for one in below
        if one.kind == "free" or one.key in data
    )
    return own.get(part.kind, 0) + inside
