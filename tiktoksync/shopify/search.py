"""Shopify's search syntax. Pure."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

_SPECIAL = re.compile(r"([\\'\":()])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
#: What a value without quotes may not hold: it would be a comparison, or any ending.
_OPERATOR = re.compile(r"[*<>=]")
#: A search of more words finds nothing more.
MOST_WORDS = 10


def term(field: str, value: str) -> str:
    """``field:'value'`` with everything in the value that means something escaped."""
    escaped = _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", value))
    return f"{field}:'{escaped}'"


def words(field: str, text: str) -> str:
    """Rows whose ``field`` holds every word of a text, the words whole or as far as typed."""
    plain = _OPERATOR.sub(" ", _CONTROL.sub(" ", text)).split()[:MOST_WORDS]
    escaped = (_SPECIAL.sub(r"\\\1", word) for word in plain)
    return " ".join(f"({field}:{word} OR {field}:{word}*)" for word in escaped)


def any_of(field: str, values: Iterable[str]) -> str:
    """Rows where ``field`` is one of the values."""
    return " OR ".join(term(field, value) for value in values)


def since(field: str, moment: datetime) -> str:
    """Rows from ``moment`` on. Quoted, as a bare time is cut at its first colon."""
    if moment.tzinfo is None:
        raise ValueError("A search needs a moment with a time zone.")
    return f"{field}:>='{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
