"""backfill_orders: a preview that creates nothing, then only the gap, and nothing twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orders.models import Order, StatusChange
from orders.services.backfill_orders import begin_backfill
from tests.factories import (
    Pair,
    history,
    link_sku,
    order_body,
    pass_time,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, FakeTikTok, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.runs.services.runs import RunConflict
from tiktoksync.sync.flows import Budget

STEM = "backfill_orders"
FROM = datetime.fromtimestamp(build.CREATED, UTC)
TO = FROM + timedelta(days=30)
UNCLEAR = OutcomeUnknown("Shopify did not give a clear answer.", code="http_502")


def number(place: int) -> str:
    return str(576461413038785000 + place)


def old(place: int, status: str = "AWAITING_SHIPMENT", **fields: Any) -> dict[str, Any]:
    """An order placed so many hours after the first."""
    body: dict[str, Any] = order_body(
        number(place), status, create_time=build.CREATED + 3600 * place, **fields
    )
    return body


@pytest.fixture(autouse=True)
def started_late(pair: Pair) -> None:
    """The shop was connected long after these orders were placed; its product is linked."""
    set_columns(pair.shop, sync_from=TO + timedelta(days=30))
    link_sku(pair)


@pytest.fixture
def run(pair: Pair) -> Run:
    return begin_backfill(pair.shop, FROM, TO)


def causes(run: Run, *states: str) -> dict[str, int]:
    run.refresh_from_db()
    return {group["cause"]: group["count"] for group in run.groups(*states)}


def until_done(run: Run, work: Work) -> None:
    """Let the lanes work until the run has ended."""
    for _ in range(40):
        work(STEM)
        work("push_orders")
        run.refresh_from_db()
        if not run.is_active:
            return
        pass_time(31)
        Run.objects.update(next_step_at=datetime(2026, 1, 1, tzinfo=UTC))
    raise AssertionError("it never ends")


def preview(run: Run, work: Work) -> None:
    until_done(run, work)
    assert run.status == "ready", run.message


def start(run: Run, work: Work) -> None:
    runs.start_run(run)
    until_done(run, work)
    assert run.status == "finished", run.message


def as_other_app(shopify: FakeShopify, place: int) -> Any:
    """Another connector's order, which carries the TikTok order's id as a tag."""
    from decimal import Decimal

    return shopify.add({"tags": ["TikTok", number(place)], "lineItems": []}, Decimal("10"))


# --- preview -------------------------------------------------------------------------------------


def test_the_preview_counts_by_cause_and_creates_nothing(
    pair: Pair, run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(
        *(old(place) for place in range(4)),
        old(4, "ON_HOLD", recipient_address={}),
        *(old(place, "CANCELLED") for place in (5, 6)),
        *(old(place, "DELIVERED") for place in (7, 8, 9)),
        old(10, "UNPAID"),
        old(11, fulfillment_type="FULFILLMENT_BY_TIKTOK"),
        old(12, order_type="SOMETHING_NEW"),
        old(13, line_items=[]),
    )
    as_other_app(shopify, 0)
    stored_order(pair.shop, number(1), "ON_HOLD", create_time=build.CREATED + 10**8)
    before = set(Order.objects.values_list("tiktok_order_id", flat=True))
    preview(run, work)
    assert causes(run, "waiting") == {"missing": 2, "already_in_shopify": 1, "missing_on_hold": 1}
    assert causes(run, "skipped") == {
        "already_here": 1,
        "cancelled": 2,
        "already_past_shipment": 3,
        "unpaid": 1,
        "excluded_fulfilled_by_tiktok": 1,
        "unknown_order_type": 1,
        "unreadable": 1,
    }
    assert (run.total, run.left, run.done, run.failed) == (14, 4, 0, 0)
    assert set(Order.objects.values_list("tiktok_order_id", flat=True)) == before
    assert shopify.count("create_order") == 0


def test_only_orders_of_the_dates_are_read(run: Run, tiktok: FakeTikTok, work: Work) -> None:
    early = order_body(number(90), create_time=build.CREATED - 1)
    late = order_body(number(91), create_time=int(TO.timestamp()))
    tiktok.place(early, old(1), late)
    preview(run, work)
    assert list(run.items.values_list("remote_id", flat=True)) == [number(1)]


def test_an_order_skipped_for_its_age_alone_is_missing(
    pair: Pair, run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(old(1))
    order = stored_order(pair.shop, number(1), create_time=build.CREATED + 3600)
    assert (order.sync_status, order.skip_reason) == ("skipped", "before_sync_from")
    preview(run, work)
    assert causes(run, "waiting") == {"missing": 1}
    start(run, work)
    order.refresh_from_db()
    assert (order.sync_status, order.approved_at) == ("synced", None)
    assert shopify.count("create_order") == 1


def test_pages_are_walked_and_asked_for_in_batches(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(*(old(place) for place in range(120)))
    preview(run, work)
    assert causes(run, "waiting") == {"missing": 120}
    assert tiktok.count("search_orders") == 3
    sizes = [len(ids) for (ids,) in shopify.arguments("find_marked_orders")]
    assert sizes == [10] * 12


def test_a_preview_goes_on_with_the_page_it_stood_at(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(*(old(place) for place in range(120)))
    work(STEM, Budget(seconds=0.0))
    assert tiktok.count("search_orders") == 0
    shopify.fail("find_marked_orders", ZeroDivisionError("killed in the second page"), times=1)
    shopify.calls.clear()
    with pytest.raises(ZeroDivisionError):
        work(STEM)
    run.refresh_from_db()
    assert (run.stumbles, run.status, run.items.count()) == (1, "preparing", 0)
    preview(run, work)
    assert (run.total, run.stumbles) == (120, 0)


def test_a_stale_page_token_starts_again_at_the_last_order(
    run: Run, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.place(*(old(place) for place in range(120)))
    tiktok.during("search_orders", lambda: tiktok.fail("search_orders", Rejected("Stale token.")))
    preview(run, work)
    assert run.total == 120
    assert tiktok.count("search_orders") == 4


def test_a_refused_search_ends_the_run_in_tiktoks_words(
    run: Run, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("search_orders", Rejected("TikTok refused it: no such dates.", code="36009004"))
    work(STEM)
    run.refresh_from_db()
    assert (run.status, run.message) == ("failed", "TikTok refused it: no such dates.")


@pytest.mark.parametrize("side", ["search_orders", "find_marked_orders"])
@pytest.mark.parametrize(
    "error", [Unreachable("Away."), RateLimited("Slower.", retry_after=7.0)], ids=["away", "429"]
)
def test_an_account_that_wants_rest_is_given_it(
    pair: Pair,
    run: Run,
    tiktok: FakeTikTok,
    shopify: FakeShopify,
    work: Work,
    side: str,
    error: Exception,
) -> None:
    tiktok.place(old(1))
    platform: Any = tiktok if side == "search_orders" else shopify
    platform.fail(side, error)
    work(STEM)
    run.refresh_from_db()
    pair.refresh()
    tired, other = (pair.shop, pair.store) if platform is tiktok else (pair.store, pair.shop)
    assert tired.paused_until is not None
    assert other.paused_until is None
    assert (run.status, run.stumbles, run.next_step_at) == ("preparing", 0, tired.paused_until)
    preview(run, work)
    assert run.total == 1


def test_a_paused_store_is_not_asked(
    pair: Pair, run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    set_columns(pair.store, paused_until=datetime(2999, 1, 1, tzinfo=UTC))
    tiktok.place(old(1))
    work(STEM)
    assert shopify.calls == []


def test_a_cancelled_preview_stops(run: Run, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.place(*(old(place) for place in range(120)))
    tiktok.during("search_orders", lambda: runs.cancel_run(Run.objects.get()) and None)
    work(STEM)
    run.refresh_from_db()
    assert (run.status, run.items.count()) == ("cancelled", 0)
    assert tiktok.count("search_orders") == 1


# --- only the gap --------------------------------------------------------------------------------


def test_a_started_run_creates_what_is_missing_and_tells_how_each_ended(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(
        *(old(place) for place in range(45)),
        old(46, "ON_HOLD", recipient_address={}),
        old(47, "CANCELLED"),
    )
    preview(run, work)
    start(run, work)
    assert causes(run, "done") == {"created": 45}
    assert (run.total, run.done, run.left) == (47, 45, 0)
    held = run.items.get(remote_id=number(46))
    assert (held.state, held.cause) == ("skipped", "on_hold")
    assert held.words.startswith("On hold at TikTok")
    assert shopify.count("create_order") == 45
    assert len({order.identifier for order in shopify.orders.values()}) == 45
    done = run.items.filter(state="done").first()
    assert done is not None
    assert done.words.startswith("Shopify order #1")
    assert not Order.objects.filter(tiktok_order_id=number(47)).exists(), "only the gap is stored"


def test_an_order_that_cannot_be_made_is_told_and_tried_again(
    pair: Pair, run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(old(1), old(2, lines=[build.unit("9", "BLUE")]))
    preview(run, work)
    runs.start_run(run)
    for _ in range(3):
        work(STEM)
        for stem in ("push_orders", "link_skus"):
            work(stem)
        pass_time(31)
        Run.objects.update(next_step_at=datetime(2026, 1, 1, tzinfo=UTC))
    until_done(run, work)
    assert causes(run, "failed") == {"sku_unlinked": 1}
    failed = run.items.get(state="failed")
    assert failed.words.startswith("Not linked to a Shopify product: BLUE.")

    link_sku(pair, "BLUE", 42)
    runs.retry_run(run)
    until_done(run, work)
    assert (run.status, run.done, run.failed) == ("finished", 2, 0)
    assert shopify.count("create_order") == 2


def test_another_apps_order_is_named_and_left_alone(
    pair: Pair, run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(old(1), old(2))
    made = as_other_app(shopify, 1)
    preview(run, work)
    start(run, work)
    order = Order.objects.get(tiktok_order_id=number(1))
    assert (order.sync_status, order.skip_reason) == ("skipped", "already_in_shopify")
    assert (order.shopify_order_name, order.shopify_order_id) == (made.name, "")
    assert StatusChange.objects.filter(
        order=order, reason=f"Already in Shopify as {made.name}, made by another app."
    ).exists()
    assert shopify.count("create_order") == 1
    assert run.items.get(remote_id=number(1)).cause == "already_in_shopify"


def test_another_app_that_was_quicker_than_the_start_is_respected(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(old(1))
    preview(run, work)
    assert causes(run, "waiting") == {"missing": 1}
    as_other_app(shopify, 1)
    start(run, work)
    assert Order.objects.get().skip_reason == "already_in_shopify"
    assert shopify.count("create_order") == 0


def test_our_own_order_is_taken_over_without_another(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    """As after the loss of the database."""
    from decimal import Decimal

    tiktok.place(old(1))
    made = shopify.add(
        {"metafields": [{"value": number(1)}], "sourceIdentifier": number(1), "lineItems": []},
        Decimal("10"),
    )
    preview(run, work)
    assert causes(run, "waiting") == {"ours_in_shopify": 1}
    start(run, work)
    order = Order.objects.get()
    assert (order.sync_status, order.shopify_order_id) == ("synced", made.gid)
    assert shopify.count("create_order") == 0


def test_an_order_that_was_shipped_since_the_preview_is_left_out(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(old(1), old(2))
    preview(run, work)
    tiktok.change(number(1), status="IN_TRANSIT")
    start(run, work)
    item = run.items.get(remote_id=number(1))
    assert (item.state, item.cause) == ("skipped", "already_past_shipment")
    assert [order.identifier for order in shopify.orders.values()] == [number(2)]


def test_an_order_shipped_between_storing_and_creating_is_not_created(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work, pair: Pair
) -> None:
    from orders.services.store_orders import store_page

    tiktok.place(old(1))
    preview(run, work)
    runs.start_run(run)
    work(STEM)
    store_page(pair.shop, [tiktok.change(number(1), status="IN_TRANSIT")])
    until_done(run, work)
    assert Order.objects.get().skip_reason == "already_past_shipment"
    assert shopify.count("create_order") == 0


def test_the_start_is_the_click_that_orders_wait_for_when_nothing_goes_by_itself(
    pair: Pair, run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    pair.shop.rules.auto_sync = False
    pair.shop.rules.save()
    tiktok.place(old(1))
    preview(run, work)
    start(run, work)
    assert Order.objects.get().sync_status == "synced"
    assert shopify.count("create_order") == 1


def test_an_id_that_tiktok_no_longer_knows_stops_nobody(
    run: Run, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.place(*(old(place) for place in range(5)))
    preview(run, work)
    del tiktok.orders[number(3)]
    tiktok.unknown_ids_fail = True
    start(run, work)
    assert (run.done, run.skipped) == (4, 1)
    assert run.items.get(remote_id=number(3)).cause == "gone"


# --- killed half-way -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get_orders", "find_marked_orders"])
def test_a_run_that_dies_in_a_batch_goes_on_without_doubles(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work, method: str
) -> None:
    tiktok.place(*(old(place) for place in range(45)))
    preview(run, work)
    runs.start_run(run)
    platform: Any = tiktok if method == "get_orders" else shopify
    platform.fail(method, ZeroDivisionError("killed"))
    with pytest.raises(ZeroDivisionError):
        work(STEM)
    run.refresh_from_db()
    assert (run.stumbles, Order.objects.count()) == (1, 0)
    until_done(run, work)
    assert (run.status, run.done) == ("finished", 45)
    assert Order.objects.count() == shopify.count("create_order") == 45


def test_a_run_that_dies_every_time_is_given_up_with_words(
    run: Run, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.place(old(1))
    tiktok.fail("search_orders", ZeroDivisionError("ours"), times=9)
    for _ in range(5):
        with pytest.raises(ZeroDivisionError):
            work(STEM)
        Run.objects.update(next_step_at=datetime(2026, 1, 1, tzinfo=UTC))
    work(STEM)
    run.refresh_from_db()
    assert run.status == "failed"
    assert "stopped several times" in run.message
    assert tiktok.count("search_orders") == 5


def test_a_cancelled_run_leaves_the_rest_alone_and_can_go_on(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(*(old(place) for place in range(45)))
    preview(run, work)
    runs.start_run(run)
    tiktok.during("get_orders", lambda: None)
    tiktok.during("get_orders", lambda: runs.cancel_run(Run.objects.get()) and None)
    work(STEM)
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert Order.objects.count() == 20
    runs.retry_run(run)
    until_done(run, work)
    assert (run.status, run.done) == ("finished", 45)
    assert shopify.count("create_order") == 45


def test_an_unclear_create_is_still_exactly_one_order(
    run: Run, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    tiktok.place(old(1))
    preview(run, work)
    shopify.fail("create_order", UNCLEAR, after_effect=True)
    start(run, work)
    assert (len(shopify.orders), run.done) == (1, 1)


# --- beginning -----------------------------------------------------------------------------------


def test_the_dates_have_to_make_sense(pair: Pair) -> None:
    for since, until in ((TO, FROM), (FROM, FROM), (datetime.now(UTC) + timedelta(days=1), TO)):
        with pytest.raises(RunConflict):
            begin_backfill(pair.shop, since, until)
    assert not Run.objects.exists()


def test_the_future_is_cut_off_and_the_lane_woken(pair: Pair, wakes: Wakes) -> None:
    before = datetime.now(UTC).timestamp()
    run = begin_backfill(pair.shop, FROM, datetime(2999, 1, 1, tzinfo=UTC))
    now = datetime.now(UTC).timestamp()
    assert now - 5 < run.wish["to"] <= now + 1
    assert run.wish["to"] >= before, "the second that has begun belongs to it"
    assert (STEM, pair.shop.pk) in wakes.lanes


def test_history_tells_who_asked(run: Run, tiktok: FakeTikTok, work: Work, pair: Pair) -> None:
    tiktok.place(old(1))
    order = stored_order(pair.shop, number(1), create_time=build.CREATED + 3600)
    preview(run, work)
    start(run, work)
    assert history(order)[:2] == [("", "skipped"), ("skipped", "pending")]
    line = StatusChange.objects.get(order=order, before="skipped")
    assert (line.actor, line.reason) == ("merchant", "Asked for by a backfill.")
