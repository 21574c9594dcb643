"""answer_cancel_requests: a merchant's answer reaches TikTok once, or is told to be too late."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from orders.models import CancelRequest, Order
from orders.services.answers import (
    CannotAnswer,
    accept_cancel_request,
    decline_cancel_request,
)
from orders.services.store_cancel_requests import store_cancellations
from tests.factories import ORDER_ID, Pair, history, pass_time, set_columns, synced_order
from tests.fake_aftersales import PACKED, SUCCESS, WITHDRAWN
from tests.fakes import FakeTikTok, Wakes
from tests.orders.services.conftest import Work
from tiktoksync.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

STEM = "answer_cancel_requests"
UNIT = f"{ORDER_ID[-6:]}1"
UNCLEAR = OutcomeUnknown("TikTok Shop did not give a clear answer.", code="http_502")


@pytest.fixture
def order(pair: Pair, tiktok: FakeTikTok) -> Order:
    order = synced_order(pair.shop)
    tiktok.place(order.raw)
    return order


@pytest.fixture
def asked(order: Order, pair: Pair, tiktok: FakeTikTok) -> dict[str, Any]:
    """TikTok's row of an open request, stored here with its reasons for declining."""
    row = tiktok.desk.ask(ORDER_ID, [UNIT])
    store_cancellations(pair.shop, [row])
    set_columns(the_request(), reject_reasons=[{"name": PACKED, "text": "Packed"}])
    return row


def the_request() -> CancelRequest:
    return CancelRequest.objects.get()


def until_done(work: Work) -> CancelRequest:
    for _ in range(30):
        work(STEM)
        if the_request().sync_status not in ("pending", "sending"):
            return the_request()
        pass_time(31)
    raise AssertionError("it never ends")


ANSWERS = [
    ("approve", "approve_cancellation", SUCCESS),
    ("reject", "reject_cancellation", WITHDRAWN),
]


def answer(order: Order, verdict: str) -> None:
    if verdict == "approve":
        accept_cancel_request(order, actor="merchant")
    else:
        decline_cancel_request(order, PACKED, "On its way.", actor="merchant")


@pytest.mark.parametrize(("verdict", "method", "status"), ANSWERS)
def test_the_answer_is_sent_once_and_a_second_pass_has_nothing_to_do(
    order: Order,
    asked: dict[str, Any],
    tiktok: FakeTikTok,
    work: Work,
    wakes: Wakes,
    verdict: str,
    method: str,
    status: str,
) -> None:
    answer(order, verdict)
    assert (STEM, order.shop_id) in wakes.lanes
    stored = until_done(work)
    assert (stored.sync_status, stored.verdict) == ("synced", verdict)
    assert stored.resolved_at is not None
    assert asked["cancel_status"] == status
    more = [PACKED, "On its way."] if verdict == "reject" else []
    assert tiktok.calls == [(method, (asked["cancel_id"], *more, stored.idempotency_key))]
    assert history(order, "cancel_request")[1:] == [
        ("held", "pending"),
        ("pending", "sending"),
        ("sending", "synced"),
    ]
    tiktok.calls.clear()
    pass_time(10_000)
    work(STEM)
    assert tiktok.calls == []


def test_the_person_who_answered_is_named(order: Order, asked: Any, db: None) -> None:
    anna = User.objects.create_user("anna")
    accept_cancel_request(order, actor="merchant", user=anna)
    assert the_request().answered_by == anna
    line = order.history.filter(axis="cancel_request").last()
    assert (line.actor, line.user) == ("merchant", anna)


# --- unclear, refused, killed --------------------------------------------------------------------


@pytest.mark.parametrize("happened", [True, False])
@pytest.mark.parametrize(("verdict", "method", "status"), ANSWERS)
def test_after_an_unclear_answer_the_request_is_read_before_the_same_key_goes_again(
    order: Order,
    asked: dict[str, Any],
    tiktok: FakeTikTok,
    work: Work,
    verdict: str,
    method: str,
    status: str,
    happened: bool,
) -> None:
    answer(order, verdict)
    tiktok.fail(method, UNCLEAR, after_effect=happened)
    stored = until_done(work)
    assert (stored.sync_status, asked["cancel_status"]) == ("synced", status)
    expected = [method, "search_cancellations"] + ([] if happened else [method])
    assert tiktok.called() == expected
    assert {args[-1] for args in tiktok.arguments(method)} == {stored.idempotency_key}


