"""Session tokens of embedded apps: reading the JSON Web Token that App Bridge hands to a page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlsplit

from tiktoksync.sandbox.shopify.state import App

LEEWAY = 10.0


def read_claims(token: str, app: App, domain: str, now: float) -> dict[str, Any] | None:
    """The claims of a living token that this store's admin signed for this app; None otherwise."""
    parts = token.split(".")
    if len(parts) != 3:
        return None
    signed = f"{parts[0]}.{parts[1]}".encode()
    expected = hmac.new(app.secret.encode(), signed, hashlib.sha256).digest()
    try:
        header, claims = (json.loads(_decode(part)) for part in parts[:2])
        given = _decode(parts[2])
    except (binascii.Error, ValueError):
        return None
    if not isinstance(header, dict) or header.get("alg") != "HS256":
        return None
    if not isinstance(claims, dict) or not hmac.compare_digest(expected, given):
        return None
    return claims if _is_good(claims, app, domain, now) else None


def _decode(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _is_good(claims: dict[str, Any], app: App, domain: str, now: float) -> bool:
    hosts = {urlsplit(str(claims.get(name, ""))).hostname for name in ("iss", "dest")}
    times = [claims.get("exp"), claims.get("nbf", 0)]
    if hosts != {domain} or claims.get("aud") != app.key or not claims.get("sub"):
        return False
    if not all(isinstance(one, int | float) for one in times):
        return False
    return bool(times[0] + LEEWAY > now >= times[1] - LEEWAY)


def user_fields(scopes: list[str], user_id: int = 902541635) -> dict[str, Any]:
    """What an online token says about the member of staff it belongs to."""
    return {
        "associated_user_scope": ",".join(scopes),
        "associated_user": {
            "id": user_id,
            "first_name": "Sandy",
            "last_name": "Box",
            "email": "staff@example.com",
            "email_verified": True,
            "account_owner": True,
            "locale": "en",
            "collaborator": False,
        },
    }
