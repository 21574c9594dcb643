"""The timetable: what runs when, and what a database that is away does to it."""

from __future__ import annotations

import signal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from tiktoksync import cron


class Clock:
    """Moves by a tick at each sleep; stops the cron after so many ticks."""

    def __init__(self, ticks: int) -> None:
        self.now = 1000.0
        self.left = ticks

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.left -= 1

    def is_over(self) -> bool:
        return self.left <= 0


def run(monkeypatch: pytest.MonkeyPatch, table: Any, ticks: int, seconds: float = 1.0) -> None:
    clock = Clock(ticks)
    monkeypatch.setattr(cron, "time", clock)
    monkeypatch.setattr(cron, "TIMETABLE", table)
    cron.run_cron(stop=clock.is_over, tick_seconds=seconds)


def test_each_entry_runs_at_once_and_then_at_its_own_interval(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[str] = []
    table = ((10.0, lambda: seen.append("sweep")), (2.0, lambda: seen.append("poll")))
    run(monkeypatch, table, ticks=20)
    assert (seen.count("sweep"), seen.count("poll")) == (2, 10)
    assert seen[:2] == ["sweep", "poll"]


def test_intervals_follow_the_time_scale(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    settings.TIME_SCALE = 0.1
    seen: list[int] = []
    run(monkeypatch, ((10.0, lambda: seen.append(1)),), ticks=20)
    assert len(seen) == 20


def test_a_database_that_is_away_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def fail() -> None:
        seen.append("failed")
        raise OperationalError("gone")

    closed: list[int] = []
    monkeypatch.setattr(cron, "close_old_connections", lambda: closed.append(1))
    run(monkeypatch, ((1.0, fail), (1.0, lambda: seen.append("ran"))), ticks=2)
    assert seen == ["failed", "ran", "failed", "ran"]
    assert closed == [1, 1]


def test_the_timetable_sweeps_every_ten_seconds_and_looks_for_polls_every_second() -> None:
    table = {entry.__name__: seconds for seconds, entry in cron.TIMETABLE}
    assert table["_sweep"] == 10
    assert table["_wake_polls"] == 1


def test_every_flow_has_a_queue_that_workers_drain() -> None:
    assert {cron.queue_of(stem) for stem in cron.FLOWS} == {"interactive", "bulk"}
    assert cron.queue_of("push_orders") == "interactive"
    assert cron.queue_of("push_references") == "bulk"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_process_stops_when_it_is_told(
    monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    before = {one: signal.getsignal(one) for one in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(cron, "TIMETABLE", ((1.0, lambda: signal.raise_signal(number)),))
    try:
        call_command("cron")
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
