"""A store's authorization: link, code for tokens, renewing, and the signatures Shopify sends."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tiktoksync.errors import Rejected, SignatureError, SyncError
from tiktoksync.lib import http
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.error_rows import build_error
from tiktoksync.shopify import error_codes
from tiktoksync.shopify.payloads import incomplete, text

PEER = "Shopify"
TOKEN_PATH = "/admin/oauth/access_token"
#: Some answers to a refresh leave the life of the token out; it is an hour.
USUAL_LIFE_SECONDS = 3600
_DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,62}\.myshopify\.com", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True, repr=False)
class ShopifyTokens:
    """``expires_in`` is None for a token that does not expire; then there is nothing to refresh.
    ``scope`` is Shopify's comma-separated list, where write_x stands for read_x too.
    """

    access_token: str
    expires_in: int | None
    refresh_token: str
    refresh_expires_in: int | None
    scope: str

    def __repr__(self) -> str:
        return f"ShopifyTokens(scope={self.scope!r}, expires_in={self.expires_in})"

    @property
    def scopes(self) -> frozenset[str]:
        """The granted scopes, those implied included."""
        given = {scope.strip() for scope in self.scope.split(",") if scope.strip()}
        return frozenset(given | {re.sub(r"^write_", "read_", scope) for scope in given})


class ShopifyAuth:
    """One app at one store's token endpoint."""

    def __init__(
        self, *, base_url: str, api_key: str, api_secret: str, deadline: float = 20.0
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.api_key = api_key
        self.deadline = deadline
        self._api_secret = api_secret

    def exchange_code(self, code: str, *, expiring: bool = True) -> Answer[ShopifyTokens]:
        """Exchange the code of a callback; it works once. Documentation: authorization code grant.

        ``expiring`` asks for a token with a refresh token, which public apps must use.
        """
        fields = {"code": code, **({"expiring": "1"} if expiring else {})}
        return self._call(fields, safe=False)

    def refresh(self, refresh_token: str) -> Answer[ShopifyTokens]:
        """Renew both tokens; store both. After OutcomeUnknown the same token may be sent again.

        Shopify documentation: offline access tokens.
        """
        fields = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return self._call(fields, safe=False)

    def client_credentials(self) -> Answer[ShopifyTokens]:
        """A token for the app's own organisation; asking again is all the renewing there is.

        Shopify documentation: client credentials grant.
        """
        return self._call({"grant_type": "client_credentials"}, safe=True)

    def _call(self, fields: Mapping[str, str], *, safe: bool) -> Answer[ShopifyTokens]:
        body = {"client_id": self.api_key, "client_secret": self._api_secret, **fields}
        response = http.send(
            "POST",
            self.base_url + TOKEN_PATH,
            headers={"Accept": "application/json", "Content-Type": "application/json"},
            body=json.dumps(body).encode(),
            deadline=self.deadline,
            safe=safe,
            peer=PEER,
        )
        request_id = response.headers.get("X-Request-Id", "")
        data = response.json_object() or {}
        if response.status != 200:
            raise _token_error(response, data, safe, request_id)
        tokens = _tokens(data)
        if tokens is None:
            raise incomplete("no token", request_id, safe=safe)
        return Answer(tokens, request_id, response.elapsed)


def authorize_link(
    base_url: str, api_key: str, *, scopes: str, redirect_uri: str, state: str
) -> str:
    """Where the merchant agrees; ``redirect_uri`` must stand in the app's list exactly."""
    fields = {
        "client_id": api_key,
        "scope": scopes,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    given = {name: value for name, value in fields.items() if value}
    return f"{base_url.rstrip('/')}/admin/oauth/authorize?{urlencode(given)}"


def shop_domain(given: str) -> str:
    """The store's ``name.myshopify.com`` in lower case; raises Rejected for anything else."""
    if not _DOMAIN.fullmatch(given):
        raise Rejected("A Shopify store is named like name.myshopify.com.", field="shop")
    return given.lower()


def verify_query_hmac(params: Mapping[str, Any], secret: str | Iterable[str]) -> None:
    """Raise SignatureError unless the decoded query parameters are signed with a secret.

    A value may be a list: then it is signed in Shopify's spelling of arrays.
    """
    pairs = sorted((name, value) for name, value in params.items() if name not in _UNSIGNED)
    message = "&".join(f"{name.removesuffix('[]')}={_spell(value)}" for name, value in pairs)
    given = params.get("hmac")
    if not isinstance(given, str) or not given.isascii():
        raise SignatureError("The request carries no usable signature.")
    for key in _each(secret):
        expected = hmac.new(key.encode(), message.encode(), hashlib.sha256).hexdigest()
        if hmac.compare_digest(expected, given):
            return
    raise SignatureError("The request's signature does not fit its parameters.")


def verify_webhook(secret: str | Iterable[str], raw: bytes, header: str | None) -> None:
    """Raise SignatureError unless ``header`` signs the raw body with one of the secrets.

    During a rotation the old secret still signs for up to an hour.
    """
    if not header or not header.isascii():
        raise SignatureError("The webhook carries no usable signature.")
    matches = [hmac.compare_digest(webhook_signature(key, raw), header) for key in _each(secret)]
    if not any(matches):
        raise SignatureError("The webhook's signature does not fit its body.")


def webhook_signature(secret: str, raw: bytes) -> str:
    """What the ``X-Shopify-Hmac-Sha256`` header of a webhook with this body holds."""
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


_UNSIGNED = frozenset({"hmac", "signature"})


def _each(secret: str | Iterable[str]) -> list[str]:
    """The usable secrets: an empty one would let anybody sign."""
    secrets = [secret] if isinstance(secret, str) else list(secret)
    return [key for key in secrets if key]


def _spell(value: Any) -> str:
    if isinstance(value, list | tuple):
        return "[" + ", ".join(f'"{item}"' for item in value) + "]"
    return str(value)


def _token_error(
    response: http.Response, data: Mapping[str, Any], safe: bool, request_id: str
) -> SyncError:
    """OAuth answers name their error in ``error``; its description may hold the token."""
    code, words = text(data.get("error")), text(data.get("errors"))
    row = error_codes.OAUTH.get(code) or error_codes.status_row(response.status, words)
    if response.status >= 500 or response.status == 429:
        row = error_codes.status_row(response.status, words)
    return build_error(
        row,
        code or f"http_{response.status}",
        f"HTTP {response.status} from {TOKEN_PATH}",
        safe=safe,
        request_id=request_id,
        retry_after=response.retry_after,
    )


def _tokens(fields: Mapping[str, Any]) -> ShopifyTokens | None:
    access_token = text(fields.get("access_token"))
    if not access_token:
        return None
    refresh_token = text(fields.get("refresh_token"))
    life = _seconds(fields.get("expires_in"))
    return ShopifyTokens(
        access_token=access_token,
        expires_in=USUAL_LIFE_SECONDS if refresh_token and life is None else life,
        refresh_token=refresh_token,
        refresh_expires_in=_seconds(fields.get("refresh_token_expires_in")),
        scope=text(fields.get("scope")),
    )


def _seconds(value: Any) -> int | None:
    digits = text(value)
    return int(digits) if digits.isascii() and digits.isdigit() else None
