"""Builds, signs and sends one request to TikTok Shop's API, and opens the envelope."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote, urlencode

from tiktoksync.errors import MalformedPayload, NotAuthorized
from tiktoksync.lib import http
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.gate import Gate
from tiktoksync.lib.http_form import encode_form
from tiktoksync.tiktok.envelope import Envelope, open_envelope
from tiktoksync.tiktok.scopes import name_permission
from tiktoksync.tiktok.signing import sign

T = TypeVar("T")

PEER = "TikTok Shop"
JSON = "application/json"
#: Where the cipher is refused; everything else is about one shop and wants it.
WITHOUT_CIPHER = ("/authorization/", "/seller/", "/product/202309/images/upload")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class TikTokTransport:
    """What the endpoints share: credentials, signing, sending."""

    def __init__(
        self,
        *,
        api_url: str,
        app_key: str,
        app_secret: str,
        access_token: str,
        shop_cipher: str = "",
        deadline: float = 20.0,
        gate: Gate | None = None,
    ) -> None:
        self._gate = gate or Gate()
        self.api_url = api_url.rstrip("/")
        self.app_key = app_key
        self.shop_cipher = shop_cipher
        self.deadline = deadline
        self._app_secret = app_secret
        self._access_token = access_token

    def read(
        self,
        method: str,
        path: str,
        parse: Callable[[dict[str, Any]], T],
        query: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Answer[T]:
        """Ask for something; ``parse`` turns the envelope's ``data`` into the answer's."""
        return _parsed(self._call(method, path, query, body, safe=True), parse)

    def write(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> tuple[Envelope, Answer[None]]:
        """Change something, with exactly one request."""
        envelope, elapsed = self._call(method, path, query, body, safe=False)
        return envelope, Answer(None, envelope.request_id, elapsed)

    def upload(
        self,
        path: str,
        parse: Callable[[dict[str, Any]], T],
        content: bytes,
        *,
        filename: str,
        fields: Mapping[str, str],
    ) -> Answer[T]:
        """Send a file as the form field ``data``. A file that nothing uses has no effect, so this
        may be repeated like a read.
        """
        raw, content_type = encode_form(
            dict(fields), file_field="data", filename=filename, content=content
        )
        return _parsed(self._send("POST", path, {}, raw, content_type, safe=True), parse)

    def _call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None,
        body: Mapping[str, Any] | None,
        *,
        safe: bool,
    ) -> tuple[Envelope, float]:
        return self._send(method, path, query or {}, encode_body(body), JSON, safe=safe)

    def _send(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        raw: bytes,
        content_type: str,
        *,
        safe: bool,
    ) -> tuple[Envelope, float]:
        with self._gate.call(endpoint_of(method, path), safe=safe):
            response = http.send(
                method,
                self._signed_url(path, query, raw, content_type),
                headers={"Content-Type": content_type, "x-tts-access-token": self._access_token},
                body=raw or None,
                deadline=self.deadline,
                safe=safe,
                peer=PEER,
            )
            try:
                return open_envelope(response, safe=safe), response.elapsed
            except NotAuthorized as error:
                name_permission(error, path)
                raise

    def _signed_url(
        self, path: str, query: Mapping[str, str], raw: bytes, content_type: str
    ) -> str:
        fields = {name: value for name, value in query.items() if value}
        fields["app_key"] = self.app_key
        fields["timestamp"] = str(int(http.platform_time(self.api_url)))
        if self.shop_cipher and not path.startswith(WITHOUT_CIPHER):
            fields["shop_cipher"] = self.shop_cipher
        fields["sign"] = sign(self._app_secret, path, fields, raw, content_type)
        return f"{self.api_url}{path}?{urlencode(fields, quote_via=quote, safe='')}"


def _parsed(answered: tuple[Envelope, float], parse: Callable[[dict[str, Any]], T]) -> Answer[T]:
    """The answer with its data read; what cannot be read names the request."""
    envelope, elapsed = answered
    try:
        data = parse(envelope.data)
    except MalformedPayload as error:
        error.request_id = envelope.request_id
        raise
    return Answer(data, envelope.request_id, elapsed)


def endpoint_of(method: str, path: str) -> str:
    """The endpoint's name for its limit: the path, with the ids and the version left out."""
    area, _, *rest = path.strip("/").split("/")
    plain = (part if part.replace("_", "").isalpha() else "*" for part in rest)
    return f"{method} {'/'.join([area, *plain])}"


def encode_body(body: Mapping[str, Any] | None) -> bytes:
    """The bytes that are both signed and sent. An empty object is never sent: samples of TikTok's
    own disagree on how it is signed.
    """
    if not body:
        return b""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()


def checked_id(value: str) -> str:
    """An id that may stand in a path; anything else would sign and reach another endpoint."""
    if not _ID.fullmatch(value):
        raise MalformedPayload("An id for TikTok Shop holds characters no id has.")
    return value
