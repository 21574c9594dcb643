"""Metafields and their definitions; values of type ``id`` are unique by force."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from tiktoksync.sandbox.shopify import notices
from tiktoksync.sandbox.shopify.errors import coded, invalid_id, user_error
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import Context, Record

Input = dict[str, Any]

OWNERS = {
    "Order": "ORDER",
    "Product": "PRODUCT",
    "ProductVariant": "PRODUCTVARIANT",
    "Customer": "CUSTOMER",
    "Shop": "SHOP",
}
_OWNER_NAMES = {"PRODUCTVARIANT": "Product Variant", "DRAFTORDER": "Draft Order"}
MOST_DEFINITIONS = 256
MOST_AT_ONCE = 25
_KEY = re.compile(r"[A-Za-z0-9_\-]{2,64}")
_NAMESPACE = re.compile(r"[A-Za-z0-9_\-]{3,255}")


def find_definition(ctx: Context, owner: str, namespace: str, key: str) -> Record | None:
    wanted = (owner, namespace, key)
    for one in ctx.store.definitions:
        if (one["ownerType"], one["namespace"], one["key"]) == wanted:
            return one
    return None


def create_definition(ctx: Context, given: Input) -> Record:
    """metafieldDefinitionCreate, with the refusals that matter for type ``id``."""
    namespace = ctx.namespace(given.get("namespace"))
    problem = _definition_problem(ctx, given, namespace)
    if problem:
        return {"createdDefinition": None, "userErrors": [problem]}
    gid = ctx.state.numbers.gid("MetafieldDefinition")
    unique = given["type"] == "id" or _wants_unique(given) is True
    record: Record = {
        "__typename": "MetafieldDefinition",
        "id": gid,
        "name": given["name"],
        "namespace": namespace,
        "key": given["key"],
        "ownerType": given["ownerType"],
        "description": given.get("description"),
        "type": {"name": given["type"], "category": "ID" if given["type"] == "id" else "TEXT"},
        "pinnedPosition": 1 if given.get("pin") else None,
        "useAsCollectionCondition": False,
        "validations": [],
        "capabilities": {
            "adminFilterable": {"eligible": True, "enabled": False},
            "uniqueValues": {"eligible": True, "enabled": unique},
        },
    }
    ctx.store.definitions.append(ctx.store.add(record))
    _index_existing(ctx, record)
    return {"createdDefinition": record, "userErrors": []}


def _wants_unique(given: Input) -> bool | None:
    chosen = (given.get("capabilities") or {}).get("uniqueValues")
    return None if chosen is None else bool(chosen["enabled"])


def _definition_problem(ctx: Context, given: Input, namespace: str) -> Record | None:
    at = ["definition"]
    if not _KEY.fullmatch(given["key"]):
        return user_error([*at, "key"], "Key is invalid", "INVALID")
    if not _NAMESPACE.fullmatch(namespace):
        return user_error([*at, "namespace"], "Namespace is invalid", "INVALID")
    if not given["name"].strip():
        return user_error([*at, "name"], "Name can't be blank", "BLANK")
    if find_definition(ctx, given["ownerType"], namespace, given["key"]):
        name = _OWNER_NAMES.get(given["ownerType"], given["ownerType"].capitalize())
        text = f"Key is in use for {name} metafields on the '{namespace}' namespace."
        return user_error([*at, "key"], text, "TAKEN")
    if given["type"] == "id" and _wants_unique(given) is False:
        text = "Capability unique_values is required for type id but is disabled"
        return user_error([*at, "capabilities"], text, "CAPABILITY_REQUIRED_BUT_DISABLED")
    same = [one for one in ctx.store.definitions if one["ownerType"] == given["ownerType"]]
    if len(same) >= MOST_DEFINITIONS:
        text = "Stores can only have 256 definitions for each resource."
        return user_error(at, text, "RESOURCE_TYPE_LIMIT_EXCEEDED")
    return None


def _index_existing(ctx: Context, definition: Record) -> None:
    """Values that were stored before their definition become part of its index."""
    if not definition["capabilities"]["uniqueValues"]["enabled"]:
        return
    place = (definition["namespace"], definition["key"])
    for owner in ctx.store.objects.values():
        if OWNERS.get(owner["__typename"]) == definition["ownerType"]:
            field = owner.get("_metafields", {}).get(place)
            if field:
                key = (definition["ownerType"], *place, field["value"])
                ctx.store.unique_values.setdefault(key, owner["id"])


def is_unique(ctx: Context, owner: str, namespace: str, key: str) -> bool:
    found = find_definition(ctx, owner, namespace, key)
    return bool(found and found["capabilities"]["uniqueValues"]["enabled"])


def is_owner_value(ctx: Context, owner: str, field: Input) -> bool:
    """Whether the given type agrees with the definition, if there is one."""
    found = find_definition(ctx, owner, ctx.namespace(field.get("namespace")), field["key"])
    if found is None:
        return bool(field.get("type"))
    return field.get("type") in (None, found["type"]["name"])


def find_taken(ctx: Context, owner: str, field: Input, own: str = "") -> str:
    """The object that already holds this unique value, other than ``own``."""
    namespace = ctx.namespace(field.get("namespace"))
    if not is_unique(ctx, owner, namespace, field["key"]) or not ctx.state.config["unique_ids"]:
        return ""
    holder = ctx.store.unique_values.get((owner, namespace, field["key"], field["value"]), "")
    return "" if holder == own else holder


def write_metafield(ctx: Context, owner: Record, field: Input) -> Record:
    """Store one value on an object and in the index of unique values."""
    kind = OWNERS[owner["__typename"]]
    namespace, key = ctx.namespace(field.get("namespace")), field["key"]
    old = owner["_metafields"].get((namespace, key))
    found = find_definition(ctx, kind, namespace, key)
    if is_unique(ctx, kind, namespace, key):
        if old:
            ctx.store.unique_values.pop((kind, namespace, key, old["value"]), None)
        ctx.store.unique_values[(kind, namespace, key, field["value"])] = owner["id"]
    now = ctx.state.now()
    gid = old["id"] if old else ctx.state.numbers.gid("Metafield")
    record = {
        "__typename": "Metafield",
        "id": gid,
        "legacyResourceId": number_of(gid),
        "namespace": namespace,
        "key": key,
        "value": field["value"],
        "type": field.get("type") or (found["type"]["name"] if found else "single_line_text_field"),
        "jsonValue": _json_value(field["value"]),
        "ownerType": kind,
        "compareDigest": hashlib.sha256(field["value"].encode()).hexdigest(),
        "definition": found,
        "createdAt": old["createdAt"] if old else now,
        "updatedAt": now,
    }
    owner["_metafields"][(namespace, key)] = ctx.store.add(record)
    return record


def _json_value(text: str) -> Any:
    try:
        return json.loads(text) if text[:1] in "[{" else text
    except ValueError:
        return text


def find_by_custom_id(ctx: Context, owner: str, custom: Input) -> Record | None:
    """The object that holds a unique value; raises NOT_FOUND without a definition."""
    namespace = ctx.namespace(custom.get("namespace"))
    found = find_definition(ctx, owner, namespace, custom["key"])
    if found is None or found["type"]["name"] != "id":
        text = "Metafield definition of type 'id' is required when using custom ids."
        raise coded(text, "NOT_FOUND")
    gid = ctx.store.unique_values.get((owner, namespace, custom["key"], custom["value"]))
    return ctx.store.objects.get(gid) if gid else None


def set_metafields(ctx: Context, rows: list[Input]) -> Record:
    """metafieldsSet: at most 25, all or nothing."""
    if len(rows) > MOST_AT_ONCE:
        text = "Exceeded the maximum metafields input limit of 25."
        error = user_error(["metafields"], text, "LESS_THAN_OR_EQUAL_TO")
        return {"metafields": None, "userErrors": [error]}
    problems = [
        problem
        for place, row in enumerate(rows)
        if (problem := _set_problem(ctx, row, ["metafields", str(place)]))
    ]
    if problems:
        return {"metafields": None, "userErrors": problems}
    written = [write_metafield(ctx, ctx.store.objects[row["ownerId"]], row) for row in rows]
    for gid in {row["ownerId"] for row in rows}:
        owner = ctx.store.objects[gid]
        owner["updatedAt"] = ctx.state.now()
        if owner["__typename"] == "Product":
            notices.send_product(ctx.state, ctx.store, owner, "products/update")
    return {"metafields": written, "userErrors": []}


def _set_problem(ctx: Context, row: Input, at: list[str]) -> Record | None:
    owner = ctx.store.objects.get(row["ownerId"])
    if not row["ownerId"].startswith("gid://shopify/"):
        raise invalid_id(row["ownerId"])
    if owner is None or owner["__typename"] not in OWNERS:
        return user_error([*at, "ownerId"], "Owner does not exist.", "INVALID")
    if not row["value"]:
        return user_error([*at, "value"], "can't be blank.", "BLANK")
    kind = OWNERS[owner["__typename"]]
    if not is_owner_value(ctx, kind, row):
        return user_error([*at, "type"], "Type can't be blank", "INVALID_TYPE")
    if find_taken(ctx, kind, row, owner["id"]):
        return user_error([*at, "value"], "Value must be unique.", "TAKEN")
    digest = row.get("compareDigest")
    old = owner["_metafields"].get((ctx.namespace(row.get("namespace")), row["key"]))
    if digest is not None and (old is None or old["compareDigest"] != digest):
        return user_error(at, "The resource has been updated since it was loaded.", "STALE_OBJECT")
    return None
