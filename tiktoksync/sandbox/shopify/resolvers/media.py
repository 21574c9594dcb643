"""MediaImage and its picture."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.state import Record

Info = Any


def _image(media: Record, info: Info) -> Record | None:
    """The picture once it is there: its address on the store's own host, its size."""
    if media["status"] != "READY":
        return None
    address = info.context.state.base_url + media["_path"]
    width, height = media["_size"]
    return {
        "id": f"gid://shopify/ImageSource/{media['_number']}",
        "altText": media["alt"],
        "url": address,
        "src": address,
        "originalSrc": address,
        "width": width,
        "height": height,
    }


FIELDS: dict[str, Any] = {
    "MediaImage.fileStatus": lambda m, _i: m["status"],
    "MediaImage.image": _image,
    "MediaImage.originalSource": lambda m, _i: (
        {"url": m["_source"], "fileSize": m.get("_bytes")} if m["_source"] else None
    ),
    "MediaImage.preview": lambda m, i: {"image": _image(m, i), "status": m["status"]},
}
