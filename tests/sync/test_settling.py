"""What a typed error makes of a row: when it is tried again, and when a person must act."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from orders.models import Order, StatusChange
from tests.factories import seconds_from_now, set_columns
from tests.sync.fake_flow import typed
from tiktoksync.errors import (
    ConfigError,
    Gone,
    MalformedPayload,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    SyncError,
    Unreachable,
)
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.settling import (
    MOST_TRIES,
    LeaseTooShort,
    concerns_account,
    next_try,
    settle_error,
)

DELAYS = (5, 15, 60, 300, 900, 1800, 3600)


@pytest.fixture
def attempt(order: Order) -> Attempt:
    """The order is being sent."""
    set_columns(order, sync_status="sending", attempt_number=1)
    return Attempt.objects.create(
        flow="x",
        subject="orders.order",
        subject_id=order.pk,
        number=1,
        started_at=timezone.now() - timedelta(seconds=1),
    )


def settle(order: Order, error: SyncError, attempt: Attempt, **how: object) -> Order:
    settle_error(order, error, attempt, how.get("paused_until"))  # type: ignore[arg-type]
    order.refresh_from_db()
    return order


def waits(order: Order, seconds: float) -> bool:
    return seconds - 3 < seconds_from_now(order.next_attempt_at) <= seconds


# --- trying again --------------------------------------------------------------------------------


@pytest.mark.parametrize(("tries", "delay"), list(enumerate([*DELAYS, 3600, 3600])))
def test_each_failed_try_waits_longer(
    order: Order, attempt: Attempt, tries: int, delay: float
) -> None:
    set_columns(order, tries=tries)
    settle(order, typed(Unreachable), attempt)
    assert (order.sync_status, order.tries) == ("pending", tries + 1)
    assert waits(order, delay)


def test_delays_follow_the_time_scale(order: Order, attempt: Attempt, settings: object) -> None:
    settings.TIME_SCALE = 0.01  # type: ignore[attr-defined]
    set_columns(order, tries=3)
    settle(order, typed(Unreachable), attempt)
    assert waits(order, 3)


def test_a_pause_of_the_account_is_waited_for(order: Order, attempt: Attempt) -> None:
    settle(
        order,
        typed(Unreachable),
        attempt,
        paused_until=timezone.now() + timedelta(seconds=90),
    )
    assert waits(order, 90)


@pytest.mark.parametrize("kind", [RateLimited, NotAuthorized, LeaseTooShort])
def test_what_is_not_the_rows_fault_costs_it_no_try(
    order: Order, attempt: Attempt, kind: type[SyncError]
) -> None:
    set_columns(order, tries=MOST_TRIES)
    settle(order, typed(kind), attempt)
    assert (order.sync_status, order.tries) == ("pending", MOST_TRIES)
    assert order.in_doubt_since is None


def test_a_row_tried_too_often_waits_for_a_person(order: Order, attempt: Attempt) -> None:
    set_columns(order, tries=MOST_TRIES)
    settle(order, typed(OutcomeUnknown), attempt)
    assert (order.sync_status, order.failure_kind) == ("failed", "exhausted")
    assert order.failure_reason == "Tried 13 times without success. Last: It did not work."
    assert order.in_doubt_since == attempt.started_at, "a retry must look first"


def test_a_platform_that_is_away_never_exhausts_a_row(order: Order, attempt: Attempt) -> None:
    set_columns(order, tries=500)
    settle(order, typed(Unreachable), attempt)
    assert order.sync_status == "pending"
    assert waits(order, 3600)


def test_the_line_of_history_tells_reason_and_request(order: Order, attempt: Attempt) -> None:
    settle(order, typed(Unreachable), attempt)
    line = StatusChange.objects.get(order=order)
    assert (line.before, line.after) == ("sending", "pending")
    assert (line.reason, line.request_id) == ("It did not work.", "their-id")
    assert line.attempt_id == attempt.pk


# --- doubt ---------------------------------------------------------------------------------------


def test_an_unclear_answer_puts_the_row_in_doubt(order: Order, attempt: Attempt) -> None:
    settle(order, typed(OutcomeUnknown), attempt)
    assert (order.sync_status, order.tries) == ("pending", 1)
    assert order.in_doubt_since == attempt.started_at


def test_the_first_doubt_counts(order: Order, attempt: Attempt) -> None:
    before = timezone.now() - timedelta(minutes=2)
    set_columns(order, in_doubt_since=before)
    settle(order, typed(OutcomeUnknown), attempt)
    assert order.in_doubt_since == before


@pytest.mark.parametrize("tries", [0, 3, 6, 11])
def test_the_first_look_up_comes_within_a_minute_however_often_it_was_tried(
    order: Order, attempt: Attempt, tries: int
) -> None:
    set_columns(order, tries=tries)
    settle(order, typed(OutcomeUnknown), attempt)
    assert 0 < seconds_from_now(order.next_attempt_at) <= 60


def test_a_look_up_that_failed_comes_again_within_a_minute(order: Order, attempt: Attempt) -> None:
    set_columns(order, tries=6, in_doubt_since=timezone.now())
    settle(order, typed(Unreachable), attempt)
    assert 0 < seconds_from_now(order.next_attempt_at) <= 60
    assert order.in_doubt_since is not None


# --- a person must act ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (typed(ConfigError), "config"),
        (typed(Rejected, field="address"), "rejected"),
        (typed(Gone), "gone"),
        (typed(MalformedPayload), "malformed"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_clear_no_sets_the_row_aside_with_its_kind(
    order: Order, attempt: Attempt, error: SyncError, kind: str
) -> None:
    settle(order, error, attempt)
    assert (order.sync_status, order.failure_kind) == ("failed", kind)
    assert (order.failure_code, order.failure_reason) == ("E1", "It did not work.")
    line = StatusChange.objects.get(order=order)
    assert (line.request_id, line.attempt_id) == ("their-id", attempt.pk)


# --- the table -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_row_without_a_failed_try_is_due_at_once() -> None:
    assert -1 < seconds_from_now(next_try(0, None)) <= 0.1


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (typed(Unreachable), True),
        (typed(RateLimited), True),
        (typed(OutcomeUnknown), True),
        (typed(NotAuthorized), True),
        (typed(Rejected), False),
        (typed(ConfigError), False),
        (typed(Gone), False),
        (typed(LeaseTooShort), False),
    ],
    ids=lambda one: type(one).__name__ if isinstance(one, SyncError) else "",
)
def test_only_what_says_something_about_the_account_concerns_it(
    error: SyncError, expected: bool
) -> None:
    assert concerns_account(error) is expected


def test_a_refusal_whose_table_row_pauses_concerns_the_account() -> None:
    error = typed(ConfigError)
    error.pauses_account = True
    assert concerns_account(error) is True


def test_a_wrong_setting_of_the_whole_account_leaves_the_row_pending(
    order: Order, attempt: Attempt
) -> None:
    error = typed(ConfigError)
    error.pauses_account = True
    settle(order, error, attempt)
    assert (order.sync_status, order.tries, order.failure_kind) == ("pending", 0, "")
