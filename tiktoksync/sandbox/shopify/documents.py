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


def _pattern(text: str) -> re.Pattern[str]:
    """``<name>`` stands for a word or a type with its brackets and marks."""
    opened = re.sub(r"<(\w+)>", lambda found: rf"(?P<{found[1]}>[\w!\[\]]+)", text)
    return re.compile(opened + ".*", re.S)


# What graphql-core says, how the Admin API says it, and the code it gives.
_SHAPES: list[tuple[re.Pattern[str], str, str]] = [
    (
        _pattern(r"Cannot query field '<fieldName>' on type '<typeName>'"),
        "Field '{fieldName}' doesn't exist on type '{typeName}'",
        "undefinedField",
    ),
    (
        _pattern(r"Unknown argument '<argumentName>' on field '<typeName>\.<name>'"),
        "Field '{name}' doesn't accept argument '{argumentName}'",
        "argumentNotAccepted",
    ),
    (
        _pattern(r"Field '<name>' argument '<arguments>' of type .* is required"),
        "Field '{name}' is missing required arguments: {arguments}",
        "missingRequiredArguments",
    ),
    (
        _pattern(r"Field '<nodeName>' of type '<typeName>' must have a selection"),
        "Field must have selections (field '{nodeName}' returns {typeName})",
        "selectionMismatch",
    ),
    (
        _pattern(
            r"Variable '\$<variableName>' of type '<typeName>' "
            r"used in position expecting type '<argumentType>'"
        ),
        "Type mismatch on variable ${variableName} ({typeName} / {argumentType})",
        "variableMismatch",
    ),
    (
        _pattern(r"Variable '\$<variableName>' is never used"),
        "Variable ${variableName} is declared but not used",
        "variableNotUsed",
    ),
    (
        _pattern(r"Variable '\$<variableName>' is not defined"),
        "Variable ${variableName} is used but not declared",
        "variableNotDefined",
    ),
]


def _shape(error: GraphQLError) -> dict[str, Any]:
    for pattern, text, code in _SHAPES:
        found = pattern.fullmatch(error.message)
        if found:
            more = found.groupdict()
            return {
                **_plain(error, text.format(**more)),
                "extensions": {"code": code, **more},
            }
    return {**_plain(error, error.message), "extensions": {"code": "argumentLiteralsIncompatible"}}
