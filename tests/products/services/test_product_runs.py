"""The lane of product runs: steps in turn, previews that go on or wait, accounts that rest."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from products.services import product_runs
from products.services.product_runs import Waits
from products.services.product_wishes import begin_link
from tests.factories import Pair, set_columns
from tiktoksync.errors import NotAuthorized, Rejected, SyncError, Unreachable
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.sync.leases import Lease

Step = Callable[[Run], None]
HERE = "tests.products.services.test_product_runs"
LATER = timedelta(hours=1)


class Script:
    """What the two steps do, and which were taken."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.prepare: Step = make_ready
        self.work: Step = finish


def prepare_step(run: Run, shop: Any, lease: Lease) -> None:
    script.taken.append("prepare")
    script.prepare(run)


def work_step(run: Run, shop: Any, lease: Lease) -> None:
    script.taken.append("work")
    script.work(run)


def make_ready(run: Run) -> None:
    runs.add_items(run, [RunItem(run=run, remote_id="1")])
    runs.make_ready(run, "")


def finish(run: Run) -> None:
    run.items.update(state=RunItem.State.DONE)
    runs.count_items(run)
    runs.finish_run(run, "All done.")


script = Script()


def raising(error: Exception) -> Step:
    def step(run: Run) -> None:
        raise error

    return step


@pytest.fixture(autouse=True)
def acted(monkeypatch: pytest.MonkeyPatch) -> Script:
    """The steps of link runs are played."""
    script.__init__()  # type: ignore[misc]
    monkeypatch.setitem(product_runs.MODULES, Run.Kind.LINK.value, HERE)
    return script


def begin(pair: Pair, *, start: bool) -> Run:
    return begin_link(pair.shop, start=start)


def test_a_preview_waits_for_a_word(pair: Pair, work: Any) -> None:
    run = begin(pair, start=False)
    assert work("product_runs").worked == 1
    run.refresh_from_db()
    assert (run.status, run.total, script.taken) == ("ready", 1, ["prepare"])
    work("product_runs")
    assert script.taken == ["prepare"]


def test_one_that_is_to_start_goes_on_by_itself(pair: Pair, work: Any) -> None:
    run = begin(pair, start=True)
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.done, script.taken) == ("finished", 1, ["prepare", "work"])
    assert run.message == "All done."


def test_with_nothing_to_do_it_ends_by_itself(pair: Pair, work: Any) -> None:
    script.prepare = lambda run: runs.make_ready(run, "") and None
    run = begin(pair, start=True)
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.message) == ("finished", "There was nothing to do.")
    assert script.taken == ["prepare"]


def test_a_step_that_cannot_go_on_is_taken_again_when_it_can(pair: Pair, work: Any) -> None:
    until = timezone.now() + LATER
    script.prepare = raising(Waits(until))
    run = begin(pair, start=True)
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.next_step_at, run.stumbles) == ("preparing", until, 0)
    work("product_runs")
    assert script.taken == ["prepare"]


def test_what_the_platform_refuses_for_good_ends_the_run_in_words(pair: Pair, work: Any) -> None:
    script.prepare = raising(Rejected("TikTok does not know this category.", code="12052023"))
    run = begin(pair, start=True)
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.message) == ("failed", "TikTok does not know this category.")
    pair.shop.refresh_from_db()
    assert pair.shop.paused_until is None


@pytest.mark.parametrize(
    "error",
    [Unreachable("TikTok Shop could not be reached."), NotAuthorized("The token is dead.")],
    ids=["unreachable", "not authorized"],
)
def test_while_the_account_rests_the_run_does(pair: Pair, work: Any, error: SyncError) -> None:
    script.prepare = raising(error)
    run = begin(pair, start=True)
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.stumbles, script.taken) == ("preparing", 0, ["prepare"])
    assert run.next_step_at is not None
    assert run.next_step_at > timezone.now()
    set_columns(pair.shop, paused_until=None, auth_lost_at=None)
    set_columns(run, next_step_at=timezone.now())
    script.prepare = make_ready
    work("product_runs")
    run.refresh_from_db()
    assert run.status == "finished"


def test_a_resting_shop_is_not_asked(pair: Pair, work: Any) -> None:
    begin(pair, start=True)
    set_columns(pair.shop, paused_until=timezone.now() + LATER)
    assert work("product_runs").worked == 0
    assert script.taken == []


def test_a_bug_is_raised_on_and_given_up_in_the_end(pair: Pair, work: Any) -> None:
    script.prepare = raising(RuntimeError("a bug"))
    run = begin(pair, start=True)
    for _ in range(runs.MOST_STUMBLES):
        with pytest.raises(RuntimeError):
            work("product_runs")
        set_columns(run, next_step_at=timezone.now())
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.message) == ("failed", runs.STUMBLED)
    assert script.taken == ["prepare"] * runs.MOST_STUMBLES


def test_the_run_that_waited_longest_comes_first(pair: Pair, work: Any) -> None:
    """Runs of several kinds take turns, step by step."""
    first = begin(pair, start=False)
    second = runs.begin_run(Run.Kind.STOCK, pair.shop, {"filter": {}, "start": False})
    set_columns(first, next_step_at=timezone.now())
    set_columns(second, next_step_at=datetime(2026, 1, 1, tzinfo=timezone.get_default_timezone()))
    seen: list[str] = []

    def note(run: Run) -> None:
        seen.append(run.kind)
        make_ready(run)

    script.prepare = note
    product_runs.MODULES[Run.Kind.STOCK.value], kept = (
        HERE,
        product_runs.MODULES[Run.Kind.STOCK.value],
    )
    try:
        work("product_runs")
    finally:
        product_runs.MODULES[Run.Kind.STOCK.value] = kept
    assert seen == ["stock", "link"]
