"""The second run of the tests starts only where both servers answer."""

import socket

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
