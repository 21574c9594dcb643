"""Runs: one of a kind at a time, moved by conditional updates, counted from their items."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import Pair, make_pair
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.runs.services.runs import RunConflict

State = RunItem.State


@pytest.fixture
def pair(db: None) -> Pair:
    return make_pair()


@pytest.fixture
def run(pair: Pair) -> Run:
    return runs.begin_run(Run.Kind.BACKFILL, pair.shop, {"from": 1, "to": 2})


def add(run: Run, *states: str, cause: str = "") -> None:
    have = RunItem.objects.filter(run=run).count()
    runs.add_items(
        run,
        [
            RunItem(run=run, remote_id=str(have + number), state=state, cause=cause)
            for number, state in enumerate(states)
        ],
    )


def started(run: Run) -> Run:
    runs.make_ready(run, "")
    return runs.start_run(run)


def test_a_new_run_is_being_prepared_and_due(run: Run, pair: Pair) -> None:
    assert (run.status, run.merchant, run.wish) == (
        "preparing",
        pair.merchant,
        {"from": 1, "to": 2},
    )
    assert run.is_active
    assert run.next_step_at is not None
    assert run.next_step_at <= timezone.now()


def test_a_shop_has_one_active_run_of_a_kind(run: Run, pair: Pair) -> None:
    with pytest.raises(RunConflict, match="under way"):
        runs.begin_run(Run.Kind.BACKFILL, pair.shop, {})
    assert Run.objects.count() == 1
    runs.begin_run(Run.Kind.STOCK, pair.shop, {})


def test_a_newer_preview_replaces_one_that_nobody_started(run: Run, pair: Pair) -> None:
    runs.make_ready(run, "")
    newer = runs.begin_run(Run.Kind.BACKFILL, pair.shop, {})
    run.refresh_from_db()
    assert (run.status, newer.status) == ("cancelled", "preparing")
    assert run.message == "Replaced by a newer preview."


def test_items_are_counted_by_state_and_cause(run: Run) -> None:
    add(run, State.WAITING, State.WAITING, cause="missing")
    add(run, State.SKIPPED, cause="cancelled")
    add(run, State.DONE, State.FAILED, State.WORKING)
    runs.count_items(run)
    run.refresh_from_db()
    assert (run.total, run.done, run.failed, run.skipped, run.left) == (6, 1, 1, 1, 3)
    assert run.groups("waiting") == [{"state": "waiting", "cause": "missing", "count": 2}]
    assert [group["count"] for group in run.groups("waiting", "skipped")] == [2, 1]


def test_an_item_is_held_once(run: Run) -> None:
    for state in (State.SKIPPED, State.WAITING):
        runs.add_items(run, [RunItem(run=run, remote_id="1", state=state)])
    assert RunItem.objects.get().state == "skipped"


# --- starting, cancelling, trying again ----------------------------------------------------------


def test_a_ready_run_starts_once(run: Run) -> None:
    add(run, State.WAITING, State.SKIPPED)
    started(run)
    assert (run.status, run.to_do, run.left, run.percent) == ("running", 1, 1, 0)
    with pytest.raises(RunConflict, match="cannot be started: it is running"):
        runs.start_run(Run.objects.get())


def test_a_run_that_is_not_ready_is_not_started(run: Run) -> None:
    add(run, State.WAITING)
    with pytest.raises(RunConflict, match="preparing the preview"):
        runs.start_run(run)
    assert Run.objects.get().status == "preparing"


def test_a_run_without_anything_to_do_is_not_started(run: Run) -> None:
    add(run, State.SKIPPED)
    runs.make_ready(run, "")
    with pytest.raises(RunConflict, match="nothing is missing"):
        runs.start_run(run)
    assert Run.objects.get().status == "ready"


@pytest.mark.parametrize("status", ["preparing", "ready", "running"])
def test_a_run_is_cancelled_between_two_steps(run: Run, status: str) -> None:
    Run.objects.update(status=status)
    run.refresh_from_db()
    assert runs.take_step(run) is (status != "ready")
    runs.cancel_run(Run.objects.get())
    assert not runs.end_step(run, database_now(), {"token": "2"})
    stored = Run.objects.get()
    assert (stored.status, stored.cursor, stored.next_step_at) == ("cancelled", {}, None)
    with pytest.raises(RunConflict, match="it is cancelled"):
        runs.cancel_run(stored)


def test_what_failed_is_taken_up_again(run: Run) -> None:
    add(run, State.WAITING, State.SKIPPED)
    add(run, State.FAILED, State.FAILED, cause="sku_unlinked")
    runs.make_ready(run, "")
    runs.start_run(run)
    RunItem.objects.filter(state="waiting").update(state="done")
    runs.finish_run(run, "Done.")
    runs.retry_run(run)
    assert (run.status, run.to_do, run.left, run.done) == ("running", 2, 2, 1)
    assert set(RunItem.objects.filter(state="waiting").values_list("cause", flat=True)) == {""}


def test_a_run_without_failures_has_nothing_to_try_again(run: Run) -> None:
    add(run, State.WAITING)
    started(run)
    RunItem.objects.update(state="done")
    runs.finish_run(run, "Done.")
    with pytest.raises(RunConflict, match="nothing to try again"):
        runs.retry_run(run)
    assert Run.objects.get().status == "finished"


def test_a_preview_is_not_tried_again(run: Run) -> None:
    runs.fail_run(run, "TikTok refused it.")
    with pytest.raises(RunConflict, match="cannot be retried"):
        runs.retry_run(run)


# --- steps ---------------------------------------------------------------------------------------


def test_a_step_that_dies_is_taken_up_again_and_not_for_ever(run: Run) -> None:
    for number in range(1, 6):
        assert runs.take_step(run)
        run.refresh_from_db()
        assert run.stumbles == number
        assert run.next_step_at is not None
        assert 50 < (run.next_step_at - timezone.now()).total_seconds() <= 60
    assert not runs.take_step(run)
    assert run.status == "failed"
    assert "stopped several times" in run.message


def test_a_step_that_ends_forgets_the_stumbles(run: Run) -> None:
    runs.take_step(run)
    now = database_now()
    assert runs.end_step(run, now, {"token": "2"})
    run.refresh_from_db()
    assert (run.stumbles, run.cursor, run.next_step_at) == (0, {"token": "2"}, now)


def test_the_time_left_follows_from_the_pace_so_far(run: Run) -> None:
    add(run, *[State.SKIPPED] * 5, *[State.WAITING] * 10)
    started(run)
    assert run.seconds_left is None
    RunItem.objects.filter(remote_id__in=["5", "6", "7", "8"]).update(state="done")
    runs.count_items(run)
    run.started_at = timezone.now() - timedelta(seconds=8)
    assert (run.got_through, run.left, run.percent, run.seconds_left) == (4, 6, 40, 12)
