"""Pictures for TikTok Shop. It fetches nothing itself: every picture is sent to it."""

from dataclasses import dataclass
from typing import Any

from tiktoksync.errors import MalformedPayload
from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.payloads import text
from tiktoksync.tiktok.transport import TikTokTransport

#: The most an uploaded picture may weigh.
MAX_IMAGE_BYTES = 10 * 2**20


@dataclass(frozen=True, slots=True)
class TikTokImage:
    """``uri`` goes into a product's fields, ``url`` into the HTML of its description. ``width`` and
    ``height`` are in pixels, 0 if TikTok does not tell.
    """

    uri: str
    url: str
    width: int = 0
    height: int = 0


class ImageCalls(TikTokTransport):
    """Uploads pictures."""

    def upload_image(
        self, content: bytes, *, filename: str, use_case: str = "MAIN_IMAGE"
    ) -> Answer[TikTokImage]:
        """Give TikTok a picture: JPG, PNG, WEBP, HEIC or BMP of at most 10 MB.

        ``use_case`` is MAIN_IMAGE, ATTRIBUTE_IMAGE, DESCRIPTION_IMAGE, CERTIFICATION_IMAGE or
        SIZE_CHART_IMAGE. A picture that no product uses has no effect: this may be repeated. TikTok
        Shop documentation: Upload Product Image.
        """
        path = "/product/202309/images/upload"
        return self.upload(path, _image, content, filename=filename, fields={"use_case": use_case})


def _image(data: dict[str, Any]) -> TikTokImage:
    uri = text(data.get("uri"))
    if not uri:
        raise MalformedPayload("TikTok Shop took a picture and gave it no name.")
    return TikTokImage(uri, text(data.get("url")), _pixels(data, "width"), _pixels(data, "height"))


def _pixels(data: dict[str, Any], name: str) -> int:
    value = text(data.get(name))
    return int(value) if value.isascii() and value.isdigit() else 0
