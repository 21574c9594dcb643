"""Every failure a merchant can meet: the tables' lines, and what staff wrote in their place."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from django.utils.module_loading import import_string

from tiktoksync.support.lines import Line

#: Where the lines come from: each table of the code has its function.
SOURCES = (
    "orders.failure_words.lines",
    "products.failure_lines.lines",
    "tiktoksync.connecting.failure_lines.lines",
    "tiktoksync.shops.failure_lines.lines",
    "tiktoksync.support.vendor_lines.lines",
)
#: For how long a process believes what it read; another process's change shows after that.
BELIEVED_SECONDS = 10.0


@cache
def every_line() -> Mapping[str, Line]:
    """The whole catalogue by key, as the code has it."""
    found: dict[str, Line] = {}
    for path in SOURCES:
        source: Callable[[], Iterable[Line]] = import_string(path)
        for one in source():
            if one.key in found:
                raise ValueError(f"two lines of the failure catalogue have the key {one.key}")
            found[one.key] = one
    return found


@cache
def lines_by_code() -> Mapping[str, tuple[Line, ...]]:
    """The lines of each code; one code can stand for several failures."""
    found: dict[str, list[Line]] = defaultdict(list)
    for one in every_line().values():
        found[one.code].append(one)
    return {code: tuple(lines) for code, lines in found.items()}


@dataclass(frozen=True, slots=True)
class Words:
    """What staff wrote for a line; what is empty is as the table has it."""

    sentence: str = ""
    fix: str = ""
    button: str = ""
    button_label: str = ""


class Changed:
    """The lines that staff changed, read in one query and believed for a few seconds."""

    def __init__(self, believed_seconds: float = BELIEVED_SECONDS) -> None:
        self.believed_seconds = believed_seconds
        self._words: Mapping[str, Words] = {}
        self._until = 0.0

    def words(self, key: str) -> Words | None:
        """What staff wrote for a line; None if nothing."""
        now = time.monotonic()
        if now >= self._until:
            self._words, self._until = dict(_stored()), now + self.believed_seconds
        return self._words.get(key)

    def forget(self) -> None:
        """Read anew at the next question."""
        self._until = 0.0

    def know(self, words: Mapping[str, Words]) -> None:
        """Believe this for ever: for tests of pages that are about something else."""
        self._words, self._until = words, float("inf")


changed = Changed()


def _stored() -> Iterator[tuple[str, Words]]:
    from tiktoksync.support.models import FailureEntry

    columns = ("sentence", "fix", "button", "button_label")
    written = FailureEntry.objects.exclude(sentence="", fix="", button="", button_label="")
    for key, *words in written.values_list("key", *columns):
        yield key, Words(*words)
