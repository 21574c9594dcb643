"""The second run of the tests starts only where both servers answer."""

import socket
from pathlib import Path

import pytest

from tiktoksync.run import probe


@pytest.fixture
def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def test_what_does_not_answer_is_named(
    closed_port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = f"127.0.0.1:{closed_port}"
    assert probe.main([f"postgresql://postgres@{nowhere}/x", f"redis://{nowhere}/15"]) == 1
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("no PostgreSQL: ")
    assert second.startswith("no Redis: ")


def test_each_checkout_gets_a_test_database_of_its_own() -> None:
    url = "postgresql://me:secret@db.example.com:5433/postgres?sslmode=require"
    here, there = (probe.url_of_this_checkout(url, Path(root)) for root in ("/a", "/b"))
    start = "postgresql://me:secret@db.example.com:5433/tiktoksync_"
    assert here.startswith(start)
    assert here.endswith("?sslmode=require")
    assert here != there
    assert probe.url_of_this_checkout(url, Path("/a")) == here
