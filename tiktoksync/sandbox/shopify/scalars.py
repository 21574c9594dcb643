"""How the special scalars are read and written."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from graphql import GraphQLError, GraphQLScalarType, GraphQLSchema
from graphql.language import FloatValueNode, IntValueNode, StringValueNode, ValueNode

from tiktoksync.sandbox.shopify.money import parse_decimal, render_decimal

_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]*://\S+")


def stamp(seconds: float) -> str:
    """Unix seconds as the API writes times: UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(value: Any) -> str:
    """Any ISO 8601 time as the API writes it; raises ValueError."""
    moment = datetime.fromisoformat(str(value))
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _parse_decimal(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise GraphQLError("Expected value to be a Decimal")
    try:
        return parse_decimal(value)
    except ValueError:
        raise GraphQLError(f"invalid decimal '{value}'") from None


def _parse_time(value: Any) -> str:
    try:
        return read_time(value)
    except ValueError:
        raise GraphQLError(f"invalid date '{value}'") from None


def _parse_url(value: Any) -> str:
    if not isinstance(value, str) or not _URL.fullmatch(value):
        raise GraphQLError(f"Invalid url '{value}', missing scheme")
    return value


def _literal_text(node: ValueNode, _variables: Any = None) -> Any:
    if isinstance(node, StringValueNode | IntValueNode | FloatValueNode):
        return node.value
    raise GraphQLError("Expected a scalar value")


def dress_scalars(schema: GraphQLSchema) -> None:
    """Put reading and writing onto the scalars of a freshly built schema."""
    _dress(schema, "Decimal", render_decimal, _parse_decimal)
    _dress(schema, "Money", str, _parse_decimal)
    _dress(schema, "DateTime", str, _parse_time)
    _dress(schema, "URL", str, _parse_url)
    _dress(schema, "UnsignedInt64", str, str)


def _dress(schema: GraphQLSchema, name: str, write: Any, read: Any) -> None:
    scalar = schema.type_map[name]
    assert isinstance(scalar, GraphQLScalarType)
    scalar.serialize = write  # type: ignore[method-assign]
    scalar.parse_value = read  # type: ignore[method-assign]
    scalar.parse_literal = lambda node, variables=None: read(  # type: ignore[method-assign]
        _literal_text(node, variables)
    )
