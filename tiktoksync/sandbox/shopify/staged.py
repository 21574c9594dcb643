"""stagedUploadsCreate: targets for files that mutations name afterwards."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.shopify.errors import user_error
from tiktoksync.sandbox.shopify.files import announce
from tiktoksync.sandbox.shopify.state import Context, Record

_TYPES = {
    "IMAGE": ("image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/heic"),
    "COLLECTION_IMAGE": ("image/png", "image/jpeg", "image/gif", "image/webp"),
    "VIDEO": ("video/mp4", "video/quicktime"),
    "MODEL_3D": ("model/gltf-binary", "model/vnd.usdz+zip"),
    "BULK_MUTATION_VARIABLES": ("text/jsonl", "application/jsonl"),
    "URL_REDIRECT_IMPORT": ("text/csv",),
}
_SIZED = ("VIDEO", "MODEL_3D")


def create(ctx: Context, rows: list[dict[str, Any]]) -> Record:
    """The payload: a target for each file, or none at all."""
    problems = [problem for place, row in enumerate(rows) if (problem := _problem(row, str(place)))]
    if problems:
        return {"stagedTargets": None, "userErrors": problems}
    return {"stagedTargets": [announce(ctx.state, row) for row in rows], "userErrors": []}


def _problem(row: dict[str, Any], place: str) -> Record | None:
    known = _TYPES.get(row["resource"])
    if known is not None and row["mimeType"] not in known:
        text = f"{row['filename']}: ({row['mimeType']}) is not a recognized format"
        return user_error(["input", place, "mimeType"], text)
    if row["resource"] in _SIZED and not row.get("fileSize"):
        text = f"file size is required for {row['resource']} resources"
        return user_error(["input", place, "fileSize"], text)
    return None
