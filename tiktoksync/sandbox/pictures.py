"""Pictures made on the spot: the same key and size always give the same PNG.

They are served under ``/cdn/``; nothing is stored. Two kinds of keys misbehave on purpose:
``gone-…`` is not there, and ``broken-…`` is a file that no picture reader understands.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from functools import lru_cache
from urllib.parse import quote, unquote

from tiktoksync.sandbox.http import Answer

PREFIX = "/cdn/"
TILES = 6
LONGEST_SIDE = 20000
_NAME = re.compile(r"(?P<key>.+)-(?P<width>\d{1,5})x(?P<height>\d{1,5})\.png")


def picture_path(key: str, width: int, height: int) -> str:
    """The path (without a host) where the picture of this key and size is served."""
    return f"{PREFIX}{quote(key, safe='')}-{width}x{height}.png"


def serve_picture(path: str) -> Answer:
    """Answer a path under ``PREFIX`` with its PNG; 404 for what is no picture."""
    found = _NAME.fullmatch(unquote(path.removeprefix(PREFIX)))
    if found is None or found["key"].startswith("gone-"):
        return Answer(404, b"not found", {"Content-Type": "text/plain"})
    if found["key"].startswith("broken-"):
        return Answer(200, b"this is no picture", {"Content-Type": "image/png"})
    width, height = int(found["width"]), int(found["height"])
    if not 1 <= min(width, height) <= max(width, height) <= LONGEST_SIDE:
        return Answer(404, b"not found", {"Content-Type": "text/plain"})
    headers = {"Content-Type": "image/png", "Cache-Control": "public, max-age=31557600"}
    return Answer(200, picture(found["key"], width, height), headers)


@lru_cache(maxsize=256)
def picture(key: str, width: int, height: int) -> bytes:
    """A PNG of ``width`` by ``height`` pixels: mirrored tiles in colours drawn from the key."""
    mark = hashlib.sha256(key.encode()).digest()
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", head),
            _chunk(b"PLTE", _palette(mark)),
            _chunk(b"IDAT", zlib.compress(_pixels(mark, width, height), 1)),
            _chunk(b"IEND", b""),
        )
    )


def _palette(mark: bytes) -> bytes:
    """White, and three colours of medium brightness."""
    return b"\xff\xff\xff" + bytes(48 + value % 160 for value in mark[:9])


def _pixels(mark: bytes, width: int, height: int) -> bytes:
    """One palette index a pixel; each row begins with its filter, none."""
    rows = [
        b"\x00" + bytes(tile[place * TILES // width] for place in range(width))
        for tile in _tiles(mark)
    ]
    return b"".join(rows[place * TILES // height] for place in range(height))


def _tiles(mark: bytes) -> list[bytes]:
    """A square of palette indexes whose right half mirrors the left one."""
    half = [[mark[(9 + 3 * y + x) % 32] % 4 for x in range(TILES // 2)] for y in range(TILES)]
    return [bytes(row + row[::-1]) for row in half]


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
