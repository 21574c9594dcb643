"""A whole drain of an outbound flow: the seven things that happen to every one of them."""

from __future__ import annotations

import threading
from concurrent.futures import wait as futures_wait
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Order
from tests.factories import Pair, history, pass_time, seconds_from_now, set_columns
from tests.fakes import call_inline
from tests.sync.conftest import make_row
from tests.sync.fake_flow import STEM, Broken, FakeFlow, Remote, typed
from tiktoksync.errors import NotAuthorized, OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.lib import shared_bucket
from tiktoksync.lib.answers import Answer
from tiktoksync.sync import flows, leases
from tiktoksync.sync.attempts import claim, perform, record
from tiktoksync.sync.flows import Budget, Drained
from tiktoksync.sync.lanes import Lane, drain
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.pace import Pace
from tiktoksync.sync.recovery import recover


def work(pair: Pair) -> Drained:
    return drain(Lane(STEM, pair.shop.pk))


def status_of(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.sync_status, order.shopify_order_id


# --- the seven -----------------------------------------------------------------------------------


def test_success(pair: Pair, order: Order, remote: Remote) -> None:
    assert work(pair).worked == 1
    assert status_of(order) == ("synced", "remote-1")
    assert remote.made == {"1": ["remote-1"]}
    assert history(order) == [("pending", "sending"), ("sending", "synced")]


def test_already_there(pair: Pair, order: Order, remote: Remote) -> None:
    remote.made["1"] = ["made-earlier"]
    set_columns(order, in_doubt_since=timezone.now())
    work(pair)
    assert status_of(order) == ("synced", "made-earlier")
    assert [step for step, _ in remote.calls] == ["look_up"]


def test_killed_after_the_create(
    flow: FakeFlow, lease: Lease, pair: Pair, order: Order, remote: Remote
) -> None:
    claimed, _ = claim(flow, lease, 1)
    perform(claimed[0])  # and then the power goes
    pass_time(46)
    recover(Order)
    work(pair)
    assert status_of(order) == ("synced", "remote-1")
    assert remote.made == {"1": ["remote-1"]}
    assert [step for step, _ in remote.calls] == ["create", "look_up"]


def test_worth_trying_again(pair: Pair, order: Order, remote: Remote) -> None:
    remote.fail("create", typed(Unreachable))
    assert work(pair).worked == 1
    order.refresh_from_db()
    assert (order.sync_status, order.tries, order.in_doubt_since) == ("pending", 1, None)
    assert 4 < seconds_from_now(order.next_attempt_at) <= 5
    pass_time(6)
    work(pair)
    assert status_of(order) == ("synced", "remote-1")
    assert order.tries == 0


def test_a_clear_no(pair: Pair, order: Order, remote: Remote) -> None:
    remote.fail("create", typed(Rejected))
    work(pair)
    order.refresh_from_db()
    assert (order.sync_status, order.failure_kind) == ("failed", "rejected")
    assert (order.failure_code, order.failure_reason) == ("E1", "It did not work.")
    assert remote.made == {}
    pass_time(10_000)
    assert work(pair).worked == 0, "a person must act first"


def test_an_unknown_exception_is_recorded_and_raised_after_the_others(
    pair: Pair, remote: Remote
) -> None:
    rows = [make_row(pair, str(number)) for number in range(4)]
    remote.fail("create", Broken("ours"))
    with pytest.raises(Broken):
        work(pair)
    statuses = sorted(Order.objects.values_list("sync_status", flat=True))
    assert statuses == ["failed", "synced", "synced", "synced"]
    failed = Order.objects.get(sync_status="failed")
    assert failed.failure_kind == "internal"
    assert len(remote.made) == 3
    assert not Order.objects.filter(pk__in=[row.pk for row in rows], sync_status="sending").exists()


def test_two_workers_at_once(flow: FakeFlow, pair: Pair, order: Order, remote: Remote) -> None:
    first = leases.acquire(f"{STEM}:{pair.shop.pk}")
    assert first is not None
    claimed, _ = claim(flow, first, 1)
    other = work(pair)
    assert (other.busy, other.worked) == (True, 0)
    # Even one that took the lane over finds nothing to claim twice.
    pass_time(46)
    set_columns(order, claimed_until=timezone.now() + timedelta(seconds=20))
    assert work(pair).worked == 0
    record(flow, claimed[0], perform(claimed[0]))
    assert status_of(order) == ("synced", "remote-1")
    assert remote.made == {"1": ["remote-1"]}


# --- unclear answers -----------------------------------------------------------------------------


def test_an_unclear_answer_is_looked_up_before_anything_is_created_again(
    pair: Pair, order: Order, remote: Remote
) -> None:
    remote.fail("create", typed(OutcomeUnknown), after_effect=True)
    work(pair)
    order.refresh_from_db()
    assert (order.sync_status, order.tries) == ("pending", 1)
    assert order.in_doubt_since == Attempt.objects.get().started_at
    pass_time(6)
    work(pair)
    assert status_of(order) == ("synced", "remote-1")
    assert remote.made == {"1": ["remote-1"]}


# --- what stops a drain --------------------------------------------------------------------------


def test_a_drain_works_most_urgent_first_and_stops_when_nothing_is_due(
    pair: Pair, remote: Remote, settings: Any
) -> None:
    settings.LANE_CONCURRENCY = 1
    for key in ("3", "1", "2"):
        make_row(pair, key)
    assert work(pair).worked == 3
    assert [key for _, key in remote.calls] == ["1", "2", "3"]


def test_a_paused_account_is_not_called(pair: Pair, order: Order, remote: Remote) -> None:
    set_columns(pair.shop, paused_until=timezone.now() + timedelta(seconds=60))
    assert work(pair).worked == 0
    assert remote.calls == []
    assert status_of(order) == ("pending", "")


def test_a_refusal_for_all_stops_the_drain_and_costs_no_row_a_try(
    pair: Pair, remote: Remote, settings: Any
) -> None:
    settings.LANE_CONCURRENCY = 1
    for key in "12345":
        make_row(pair, key)
    remote.fail("create", typed(RateLimited, retry_after=30))
    assert work(pair).worked == 1
    assert len(remote.calls) == 1
    assert set(Order.objects.values_list("sync_status", "tries")) == {("pending", 0)}
    pass_time(31)
    work(pair)
    assert set(Order.objects.values_list("sync_status", flat=True)) == {"synced"}


def test_a_lost_connection_leaves_every_row_pending(pair: Pair, remote: Remote) -> None:
    for key in "123":
        make_row(pair, key)
        remote.fail("create", typed(NotAuthorized))
    work(pair)
    assert set(Order.objects.values_list("sync_status", "failure_kind")) == {("pending", "")}
    assert pair.refresh().shop.is_paused(timezone.now()) is True


def test_a_spent_budget_claims_no_more_but_records_what_is_under_way(
    pair: Pair, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    call_inline(monkeypatch)
    settings.LANE_CONCURRENCY = 2
    for key in "12345":
        make_row(pair, key)
    budget = Budget()

    def spend() -> None:
        budget.seconds = 0

    remote.hook = spend
    assert drain(Lane(STEM, pair.shop.pk), budget).worked == 2
    assert Order.objects.filter(sync_status="synced").count() == 2
    assert Order.objects.filter(sync_status="pending").count() == 3


def test_while_one_call_hangs_after_a_drain_the_other_rows_go_on(
    pair: Pair, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(flows, "STRAGGLER_SECONDS", 0.0)
    settings.LANE_CONCURRENCY = 2
    for number in range(5):
        make_row(pair, str(number))
    budget, others_done, plain = Budget(), threading.Event(), remote.call

    def call(step: str, key: str) -> Any:
        if key == "0":
            budget.seconds = 0
            assert others_done.wait(10), "the other rows waited for the one that hangs"
        answer = plain(step, key)
        if len(remote.made) == 4:
            others_done.set()
        return answer

    remote.call = call  # type: ignore[method-assign]
    assert drain(Lane(STEM, pair.shop.pk), budget).worked == 5
    assert Order.objects.filter(sync_status="synced").count() == 5


def test_after_a_failed_call_one_call_alone_tries_first(
    pair: Pair, remote: Remote, settings: Any
) -> None:
    settings.LANE_CONCURRENCY = 3
    set_columns(pair.shop, failures=2)
    for number in range(4):
        make_row(pair, str(number))
    running, seen, guard, plain = [0], [], threading.Lock(), remote.call

    def call(step: str, key: str) -> Any:
        with guard:
            running[0] += 1
            seen.append(running[0])
        threading.Event().wait(0.02)
        with guard:
            running[0] -= 1
            return plain(step, key)

    remote.call = call  # type: ignore[method-assign]
    assert work(pair).worked == 4
    assert seen[:2] == [1, 1]
    assert max(seen) > 1


def test_a_budget_gives_way_early_only_when_others_wait() -> None:
    assert Budget(polite_seconds=0, others_wait=lambda: True).is_spent() is True
    assert Budget(polite_seconds=0, others_wait=lambda: False).is_spent() is False
    assert Budget(polite_seconds=5, others_wait=lambda: True).is_spent() is False
    assert Budget(seconds=0).is_spent() is True


def test_no_more_calls_than_allowed_run_at_once(pair: Pair, remote: Remote, settings: Any) -> None:
    settings.LANE_CONCURRENCY = 3
    for number in range(9):
        make_row(pair, str(number))
    running, most, guard = [0], [0], threading.Lock()
    plain = remote.call

    def counted(step: str, key: str) -> Any:
        with guard:
            running[0] += 1
            most[0] = max(most[0], running[0])
        try:
            threading.Event().wait(0.01)
            with guard:
                return plain(step, key)
        finally:
            with guard:
                running[0] -= 1

    remote.call = counted  # type: ignore[method-assign]
    assert work(pair).worked == 9
    assert most[0] == 3


def test_a_lease_lost_in_the_middle_stops_claiming_and_keeps_what_came_back(
    pair: Pair, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    call_inline(monkeypatch)
    settings.LANE_CONCURRENCY = 1
    first, second = make_row(pair, "1"), make_row(pair, "2")

    def overtake() -> None:
        pass_time(46)
        set_columns(first, claimed_until=timezone.now() + timedelta(seconds=20))
        assert leases.acquire(f"{STEM}:{pair.shop.pk}") is not None

    remote.hook = overtake
    drained = work(pair)
    assert drained.busy is True
    assert status_of(first) == ("synced", "remote-1"), "its claim was still ours"
    assert status_of(second) == ("pending", "")
    assert len(remote.calls) == 1


def test_a_drain_that_breaks_off_still_records_the_calls_under_way(
    pair: Pair, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.LANE_CONCURRENCY = 2
    rows = [make_row(pair, key) for key in "12"]
    flow = FakeFlow(pair.shop)
    lease = leases.acquire("x")
    assert lease is not None
    rounds = [0]

    def break_off() -> bool:
        rounds[0] += 1
        if rounds[0] > 1:
            raise Broken
        return False

    monkeypatch.setattr(flow, "_is_paused", break_off)
    call_inline(monkeypatch)
    monkeypatch.setattr(flow, "_collect", _skip_once(flow._collect))
    with pytest.raises(Broken):
        flow.run(lease, Budget())
    assert [status_of(row)[0] for row in rows] == ["synced", "synced"]


def _skip_once(collect: Any) -> Any:
    calls = [0]

    def collect_later(*given: Any, **named: Any) -> Any:
        calls[0] += 1
        return None if calls[0] == 1 else collect(*given, **named)

    return collect_later


def test_while_calls_are_under_way_the_database_is_not_asked_all_the_time(
    pair: Pair, order: Order, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A slow answer must not cost fifty write transactions a second."""
    answer = threading.Event()
    remote.hook = lambda: answer.wait(10) and None
    waits: list[float] = []

    def wait(futures: Any, timeout: float, return_when: str) -> Any:
        waits.append(timeout)
        if len(waits) == 4:
            answer.set()
            return futures_wait(futures, timeout=10, return_when=return_when)
        return futures_wait(futures, timeout=0, return_when=return_when)

    monkeypatch.setattr("tiktoksync.sync.flows.wait", wait)
    assert work(pair).worked == 1
    assert waits[:4] == [0.02, 0.25, 0.25, 0.25]


# --- rows that cannot be decided -----------------------------------------------------------------


def test_a_row_that_breaks_the_planning_is_set_aside_and_the_others_go_on(
    pair: Pair, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in "123":
        make_row(pair, key)
    plain = FakeFlow.plan

    def stumble(self: FakeFlow, rows: Any, now: Any) -> Any:
        if any(row.tiktok_order_id == "2" for row in rows):
            raise Broken
        return plain(self, rows, now)

    monkeypatch.setattr(FakeFlow, "plan", stumble)
    with pytest.raises(Broken):
        work(pair)
    assert dict(Order.objects.values_list("tiktok_order_id", "sync_status")) == {
        "1": "synced",
        "2": "failed",
        "3": "synced",
    }
    broken = Order.objects.get(tiktok_order_id="2")
    assert (broken.failure_kind, broken.failure_code) == ("internal", "Broken")
    assert broken.in_doubt_since is None, "nothing was sent for it"
    assert "2" not in remote.made


def test_what_a_broken_planning_wrote_is_undone(
    pair: Pair, order: Order, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(self: FakeFlow, rows: Any, now: Any) -> Any:
        Order.objects.filter(pk=rows[0].pk).update(wait_reason="half written")
        raise Broken

    monkeypatch.setattr(FakeFlow, "plan", stumble)
    with pytest.raises(Broken):
        work(pair)
    order.refresh_from_db()
    assert (order.sync_status, order.wait_reason) == ("failed", "")


def test_an_account_that_cannot_be_called_is_paused_before_anything_is_claimed(
    pair: Pair, order: Order, remote: Remote, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: FakeFlow, rows: Any, now: Any) -> Any:
        raise typed(NotAuthorized)

    monkeypatch.setattr(FakeFlow, "plan", refuse)
    assert work(pair).worked == 0
    assert status_of(order) == ("pending", "")
    assert pair.refresh().shop.paused_reason == "It did not work."
    assert not Attempt.objects.exists()


# --- pace ----------------------------------------------------------------------------------------


def test_a_drain_claims_no_more_rows_than_there_are_points_for(
    pair: Pair, remote: Remote, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """A bucket of 30 points, 12 a call: two rows are claimed, the others as it refills."""
    settings.LANE_CONCURRENCY = 8
    for number in range(4):
        make_row(pair, str(number))
    now, claims = [1000.0], list[tuple[float, int]]()
    monkeypatch.setattr("tiktoksync.lib.shared_bucket.monotonic", lambda: now[0])
    monkeypatch.setattr("tiktoksync.sync.pace.monotonic", lambda: now[0])
    bucket = shared_bucket.bucket_of("fake", "points", shared_bucket.Limit(10, 30))
    bucket.last_guess = 12

    def call(step: str, key: str) -> Answer[str]:
        assert bucket.reserve(key, "", 12, urgent=True)["granted"]
        claims.append((now[0], Order.objects.filter(sync_status="sending").count()))
        bucket.settle(key, "", None)
        return Answer(f"remote-{key}", "r", 0.0)

    def pass_seconds(seconds: float) -> None:
        now[0] += seconds + 0.001  # as a real clock moves on

    monkeypatch.setattr(remote, "call", call)
    monkeypatch.setattr("tiktoksync.sync.flows.sleep", pass_seconds)
    call_inline(monkeypatch)
    flow = FakeFlow(pair.shop)
    flow.pace = Pace(lambda: (bucket,))
    lease = leases.acquire("x")
    assert lease is not None
    assert flow.run(lease, Budget()).worked == 4
    assert [waiting for _, waiting in claims] == [2, 2, 1, 1]
    assert [at - 1000 for at, _ in claims] == pytest.approx([0, 0, 0.6, 1.8], abs=0.1)


def test_a_refusal_ends_the_drain_however_short_its_wait(
    pair: Pair, order: Order, remote: Remote
) -> None:
    for _ in range(3):
        remote.fail("create", typed(RateLimited, retry_after=0.5))
    work(pair)
    assert len(remote.calls) == 1
