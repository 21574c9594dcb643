"""Pages of rows with opaque cursors."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError

from tiktoksync.sandbox.shopify.errors import coded
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import Record

MOST = 250


class Everything(int):
    """A page size without a limit, for bulk operations alone."""


EVERYTHING = Everything(2**31)


def connect(
    rows: Sequence[Record],
    first: int | None = None,
    last: int | None = None,
    after: str | None = None,
    before: str | None = None,
    reverse: bool = False,
    sort_key: str = "id",
    **_: Any,
) -> Record:
    """One page of ``rows``, which are already in ascending order of ``sort_key``."""
    ordered = list(reversed(rows)) if reverse else rows
    if first is EVERYTHING:
        return {"nodes": ordered}
    _check(first, last)
    start = 0 if after is None else _place(ordered, after, sort_key, reverse) + 1
    end = len(ordered) if before is None else _place(ordered, before, sort_key, reverse)
    window = ordered[start:end]
    page = window[:first] if first is not None else window[max(0, len(window) - (last or 0)) :]
    cut_end = first is not None and len(window) > first
    cut_start = last is not None and len(window) > last
    return {
        "nodes": page,
        "edges": [{"cursor": _cursor(row, sort_key), "node": row} for row in page],
        "pageInfo": {
            "hasNextPage": cut_end or end < len(ordered),
            "hasPreviousPage": cut_start or start > 0,
            "startCursor": _cursor(page[0], sort_key) if page else None,
            "endCursor": _cursor(page[-1], sort_key) if page else None,
        },
    }


def _check(first: int | None, last: int | None) -> None:
    if first is None and last is None:
        raise coded("you must provide one of first or last", "BAD_REQUEST")
    if first is not None and last is not None:
        raise coded("providing both first and last is not supported", "BAD_REQUEST")
    size = first if first is not None else last
    if size is not None and not 0 < size <= MOST:
        raise coded(f"first/last must be between 1 and {MOST}", "BAD_REQUEST")


def _cursor(row: Record, sort_key: str) -> str:
    number = number_of(str(row.get("id") or "0"))
    last_id: Any = int(number) if number.isdigit() else number
    value = last_id if sort_key == "id" else str(row.get(sort_key))
    payload = json.dumps({"last_id": last_id, "last_value": value}, separators=(",", ":"))
    return base64.b64encode(payload.encode()).decode()


def _place(rows: Sequence[Record], cursor: str, sort_key: str, reverse: bool) -> int:
    """Where the cursor's row stands, or would have stood."""
    try:
        known = json.loads(base64.b64decode(cursor, validate=True))
        last_id, value = known["last_id"], known["last_value"]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise _bad_cursor(cursor) from None
    for place, row in enumerate(rows):
        if number_of(str(row.get("id") or "")) == str(last_id):
            return place
    wanted = (value, last_id)
    for place, row in enumerate(rows):
        number = number_of(str(row.get("id") or "0"))
        own: Any = int(number) if number.isdigit() else number
        here = (own if sort_key == "id" else str(row.get(sort_key)), own)
        if (here < wanted) if reverse else (here > wanted):
            return place - 1
    return len(rows) - 1


def _bad_cursor(cursor: str) -> GraphQLError:
    return coded(f"Invalid cursor: {cursor}", "BAD_REQUEST")
