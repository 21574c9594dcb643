"""Where processes race or die: a database they all reach, and the log they write."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 60


class Course:
    """Where a race takes place: a database both racers reach, and the log they write."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "log"
        self.file = folder / "race.sqlite3"
        self.outputs: list[tuple[str, str]] = []
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            with sqlite3.connect(self.file) as copy:
                connection.connection.backup(copy)

    @property
    def url(self) -> str:
        if connection.vendor == "sqlite":
            return f"sqlite:///{self.file}"
        at = connection.settings_dict
        who = quote(at["USER"]) + (f":{quote(at['PASSWORD'])}" if at["PASSWORD"] else "")
        return f"postgresql://{who}@{at['HOST']}:{at['PORT'] or 5432}/{at['NAME']}"

    def race(self, mode: str, account: int, *each: dict[str, str]) -> list[str]:
        """Run racers against each other, two if not told; returns the lines of their log."""
        ended = self.run(mode, account, *(each or ({}, {})))
        assert ended == [0] * len(ended), self.outputs
        return self.lines()

    def lines(self) -> list[str]:
        """What the racers noted."""
        return self.log.read_text().splitlines() if self.log.exists() else []

    def run(self, mode: str, account: int, *each: dict[str, str]) -> list[int]:
        """Let one process for each environment go at once; returns how they ended."""
        racers = [self._start(mode, account, environment) for environment in each]
        try:
            for racer in racers:
                assert racer.stdout is not None
                assert racer.stdout.readline() == "ready\n"
            for racer in racers:
                assert racer.stdin is not None
                racer.stdin.write("go\n")
                racer.stdin.flush()
            self.outputs = [racer.communicate(timeout=SECONDS) for racer in racers]
        finally:
            for racer in racers:
                racer.kill()
        return [racer.returncode for racer in racers]

    def _start(self, mode: str, account: int, extra: dict[str, str]) -> subprocess.Popen[str]:
        environment = {**os.environ, "DATABASE_URL": self.url, **extra}
        return subprocess.Popen(
            [sys.executable, "-m", "tests.sync.racer", mode, str(account), str(self.log)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def read(self, question: str) -> list[Any]:
        """Ask the database of the race."""
        if connection.vendor == "sqlite":
            with sqlite3.connect(self.file) as copy:
                return list(copy.execute(question))
        with connection.cursor() as cursor:
            cursor.execute(question)
            return list(cursor.fetchall())
