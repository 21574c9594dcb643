"""Multipart forms: the bytes of an upload and the content type that names their boundary. Pure."""

import re
from secrets import token_hex

_UNSAFE = re.compile(r"[\x00-\x1f\x7f\"\\]")


def encode_form(
    fields: dict[str, str],
    *,
    file_field: str,
    filename: str,
    content: bytes,
    content_type: str = "application/octet-stream",
) -> tuple[bytes, str]:
    """Body and content type of a form with plain fields and one file, the file last.

    Names and file names lose the characters that would end their quotes.
    """
    boundary = token_hex(16)
    parts = [_part(boundary, f'name="{_plain(name)}"', "", value.encode())
             for name, value in fields.items()]  # fmt: skip
    named = f'name="{_plain(file_field)}"; filename="{_plain(filename)}"'
    parts.append(_part(boundary, named, content_type, content))
    body = b"".join(parts) + f"--{boundary}--\r\n".encode()
    return body, f"multipart/form-data; boundary={boundary}"


def _part(boundary: str, disposition: str, content_type: str, content: bytes) -> bytes:
    lines = [f"--{boundary}", f"Content-Disposition: form-data; {disposition}"]
    if content_type:
        lines.append(f"Content-Type: {content_type}")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content + b"\r\n"


def _plain(name: str) -> str:
    return _UNSAFE.sub("_", name)
