"""push_prices: Shopify's prices by the shop's rules, one call a listing, on sale only."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from products.models import Listing, ListingTask, Variant
from products.services import keep_in_step, listing_tasks
from tests.factories import Pair, seconds_from_now, set_columns
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tests.products.services.listing_stage import Kind, Stage, tasks, the_task
from tiktoksync.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.runs.models import Run

STEM = "push_prices"


@pytest.fixture
def stage(pair: Pair, tiktok: FakeTikTok) -> Stage:
    stage = Stage(pair, tiktok)
    stage.rules(push_prices=True)
    return stage


def ask(*listings: Listing, run: Run | None = None) -> None:
    keys = [listing.pk for listing in listings]
    listing_tasks.ask(listings[0].shop, keys, Kind.PRICES, reason="product_changed", run=run)


def bodies(tiktok: FakeTikTok) -> list[tuple[str, list[dict[str, Any]]]]:
    return [(arguments[0], arguments[1]) for arguments in tiktok.arguments("update_prices")]


def make_run(pair: Pair, status: str = "running") -> Run:
    return Run.objects.create(
        merchant=pair.merchant, shop=pair.shop, kind=Run.Kind.PRICES, status=status
    )


def test_the_prices_of_a_listing_go_in_one_call(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    """(10 + 15 %) + 0.20 = 11.70, rounded up to 11.99; 9.00 on the second listing."""
    stage.rules(price_percent=Decimal(15), price_add=Decimal("0.20"), price_rounding="99")
    ask(stage.sell("S", "M", price="10.00"))
    assert work(STEM).worked == 1
    price = {"amount": "11.99", "currency": "USD"}
    assert bodies(tiktok) == [
        ("171", [{"id": "29S", "price": price}, {"id": "29M", "price": price}])
    ]
    sku = stage.sku("S")
    assert (sku.sent_price, sku.price, sku.currency) == (Decimal("11.99"), Decimal("11.99"), "USD")
    assert sku.price_sent_at is not None
    assert tasks(Kind.PRICES) == [("171", "synced", "")]


def test_a_currency_without_cents_is_told_without(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(stage.pair.store, currency="VND")
    set_columns(stage.pair.shop, region="VN")
    ask(stage.sell("S", price="168000.00", shown_price="150000", currency="VND"))
    work(STEM)
    assert bodies(tiktok)[0][1] == [{"id": "29S", "price": {"amount": "168000", "currency": "VND"}}]


def test_only_what_differs_is_told(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("S", "M", price="12.50")
    set_columns(stage.sku("S"), price=Decimal("12.5000"))
    ask(listing)
    work(STEM)
    assert [[sku["id"] for sku in skus] for _, skus in bodies(tiktok)] == [["29M"]]


def test_locked_skus_and_those_without_a_price_are_left_alone(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", "M", "L", "XL", price="12.50")
    set_columns(stage.sku("S"), price_locked=True)
    Variant.objects.filter(sku="M").update(price=None)
    Variant.objects.filter(sku="L").update(price=Decimal(0))
    ask(listing)
    work(STEM)
    assert [[sku["id"] for sku in skus] for _, skus in bodies(tiktok)] == [["29XL"]]


@pytest.mark.parametrize(
    ("spoil", "cause"),
    [
        ("status", "not_on_sale"),
        ("deleted", "listing_gone"),
        ("unlinked", "not_linked"),
        ("locked", "locked"),
        ("unpriced", "no_price"),
        ("currency", "currency"),
        ("right", "already_right"),
        ("rule", "rule_off"),
    ],
)
def test_what_cannot_be_told_is_left_out_under_its_cause(
    stage: Stage, tiktok: FakeTikTok, work: Work, spoil: str, cause: str
) -> None:
    listing = stage.sell("S", price="12.50", is_linked=spoil != "unlinked")
    if spoil in ("status", "deleted"):
        set_columns(listing, status="DELETED" if spoil == "deleted" else "SELLER_DEACTIVATED")
    elif spoil == "locked":
        set_columns(stage.sku("S"), price_locked=True)
    elif spoil == "unpriced":
        Variant.objects.update(price=None)
    elif spoil == "currency":
        set_columns(stage.pair.store, currency="EUR")
    elif spoil == "right":
        set_columns(stage.sku("S"), price=Decimal("12.50"))
    elif spoil == "rule":
        stage.rules(push_prices=False)
    ask(listing)
    work(STEM)
    assert tiktok.calls == []
    assert tasks(Kind.PRICES) == [("171", "skipped", cause)]
    assert stage.sku("S").sent_price is None


def test_with_the_rule_off_a_run_pushes_all_the_same(stage: Stage, work: Work) -> None:
    listing = stage.sell("S", price="12.50")
    stage.rules(push_prices=False)
    ask(listing, run=make_run(stage.pair))
    work(STEM)
    assert stage.price_shown("S") == "12.50"


def test_a_cancelled_run_pushes_nothing(stage: Stage, tiktok: FakeTikTok, work: Work) -> None:
    listing = stage.sell("S", price="12.50")
    stage.rules(push_prices=False)
    ask(listing, run=make_run(stage.pair, "cancelled"))
    work(STEM)
    assert (tiktok.calls, tasks(Kind.PRICES)) == ([], [("171", "skipped", "cancelled")])


def test_a_price_of_zero_by_the_rules_is_not_told(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    stage.rules(price_percent=Decimal(-100))
    ask(stage.sell("S", price="12.50"))
    work(STEM)
    assert (tiktok.calls, tasks(Kind.PRICES)) == ([], [("171", "skipped", "no_price")])


@pytest.mark.parametrize("code", ["12052038", "12019045"])
def test_a_promotion_is_waited_for(stage: Stage, tiktok: FakeTikTok, work: Work, code: str) -> None:
    tiktok.fail("update_prices", Rejected("The price is locked.", code=code))
    ask(stage.sell("S", price="12.50"))
    work(STEM)
    task = the_task(Kind.PRICES)
    assert (task.sync_status, task.wait_reason) == ("pending", "promotion")
    assert 3500 < seconds_from_now(task.next_attempt_at) <= 3600
    keep_in_step.products_changed(stage.pair.store, [Variant.objects.get().product_id])
    work(STEM)
    assert tiktok.count("update_prices") == 1
    set_columns(task, next_attempt_at=timezone.now())
    work(STEM)
    assert (stage.price_shown("S"), tasks(Kind.PRICES)) == ("12.50", [("171", "synced", "")])


def test_after_an_unclear_answer_the_newest_price_is_sent(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("update_prices", OutcomeUnknown("Unclear."), after_effect=True)
    ask(stage.sell("S", price="12.50", shown_price="11.00"))
    work(STEM)
    assert tasks(Kind.PRICES) == [("171", "pending", "")]
    Variant.objects.update(price=Decimal("11.00"))
    ListingTask.objects.update(next_attempt_at=None)
    work(STEM)
    assert stage.price_shown("S") == "11.00"
    assert tasks(Kind.PRICES) == [("171", "synced", "")]


@pytest.mark.parametrize(
    "error",
    [RateLimited("Slow down.", retry_after=3), Unreachable("Away.")],
    ids=lambda one: type(one).__name__,
)
def test_a_shop_that_cannot_be_called_lets_them_wait(
    stage: Stage, tiktok: FakeTikTok, work: Work, error: Exception
) -> None:
    tiktok.fail("update_prices", error)
    ask(stage.sell("S", price="12.50"))
    work(STEM)
    assert tasks(Kind.PRICES) == [("171", "pending", "")]
    assert stage.sku("S").sent_price is None


def test_a_refusal_is_told_and_the_listing_read_again(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", price="12.50")
    tiktok.shelf.products["171"]["status"] = "FREEZE"
    ask(listing)
    work(STEM)
    task = the_task(Kind.PRICES)
    assert (task.sync_status, task.failure_kind, task.failure_code) == (
        *("failed", "rejected"),
        "12052901",
    )
    listing.refresh_from_db()
    assert listing.detail_wanted_at is not None
    assert stage.sku("S").sent_price is None


def test_news_during_the_call_are_told_by_another_one(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", price="12.50")

    def news() -> None:
        Variant.objects.update(price=Decimal("14.00"))
        keep_in_step.products_changed(stage.pair.store, [Variant.objects.get().product_id])

    tiktok.during("update_prices", news)
    ask(listing)
    work(STEM)
    assert [skus[0]["price"]["amount"] for _, skus in bodies(tiktok)] == ["12.50", "14.00"]


@pytest.mark.parametrize(("hours", "calls"), [(1, 0), (25, 1)])
def test_a_price_that_tiktok_shows_otherwise_is_told_again_once_a_day(
    stage: Stage, tiktok: FakeTikTok, work: Work, hours: int, calls: int
) -> None:
    """Where TikTok shows a price with the tax, telling it again and again would change nothing."""
    listing = stage.sell("S", price="12.50", shown_price="13.99")
    sent_at = timezone.now() - timedelta(hours=hours)
    set_columns(stage.sku("S"), sent_price=Decimal("12.50"), price_sent_at=sent_at)
    keep_in_step.listings_changed(stage.pair.shop, [listing.pk])
    work(STEM)
    assert tiktok.count("update_prices") == calls


def test_a_person_may_have_the_same_price_told_again(
    stage: Stage, tiktok: FakeTikTok, work: Work
) -> None:
    listing = stage.sell("S", price="12.50", shown_price="13.99")
    set_columns(stage.sku("S"), sent_price=Decimal("12.50"), price_sent_at=timezone.now())
    ask(listing, run=make_run(stage.pair))
    work(STEM)
    assert tiktok.count("update_prices") == 1
