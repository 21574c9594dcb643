"""Holds the application's GraphQL documents against the Admin API's own schema. Pure."""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    NoDeprecatedCustomRule,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    build_client_schema,
    build_schema,
    get_named_type,
    parse,
    print_schema,
    validate,
    visit,
)

from tiktoksync.run.schema_access import Need, read_needs, read_topics

Node = dict[str, Any]

#: The members of an introspection; whatever else a file carries is not the schema.
KNOWN = frozenset({
    "name", "description", "kind", "ofType", "type", "types", "args", "fields",
    "inputFields", "interfaces", "enumValues", "possibleTypes", "defaultValue",
    "isDeprecated", "deprecationReason", "isRepeatable", "locations", "directives",
    "queryType", "mutationType", "subscriptionType", "isOneOf", "specifiedByURL",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Admin:
    """One version of the Admin API: its schema and what it asks for."""

    version: str
    schema: GraphQLSchema
    needs: dict[str, list[Need]]
    topics: dict[str, Need | None]


def read_admin(path: Path, version: str) -> Admin:
    """Read an introspection, gzipped or plain, with the notes about access it carries."""
    raw = path.read_bytes()
    found = json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw)
    node = found.get("data", found)["__schema"]
    client = build_client_schema({"__schema": strip(node)}, assume_valid=True)
    # Through the schema language, so that nothing but the schema is left of the file.
    schema = build_schema(print_schema(client), assume_valid=True)
    return Admin(version, schema, read_needs(node), read_topics(node))


def strip(node: Any) -> Any:
    """The introspection without the keys that no introspection has."""
    if isinstance(node, dict):
        return {key: strip(value) for key, value in node.items() if key in KNOWN}
    return [strip(one) for one in node] if isinstance(node, list) else node


def read_documents(folder: Path) -> dict[str, str]:
    """The documents of a folder by file name."""
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("*.graphql"))}


def find_faults(admin: Admin, documents: dict[str, str]) -> Iterator[str]:
    """A line for everything in the documents that this version would refuse."""
    for name, text in documents.items():
        try:
            errors = validate(admin.schema, parse(text))
        except GraphQLSyntaxError as error:
            errors = [error]
        yield from (f"{admin.version} {name}:{_line(one)}: {one.message}" for one in errors)


def find_deprecated(admin: Admin, documents: dict[str, str]) -> Iterator[str]:
    """A line for every deprecated member that the documents use; they still work."""
    for name, text in documents.items():
        for one in validate(admin.schema, parse(text), [NoDeprecatedCustomRule]):
            yield f"{admin.version} {name}:{_line(one)}: {one.message}"


def _line(error: GraphQLError) -> int:
    return error.locations[0].line if error.locations else 1


def find_needs(admin: Admin, documents: dict[str, str]) -> dict[Need, list[str]]:
    """What the documents need to be allowed, and which documents need it."""
    found: dict[Need, list[str]] = {}
    for name, text in documents.items():
        for place in sorted(_places(admin.schema, parse(text))):
            for need in admin.needs.get(place, ()):
                found.setdefault(need, []).append(name)
    return found


def _places(schema: GraphQLSchema, document: DocumentNode) -> set[str]:
    """Every field a document selects, as `Type.field`, and every type it thereby reads."""
    info = TypeInfo(schema)
    places: set[str] = set()

    class Collector(Visitor):
        def enter_field(self, node: FieldNode, *_: Any) -> None:
            owner, field = info.get_parent_type(), info.get_field_def()
            if owner and field:
                places.update((f"{owner.name}.{node.name.value}", get_named_type(field.type).name))

    visit(document, TypeInfoVisitor(info, Collector()))
    return places
