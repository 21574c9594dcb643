"""Copies are small, drawn anew, and made of pictures only."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from tests.pictures.drawn import RED, drawn, opened
from tiktoksync.pictures import shrink as shrinking
from tiktoksync.pictures.shrink import NotAPicture, shrink


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "AVIF"])
def test_a_copy_is_a_small_webp_of_the_same_shape(kind: str) -> None:
    copy = opened(shrink(drawn(kind)))
    assert (copy.format, copy.size) == ("WEBP", (160, 80))
    red, green, blue = copy.convert("RGB").getpixel((80, 40))  # type: ignore[misc]
    assert all(abs(a - b) < 12 for a, b in zip((red, green, blue), RED, strict=True))


def test_a_small_picture_is_not_blown_up() -> None:
    assert opened(shrink(drawn(size=(40, 20)))).size == (40, 20)


def test_what_else_a_file_holds_is_left_behind() -> None:
    exif = Image.Exif()
    exif[0x010E] = "12 Main Street"
    file = drawn("JPEG", exif=exif) + b"<script>alert(1)</script>"
    assert b"Main Street" in file
    copy = shrink(file)
    assert b"Main Street" not in copy
    assert b"script" not in copy


def test_a_photograph_is_turned_as_its_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert opened(shrink(drawn("JPEG", exif=exif))).size == (80, 160)


def test_what_can_be_seen_through_gets_a_white_ground() -> None:
    file = io.BytesIO()
    Image.new("RGBA", (200, 200), (0, 0, 0, 0)).save(file, "PNG")
    assert opened(shrink(file.getvalue())).convert("RGB").getpixel((80, 80)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"this is no picture",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"<html><script>alert(1)</script></html>",
        drawn()[:200],
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
    ],
    ids=["empty", "text", "drawing", "page", "cut", "postscript"],
)
def test_what_is_no_picture_of_pixels_is_refused(content: bytes) -> None:
    with pytest.raises(NotAPicture, match="is not a picture that can be read"):
        shrink(content)


def test_a_picture_that_would_fill_the_memory_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(shrinking, "MOST_PIXELS", 600 * 300 - 1)
    monkeypatch.setattr(Image.Image, "thumbnail", None)
    with pytest.raises(NotAPicture, match="too many pixels"):
        shrink(drawn())
