"""Pauses of an account: never shortened, ended by success, endless without consent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import Pair, pass_time, seconds_from_now, set_columns
from tests.sync.fake_flow import typed
from tiktoksync.errors import (
    ConfigError,
    HeldBack,
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    SyncError,
    Unreachable,
)
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.sync import accounts


@pytest.fixture
def store(pair: Pair) -> ShopifyStore:
    return pair.store


def stored(store: ShopifyStore) -> ShopifyStore:
    return ShopifyStore.objects.get(pk=store.pk)


def pause_of(store: ShopifyStore) -> float:
    """Seconds until calls may be made again, as the database has it."""
    return seconds_from_now(stored(store).paused_until)


# --- pausing -------------------------------------------------------------------------------------


def test_a_pause_is_stored_with_its_reason(store: ShopifyStore) -> None:
    until = accounts.pause(store, 30, "It was away.")
    assert 28 < seconds_from_now(until) <= 30
    row = stored(store)
    assert (row.paused_until, row.paused_reason) == (until, "It was away.")
    assert store.paused_until == until
    assert row.is_paused(timezone.now()) is True
    assert row.is_paused(until) is False


def test_a_longer_pause_is_never_shortened(store: ShopifyStore) -> None:
    long = accounts.pause(store, 300, "Frozen.")
    assert accounts.pause(ShopifyStore.objects.get(pk=store.pk), 5, "Busy.") == long
    row = stored(store)
    assert (row.paused_until, row.paused_reason) == (long, "Frozen.")


def test_a_pause_that_another_worker_made_longer_is_told_truly(store: ShopifyStore) -> None:
    stale = ShopifyStore.objects.get(pk=store.pk)
    long = accounts.pause(store, 300, "Frozen.")
    assert accounts.pause(stale, 5, "Busy.") == long
    assert stale.paused_until == long


def test_a_shorter_pause_is_made_longer(store: ShopifyStore) -> None:
    accounts.pause(store, 5, "Busy.")
    accounts.pause(store, 300, "Frozen.")
    assert pause_of(store) > 298
    assert stored(store).paused_reason == "Frozen."


def test_our_own_waits_follow_the_time_scale(store: ShopifyStore, settings: Any) -> None:
    settings.TIME_SCALE = 0.01
    accounts.pause(store, 300, "Away.")
    assert 1 < pause_of(store) <= 3


def test_pauses_have_an_end(store: ShopifyStore) -> None:
    accounts.pause(store, 10**6, "Away.")
    assert 890 < pause_of(store) <= 900


def test_a_reason_longer_than_its_column_is_cut(store: ShopifyStore) -> None:
    accounts.pause(store, 5, "x" * 300)
    assert stored(store).paused_reason == "x" * 200


# --- what went wrong -----------------------------------------------------------------------------


def test_the_platforms_own_wait_is_kept_to_the_second_and_not_scaled(
    store: ShopifyStore, settings: Any
) -> None:
    settings.TIME_SCALE = 0.01
    accounts.note_failure(store, typed(RateLimited, retry_after=20))
    assert 18 < pause_of(store) <= 20


def test_the_platforms_own_wait_is_kept_however_long(store: ShopifyStore) -> None:
    accounts.note_failure(store, typed(RateLimited, retry_after=3600))
    assert pause_of(store) > 3590


def test_a_platform_that_says_when_it_will_be_back_is_believed(
    store: ShopifyStore, settings: Any
) -> None:
    settings.TIME_SCALE = 0.01
    accounts.note_failure(store, typed(Unreachable, retry_after=20))
    assert 18 < pause_of(store) <= 20


def test_throttled_without_a_wait_pauses_shortly(store: ShopifyStore) -> None:
    accounts.note_failure(store, typed(RateLimited))
    assert 3 < pause_of(store) <= 5


def test_each_refusal_in_a_row_that_names_no_time_waits_longer(store: ShopifyStore) -> None:
    """An hour's quota that is used up must not be asked for all the time."""
    waits = []
    for _ in range(6):
        accounts.note_failure(store, typed(RateLimited))
        waits.append(round(pause_of(store)))
        pass_time(61)
        store.refresh_from_db()
    assert waits == [5, 10, 20, 40, 60, 60]


def test_calls_that_were_refused_together_count_as_one(store: ShopifyStore) -> None:
    for _ in range(8):
        accounts.note_failure(store, typed(RateLimited))
    assert 3 < pause_of(store) <= 5


