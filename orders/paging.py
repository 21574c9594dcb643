"""Pages by key instead of by number: the thousandth page costs what the first one costs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from orders.models import Order

PAGE_SIZE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Key:
    """An order's place in the list; orders without a date stand at its end."""

    placed_at: datetime | None
    pk: int

    @classmethod
    def of(cls, order: Order) -> Key:
        return cls(order.placed_at, order.pk)

    @classmethod
    def read(cls, text: str) -> Key | None:
        """The key of a page address; None when the address has none that can be read."""
        moment, _, pk = text.partition(".")
        if not text.isascii():
            return None
        try:
            if moment == "x":
                return cls(None, _row_number(pk))
            return cls(_EPOCH + timedelta(microseconds=int(moment)), _row_number(pk))
        except (ValueError, OverflowError):
            return None

    def __str__(self) -> str:
        if self.placed_at is None:
            return f"x.{self.pk}"
        return f"{(self.placed_at - _EPOCH) // timedelta(microseconds=1)}.{self.pk}"


@dataclass(frozen=True, slots=True)
class Page:
    """Some orders, newest first, and the keys of the pages beside them."""

    rows: list[Order]
    newer: Key | None
    older: Key | None


def read_page(
    orders: QuerySet[Order], *, after: str = "", before: str = "", size: int = PAGE_SIZE
) -> Page:
    """The page behind the key `after`, or the one in front of `before`; the first one without."""
    key, backwards = Key.read(after), False
    if not key and (key := Key.read(before)):
        backwards = True
    rows = list(_take(_segments(orders, key, backwards), size + 1))
    more, rows = len(rows) > size, rows[:size]
    if backwards:
        rows.reverse()
    if not rows:
        return Page([], None, None)
    has_newer = more if backwards else key is not None
    has_older = True if backwards else more
    return Page(
        rows, Key.of(rows[0]) if has_newer else None, Key.of(rows[-1]) if has_older else None
    )


def _row_number(text: str) -> int:
    number = int(text)
    if not 0 < number < 2**63:
        raise ValueError("not a row number")
    return number


def _segments(orders: QuerySet[Order], key: Key | None, backwards: bool) -> list[QuerySet[Order]]:
    """The dated orders and the undated ones, each walked along its own index."""
    dated = orders.filter(placed_at__isnull=False)
    undated = orders.filter(placed_at__isnull=True)
    if backwards:
        dated, undated = dated.order_by("placed_at", "id"), undated.order_by("id")
    else:
        dated, undated = dated.order_by("-placed_at", "-id"), undated.order_by("-id")
    if key is None:
        return [dated, undated]
    if key.placed_at is None:
        beside = undated.filter(id__gt=key.pk) if backwards else undated.filter(id__lt=key.pk)
        return [beside, dated] if backwards else [beside]
    return [dated.filter(_beyond(key, backwards))] + ([] if backwards else [undated])


def _beyond(key: Key, backwards: bool) -> Q:
    word = "gt" if backwards else "lt"
    # The first term alone bounds the walk along the index; the second sorts out the ties.
    return Q(**{f"placed_at__{word}e": key.placed_at}) & (
        Q(**{f"placed_at__{word}": key.placed_at}) | Q(**{f"id__{word}": key.pk})
    )


def _take(segments: list[QuerySet[Order]], number: int) -> Iterator[Order]:
    for segment in segments:
        if number > 0:
            rows = list(segment[:number])
            number -= len(rows)
            yield from rows