def test_a_refusal_because_it_is_answered_already_counts_as_success(
    order: Order, asked: dict[str, Any], tiktok: FakeTikTok, work: Work
) -> None:
    accept_cancel_request(order, actor="api")
    tiktok.desk.end(asked, SUCCESS)
    stored = until_done(work)
    assert stored.sync_status == "synced"
    assert tiktok.called() == ["approve_cancellation", "search_cancellations"]


@pytest.mark.parametrize(
    ("verdict", "status", "skip_reason"),
    [("approve", WITHDRAWN, "withdrawn"), ("reject", SUCCESS, "granted_unanswered")],
)
def test_an_answer_that_was_overtaken_ends_with_the_words(
    order: Order,
    asked: dict[str, Any],
    tiktok: FakeTikTok,
    work: Work,
    verdict: str,
    status: str,
    skip_reason: str,
) -> None:
    answer(order, verdict)
    tiktok.desk.end(asked, status)
    stored = until_done(work)
    assert (stored.sync_status, stored.skip_reason) == ("skipped", skip_reason)
    assert tiktok.desk.keys == {}


def test_a_real_refusal_is_told_and_the_request_can_be_answered_anew(
    order: Order, asked: dict[str, Any], tiktok: FakeTikTok, work: Work
) -> None:
    decline_cancel_request(order, PACKED, "", actor="merchant")
    tiktok.fail("reject_cancellation", Rejected("TikTok Shop refused a value.", code="98001004"))
    stored = until_done(work)
    assert (stored.sync_status, stored.failure_kind) == ("failed", "rejected")
    assert stored.failure_reason == "TikTok Shop refused a value."
    assert asked["cancel_status"] == "CANCELLATION_REQUEST_PENDING"
    first_key = stored.idempotency_key
    accept_cancel_request(order, actor="merchant")
    stored = until_done(work)
    assert (stored.sync_status, stored.verdict) == ("synced", "approve")
    assert stored.idempotency_key != first_key


def test_what_is_worth_trying_again_is_tried_again_with_the_same_key(
    order: Order, asked: Any, tiktok: FakeTikTok, work: Work
) -> None:
    accept_cancel_request(order, actor="merchant")
    tiktok.fail("approve_cancellation", Unreachable("Away."))
    assert until_done(work).sync_status == "synced"
    assert tiktok.count("approve_cancellation") == 2
    assert len({args[-1] for args in tiktok.arguments("approve_cancellation")}) == 1


def test_throttling_costs_no_try(order: Order, asked: Any, tiktok: FakeTikTok, work: Work) -> None:
    accept_cancel_request(order, actor="merchant")
    tiktok.fail("approve_cancellation", RateLimited("Slow down.", retry_after=30))
    work(STEM)
    work(STEM)
    assert (tiktok.count("approve_cancellation"), the_request().tries) == (1, 0)
    pass_time(31)
    assert until_done(work).sync_status == "synced"


def test_a_bug_sets_the_answer_aside_in_doubt_and_is_raised_on(
    order: Order, asked: dict[str, Any], tiktok: FakeTikTok, work: Work
) -> None:
    accept_cancel_request(order, actor="merchant")
    set_columns(the_request(), reject_reasons=[])
    tiktok.fail("approve_cancellation", KeyError("boom"), after_effect=True)
    with pytest.raises(KeyError):
        work(STEM)
    stored = the_request()
    assert (stored.sync_status, stored.failure_kind) == ("failed", "internal")
    assert stored.in_doubt_since is not None
    store_cancellations(order.shop, [asked])
    stored = until_done(work)
    assert stored.sync_status == "synced"
    assert tiktok.called() == ["approve_cancellation", "search_cancellations"]


