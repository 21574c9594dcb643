"""Which path is which endpoint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tiktoksync.sandbox.http import Request
from tiktoksync.sandbox.tiktok import errors
from tiktoksync.sandbox.tiktok.state import Shop, TikTokState, Token


class RawData(str):
    """The ``data`` part, already rendered as JSON."""


@dataclass(slots=True)
class Context:
    """Everything an endpoint may want to know about one accepted call."""

    state: TikTokState
    request: Request
    token: Token
    shop: Shop | None
    params: dict[str, str]
    version: str
    body: dict[str, Any] = field(default_factory=dict)

    @property
    def the_shop(self) -> Shop:
        """The shop of an endpoint that demands a cipher."""
        if self.shop is None:
            raise errors.missing_cipher()
        return self.shop


Endpoint = Callable[[Context], dict[str, Any] | RawData]


@dataclass(frozen=True, slots=True)
class Route:
    """``pattern`` is the path after the version; ``{name}`` stands for one segment."""

    key: str
    method: str
    area: str
    versions: tuple[str, ...]
    pattern: tuple[str, ...]
    endpoint: Endpoint
    scope: str
    cipher: bool


class Router:
    """A table of routes, looked up by area and number of segments."""

    def __init__(self) -> None:
        self._routes: dict[tuple[str, int], list[Route]] = {}

    def add(
        self,
        key: str,
        method: str,
        area: str,
        versions: str,
        pattern: str,
        endpoint: Endpoint,
        scope: str,
        cipher: bool = True,
    ) -> None:
        parts = tuple(pattern.split("/"))
        route = Route(key, method, area, tuple(versions.split()), parts, endpoint, scope, cipher)
        self._routes.setdefault((area, len(parts)), []).append(route)

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str], str]:
        """The route, the path's values and its version; raises ApiError as the gateway does."""
        area, version, parts = _split(path)
        fitting = [
            (route, params)
            for route in self._routes.get((area, len(parts)), ())
            if (params := _match(route.pattern, parts)) is not None
        ]
        if not fitting:
            raise errors.unknown_path()
        literal = max(_literals(route) for route, _ in fitting)
        fitting = [one for one in fitting if _literals(one[0]) == literal]
        versioned = [one for one in fitting if version in one[0].versions]
        if not versioned:
            raise errors.unknown_version()
        for route, params in versioned:
            if route.method == method:
                return route, params, version
        raise errors.wrong_method()


def _split(path: str) -> tuple[str, str, list[str]]:
    parts = path.strip("/").split("/")
    if len(parts) < 3 or not parts[1].isdigit():
        raise errors.unknown_path()
    return parts[0], parts[1], parts[2:]


def _match(pattern: tuple[str, ...], parts: list[str]) -> dict[str, str] | None:
    params: dict[str, str] = {}
    for wanted, given in zip(pattern, parts, strict=True):
        if wanted.startswith("{"):
            params[wanted[1:-1]] = unquote(given)
        elif wanted != given:
            return None
    return params


def _literals(route: Route) -> int:
    return sum(not part.startswith("{") for part in route.pattern)
