"""What the Python checks share: a line for each check, the sandbox's control, a webhook receiver.

Runs in the environment of the clients, so it uses the standard library alone.
"""

import json
import os
import threading
import traceback
import urllib.parse
import urllib.request
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

SANDBOX = os.environ.get("INTEROP_SANDBOX", "")
VAR = Path(os.environ["INTEROP_VAR"])
QUERIES = Path(os.environ["INTEROP_QUERIES"])
RESULTS = VAR / "results.jsonl"

TIKTOK_KEY, TIKTOK_SECRET = "sandbox", "sandbox-tiktok-secret"
US_SHOP, VN_SHOP = "7495000000000000001", "7495000000000000002"
US_CIPHER, US_TOKEN = "TTP_sandboxUsCipher01", "TTP_sandbox-us-access"
VN_CIPHER, VN_TOKEN = "ROW_sandboxVnCipher02", "ROW_sandbox-vn-access"
STORE, STORE_TOKEN = "demo-us.myshopify.com", "shpat_sandbox-us"
SHOPIFY_KEY, SHOPIFY_SECRET = "sandbox", "shpss_sandbox"
VERSION = "2026-10"

_control = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Check:
    """One named check; what happens inside the `with` decides it, and `result` says what was seen.

    A failure ends this check alone: the next one runs.
    """

    def __init__(self, client: str, call: str) -> None:
        self.client, self.call, self.result = client, call, "ok"

    def __enter__(self) -> "Check":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        passed = kind is None
        if kind is not None:
            traceback.print_exception(kind, error, trace)
            self.result = f"{kind.__name__}: {error}"
        row = {"client": self.client, "call": self.call, "result": self.result, "passed": passed}
        with RESULTS.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
        return kind is not None and issubclass(kind, Exception)


def equal(found: object, wanted: object) -> None:
    """Fail unless both are the same, and show both."""
    if found != wanted:
        raise AssertionError(f"{found!r} is not {wanted!r}")


def refused(work: Callable[[], object], kind: type[Exception]) -> Any:
    """The error that the work ends with; a success is the failure."""
    try:
        found = work()
    except kind as error:
        return error
    raise AssertionError(f"not refused, but answered with {found!r}")


def control(method: str, path: str, **body: Any) -> Any:
    """One call of the sandbox's control interface."""
    request = urllib.request.Request(
        f"{SANDBOX}/sandbox/api/{path}",
        json.dumps(body).encode() if body or method == "POST" else None,
        {"Content-Type": "application/json"},
        method=method,
    )
    with _control.open(request, timeout=20) as answer:
        return json.loads(answer.read())


def redirect_of(path: str, params: dict[str, str]) -> dict[str, str]:
    """The query parameters with which the sandbox sends a browser back to the app."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), Stay)
    try:
        opener.open(f"{SANDBOX}{path}?{urllib.parse.urlencode(params)}", timeout=20)
    except urllib.error.HTTPError as answer:
        location = answer.headers["Location"] or ""
        return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
    raise AssertionError("no redirect")


def document(name: str) -> str:
    """One of the application's own GraphQL documents."""
    return (QUERIES / f"{name}.graphql").read_text("utf-8")


def read(name: str) -> Any:
    """What another part of the run left behind."""
    return json.loads((VAR / f"{name}.json").read_text("utf-8"))


def leave(name: str, value: Any) -> None:
    """Leave something for another part of the run."""
    (VAR / f"{name}.json").write_text(json.dumps(value, ensure_ascii=False), "utf-8")


class Receiver:
    """A webhook receiver on a free port that answers 200 and remembers what came."""

    def __init__(self) -> None:
        hooks: list[tuple[dict[str, str], bytes]] = []

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                hooks.append((dict(self.headers.items()), raw))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self.hooks = hooks
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def first(self) -> tuple[dict[str, str], bytes]:
        """The first webhook; fails if the sandbox has none to send."""
        control("POST", "webhooks/settle")
        return self.hooks[0]
