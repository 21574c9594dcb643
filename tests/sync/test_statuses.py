"""The moves table, and that a move is conditional and leaves its line of history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from orders.models import Order, StatusChange
from tests.factories import Pair, history, make_fulfillment, set_columns
from tests.sync.conftest import make_row
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus

ALLOWED = {
    ("held", "pending"),
    ("held", "skipped"),
    ("held", "failed"),
    ("pending", "held"),
    ("pending", "skipped"),
    ("pending", "sending"),
    ("pending", "failed"),
    ("sending", "synced"),
    ("sending", "pending"),
    ("sending", "skipped"),
    ("sending", "failed"),
    ("failed", "pending"),
    ("failed", "skipped"),
    ("skipped", "pending"),
}
EVERY = [(before, after) for before in SyncStatus.values for after in SyncStatus.values]


def stand(order: Order, status: str, **columns: object) -> Order:
    set_columns(order, sync_status=status, **columns)
    return order


@pytest.mark.parametrize(("before", "after"), sorted(ALLOWED))
def test_an_allowed_move_is_written_with_its_history(order: Order, before: str, after: str) -> None:
    stand(order, before)
    assert statuses.move(order, after, actor="merchant", reason="Because.") is True
    order.refresh_from_db()
    assert order.sync_status == after
    line = StatusChange.objects.get(order=order)
    assert (line.axis, line.before, line.after) == ("sync", before, after)
    assert (line.actor, line.reason) == ("merchant", "Because.")


@pytest.mark.parametrize(("before", "after"), [move for move in EVERY if move not in ALLOWED])
def test_a_move_outside_the_table_is_refused_without_effect(
    order: Order, before: str, after: str
) -> None:
    stand(order, before, wait_reason="as it was")
    with pytest.raises(statuses.IllegalMove, match=f"{before} → {after}"):
        statuses.move(order, after)
    order.refresh_from_db()
    assert (order.sync_status, order.wait_reason) == (before, "as it was")
    assert not StatusChange.objects.exists()


def test_a_move_loses_against_one_that_came_first(order: Order) -> None:
    other = Order.objects.get(pk=order.pk)
    assert statuses.move(other, "held", reason="I was first.") is True
    assert statuses.move(order, "skipped", skip_reason="dismissed") is False
    assert order.sync_status == "pending", "the object says what it was read as"
    order.refresh_from_db()
    assert (order.sync_status, order.skip_reason) == ("held", "")
    assert history(order) == [("pending", "held")]


def test_a_move_loses_against_a_newer_attempt_in_the_same_status(order: Order) -> None:
    stand(order, "sending", attempt_number=1)
    overtaken = Order.objects.get(pk=order.pk)
    stand(order, "sending", attempt_number=2)
    assert statuses.move(overtaken, "synced", shopify_order_id="gid") is False
    order.refresh_from_db()
    assert (order.sync_status, order.shopify_order_id) == ("sending", "")


def test_a_move_clears_what_belonged_to_the_old_status(order: Order) -> None:
    later = timezone.now() + timedelta(hours=1)
    stand(
        order,
        "failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        failure_reason="Link it.",
        wait_reason="sku_lookup",
        next_attempt_at=later,
        claimed_until=later,
        tries=3,
        in_doubt_since=later,
    )
    statuses.move(order, "pending")
    order.refresh_from_db()
    assert (order.failure_kind, order.failure_code, order.failure_reason) == ("", "", "")
    assert (order.wait_reason, order.next_attempt_at, order.claimed_until) == ("", None, None)
    assert (order.tries, order.in_doubt_since) == (3, later), "doubt outlives the status"


def test_success_forgets_tries_doubt_and_misses(order: Order) -> None:
    stand(order, "sending", tries=4, in_doubt_since=timezone.now(), lookup_misses=2)
    statuses.move(order, "synced")
    order.refresh_from_db()
    assert (order.tries, order.in_doubt_since, order.lookup_misses) == (0, None, 0)


def test_columns_given_with_a_move_are_written_and_stand_on_the_object(order: Order) -> None:
    later = timezone.now() + timedelta(seconds=90)
    statuses.move(order, "held", wait_reason="on_hold", next_attempt_at=later)
    assert (order.wait_reason, order.next_attempt_at) == ("on_hold", later)
    order.refresh_from_db()
    assert (order.wait_reason, order.next_attempt_at) == ("on_hold", later)


def test_the_line_names_the_attempt_the_request_and_the_person(
    order: Order, django_user_model: type
) -> None:
    person = django_user_model.objects.create(username="anna")
    attempt = Attempt.objects.create(
        flow="x", subject="orders.order", subject_id=order.pk, number=1, started_at=timezone.now()
    )
    statuses.move(order, "held", attempt=attempt, request_id="r-1", user_id=person.pk)
    line = StatusChange.objects.get(order=order)
    assert (line.attempt_id, line.request_id, line.user_id) == (attempt.pk, "r-1", person.pk)


def test_a_failure_keeps_kind_code_and_reason_and_tells_the_reason_in_history(
    order: Order,
) -> None:
    statuses.fail(order, FailureKind.REJECTED, "c" * 80, "Shopify says no.")
    order.refresh_from_db()
    assert (order.failure_kind, order.failure_code) == ("rejected", "c" * 64)
    assert order.failure_reason == "Shopify says no."
    assert StatusChange.objects.get(order=order).reason == "Shopify says no."


def test_move_and_history_stand_or_fall_together(order: Order) -> None:
    with transaction.atomic():
        statuses.move(order, "held")
        transaction.set_rollback(True)
    order.refresh_from_db()
    assert order.sync_status == "pending"
    assert not StatusChange.objects.exists()


def test_a_shipments_move_stands_in_its_orders_history_on_its_own_axis(order: Order) -> None:
    shipment = make_fulfillment(order)
    statuses.move(shipment, "held", reason="No number yet.")
    assert history(order, "fulfillment") == [("pending", "held")]
    assert history(order, "sync") == []


# --- first statuses ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", ["held", "pending", "skipped", "failed"])
def test_a_row_may_begin_here(pair: Pair, status: str) -> None:
    order = Order(shop=pair.shop, tiktok_order_id="2", tiktok_update_time=1)
    change = statuses.begin(order, status, reason="First seen.", wait_reason="w")
    assert (order.sync_status, order.wait_reason) == (status, "w")
    assert (change.before, change.after, change.reason) == ("", status, "First seen.")
    assert order.pk is None, "storing is the caller's"


@pytest.mark.parametrize("status", ["sending", "synced"])
def test_no_row_begins_here(pair: Pair, status: str) -> None:
    order = Order(shop=pair.shop, tiktok_order_id="2", tiktok_update_time=1)
    with pytest.raises(statuses.IllegalMove):
        statuses.begin(order, status)
    assert order.sync_status == "pending"


def test_a_stored_row_does_not_begin_again(order: Order) -> None:
    with pytest.raises(statuses.IllegalMove):
        statuses.begin(order, "held")
    assert order.sync_status == "pending"


# --- claim and defer -----------------------------------------------------------------------------


def test_a_claim_raises_the_fencing_token_of_each_row(pair: Pair, order: Order) -> None:
    other = make_row(pair, "2", attempt_number=7)
    until = timezone.now() + timedelta(seconds=45)
    claimed = statuses.claim([order, other], until)
    assert [row.attempt_number for row in claimed] == [1, 8]
    for row in (order, other):
        assert (row.sync_status, row.claimed_until) == ("sending", until)
        stored = Order.objects.get(pk=row.pk)
        assert (stored.sync_status, stored.claimed_until) == ("sending", until)
        assert stored.attempt_number == row.attempt_number
        assert history(row) == [("pending", "sending")]


def test_claiming_nothing_asks_the_database_nothing() -> None:
    # Without the db fixture any query would fail this test.
    assert statuses.claim([], timezone.now()) == []


def test_a_deferred_row_waits_where_it_stands(order: Order) -> None:
    later = timezone.now() + timedelta(seconds=60)
    statuses.defer(order, later, "w" * 60)
    order.refresh_from_db()
    assert (order.sync_status, order.next_attempt_at) == ("pending", later)
    assert order.wait_reason == "w" * 40
    assert not StatusChange.objects.exists()


def test_a_row_that_moved_meanwhile_is_not_deferred(order: Order) -> None:
    other = Order.objects.get(pk=order.pk)
    statuses.move(other, "skipped", skip_reason="dismissed")
    statuses.defer(order, timezone.now(), "sku_lookup")
    other.refresh_from_db()
    assert (other.next_attempt_at, other.wait_reason) == (None, "")


def test_the_same_line_is_noted_for_several_rows(pair: Pair, order: Order) -> None:
    other = make_row(pair, "2")
    change = statuses.Change("note", "", "seen", "system")
    statuses.note([order, other], change)
    assert history(order, "note") == history(other, "note") == [("", "seen")]
