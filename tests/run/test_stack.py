"""Which processes make an installation."""

import http.server
import socket
import threading

import pytest

from tiktoksync.run import stack


def words(name: str, specs: list[stack.Spec]) -> list[str]:
    return next(list(spec.command) for spec in specs if spec.name == name)


def test_every_worker_serves_exactly_one_queue() -> None:
    specs = stack.stack_specs("127.0.0.1", 8000, 1, {})
    assert [spec.name for spec in specs] == ["web", "worker", "bulk", "cron"]
    assert words("worker", specs)[2:4] == ["rqworker", "interactive"]
    assert words("bulk", specs)[2:4] == ["rqworker", "bulk"]
    assert words("cron", specs)[2:] == ["cron"]
    assert all("--with-scheduler" not in spec.command for spec in specs)


def test_more_workers_serve_the_interactive_queue() -> None:
    specs = stack.stack_specs("127.0.0.1", 8000, 3, {})
    names = [spec.name for spec in specs if "interactive" in spec.command]
    assert names == ["worker-1", "worker-2", "worker-3"]
    assert [spec.name for spec in specs if "bulk" in spec.command] == ["bulk"]


def test_the_web_server_listens_where_it_was_told() -> None:
    command = words("web", stack.stack_specs("0.0.0.0", 8123, 1, {}))
    assert command[command.index("--host") + 1] == "0.0.0.0"
    assert command[command.index("--port") + 1] == "8123"


def test_an_unset_public_address_follows_the_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    assert stack.child_env(8123, "unix:///q")["PUBLIC_URL"] == "http://127.0.0.1:8123"
    assert stack.child_env(8123, "unix:///q")["REDIS_URL"] == "unix:///q"


def test_a_public_address_that_is_set_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUBLIC_URL", "https://sync.example.com")
    env = stack.child_env(8123, None)
    assert "PUBLIC_URL" not in env
    assert "REDIS_URL" not in env


def test_a_listening_port_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert stack.is_port_free("127.0.0.1", port) is False
    assert stack.is_port_free("127.0.0.1", port) is True


class Answer(http.server.BaseHTTPRequestHandler):
    """Says 200 to the health question alone."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/healthz" else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


def test_alive_means_that_the_health_address_answers() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        assert stack.is_alive("0.0.0.0", server.server_port) is True
        server.shutdown()
        thread.join()
        port = server.server_port
    assert stack.is_alive("127.0.0.1", port) is False
