"""Pages by key instead of by number: the thousandth page costs what the first one costs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from orders.models import Order

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_CENTS = Decimal(10_000)  # the database keeps four places
_DIGITS = 30

Dress = Callable[[QuerySet[Order]], QuerySet[Order]]


@dataclass(frozen=True, slots=True)
class Sort:
    """What a list is sorted by. Orders without a value stand at its end, whichever way it runs."""

    key: str
    column: str
    falls: bool
    label: str

    def ordering(self, backwards: bool) -> tuple[str, str]:
        """The columns to sort by, the row's own key as the last resort."""
        sign = "-" if self.falls != backwards else ""
        return f"{sign}{self.column}", f"{sign}id"


SORTS = {
    sort.key: sort
    for sort in (
        Sort("", "placed_at", True, "Newest first"),
        Sort("placed", "placed_at", False, "Oldest first"),
        Sort("due", "ship_by", False, "Ship by, soonest first"),
        Sort("-due", "ship_by", True, "Ship by, latest first"),
        Sort("-total", "total", True, "Total, highest first"),
        Sort("total", "total", False, "Total, lowest first"),
    )
}
NEWEST = SORTS[""]


@dataclass(frozen=True, slots=True)
class Key:
    """An order's place in the list: the value it is sorted by, and its own key."""

    value: datetime | Decimal | None
    pk: int

    @classmethod
    def of(cls, order: Order, sort: Sort = NEWEST) -> Key:
        return cls(getattr(order, sort.column), order.pk)

    @classmethod
    def read(cls, text: str, sort: Sort = NEWEST) -> Key | None:
        """The key of a page address; None when the address has none that can be read."""
        value, _, pk = text.partition(".")
        if not text.isascii() or len(value) > _DIGITS:
            return None
        try:
            if value == "x":
                return cls(None, _row_number(pk))
            if sort.column == "total":
                return cls(Decimal(int(value)) / _CENTS, _row_number(pk))
            return cls(_EPOCH + timedelta(microseconds=int(value)), _row_number(pk))
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        if self.value is None:
            return f"x.{self.pk}"
        if isinstance(self.value, Decimal):
            return f"{int(self.value * _CENTS)}.{self.pk}"
        return f"{(self.value - _EPOCH) // timedelta(microseconds=1)}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders in their order, and the keys of the pages beside them."""

    rows: list[Order]
    newer: Key | None
    older: Key | None


def read_page(
    orders: QuerySet[Order],
    *,
    after: str = "",
    before: str = "",
    size: int = PAGE_SIZE,
    sort: Sort = NEWEST,
    shops: Sequence[int] = (),
    dress: Dress = lambda rows: rows,
) -> Page:
    """The page behind the key `after`, or the one in front of `before`; the first one without.

    With `shops`, their keys, each shop's own index is walked. `dress` adds what rows show, to the
    rows of the page alone.
    """
    key, backwards = Key.read(after, sort), False
    if not key and (key := Key.read(before, sort)):
        backwards = True
    segments = _segments(orders, sort, key, backwards)
    rows = list(_take(segments, sort, backwards, size + 1, shops, dress))
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    has_newer = more if backwards else key is not None
    has_older = True if backwards else more
    first, last = Key.of(rows[0], sort), Key.of(rows[-1], sort)
    return Page(rows, first if has_newer else None, last if has_older else None)


def _row_number(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**63:
        raise ValueError("not a row number")
    return number


def _segments(
    orders: QuerySet[Order], sort: Sort, key: Key | None, backwards: bool
) -> list[QuerySet[Order]]:
    """The orders with a value and those without, each walked along its own index."""
    valued = orders.filter(**{f"{sort.column}__isnull": False})
    bare = orders.filter(**{f"{sort.column}__isnull": True})
    if key is None:
        return [valued, bare]
    if key.value is None:
        beside = bare.filter(**{f"id__{_word(sort, backwards)}": key.pk})
        return [beside, valued] if backwards else [beside]
    return [valued.filter(_beyond(key, sort, backwards))] + ([] if backwards else [bare])


def _word(sort: Sort, backwards: bool) -> str:
    return "lt" if sort.falls != backwards else "gt"


def _beyond(key: Key, sort: Sort, backwards: bool) -> Q:
    word, column = _word(sort, backwards), sort.column
    # The first term alone bounds the walk along the index; the second sorts out the ties.
    return Q(**{f"{column}__{word}e": key.value}) & (
        Q(**{f"{column}__{word}": key.value}) | Q(**{f"id__{word}": key.pk})
    )


def _take(
    segments: Sequence[QuerySet[Order]],
    sort: Sort,
    backwards: bool,
    number: int,
    shops: Sequence[int],
    dress: Dress,
) -> Iterator[Order]:
    ordering = sort.ordering(backwards)
    for segment in segments:
        if number > 0:
            keys = _nearest(segment, ordering, number, shops)
            rows = list(dress(Order.objects.filter(keys)).order_by(*ordering)[:number])
            number -= len(rows)
            yield from rows


def _nearest(
    segment: QuerySet[Order], ordering: tuple[str, str], number: int, shops: Sequence[int]
) -> Q:
    """The keys of the next rows: of each shop so many, since an index begins with the shop."""
    walks = [segment.filter(shop=shop) for shop in shops] or [segment]
    parts: list[Any] = [walk.order_by(*ordering).values("pk")[:number] for walk in walks]
    return reduce(or_, (Q(pk__in=keys) for keys in parts))
