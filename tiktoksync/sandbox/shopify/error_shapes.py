"""What went wrong in a query, in the Admin API's shape."""

from __future__ import annotations

import re
from typing import Any

from graphql import GraphQLError
from graphql.type import GraphQLInputType
from graphql.utilities import coerce_input_value, type_from_ast

from tiktoksync.sandbox.shopify.documents import Operation
from tiktoksync.sandbox.shopify.schema import SCHEMA

Body = dict[str, Any]

# These two name a field that is not in their path yet.
_UNNAMED_FIELD = re.compile(
    r"Field '(?P<field>\w+)' (of required type .* was not provided|is not defined by type)"
)


def shape_errors(errors: list[GraphQLError]) -> list[Body]:
    rows = []
    for error in errors:
        row: Body = {"message": error.message}
        if error.locations:
            row["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
        if error.extensions:
            row["extensions"] = error.extensions
        if error.path:
            row["path"] = error.path
        rows.append(row)
    return rows


def variable_errors(operation: Operation, variables: Body) -> list[Body]:
    """INVALID_VARIABLE errors with their problems, one for each bad variable."""
    rows = []
    for definition in operation.node.variable_definitions:
        name = definition.variable.name.value
        kind = type_from_ast(SCHEMA, definition.type)
        if name not in variables and definition.default_value is not None:
            continue
        problems = _problems(variables.get(name), kind)
        if problems:
            text = _problem_text(name, str(kind), problems)
            at = definition.loc.start_token if definition.loc else None
            rows.append(
                {
                    "message": text,
                    "locations": [{"line": at.line, "column": at.column}] if at else [],
                    "extensions": {
                        "code": "INVALID_VARIABLE",
                        "value": variables.get(name),
                        "problems": problems,
                    },
                }
            )
    return rows


def _problems(value: Any, kind: Any) -> list[Body]:
    found: list[Body] = []

    def note(path: list[str | int], _value: Any, error: GraphQLError) -> None:
        named = _UNNAMED_FIELD.match(error.message)
        place = [*path, named["field"]] if named else list(path)
        found.append({"path": place, "explanation": _explain(error.message)})

    wanted: GraphQLInputType = kind
    coerce_input_value(value, wanted, note)
    return found


def _explain(message: str) -> str:
    if "not to be None" in message or "was not provided" in message:
        return "Expected value to not be null"
    if "is not defined by type" in message:
        return "Field is not defined on the input object"
    return message


def _problem_text(name: str, kind: str, problems: list[Body]) -> str:
    first = problems[0]
    where = ".".join(str(part) for part in first["path"])
    place = f" for {where}" if where else ""
    return (
        f"Variable ${name} of type {kind} was provided invalid value{place} "
        f"({first['explanation']})"
    )
