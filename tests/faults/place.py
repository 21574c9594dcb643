"""Where processes are killed: a database they share with the test, and both platforms."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from tests.flows.world import World
from tests.sync.course import ROOT, Course

SECONDS = 90


class Place(Course):
    """Runs the application's own commands as processes of their own."""

    def __init__(self, folder: Path, world: World) -> None:
        super().__init__(folder)
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
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.process", *steps],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        self.outputs = [(done.stdout, done.stderr)]
        return done.returncode

    def recover(self, rounds: int = 5) -> None:
        """What the sweep and the next worker do, minute by minute, after the dead one's lease."""
        steps = ["pass=61", "sync"] * rounds
        self.world.control("POST", "clock/advance", {"seconds": 61 * rounds})
        assert self.command(*steps) == 0, self.outputs

    def rows(self, table: str, columns: str) -> list[Any]:
        """What stands in a table."""
        return self.read(f"SELECT {columns} FROM {table} ORDER BY id")
