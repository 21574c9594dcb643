"""Pictures: uploading them, what is said about them, and serving their bytes."""

from __future__ import annotations

import hashlib
import struct
from email import message_from_bytes
from email.policy import HTTP
from typing import Any
from urllib.parse import unquote

from tiktoksync.sandbox.http import Answer, Request
from tiktoksync.sandbox.pictures import picture
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM, Image, TikTokState

LARGEST = 10 * 2**20
SQUARED = ("MAIN_IMAGE", "ATTRIBUTE_IMAGE")
USE_CASES = (
    *SQUARED,
    *("DESCRIPTION_IMAGE", "CERTIFICATION_IMAGE", "SIZE_CHART_IMAGE", "CUSTOMIZATION_IMAGE"),
)
# Where pictures are served: the two hosts of the real network are two paths here.
PREFIXES = ("/p16/", "/p19/")
_WHOLE = "~tplv-origin-jpeg.jpeg?dr=15568&from=520841845"
_THUMB = "~tplv-resize-jpeg:300:300.jpeg?dr=15584&from=520841845"

Size = tuple[int, int]


def upload_image(ctx: Context) -> dict[str, Any]:
    """Take a picture and give its address; wide and tall product pictures are made square."""
    parts = read_parts(ctx.request)
    raw = parts.get("data", b"")
    use_case = parts.get("use_case", b"MAIN_IMAGE").decode("utf-8", "replace")
    if not raw:
        raise bad_param("param body.data is missing")
    if use_case not in USE_CASES:
        raise bad_param("param body.use_case is invalid")
    if len(raw) > LARGEST:
        raise too_large()
    width, height = _checked(measure(raw), use_case)
    if use_case in SQUARED and (3 * height > 4 * width or 3 * width > 4 * height):
        width = height = max(width, height)
    uri = _uri(raw)
    ctx.state.images[uri] = Image(uri, width, height, use_case, raw)
    ctx.state.log.record_write(PLATFORM, _owner(ctx), "image_uploaded", uri=uri)
    url = address(uri, ctx.request.headers.get("host", ""))
    return {"uri": uri, "url": url, "width": width, "height": height, "use_case": use_case}


def _uri(mark: bytes) -> str:
    return f"tos-sandbox-i-{hashlib.sha256(mark).hexdigest()[:10]}/{hashlib.md5(mark).hexdigest()}"


def address(uri: str, host: str, tail: str = "", prefix: str = PREFIXES[0]) -> str:
    """Where a picture can be fetched, at the host the caller called."""
    return f"http://{host or '127.0.0.1'}{prefix}{uri}{tail}"


def catalogue_image(state: TikTokState, given: dict[str, Any]) -> Image:
    """A picture of the configuration: ``key``, ``width`` and ``height``; made when fetched."""
    key = str(given["key"])
    width, height = int(given.get("width", 1200)), int(given.get("height", 1200))
    uri = _uri(f"{key} {width}x{height}".encode())
    image = Image(uri, width, height, "MAIN_IMAGE", key=key)
    state.images[uri] = image
    return image


def show_image(state: TikTokState, uri: str, host: str) -> dict[str, Any]:
    """A picture inside a product."""
    known = state.images.get(uri)
    return {
        "height": known.height if known else 0,
        "thumb_urls": [address(uri, host, _THUMB, one) for one in PREFIXES],
        "uri": uri,
        "urls": [address(uri, host, _WHOLE, one) for one in PREFIXES],
        "width": known.width if known else 0,
    }


def serve_image(state: TikTokState, path: str) -> Answer:
    """The bytes behind an address, whole or as a thumbnail."""
    uri, _, tail = unquote(path)[len(PREFIXES[0]) :].partition("~")
    known = state.images.get(uri)
    if known is None or known.key.startswith("gone-"):
        return Answer(404, b"not found", {"Content-Type": "text/plain"})
    if known.raw is not None:
        return Answer(200, known.raw, {"Content-Type": _kind(known.raw)})
    if known.key.startswith("broken-"):
        return Answer(200, b"this is no picture", {"Content-Type": "image/png"})
    width, height = (300, 300) if "resize" in tail else (known.width, known.height)
    return Answer(200, picture(known.key, width, height), {"Content-Type": "image/png"})


