"""Pictures of products: announced, fetched in the background, then READY or FAILED.

Fetching goes to this machine alone; other hosts count as unreachable. A picture becomes what it
becomes ``media_seconds`` of the configuration after it was announced, on the waiting clock.
"""

from __future__ import annotations

import http.client
import struct
import threading
from urllib.parse import urlsplit

from tiktoksync.sandbox.shopify.catalogue_records import make_media
from tiktoksync.sandbox.shopify.files import PREFIX, store_file, uploaded
from tiktoksync.sandbox.shopify.ids import number_of
from tiktoksync.sandbox.shopify.state import Context, Record, ShopifyState, Store
from tiktoksync.sandbox.webhooks import is_loopback

LONGEST = 20 * 2**20
MOST_PIXELS = 25_000_000
FETCH_SECONDS = 10.0
INVALID_URL = "Image URL is invalid"
_KINDS = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}


def is_good_source(url: str) -> bool:
    """Whether an ``originalSource`` may be given at all: https, or anything on this machine."""
    parts = urlsplit(url)
    if not parts.hostname or " " in url:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and is_loopback(url))


def announce(ctx: Context, source: str, alt: str | None) -> Record:
    """A picture that is yet to be fetched."""
    record = make_media(ctx.state, ctx.store, alt)
    record["_source"] = source
    record["_due"] = ctx.state.clock.line() + float(ctx.state.config.get("media_seconds", 0.0))
    ctx.state.waiting_media.append((ctx.store, record))
    return record


def settle(state: ShopifyState) -> None:
    """Begin to fetch what was announced, and end what is fetched and due."""
    rows = state.waiting_media
    fresh = [one for _, one in rows if one["status"] == "UPLOADED"]
    for record in fresh:
        record["status"] = "PROCESSING"
        _read_upload(state, record)
    away = [one for one in fresh if "_result" not in one]
    if away:
        threading.Thread(target=_fetch_all, args=(away,), name="sandbox-media", daemon=True).start()
    now = state.clock.line()
    done = [(store, one) for store, one in rows if "_result" in one and one["_due"] <= now]
    for store, record in done:
        rows.remove((store, record))
        _end(state, store, record)


def _read_upload(state: ShopifyState, record: Record) -> None:
    """A staged upload lies on this very host: there is nothing to fetch."""
    found = uploaded(state, record["_source"])
    if found is not None:
        record["_result"] = found[1]
    elif PREFIX in record["_source"]:
        record["_result"] = "IMAGE_DOWNLOAD_FAILURE"


def _fetch_all(records: list[Record]) -> None:
    for record in records:
        record["_result"] = _fetch(record["_source"])


def _fetch(url: str) -> bytes | str:
    """The content behind an address, or the code of a failure."""
    if not is_loopback(url):
        return "IMAGE_DOWNLOAD_FAILURE"
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=FETCH_SECONDS)
    try:
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        connection.request("GET", target or "/")
        answer = connection.getresponse()
        content = answer.read(LONGEST + 1)
        return content if answer.status == 200 else "IMAGE_DOWNLOAD_FAILURE"
    except (OSError, http.client.HTTPException):
        return "IMAGE_DOWNLOAD_FAILURE"
    finally:
        connection.close()


def _end(state: ShopifyState, store: Store, record: Record) -> None:
    result = record.pop("_result")
    record["updatedAt"] = state.now()
    failure = result if isinstance(result, str) else _judge(result)
    if state.media_failures:
        failure = state.media_failures.pop(0)
    if failure:
        _fail(record, failure)
        return
    kind, size = read_picture(result) or ("png", (1, 1))
    name = f"{number_of(record['id'])}.{kind}"
    record["_path"] = store_file(state, name, _KINDS[kind], result)
    record.update(status="READY", _size=size, mimeType=_KINDS[kind], _bytes=len(result))


def _fail(record: Record, code: str) -> None:
    text = "The file could not be downloaded or is no picture that can be used."
    record["status"] = "FAILED"
    record["mediaErrors"] = [{"code": code, "message": text, "details": text}]


def _judge(content: bytes) -> str:
    """The code of what is wrong with a picture, or nothing."""
    if len(content) > LONGEST:
        return "INVALID_IMAGE_FILE_SIZE"
    found = read_picture(content)
    if found is None:
        return "UNSUPPORTED_IMAGE_FILE_TYPE"
    width, height = found[1]
    return "INVALID_IMAGE_RESOLUTION" if width * height > MOST_PIXELS else ""


def read_picture(content: bytes) -> tuple[str, tuple[int, int]] | None:
    """Kind and size of a PNG, GIF, JPEG or WebP; None for anything else."""
    if content[:8] == b"\x89PNG\r\n\x1a\n" and len(content) >= 24:
        width, height = struct.unpack(">II", content[16:24])
        return "png", (width, height)
    if content[:6] in (b"GIF87a", b"GIF89a") and len(content) >= 10:
        width, height = struct.unpack("<HH", content[6:10])
        return "gif", (width, height)
    if content[:2] == b"\xff\xd8":
        size = _jpeg_size(content)
        return ("jpg", size) if size else None
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp", _webp_size(content)
    return None


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """The size in the first start-of-frame segment."""
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        at += 2 + length
    return None


def _webp_size(content: bytes) -> tuple[int, int]:
    if content[12:16] == b"VP8X":
        width = int.from_bytes(content[24:27], "little") + 1
        return width, int.from_bytes(content[27:30], "little") + 1
    if content[12:16] == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = struct.unpack("<HH", content[26:30])
    return width & 0x3FFF, height & 0x3FFF
