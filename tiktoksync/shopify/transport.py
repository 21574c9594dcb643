"""Sends one stored GraphQL document to a store and reads the answer's layers."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from tiktoksync.lib import http
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.gate import Gate
from tiktoksync.shopify.layers import read_answer

PEER = "Shopify"
QUERIES = Path(__file__).parent / "queries"
#: Points of a query and of a mutation until an answer told what they cost.
GUESSED_POINTS = {True: 20.0, False: 12.0}


class ShopifyTransport:
    """What the calls share: address, token, sending.

    ``base_url`` is the store's address without a trailing slash; it may carry a path prefix.
    ``deadline`` bounds each call, in seconds. ``gate`` says when a call may leave.
    """

    def __init__(
        self,
        *,
        base_url: str,
        api_version: str,
        access_token: str,
        deadline: float = 20.0,
        gate: Gate | None = None,
    ) -> None:
        self._gate = gate or Gate()
        self.base_url = base_url.rstrip("/")
        self.api_version = api_version
        self.deadline = deadline
        self._access_token = access_token

    def execute(
        self,
        name: str,
        variables: Mapping[str, Any],
        *,
        safe: bool,
        strict_search: bool = False,
    ) -> Answer[dict[str, Any]]:
        """Run the document ``queries/<name>.graphql`` once and return its ``data``.

        ``safe`` says that it changes nothing. ``strict_search`` makes a search term that Shopify
        ignored an error: a look-up must not be answered with some other rows.
        """
        body = {"query": load_document(name), "variables": dict(variables)}
        raw = json.dumps(body, ensure_ascii=False, default=_plain).encode()
        shape, guess = _shape(name, variables), GUESSED_POINTS[safe]
        with self._gate.call(shape, safe=safe, guess=guess) as ticket:
            response = http.send(
                "POST",
                f"{self.base_url}/admin/api/{self.api_version}/graphql.json",
                headers={
                    "Accept": "application/json",
                    "Content-Type": "application/json",
                    "X-Shopify-Access-Token": self._access_token,
                },
                body=raw,
                deadline=self.deadline,
                safe=safe,
                peer=PEER,
            )
            answer = read_answer(
                response, safe=safe, version=self.api_version, strict_search=strict_search
            )
            ticket.cost = answer.cost
        return answer


@cache
def load_document(name: str) -> str:
    """The text of one stored document."""
    return (QUERIES / f"{name}.graphql").read_text(encoding="utf-8")


def _shape(name: str, variables: Mapping[str, Any]) -> str:
    """What the cost of a call depends on: the document, and how many rows it asks for."""
    sizes = [
        str(value if isinstance(value, int) else len(value))
        for value in variables.values()
        if isinstance(value, int | list | tuple) and not isinstance(value, bool)
    ]
    return ":".join([name, *sizes])


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be sent.")
