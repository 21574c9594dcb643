"""push_cancellations: what TikTok cancels is cancelled in Shopify, at most once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from orders.models import Cancellation, Order
from orders.services.store_orders import store_page
from tests.factories import (
    Pair,
    history,
    link_sku,
    make_fulfillment,
    make_shop,
    order_body,
    pass_time,
    seconds_from_now,
    set_columns,
    stored_order,
)
from tests.fakes import FakeShopify, ShopifyOrder
from tests.orders.services.conftest import Work
from tiktoksync.errors import Gone, OutcomeUnknown, Rejected, Unreachable

STEM = "push_cancellations"
UNCLEAR = OutcomeUnknown("Shopify did not give a clear answer.", code="http_502")


@pytest.fixture
def order(pair: Pair, shopify: FakeShopify, work: Work) -> Order:
    """An order in Shopify that TikTok has cancelled since."""
    link_sku(pair)
    order = stored_order(pair.shop)
    work("push_orders")
    shopify.calls.clear()
    cancelled = {"cancel_reason": "Ordered by mistake", "cancellation_initiator": "BUYER"}
    store_page(pair.shop, [order_body(status="CANCELLED", age=10, **cancelled)])
    order.refresh_from_db()
    return order


@pytest.fixture
def row(order: Order) -> Cancellation:
    return Cancellation.objects.get(order=order)


@pytest.fixture
def made(order: Order, shopify: FakeShopify) -> ShopifyOrder:
    return shopify.orders[order.shopify_order_id]


def state(row: Cancellation) -> str:
    row.refresh_from_db()
    return row.sync_status


def until_done(row: Cancellation, work: Work) -> int:
    """Let time pass until nothing waits any more; returns how many passes that took."""
    for number in range(1, 40):
        work(STEM)
        if state(row) != "pending":
            return number
        pass_time(31)
    raise AssertionError("it never ends")


# --- done ----------------------------------------------------------------------------------------


def test_the_shopify_order_is_cancelled_with_the_buyers_reason(
    order: Order, row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    until_done(row, work)
    assert shopify.arguments("cancel_order") == [
        (made.gid, "CUSTOMER", True, "Cancelled on TikTok: Ordered by mistake")
    ]
    assert made.cancelled_at is not None
    assert (state(row), row.done_at is not None) == ("synced", True)
    order.refresh_from_db()
    assert order.shopify_cancelled_at is not None
    assert history(order, "shopify")[-1][1] == "CANCELLED"
    assert order.sync_status == "synced", "the order's own axis is another matter"


@pytest.mark.parametrize("restock", [True, False])
def test_stock_is_put_back_by_rule(
    pair: Pair, row: Cancellation, made: ShopifyOrder, work: Work, restock: bool
) -> None:
    pair.shop.rules.restock_on_cancel = restock
    pair.shop.rules.save()
    until_done(row, work)
    assert made.restocked is restock


@pytest.mark.parametrize("by", ["SELLER", "SYSTEM", ""])
def test_whoever_else_cancelled_it_the_reason_is_other(
    row: Cancellation, shopify: FakeShopify, work: Work, by: str
) -> None:
    set_columns(row, cancelled_by=by, reason="")
    work(STEM)
    ((_, reason, _, note),) = shopify.arguments("cancel_order")
    assert (reason, note) == ("OTHER", "")


def reason_sent(shopify: FakeShopify) -> str:
    ((_, reason, _, _),) = shopify.arguments("cancel_order")
    return str(reason)


@pytest.mark.parametrize("reason", ["CUSTOMER", "INVENTORY", "FRAUD", "DECLINED", "STAFF", "OTHER"])
def test_a_mapped_reason_is_sent_exactly(
    pair: Pair, row: Cancellation, shopify: FakeShopify, work: Work, reason: str
) -> None:
    words = "ordered  by MISTAKE "
    pair.shop.cancel_reasons.create(kind="words", reason=words, becomes=reason)
    until_done(row, work)
    assert reason_sent(shopify) == reason


@pytest.mark.parametrize(
    ("by", "mapped", "sent"),
    [
        ("BUYER", {}, "CUSTOMER"),
        ("BUYER", {"BUYER": "DECLINED", "SELLER": "STAFF"}, "DECLINED"),
        ("SELLER", {"BUYER": "DECLINED", "SELLER": "STAFF"}, "STAFF"),
        ("SELLER", {"BUYER": "DECLINED"}, "OTHER"),
        ("SYSTEM", {"SYSTEM": "FRAUD"}, "FRAUD"),
        ("", {"SYSTEM": "FRAUD"}, "FRAUD"),
        ("SOMEBODY_OF_TOMORROW", {"SYSTEM": "FRAUD", "SELLER": "STAFF"}, "FRAUD"),
    ],
)
def test_a_reason_that_is_not_mapped_follows_who_cancelled(
    pair: Pair,
    row: Cancellation,
    shopify: FakeShopify,
    work: Work,
    by: str,
    mapped: dict[str, str],
    sent: str,
) -> None:
    set_columns(row, cancelled_by=by)
    pair.shop.cancel_reasons.create(kind="words", reason="Another reason", becomes="INVENTORY")
    for whom, reason in mapped.items():
        pair.shop.cancel_reasons.create(kind="whom", reason=whom, becomes=reason)
    until_done(row, work)
    assert reason_sent(shopify) == sent


def test_the_words_beat_who_cancelled_and_other_shops_have_their_own_map(
    pair: Pair, row: Cancellation, shopify: FakeShopify, work: Work
) -> None:
    other = make_shop(pair.merchant, pair.store, "749Second")
    other.cancel_reasons.create(kind="words", reason="Ordered by mistake", becomes="FRAUD")
    other.cancel_reasons.create(kind="whom", reason="BUYER", becomes="FRAUD")
    pair.shop.cancel_reasons.create(kind="whom", reason="BUYER", becomes="DECLINED")
    pair.shop.cancel_reasons.create(kind="words", reason="Ordered by mistake", becomes="INVENTORY")
    until_done(row, work)
    assert reason_sent(shopify) == "INVENTORY"


def test_shopify_cancels_in_the_background_and_only_then_it_is_done(
    order: Order, row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.cancels_at_once = False
    work(STEM)
    assert (state(row), row.in_doubt_since is not None) == ("pending", True)
    assert 0 < seconds_from_now(row.next_attempt_at) <= 15
    for _ in range(3):
        pass_time(16)
        work(STEM)
        assert state(row) == "pending"
    order.refresh_from_db()
    assert order.shopify_cancelled_at is None
    made.touch(cancelled_at=datetime.now(UTC))
    pass_time(16)
    work(STEM)
    assert state(row) == "synced"
    assert shopify.count("cancel_order") == 1
    assert history(order, "shopify") == [("UNFULFILLED", "CANCELLED")]


def test_a_background_job_that_came_to_nothing_is_asked_for_again(
    row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.cancels_at_once = False
    work(STEM)
    for _ in range(8):
        pass_time(16)
        work(STEM)
    shopify.cancels_at_once = True
    until_done(row, work)
    assert state(row) == "synced"
    assert shopify.count("cancel_order") == 2


def test_an_order_cancelled_in_shopify_already_is_left_alone(
    order: Order, row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.touch(cancelled_at=datetime.now(UTC))
    set_columns(order, shopify_cancelled_at=timezone.now())
    work(STEM)
    assert state(row) == "synced"
    assert shopify.called() == ["read_orders"]


def test_a_refusal_because_it_is_cancelled_already_counts_as_success(
    row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.touch(cancelled_at=datetime.now(UTC))
    until_done(row, work)
    assert state(row) == "synced"
    assert shopify.called() == ["cancel_order", "read_orders"]


# --- recall --------------------------------------------------------------------------------------


@pytest.mark.parametrize("sync_status", ["held", "pending", "sending", "synced", "failed"])
def test_a_parcel_that_was_shipped_becomes_a_task_for_a_person(
    order: Order, row: Cancellation, shopify: FakeShopify, work: Work, sync_status: str
) -> None:
    make_fulfillment(order, sync_status=sync_status)
    work(STEM)
    assert (state(row), row.failure_kind, row.failure_code) == ("failed", "config", "recall")
    assert "Stop the parcel" in row.failure_reason
    assert shopify.calls == []


def test_a_shipment_kept_from_tiktok_for_the_cancellation_is_shipped_all_the_same(
    order: Order, row: Cancellation, shopify: FakeShopify, work: Work
) -> None:
    make_fulfillment(order)
    work("push_fulfillments")
    work(STEM)
    assert (state(row), row.failure_code) == ("failed", "recall")
    assert shopify.count("cancel_order") == 0


def test_a_fulfilled_order_whose_shipments_are_not_known_yet_is_shipped_too(
    order: Order, row: Cancellation, shopify: FakeShopify, work: Work
) -> None:
    set_columns(order, shopify_status="FULFILLED")
    work(STEM)
    assert (state(row), row.failure_code) == ("failed", "recall")


def test_a_shipment_cancelled_in_shopify_is_no_shipment(
    order: Order, row: Cancellation, work: Work
) -> None:
    make_fulfillment(
        order, status="CANCELLED", sync_status="skipped", skip_reason="fulfillment_cancelled"
    )
    until_done(row, work)
    assert state(row) == "synced"


# --- unclear, refused ----------------------------------------------------------------------------


@pytest.mark.parametrize("happened", [True, False])
def test_after_an_unclear_answer_the_order_itself_says_what_happened(
    row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work, happened: bool
) -> None:
    shopify.fail("cancel_order", UNCLEAR, after_effect=happened)
    until_done(row, work)
    assert state(row) == "synced"
    assert made.cancelled_at is not None
    assert shopify.count("cancel_order") == (1 if happened else 2)


def test_a_real_refusal_is_told_in_shopifys_words(
    row: Cancellation, shopify: FakeShopify, work: Work
) -> None:
    refusal = Rejected("Shopify refused it: it has outstanding fulfillments.", code="INVALID")
    shopify.fail("cancel_order", refusal)
    until_done(row, work)
    assert (state(row), row.failure_kind, row.failure_code) == ("failed", "rejected", "INVALID")
    assert "outstanding fulfillments" in row.failure_reason
    assert shopify.count("cancel_order") == 1


def test_an_order_that_is_gone_needs_no_cancelling(
    row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    del shopify.orders[made.gid]
    shopify.fail("cancel_order", Gone("Shopify no longer knows the object.", code="NOT_FOUND"))
    until_done(row, work)
    assert state(row) == "synced"
    assert shopify.count("cancel_order") == 1


def test_what_is_worth_trying_again_is_tried_again(
    row: Cancellation, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.fail("cancel_order", Unreachable("Away."))
    assert until_done(row, work) > 1
    assert state(row) == "synced"


def test_an_order_that_is_not_in_shopify_is_never_cancelled_there(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    stored_order(pair.shop, status="CANCELLED")
    work(STEM)
    assert (Cancellation.objects.count(), shopify.calls) == (0, [])


def test_each_call_carries_the_stores_own_token(
    pair: Pair, row: Cancellation, shopify: FakeShopify, work: Work
) -> None:
    shopify.tokens.clear()
    until_done(row, work)
    assert set(shopify.tokens) == {pair.store.credential.access_token}


def test_a_second_pass_cancels_nothing_twice(
    row: Cancellation, shopify: FakeShopify, work: Any
) -> None:
    until_done(row, work)
    pass_time(10_000)
    work(STEM)
    assert shopify.count("cancel_order") == 1
