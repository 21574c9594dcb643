"""The HTTP server: who answers which address."""

from __future__ import annotations

import json
import socket
import threading
from http.server import ThreadingHTTPServer
from typing import Any

from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.control import serve_control
from tiktoksync.sandbox.http import Answer, Connection, Request
from tiktoksync.sandbox.log import Call
from tiktoksync.sandbox.page import serve_page
from tiktoksync.sandbox.pictures import PREFIX as PICTURES
from tiktoksync.sandbox.pictures import serve_picture
from tiktoksync.sandbox.shopify import files
from tiktoksync.sandbox.shopify.endpoint import serve_graphql
from tiktoksync.sandbox.shopify.oauth import serve_oauth
from tiktoksync.sandbox.tiktok import documents
from tiktoksync.sandbox.tiktok.auth import serve_authorize, serve_tokens
from tiktoksync.sandbox.tiktok.gateway import serve_api
from tiktoksync.sandbox.tiktok.images import PREFIXES as TIKTOK_PICTURES
from tiktoksync.sandbox.tiktok.images import serve_image
from tiktoksync.sandbox.world import World

PREFIXES = ("/tiktok-auth", "/tiktok")
TOKEN_PATHS = ("/api/v2/token/get", "/api/v2/token/refresh")
AUTHORIZE_PATHS = ("/open/authorize", "/oauth/authorize")


class Server(ThreadingHTTPServer):
    """A thread for each connection; none of them keeps the process alive."""

    daemon_threads = True
    request_queue_size = 256
    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], world: World) -> None:
        self.world = world
        self.stopping = False
        super().__init__(address, Connection)

    def server_bind(self) -> None:
        """Bind without asking a name server who we are."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the exercise; anything else is a bug of ours."""
        import sys

        error = sys.exception()
        if not isinstance(error, OSError):
            super().handle_error(request, client_address)

    def serve(self, request: Request) -> Answer:
        """Answer one request, whatever its address."""
        if request.path.startswith("/sandbox/api/"):
            return serve_control(self.world, request)
        if request.path in ("/", "/favicon.ico") or request.path.startswith("/sandbox/page"):
            return serve_page(self.world, request)
        if request.path.startswith(documents.PREFIX):
            with self.world.lock:
                return documents.serve_document(self.world.tiktok, request.path)
        if request.path.startswith(PICTURES):
            return serve_picture(request.path)
        if request.path.startswith(files.PREFIX):
            return files.serve(self.world.shopify, request, self.world.lock)
        if request.path.startswith(TIKTOK_PICTURES):
            return serve_image(self.world.tiktok, request.path)
        return self._serve_platform(request)

    def _serve_platform(self, request: Request) -> Answer:
        call = Call("tiktok", request.method, request.path)
        _strip_prefix(request, call)
        _adjust_clock(self.world, call)
        call.path = request.path
        try:
            answer = self._dispatch(request, call)
        except (TypeError, KeyError, AttributeError, LookupError, ValueError) as error:
            answer = _own_fault(call, error)
        answer.date = self.world.clock.wall(call.platform)
        self.world.log.add(call, answer.status, answer.date)
        return answer

    def _dispatch(self, request: Request, call: Call) -> Answer:
        if call.platform == "shopify":
            if request.path.startswith("/admin/oauth/"):
                return serve_oauth(self.world, request, call)
            return serve_graphql(self.world, request, call)
        if request.path in AUTHORIZE_PATHS:
            return serve_authorize(self.world, request, call)
        if request.path in TOKEN_PATHS:
            return serve_tokens(self.world, request, call)
        return serve_api(self.world, request, call)


def _strip_prefix(request: Request, call: Call) -> None:
    """Find the platform and the store, and leave the platform's own path."""
    host = request.headers.get("x-forwarded-host") or request.headers.get("host", "")
    host = host.partition(":")[0].lower()
    if request.path.startswith("/shopify/"):
        _, _, shop, *rest = request.path.split("/")
        call.platform, call.shop = "shopify", shop.lower()
        request.path = "/" + "/".join(rest)
    elif request.path.startswith("/admin/") or host.endswith(".myshopify.com"):
        call.platform, call.shop = "shopify", host
    else:
        for prefix in PREFIXES:
            if request.path.startswith(prefix + "/"):
                request.path = request.path[len(prefix) :]
                break


def _adjust_clock(world: World, call: Call) -> None:
    skew = world.faults.setting("clock_skew", call.platform)
    world.clock.set_skew(call.platform, skew or 0.0)


def _own_fault(call: Call, error: BaseException) -> Answer:
    """A bug of the sandbox itself: said loudly, so that no test takes it for the platform's."""
    import traceback

    traceback.print_exception(error)
    call.code = "SANDBOX_BUG"
    body = {"sandbox_bug": f"{type(error).__name__}: {error}"}
    return Answer(599, json.dumps(body).encode(), {"Content-Type": "application/json"})


class Sandbox:
    """A running sandbox: ``url``, ``world`` and ``stop()``."""

    def __init__(self, world: World, server: Server) -> None:
        self.world = world
        self.server = server
        host, port = server.server_address[:2]
        self.port = int(port)
        shown = "127.0.0.1" if host in ("0.0.0.0", "") else str(host)
        self.url = f"http://{shown}:{self.port}"
        world.address = world.shopify.base_url = self.url
        self._thread = threading.Thread(
            target=server.serve_forever, kwargs={"poll_interval": 0.1},
            name="sandbox-server", daemon=True,
        )  # fmt: skip

    def run_in_background(self) -> None:
        self._thread.start()
        self.world.start_ticking()

    def wait(self) -> None:
        """Stay until the server thread ends."""
        self._thread.join()

    def stop(self) -> None:
        self.server.stopping = True
        self.server.shutdown()
        self.server.server_close()
        self.world.stop()


def start(port: int = 0, config: Config | None = None, host: str = "127.0.0.1") -> Sandbox:
    """Start a sandbox inside this process; port 0 takes a free one."""
    world = World(config)
    sandbox = Sandbox(world, Server((host, port), world))
    sandbox.run_in_background()
    return sandbox
