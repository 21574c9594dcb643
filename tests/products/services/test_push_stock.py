"""push_stock: what Shopify can sell is what TikTok offers, one call a listing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from products.models import Link, Listing, ListingSku, ListingTask
from products.services import keep_in_step, listing_tasks
from products.services.push_stock import PushStock
from tests.factories import Pair, make_pair, pass_time, set_columns, stored_order
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tests.products.services.listing_stage import Kind, Stage, tasks, the_task
from tiktoksync.errors import (
    NotAuthorized,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unreachable,
)
from tiktoksync.runs.models import Run
from tiktoksync.sync import leases
from tiktoksync.sync.flows import Budget
from tiktoksync.sync.models import Attempt

STEM = "push_stock"


@pytest.fixture
def stage(pair: Pair, tiktok: FakeTikTok) -> Stage:
    return Stage(pair, tiktok)


def ask(*listings: Listing, run: Run | None = None) -> None:
    shop = listings[0].shop
    keys = [listing.pk for listing in listings]
    listing_tasks.ask(shop, keys, Kind.STOCK, reason="stock_changed", run=run)


def bodies(tiktok: FakeTikTok) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(arguments[0], arguments[1]) for arguments in tiktok.arguments("update_inventory")]


# --- what is told --------------------------------------------------------------------------------


def test_all_linked_skus_of_a_listing_go_in_one_call(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", "M", "L", stock=7)
    ask(listing)
    assert work(STEM).worked == 1
    assert bodies(tiktok) == [
        (
            "171",
            [
                {"id": "29S", "inventory": [{"warehouse_id": "W1", "quantity": 7}]},
                {"id": "29M", "inventory": [{"warehouse_id": "W1", "quantity": 7}]},
                {"id": "29L", "inventory": [{"warehouse_id": "W1", "quantity": 7}]},
            ],
        )
    ]
    sku = stage.sku("M")
    assert (sku.sent_quantity, sku.quantity) == (7, 7)
    assert sku.inventory == [{"warehouse_id": "W1", "quantity": 7}]
    assert sku.quantity_sent_at is not None
    assert tasks(Kind.STOCK) == [("171", "synced", "")]


def test_thirty_skus_and_two_listings_are_two_calls(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    first = stage.sell(*(f"A{n}" for n in range(30)), product_id="171")
    second = stage.sell(*(f"B{n}" for n in range(30)), product_id="172")
    ask(first, second)
    work(STEM)
    assert [len(skus) for _, skus in bodies(tiktok)] == [30, 30]
    assert tiktok.called() == ["update_inventory", "update_inventory"]


def test_only_what_differs_is_told(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("S", "M", stock=7)
    set_columns(stage.sku("S"), inventory=[{"warehouse_id": "W1", "quantity": 7}], quantity=7)
    ask(listing)
    work(STEM)
    assert [[sku["id"] for sku in skus] for _, skus in bodies(tiktok)] == [["29M"]]


def test_what_is_right_already_is_not_told(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    ask(stage.sell("S", stock=7, shown=7))
    work(STEM)
    assert tiktok.calls == []
    assert tasks(Kind.STOCK) == [("171", "skipped", "already_right")]


def test_none_left_is_told_as_zero(stage: Stage, work: Work) -> None:
    ask(stage.sell("S", stock=0, shown=3))
    work(STEM)
    assert stage.shows("S") == {"W1": 0}


def test_a_locked_sku_is_left_alone(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("S", "M", stock=7)
    set_columns(stage.sku("S"), stock_locked=True)
    ask(listing)
    work(STEM)
    assert (stage.shows("S"), stage.shows("M")) == ({"W1": 0}, {"W1": 7})
    assert stage.sku("S").sent_quantity is None


def test_an_unlinked_sku_of_a_linked_listing_is_left_alone(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", "M", stock=7)
    Link.objects.filter(tiktok_sku_id="29S").delete()
    ask(listing)
    work(STEM)
    assert [[sku["id"] for sku in skus] for _, skus in bodies(tiktok)] == [["29M"]]


@pytest.mark.parametrize(
    ("columns", "cause"),
    [
        ({"status": "DELETED"}, "listing_gone"),
        ({"status": "FREEZE"}, "state"),
        ({"status": "PLATFORM_DEACTIVATED"}, "state"),
    ],
)
def test_a_listing_that_takes_no_stock_is_left_out(
    stage: Stage, tiktok: FakeTikTok, work: Work, columns: dict[str, Any], cause: str
) -> None:
    listing = stage.sell("S")
    ask(listing)
    set_columns(listing, **columns)
    work(STEM)
    assert tiktok.calls == []
    assert tasks(Kind.STOCK) == [("171", "skipped", cause)]


@pytest.mark.parametrize("status", ["DRAFT", "PENDING", "FAILED", "SELLER_DEACTIVATED", ""])
def test_stock_is_told_in_every_other_state(stage: Stage, work: Work, status: str) -> None:
    ask(stage.sell("S", stock=4, status=status))
    work(STEM)
    assert stage.shows("S") == {"W1": 4}


def test_unlinked_locked_and_unknown_listings_are_left_out(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    one = stage.sell("A", product_id="171", is_linked=False)
    two = stage.sell("B", product_id="172")
    set_columns(stage.sku("B"), stock_locked=True)
    three = stage.sell("C", product_id="173", stock=None)
    ask(one, two, three)
    work(STEM)
    assert tiktok.calls == []
    assert tasks(Kind.STOCK) == [
        ("171", "skipped", "not_linked"),
        ("172", "skipped", "locked"),
        ("173", "skipped", "unknown_stock"),
    ]


def test_with_the_rule_off_only_a_run_pushes(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("S", stock=5)
    stage.rules(push_stock=False)
    ask(listing)
    work(STEM)
    assert (tiktok.calls, tasks(Kind.STOCK)) == ([], [("171", "skipped", "rule_off")])
    ask(listing, run=_run(stage.pair, "running"))
    work(STEM)
    assert stage.shows("S") == {"W1": 5}


def test_a_cancelled_run_pushes_nothing(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("S", stock=5)
    stage.rules(push_stock=False)
    run = _run(stage.pair, "running")
    ask(listing, run=run)
    set_columns(run, status="cancelled")
    work(STEM)
    assert (tiktok.calls, tasks(Kind.STOCK)) == ([], [("171", "skipped", "cancelled")])


def _run(pair: Pair, status: str) -> Run:
    return Run.objects.create(
        merchant=pair.merchant, shop=pair.shop, kind=Run.Kind.STOCK, status=status
    )


# --- warehouses ----------------------------------------------------------------------------------


def test_the_chosen_warehouse_gets_the_figure_and_the_others_keep_theirs(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    """What the others show is asked for first: what is known here may be old."""
    listing = stage.sell("S", stock=7, shown=1, warehouses=("W1", "W2"))
    stage.rules(warehouse_id="W1")
    tiktok.shelf.products["171"]["skus"][0]["inventory"][1]["quantity"] = 5
    ask(listing)
    work(STEM)
    assert tiktok.called() == ["search_inventory", "update_inventory"]
    assert stage.shows("S") == {"W1": 7, "W2": 5}
    assert stage.sku("S").quantity == 12
    assert stage.sku("S").sent_quantity == 7


def test_with_several_warehouses_one_has_to_be_chosen(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    ask(stage.sell("S", stock=7, warehouses=("W1", "W2")))
    work(STEM)
    assert tiktok.calls == []
    assert tasks(Kind.STOCK) == [("171", "failed", "warehouse_not_chosen")]
    task = the_task(Kind.STOCK)
    assert task.failure_kind == "config"
    assert task.failure_reason == (
        "TikTok keeps it in several warehouses, and none is chosen for Shopify's stock. Choose the "
        "warehouse in the shop's product settings; then push the stock again."
    )


def test_the_shops_only_warehouse_is_named_where_the_listing_names_none(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", stock=7, shown=None)
    set_columns(stage.pair.shop, warehouses=[{"id": "W9", "name": "Hall", "is_default": True}])
    ask(listing)
    work(STEM)
    assert bodies(tiktok)[0][1][0]["inventory"] == [{"warehouse_id": "W9", "quantity": 7}]


def test_a_warehouse_nobody_knows_is_not_named(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    ask(stage.sell("S", stock=7, shown=None))
    work(STEM)
    assert bodies(tiktok)[0][1][0]["inventory"] == [{"quantity": 7}]
    assert stage.sku("S").quantity == 7


def test_warehouses_that_were_not_known_are_asked_for(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", stock=7)
    shelf = tiktok.shelf.products["171"]["skus"][0]
    shelf["inventory"].append({"warehouse_id": "W2", "quantity": 3})
    tiktok.fail("update_inventory", Rejected("Send all warehouses.", code="12019028"))
    ask(listing)
    work(STEM)
    assert tiktok.called() == ["update_inventory", "search_inventory", "update_inventory"]
    assert stage.shows("S") == {"W1": 7, "W2": 3}
    assert tasks(Kind.STOCK) == [("171", "synced", "")]


def test_if_that_does_not_help_either_it_is_told(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("update_inventory", Rejected("Send all warehouses.", code="12019028"), times=2)
    ask(stage.sell("S", stock=7))
    work(STEM)
    assert tiktok.count("update_inventory") == 2
    assert tasks(Kind.STOCK) == [("171", "failed", "12019028")]


# --- units that TikTok may have sold -------------------------------------------------------------


def shows_fewer(stage: Stage, sku: str, shown: int) -> None:
    """The mirror has read that TikTok shows fewer than it was told."""
    row = stage.sku(sku)
    inventory = [{"warehouse_id": "W1", "quantity": shown}]
    set_columns(row, inventory=inventory, quantity=shown, seen_at=timezone.now())


def test_fewer_on_tiktok_are_an_order_until_the_orders_were_read(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    """Told again at once, the unit of an order that is not read yet would be sold twice."""
    listing = stage.sell("RED", stock=10, shown=10)
    set_columns(stage.sku("RED"), sent_quantity=10)
    set_columns(stage.pair.shop, last_poll_at=timezone.now() - timedelta(seconds=30))
    shows_fewer(stage, "RED", 9)
    keep_in_step.listings_changed(stage.pair.shop, [listing.pk])
    work(STEM)
    assert tiktok.calls == []
    task = the_task(Kind.STOCK)
    assert (task.sync_status, task.wait_reason) == ("pending", "orders")
    stored_order(stage.pair.shop)  # it was an order
    set_columns(task, next_attempt_at=None)
    work(STEM)
    assert tiktok.calls == []
    assert tasks(Kind.STOCK) == [("171", "skipped", "already_right")]


@pytest.mark.parametrize("how", ["orders read", "long ago", "by hand"])
def test_fewer_on_tiktok_without_an_order_are_set_right(stage: Stage, work: Work, how: str) -> None:
    listing = stage.sell("RED", stock=10, shown=10)
    set_columns(stage.sku("RED"), sent_quantity=10)
    shows_fewer(stage, "RED", 4)
    ask(listing, run=_run(stage.pair, "running") if how == "by hand" else None)
    if how == "orders read":
        set_columns(stage.pair.shop, last_poll_at=timezone.now())
    if how == "long ago":
        set_columns(the_task(Kind.STOCK), asked_at=timezone.now() - timedelta(seconds=301))
    work(STEM)
    assert stage.shows("RED") == {"W1": 10}


def test_one_sku_that_waits_does_not_keep_the_others(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", "M", stock=10, shown=10)
    set_columns(stage.sku("S"), sent_quantity=10)
    shows_fewer(stage, "S", 9)
    stage.stock("M", 2)
    ask(listing)
    work(STEM)
    assert [[sku["id"] for sku in skus] for _, skus in bodies(tiktok)] == [["29M"]]
    task = the_task(Kind.STOCK)
    assert (task.sync_status, task.wait_reason) == ("pending", "orders")
    set_columns(stage.pair.shop, last_poll_at=timezone.now())
    set_columns(task, next_attempt_at=None)
    work(STEM)
    assert (stage.shows("S"), tasks(Kind.STOCK)) == ({"W1": 10}, [("171", "synced", "")])


# --- refusals and silence ------------------------------------------------------------------------


def test_a_refused_sku_is_named_and_the_others_are_told(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", "M", stock=7)
    tiktok.shelf.refused_ids["29S"] = Rejected("It is not allowed.", code="12052901")
    ask(listing)
    work(STEM)
    assert (stage.shows("S"), stage.shows("M")) == ({"W1": 0}, {"W1": 7})
    assert (stage.sku("S").sent_quantity, stage.sku("M").sent_quantity) == (None, 7)
    task = the_task(Kind.STOCK)
    assert (task.sync_status, task.failure_kind, task.failure_code) == (
        *("failed", "rejected"),
        "12052901",
    )
    assert task.failure_reason == "TikTok refused the stock of 1 SKU. S: It is not allowed."
    listing.refresh_from_db()
    assert listing.detail_wanted_at is not None


def test_many_refused_skus_are_counted(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("A", "B", "C", "D", "E", stock=7)
    for sku in "ABCDE":
        tiktok.shelf.refused_ids[f"29{sku}"] = Rejected("No.", code="1")
    ask(listing)
    work(STEM)
    assert the_task(Kind.STOCK).failure_reason == (
        "TikTok refused the stock of 5 SKUs. A: No. B: No. C: No. And 2 SKUs more."
    )


def test_a_sku_that_is_refused_for_a_while_is_told_again(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", "M", stock=7)
    tiktok.shelf.refused_ids["29S"] = Unreachable("Later.", code="12001000")
    ask(listing)
    work(STEM)
    assert tasks(Kind.STOCK) == [("171", "pending", "")]
    tiktok.shelf.refused_ids.clear()
    pass_time(60)
    ListingTask.objects.update(next_attempt_at=None)
    work(STEM)
    assert [[sku["id"] for sku in skus] for _, skus in bodies(tiktok)] == [
        ["29S", "29M"],
        ["29S"],
    ]
    assert tasks(Kind.STOCK) == [("171", "synced", "")]


@pytest.mark.parametrize("code", ["12019024", "12052055"])
@pytest.mark.parametrize("whole", [True, False], ids=["the call", "the SKU"])
def test_a_refused_zero_is_explained(
    stage: Stage, tiktok: FakeTikTok, work: Work, code: str, whole: bool
) -> None:
    listing = stage.sell("S", stock=0, shown=3)
    error = Rejected("TikTok Shop does not accept the number.", code=code)
    if whole:
        tiktok.fail("update_inventory", error)
    else:
        tiktok.shelf.refused_ids["29S"] = error
    ask(listing)
    work(STEM)
    task = the_task(Kind.STOCK)
    assert (task.sync_status, task.failure_code) == ("failed", code)
    assert "TikTok does not take a stock of 0 for S." in task.failure_reason
    assert stage.sku("S").sent_quantity is None


def test_after_an_unclear_answer_everything_is_sent_again(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    """The first may have had its effect: what the mirror shows is not believed then."""
    listing = stage.sell("S", stock=7, shown=9)
    tiktok.fail("update_inventory", OutcomeUnknown("Unclear."), after_effect=True)
    ask(listing)
    work(STEM)
    assert (tasks(Kind.STOCK), stage.sku("S").sent_quantity) == ([("171", "pending", "")], None)
    stage.stock("S", 9)  # by now the figure is the one that TikTok showed before
    ListingTask.objects.update(next_attempt_at=None)
    work(STEM)
    assert stage.shows("S") == {"W1": 9}
    assert [skus[0]["inventory"][0]["quantity"] for _, skus in bodies(tiktok)] == [7, 9]
    task = the_task(Kind.STOCK)
    assert (task.sync_status, task.in_doubt_since) == ("synced", None)


def test_a_doubt_outlasts_a_task_that_is_left_out(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    """What TikTok shows is unknown until it is told again, however long that is put off."""
    listing = stage.sell("S", stock=7, shown=9)
    tiktok.fail("update_inventory", OutcomeUnknown("Unclear."), after_effect=True)
    ask(listing)
    work(STEM)
    stage.rules(push_stock=False)
    ListingTask.objects.update(next_attempt_at=None)
    work(STEM)
    assert tasks(Kind.STOCK) == [("171", "skipped", "rule_off")]
    stage.rules(push_stock=True)
    stage.stock("S", 9)
    ask(listing)
    work(STEM)
    assert (stage.shows("S"), tasks(Kind.STOCK)) == ({"W1": 9}, [("171", "synced", "")])


@pytest.mark.parametrize(
    "error",
    [
        RateLimited("Slow down.", retry_after=3),
        Unreachable("Away."),
        NotAuthorized("Not now.", account_reason="unavailable"),
    ],
    ids=lambda one: type(one).__name__,
)
def test_a_shop_that_cannot_be_called_lets_them_wait(
    stage: Stage, tiktok: FakeTikTok, work: Work, error: Exception
) -> None:
    tiktok.fail("update_inventory", error)
    ask(stage.sell("S", stock=7))
    work(STEM)
    assert tasks(Kind.STOCK) == [("171", "pending", "")]
    pass_time(120)
    ListingTask.objects.update(next_attempt_at=None)
    work(STEM)
    assert (stage.shows("S"), tasks(Kind.STOCK)) == ({"W1": 7}, [("171", "synced", "")])


def test_a_product_that_is_gone_is_said_so_and_read_again(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", stock=7)
    tiktok.shelf.products.clear()
    ask(listing)
    work(STEM)
    assert tasks(Kind.STOCK) == [("171", "failed", "12052032")]
    listing.refresh_from_db()
    assert listing.detail_wanted_at is not None


def test_a_bug_of_ours_is_kept_on_the_row(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.fail("update_inventory", ZeroDivisionError())
    ask(stage.sell("S", stock=7))
    with pytest.raises(ZeroDivisionError):
        work(STEM)
    task = the_task(Kind.STOCK)
    assert (task.failure_kind, task.in_doubt_since is not None) == ("internal", True)


# --- news meanwhile ------------------------------------------------------------------------------


def test_news_during_the_call_are_told_by_another_one(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", stock=7)

    def news() -> None:
        item = stage.stock("S", 2)
        keep_in_step.stock_changed(stage.pair.store, [item])

    tiktok.during("update_inventory", news)
    ask(listing)
    work(STEM)
    assert [skus[0]["inventory"][0]["quantity"] for _, skus in bodies(tiktok)] == [7, 2]
    assert stage.shows("S") == {"W1": 2}
    task = the_task(Kind.STOCK)
    assert (task.sync_status, task.asked_again) == ("synced", False)


def test_news_during_a_refused_call_get_a_try_of_their_own(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", stock=0, shown=3)
    tiktok.fail("update_inventory", Rejected("No.", code="12052055"), after_effect=True)

    def news() -> None:
        keep_in_step.stock_changed(stage.pair.store, [stage.stock("S", 4)])

    tiktok.during("update_inventory", news)
    ask(listing)
    work(STEM)
    assert stage.shows("S") == {"W1": 4}
    assert tasks(Kind.STOCK) == [("171", "synced", "")]


@pytest.mark.parametrize("own_lease", [True, False])
def test_a_second_worker_finds_nothing_to_do(
    stage: Stage, tiktok: FakeTikTok, work: Work, own_lease: bool
) -> None:
    """The lane has one worker; and were there two, the claim keeps them apart."""
    listing = stage.sell("S", stock=7)

    def second() -> None:
        if own_lease:
            assert work(STEM).busy
            return
        flow, lease = PushStock.load(stage.pair.shop.pk), leases.acquire("another")
        assert flow is not None
        assert lease is not None
        assert flow.run(lease, Budget()).worked == 0

    tiktok.during("update_inventory", second)
    ask(listing)
    work(STEM)
    assert tiktok.count("update_inventory") == 1
    assert tasks(Kind.STOCK) == [("171", "synced", "")]


def test_a_late_answer_changes_nothing(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("S", stock=7)

    def overtaken() -> None:
        task = the_task(Kind.STOCK)
        set_columns(task, attempt_number=task.attempt_number + 1)

    tiktok.during("update_inventory", overtaken)
    ask(listing)
    work(STEM)
    assert stage.sku("S").sent_quantity is None
    assert Attempt.objects.get().outcome == "superseded"


def test_other_shops_tasks_stay(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    other = make_pair("Ben")
    ask(Stage(other, tiktok).sell("S", stock=7, product_id="999"))
    work(STEM)
    assert (tiktok.calls, tasks(Kind.STOCK)) == ([], [("999", "pending", "")])


def test_a_missing_sku_of_the_mirror_is_not_told(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", "M", stock=7)
    set_columns(stage.sku("S"), gone_at=timezone.now() - timedelta(days=1))
    ask(listing)
    work(STEM)
    assert [[sku["id"] for sku in skus] for _, skus in bodies(tiktok)] == [["29M"]]
    assert ListingSku.objects.get(seller_sku="S").sent_quantity is None
