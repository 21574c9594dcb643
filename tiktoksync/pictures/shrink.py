"""Small copies of pictures.

A copy is drawn anew from the pixels: nothing else of the file, such as where a photograph was
taken or a script, gets into it.
"""

from __future__ import annotations

import io
import threading

from PIL import Image, ImageOps

#: Twice the largest size at which pages show them, for fine screens.
SIDE = 160
QUALITY = 80
#: TikTok takes no more than 4,000 pixels a side; a larger one would fill the memory.
MOST_PIXELS = 5000 * 5000
#: Pictures of pixels only: drawings such as SVG can hold scripts.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "AVIF")
_one_at_a_time = threading.Lock()


class NotAPicture(ValueError):
    """The file is no picture that can be shown; the message says why."""


def shrink(content: bytes) -> bytes:
    """A WebP file of at most `SIDE` pixels a side. Raises NotAPicture."""
    with _one_at_a_time:
        try:
            return _shrink(content)
        except NotAPicture:
            raise
        except (
            *(Image.DecompressionBombError, Image.DecompressionBombWarning),
            *(OSError, ValueError, SyntaxError, EOFError, TypeError, IndexError),
        ):
            raise NotAPicture("The file is not a picture that can be read.") from None


def _shrink(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise NotAPicture("The picture has too many pixels.")
        image.draft("RGB", (SIDE * 2, SIDE * 2))
        turned = ImageOps.exif_transpose(image)
        turned.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        with_alpha = turned.convert("RGBA")
    flat = Image.new("RGB", with_alpha.size, "white")
    flat.paste(with_alpha, mask=with_alpha)
    copy = io.BytesIO()
    flat.save(copy, "WEBP", quality=QUALITY)
    return copy.getvalue()
