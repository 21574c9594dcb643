"""The arithmetic of a bucket: what is held, what was told, who waits for whom."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lib.simulation import Simulation, ask
from tiktoksync.lib import bucket as rules
from tiktoksync.lib.bucket import Ask, Bucket, Reply, Report


def report(
    key: str,
    available: float | None = None,
    *,
    cost: float = 10,
    actual: float | None = -1,
    maximum: float = 1000,
    rate: float = 50,
    refused: bool = False,
    wait: float = 0.0,
    shape: str = "create",
) -> Report:
    """A call that came back; without `available` it told nothing."""
    told = None
    if available is not None:
        told = (cost, cost if actual == -1 else actual, available, maximum, rate)
    return Report(id=key, shape=shape, told=told, refused=refused, wait=wait)


def told(available: float, now: float = 100.0, **how: Any) -> Bucket:
    """A bucket of which the platform just told."""
    bucket = Bucket()
    bucket.reserve(ask("first", guess=how.get("cost", 10)), now)
    bucket.settle(report("first", available, **how), now)
    return bucket


def free(bucket: Bucket, now: float = 100.0, **how: Any) -> float:
    """What an urgent caller could draw, with the points left for others."""
    look = {**ask("look", **how), "look": True}
    return bucket.reserve(Ask(**look), now)["free"] + rules.SPARE_POINTS  # type: ignore[typeddict-item]


def reserve(bucket: Bucket, key: str, now: float = 100.0, **how: Any) -> Reply:
    return bucket.reserve(ask(key, **how), now)


# --- what may leave ------------------------------------------------------------------------------


def test_until_the_platform_tells_one_call_goes_ahead_and_asks() -> None:
    bucket = Bucket()
    assert reserve(bucket, "a")["granted"] is True
    assert [reserve(bucket, key)["granted"] for key in "bcd"] == [False] * 3
    bucket.settle(report("a", 990), 100.0)
    assert [reserve(bucket, key)["granted"] for key in "bcd"] == [True] * 3


def test_a_platform_that_never_tells_is_not_held_back() -> None:
    bucket = Bucket()
    reserve(bucket, "a")
    bucket.settle(report("a"), 100.0)
    assert [reserve(bucket, key)["granted"] for key in "bcd"] == [True] * 3


def test_points_under_way_are_not_available_to_others() -> None:
    bucket = told(65)
    assert [reserve(bucket, key)["granted"] for key in "abcde"] == [True] * 4 + [False]
    assert bucket.reserve(ask("f"), 100.0)["wait"] > 0


def test_the_bucket_refills_with_time_and_never_beyond_its_size() -> None:
    bucket = told(0)
    assert free(bucket, 101.0) == 50
    assert free(bucket, 1000.0) == 1000


def test_the_wait_is_as_long_as_the_call_needs() -> None:
    reply = reserve(told(5), "a", guess=10)
    assert reply["wait"] == pytest.approx((10 + rules.SPARE_POINTS - 5) / 50)


def test_nothing_leaves_while_the_account_waits() -> None:
    reply = told(900).reserve(ask("a"), 100.0, 7.0)
    assert (reply["granted"], reply["wait"], reply["paused"]) == (False, 7.0, True)


def test_a_call_dearer_than_the_whole_bucket_leaves_when_it_is_full() -> None:
    bucket = told(1000, cost=5000)
    assert reserve(bucket, "a")["granted"] is True


def test_the_cost_of_a_call_is_what_the_platform_asked_for_the_last_one() -> None:
    bucket = told(900, cost=64, actual=12)
    assert reserve(bucket, "a")["points"] == 64
    assert reserve(bucket, "b", shape="other", guess=3)["points"] == 3


def test_a_killed_caller_gives_back_its_place() -> None:
    bucket = told(1000)
    for number in range(50):
        reserve(bucket, f"killed-{number}")
    assert free(bucket) == 500
    assert free(bucket, 100.0 + rules.LAPSE_SECONDS) == 1000
    assert bucket.held == {}


# --- what was told -------------------------------------------------------------------------------


def test_an_answer_gives_back_what_the_call_did_not_cost() -> None:
    bucket = told(500)
    reserve(bucket, "a", guess=64)
    bucket.settle(report("a", 488, cost=64, actual=12), 100.0)
    assert free(bucket) == 488


def test_an_answer_without_figures_is_charged_in_full() -> None:
    bucket = told(500)
    reserve(bucket, "a")
    bucket.settle(report("a"), 100.0)
    assert free(bucket) == 490


def test_what_others_hold_is_not_available_though_the_platform_does_not_know_it_yet() -> None:
    bucket = told(500)
    reserve(bucket, "a")
    reserve(bucket, "b")
    bucket.settle(report("a", 490), 100.0)
    assert free(bucket) == 480


def test_a_call_that_was_charged_meanwhile_counts_against_an_older_figure() -> None:
    """Both leave together; the platform charges a, then b, but b's answer comes first."""
    bucket = told(500)
    reserve(bucket, "a")
    reserve(bucket, "b")
    bucket.settle(report("b", 480), 100.0)
    assert free(bucket) == 470
    bucket.settle(report("a", 490), 100.0)
    assert free(bucket) == 480


