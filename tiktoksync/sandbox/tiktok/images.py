"""Upload Product Image: a multipart form with a picture, and what is said about it."""

from __future__ import annotations

import hashlib
import struct
from email import message_from_bytes
from email.policy import HTTP
from typing import Any

from tiktoksync.sandbox.http import Request
from tiktoksync.sandbox.tiktok.errors import ApiError, bad_param, bad_value
from tiktoksync.sandbox.tiktok.routes import Context
from tiktoksync.sandbox.tiktok.state import PLATFORM

LARGEST = 10 * 2**20
SQUARED = ("MAIN_IMAGE", "ATTRIBUTE_IMAGE")
USE_CASES = (
    *SQUARED,
    *("DESCRIPTION_IMAGE", "CERTIFICATION_IMAGE", "SIZE_CHART_IMAGE", "CUSTOMIZATION_IMAGE"),
)
URL = "https://images.sandbox.example/{}"

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
    uri = f"tos-sandbox/{hashlib.sha256(raw).hexdigest()[:21]}"
    ctx.state.log.record_write(PLATFORM, _owner(ctx), "image_uploaded", uri=uri)
    return {"uri": uri, "url": URL.format(uri), "width": width, "height": height,
            "use_case": use_case}  # fmt: skip


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
    """Width and height of a PNG, JPEG or BMP; None for what is none of them."""
    if raw[:8] == b"\x89PNG\r\n\x1a\n" and len(raw) >= 24:
        return struct.unpack(">II", raw[16:24])
    if raw[:2] == b"BM" and len(raw) >= 26:
        width, height = struct.unpack("<ii", raw[18:26])
        return width, abs(height)
    return _measure_jpeg(raw) if raw[:2] == b"\xff\xd8" else None


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
        raise bad_value("data", "the file is no picture that is known here", "JPG, PNG or BMP")
    low, high = (300, 4000) if use_case == "MAIN_IMAGE" else (100, 20000)
    if not low <= min(size) <= max(size) <= high:
        raise bad_value("data", f"it is {size[0]}x{size[1]} px", f"{low} to {high} px a side")
    if use_case == "SIZE_CHART_IMAGE" and min(size) < 1024:
        raise bad_value("data", f"it is {size[0]}x{size[1]} px", "1024 px on the shorter side")
    return size


def too_large() -> ApiError:
    text = "Invalid file size. The uploaded file size exceeds the maximum limit."
    return ApiError(36009021, text, 400)


def wrong_form() -> ApiError:
    text = (
        "Invalid request format. The value of the `content-type` header must be "
        "`multipart/form-data`."
    )
    return ApiError(36009023, text, 400)
