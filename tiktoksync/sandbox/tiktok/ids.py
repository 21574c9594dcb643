"""Numeric ids that are always the same for the same text: attributes, their values, brands."""

from __future__ import annotations

import hashlib

_TEXTS: dict[str, str] = {}


def number_of(text: str) -> str:
    """Nineteen digits drawn from the text."""
    number = str(7 * 10**18 + int(hashlib.sha256(text.encode()).hexdigest()[:14], 16))
    _TEXTS[number] = text
    return number


def text_of(number: str) -> str:
    """The text that a number was drawn from in this process, or nothing."""
    return _TEXTS.get(number, "")
