"""Pictures of products that do not exist, drawn on the spot."""

from __future__ import annotations

import colorsys
import io
from collections.abc import Mapping

from django.utils import timezone
from PIL import Image, ImageDraw

from tiktoksync.pictures.addresses import key_of
from tiktoksync.pictures.models import Picture
from tiktoksync.pictures.shrink import SIDE, shrink

#: Drawn larger than shown: the edges become smooth.
LARGE = 800
Points = tuple[tuple[int, int], ...]
#: Outlines in hundredths of the side.
SHAPES: tuple[Points, ...] = (
    ((30, 34), (44, 26), (50, 30), (56, 26), (70, 34), (78, 50), (66, 54), (66, 84), (22, 50)),
    ((28, 32), (64, 32), (64, 40), (76, 44), (76, 58), (64, 62), (64, 80), (28, 80)),
    ((26, 22), (74, 22), (74, 80), (26, 80)),
    ((24, 66), (30, 44), (50, 32), (70, 44), (76, 66), (80, 80), (20, 80)),
    ((34, 34), (46, 34), (50, 20), (54, 34), (66, 34), (66, 80), (34, 80)),
    ((26, 42), (38, 42), (42, 26), (58, 26), (62, 42), (74, 42), (70, 82), (30, 82)),
)


def paint(number: int) -> bytes:
    """A PNG of a shape on a ground of one colour, another one for each number."""
    hue = number * 47 % 360 / 360
    image = Image.new("RGB", (LARGE, LARGE), _colour(hue, 0.88, 0.38))
    outline = [(x * LARGE // 100, y * LARGE // 100) for x, y in SHAPES[number % len(SHAPES)]]
    ImageDraw.Draw(image).polygon(outline, fill=_colour(hue, 0.46, 0.34))
    file = io.BytesIO()
    image.resize((SIDE * 2, SIDE * 2), Image.Resampling.LANCZOS).save(file, "PNG")
    return file.getvalue()


def hang_pictures(numbers: Mapping[str, int]) -> None:
    """Keep the copies of pictures, by their addresses, as if they had been fetched."""
    now = timezone.now()
    Picture.objects.bulk_create(
        Picture(
            key=key_of(url), url=url, content=shrink(paint(number)), asked_at=now, fetched_at=now
        )
        for url, number in numbers.items()
    )


def _colour(hue: float, lightness: float, saturation: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hls_to_rgb(hue, lightness, saturation)
    return int(red * 255), int(green * 255), int(blue * 255)
