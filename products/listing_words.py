"""The words for the causes that a run of this kind counts."""

from __future__ import annotations

_WORDS: dict[str, str] = {}


def cause_words(cause: str) -> str:
    """A cause as a merchant reads it."""
    return _WORDS.get(cause) or cause.replace("_", " ").capitalize() or "Other"
