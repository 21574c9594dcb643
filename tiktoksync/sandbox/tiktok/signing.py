"""Signatures of the Open API and of its webhooks, written from the published algorithm."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable

UNSIGNED = ("sign", "access_token")


def request_signature(
    secret: str,
    path: str,
    query: Iterable[tuple[str, str]],
    body: bytes = b"",
    content_type: str = "application/json",
) -> str:
    """Sign the decoded query, the platform's own path and the body bytes; lower-case hex."""
    pairs = sorted((pair for pair in query if pair[0] not in UNSIGNED), key=lambda pair: pair[0])
    text = path + "".join(key + value for key, value in pairs)
    message = text.encode()
    if not content_type.lower().startswith("multipart/form-data"):
        message += body
    wrapped = secret.encode() + message + secret.encode()
    return hmac.new(secret.encode(), wrapped, hashlib.sha256).hexdigest()


def request_is_signed(
    secret: str,
    path: str,
    query: list[tuple[str, str]],
    body: bytes,
    content_type: str,
    given: str,
) -> bool:
    """Whether ``given`` fits; a body of ``{}`` may be signed with or without its two characters."""
    bodies = [body, b""] if body.strip() == b"{}" else [body]
    return any(
        hmac.compare_digest(
            request_signature(secret, path, query, one, content_type).encode(),
            given.encode("utf-8", "replace"),
        )
        for one in bodies
    )


def webhook_signature(app_key: str, secret: str, body: bytes) -> str:
    """The ``Authorization`` header of a webhook."""
    return hmac.new(secret.encode(), app_key.encode() + body, hashlib.sha256).hexdigest()
