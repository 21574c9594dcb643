"""Parsed, validated and priced documents, kept by their text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from tiktoksync.sandbox.shopify.cost import CostPlan
from tiktoksync.sandbox.shopify.schema import SCHEMA

KEPT = 2000


@dataclass(slots=True)
class Operation:
    """One operation of a document, ready to run."""

    name: str
    node: OperationDefinitionNode
    mutation: bool
    fields: tuple[str, ...]
    plan: CostPlan


@dataclass(slots=True)
class Document:
    """``errors`` is filled when the text cannot be run; they are in the API's shape."""

    ast: DocumentNode | None
    operations: dict[str, Operation]
    errors: list[dict[str, Any]]

    def pick(self, name: str | None) -> Operation | None:
        """The named operation, or the only one."""
        if name:
            return self.operations.get(name)
        return next(iter(self.operations.values())) if len(self.operations) == 1 else None


_cache: dict[str, Document] = {}


def read_document(text: str) -> Document:
    found = _cache.get(text)
    if found is None:
        found = _read(text)
        if len(_cache) >= KEPT:
            _cache.clear()
        _cache[text] = found
    return found


def _read(text: str) -> Document:
    try:
        ast = parse(text)
    except GraphQLSyntaxError as error:
        return Document(
            None, {}, [_plain(error, error.message.replace("Syntax Error:", "syntax error,"))]
        )
    errors = validate(SCHEMA, ast)
    if errors:
        return Document(ast, {}, [_shape(error) for error in errors])
    operations = {}
    for node in ast.definitions:
        if isinstance(node, OperationDefinitionNode):
            name = node.name.value if node.name else ""
            fields = tuple(
                one.name.value
                for one in node.selection_set.selections
                if isinstance(one, FieldNode)
            )
            mutation = node.operation is OperationType.MUTATION
            plan = CostPlan(SCHEMA, ast, node)
            operations[name] = Operation(name, node, mutation, fields, plan)
    return Document(ast, operations, [])


def _plain(error: GraphQLError, message: str) -> dict[str, Any]:
    places = [{"line": one.line, "column": one.column} for one in error.locations or []]
    return {"message": message, "locations": places}


# What graphql-core says, and how the Admin API says it: pattern, text, code, named extras.
_SHAPES: list[tuple[re.Pattern[str], str, str, tuple[str, ...]]] = [
    (
        re.compile(r"Cannot query field '(?P<fieldName>\w+)' on type '(?P<typeName>\w+)'.*", re.S),
        "Field '{fieldName}' doesn't exist on type '{typeName}'",
        "undefinedField",
        ("typeName", "fieldName"),
    ),
    (
        re.compile(r"Unknown argument '(?P<argumentName>\w+)' on field '(?P<typeName>\w+)\.(?P<name>\w+)'.*", re.S),
        "Field '{name}' doesn't accept argument '{argumentName}'",
        "argumentNotAccepted",
        ("name", "typeName", "argumentName"),
    ),
    (
        re.compile(r"Field '(?P<name>\w+)' argument '(?P<arguments>\w+)' of type .* is required.*", re.S),
        "Field '{name}' is missing required arguments: {arguments}",
        "missingRequiredArguments",
        ("name", "arguments"),
    ),
    (
        re.compile(r"Field '(?P<nodeName>\w+)' of type '(?P<typeName>[\w!\[\]]+)' must have a selection.*", re.S),
        "Field must have selections (field '{nodeName}' returns {typeName} but has no selections. Did you mean '{nodeName} {{ ... }}'?)",
        "selectionMismatch",
        ("nodeName", "typeName"),
    ),
    (
        re.compile(r"Variable '\$(?P<variableName>\w+)' of type '(?P<typeName>[\w!\[\]]+)' used in position expecting type '(?P<argumentType>[\w!\[\]]+)'.*", re.S),
        "Type mismatch on variable ${variableName} ({typeName} / {argumentType})",
        "variableMismatch",
        ("variableName", "typeName"),
    ),
    (
        re.compile(r"Variable '\$(?P<variableName>\w+)' is never used.*", re.S),
        "Variable ${variableName} is declared but not used",
        "variableNotUsed",
        ("variableName",),
    ),
    (
        re.compile(r"Variable '\$(?P<variableName>\w+)' is not defined.*", re.S),
        "Variable ${variableName} is used but not declared",
        "variableNotDefined",
        ("variableName",),
    ),
]  # fmt: skip


def _shape(error: GraphQLError) -> dict[str, Any]:
    for pattern, text, code, extras in _SHAPES:
        found = pattern.fullmatch(error.message)
        if found:
            shaped = _plain(error, text.format(**found.groupdict()))
            more = {name: found.group(name) for name in extras}
            return {**shaped, "extensions": {"code": code, **more}}
    return {**_plain(error, error.message), "extensions": {"code": "argumentLiteralsIncompatible"}}
