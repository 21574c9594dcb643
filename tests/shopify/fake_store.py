"""A store on the other side of ``http.send``: canned answers, and a record of what was asked."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from tiktoksync.errors import OutcomeUnknown, Unreachable
from tiktoksync.lib import http
from tiktoksync.shopify.client import ShopifyClient

REQUEST_ID = "6e5b7c1e-2f0a-4c51-9a43-0f6e5d0a77b1-1763625363"
COST = {
    "requestedQueryCost": 11,
    "actualQueryCost": 10,
    "throttleStatus": {"maximumAvailable": 2000, "currentlyAvailable": 1990, "restoreRate": 100},
}
Handler = Callable[[str, dict[str, Any]], Any]


class FakeStore:
    """Answers each request by ``handler(operation name, variables)``: the data, or a Response."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.sent: list[dict[str, Any]] = []

    def send(self, method: str, url: str, **how: Any) -> http.Response:
        body = json.loads(how["body"])
        name = re.search(r"(?:query|mutation) (\w+)", body["query"])
        assert name
        self.asked.append((name.group(1), body["variables"]))
        self.sent.append({**how, "method": method, "url": url, "body": body})
        found = self.handler(name.group(1), body["variables"])
        if isinstance(found, http.Response):
            return found
        return response({"data": found, "extensions": {"cost": COST}})


def response(
    body: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> http.Response:
    """A complete answer; a body that is no bytes is sent as JSON."""
    given = {"X-Request-Id": REQUEST_ID, "X-Shopify-API-Version": "2026-10", **(headers or {})}
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return http.Response(status, CaseInsensitiveDict(given), raw, 0.25)


def connect(monkeypatch: pytest.MonkeyPatch, handler: Handler) -> tuple[ShopifyClient, FakeStore]:
    """A client whose requests reach the fake store."""
    store = FakeStore(handler)
    monkeypatch.setattr(http, "send", store.send)
    client = ShopifyClient(
        base_url="https://example.myshopify.com/", api_version="2026-10", access_token="shpat_hush"
    )
    return client, store


def always(data: Any) -> Handler:
    return lambda name, variables: data


def no_answer(safe: bool) -> type[Exception]:
    """What an unclear answer means."""
    return Unreachable if safe else OutcomeUnknown
