"""Pictures for tests, and the addresses that pages have for them."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image

from tiktoksync.pictures.addresses import picture_address
from tiktoksync.shops.models import Merchant

RED = (200, 30, 30)


def drawn(kind: str = "PNG", size: tuple[int, int] = (600, 300), **options: Any) -> bytes:
    """A red picture."""
    file = io.BytesIO()
    Image.new("RGB", size, RED).save(file, kind, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    """A picture to look at."""
    return Image.open(io.BytesIO(content))


def signed_part(merchant: Merchant, url: str) -> str:
    """What stands for a picture in the address of its copy."""
    return picture_address(merchant, url).split("/")[-2]
