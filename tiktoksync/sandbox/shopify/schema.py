"""The schema, built once from the files beside this module."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from graphql import GraphQLObjectType, GraphQLSchema, build_schema

from tiktoksync.sandbox.shopify.errors import access_denied
from tiktoksync.sandbox.shopify.resolvers import (
    bulk,
    catalogue,
    fulfillments,
    inventory,
    media,
    mutations,
    orders,
    products,
    queries,
    shops,
    writing,
)
from tiktoksync.sandbox.shopify.scalars import dress_scalars
from tiktoksync.sandbox.shopify.scopes import NEEDED

FOLDER = Path(__file__).with_name("schema")
TABLES = (
    queries, catalogue, mutations, orders, fulfillments, products, inventory, media, bulk, shops,
    writing,
)  # fmt: skip

Resolver = Callable[..., Any]


def read_sdl() -> str:
    """All files of the subset as one text."""
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.graphql")))


def make_schema() -> GraphQLSchema:
    schema = build_schema(read_sdl(), assume_valid=True)
    dress_scalars(schema)
    for table in TABLES:
        for name, resolver in table.FIELDS.items():
            _attach(schema, name, resolver)
    return schema


def _attach(schema: GraphQLSchema, name: str, resolver: Resolver) -> None:
    type_name, _, field = name.partition(".")
    owner = schema.type_map[type_name]
    assert isinstance(owner, GraphQLObjectType)
    needed = NEEDED.get(name)
    owner.fields[field].resolve = _guard(field, needed, resolver) if needed else resolver


def _guard(field: str, needed: tuple[str, ...], resolver: Resolver) -> Resolver:
    """Refuse the field when the token holds none of the scopes that open it."""

    def guarded(source: Any, info: Any, **arguments: Any) -> Any:
        if not info.context.may(needed):
            raise access_denied(field, needed[0])
        return resolver(source, info, **arguments)

    return guarded


SCHEMA = make_schema()