def test_an_old_answer_raises_nothing() -> None:
    """a leaves long before b; somebody else spends between the two figures."""
    bucket = told(500)
    reserve(bucket, "a", 100.0)
    reserve(bucket, "b", 105.0)
    bucket.settle(report("b", 100), 105.0)
    bucket.settle(report("a", 490), 105.0)
    assert free(bucket, 105.0) == 90
    reserve(bucket, "c", 105.0)
    bucket.settle(report("c", 480), 105.0)
    assert free(bucket, 105.0) == 480


def test_somebody_else_in_the_bucket_shows_with_the_next_answer() -> None:
    bucket = told(500)
    reserve(bucket, "a")
    bucket.settle(report("a", 120), 100.0)
    assert free(bucket) == 120


def test_what_was_told_long_ago_is_believed_for_one_call_alone() -> None:
    bucket = told(0)
    assert reserve(bucket, "a", 160.0)["granted"] is True
    rest = rules.STALE_SECONDS * 50 - 10
    assert free(bucket, 160.0) == rest
    bucket.settle(report("a", 990), 160.0)
    assert free(bucket, 160.0) == 990


def test_a_remembered_figure_has_refilled_since() -> None:
    bucket = Bucket()
    seeded = {**ask("a"), "seed": (40.0, 100.0, 2000.0, 1.5)}
    reply = bucket.reserve(Ask(**seeded), 100.0)  # type: ignore[typeddict-item]
    assert (reply["granted"], reply["metered"]) == (True, True)
    assert reply["free"] + rules.SPARE_POINTS == 190


# --- refusals ------------------------------------------------------------------------------------


def test_a_refusal_costs_nothing_and_leaves_more_for_others() -> None:
    bucket = told(500)
    reserve(bucket, "a")
    bucket.settle(report("a", 300, actual=None, refused=True, wait=0.1), 100.0)
    assert free(bucket) == 300 - rules.SPARE_POINTS
    later = 100.0 + rules.SPARE_POINTS / rules.SPARE_DECAY
    bucket.settle(report("b", 300), later)
    assert free(bucket, later) == 300


def limited(key: str, rate: float = 10, maximum: float = 50, **how: Any) -> Ask:
    """A call to a platform that tells nothing, with a limit of our own."""
    return Ask(**{**ask(key, "call", guess=1), "rate": rate, "maximum": maximum, **how})  # type: ignore[typeddict-item]


def test_a_limit_of_our_own_lets_a_burst_leave_and_then_its_rate() -> None:
    bucket = Bucket()
    granted = [bucket.reserve(limited(str(n)), 100.0)["granted"] for n in range(60)]
    assert granted == [True] * 50 + [False] * 10
    assert bucket.reserve(limited("next", rate=10), 100.0)["wait"] == pytest.approx(1.1)
    for key in ["next", *map(str, range(60))]:
        bucket.settle(report(key, shape="call"), 100.0)
    again = [bucket.reserve(limited(str(n)), 101.0)["granted"] for n in range(60, 80)]
    assert again == [True] * 10 + [False] * 10


def test_a_refusal_halves_the_limit_once_for_calls_that_left_together() -> None:
    bucket = Bucket()
    for number in range(8):
        bucket.reserve(limited(str(number)), 100.0)
    for number in range(8):
        bucket.settle(report(str(number), refused=True, wait=5.0, shape="call"), 100.5)
    bucket.reserve(limited("look", look=True), 105.5)
    assert (bucket.rate, bucket.maximum) == pytest.approx((5, 25))


