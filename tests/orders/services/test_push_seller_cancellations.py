"""push_seller_cancellations: what was cancelled in Shopify alone is offered, and sent once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from orders.aftersales_words import choose_reason
from orders.models import Cancellation, Order, SellerCancellation
from orders.services.answers import CannotAnswer, cancel_on_tiktok, leave_on_tiktok
from orders.services.offer_cancellations import offer_cancellation
from orders.services.store_orders import store_page
from tests.factories import (
    ORDER_ID,
    Pair,
    history,
    order_body,
    pass_time,
    set_columns,
    synced_order,
)
from tests.fake_aftersales import BUYER_ASKED, OUT_OF_STOCK
from tests.fakes import FakeTikTok, Wakes
from tests.orders.services.conftest import Work
from tiktoksync.errors import Gone, OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover
from tiktoksync.tiktok.aftersale_calls import CancelOptions

STEM = "push_seller_cancellations"
UNCLEAR = OutcomeUnknown("TikTok Shop did not give a clear answer.", code="http_502")
WRONG_PRICE = "seller_cancel_reason_wrong_price"


@pytest.fixture
def order(pair: Pair, tiktok: FakeTikTok) -> Order:
    """An order that somebody cancelled in Shopify, not told to TikTok yet."""
    order = synced_order(pair.shop)
    tiktok.place(order.raw)
    set_columns(order, shopify_cancelled_at=timezone.now())
    return order


@pytest.fixture
def row(order: Order) -> SellerCancellation:
    offer_cancellation(order, "INVENTORY")
    return SellerCancellation.objects.get()


@pytest.fixture
def auto(pair: Pair) -> None:
    pair.shop.rules.on_shopify_cancel = "auto"
    pair.shop.rules.save()


def state(row: SellerCancellation) -> str:
    row.refresh_from_db()
    return row.sync_status


def until_done(row: SellerCancellation, work: Work) -> str:
    for _ in range(30):
        work(STEM)
        if state(row) not in ("pending", "sending"):
            return row.sync_status
        pass_time(31)
    raise AssertionError("it never ends")


# --- offering ------------------------------------------------------------------------------------


def test_it_is_offered_with_the_reasons_that_tiktok_takes(
    row: SellerCancellation, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    assert (state(row), row.wait_reason) == ("held", "choose_reason")
    assert row.reasons == [
        {"name": WRONG_PRICE, "text": "Pricing error"},
        {"name": OUT_OF_STOCK, "text": "Out of stock"},
    ]
    assert tiktok.calls == [("cancel_options", (ORDER_ID,))]
    tiktok.calls.clear()
    pass_time(10_000)
    work(STEM)
    assert tiktok.calls == []
    assert history(order, "seller_cancellation")[0] == ("", "pending")
    assert history(order, "seller_cancellation")[-1] == ("pending", "held")


def test_the_chosen_reason_is_sent_once(
    row: SellerCancellation, order: Order, tiktok: FakeTikTok, work: Work, wakes: Wakes
) -> None:
    work(STEM)
    anna = User.objects.create_user("anna")
    wakes.lanes.clear()
    cancel_on_tiktok(order, OUT_OF_STOCK, actor="merchant", user=anna)
    assert wakes.lanes == [(STEM, order.shop_id)]
    assert until_done(row, work) == "synced"
    assert (row.chosen_by, row.done_at is not None) == (anna, True)
    (made,) = tiktok.desk.cancellations.values()
    assert (row.cancel_id, made["cancel_reason"]) == (made["cancel_id"], OUT_OF_STOCK)
    assert tiktok.orders[ORDER_ID]["status"] == "CANCELLED"
    assert tiktok.arguments("cancel_order") == [(ORDER_ID, OUT_OF_STOCK)]
    pass_time(10_000)
    work(STEM)
    assert tiktok.count("cancel_order") == 1


def test_by_rule_the_fitting_reason_is_sent_at_once(
    auto: None, row: SellerCancellation, tiktok: FakeTikTok, work: Work
) -> None:
    assert until_done(row, work) == "synced"
    assert tiktok.called() == ["cancel_options", "cancel_order"]
    assert tiktok.arguments("cancel_order") == [(ORDER_ID, OUT_OF_STOCK)]


@pytest.mark.parametrize(
    ("shopify", "offered", "chosen"),
    [
        ("CUSTOMER", [WRONG_PRICE, OUT_OF_STOCK, BUYER_ASKED], BUYER_ASKED),
        ("CUSTOMER", [WRONG_PRICE, OUT_OF_STOCK], OUT_OF_STOCK),
        ("INVENTORY", [BUYER_ASKED, OUT_OF_STOCK], OUT_OF_STOCK),
        ("DECLINED", [WRONG_PRICE, OUT_OF_STOCK], OUT_OF_STOCK),
        ("FRAUD", [WRONG_PRICE, "seller_cancel_paid_reason_address_not_deliver"],
         "seller_cancel_paid_reason_address_not_deliver"),
        ("STAFF", [BUYER_ASKED, WRONG_PRICE], WRONG_PRICE),
        ("OTHER", [WRONG_PRICE, OUT_OF_STOCK], OUT_OF_STOCK),
        ("", [WRONG_PRICE, OUT_OF_STOCK], OUT_OF_STOCK),
        ("A_REASON_OF_TOMORROW", ["whatever_is_left"], "whatever_is_left"),
        ("OTHER", [], ""),
    ],
)  # fmt: skip
def test_shopifys_reason_finds_one_that_tiktok_offers(
    shopify: str, offered: list[str], chosen: str
) -> None:
    assert choose_reason(shopify, offered) == chosen


@pytest.mark.parametrize(
    ("wish", "sent"),
    [
        ("wrong_price", WRONG_PRICE),
        ("out_of_stock", OUT_OF_STOCK),
        ("buyer_requested_cancellation", OUT_OF_STOCK),
    ],
)
def test_by_rule_the_reason_that_the_shop_wishes_is_sent_where_tiktok_takes_it(
    auto: None,
    pair: Pair,
    row: SellerCancellation,
    tiktok: FakeTikTok,
    work: Work,
    wish: str,
    sent: str,
) -> None:
    pair.shop.cancel_reasons.create(kind="shopify", reason="INVENTORY", becomes=wish)
    pair.shop.cancel_reasons.create(kind="shopify", reason="FRAUD", becomes="address_not_deliver")
    assert until_done(row, work) == "synced"
    assert tiktok.arguments("cancel_order") == [(ORDER_ID, sent)]


@pytest.mark.parametrize("shopify", ["", "OTHER", "other", "A_REASON_OF_TOMORROW"])
def test_an_unknown_reason_in_shopify_follows_the_line_of_other(
    auto: None, pair: Pair, order: Order, tiktok: FakeTikTok, work: Work, shopify: str
) -> None:
    pair.shop.cancel_reasons.create(kind="shopify", reason="OTHER", becomes="wrong_price")
    offer_cancellation(order, shopify)
    assert until_done(SellerCancellation.objects.get(), work) == "synced"
    assert tiktok.arguments("cancel_order") == [(ORDER_ID, WRONG_PRICE)]


def test_what_the_shop_wishes_is_not_sent_before_a_person_chooses(
    pair: Pair, row: SellerCancellation, tiktok: FakeTikTok, work: Work
) -> None:
    pair.shop.cancel_reasons.create(kind="shopify", reason="INVENTORY", becomes="wrong_price")
    work(STEM)
    assert (state(row), row.reason, tiktok.count("cancel_order")) == ("held", "", 0)


@pytest.mark.parametrize("status", ["CANCELLED", "DELIVERED", "COMPLETED"])
def test_where_tiktok_has_nothing_left_to_cancel_nothing_is_offered(
    order: Order, status: str
) -> None:
    set_columns(order, tiktok_status=status)
    offer_cancellation(order, "OTHER")
    assert not SellerCancellation.objects.exists()


def test_our_own_cancellation_is_no_offer(order: Order) -> None:
    Cancellation.objects.create(order=order)
    offer_cancellation(order, "OTHER")
    assert not SellerCancellation.objects.exists()


def test_it_is_offered_once(row: SellerCancellation, order: Order) -> None:
    offer_cancellation(order, "OTHER")
    assert SellerCancellation.objects.get().shopify_reason == "INVENTORY"


def test_an_order_that_tiktok_keeps_says_why(
    row: SellerCancellation, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.desk.options = CancelOptions((), "invalid order status")
    work(STEM)
    assert (state(row), row.failure_kind, row.failure_code) == (
        "failed",
        "config",
        "not_eligible",
    )
    assert "any more (invalid order status). It stays cancelled in Shopify" in row.failure_reason
    assert tiktok.called() == ["cancel_options"]


# --- left, overtaken -----------------------------------------------------------------------------


def test_the_merchant_may_leave_it_on_tiktok(
    row: SellerCancellation, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    tiktok.calls.clear()
    leave_on_tiktok(order, actor="merchant")
    assert (state(row), row.skip_reason) == ("skipped", "dismissed")
    pass_time(10_000)
    work(STEM)
    assert tiktok.calls == []
    with pytest.raises(CannotAnswer, match="It was decided already"):
        cancel_on_tiktok(order, OUT_OF_STOCK, actor="merchant")


def test_an_order_that_tiktok_cancelled_meanwhile_is_no_question_any_more(
    row: SellerCancellation, pair: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    store_page(pair.shop, [order_body(status="CANCELLED", age=10)])
    assert (state(row), row.skip_reason) == ("skipped", "cancelled_there")
    work(STEM)
    assert tiktok.count("cancel_order") == 0


@pytest.mark.parametrize(
    ("reason", "said"),
    [("", "Choose one of the reasons"), ("because", "Choose one of the reasons")],
)
def test_only_an_offered_reason_is_taken(
    row: SellerCancellation, order: Order, work: Work, reason: str, said: str
) -> None:
    work(STEM)
    with pytest.raises(CannotAnswer, match=said):
        cancel_on_tiktok(order, reason, actor="merchant")
    assert (state(row), row.reason) == ("held", "")


def test_before_the_reasons_are_read_there_is_nothing_to_choose(
    row: SellerCancellation, order: Order
) -> None:
    with pytest.raises(CannotAnswer, match="TikTok is being asked"):
        cancel_on_tiktok(order, OUT_OF_STOCK, actor="merchant")


def test_where_nothing_is_offered_a_click_says_so(pair: Pair) -> None:
    with pytest.raises(CannotAnswer, match="nothing to decide"):
        leave_on_tiktok(synced_order(pair.shop), actor="merchant")


# --- unclear, refused, killed --------------------------------------------------------------------


@pytest.mark.parametrize("happened", [True, False])
def test_after_an_unclear_answer_the_orders_cancellations_are_read_first(
    auto: None, row: SellerCancellation, tiktok: FakeTikTok, work: Work, happened: bool
) -> None:
    tiktok.fail("cancel_order", UNCLEAR, after_effect=happened)
    assert until_done(row, work) == "synced"
    again = [] if happened else ["cancel_order"]
    assert tiktok.called() == ["cancel_options", "cancel_order", "search_cancellations", *again]
    assert row.cancel_id == next(iter(tiktok.desk.cancellations))


@pytest.mark.parametrize(
    "refusal",
    [
        Rejected("The order's status at TikTok Shop does not allow this.", code="25001001"),
        Gone("TikTok Shop says that the order is not one of this shop.", code="21008111"),
    ],
)
def test_a_real_refusal_is_told_and_a_retry_asks_for_the_reasons_anew(
    auto: None,
    row: SellerCancellation,
    order: Order,
    tiktok: FakeTikTok,
    work: Work,
    refusal: Exception,
) -> None:
    from orders.services.actions import retry_order

    tiktok.fail("cancel_order", refusal)
    assert until_done(row, work) == "failed"
    assert row.failure_reason == str(refusal)
    assert (row.reason, row.reasons_read_at) == ("", None)
    assert tiktok.count("cancel_order") == 1
    assert retry_order(order, actor="merchant")
    assert until_done(row, work) == "synced"
    assert tiktok.count("cancel_options") == 2


def test_a_refusal_because_it_is_cancelled_already_counts_as_success(
    auto: None, row: SellerCancellation, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("cancel_order", Rejected("Cancelled already.", code="25001001"), after_effect=True)
    assert until_done(row, work) == "synced"
    assert tiktok.count("cancel_order") == 1


def test_what_is_worth_trying_again_is_tried_again(
    auto: None, row: SellerCancellation, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.fail("cancel_options", Unreachable("Away."))
    tiktok.fail("cancel_order", RateLimited("Slow down.", retry_after=5))
    assert until_done(row, work) == "synced"
    assert tiktok.called() == ["cancel_options", "cancel_options", "cancel_order", "cancel_order"]


def test_a_bug_sets_it_aside_in_doubt(
    auto: None, row: SellerCancellation, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    from orders.services.actions import retry_order

    tiktok.fail("cancel_order", KeyError("boom"), after_effect=True)
    with pytest.raises(KeyError):
        until_done(row, work)
    assert (state(row), row.failure_kind) == ("failed", "internal")
    assert retry_order(order, actor="merchant")
    assert until_done(row, work) == "synced"
    assert tiktok.count("cancel_order") == 1


@pytest.mark.parametrize("happened", [True, False])
def test_a_worker_that_died_leaves_one_cancellation(
    row: SellerCancellation, order: Order, tiktok: FakeTikTok, work: Work, happened: bool
) -> None:
    work(STEM)
    cancel_on_tiktok(order, OUT_OF_STOCK, actor="merchant")
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    set_columns(row, sync_status="sending", attempt_number=7, claimed_until=long_ago)
    Attempt.objects.create(
        flow=STEM, subject="orders.sellercancellation", subject_id=row.pk, number=7,
        started_at=long_ago,
    )  # fmt: skip
    if happened:
        tiktok.open(access_token="t").cancel_order(ORDER_ID, reason=OUT_OF_STOCK)
        tiktok.calls.clear()
    assert recover(SellerCancellation) == 1
    assert until_done(row, work) == "synced"
    assert tiktok.count("cancel_order") == (0 if happened else 1)
    assert len(tiktok.desk.cancellations) == 1


def test_an_ended_request_of_the_buyer_is_not_taken_for_ours(
    auto: None, row: SellerCancellation, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    asked: dict[str, Any] = tiktok.desk.ask(ORDER_ID, ["1"])
    tiktok.desk.end(asked, "CANCELLATION_REQUEST_CANCEL")
    tiktok.fail("cancel_order", UNCLEAR)
    assert until_done(row, work) == "synced"
    assert tiktok.count("cancel_order") == 2
