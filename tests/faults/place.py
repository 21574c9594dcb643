"""Where processes are killed: a database they share with the test, and both platforms."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from redis import ConnectionError, Redis

from tests.flows.world import World
from tests.sync.course import ROOT, Course

SECONDS = 90


class Forks:
    """The process that has imported the application, and forks others from what it is then."""

    def __init__(self) -> None:
        self.server = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.process"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        atexit.register(self.end)

    def fork(self, steps: list[str], environment: dict[str, str], outputs: list[Path]) -> int:
        """Have one process do the steps; returns how it ended, negative for the signal it died of.

        Raises TimeoutError when it does not end.
        """
        wish = {"steps": steps, "environment": environment, "outputs": list(map(str, outputs))}
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        self.server.stdin.write(json.dumps(wish) + "\n")
        self.server.stdin.flush()
        if not select.select([self.server.stdout], [], [], SECONDS)[0]:
            self.end()
            raise TimeoutError(f"{steps} took more than {SECONDS} s")
        return int(self.server.stdout.readline())

    def end(self) -> None:
        """Kill it with all that it forked."""
        forks.cache_clear()
        atexit.unregister(self.end)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.server.pid, signal.SIGKILL)
        self.server.wait()


@cache
def forks() -> Forks:
    """One for each process that runs tests."""
    return Forks()


class Place(Course):
    """Runs the application's own commands as processes of their own."""

    def __init__(self, folder: Path, world: World) -> None:
        super().__init__(folder)
        self.folder = folder
        self.world = world

    def command(self, *steps: str, failpoint: str = "") -> int:
        """Run steps one after the other in one process; returns how it ended."""
        environment = {
            **os.environ,
            "DATABASE_URL": self.url,
            "FAILPOINT": failpoint,
            "TIKTOK_API_URL": settings.TIKTOK_API_URL,
            "TIKTOK_AUTH_URL": settings.TIKTOK_AUTH_URL,
            "SHOPIFY_URL": settings.SHOPIFY_URL,
            "TIKTOK_APP_KEY": settings.TIKTOK_APP_KEY,
            "TIKTOK_APP_SECRET": settings.TIKTOK_APP_SECRET,
            "SHOPIFY_API_KEY": settings.SHOPIFY_API_KEY,
            "SHOPIFY_API_SECRET": settings.SHOPIFY_API_SECRET,
        }
        paths = [self.folder / "stdout", self.folder / "stderr"]
        ended = forks().fork(list(steps), environment, paths)
        self.outputs = [(paths[0].read_text(), paths[1].read_text())]
        return ended

    def recover(self, rounds: int = 5) -> None:
        """What the sweep and the next worker do, minute by minute, after the dead one's lease."""
        self.lapse()
        steps = ["pass=61", "sync"] * rounds
        self.world.control("POST", "clock/advance", {"seconds": 61 * rounds})
        assert self.command(*steps) == 0, self.outputs

    def lapse(self) -> None:
        """Let the points of calls that died with their process lapse, as after half a minute.

        The budget's clock is the server's own, which no test can turn forward.
        """
        server = Redis.from_url(settings.REDIS_URL)
        with contextlib.suppress(ConnectionError):  # no server: the points died with the process
            if keys := list(server.scan_iter("tiktoksync:pace:*")):
                server.delete(*keys)

    def rows(self, table: str, columns: str) -> list[Any]:
        """What stands in a table."""
        return self.read(f"SELECT {columns} FROM {table} ORDER BY id")
