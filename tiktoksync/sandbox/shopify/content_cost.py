"""What writing costs by its content, above the price of the mutation itself."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from graphql import FieldNode, GraphQLError, GraphQLSchema, OperationDefinitionNode
from graphql.execution.values import get_argument_values

Given = dict[str, Any]
Write = tuple[Any, FieldNode]

METAFIELD = 0.4
FILE = 1.9
VARIANT = 0.2
VARIANT_FILE = 0.6


def _count(rows: Any) -> int:
    return len(rows) if isinstance(rows, list) else 0


def _product_set(given: Given) -> float:
    wish = given.get("input") or {}
    variants = wish.get("variants") or []
    pictured = sum(bool(one.get("file")) for one in variants)
    fields = _count(wish.get("metafields")) + sum(_count(one.get("metafields")) for one in variants)
    written = VARIANT * len(variants) + VARIANT_FILE * pictured + METAFIELD * fields
    return written + FILE * _count(wish.get("files"))


def _product(given: Given) -> float:
    wish = given.get("product") or {}
    return METAFIELD * _count(wish.get("metafields")) + FILE * _count(given.get("media"))


def _variants(given: Given) -> float:
    rows = given.get("variants") or []
    fields = sum(_count(one.get("metafields")) for one in rows)
    return VARIANT * len(rows) + METAFIELD * fields + FILE * _count(given.get("media"))


_PRICES: dict[str, Callable[[Given], float]] = {
    "productSet": _product_set,
    "productCreate": _product,
    "productUpdate": _product,
    "productVariantsBulkCreate": _variants,
    "productVariantsBulkUpdate": _variants,
    "metafieldsSet": lambda given: METAFIELD * _count(given.get("metafields")),
}


def written_fields(schema: GraphQLSchema, operation: OperationDefinitionNode) -> list[Write]:
    """The mutations of an operation that are priced by content."""
    root = schema.mutation_type
    assert root is not None
    return [
        (root.fields[node.name.value], node)
        for node in operation.selection_set.selections
        if isinstance(node, FieldNode) and node.name.value in _PRICES
    ]


def content_cost(writes: list[Write], variables: Given) -> int:
    """Whole points for what these mutations write; input that cannot be read costs nothing."""
    total = 0.0
    for definition, node in writes:
        try:
            given = get_argument_values(definition, node, variables)
            total += _PRICES[node.name.value](given)
        except (GraphQLError, AttributeError, TypeError):
            continue
    return math.ceil(total)
