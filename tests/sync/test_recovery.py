"""Rows of workers that went away come back, in doubt."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from orders.models import Order, StatusChange
from tests.factories import Pair, history, pass_time, seconds_from_now, set_columns
from tests.sync.conftest import make_row
from tests.sync.fake_flow import FakeFlow
from tiktoksync.sync.attempts import claim
from tiktoksync.sync.leases import Lease
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover


def test_a_claim_is_given_back_when_its_lease_is_over_and_not_before(
    flow: FakeFlow, lease: Lease, order: Order
) -> None:
    claim(flow, lease, 1)
    pass_time(40)
    assert recover(Order) == 0
    pass_time(6)
    assert recover(Order) == 1
    order.refresh_from_db()
    attempt = Attempt.objects.get()
    assert order.sync_status == "pending"
    assert order.claimed_until is None
    assert -5 < seconds_from_now(order.next_attempt_at) <= 0, "the first look-up is due at once"
    assert order.in_doubt_since == attempt.started_at
    assert order.tries == 0, "a dead worker is not the row's fault"
    assert (attempt.outcome, attempt.finished_at is not None) == ("abandoned", True)
    line = StatusChange.objects.get(order=order, before="sending")
    assert line.attempt_id == attempt.pk
    assert "went away" in line.reason


def test_an_older_doubt_is_kept(flow: FakeFlow, lease: Lease, order: Order) -> None:
    before = timezone.now() - timedelta(minutes=3)
    set_columns(order, in_doubt_since=before)
    claim(flow, lease, 1)
    set_columns(order, claimed_until=timezone.now() - timedelta(seconds=1))
    recover(Order)
    order.refresh_from_db()
    assert order.in_doubt_since == before


def test_a_row_without_an_attempt_is_given_back_too(pair: Pair) -> None:
    gone = timezone.now() - timedelta(seconds=1)
    row = make_row(pair, sync_status="sending", claimed_until=gone, attempt_number=4)
    assert recover(Order) == 1
    row.refresh_from_db()
    assert (row.sync_status, row.in_doubt_since is not None) == ("pending", True)


def test_other_rows_are_left_alone(pair: Pair) -> None:
    past, later = timezone.now() - timedelta(hours=1), timezone.now() + timedelta(seconds=30)
    rows = [
        make_row(pair, "1", sync_status="pending", claimed_until=past),
        make_row(pair, "2", sync_status="synced", claimed_until=past),
        make_row(pair, "3", sync_status="sending", claimed_until=later),
    ]
    assert recover(Order) == 0
    for row in rows:
        assert history(row) == []


def test_recovering_twice_has_one_effect(flow: FakeFlow, lease: Lease, order: Order) -> None:
    claim(flow, lease, 1)
    pass_time(46)
    assert (recover(Order), recover(Order)) == (1, 0)
    assert history(order) == [("pending", "sending"), ("sending", "pending")]
