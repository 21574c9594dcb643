"""Cancelling and returning on the pages: what is asked, by when, and the buttons that answer."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.board import gather_home
from orders.models import CancelRequest, Order, Refund, Return, SellerCancellation
from orders.presentation import tiktok_badge
from tests.factories import (
    ORDER_ID,
    Pair,
    make_fulfillment,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fake_aftersales import OUT_OF_STOCK, PACKED
from tests.web.reading import elements_of, order_ids, text_of
from tests.web.test_settings import RULES, form_of
from tiktoksync.shops.models import OrderRules

PAGE = f"/orders/{ORDER_ID}/"
HTMX = {"HX-Request": "true"}
PENDING = "CANCELLATION_REQUEST_PENDING"


@pytest.fixture
def order(pair: Pair) -> Order:
    return synced_order(pair.shop)


@pytest.fixture
def asked(order: Order) -> CancelRequest:
    return CancelRequest.objects.create(
        order=order,
        cancel_id="4035",
        cancel_type="BUYER_CANCEL",
        status=PENDING,
        reason_text="No longer needed",
        units=["1"],
        refund_amount=Decimal("10.00"),
        currency="USD",
        requested_at=timezone.now() - timedelta(hours=1),
        respond_by=timezone.now() + timedelta(hours=22, minutes=59, seconds=30),
        reject_reasons=[{"name": PACKED, "text": "The product has been packed"}],
        sync_status="held",
        wait_reason="answer",
    )


@pytest.fixture
def offered(order: Order) -> SellerCancellation:
    return SellerCancellation.objects.create(
        order=order,
        shopify_reason="INVENTORY",
        reasons=[{"name": OUT_OF_STOCK, "text": "Out of stock"}],
        reasons_read_at=timezone.now(),
        sync_status="held",
        wait_reason="choose_reason",
    )


def buttons_of(answer: Any) -> set[str]:
    return {each["id"] for each in elements_of(answer, "button") if "id" in each}


# --- the buyer asks ------------------------------------------------------------------------------


def test_an_order_without_any_of_it_has_no_such_card(order: Order, anna: Client) -> None:
    assert "Cancellations and returns" not in text_of(anna.get(PAGE))


def test_a_request_shows_what_why_and_by_when(asked: CancelRequest, anna: Client) -> None:
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "The buyer asks to cancel 1 unit of this order refund $10.00" in words
    assert "No longer needed · asked 1 h ago" in words
    assert "Answer in 22 h (" in words
    assert "TikTok grants it by itself if nobody answers in time." in words
    assert "Waiting for your answer" in words
    assert buttons_of(answer) >= {"order-cancel-accept", "order-cancel-decline"}
    assert [one["value"] for one in elements_of(answer, "option")][-1] == PACKED
    assert "A shipment of this order" not in words


@pytest.mark.parametrize("state", ["skipped", "synced"])
def test_a_request_that_is_over_is_told_in_the_past(
    asked: CancelRequest, anna: Client, state: str
) -> None:
    set_columns(asked, sync_status=state, wait_reason="")
    words = text_of(anna.get(PAGE))
    assert "The buyer asked to cancel 1 unit of this order" in words
    assert "The buyer asks to cancel 1 unit" not in words


def test_what_was_shipped_in_shopify_warns_before_accepting(
    asked: CancelRequest, order: Order, anna: Client
) -> None:
    make_fulfillment(order)
    words = text_of(anna.get(PAGE))
    assert "A shipment of this order has been made in Shopify." in words
    assert "stop the parcel first, or decline." in words


def test_before_the_reasons_are_read_only_accepting_is_offered(
    asked: CancelRequest, anna: Client
) -> None:
    set_columns(asked, reject_reasons=[])
    answer = anna.get(PAGE)
    assert "order-cancel-decline" not in buttons_of(answer)
    assert "they are being read" in text_of(answer)


def test_accepting_queues_the_answer_and_says_so(
    asked: CancelRequest, pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    woken.clear()
    answer = anna.post(f"{PAGE}cancel-request/accept/", follow=True)
    asked.refresh_from_db()
    assert (asked.sync_status, asked.verdict) == ("pending", "approve")
    assert asked.answered_by.username == "anna"
    assert woken == [("answer_cancel_requests", pair.shop.pk)]
    words = text_of(answer)
    assert "Accepted. TikTok is told in a moment." in words
    assert "Accepted, on its way to TikTok" in words
    assert not buttons_of(answer) & {"order-cancel-accept", "order-cancel-decline"}


def test_declining_takes_the_chosen_reason_and_a_comment(
    asked: CancelRequest, anna: Client
) -> None:
    wish = {"reason": PACKED, "comment": "  On its way. "}
    answer = anna.post(f"{PAGE}cancel-request/decline/", wish, headers=HTMX)
    asked.refresh_from_db()
    assert (asked.verdict, asked.reject_reason, asked.comment) == ("reject", PACKED, "On its way.")
    assert answer.templates[0].name == "orders/_detail.html"
    assert "Declined. TikTok is told in a moment." in text_of(answer)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        (
            {"status": "CANCELLATION_REQUEST_CANCEL", "sync_status": "skipped"},
            "The request is over.",
        ),
        ({"respond_by": timezone.now()}, "The time to answer is over"),
    ],
)
def test_a_click_that_comes_too_late_says_why(
    asked: CancelRequest, anna: Client, columns: dict[str, Any], said: str
) -> None:
    set_columns(asked, **columns)
    assert said in text_of(anna.post(f"{PAGE}cancel-request/accept/", follow=True))
    asked.refresh_from_db()
    assert asked.verdict == ""


def test_a_viewer_sees_the_clock_and_no_button(
    asked: CancelRequest, offered: SellerCancellation, viewer: Client
) -> None:
    answer = viewer.get(PAGE)
    assert "Answer in 22 h (" in text_of(answer)
    assert not [form for form in elements_of(answer, "form") if "cancel" in form.get("action", "")]
    for action in ("cancel-request/accept", "cancel-request/decline", "cancel-on-tiktok"):
        assert viewer.post(f"{PAGE}{action}/").status_code == 403
    asked.refresh_from_db()
    assert asked.verdict == ""


@pytest.mark.parametrize(
    ("columns", "badge"),
    [
        ({"sync_status": "synced", "verdict": "approve"}, "Accepted"),
        ({"sync_status": "synced", "verdict": "reject"}, "Declined"),
        ({"sync_status": "skipped", "skip_reason": "withdrawn"}, "Over"),
        ({"wait_reason": "unknown_status", "status": "PONDERED"}, "PONDERED"),
    ],
)
def test_what_became_of_it_stands_on_its_badge(
    asked: CancelRequest, anna: Client, columns: dict[str, Any], badge: str
) -> None:
    set_columns(asked, **columns)
    answer = anna.get(PAGE)
    assert badge in text_of(answer)
    assert "order-cancel-accept" not in buttons_of(answer)


def test_a_refused_answer_is_told_above_and_can_be_given_anew(
    asked: CancelRequest, anna: Client
) -> None:
    columns = {"failure_kind": "rejected", "failure_reason": "TikTok Shop refused a value."}
    set_columns(asked, sync_status="failed", verdict="reject", wait_reason="", **columns)
    answer = anna.get(PAGE)
    assert "TikTok did not take your answer" in text_of(answer)
    assert buttons_of(answer) >= {"order-cancel-accept", "order-cancel-decline", "order-retry"}


def test_the_badge_of_the_order_says_that_the_buyer_asks(order: Order) -> None:
    set_columns(order, cancel_requested=True)
    assert tiktok_badge(order).word == "Cancel requested"


# --- needs you -----------------------------------------------------------------------------------


def test_a_request_is_a_task_with_what_to_do_and_comes_first(
    asked: CancelRequest, pair: Pair, anna: Client
) -> None:
    late = stored_order(pair.shop, "576461413038780002")
    set_columns(
        late, sync_status="failed", failure_reason="No.", ship_by=timezone.now() + timedelta(days=2)
    )
    home = gather_home(pair.merchant, [pair.shop])
    assert home["attention"] == 2
    first, second = home["work"]
    assert (first.order.tiktok_order_id, first.what) == (ORDER_ID, "the buyer asks to cancel it")
    assert first.why.startswith("Accept or decline (No longer needed).")
    assert second.order == late
    answer = anna.get("/")
    hrefs = [link.get("href") for link in elements_of(answer, "a")]
    assert f"{PAGE}?shop=749Anna#aftersales" in hrefs
    assert set(order_ids(anna.get("/orders/?tab=attention"))) == {ORDER_ID, late.tiktok_order_id}


@pytest.mark.parametrize(
    ("columns", "needs"),
    [
        ({}, True),
        ({"sync_status": "failed"}, True),
        ({"sync_status": "pending"}, False),
        ({"sync_status": "synced"}, False),
        ({"sync_status": "skipped"}, False),
        ({"wait_reason": "unknown_status"}, False),
    ],
)
def test_only_what_waits_for_a_person_needs_attention(
    asked: CancelRequest, pair: Pair, columns: dict[str, Any], needs: bool
) -> None:
    set_columns(asked, **columns)
    assert gather_home(pair.merchant, [pair.shop])["attention"] == int(needs)


def test_an_offer_and_a_failed_refund_are_tasks_too(
    offered: SellerCancellation, pair: Pair
) -> None:
    other = synced_order(pair.shop, "576461413038780002", 2)
    Refund.objects.create(
        order=other, source="return", source_id="1", sync_status="failed", failure_reason="No."
    )
    tasks = gather_home(pair.merchant, [pair.shop])["work"]
    assert {(task.what, task.why) for task in tasks} == {
        (
            "is cancelled in Shopify but not on TikTok",
            "Choose a reason to cancel it on TikTok too, or leave it there.",
        ),
        ("has a refund that Shopify lacks", "No."),
    }


def test_the_list_says_until_when_to_answer(asked: CancelRequest, pair: Pair, anna: Client) -> None:
    stored_order(pair.shop, "576461413038780002")
    answer = anna.get("/orders/")
    assert text_of(answer).count("Answer in 22 h") == 1
    hrefs = [link.get("href") for link in elements_of(answer, "a")]
    assert f"{PAGE}?shop=749Anna#aftersales" in hrefs
    set_columns(asked, sync_status="pending")
    assert "Answer in" not in text_of(anna.get("/orders/"))


def test_a_strangers_request_is_nobodys_task_here(
    asked: CancelRequest, strangers: Pair, ben: Client
) -> None:
    assert gather_home(strangers.merchant, [strangers.shop])["attention"] == 0
    assert ben.post(f"{PAGE}cancel-request/accept/").status_code == 404
    asked.refresh_from_db()
    assert asked.sync_status == "held"


# --- cancelled in Shopify ------------------------------------------------------------------------


def test_an_offer_shows_tiktoks_reasons_and_both_ways_out(
    offered: SellerCancellation, anna: Client
) -> None:
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Cancelled in Shopify Inventory" in words
    assert "On TikTok the order goes on until you cancel it there too, or leave it." in words
    assert "Waiting for your choice" in words
    assert buttons_of(answer) >= {"order-cancel-on-tiktok", "order-leave-on-tiktok"}


def test_choosing_a_reason_queues_it(
    offered: SellerCancellation, pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    woken.clear()
    answer = anna.post(f"{PAGE}cancel-on-tiktok/", {"reason": OUT_OF_STOCK}, follow=True)
    offered.refresh_from_db()
    assert (offered.sync_status, offered.reason) == ("pending", OUT_OF_STOCK)
    assert woken == [("push_seller_cancellations", pair.shop.pk)]
    assert "TikTok is told to cancel in a moment." in text_of(answer)


def test_leaving_it_settles_it(offered: SellerCancellation, anna: Client) -> None:
    answer = anna.post(f"{PAGE}leave-on-tiktok/", follow=True)
    offered.refresh_from_db()
    assert (offered.sync_status, offered.skip_reason) == ("skipped", "dismissed")
    assert "Left as it is on TikTok." in text_of(answer)
    assert "order-cancel-on-tiktok" not in buttons_of(answer)


def test_an_order_that_tiktok_keeps_says_why_above(
    offered: SellerCancellation, anna: Client
) -> None:
    columns = {"failure_kind": "config", "failure_code": "not_eligible"}
    set_columns(
        offered, sync_status="failed", failure_reason="Not any more.", reasons=[], **columns
    )
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "Cancelled in Shopify, but not on TikTok" in words
    assert "Not any more." in words
    assert "What helps" not in words
    assert "order-leave-on-tiktok" in buttons_of(answer)
    assert "order-retry" not in buttons_of(answer)


# --- returns and refunds -------------------------------------------------------------------------


def make_return(order: Order, **columns: Any) -> Return:
    columns = {
        "return_type": "RETURN_AND_REFUND",
        "status": "BUYER_SHIPPED_ITEM",
        "reason_text": "Damaged",
        "units": ["1"],
        "refund_amount": Decimal("10.00"),
        "currency": "USD",
        **columns,
    }
    return Return.objects.create(order=order, return_id=str(Return.objects.count() + 1), **columns)


def test_a_return_is_told_in_plain_words(order: Order, anna: Client) -> None:
    make_return(
        order,
        carrier="J&T Express",
        tracking_number="8500",
        next_action="SELLER_RESPOND_RECEIVE_PACKAGE",
        respond_by=timezone.now() + timedelta(hours=2, seconds=30),
    )
    words = text_of(anna.get(PAGE))
    assert "Return and refund $10.00 Damaged · 1 unit · return 1" in words
    assert "Comes back with J&T Express 8500" in words
    assert "TikTok waits for you to check the returned parcel, in Seller Center, in 2 h" in words
    assert "On its way back" in words


def test_a_status_nobody_knows_is_shown_as_it_came(order: Order, anna: Client) -> None:
    make_return(order, status="A_STATUS_OF_TOMORROW", return_type="A_KIND_OF_TOMORROW")
    words = text_of(anna.get(PAGE))
    assert "A_STATUS_OF_TOMORROW" in words
    assert "A_KIND_OF_TOMORROW" in words


def test_a_replacement_leads_to_its_order(order: Order, pair: Pair, anna: Client) -> None:
    make_return(order, return_type="REPLACEMENT", status="REPLACEMENT_REQUEST_COMPLETE")
    stored_order(
        pair.shop, "576461413038780002", is_replacement_order=True, replaced_order_id=ORDER_ID
    )
    answer = anna.get(PAGE)
    hrefs = [link.get("href") for link in elements_of(answer, "a")]
    assert "/orders/576461413038780002/?shop=749Anna" in hrefs


def test_a_refund_says_what_was_done_and_what_was_left(order: Order, anna: Client) -> None:
    for number, columns in enumerate(
        (
            {"sync_status": "synced", "units": ["1"]},
            {"sync_status": "skipped", "skip_reason": "amount_only", "units": ["1", "2"]},
        )
    ):
        Refund.objects.create(
            order=order, source="return", source_id=str(number), currency="USD", **columns
        )
    words = text_of(anna.get(PAGE))
    assert "Refund of return 0, 1 unit" in words
    assert "Refund of return 1, 2 units" in words
    assert "Only money went back, so the Shopify order keeps its items. Left as it is" in words


def test_a_failed_refund_is_told_above_with_its_button(order: Order, anna: Client) -> None:
    row = Refund.objects.create(
        order=order,
        source="cancelled_units",
        source_id="1",
        units=["1"],
        sync_status="failed",
        failure_kind="config",
        failure_code="recall",
        failure_reason="Stop the parcel.",
    )
    answer = anna.get(PAGE)
    assert "A refund is not noted in Shopify" in text_of(answer)
    assert "order-retry" in buttons_of(answer)
    anna.post(f"{PAGE}retry/")
    row.refresh_from_db()
    assert row.sync_status == "pending"


def test_the_card_costs_the_same_for_one_and_for_many(order: Order, anna: Client) -> None:
    make_return(order)
    with CaptureQueriesContext(connection) as few:
        anna.get(PAGE)
    for number in range(20):
        make_return(order)
        Refund.objects.create(order=order, source="return", source_id=f"r{number}")
        CancelRequest.objects.create(order=order, cancel_id=str(number), sync_status="skipped")
    with CaptureQueriesContext(connection) as many:
        anna.get(PAGE)
    assert len(many) == len(few)


def test_the_history_tells_it_in_sentences(asked: CancelRequest, anna: Client) -> None:
    order: Order = asked.order
    for axis, before, after in (
        ("cancel_request", "", "held"),
        ("cancel_request", "sending", "pending"),
        ("return", "", "AWAITING_BUYER_SHIP"),
        ("refund", "sending", "synced"),
        ("refund", "sending", "pending"),
        ("seller_cancellation", "sending", "pending"),
        ("seller_cancellation", "sending", "failed"),
    ):
        order.history.create(axis=axis, before=before, after=after, actor="system")
    words = text_of(anna.get(PAGE))
    for sentence in (
        "The buyer asks to cancel",
        "TikTok does not have the answer yet; queued again",
        "Return on TikTok: Buyer sends it back",
        "Refund noted in Shopify",
        "Not noted in Shopify yet; queued again",
        "Not cancelled on TikTok yet; queued again",
        "Not cancelled on TikTok",
    ):
        assert sentence in words


# --- rules ---------------------------------------------------------------------------------------


def test_the_rules_are_told_in_plain_words_and_kept(pair: Pair, anna: Client) -> None:
    words = text_of(anna.get("/settings/aftersales/"))
    for label in (
        "Cancellations and returns",
        "Take items that TikTok cancels off the Shopify order",
        "Note refunds on TikTok as refunds in Shopify",
        "Items that buyers send back",
        "An order that is cancelled in Shopify alone",
    ):
        assert label in words
    rules = OrderRules.objects.get(shop=pair.shop)
    assert (rules.follow_cancelled_units, rules.refund_in_shopify) == (True, False)
    wish = {"refund_in_shopify": "on", "restock_returns": "RETURN", "on_shopify_cancel": "auto"}
    wish["safety_hold_minutes"] = "0"
    form = {name: value for name, value in form_of(pair, **wish).items() if "follow_" not in name}
    assert anna.post(RULES, form).status_code == 302
    rules.refresh_from_db()
    assert (rules.follow_cancelled_units, rules.refund_in_shopify) == (False, True)
    assert (rules.restock_returns, rules.on_shopify_cancel) == ("RETURN", "auto")
