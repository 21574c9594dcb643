"""Bulk operations: started, watched, cancelled, and finished when their time has come.

They run on the waiting clock: ``bulk_seconds`` of the configuration after their start the file is
there, as of that moment. The file lies on the sandbox itself and wants no token.
"""

from __future__ import annotations

from typing import Any

from graphql import GraphQLError

from tiktoksync.sandbox.shopify import notices
from tiktoksync.sandbox.shopify.bulk_lines import Plan
from tiktoksync.sandbox.shopify.bulk_rules import LONGEST, find_problems, refusal
from tiktoksync.sandbox.shopify.documents import read_document
from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.files import store_file
from tiktoksync.sandbox.shopify.schema import SCHEMA
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record, ShopifyState, Store

AT_ONCE = 5
RUNNING = ("CREATED", "RUNNING", "CANCELING")
URL_SECONDS = 7 * 86400.0
BUSY = "A bulk query operation for this app and shop is already in progress: {}."


def run_query(ctx: Context, query: str) -> Record:
    """The payload of bulkOperationRunQuery."""
    settle(ctx.state)
    problems = _problems(query) or _too_many(ctx)
    if problems:
        return {"bulkOperation": None, "userErrors": problems}
    record: Record = {
        "__typename": "BulkOperation",
        "id": ctx.state.numbers.gid("BulkOperation"),
        "status": "CREATED",
        "type": "QUERY",
        "query": query,
        "errorCode": None,
        "createdAt": ctx.state.now(),
        "completedAt": None,
        "objectCount": "0",
        "rootObjectCount": "0",
        "fileSize": None,
        "url": None,
        "partialDataUrl": None,
        "_due": ctx.state.clock.line() + float(ctx.state.config.get("bulk_seconds", 0.0)),
        "_context": ctx,
    }
    ctx.store.bulk_operations.append(ctx.store.add(record))
    ctx.state.log.record_write(
        PLATFORM, ctx.store.domain, "bulk_operation", id=record["id"], token_tag=ctx.token.tag
    )
    # The answer shows the beginning, whatever the clock says.
    return {"bulkOperation": dict(record), "userErrors": []}


def _problems(query: str) -> list[Record]:
    if len(query.encode()) > LONGEST:
        return [refusal(f"Query is too long (maximum is {LONGEST} bytes)")]
    document = read_document(query)
    if document.errors:
        return [refusal(f"Invalid bulk query: {one['message']}") for one in document.errors]
    assert document.ast is not None
    return find_problems(SCHEMA, document.ast)


def _too_many(ctx: Context) -> list[Record]:
    running = [
        one["id"]
        for one in ctx.store.bulk_operations
        if one["status"] in RUNNING and one["_context"].token.api_key == ctx.token.api_key
    ]
    if len(running) < AT_ONCE:
        return []
    return [user_error(None, BUSY.format(", ".join(running)), "OPERATION_IN_PROGRESS")]


def cancel(ctx: Context, gid: str) -> Record:
    """The payload of bulkOperationCancel: it is over at the next look."""
    settle(ctx.state)
    record = ctx.store.objects.get(gid)
    if record is None or record["__typename"] != "BulkOperation":
        error = user_error(["id"], "Bulk operation does not exist")
        return {"bulkOperation": None, "userErrors": [error]}
    if record["status"] not in RUNNING:
        text = f"A bulk operation cannot be canceled when it is {record['status'].lower()}"
        return {"bulkOperation": record, "userErrors": [user_error(None, text)]}
    record["status"] = "CANCELING"
    return {"bulkOperation": dict(record), "userErrors": []}


def settle(state: ShopifyState) -> None:
    """Move every operation on to where it is by now."""
    now = state.clock.line()
    for store in state.stores.values():
        for record in store.bulk_operations:
            if record["status"] == "CANCELING":
                _end(state, store, record, "CANCELED")
            elif record["status"] in RUNNING:
                record["status"] = "RUNNING"
                if record["_due"] <= now:
                    _finish(state, store, record)


def _finish(state: ShopifyState, store: Store, record: Record) -> None:
    """Write the file; a wish of the control API or a missing scope makes it fail."""
    wish = state.bulk_failures.pop(0) if state.bulk_failures else None
    plan = Plan(record["_context"], read_document(record["query"]))
    try:
        lines, roots = _collect(plan)
    except GraphQLError as error:
        code = (error.extensions or {}).get("code")
        known = code if code == "ACCESS_DENIED" else "INTERNAL_SERVER_ERROR"
        _end(state, store, record, "FAILED", errorCode=known)
        return
    if wish is not None:
        part = lines[: len(lines) // 2] if wish.get("partial") else []
        where = _keep(state, record, part) if part else None
        code = wish.get("error_code", "INTERNAL_SERVER_ERROR")
        _end(state, store, record, "FAILED", errorCode=code, partialDataUrl=where)
        return
    record["objectCount"], record["rootObjectCount"] = str(len(lines)), str(roots)
    record["fileSize"] = str(sum(map(len, lines))) if lines else None
    _end(state, store, record, "COMPLETED", url=_keep(state, record, lines) if lines else None)


def _collect(plan: Plan) -> tuple[list[bytes], int]:
    lines, roots = [], 0
    for is_root, line in plan.lines():
        lines.append(line)
        roots += is_root
    return lines, roots


def _keep(state: ShopifyState, record: Record, lines: list[bytes]) -> str:
    number = record["id"].rpartition("/")[2]
    path = store_file(
        state, f"bulk-{number}.jsonl", "application/jsonl", b"".join(lines), URL_SECONDS
    )
    return state.base_url + path


def _end(state: ShopifyState, store: Store, record: Record, status: str, **more: Any) -> None:
    record.update(status=status, completedAt=state.now(), **more)
    notices.send_bulk_finish(state, store, record)
