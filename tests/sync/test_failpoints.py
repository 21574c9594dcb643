"""A worker killed like by a power cut, at named places: each row is created once in the end."""

from __future__ import annotations

import os
import signal
from collections import Counter
from pathlib import Path

import pytest

from tests.factories import make_pair
from tests.sync.conftest import make_row
from tests.sync.course import Course
from tiktoksync.lib import failpoints

ROWS = 5


def test_a_place_nobody_armed_costs_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[int] = []
    monkeypatch.setattr(os, "kill", lambda process, number: killed.append(number))
    failpoints.reach("claimed")
    monkeypatch.setattr(failpoints, "ARMED", "answered")
    failpoints.reach("claimed")
    assert killed == []
    failpoints.reach("answered")
    assert killed == [signal.SIGKILL]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("place", "sent"),
    [("claimed", range(1)), ("answered", range(1, ROWS + 1)), ("recorded", range(1, ROWS + 1))],
)
def test_a_killed_worker_leaves_one_of_each(tmp_path: Path, place: str, sent: range) -> None:
    pair = make_pair()
    for number in range(ROWS):
        make_row(pair, str(number))
    course = Course(tmp_path)
    assert course.run("rows", pair.shop.pk, {"FAILPOINT": place}) == [-signal.SIGKILL]
    assert len(course.lines()) in sent
    assert course.run("heal", pair.shop.pk, {}) == [0], course.outputs
    made = Counter(line for line in course.lines() if line.startswith("create"))
    assert made == Counter(f"create {number}" for number in range(ROWS))
    assert course.read("SELECT sync_status, COUNT(*) FROM orders_order GROUP BY sync_status") == [
        ("synced", ROWS)
    ]
    open_attempts = "SELECT COUNT(*) FROM sync_attempt WHERE outcome = 'in_flight'"
    assert course.read(open_attempts) == [(0,)]