@pytest.mark.parametrize("happened", [True, False])
def test_a_worker_that_died_leaves_one_answer(
    order: Order, asked: dict[str, Any], tiktok: FakeTikTok, work: Work, happened: bool
) -> None:
    accept_cancel_request(order, actor="merchant")
    stored = the_request()
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    set_columns(stored, sync_status="sending", attempt_number=1, claimed_until=long_ago)
    Attempt.objects.create(
        flow=STEM, subject="orders.cancelrequest", subject_id=stored.pk, number=1,
        started_at=long_ago,
    )  # fmt: skip
    if happened:
        tiktok.desk.keys[stored.idempotency_key] = asked["cancel_id"]
        tiktok.desk.end(asked, SUCCESS)
    assert recover(CancelRequest) == 1
    assert until_done(work).sync_status == "synced"
    assert tiktok.count("approve_cancellation") == (0 if happened else 1)


def test_news_during_the_call_do_not_disturb_the_answer(
    order: Order, asked: dict[str, Any], tiktok: FakeTikTok, pair: Pair, work: Work
) -> None:
    accept_cancel_request(order, actor="merchant")
    tiktok.during("approve_cancellation", lambda: store_cancellations(pair.shop, [asked]))
    stored = until_done(work)
    assert (stored.sync_status, stored.status) == ("synced", SUCCESS)


# --- too late ------------------------------------------------------------------------------------


def refusal_of(act: Any, *arguments: Any) -> str:
    with pytest.raises(CannotAnswer) as caught:
        act(*arguments, actor="merchant")
    return str(caught.value)


def test_where_nobody_asks_there_is_nothing_to_answer(order: Order, tiktok: FakeTikTok) -> None:
    expected = "The buyer has not asked to cancel this order."
    assert refusal_of(accept_cancel_request, order) == expected
    assert refusal_of(decline_cancel_request, order, PACKED, "") == expected


def test_a_second_click_is_told_of_the_first(order: Order, asked: Any) -> None:
    accept_cancel_request(order, actor="merchant")
    key = the_request().idempotency_key
    said = refusal_of(decline_cancel_request, order, PACKED, "")
    assert said == "The request has been accepted already; the answer is on its way to TikTok."
    assert (the_request().verdict, the_request().idempotency_key) == ("approve", key)


def test_a_click_after_the_end_is_told_how_it_ended(
    order: Order, asked: dict[str, Any], tiktok: FakeTikTok, pair: Pair
) -> None:
    tiktok.desk.end(asked, WITHDRAWN)
    store_cancellations(pair.shop, [asked])
    said = refusal_of(accept_cancel_request, order)
    assert said == (
        "The request is over: the buyer took it back, or it was declined in Seller Center."
    )


def test_a_click_after_the_deadline_is_too_late(order: Order, asked: Any) -> None:
    set_columns(the_request(), respond_by=datetime.now(UTC) - timedelta(seconds=1))
    said = refusal_of(decline_cancel_request, order, PACKED, "")
    assert said == "The time to answer is over: TikTok grants the request by itself."
    assert the_request().sync_status == "held"


@pytest.mark.parametrize(
    ("reasons", "reason", "said"),
    [
        (True, "", "Choose one of TikTok's reasons for declining."),
        (True, "because", "Choose one of TikTok's reasons for declining."),
        (False, PACKED, "TikTok's reasons for declining are being read. Try again in a moment."),
    ],
)
def test_declining_takes_a_reason_that_tiktok_knows(
    order: Order, asked: Any, reasons: bool, reason: str, said: str
) -> None:
    if not reasons:
        set_columns(the_request(), reject_reasons=[])
    assert refusal_of(decline_cancel_request, order, reason, "") == said
    assert (the_request().sync_status, the_request().verdict) == ("held", "")


def test_a_request_that_ended_before_the_answer_left_is_not_answered(
    order: Order, asked: dict[str, Any], tiktok: FakeTikTok, pair: Pair, work: Work
) -> None:
    accept_cancel_request(order, actor="merchant")
    tiktok.desk.end(asked, WITHDRAWN)
    store_cancellations(pair.shop, [asked])
    work(STEM)
    assert (the_request().sync_status, the_request().skip_reason) == ("skipped", "withdrawn")
    assert tiktok.calls == []
