"""push_listing_states: on and off sale, up to twenty in a call, by hand and by rule."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from products.models import Link, Listing, ListingTask, Product
from products.services import keep_in_step, listing_tasks
from tests.factories import Pair, set_columns
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tests.products.services.listing_stage import Kind, Stage, tasks, the_task
from tiktoksync.errors import OutcomeUnknown, Rejected, Unreachable
from tiktoksync.runs.models import Run

STEM = "push_listing_states"
ON, OFF = "activate", "deactivate"


@pytest.fixture
def stage(pair: Pair, tiktok: FakeTikTok) -> Stage:
    stage = Stage(pair, tiktok)
    stage.rules(push_stock=False)
    return stage


def ask(state: str, *listings: Listing, reason: str = "run", run: Run | None = None) -> None:
    keys = [listing.pk for listing in listings]
    shop = listings[0].shop
    listing_tasks.ask(shop, keys, Kind.STATE, reason=reason, wanted_state=state, run=run)


def shown(tiktok: FakeTikTok, product_id: str = "171") -> str:
    return str(tiktok.shelf.products[product_id]["status"])


# --- by hand -------------------------------------------------------------------------------------


def test_twenty_go_in_one_call(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listings = [stage.sell(f"S{n}", product_id=f"17{n:02}") for n in range(43)]
    ask(OFF, *listings)
    work(STEM)
    assert [len(ids) for (ids,) in tiktok.arguments("deactivate_products")] == [20, 20, 3]
    assert {one["status"] for one in tiktok.shelf.products.values()} == {"SELLER_DEACTIVATED"}
    assert {status for _, status, _ in tasks(Kind.STATE)} == {"synced"}


def test_those_to_put_on_and_those_to_take_off_go_apart(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    on = stage.sell("A", product_id="171", status="SELLER_DEACTIVATED")
    off = stage.sell("B", product_id="172")
    ask(ON, on)
    ask(OFF, off)
    work(STEM)
    assert sorted(tiktok.calls) == [
        ("activate_products", (("171",),)),
        ("deactivate_products", (("172",),)),
    ]


def test_a_refused_one_is_told_on_its_own_row(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listings = [stage.sell(f"S{n}", product_id=f"17{n}") for n in range(3)]
    tiktok.shelf.refused_ids["171"] = Rejected("It is in a promotion.", code="12052038")
    ask(OFF, *listings)
    work(STEM)
    assert tasks(Kind.STATE) == [
        ("170", "synced", ""),
        ("171", "failed", "12052038"),
        ("172", "synced", ""),
    ]
    assert shown(tiktok, "171") == "ACTIVATE"


def test_one_that_spoils_the_whole_call_does_not_spoil_the_others(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listings = [stage.sell(f"S{n}", product_id=f"17{n}") for n in range(3)]
    refused = Rejected("No.", code="36009004")
    tiktok.fail("deactivate_products", refused, times=2)
    ask(OFF, *listings)
    work(STEM)
    assert [len(ids) for (ids,) in tiktok.arguments("deactivate_products")] == [3, 1, 1, 1]
    assert [status for _, status, _ in tasks(Kind.STATE)] == ["failed", "synced", "synced"]


@pytest.mark.parametrize(
    ("state", "status", "cause"),
    [
        (ON, "ACTIVATE", "already_right"),
        (OFF, "SELLER_DEACTIVATED", "already_right"),
        (ON, "PLATFORM_DEACTIVATED", "state"),
        (ON, "FREEZE", "state"),
        (ON, "DRAFT", "state"),
        (ON, "PENDING", "state"),
        (OFF, "FAILED", "state"),
        (OFF, "DELETED", "listing_gone"),
    ],
)
def test_what_cannot_be_switched_is_left_out(
    stage: Stage, tiktok: FakeTikTok, work: Work, state: str, status: str, cause: str
) -> None:
    ask(state, stage.sell("S", status=status))
    work(STEM)
    assert tiktok.calls == []
    assert tasks(Kind.STATE) == [("171", "skipped", cause)]


def test_what_it_is_now_tiktok_says(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    """The mirror is not guessed: putting on sale may start a review."""
    listing = stage.sell("S", status="SELLER_DEACTIVATED")
    ask(ON, listing)
    work(STEM)
    listing.refresh_from_db()
    assert listing.status == "SELLER_DEACTIVATED"
    assert listing.detail_wanted_at is not None
    ask(OFF, listing)  # asked before the mirror knows that it is on sale
    set_columns(listing, status="SELLER_DEACTIVATED")
    work(STEM)
    assert shown(tiktok) == "SELLER_DEACTIVATED"


def test_a_cancelled_run_switches_nothing(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    run = Run.objects.create(
        merchant=stage.pair.merchant,
        shop=stage.pair.shop,
        kind=Run.Kind.STATE,
        status=Run.Status.CANCELLED,
    )
    ask(OFF, stage.sell("S"), run=run)
    work(STEM)
    assert (tiktok.calls, tasks(Kind.STATE)) == ([], [("171", "skipped", "cancelled")])


@pytest.mark.parametrize("mirrored", [True, False])
@pytest.mark.parametrize(("took_effect", "calls"), [(True, 1), (False, 2)])
def test_after_an_unclear_answer_it_is_looked_at_first(
    stage: Stage, tiktok: FakeTikTok, work: Work, took_effect: bool, calls: int, mirrored: bool
) -> None:
    error = OutcomeUnknown("Unclear.")
    tiktok.fail("deactivate_products", error, after_effect=took_effect)
    listing = stage.sell("S")
    ask(OFF, listing)
    work(STEM)
    assert tasks(Kind.STATE) == [("171", "pending", "")]
    if mirrored:
        set_columns(listing, status=shown(tiktok))
    ListingTask.objects.update(next_attempt_at=None)
    work(STEM)
    assert tiktok.count("get_product") == 1
    assert tiktok.count("deactivate_products") == calls
    assert (tasks(Kind.STATE), shown(tiktok)) == ([("171", "synced", "")], "SELLER_DEACTIVATED")


def test_what_is_switched_already_is_no_failure(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    """Somebody was faster, in Seller Center: TikTok refuses to switch it again."""
    listing = stage.sell("S")
    tiktok.shelf.products["171"]["status"] = "SELLER_DEACTIVATED"
    tiktok.shelf.refused_ids["171"] = Rejected("Its status does not allow it.", code="12052901")
    ask(OFF, listing)
    work(STEM)
    assert tiktok.called() == ["deactivate_products", "get_product"]
    assert tasks(Kind.STATE) == [("171", "synced", "")]


def test_a_state_that_does_not_allow_it_is_a_failure_with_its_words(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S")
    tiktok.shelf.products["171"]["status"] = "FREEZE"
    tiktok.shelf.refused_ids["171"] = Rejected("Its status does not allow it.", code="12052901")
    ask(OFF, listing)
    work(STEM)
    assert tiktok.called() == ["deactivate_products", "get_product"]
    task = the_task(Kind.STATE)
    assert (task.sync_status, task.failure_code) == ("failed", "12052901")
    assert task.failure_reason == "Its status does not allow it."
    assert task.in_doubt_since is None


def test_a_shop_that_is_away_lets_them_wait(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.fail("deactivate_products", Unreachable("Away."))
    ask(OFF, stage.sell("S"), stage.sell("T", product_id="172"))
    work(STEM)
    assert [status for _, status, _ in tasks(Kind.STATE)] == ["pending", "pending"]
    assert shown(tiktok) == "ACTIVATE"


def test_another_wish_during_the_call_is_done_after_it(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S")
    tiktok.during("deactivate_products", lambda: ask(ON, listing))
    ask(OFF, listing)
    work(STEM)
    # Once the mirror has read it, the newer wish is done.
    assert the_task(Kind.STATE).wanted_state == ON
    set_columns(listing, status="SELLER_DEACTIVATED")
    ask(ON, listing)
    work(STEM)
    assert shown(tiktok) == "ACTIVATE"


# --- by rule -------------------------------------------------------------------------------------


@pytest.fixture
def ruled(stage: Stage) -> Stage:
    stage.rules(auto_deactivate=True)
    return stage


def product_is(stage: Stage, status: str) -> None:
    """The mirror has news of every product."""
    Product.objects.update(status=status, gone_at=None)
    if status == "gone":
        Product.objects.update(gone_at=timezone.now())
    ids = list(Product.objects.values_list("pk", flat=True))
    keep_in_step.products_changed(stage.pair.store, ids)


def mirror(stage: Stage, listing: Listing, *, later: float = 0) -> None:
    """The mirror reads the listing, as TikTok last changed it."""
    set_columns(
        listing,
        status=shown(stage.tiktok),
        detail_wanted_at=None,
        changed_at=timezone.now() + timedelta(seconds=later - 5),
    )
    keep_in_step.listings_changed(stage.pair.shop, [listing.pk])


@pytest.mark.parametrize("status", ["ARCHIVED", "DRAFT", "gone"])
def test_a_listing_goes_off_sale_with_its_product_and_comes_back_with_it(
    ruled: Stage, tiktok: FakeTikTok, work: Work, status: str
) -> None:
    listing = ruled.sell("S")
    product_is(ruled, status)
    work(STEM)
    assert shown(tiktok) == "SELLER_DEACTIVATED"
    mirror(ruled, listing)
    product_is(ruled, "ACTIVE")
    work(STEM)
    assert shown(tiktok) == "ACTIVATE"
    assert tiktok.called() == ["deactivate_products", "activate_products"]


def test_without_the_rule_it_stays_on_sale(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    stage.sell("S")
    product_is(stage, "ARCHIVED")
    work(STEM)
    assert (tiktok.calls, ListingTask.objects.count()) == ([], 0)


def test_a_draft_that_an_import_made_stays_on_sale(ruled: Stage) -> None:
    ruled.sell("S")
    Link.objects.update(origin=Link.Origin.IMPORTED)
    product_is(ruled, "DRAFT")
    assert ListingTask.objects.count() == 0
    product_is(ruled, "ARCHIVED")
    assert the_task(Kind.STATE).wanted_state == OFF


def test_an_unlisted_product_stays_on_sale(ruled: Stage, work: Work) -> None:
    ruled.sell("S")
    product_is(ruled, "UNLISTED")
    assert ListingTask.objects.count() == 0


def test_a_listing_that_still_has_something_to_sell_stays_on_sale(
    ruled: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = ruled.sell("S", "M")
    other = Product.objects.create(
        store=ruled.pair.store, shopify_product_id="gid://shopify/Product/9", status="ARCHIVED"
    )
    set_columns(ruled.variant("S", "171", 1, "1"), product=other)
    keep_in_step.products_changed(ruled.pair.store, [other.pk])
    work(STEM)
    assert (tiktok.calls, listing.status) == ([], "ACTIVATE")


@pytest.mark.parametrize("status", ["SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED", "FREEZE"])
def test_what_others_took_off_sale_stays_off(
    ruled: Stage, tiktok: FakeTikTok, work: Work, status: str
) -> None:
    ruled.sell("S", status=status)
    product_is(ruled, "ARCHIVED")
    product_is(ruled, "ACTIVE")
    work(STEM)
    assert tiktok.calls == []


def test_what_a_run_took_off_sale_stays_off(ruled: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = ruled.sell("S")
    ask(OFF, listing)
    work(STEM)
    mirror(ruled, listing)
    product_is(ruled, "ARCHIVED")
    product_is(ruled, "ACTIVE")
    work(STEM)
    assert tiktok.called() == ["deactivate_products"]


def test_what_tiktok_took_off_after_us_stays_off(
    ruled: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = ruled.sell("S")
    product_is(ruled, "ARCHIVED")
    work(STEM)
    tiktok.shelf.products["171"]["status"] = "PLATFORM_DEACTIVATED"
    mirror(ruled, listing)
    product_is(ruled, "ACTIVE")
    work(STEM)
    assert tiktok.called() == ["deactivate_products"]
    assert the_task(Kind.STATE).reason == "product_inactive", "it is not asked for"


def test_what_somebody_put_on_sale_again_is_left_like_that(
    ruled: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = ruled.sell("S")
    product_is(ruled, "ARCHIVED")
    work(STEM)
    tiktok.shelf.products["171"]["status"] = "ACTIVATE"
    mirror(ruled, listing, later=60)
    product_is(ruled, "ARCHIVED")
    work(STEM)
    assert tiktok.called() == ["deactivate_products"]
    assert the_task(Kind.STATE).reason == "put_back"
    # Taken off by hand again: it is no longer ours to put back.
    tiktok.shelf.products["171"]["status"] = "SELLER_DEACTIVATED"
    mirror(ruled, listing, later=90)
    product_is(ruled, "ACTIVE")
    work(STEM)
    assert tiktok.called() == ["deactivate_products"]
    assert ListingTask.objects.count() == 0


def test_after_that_the_rule_holds_anew(ruled: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = ruled.sell("S")
    product_is(ruled, "ARCHIVED")
    work(STEM)
    tiktok.shelf.products["171"]["status"] = "ACTIVATE"
    mirror(ruled, listing, later=60)
    product_is(ruled, "ACTIVE")
    product_is(ruled, "ARCHIVED")
    work(STEM)
    assert tiktok.called() == ["deactivate_products", "deactivate_products"]


def test_a_product_that_is_back_before_the_call_is_left_on_sale(
    ruled: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    ruled.sell("S")
    product_is(ruled, "ARCHIVED")
    product_is(ruled, "ACTIVE")
    work(STEM)
    assert (tiktok.calls, tasks(Kind.STATE)) == ([], [("171", "skipped", "already_right")])


def test_a_product_that_is_back_during_the_call_is_put_on_sale_again(
    ruled: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    ruled.sell("S")
    product_is(ruled, "ARCHIVED")
    tiktok.during("deactivate_products", lambda: product_is(ruled, "ACTIVE"))
    work(STEM)
    assert tiktok.called() == ["deactivate_products", "activate_products"]
    assert shown(tiktok) == "ACTIVATE"


def test_a_rule_that_was_switched_off_meanwhile_switches_nothing(
    ruled: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    ruled.sell("S")
    product_is(ruled, "ARCHIVED")
    ruled.rules(auto_deactivate=False)
    work(STEM)
    assert (tiktok.calls, tasks(Kind.STATE)) == ([], [("171", "skipped", "rule_off")])