def test_the_limit_begins_anew_from_nothing_and_comes_back_slowly() -> None:
    bucket = Bucket()
    bucket.reserve(limited("a"), 100.0)
    bucket.settle(report("a", refused=True, wait=5.0, shape="call"), 100.0)
    assert bucket.reserve(limited("b"), 105.0)["granted"] is False
    assert bucket.reserve(limited("b"), 105.3)["granted"] is True
    bucket.reserve(limited("look", look=True), 105.0 + rules.RECOVERY_SECONDS / 4)
    assert bucket.rate == pytest.approx(7.5)
    bucket.reserve(limited("look", look=True), 105.0 + rules.RECOVERY_SECONDS)
    assert bucket.rate == 10


def test_a_limit_never_falls_to_nothing() -> None:
    bucket = Bucket()
    now = 100.0
    for number in range(40):
        bucket.reserve(limited(str(number)), now)
        bucket.settle(report(str(number), refused=True, wait=1.0, shape="call"), now)
        now += 6
    bucket.reserve(limited("look", look=True), now)
    assert 0.2 <= bucket.rate < 0.4


# --- the queue -----------------------------------------------------------------------------------


def test_many_small_calls_do_not_starve_a_large_one() -> None:
    bucket = told(25, cost=10)
    assert reserve(bucket, "large", shape="page", guess=500)["granted"] is False
    granted: list[tuple[str, float]] = []
    now = 100.0
    while "large" not in dict(granted):
        now += 0.5
        for key, shape, guess in (("large", "page", 500), (f"small-{now}", "create", 10)):
            if reserve(bucket, key, now, shape=shape, guess=guess)["granted"]:
                granted.append((key, now))
                bucket.settle(report(key, shape=shape), now)
    assert dict(granted)["large"] == 110.0
    assert len(granted) == 1


def test_those_who_wait_leave_in_the_order_in_which_they_came() -> None:
    bucket = told(25)
    waits = [reserve(bucket, key)["wait"] for key in "abc"]
    assert waits == pytest.approx([0.2, 0.4, 0.6])
    assert [reserve(bucket, key, 100.2)["granted"] for key in "cba"] == [False, False, True]
    assert [reserve(bucket, key, 100.4)["granted"] for key in "cb"] == [False, True]


def test_whoever_stops_asking_holds_up_nobody() -> None:
    bucket = told(25)
    reserve(bucket, "gone", shape="page", guess=900)
    assert reserve(bucket, "a", 101.0)["granted"] is False
    later = 101.0 + rules.QUEUE_SECONDS
    assert reserve(bucket, "b", later)["granted"] is True


def test_bulk_work_leaves_a_share_free_and_lets_urgent_work_pass() -> None:
    bucket = told(130)
    assert reserve(bucket, "bulk", urgent=False, shape="page", guess=100)["granted"] is False
    assert reserve(bucket, "urgent", guess=100, shape="other")["granted"] is True


def test_bulk_work_is_not_starved_for_ever() -> None:
    bucket = told(0)
    now, number = 100.0, 0
    while not reserve(bucket, "bulk", now, urgent=False)["granted"]:
        number += 1
        if reserve(bucket, str(number), now)["granted"]:
            bucket.settle(report(str(number)), now)
        now += 0.25
    waited = now - 100.0
    assert rules.BULK_PATIENCE_SECONDS <= waited < rules.BULK_PATIENCE_SECONDS + 1


# --- all together --------------------------------------------------------------------------------

SCENES: list[dict[str, Any]] = [
    {},
    {"latency": 0.0},
    {"maximum": 1000, "rate": 50},
    {"maximum": 1000, "rate": 50, "latency": 0.0},
    {"callers": 32},
    {"others_at_once": 3},
    {"others": 0.0},
]


@pytest.mark.parametrize("scene", SCENES, ids=str)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_backlog_uses_the_budget_and_is_hardly_ever_refused(
    seed: int, scene: dict[str, Any]
) -> None:
    done = Simulation(seed, **scene).run()
    assert done.used >= 0.98
    assert done.refused / done.sent < 0.01
    assert done.sent_in_a_pause == 0
