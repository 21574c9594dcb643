"""Signatures of TikTok Shop, both ways. Pure."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping

from tiktoksync.errors import SignatureError

#: Query parameters that are never part of the signature.
UNSIGNED = frozenset({"sign", "access_token"})


def sign(
    secret: str,
    path: str,
    query: Mapping[str, str] | Iterable[tuple[str, str]],
    body: bytes,
    content_type: str,
) -> str:
    """The ``sign`` parameter of one request.

    ``path`` is the platform's own, without host and without a prefix a base address carries.
    ``query`` holds decoded values. ``body`` are the bytes on the wire; those of a multipart upload
    are left out. TikTok Shop documentation: Sign your API request.
    """
    pairs = query.items() if isinstance(query, Mapping) else query
    signed = sorted((pair for pair in pairs if pair[0] not in UNSIGNED), key=lambda pair: pair[0])
    text = path + "".join(name + value for name, value in signed)
    message = text.encode()
    if not content_type.lower().startswith("multipart/form-data"):
        message += body
    wrapped = secret.encode() + message + secret.encode()
    return hmac.new(secret.encode(), wrapped, hashlib.sha256).hexdigest()


def webhook_signature(app_key: str, app_secret: str, raw: bytes) -> str:
    """What the ``Authorization`` header of a webhook with this raw body holds."""
    return hmac.new(app_secret.encode(), app_key.encode() + raw, hashlib.sha256).hexdigest()


def verify_webhook(app_key: str, app_secret: str, raw: bytes, header: str | None) -> None:
    """Raise SignatureError unless ``header`` signs ``raw``. Takes the same time either way."""
    if not header or not header.isascii():
        raise SignatureError("The webhook carries no usable signature.")
    if not hmac.compare_digest(webhook_signature(app_key, app_secret, raw), header):
        raise SignatureError("The webhook's signature does not fit its body.")
