"""Numeric ids that are always the same for the same text: attributes, their values, brands."""

from __future__ import annotations

import hashlib


def number_of(text: str) -> str:
    """Nineteen digits drawn from the text."""
    return str(7 * 10**18 + int(hashlib.sha256(text.encode()).hexdigest()[:14], 16))
