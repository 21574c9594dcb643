"""What the lists of QueryRoot share: the search and its warnings, sorting, counting."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from tiktoksync.sandbox.shopify.connections import connect
from tiktoksync.sandbox.shopify.errors import invalid_id
from tiktoksync.sandbox.shopify.ids import kind_of, number_of
from tiktoksync.sandbox.shopify.search import Field, Search, report
from tiktoksync.sandbox.shopify.state import PLATFORM, Context, Record

Info = Any

EXACT_UP_TO = 10_000


def visible(
    ctx: Context, rows: list[Record], born: Callable[[Record], float] | None = None
) -> list[Record]:
    """The rows that the search index has caught up with; ``born`` says since when one is there."""
    lag = ctx.state.faults.setting("search_lag", PLATFORM, ctx.store.domain)
    lag = float(ctx.state.config["search_lag_seconds"]) if lag is None else lag
    if not lag:
        return rows
    limit = ctx.state.clock.line() - lag
    read = born or (lambda row: float(row["_born"]))
    return [row for row in rows if read(row) <= limit]


def search(
    info: Info, rows: list[Record], query: str | None, known: dict[str, Field], free: str
) -> list[Record]:
    """The rows a query asks for; fields it should not know become warnings."""
    if not query or not query.strip():
        return rows
    found = Search(query, known, lambda record: record.get(free) or "")
    if found.warnings:
        info.context.warnings.append(report(info.path.key, query, found))
    return [row for row in rows if found.test(row)]


def sort(rows: list[Record], key: str, get: Callable[[Record], Any] | None = None) -> list[Record]:
    """Rows in ascending order of a field; the same value is ordered by number."""
    if key == "id":
        return rows
    read = get or (lambda row: row[key])
    return sorted(rows, key=lambda row: (read(row), int(number_of(row["id"]))))


def count(number: int, limit: int | None = EXACT_UP_TO) -> Record:
    """A ``Count``: exact up to the limit, beyond it only known to be at least that."""
    if limit is not None and number > limit:
        return {"count": limit, "precision": "AT_LEAST"}
    return {"count": number, "precision": "EXACT"}


def by_id(kind: str) -> Callable[..., Any]:
    """One object by its id: unknown ones are null, foreign types are an error."""

    def resolve(_root: Any, info: Info, id: str) -> Any:
        if kind_of(id) != kind:
            raise invalid_id(id)
        return info.context.store.objects.get(id)

    return resolve


def page_of(
    get: Callable[[Any], Iterable[Record]],
    known: dict[str, Field],
    free: str,
    sort_keys: dict[str, tuple[str, Callable[[Record], Any] | None]] | None = None,
    born: Callable[[Record], float] | None = None,
) -> Callable[..., Record]:
    """A searched and sorted list; ``sort_keys`` give a field to sort by and how to read it.

    With ``born`` the index lags behind new rows.
    """

    def resolve(
        _root: Any, info: Info, query: str | None = None, sortKey: str = "ID", **page: Any
    ) -> Record:
        rows = list(get(info.context.store))
        rows = rows if born is None else visible(info.context, rows, born)
        rows = search(info, rows, query, known, free)
        key, read = (sort_keys or {}).get(sortKey, ("id", None))
        return connect(sort(rows, key, read), sort_key=key, **page)

    return resolve


def count_of(
    get: Callable[[Any], Iterable[Record]], known: dict[str, Field], free: str
) -> Callable[..., Record]:
    """How many rows a query asks for."""

    def resolve(
        _root: Any,
        info: Info,
        query: str | None = None,
        limit: int | None = EXACT_UP_TO,
        **_: Any,
    ) -> Record:
        rows = search(info, list(get(info.context.store)), query, known, free)
        return count(len(rows), limit)

    return resolve
