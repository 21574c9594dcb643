"""Callers of the sandbox for its tests: plain HTTP, a signature of their own, no shared code."""

import hashlib
import hmac
import http.client
import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from tiktoksync.sandbox.server import Sandbox

KEY, SECRET = "sandbox", "sandbox-tiktok-secret"
US = ("TTP_sandboxUsCipher01", "TTP_sandbox-us-access")
VN = ("ROW_sandboxVnCipher02", "ROW_sandbox-vn-access")


@dataclass
class Reply:
    """What came back: status, headers in lower case, raw body."""

    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


def send(
    url: str, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> Reply:
    """One request over a connection of its own."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    try:
        connection.request(method, target, body or None, headers or {})
        answer = connection.getresponse()
        names = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, names, answer.read())
    finally:
        connection.close()


def signature(path: str, pairs: list[tuple[str, str]], body: bytes) -> str:
    """The published algorithm, written once more for the tests."""
    chosen = sorted((p for p in pairs if p[0] not in ("sign", "access_token")), key=lambda p: p[0])
    text = path + "".join(name + value for name, value in chosen)
    message = SECRET.encode() + text.encode() + body + SECRET.encode()
    return hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()


@dataclass
class TikTok:
    """Signed calls for one shop."""

    url: str
    shop: tuple[str, str] = US
    prefix: str = ""

    def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        cipher: str | None = None,
        token: str | None = None,
        key: str = KEY,
        timestamp: int | None = None,
        sign: str | None = None,
        **query: Any,
    ) -> Reply:
        raw = json.dumps(body).encode() if body is not None else b""
        pairs = [("app_key", key), ("timestamp", str(timestamp or int(time.time())))]
        cipher = self.shop[0] if cipher is None else cipher
        pairs += [("shop_cipher", cipher)] if cipher else []
        for name, value in query.items():
            values = value if isinstance(value, list) else [value]
            pairs += [(name, str(one)) for one in values]
        mark = signature(path, pairs, raw) if sign is None else sign
        pairs += [("sign", mark)] if mark else []
        headers = {"x-tts-access-token": self.shop[1] if token is None else token}
        if raw:
            headers["content-type"] = "application/json"
        return send(self.url, method, f"{self.prefix}{path}?{urlencode(pairs)}", raw, headers)

    def data(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """The data of a call that has to succeed."""
        answer = self.call(method, path, body, **query).json
        assert answer["code"] == 0, answer
        return answer["data"]

    def order(self, order_id: str) -> Any:
        return self.data("GET", "/order/202507/orders", ids=order_id)["orders"][0]


@dataclass
class Shopify:
    """GraphQL calls for one store."""

    url: str
    domain: str = "demo-us.myshopify.com"
    token: str = "shpat_sandbox-us"
    version: str = "2026-10"
    headers: dict[str, str] = field(default_factory=dict)

    def call(self, query: str, variables: dict[str, Any] | None = None, **more: Any) -> Reply:
        body = {"query": query, "variables": variables or {}, **more}
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Access-Token": self.token,
            **self.headers,
        }
        path = f"/shopify/{self.domain}/admin/api/{self.version}/graphql.json"
        return send(self.url, "POST", path, json.dumps(body).encode(), headers)

    def data(self, query: str, variables: dict[str, Any] | None = None) -> Any:
        """The data of a call that has to succeed."""
        answer = self.call(query, variables).json
        assert "errors" not in answer, answer
        return answer["data"]


@dataclass
class Control:
    """The control API."""

    url: str

    def get(self, path: str) -> Any:
        return self.checked(send(self.url, "GET", f"/sandbox/api/{path}"))

    def post(self, path: str, **body: Any) -> Any:
        return self.checked(self.ask("POST", path, body))

    def delete(self, path: str) -> Any:
        return self.checked(send(self.url, "DELETE", f"/sandbox/api/{path}"))

    def ask(self, method: str, path: str, body: Any) -> Reply:
        return send(self.url, method, f"/sandbox/api/{path}", json.dumps(body).encode())

    @staticmethod
    def checked(reply: Reply) -> Any:
        assert reply.status == 200, reply.raw
        return reply.json

    def place(self, **wish: Any) -> str:
        """Place one order, past its hold unless told otherwise."""
        return str(self.post("orders", **{"hold": False, **wish})["ids"][0])


@dataclass
class World:
    """A running sandbox and everybody who calls it."""

    sandbox: Sandbox
    control: Control
    us: TikTok
    vn: TikTok
    store: Shopify

    @property
    def url(self) -> str:
        return self.sandbox.url

    def log(self, **query: Any) -> Any:
        return self.control.get("log?" + urlencode(query))


def callers(sandbox: Sandbox) -> World:
    url = sandbox.url
    return World(sandbox, Control(url), TikTok(url), TikTok(url, VN), Shopify(url))
