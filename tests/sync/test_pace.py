"""How many rows a drain may claim, by what the buckets of its account reply."""

from __future__ import annotations

from time import monotonic

import pytest

from tiktoksync.lib import gate
from tiktoksync.lib.bucket import Reply
from tiktoksync.sync.lanes import is_urgent
from tiktoksync.sync.pace import Pace


class Meter:
    """A bucket of which only the reply to a look matters."""

    def __init__(self, free: float = 100, points: float = 10, **how: float | bool) -> None:
        self.looks: list[bool] = []
        self.reply = Reply(
            granted=True, wait=0.0, paused=False, free=free, points=points, metered=True
        )
        self.reply.update(how)  # type: ignore[typeddict-item]

    def look(self, *, urgent: bool) -> Reply:
        self.looks.append(urgent)
        return self.reply


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that moves only when a test moves it."""
    now = [monotonic()]
    monkeypatch.setattr("tiktoksync.sync.pace.monotonic", lambda: now[0])
    return now


def pace_of(*meters: Meter) -> Pace:
    return Pace(lambda: meters)  # type: ignore[return-value, arg-type]


def test_without_a_bucket_nothing_is_held_back() -> None:
    pace = Pace()
    for _ in range(50):
        pace.take()
    assert (pace.affordable(8), pace.wait_seconds()) == (8, 0.0)


def test_a_bucket_that_nobody_told_of_holds_back_nothing() -> None:
    assert pace_of(Meter(free=0, metered=False)).affordable(8) == 8


@pytest.mark.parametrize(("free", "calls"), [(2000, 8), (40, 4), (39.9, 3), (9, 0), (-50, 0)])
def test_only_as_many_rows_are_claimed_as_there_are_points_for(free: float, calls: int) -> None:
    assert pace_of(Meter(free)).affordable(8) == calls


def test_the_tightest_of_several_buckets_decides() -> None:
    assert pace_of(Meter(70), Meter(30), Meter(50)).affordable(8) == 3


def test_rows_claimed_since_the_last_look_are_counted(clock: list[float]) -> None:
    pace = pace_of(Meter(40))
    assert pace.affordable(8) == 4
    pace.take()
    pace.take()
    assert pace.affordable(8) == 2
    clock[0] += 0.051
    assert pace.affordable(8) == 4


def test_a_bucket_is_looked_at_now_and_then_not_for_each_row(clock: list[float]) -> None:
    meter = Meter()
    pace = pace_of(meter)
    for _ in range(1000):
        pace.affordable(8)
    assert len(meter.looks) == 1
    clock[0] += 0.051
    pace.affordable(8)
    assert len(meter.looks) == 2


def test_the_wait_is_what_the_bucket_says() -> None:
    assert pace_of(Meter(4, wait=0.06)).wait_seconds() == 0.06
    assert pace_of(Meter(4, wait=0.06), Meter(4, wait=0.3)).wait_seconds() == 0.3
    assert pace_of(Meter(40, wait=0.0)).wait_seconds() == 0.0


def test_nothing_is_claimed_for_an_account_that_waits() -> None:
    pace = pace_of(Meter(1000), Meter(0, metered=False, paused=True, wait=7.0))
    assert (pace.affordable(8), pace.wait_seconds()) == (0, 7.0)


def test_bulk_work_looks_as_bulk_work() -> None:
    meter = Meter()
    with gate.calling(urgent=False):
        pace_of(meter).affordable(1)
    assert meter.looks == [False]


@pytest.mark.parametrize(
    ("stem", "urgent"), [("push_orders", True), ("pull_orders", True), ("pull_variants", False)]
)
def test_the_calls_of_bulk_lanes_are_bulk_work(stem: str, urgent: bool) -> None:
    assert is_urgent(stem) is urgent
