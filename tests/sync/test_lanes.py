"""Draining a lane: its lease, its wake-ups, its last look."""

from __future__ import annotations

from typing import Any

import pytest

from orders.models import Order
from tests.factories import Pair, set_columns
from tests.fakes import Wakes, call_inline
from tests.sync.conftest import make_row
from tests.sync.fake_flow import STEM, Broken, FakeFlow, Remote, typed
from tiktoksync.errors import Unreachable
from tiktoksync.lib import queue
from tiktoksync.sync import jobs, leases
from tiktoksync.sync.flows import Budget
from tiktoksync.sync.lanes import Lane, drain, flow_class, polite_budget
from tiktoksync.sync.models import LaneLease


@pytest.fixture
def lane(pair: Pair, remote: Remote) -> Lane:
    return Lane(STEM, pair.shop.pk)


def test_a_lanes_key_names_flow_and_account() -> None:
    assert Lane("push_orders", 7).key == "push_orders:7"


def test_a_stem_leads_to_its_flow(remote: Remote) -> None:
    assert flow_class(STEM) is FakeFlow


def test_a_lane_is_free_again_after_its_drain(lane: Lane, order: Order) -> None:
    drain(lane)
    assert LaneLease.objects.get(key=lane.key).held_until is None
    assert leases.acquire(lane.key) is not None


def test_a_lane_is_free_again_after_a_bug(lane: Lane, order: Order, remote: Remote) -> None:
    remote.fail("create", Broken())
    with pytest.raises(Broken):
        drain(lane)
    assert leases.acquire(lane.key) is not None


def test_a_lane_that_is_held_is_left_alone(lane: Lane, order: Order, remote: Remote) -> None:
    leases.acquire(lane.key)
    drained = drain(lane)
    assert (drained.busy, drained.worked) == (True, 0)
    assert remote.calls == []


def test_lanes_of_an_account_that_fails_take_turns(
    lane: Lane, pair: Pair, order: Order, remote: Remote
) -> None:
    set_columns(pair.shop, failures=1)
    turn = leases.acquire(f"turn:tiktokshop:{pair.shop.pk}")
    assert turn is not None
    assert drain(lane).busy is True
    assert remote.calls == []
    turn.release()
    assert drain(lane).worked == 1
    assert LaneLease.objects.get(key=turn.key).held_until is None


def test_lanes_of_a_healthy_account_need_no_turn(
    lane: Lane, pair: Pair, order: Order, remote: Remote
) -> None:
    leases.acquire(f"turn:tiktokshop:{pair.shop.pk}")
    assert drain(lane).worked == 1


def test_an_account_that_is_gone_is_no_error(remote: Remote, pair: Pair) -> None:
    drained = drain(Lane(STEM, 987654))
    assert (drained.busy, drained.worked) == (False, 0)
    assert not LaneLease.objects.exists()


def test_the_next_wake_up_is_allowed_before_the_work_begins(
    lane: Lane, order: Order, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(queue, "forget_wake", lambda stem, account: seen.append("forgotten"))
    remote.hook = lambda: seen.append("worked")
    drain(lane)
    assert seen == ["forgotten", "worked"]


def test_a_lane_with_more_to_do_wakes_itself(
    lane: Lane, pair: Pair, wakes: Wakes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "123":
        make_row(pair, key)
    drain(lane, Budget(seconds=0))
    assert wakes.lanes == [(STEM, pair.shop.pk)]


def test_a_lane_with_nothing_left_does_not(
    lane: Lane, order: Order, remote: Remote, wakes: Wakes
) -> None:
    remote.fail("create", typed(Unreachable))
    drain(lane)
    assert wakes.lanes == [], "what waits for its time is the sweep's"


def test_news_during_the_drain_are_not_missed(
    lane: Lane,
    pair: Pair,
    order: Order,
    remote: Remote,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
) -> None:
    call_inline(monkeypatch)
    settings.LANE_CONCURRENCY = 1
    remote.hook = lambda: make_row(pair, "2") and None  # type: ignore[func-returns-value]
    assert drain(lane).worked == 2


def test_the_job_drains_its_lane(pair: Pair, order: Order, remote: Remote) -> None:
    jobs.drain_lane(STEM, pair.shop.pk)
    order.refresh_from_db()
    assert order.sync_status == "synced"


def test_a_worker_gives_way_to_its_own_queue_alone(
    remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting = {"interactive": 1, "bulk": 0}
    monkeypatch.setattr(queue, "pending", lambda name: waiting[name])
    polite = polite_budget(STEM)
    polite.polite_seconds = 0
    assert polite.is_spent() is True
    waiting.update(interactive=0, bulk=1)
    assert polite.is_spent() is False


def test_one_paused_lane_says_it_has_nothing_to_do(
    lane: Lane, pair: Pair, order: Order, remote: Remote, wakes: Wakes
) -> None:
    from datetime import timedelta

    from django.utils import timezone

    set_columns(pair.shop, paused_until=timezone.now() + timedelta(seconds=60))
    drain(lane)
    assert wakes.lanes == []