def _kind(raw: bytes) -> str:
    if raw[:2] == b"\xff\xd8":
        return "image/jpeg"
    return "image/bmp" if raw[:2] == b"BM" else "image/webp" if raw[:4] == b"RIFF" else "image/png"


def _owner(ctx: Context) -> str:
    return (ctx.token.grant.shop_ids or [""])[0]


def read_parts(request: Request) -> dict[str, bytes]:
    """The parts of a multipart form by name; raises ApiError for another kind of body."""
    kind = request.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise wrong_form()
    head = f"Content-Type: {kind}\r\n\r\n".encode("latin-1", "replace")
    message = message_from_bytes(head + request.body, policy=HTTP)
    found: dict[str, bytes] = {}
    for part in message.iter_parts() if message.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            found[name] = content
    return found


def measure(raw: bytes) -> Size | None:
    """Width and height of a PNG, JPEG, WEBP or BMP; None for what is none of them."""
    if raw[:8] == b"\x89PNG\r\n\x1a\n" and len(raw) >= 24:
        return struct.unpack(">II", raw[16:24])
    if raw[:2] == b"BM" and len(raw) >= 26:
        width, height = struct.unpack("<ii", raw[18:26])
        return width, abs(height)
    if raw[:4] == b"RIFF" and raw[8:12] == b"WEBP":
        return _measure_webp(raw)
    return _measure_jpeg(raw) if raw[:2] == b"\xff\xd8" else None


def _measure_webp(raw: bytes) -> Size | None:
    """The three kinds of WEBP keep the size in three places."""
    kind = raw[12:16]
    if kind == b"VP8X" and len(raw) >= 30:
        width, height = (int.from_bytes(raw[at : at + 3], "little") + 1 for at in (24, 27))
        return width, height
    if kind == b"VP8 " and len(raw) >= 30:
        width, height = struct.unpack("<HH", raw[26:30])
        return width & 0x3FFF, height & 0x3FFF
    if kind == b"VP8L" and len(raw) >= 25:
        bits = int.from_bytes(raw[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _measure_jpeg(raw: bytes) -> Size | None:
    """Walk the segments up to the frame, which holds the size."""
    place = 2
    while place + 9 <= len(raw) and raw[place] == 0xFF:
        mark, length = raw[place + 1], int.from_bytes(raw[place + 2 : place + 4], "big")
        if 0xC0 <= mark <= 0xCF and mark not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", raw[place + 5 : place + 9])
            return width, height
        place += 2 + length
    return None


def _checked(size: Size | None, use_case: str) -> Size:
    """The size, if the platform takes pictures of it for this use."""
    if size is None:
        text = "Failed to process the image. The format or content is not supported."
        raise ApiError(12038004, text)
    low, high = (300, 4000) if use_case == "MAIN_IMAGE" else (100, 20000)
    if not low <= min(size) <= max(size) <= high:
        raise _wrong_size(size, f"{low} to {high} px a side")
    if use_case == "SIZE_CHART_IMAGE" and min(size) < 1024:
        raise _wrong_size(size, "1024 px on the shorter side")
    return size


def _wrong_size(size: Size, wanted: str) -> ApiError:
    text = "The image dimensions exceed the allowed limits."
    return ApiError(12019116, f"{text} It is {size[0]}x{size[1]} px; allowed: {wanted}.")


def too_large() -> ApiError:
    text = "Invalid file size. The uploaded file size exceeds the maximum limit."
    return ApiError(36009021, text, 400)


def wrong_form() -> ApiError:
    text = (
        "Invalid request format. The value of the `content-type` header must be "
        "`multipart/form-data`."
    )
    return ApiError(36009023, text, 400)
