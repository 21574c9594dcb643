"""Runs of stock, prices and states: a preview by cause, then one task a listing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from products.models import ListingTask, Product, Variant
from products.services import listing_runs
from products.services.product_wishes import begin_push
from tests.factories import Pair, pass_time, set_columns
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tests.products.services.listing_stage import Kind, Stage, tasks
from tiktoksync.errors import Rejected, Unreachable
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs
from tiktoksync.runs.services.runs import RunConflict

FLOWS = {
    Run.Kind.STOCK: "push_stock",
    Run.Kind.PRICES: "push_prices",
    Run.Kind.STATE: "push_listing_states",
}


@pytest.fixture
def stage(pair: Pair, tiktok: FakeTikTok) -> Stage:
    return Stage(pair, tiktok)


def begin(pair: Pair, kind: Run.Kind = Run.Kind.STOCK, **how: Any) -> Run:
    which = how.pop("which", {})
    return begin_push(kind, pair.shop, which, **{"start": False, **how})


def preview(run: Run, work: Work) -> dict[str, int]:
    """Make the preview; returns how many listings stand under each cause."""
    work("product_runs")
    run.refresh_from_db()
    assert run.status == Run.Status.READY
    return {group["cause"]: group["count"] for group in run.counts}


def finish(run: Run, work: Work, rounds: int = 4) -> Run:
    """Let the run and its flow go on until it has ended."""
    for _ in range(rounds):
        pass_time(60)
        work("product_runs")
        work(FLOWS[Run.Kind(run.kind)])
    run.refresh_from_db()
    return run


def item(product_id: str) -> RunItem:
    return RunItem.objects.get(remote_id=product_id)


# --- previews ------------------------------------------------------------------------------------


def test_the_preview_of_stock_counts_by_cause_and_changes_nothing(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.sell("A", "B", stock=7, shown=2, product_id="171")
    stage.sell("C", stock=7, shown=7, product_id="172")
    stage.sell("D", stock=7, product_id="173")
    set_columns(stage.sku("D"), stock_locked=True)
    stage.sell("E", product_id="174", is_linked=False)
    stage.sell("F", stock=None, product_id="175")
    stage.sell("G", stock=7, product_id="176", status="FREEZE")
    stage.sell("H", stock=7, product_id="177", warehouses=("W1", "W2"))
    run = begin(stage.pair)
    assert preview(run, work) == {
        "changes": 1,
        "already_right": 1,
        "locked": 1,
        "not_linked": 1,
        "unknown_stock": 1,
        "state": 1,
        "warehouse_not_chosen": 1,
    }
    assert (run.total, run.left, run.skipped) == (7, 1, 6)
    assert (tiktok.calls, ListingTask.objects.count()) == ([], 0)
    told = item("171")
    assert (told.title, told.state) == ("Shirt 171", "waiting")
    rest = {"basis": "counted", "available": 7, "set_aside": 0}
    assert told.facts == {
        "changes": [
            {"sku": "A", "from": 2, "to": 7} | rest,
            {"sku": "B", "from": 2, "to": 7} | rest,
        ]
    }
    (issue,) = item("174").facts["issues"]
    assert issue == {
        "code": "not_linked",
        "words": "None of its SKUs is linked to a Shopify variant.",
        "fix": "Link its SKUs to Shopify variants.",
    }


def test_the_preview_of_prices_counts_by_cause(stage: Stage, work: Work) -> None:
    stage.sell("A", price="12.50", product_id="171")
    stage.sell("B", price="10.00", product_id="172")
    stage.sell("C", price="12.50", product_id="173", status="DRAFT")
    stage.sell("D", price="12.50", product_id="174", currency="GBP")
    stage.sell("E", price="0", product_id="175")
    run = begin(stage.pair, Run.Kind.PRICES)
    assert preview(run, work) == {
        "changes": 1,
        "already_right": 1,
        "not_on_sale": 1,
        "currency": 1,
        "no_price": 1,
    }
    assert item("171").facts["changes"] == [
        {"sku": "A", "from": "10.00", "to": "12.50", "currency": "USD"}
    ]


def test_the_preview_of_states_counts_by_cause(stage: Stage, work: Work) -> None:
    stage.sell("A", product_id="171")
    stage.sell("B", product_id="172", status="SELLER_DEACTIVATED", is_linked=False)
    stage.sell("C", product_id="173", status="PLATFORM_DEACTIVATED")
    run = begin(stage.pair, Run.Kind.STATE, state="activate")
    assert preview(run, work) == {"already_right": 1, "changes": 1, "state": 1}
    assert item("172").state == "waiting"


def test_a_large_preview_goes_piece_by_piece(
    stage: Stage, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing_runs, "PIECE", 2)
    for number in range(4):
        stage.sell(f"S{number}", stock=3, product_id=f"17{number}")
    assert preview(begin(stage.pair), work) == {"changes": 4}


def test_only_the_listings_that_are_meant_are_looked_at(stage: Stage, work: Work) -> None:
    for number in range(3):
        stage.sell(f"S{number}", stock=3, product_id=f"17{number}")
    run = begin(stage.pair, which={"listing_ids": ["171"]})
    assert preview(run, work) == {"changes": 1}
    assert list(run.items.values_list("remote_id", flat=True)) == ["171"]


def test_a_state_has_to_be_named(stage: Stage) -> None:
    stage.sell("S")
    with pytest.raises(RunConflict):
        begin(stage.pair, Run.Kind.STATE)
    assert Run.objects.count() == 0


# --- work ----------------------------------------------------------------------------------------


def test_a_run_tells_what_differs_and_ends(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    stage.rules(push_stock=False)  # somebody asks for it: the rule is for what goes by itself
    stage.sell("A", "B", stock=7, product_id="171")
    stage.sell("C", stock=7, shown=7, product_id="172")
    run = begin(stage.pair, start=True)
    finish(run, work)
    assert (run.status, run.done, run.skipped, run.failed) == ("finished", 1, 1, 0)
    assert tiktok.called() == ["update_inventory"]
    assert (stage.shows("A"), stage.shows("B")) == ({"W1": 7}, {"W1": 7})
    told = item("171")
    assert (told.state, told.cause, told.words) == ("done", "told", "TikTok has it.")


def test_prices_are_told_by_a_run_without_the_rule(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.sell("A", price="12.50", product_id="171")
    run = finish(begin(stage.pair, Run.Kind.PRICES, start=True), work)
    assert (run.status, run.done, stage.price_shown("A")) == ("finished", 1, "12.50")


def test_states_are_switched_by_a_run(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    for number in range(25):
        stage.sell(f"S{number}", product_id=f"17{number:02}")
    run = begin(stage.pair, Run.Kind.STATE, state="deactivate", start=True)
    finish(run, work)
    assert (run.status, run.done) == ("finished", 25)
    assert [len(ids) for (ids,) in tiktok.arguments("deactivate_products")] == [20, 5]


def test_with_nothing_to_do_it_ends_at_once(stage: Stage, work: Work) -> None:
    stage.sell("A", stock=7, shown=7)
    run = finish(begin(stage.pair, start=True), work, rounds=1)
    assert (run.status, run.message) == ("finished", "There was nothing to do.")
    assert ListingTask.objects.count() == 0


def test_what_is_refused_is_failed_and_can_be_tried_again(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.sell("A", stock=7, product_id="171")
    stage.sell("B", stock=7, product_id="172")
    tiktok.shelf.refused_ids["29A"] = Rejected("Not allowed.", code="12052901")
    run = finish(begin(stage.pair, start=True), work)
    assert (run.status, run.done, run.failed) == ("finished", 1, 1)
    failed = item("171")
    assert (failed.state, failed.cause) == ("failed", "12052901")
    assert failed.words == "TikTok refused the stock of 1 SKU. A: Not allowed."
    tiktok.shelf.refused_ids.clear()
    runs.retry_run(run)
    finish(run, work)
    assert (run.status, run.done, run.failed) == ("finished", 2, 0)
    assert stage.shows("A") == {"W1": 7}


def test_a_promotion_does_not_keep_the_run_open(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.sell("A", price="12.50")
    tiktok.fail("update_prices", Rejected("Locked.", code="12052038"))
    run = begin(stage.pair, Run.Kind.PRICES, start=True)
    work("product_runs")
    work("push_prices")
    Run.objects.update(next_step_at=timezone.now())
    work("product_runs")
    run.refresh_from_db()
    assert (run.status, run.skipped) == ("finished", 1)
    waits = item("171")
    assert (waits.state, waits.cause) == ("skipped", "promotion")
    assert waits.facts["issues"][0]["fix"].startswith("Nothing to do: it is tried again by itself.")
    assert tasks(Kind.PRICES) == [("171", "pending", "")]


def test_a_shop_that_is_away_is_waited_for(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    stage.sell("A", stock=7)
    tiktok.fail("update_inventory", Unreachable("Away."))
    run = begin(stage.pair, start=True)
    work("product_runs")
    work("push_stock")
    run.refresh_from_db()
    assert (run.status, run.left) == ("running", 1)
    ListingTask.objects.update(next_attempt_at=None)
    finish(run, work)
    assert (run.status, run.done) == ("finished", 1)


def test_a_cancelled_run_sends_nothing_more(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    stage.sell("A", stock=7)
    stage.rules(push_stock=False)
    run = begin(stage.pair, start=True)
    work("product_runs")
    assert tasks(Kind.STOCK) == [("171", "pending", "")]
    runs.cancel_run(run)
    work("push_stock")
    work("product_runs")
    assert (tiktok.calls, tasks(Kind.STOCK)) == ([], [("171", "skipped", "cancelled")])


def test_a_run_that_is_cancelled_between_two_steps_hands_nothing_over(
    stage: Stage, work: Work
) -> None:
    stage.sell("A", stock=7)
    run = begin(stage.pair)
    preview(run, work)
    runs.start_run(run)
    cancelled = Run.objects.get(pk=run.pk)
    runs.cancel_run(cancelled)
    listing_runs.work_step(run, stage.pair.shop, None)  # type: ignore[arg-type]
    assert ListingTask.objects.count() == 0
    assert item("171").state == "waiting"


def test_a_listing_that_went_away_meanwhile_is_left_out(stage: Stage, work: Work) -> None:
    listing = stage.sell("A", stock=7)
    run = begin(stage.pair)
    preview(run, work)
    set_columns(listing, gone_at=timezone.now())
    runs.start_run(run)
    finish(run, work)
    assert (run.status, run.skipped, item("171").cause) == ("finished", 1, "listing_gone")


def test_what_became_right_meanwhile_is_left_out(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.sell("A", stock=7)
    run = begin(stage.pair)
    preview(run, work)
    stage.stock("A", 0)
    runs.start_run(run)
    finish(run, work)
    assert (tiktok.calls, run.status) == ([], "finished")
    assert (item("171").state, item("171").cause) == ("skipped", "already_right")


def test_the_newest_price_is_told_and_not_the_previewed_one(stage: Stage, work: Work) -> None:
    stage.sell("A", price="12.50")
    run = begin(stage.pair, Run.Kind.PRICES)
    preview(run, work)
    Variant.objects.update(price=Decimal("13.00"))
    runs.start_run(run)
    finish(run, work)
    assert stage.price_shown("A") == "13.00"


def test_the_preview_asks_the_database_a_fixed_number_of_questions(
    stage: Stage, work: Work, django_assert_max_num_queries: Any
) -> None:
    stage.rules()
    for number in range(50):
        stage.sell(f"S{number}", stock=7, product_id=f"17{number:02}")
    run = begin(stage.pair)
    runs.take_step(run)
    with django_assert_max_num_queries(20):
        listing_runs.prepare_step(run, stage.pair.shop, None)  # type: ignore[arg-type]
    assert Product.objects.count() == run.total == 50
