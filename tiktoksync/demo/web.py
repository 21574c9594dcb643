"""JSON over HTTP, with errors that say what was asked and what came back."""

import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

SECONDS = 30.0
# Everything is on this machine: a proxy set in the shell must not see it.
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """The other side answered, but not with success."""

    def __init__(self, status: int, what: str, body: str) -> None:
        super().__init__(f"{what} → {status} {body[:300]}")
        self.status = status


class NoAnswer(Exception):
    """The other side could not be reached or did not answer in time."""


class Web:
    """One server."""

    def __init__(self, base_url: str, headers: dict[str, str] | None = None) -> None:
        self.base_url = base_url.rstrip("/")
        self.headers = headers or {}

    def get(self, path: str, **query: Any) -> Any:
        """The JSON at an address."""
        known = {name: value for name, value in query.items() if value is not None}
        return self.ask("GET", f"{path}?{urlencode(known)}" if known else path)

    def post(self, path: str, body: Any = None) -> Any:
        """Send JSON, get JSON."""
        return self.ask("POST", path, {} if body is None else body)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One request.

        Raises:
            Refused: any status but 2xx.
            NoAnswer: no connection, or no answer in time.
        """
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", **self.headers} if data else self.headers
        request = urllib.request.Request(self.base_url + path, data, headers, method=method)
        try:
            with OPENER.open(request, timeout=SECONDS) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            said = error.read().decode("utf-8", "replace")
            raise Refused(error.code, f"{method} {path}", said) from error
        except OSError as error:
            raise NoAnswer(f"{method} {self.base_url}{path}: {error}") from error
        return json.loads(text) if text else None
