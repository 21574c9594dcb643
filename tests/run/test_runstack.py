"""`manage.py runstack` from outside: it refuses half a configuration, runs, and stops cleanly."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from urllib.request import urlopen

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
SECONDS = 90
NOT_CONFIGURED = 2


def settings(folder: Path, **changed: str) -> dict[str, str]:
    """A complete configuration that no .env and no shell can change."""
    return {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "a-long-secret-that-signs-nothing-of-value-and-is-used-in-tests-alone",
        "TOKEN_KEYS": "dGVzdHMtb25seS1ub3QtYS1zZWNyZXQtMzItYnl0ZXM=",
        "PUBLIC_URL": "http://127.0.0.1:8000",
        "TIKTOK_APP_KEY": "key",
        "TIKTOK_APP_SECRET": "secret",
        "SHOPIFY_API_KEY": "",
        "SHOPIFY_API_SECRET": "",
        "DATABASE_URL": f"sqlite:///{folder / 'test.sqlite3'}",
        "REDIS_URL": "",
        **changed,
    }


def command(folder: Path, port: int) -> list[str]:
    runstack = [sys.executable, str(ROOT / "manage.py"), "runstack"]
    return [*runstack, "--port", str(port), "--var", str(folder)]


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "TOKEN_KEYS", "TIKTOK_APP_KEY", "TIKTOK_APP_SECRET"]
)
def test_a_missing_setting_stops_the_start_and_is_named(
    name: str, tmp_path: Path, free_port: int
) -> None:
    done = subprocess.run(
        command(tmp_path, free_port),
        env=settings(tmp_path, **{name: ""}),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == NOT_CONFIGURED
    assert f"{name} is missing from the environment" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "test.sqlite3").exists()


def test_a_taken_port_is_refused_before_anything_starts(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        done = subprocess.run(
            command(tmp_path, port),
            env=settings(tmp_path),
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"CommandError: port {port} is taken; choose another one with --port"
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_serves_until_it_is_asked_to_stop_and_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path, free_port: int
) -> None:
    with subprocess.Popen(
        command(tmp_path, free_port),
        env=settings(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as stack:
        assert stack.stdout is not None
        lines = []
        for line in stack.stdout:
            lines.append(line)
            if line.startswith("stack    | ready "):
                break
        assert lines[-1] == f"stack    | ready http://127.0.0.1:{free_port}/\n", "".join(lines)
        with urlopen(f"http://127.0.0.1:{free_port}/healthz", timeout=10) as answer:
            assert answer.status == 200
        stack.send_signal(number)
        said, _ = stack.communicate(timeout=SECONDS)
    assert said.splitlines()[-1] == "stack    | stopped"
    assert stack.returncode == 0
    assert "killed" not in said
    assert not (tmp_path / "queue.sock").exists()
