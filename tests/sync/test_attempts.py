"""Claim, call, record: what is written before a call leaves and after it came back."""

from __future__ import annotations

from datetime import timedelta
from time import monotonic
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.utils import timezone

from orders.models import Order, StatusChange
from tests.factories import Pair, history, pass_time, seconds_from_now, set_columns
from tests.sync.conftest import make_row
from tests.sync.fake_flow import Broken, FakeFlow, Remote, typed
from tiktoksync.errors import (
    ConfigError,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from tiktoksync.lib.answers import Answer, Cost
from tiktoksync.sync import leases
from tiktoksync.sync.attempts import Claimed, Outcome, Task, claim, perform, record
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover


def claim_one(flow: FakeFlow, lease: Lease) -> Claimed:
    claimed, _ = claim(flow, lease, 1)
    assert len(claimed) == 1
    return claimed[0]


def attempt_of(order: Order, number: int = 1) -> Attempt:
    return Attempt.objects.get(subject="orders.order", subject_id=order.pk, number=number)


# --- claim ---------------------------------------------------------------------------------------


def test_a_claim_is_written_before_anything_leaves(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote
) -> None:
    claim_one(flow, lease)
    order.refresh_from_db()
    assert (order.sync_status, order.attempt_number) == ("sending", 1)
    assert 43 < seconds_from_now(order.claimed_until) <= 45
    attempt = attempt_of(order)
    assert (attempt.flow, attempt.step, attempt.outcome) == ("fake_flow", "create", "in_flight")
    assert attempt.finished_at is None
    assert remote.calls == []


def test_only_as_many_rows_as_there_are_slots_are_claimed(
    flow: FakeFlow, lease: Lease, pair: Pair
) -> None:
    rows = [make_row(pair, str(number)) for number in range(5)]
    claimed, looked = claim(flow, lease, 3)
    assert looked is True
    assert [one.task.rows[0].pk for one in claimed] == [row.pk for row in rows[:3]]
    assert Order.objects.filter(sync_status="pending").count() == 2


@pytest.mark.parametrize("status", ["held", "sending", "synced", "failed", "skipped"])
def test_only_pending_rows_are_claimed(
    flow: FakeFlow, lease: Lease, order: Order, status: str
) -> None:
    set_columns(order, sync_status=status)
    assert claim(flow, lease, 8) == ([], False)
    assert not Attempt.objects.exists()


def test_a_row_is_claimed_when_its_time_has_come_and_not_before(
    flow: FakeFlow, lease: Lease, order: Order
) -> None:
    set_columns(order, next_attempt_at=timezone.now() + timedelta(seconds=30))
    assert claim(flow, lease, 8) == ([], False)
    pass_time(31)
    assert len(claim(flow, lease, 8)[0]) == 1


def test_rows_of_other_accounts_are_not_touched(flow: FakeFlow, lease: Lease, order: Order) -> None:
    from tests.factories import make_pair

    stranger = make_row(make_pair("Ben"), "9")
    claim(flow, lease, 8)
    stranger.refresh_from_db()
    assert stranger.sync_status == "pending"


def test_a_claim_prolongs_the_lanes_lease(flow: FakeFlow, lease: Lease, order: Order) -> None:
    pass_time(40)
    claim_one(flow, lease)
    pass_time(20)
    assert leases.acquire(lease.key) is None


def test_a_lost_lease_claims_nothing(flow: FakeFlow, lease: Lease, order: Order) -> None:
    pass_time(46)
    leases.acquire(lease.key)
    with pytest.raises(leases.LeaseLost):
        claim(flow, lease, 8)
    order.refresh_from_db()
    assert (order.sync_status, order.attempt_number) == ("pending", 0)
    assert not Attempt.objects.exists()


def test_a_row_that_the_flow_leaves_undecided_is_not_looked_at_again_at_once(
    flow: FakeFlow, lease: Lease, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flow, "plan", lambda rows, now: [])
    assert claim(flow, lease, 8) == ([], True)
    order.refresh_from_db()
    assert (order.sync_status, order.wait_reason) == ("pending", "undecided")
    assert 55 < seconds_from_now(order.next_attempt_at) <= 60
    assert claim(flow, lease, 8) == ([], False)


@pytest.mark.django_db(transaction=True)
def test_claim_and_record_are_refused_inside_an_outer_transaction(
    flow: FakeFlow, lease: Lease, order: Order
) -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        claim(flow, lease, 1)
    claimed = claim_one(flow, lease)
    outcome = perform(claimed)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        record(flow, claimed, outcome)
    order.refresh_from_db()
    assert order.sync_status == "sending"
    record(flow, claimed, outcome)
    order.refresh_from_db()
    assert order.sync_status == "synced"


def test_a_batch_is_one_call_with_an_attempt_for_each_row(
    flow: FakeFlow, lease: Lease, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_row(pair, str(number)) for number in range(3)]
    calls: list[int] = []

    def call() -> Answer[str]:
        calls.append(1)
        return Answer("", "r", 0.0)

    def keep(rows: Any, task: Task, answer: Answer[Any], attempts: dict[int, Attempt]) -> None:
        assert sorted(attempts) == sorted(row.pk for row in rows)

    monkeypatch.setattr(flow, "batch", 3, raising=False)
    monkeypatch.setattr(flow, "plan", lambda rows, now: [Task("all", call, tuple(rows))])
    monkeypatch.setattr(flow, "record", keep)
    claimed = claim_one(flow, lease)
    record(flow, claimed, perform(claimed))
    assert calls == [1]
    assert [attempt_of(row).outcome for row in rows] == ["ok"] * 3


# --- call ----------------------------------------------------------------------------------------


def test_nothing_is_sent_with_too_little_of_the_lease_left(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote
) -> None:
    claimed = claim_one(flow, lease)
    assert 24 < claimed.must_start_before - monotonic() <= 25, "45 s of lease, 20 s for the call"
    claimed.must_start_before = monotonic() - 0.001
    record(flow, claimed, perform(claimed))
    assert remote.calls == []
    order.refresh_from_db()
    assert (order.sync_status, order.tries, order.in_doubt_since) == ("pending", 0, None)
    assert attempt_of(order).outcome == "retry"
    assert flow.account.failures == 0, "the account has done nothing wrong"


def test_a_call_never_raises_whatever_happens(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote
) -> None:
    remote.fail("create", Broken("secret token abc"))
    outcome = perform(claim_one(flow, lease))
    assert isinstance(outcome.bug, Broken)
    assert (outcome.answer, outcome.error) == (None, None)


# --- record --------------------------------------------------------------------------------------


def settle(flow: FakeFlow, lease: Lease, remote: Remote, error: Exception, **how: Any) -> None:
    remote.fail("create", error, **how)
    claimed = claim_one(flow, lease)
    record(flow, claimed, perform(claimed))


def test_success_is_recorded_on_row_attempt_and_account(
    flow: FakeFlow, lease: Lease, order: Order
) -> None:
    set_columns(flow.account, failures=3, paused_reason="It was away.")
    claimed = claim_one(flow, lease)
    record(flow, claimed, perform(claimed))
    order.refresh_from_db()
    assert (order.sync_status, order.shopify_order_id) == ("synced", "remote-1")
    attempt = attempt_of(order)
    assert (attempt.outcome, attempt.remote_id) == ("ok", "remote-1")
    assert (attempt.request_id, attempt.code, attempt.message) == ("request-1", "", "")
    assert attempt.finished_at >= attempt.started_at
    line = StatusChange.objects.get(order=order, after="synced")
    assert line.attempt_id == attempt.pk
    flow.account.refresh_from_db()
    assert (flow.account.failures, flow.account.paused_reason) == (0, "")


def test_the_points_of_a_call_are_kept_with_the_attempt(
    flow: FakeFlow, lease: Lease, order: Order
) -> None:
    claimed = claim_one(flow, lease)
    answer = Answer("remote-1", "r", 0.25, Cost(20, 11, 1989, 2000, 100))
    record(flow, claimed, Outcome(answer=answer, seconds=0.25))
    attempt = attempt_of(order)
    assert (attempt.cost, attempt.elapsed_ms) == (11, 250)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (typed(Unreachable), "retry"),
        (typed(RateLimited), "retry"),
        (typed(NotAuthorized), "retry"),
        (typed(OutcomeUnknown), "unknown"),
        (typed(Rejected), "failed"),
        (typed(ConfigError), "failed"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_the_attempt_says_in_one_word_what_came_of_it(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote, error: Exception, word: str
) -> None:
    settle(flow, lease, remote, error)
    attempt = attempt_of(order)
    assert (attempt.outcome, attempt.code) == (word, "E1")
    assert (attempt.message, attempt.request_id) == ("It did not work.", "their-id")


def test_a_bug_of_ours_is_kept_without_its_text_and_the_write_is_in_doubt(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote
) -> None:
    settle(flow, lease, remote, Broken("buyer's address"), after_effect=True)
    order.refresh_from_db()
    assert (order.sync_status, order.failure_kind) == ("failed", "internal")
    assert order.failure_code == "Broken"
    attempt = attempt_of(order)
    assert (attempt.outcome, attempt.message) == ("failed", "Broken in TikTokSync")
    assert "address" not in order.failure_reason
    # The call may have had its effect: whoever retries looks first.
    assert order.in_doubt_since == attempt.started_at


@pytest.mark.parametrize("bug", [Broken, IntegrityError, DataError])
def test_a_bug_while_recording_keeps_the_remote_id_and_sets_the_row_aside(
    flow: FakeFlow,
    lease: Lease,
    order: Order,
    monkeypatch: pytest.MonkeyPatch,
    bug: type[Exception],
) -> None:
    def stumble(*_: Any) -> None:
        raise bug

    monkeypatch.setattr(flow, "record", stumble)
    claimed = claim_one(flow, lease)
    outcome = perform(claimed)
    record(flow, claimed, outcome)
    assert isinstance(outcome.bug, bug), "the drain raises it on"
    order.refresh_from_db()
    assert (order.sync_status, order.failure_kind) == ("failed", "internal")
    assert order.in_doubt_since is not None
    assert attempt_of(order).remote_id == "remote-1"


def test_a_database_that_goes_away_while_recording_leaves_the_claim_to_the_recovery(
    flow: FakeFlow, lease: Lease, order: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    def go(*_: Any) -> None:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(flow, "record", go)
    claimed = claim_one(flow, lease)
    outcome = perform(claimed)
    with pytest.raises(OperationalError):
        record(flow, claimed, outcome)
    order.refresh_from_db()
    assert (order.sync_status, outcome.bug) == ("sending", None)
    assert attempt_of(order).outcome == "in_flight"


# --- overtaken -----------------------------------------------------------------------------------


def test_an_answer_after_the_claim_was_lost_changes_nothing_but_is_kept(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote
) -> None:
    claimed = claim_one(flow, lease)
    pass_time(46)
    assert recover(Order) == 1
    record(flow, claimed, perform(claimed))
    order.refresh_from_db()
    assert (order.sync_status, order.shopify_order_id) == ("pending", "")
    late = attempt_of(order)
    assert (late.outcome, late.remote_id) == ("superseded", "remote-1")
    assert flow.came_late == ["remote-1"]
    assert history(order) == [("pending", "sending"), ("sending", "pending")]


def test_a_newer_claim_is_not_disturbed_by_the_older_answer(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote
) -> None:
    old = claim_one(flow, lease)
    pass_time(46)
    recover(Order)
    lease.renew()
    new = claim_one(flow, lease)
    record(flow, old, perform(old))
    order.refresh_from_db()
    assert (order.sync_status, order.attempt_number) == ("sending", 2)
    record(flow, new, perform(new))
    order.refresh_from_db()
    assert (order.sync_status, order.shopify_order_id) == ("synced", "remote-1")
    assert remote.made == {"1": ["remote-1"]}, "the newer one looked before it created"


def test_a_late_failure_leaves_the_row_alone(
    flow: FakeFlow, lease: Lease, order: Order, remote: Remote
) -> None:
    remote.fail("create", typed(Rejected))
    claimed = claim_one(flow, lease)
    pass_time(46)
    recover(Order)
    record(flow, claimed, perform(claimed))
    order.refresh_from_db()
    assert (order.sync_status, order.failure_kind) == ("pending", "")
    assert attempt_of(order).outcome == "superseded"


def test_of_a_batch_the_rows_that_are_still_ours_are_recorded(
    flow: FakeFlow, lease: Lease, pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, lost = make_row(pair, "1"), make_row(pair, "2")
    recorded: list[int] = []

    def plan(rows: Any, now: Any) -> list[Task]:
        return [Task("all", lambda: Answer("id", "r", 0.0), tuple(rows))]

    def keep(rows: Any, *_: Any) -> None:
        recorded.extend(row.pk for row in rows)

    monkeypatch.setattr(flow, "plan", plan)
    monkeypatch.setattr(flow, "record", keep)
    claimed, _ = claim(flow, lease, 2)
    set_columns(lost, attempt_number=2)
    record(flow, claimed[0], perform(claimed[0]))
    assert recorded == [ours.pk]
    assert attempt_of(ours).outcome == "ok"
    assert attempt_of(lost).outcome == "superseded"
