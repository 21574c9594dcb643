"""Bulk operations: the fields of QueryRoot and Mutation."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.resolvers.finding import by_id, search, sort
from tiktoksync.sandbox.shopify.search import Field
from tiktoksync.sandbox.shopify.state import Record

Info = Any

SEARCHED = {
    "id": Field(lambda record: record["id"].rpartition("/")[2]),
    "status": Field(lambda record: record["status"].lower()),
    "operation_type": Field(lambda record: record["type"].lower()),
    "created_at": Field(lambda record: record["createdAt"], "time"),
}


def _bulk() -> ModuleType:
    """The module is loaded late: it reads queries against the schema these fields belong to."""
    from tiktoksync.sandbox.shopify import bulk

    return bulk


def _one(_root: Any, info: Info, id: str) -> Any:
    _bulk().settle(info.context.state)
    return by_id("BulkOperation")(_root, info, id)


def _many(
    _root: Any, info: Info, query: str | None = None, sortKey: str = "CREATED_AT", **page: Any
) -> Record:
    _bulk().settle(info.context.state)
    rows = search(info, info.context.store.bulk_operations, query, SEARCHED, "id")
    key = "completedAt" if sortKey == "COMPLETED_AT" else "createdAt"
    return connect(sort(rows, key, lambda row: row[key] or ""), sort_key=key, **page)


def _run(_root: Any, info: Info, query: str, groupObjects: bool = False) -> Record:
    payload: Record = _bulk().run_query(info.context, query)
    return payload


FIELDS: dict[str, Any] = {
    "QueryRoot.bulkOperation": _one,
    "QueryRoot.bulkOperations": _many,
    "Mutation.bulkOperationCancel": lambda _r, info, id: _bulk().cancel(info.context, id),
    "Mutation.bulkOperationRunQuery": _run,
}