def test_our_own_pace_pauses_nothing(store: ShopifyStore) -> None:
    held = HeldBack("Not so fast.", retry_after=3.0, pauses=False)
    until = accounts.note_failure(store, held)
    assert 2 < seconds_from_now(until) <= 3
    assert (stored(store).paused_until, stored(store).failures) == (None, 0)
    accounts.note_failure(store, HeldBack("Not so fast.", retry_after=30.0, pauses=True))
    assert 28 < pause_of(store) <= 30


def test_each_outage_in_a_row_waits_longer(store: ShopifyStore) -> None:
    waits = []
    for _ in range(6):
        accounts.note_failure(store, typed(Unreachable))
        waits.append(round(pause_of(store)))
        pass_time(1000)
        store.refresh_from_db()
    assert waits == [2, 5, 15, 30, 60, 60]


def test_each_refusal_in_a_row_waits_longer(store: ShopifyStore) -> None:
    waits = []
    for _ in range(5):
        accounts.note_failure(store, typed(NotAuthorized))
        waits.append(round(pause_of(store)))
        pass_time(1000)
        store.refresh_from_db()
    assert waits == [30, 60, 300, 900, 900]


@pytest.mark.parametrize("kind", [Unreachable, NotAuthorized])
def test_calls_that_were_under_way_together_count_as_one_failure(
    store: ShopifyStore, kind: type[SyncError]
) -> None:
    """Eight calls hit by one hiccup say no more than one of them."""
    first = accounts.note_failure(store, typed(kind))
    for _ in range(7):
        assert accounts.note_failure(store, typed(kind)) == first
    assert stored(store).failures == 1


def test_unclear_answers_pause_only_when_they_pile_up(store: ShopifyStore) -> None:
    assert accounts.note_failure(store, typed(OutcomeUnknown)) is None
    assert accounts.note_failure(store, typed(OutcomeUnknown)) is None
    assert stored(store).paused_until is None
    assert accounts.note_failure(store, typed(OutcomeUnknown)) is not None
    assert pause_of(store) > 0


def test_a_wrong_setting_of_the_whole_account_pauses_it(store: ShopifyStore) -> None:
    """A refused signature or app key: a hundred orders must not each discover it."""
    error = typed(ConfigError)
    error.pauses_account = True
    assert accounts.note_failure(store, error) is not None
    assert 28 < pause_of(store) <= 30
    assert stored(store).paused_reason == "It did not work."


# --- well again ----------------------------------------------------------------------------------


def test_success_ends_a_pause_that_is_over(store: ShopifyStore) -> None:
    accounts.note_failure(store, typed(Unreachable))
    pass_time(10)
    store.refresh_from_db()
    accounts.note_success(store)
    row = stored(store)
    assert (row.failures, row.paused_until, row.paused_reason) == (0, None, "")


def test_success_of_a_call_that_left_before_the_refusal_does_not_end_its_pause(
    store: ShopifyStore,
) -> None:
    """No call is made before the time the platform told."""
    until = accounts.note_failure(store, typed(RateLimited, retry_after=30))
    accounts.note_success(store)
    accounts.note_success(ShopifyStore.objects.get(pk=store.pk))
    row = stored(store)
    assert (row.paused_until, row.paused_reason) == (until, "It did not work.")


def test_a_well_account_is_not_written(store: ShopifyStore) -> None:
    set_columns(store, paused_reason="as it was")
    accounts.note_success(store)
    assert stored(store).paused_reason == "as it was"


# --- consent -------------------------------------------------------------------------------------


def test_without_consent_everything_waits_until_the_account_is_connected_again(
    store: ShopifyStore,
) -> None:
    accounts.lose_consent(store, "The app was removed.")
    row = stored(store)
    assert row.paused_reason == "The app was removed."
    assert row.is_paused(timezone.now() + timedelta(days=400)) is True
    accounts.note_success(store)
    row = stored(store)
    assert row.auth_lost_at is not None, "one late answer is no consent"
    assert row.paused_reason == "The app was removed."
    accounts.resume(store)
    row = stored(store)
    assert (row.auth_lost_at, row.paused_reason, row.failures) == (None, "", 0)
    assert row.is_paused(timezone.now()) is False


def test_resuming_ends_a_pause_at_once(store: ShopifyStore) -> None:
    accounts.pause(store, 900, "Frozen.")
    accounts.resume(store)
    assert store.is_paused(timezone.now()) is stored(store).is_paused(timezone.now()) is False
