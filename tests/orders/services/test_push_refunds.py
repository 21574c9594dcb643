"""push_refunds: what TikTok cancelled or paid back is taken off the Shopify order, exactly once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orders.models import Order, Refund
from orders.services.actions import retry_order
from orders.services.pull_fulfillments import begin_polling
from orders.services.store_orders import store_page
from orders.services.store_returns import store_returns
from tests.factories import (
    ORDER_ID,
    Pair,
    history,
    link_sku,
    make_fulfillment,
    order_body,
    pass_time,
    set_columns,
    stored_order,
)
from tests.fake_aftersales import line_id
from tests.fakes import FakeShopify, FakeTikTok, ShopifyOrder, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import OutcomeUnknown, RateLimited, Rejected, Unreachable
from tiktoksync.sync.models import Attempt
from tiktoksync.sync.recovery import recover

STEM = "push_refunds"
UNCLEAR = OutcomeUnknown("Shopify did not give a clear answer.", code="http_502")
REFUNDED = "RETURN_OR_REFUND_REQUEST_COMPLETE"


def units(*cancelled: str) -> list[dict[str, Any]]:
    """Three red units and a blue one, some of them cancelled."""
    return [
        build.unit(name, "BLUE" if name == "d" else "RED")
        | ({"display_status": "CANCELLED"} if name in cancelled else {})
        for name in "abcd"
    ]


@pytest.fixture
def order(pair: Pair, shopify: FakeShopify, work: Work) -> Order:
    """Three red units and a blue one, in Shopify as two lines."""
    link_sku(pair, "RED", 41)
    link_sku(pair, "BLUE", 42)
    order = stored_order(pair.shop, lines=units())
    work("push_orders")
    shopify.calls.clear()
    order.refresh_from_db()
    assert order.is_synced
    return order


@pytest.fixture
def made(order: Order, shopify: FakeShopify) -> ShopifyOrder:
    return shopify.orders[order.shopify_order_id]


Cancel = Callable[..., None]


@pytest.fixture
def cancel(pair: Pair, order: Order) -> Cancel:
    """TikTok cancels units of the order; a later call names all that are cancelled by then."""
    ages = iter(range(10, 1000, 10))

    def act(*names: str, **fields: Any) -> None:
        body = order_body(lines=units(*names), age=next(ages), **fields)
        store_page(pair.shop, [body])

    return act


@pytest.fixture
def rules(pair: Pair) -> Any:
    return pair.shop.rules


@pytest.fixture
def pay_back(pair: Pair, order: Order, tiktok: FakeTikTok, rules: Any) -> Callable[..., Any]:
    """TikTok pays a return back; by rule it is noted in Shopify."""
    rules.refund_in_shopify = True
    rules.save()

    def act(*names: str, amount: str = "10.00", **columns: Any) -> dict[str, Any]:
        columns = {"refund_amount": {"currency": "USD", "refund_total": amount}, **columns}
        row = tiktok.desk.open_return(ORDER_ID, names, **columns)
        tiktok.desk.advance(row, REFUNDED)
        store_returns(pair.shop, [row])
        return row

    return act


def the_refund() -> Refund:
    return Refund.objects.get()


def until_done(work: Work) -> Refund:
    for _ in range(40):
        work(STEM)
        if not Refund.objects.filter(sync_status__in=("pending", "sending")).exists():
            return Refund.objects.last()
        pass_time(31)
    raise AssertionError("it never ends")


def taken_off(made: ShopifyOrder) -> list[int]:
    """How many units each line of the Shopify order has lost."""
    places = range(len(made.input["lineItems"]))
    return [made.refunded(line_id(made, place)) for place in places]


# --- cancelled units -----------------------------------------------------------------------------


def test_cancelled_units_are_taken_off_without_any_money(
    cancel: Cancel, order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work, wakes: Wakes
) -> None:
    cancel("b", "d")
    assert (STEM, order.shop.store_id) in wakes.lanes
    row = until_done(work)
    assert (row.sync_status, row.source, row.units) == ("synced", "cancelled_units", ["b", "d"])
    assert shopify.called() == ["read_refundable", "create_refund"]
    ((gid, lines, note, key),) = shopify.arguments("create_refund")
    place = {"restockType": "CANCEL", "locationId": "gid://shopify/Location/1"}
    assert lines == [
        {"lineItemId": line_id(made, 0), "quantity": 1, **place},
        {"lineItemId": line_id(made, 1), "quantity": 1, **place},
    ]
    assert (gid, note) == (made.gid, "Cancelled on TikTok: b,d")
    assert (key, len(key)) == (row.idempotency_key, 36)
    assert row.shopify_refund_id == made.refunds[0]["id"]
    assert history(order, "refund")[0] == ("", "pending")
    assert history(order, "refund")[-1] == ("sending", "synced")


def test_a_second_pass_and_the_same_news_again_change_nothing(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    cancel("b")
    until_done(work)
    cancel("b")
    pass_time(10_000)
    work(STEM)
    assert (Refund.objects.count(), shopify.count("create_refund")) == (1, 1)


def test_units_cancelled_one_after_the_other_are_taken_off_one_by_one(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    cancel("b")
    cancel("b", "c")
    assert [row.units for row in Refund.objects.all()] == [["b"], ["c"]]
    until_done(work)
    assert taken_off(made) == [2, 0]
    assert shopify.count("create_refund") == 2


@pytest.mark.parametrize(("restock", "word"), [(True, "CANCEL"), (False, "NO_RESTOCK")])
def test_stock_goes_back_by_rule(
    rules: Any, cancel: Cancel, shopify: FakeShopify, work: Work, restock: bool, word: str
) -> None:
    rules.restock_on_cancel = restock
    rules.save()
    cancel("a")
    until_done(work)
    ((_, (line,), _, _),) = shopify.arguments("create_refund")
    assert line["restockType"] == word


def test_by_rule_the_shopify_order_keeps_them(
    rules: Any, cancel: Cancel, shopify: FakeShopify, work: Work
) -> None:
    rules.follow_cancelled_units = False
    rules.save()
    cancel("a")
    cancel("a", "b")
    work(STEM)
    assert [(row.sync_status, row.skip_reason) for row in Refund.objects.all()] == [
        ("skipped", "by_rule")
    ] * 2
    assert shopify.calls == []


def test_shipped_units_become_a_task_for_a_person(
    cancel: Cancel, order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.ship(made, quantities=[2, 0])
    make_fulfillment(order, shipped_units=["a", "b"])
    cancel("b")
    row = until_done(work)
    assert (row.sync_status, row.failure_kind, row.failure_code) == ("failed", "config", "recall")
    assert "Stop the parcel" in row.failure_reason
    assert (shopify.called(), made.refunds) == (["read_refundable"], [])


def test_units_that_wait_beside_shipped_ones_are_taken_off(
    cancel: Cancel, order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.ship(made, quantities=[2, 0])
    make_fulfillment(order, shipped_units=["a", "b"])
    cancel("c")
    assert until_done(work).sync_status == "synced"
    assert taken_off(made) == [1, 0]


def test_a_recalled_unit_that_was_taken_off_by_hand_is_done_after_a_retry(
    cancel: Cancel, order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.ship(made, quantities=[3, 0])
    make_fulfillment(order, shipped_units=["a", "b", "c"])
    cancel("b")
    until_done(work)
    made.refund([{"lineItemId": line_id(made, 0), "quantity": 1}], "By hand")
    assert retry_order(order, actor="merchant")
    assert until_done(work).sync_status == "synced"
    assert shopify.count("create_refund") == 0


def test_when_the_whole_order_is_cancelled_its_units_go_with_it(
    cancel: Cancel, shopify: FakeShopify, work: Work
) -> None:
    cancel("a")
    cancel("a", "b", "c", "d", status="CANCELLED")
    work(STEM)
    row = the_refund()
    assert (row.sync_status, row.skip_reason) == ("skipped", "order_cancelled")
    assert shopify.count("create_refund") == 0


def test_an_order_cancelled_in_shopify_has_nothing_left_to_take_off(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    made.touch(cancelled_at=datetime.now(UTC))
    cancel("a")
    row = until_done(work)
    assert (row.sync_status, row.skip_reason) == ("skipped", "order_cancelled")
    assert shopify.count("create_refund") == 0


def test_units_cancelled_while_the_order_was_on_its_way_are_taken_off_afterwards(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair, "RED", 41)
    link_sku(pair, "BLUE", 42)
    stored_order(pair.shop, lines=units())
    late = order_body(lines=units("b"), age=10)
    shopify.during("create_order", lambda: store_page(pair.shop, [late]))
    work("push_orders")
    (made,) = shopify.orders.values()
    assert until_done(work).sync_status == "synced"
    assert taken_off(made) == [1, 0]


def test_units_cancelled_before_it_was_created_were_never_sent(
    pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    link_sku(pair, "RED", 41)
    link_sku(pair, "BLUE", 42)
    lines = units("b")
    live = [line for line in lines if line["id"] != "b"]
    stored_order(pair.shop, lines=lines, payment=build.payment(live))
    work("push_orders")
    (made,) = shopify.orders.values()
    assert [line["quantity"] for line in made.input["lineItems"]] == [2, 1]
    row = until_done(work)
    assert (row.sync_status, row.skip_reason) == ("skipped", "not_in_shopify")
    assert made.refunds == []


# --- returns -------------------------------------------------------------------------------------


def test_a_refund_on_tiktok_is_noted_with_the_units_it_was_for(
    pay_back: Any, order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.ship(made)
    raw = pay_back("a", "d", amount="20.00")
    row = until_done(work)
    assert (row.sync_status, str(row.amount), row.currency) == ("synced", "20.0000", "USD")
    ((_, lines, note, _),) = shopify.arguments("create_refund")
    assert lines == [
        {"lineItemId": line_id(made, 0), "quantity": 1, "restockType": "NO_RESTOCK"},
        {"lineItemId": line_id(made, 1), "quantity": 1, "restockType": "NO_RESTOCK"},
    ]
    assert note == f"Refunded on TikTok: return {raw['return_id']}"


@pytest.mark.parametrize(
    ("rule", "tracking", "word"),
    [
        ("RETURN", "8500", "RETURN"),
        ("NO_RESTOCK", "8500", "NO_RESTOCK"),
        ("RETURN", "", "NO_RESTOCK"),
    ],
)
def test_goods_that_came_back_are_restocked_by_rule(
    rules: Any,
    pay_back: Any,
    made: ShopifyOrder,
    shopify: FakeShopify,
    work: Work,
    rule: str,
    tracking: str,
    word: str,
) -> None:
    rules.restock_returns = rule
    rules.save()
    shopify.ship(made)
    pay_back("a", return_type="RETURN_AND_REFUND", return_tracking_number=tracking)
    until_done(work)
    ((_, (line,), _, _),) = shopify.arguments("create_refund")
    assert line["restockType"] == word


@pytest.mark.parametrize(
    ("status", "count"),
    [
        ("RETURN_OR_REFUND_REQUEST_PENDING", 0),
        ("AWAITING_BUYER_SHIP", 0),
        ("BUYER_SHIPPED_ITEM", 0),
        ("REFUND_OR_RETURN_REQUEST_REJECT", 0),
        ("RETURN_OR_REFUND_REQUEST_CANCEL", 0),
        ("REPLACEMENT_REQUEST_COMPLETE", 0),
        ("A_STATUS_OF_TOMORROW", 0),
        ("RETURN_OR_REFUND_REQUEST_SUCCESS", 1),
        ("RETURN_OR_REFUND_REQUEST_COMPLETE", 1),
        ("REPLACEMENT_REQUEST_REFUND_SUCCESS", 1),
        ("EXCHANGE_REQUEST_REFUND_SUCCESS", 1),
    ],
)
def test_only_money_that_went_back_is_a_refund(
    pay_back: Any, pair: Pair, tiktok: FakeTikTok, status: str, count: int
) -> None:
    row = tiktok.desk.open_return(ORDER_ID, ["a"])
    tiktok.desk.advance(row, status)
    store_returns(pair.shop, [row])
    assert Refund.objects.count() == count


def test_agreed_and_then_paid_is_one_refund(
    pay_back: Any, pair: Pair, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    row = tiktok.desk.open_return(ORDER_ID, ["a"])
    for status in ("RETURN_OR_REFUND_REQUEST_SUCCESS", REFUNDED):
        tiktok.desk.advance(row, status)
        store_returns(pair.shop, [row])
        until_done(work)
    assert (Refund.objects.count(), shopify.count("create_refund")) == (1, 1)


@pytest.mark.parametrize(
    ("names", "amount", "columns", "skip_reason"),
    [
        (["a"], "4.00", {}, "amount_only"),
        ([], "4.00", {}, "units_unknown"),
        (["a"], "4.00", {"return_type": "RETURN_AND_REFUND"}, "amount_only"),
    ],
)
def test_money_without_units_is_told_and_not_sent(
    pay_back: Any,
    order: Order,
    shopify: FakeShopify,
    work: Work,
    names: list[str],
    amount: str,
    columns: dict[str, Any],
    skip_reason: str,
) -> None:
    pay_back(*names, amount=amount, **columns)
    work(STEM)
    row = the_refund()
    assert (row.sync_status, row.skip_reason) == ("skipped", skip_reason)
    assert "TikTok refunded 4.00 USD" in order.history.filter(axis="refund").last().reason
    assert shopify.calls == []


def test_less_money_for_goods_that_came_back_takes_the_goods_off(
    pay_back: Any, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    shopify.ship(made)
    sent_back = {"return_type": "RETURN_AND_REFUND", "return_tracking_number": "8500"}
    pay_back("a", amount="7.50", **sent_back)
    assert until_done(work).sync_status == "synced"
    assert taken_off(made) == [1, 0]


def test_without_the_rule_a_refund_is_told_and_not_sent(
    pair: Pair, order: Order, tiktok: FakeTikTok, shopify: FakeShopify, work: Work
) -> None:
    row = tiktok.desk.open_return(ORDER_ID, ["a"])
    tiktok.desk.advance(row, REFUNDED)
    store_returns(pair.shop, [row])
    work(STEM)
    assert (the_refund().sync_status, the_refund().skip_reason) == ("skipped", "by_rule")
    assert shopify.calls == []


def test_an_order_that_is_not_in_shopify_gets_no_refund(pair: Pair, tiktok: FakeTikTok) -> None:
    stored_order(pair.shop)
    row = tiktok.desk.open_return(ORDER_ID, ["a"])
    tiktok.desk.advance(row, REFUNDED)
    store_returns(pair.shop, [row])
    assert not Refund.objects.exists()


# --- never twice ---------------------------------------------------------------------------------


def test_what_staff_refunded_by_hand_is_recognised(
    pay_back: Any, made: ShopifyOrder, shopify: FakeShopify, work: Work, order: Order
) -> None:
    made.refund([{"lineItemId": line_id(made, 0), "quantity": 1}], "Goodwill")
    pay_back("a")
    row = until_done(work)
    assert (row.sync_status, row.shopify_refund_id) == ("synced", "")
    assert shopify.count("create_refund") == 0
    assert "taken off in Shopify already" in order.history.filter(axis="refund").last().reason


def test_staff_and_tiktok_for_different_counts_take_off_the_rest(
    pay_back: Any, made: ShopifyOrder, work: Work
) -> None:
    made.refund([{"lineItemId": line_id(made, 0), "quantity": 1}], "Goodwill")
    pay_back("a", "b", amount="20.00")
    until_done(work)
    assert taken_off(made) == [2, 0]


def test_two_refunds_of_one_order_go_one_after_the_other(
    pay_back: Any, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    pay_back("a")
    pay_back("b")
    until_done(work)
    assert taken_off(made) == [2, 0]
    assert shopify.called() == ["read_refundable", "create_refund"] * 2


@pytest.mark.parametrize("happened", [True, False])
def test_after_an_unclear_answer_the_orders_refunds_are_read_first(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work, happened: bool
) -> None:
    cancel("a")
    shopify.fail("create_refund", UNCLEAR, after_effect=happened)
    row = until_done(work)
    assert (row.sync_status, taken_off(made)) == ("synced", [1, 0])
    again = [] if happened else ["create_refund"]
    assert shopify.called() == ["read_refundable", "create_refund", "read_refundable", *again]
    assert len({args[-1] for args in shopify.arguments("create_refund")}) == 1
    assert row.shopify_refund_id == made.refunds[0]["id"]


@pytest.mark.parametrize(
    "code", ["IDEMPOTENCY_KEY_PARAMETER_MISMATCH", "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"]
)
def test_a_key_that_is_used_up_is_replaced_after_a_look(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work, code: str
) -> None:
    cancel("a")
    shopify.fail("create_refund", Rejected("The key is spent.", code=code))
    assert until_done(work).sync_status == "synced"
    keys = [args[-1] for args in shopify.arguments("create_refund")]
    assert len(set(keys)) == len(keys) == 2
    assert taken_off(made) == [1, 0]
    assert shopify.called()[1:3] == ["create_refund", "read_refundable"]


def test_a_key_that_is_always_used_up_is_told_in_the_end(
    cancel: Cancel, shopify: FakeShopify, work: Work
) -> None:
    cancel("a")
    spent = Rejected("The key is spent.", code="IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED")
    shopify.fail("create_refund", spent, times=50)
    row = until_done(work)
    assert (row.sync_status, row.failure_reason) == ("failed", "The key is spent.")
    assert shopify.count("create_refund") == 6


def test_a_real_refusal_is_told_and_a_retry_uses_a_new_key(
    cancel: Cancel, order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    cancel("a")
    shopify.fail("create_refund", Rejected("Shopify refused it: Location is closed."))
    row = until_done(work)
    assert (row.sync_status, row.failure_kind) == ("failed", "rejected")
    assert row.failure_reason == "Shopify refused it: Location is closed."
    assert made.refunds == []
    assert retry_order(order, actor="merchant")
    assert until_done(work).sync_status == "synced"
    keys = [args[-1] for args in shopify.arguments("create_refund")]
    assert len(set(keys)) == 2


def test_an_order_that_is_gone_is_told(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    cancel("a")
    del shopify.orders[made.gid]
    row = until_done(work)
    assert (row.sync_status, row.failure_kind) == ("failed", "gone")


def test_what_is_worth_trying_again_is_tried_again(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    cancel("a")
    shopify.fail("read_refundable", Unreachable("Away."))
    shopify.fail("create_refund", RateLimited("Slow down.", retry_after=5))
    assert until_done(work).sync_status == "synced"
    assert taken_off(made) == [1, 0]
    assert len({args[-1] for args in shopify.arguments("create_refund")}) == 1


def test_a_bug_sets_it_aside_in_doubt(
    cancel: Cancel, order: Order, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    cancel("a")
    shopify.fail("create_refund", KeyError("boom"), after_effect=True)
    with pytest.raises(KeyError):
        until_done(work)
    row = the_refund()
    assert (row.sync_status, row.failure_kind) == ("failed", "internal")
    assert row.in_doubt_since is not None
    assert retry_order(order, actor="merchant")
    assert until_done(work).sync_status == "synced"
    assert taken_off(made) == [1, 0]


@pytest.mark.parametrize("happened", [True, False])
def test_a_worker_that_died_leaves_one_refund(
    cancel: Cancel, made: ShopifyOrder, shopify: FakeShopify, work: Work, happened: bool
) -> None:
    cancel("a")
    row = the_refund()
    long_ago = datetime.now(UTC) - timedelta(minutes=2)
    lines = [{"lineItemId": line_id(made, 0), "quantity": 1, "restockType": "CANCEL"}]
    set_columns(
        row,
        sync_status="sending",
        attempt_number=4,
        claimed_until=long_ago,
        lines=lines,
        idempotency_key="k-1",
    )
    Attempt.objects.create(
        flow=STEM, subject="orders.refund", subject_id=row.pk, number=4, started_at=long_ago
    )
    if happened:
        shopify.open(access_token="t").create_refund(made.gid, lines, note=row.note, key="k-1")
        shopify.calls.clear()
    assert recover(Refund) == 1
    assert until_done(work).sync_status == "synced"
    assert (taken_off(made), len(made.refunds)) == ([1, 0], 1)
    assert shopify.count("create_refund") == (0 if happened else 1)


def test_each_call_carries_the_stores_own_token(
    cancel: Cancel, pair: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.tokens.clear()
    cancel("a")
    until_done(work)
    assert set(shopify.tokens) == {pair.store.credential.access_token}


def test_our_own_refund_coming_back_is_no_news(
    cancel: Cancel, order: Order, pair: Pair, made: ShopifyOrder, shopify: FakeShopify, work: Work
) -> None:
    cancel("a")
    until_done(work)
    lines = order.history.count()
    begin_polling(pair.store)
    pass_time(10_000)
    work("pull_fulfillments")
    work(STEM)
    order.refresh_from_db()
    assert (order.history.count(), Refund.objects.count()) == (lines, 1)
    assert order.shopify_total == made.total
