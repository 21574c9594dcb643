"""Work beside the timetable: once at a time, and an error ends nothing else."""

from __future__ import annotations

import threading

from django.db import OperationalError
from structlog.testing import capture_logs

from tiktoksync.lib import aside

SECONDS = 10.0


def finish(name: str) -> None:
    aside._running[name].join(SECONDS)


def test_what_goes_on_is_not_begun_again() -> None:
    may_end, begun = threading.Event(), []

    def work() -> None:
        begun.append(1)
        may_end.wait(SECONDS)

    aside.run_aside("slow", work)
    aside.run_aside("slow", work)
    aside.run_aside("other", lambda: begun.append(2))
    finish("other")
    may_end.set()
    finish("slow")
    assert sorted(begun) == [1, 2]
    aside.run_aside("slow", work)
    finish("slow")
    assert sorted(begun) == [1, 1, 2]


def test_a_database_that_is_away_is_told_and_tried_again() -> None:
    def away() -> None:
        raise OperationalError("gone")

    with capture_logs() as said:
        aside.run_aside("away", away)
        finish("away")
    assert said == [
        {
            "event": "database away",
            "log_level": "error",
            "entry": "away",
            "error": "OperationalError",
        }
    ]
