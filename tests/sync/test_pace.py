"""The bucket of one drain."""

from __future__ import annotations

from time import monotonic

import pytest

from tiktoksync.lib.answers import Cost
from tiktoksync.sync.pace import Pace


def cost(available: float, requested: float = 12, maximum: float = 2000, rate: float = 100) -> Cost:
    return Cost(requested, requested, available, maximum, rate)


@pytest.fixture(autouse=True)
def still_clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that moves only when a test moves it."""
    now = [monotonic()]
    monkeypatch.setattr("tiktoksync.sync.pace.monotonic", lambda: now[0])
    return now


def metered(available: float, **how: float) -> Pace:
    pace = Pace()
    pace.settle(cost(available, **how))
    return pace


def test_until_a_platform_tells_of_a_bucket_nothing_is_held_back() -> None:
    pace = Pace()
    for _ in range(50):
        pace.take()
    assert pace.affordable(8) == 8
    assert pace.wait_seconds() == 0


def test_only_as_many_calls_leave_as_the_bucket_pays_for() -> None:
    assert metered(2000).affordable(8) == 8
    assert metered(40).affordable(8) == 3
    assert metered(11).affordable(8) == 0


def test_calls_under_way_are_counted_before_they_are_charged() -> None:
    pace = metered(40)
    pace.take()
    pace.take()
    assert pace.affordable(8) == 1


def test_the_bucket_refills_with_time_and_never_beyond_its_size(still_clock: list[float]) -> None:
    pace = metered(0, maximum=50, rate=10)
    still_clock[0] += 2
    assert pace.affordable(8) == 1
    still_clock[0] += 1000
    assert pace.affordable(8) == 4


def test_the_wait_is_as_long_as_the_next_call_needs() -> None:
    pace = metered(2, rate=5)
    assert pace.wait_seconds() == pytest.approx(2.0)
    pace.take()
    assert pace.wait_seconds() == pytest.approx(4.4)


def test_the_typical_cost_follows_the_platform() -> None:
    assert metered(100, requested=50).affordable(8) == 2


@pytest.mark.parametrize("later", [5.0, 80.0])
def test_nothing_stays_reserved_when_the_typical_cost_changes_meanwhile(later: float) -> None:
    pace = metered(2000, requested=40)
    for _ in range(8):
        pace.take()
    for _ in range(8):
        pace.settle(cost(2000, requested=later))
    assert pace.affordable(1000) == int(2000 // later)


def test_a_call_dearer_than_the_whole_bucket_is_tried_when_it_is_full() -> None:
    pace = metered(1000, requested=5000, maximum=1000)
    assert pace.affordable(8) == 1


def test_an_answer_without_figures_frees_its_slot_alone() -> None:
    pace = metered(40)
    pace.take()
    pace.settle(None)
    assert pace.affordable(8) == 3
