"""The sandbox's clock: it can be held still for what happens at one moment."""

import itertools

import pytest

from tiktoksync.sandbox import clock as clock_module
from tiktoksync.sandbox.clock import Clock


def test_everything_done_inside_happens_at_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(1000.0)
    monkeypatch.setattr(clock_module.time, "time", lambda: next(ticks))
    clock = Clock()
    clock.set_skew("shopify", 5.0)
    assert [clock.wall(), clock.wall()] == [1000.0, 1001.0]
    with clock.still():
        assert [clock.wall(), clock.wall(), clock.wall("shopify")] == [1002.0, 1002.0, 1007.0]
    assert clock.wall() == 1003.0


def test_a_failure_inside_lets_the_clock_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = itertools.count(1000.0)
    monkeypatch.setattr(clock_module.time, "time", lambda: next(ticks))
    clock = Clock()
    with pytest.raises(ValueError), clock.still():
        raise ValueError("inside")
    assert [clock.wall(), clock.wall()] == [1001.0, 1002.0]
