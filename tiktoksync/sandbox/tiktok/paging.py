"""Sorted pages of orders with opaque tokens."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from bisect import bisect_left, bisect_right, insort
from typing import Any

from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param

# Three bytes that come out as "+/+/", so that a client that cannot encode them fails at once.
_MARK = b"\xfb\xff\xbf"

Key = tuple[int, int]


class TimeIndex:
    """Keys ``(time, number)`` kept in order; moving one costs a search, not a sort."""

    def __init__(self) -> None:
        self._keys: list[Key] = []

    def add(self, key: Key) -> None:
        if self._keys and key < self._keys[-1]:
            insort(self._keys, key)
        else:
            self._keys.append(key)

    def move(self, old: Key, new: Key) -> None:
        place = bisect_left(self._keys, old)
        if place < len(self._keys) and self._keys[place] == old:
            del self._keys[place]
        self.add(new)

    def between(self, since: int | None, before: int | None) -> tuple[int, int]:
        """The half-open range of positions with ``since <= time < before``."""
        low = 0 if since is None else bisect_left(self._keys, (since, 0))
        high = len(self._keys) if before is None else bisect_left(self._keys, (before, 0))
        return low, max(low, high)

    def after(self, key: Key, ascending: bool) -> int:
        """The first position past ``key`` in the given direction."""
        if ascending:
            return bisect_right(self._keys, key)
        return bisect_left(self._keys, key) - 1

    def __getitem__(self, place: int) -> Key:
        return self._keys[place]

    def __len__(self) -> int:
        return len(self._keys)


def fingerprint(filters: Any) -> str:
    """A short mark of the other parameters, so that a token fits only its own search."""
    text = json.dumps(filters, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def write_token(key: Key | int, mark: str) -> str:
    """An opaque base64 text that holds ``+``, ``/`` and ``=``."""
    payload = json.dumps([key, mark], separators=(",", ":")).encode()
    while len(payload) % 3 == 0:
        payload += b" "
    return base64.b64encode(_MARK + payload).decode()


def read_token(token: str, mark: str, strict: bool) -> Any:
    """The key inside a token; raises ApiError for a foreign one."""
    try:
        raw = base64.b64decode(token, validate=True)
        key, found = json.loads(raw.removeprefix(_MARK))
    except (binascii.Error, ValueError):
        raise _bad_page_token() from None
    if not raw.startswith(_MARK) or (strict and found != mark):
        raise _bad_page_token()
    return tuple(key) if isinstance(key, list) else key


def page_size(text: str, default: int, highest: int, lowest: int = 1) -> int:
    """Read a page size; raises ApiError outside the documented bounds."""
    if not text:
        return default
    if not text.isdigit() or not lowest <= int(text) <= highest:
        raise bad_param(f"param page_size must be between {lowest} and {highest}")
    return int(text)


def _bad_page_token() -> ApiError:
    return bad_param("param page_token is invalid")
