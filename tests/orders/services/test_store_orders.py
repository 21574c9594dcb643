"""Storing what TikTok tells of orders: first sights, news, poison."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from orders.models import Cancellation, LineItem, Order, Package, StatusChange
from orders.services import store_orders
from orders.services.store_orders import store_page
from tests.factories import (
    FIRST_UPDATE,
    ORDER_ID,
    Pair,
    history,
    order_body,
    seconds_from_now,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fakes import Wakes
from tests.orders.data import build


def only() -> Order:
    return Order.objects.get()


def news(pair: Pair, order: Order, **fields: Any) -> Order:
    """TikTok tells of a change, ten seconds later."""
    fields = {"status": order.tiktok_status, "age": 10, **fields}
    store_page(pair.shop, [order_body(order.tiktok_order_id, **fields)])
    order.refresh_from_db()
    return order


# --- first sight ---------------------------------------------------------------------------------


def test_an_order_is_stored_whole(pair: Pair, wakes: Wakes) -> None:
    lines = [build.unit("11", "RED", "12.50"), build.unit("12", "BLUE", "7.50", package_id="p1")]
    body = order_body(lines=lines, packages=[{"id": "p1"}], buyer_message="Hello")
    stored = store_page(pair.shop, [body])
    assert (stored.new, stored.changed, stored.malformed) == (1, 0, 0)
    assert (stored.newest_update, stored.order_ids) == (FIRST_UPDATE, {ORDER_ID})
    order = only()
    assert (order.shop_id, order.tiktok_order_id) == (pair.shop.pk, ORDER_ID)
    assert (order.total, order.currency) == (Decimal("20.00"), "USD")
    assert order.placed_at == datetime.fromtimestamp(build.CREATED, UTC)
    assert order.ship_by == datetime.fromtimestamp(build.CREATED + 200_000, UTC)
    assert order.raw == body
    rows = LineItem.objects.values_list("tiktok_line_item_id", "sku_key", "price")
    assert list(rows) == [("11", "red", Decimal("12.50")), ("12", "blue", Decimal("7.50"))]
    assert list(Package.objects.values_list("tiktok_package_id", flat=True)) == ["p1"]
    assert ("push_orders", pair.store.pk) in wakes.lanes


def test_a_list_shows_city_and_country_and_no_more_of_the_buyer(pair: Pair) -> None:
    order = stored_order(pair.shop)
    assert order.ship_to == "Los Angeles, US"


@pytest.mark.parametrize(
    ("status", "sync_status", "reason"),
    [
        ("AWAITING_SHIPMENT", "pending", ""),
        ("ON_HOLD", "held", "on_hold"),
        ("SOMETHING_NEW", "held", "unknown_status"),
        ("PARTIALLY_SHIPPING", "skipped", "already_past_shipment"),
        ("AWAITING_COLLECTION", "skipped", "already_past_shipment"),
        ("IN_TRANSIT", "skipped", "already_past_shipment"),
        ("DELIVERED", "skipped", "already_past_shipment"),
        ("COMPLETED", "skipped", "already_past_shipment"),
        ("CANCELLED", "skipped", "cancelled"),
    ],
)
def test_the_first_status_follows_the_policy(
    pair: Pair, status: str, sync_status: str, reason: str
) -> None:
    order = stored_order(pair.shop, status=status)
    assert (order.tiktok_status, order.sync_status) == (status, sync_status)
    assert order.skip_reason + order.wait_reason == reason
    assert history(order, "tiktok") == [("", status)]
    assert history(order, "sync") == [("", sync_status)]
    assert (order.released_at is not None) is (status == "AWAITING_SHIPMENT")


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "UNPAID", "paid_time": 0},
        {"status": "CANCELLED", "paid_time": 0},
    ],
)
def test_an_order_that_was_never_paid_is_not_stored(pair: Pair, fields: dict[str, Any]) -> None:
    stored = store_page(pair.shop, [order_body(**fields)])
    assert (stored.new, stored.ignored) == (0, 1)
    assert not Order.objects.exists()


def test_cash_on_delivery_counts_as_an_order(pair: Pair) -> None:
    order = stored_order(pair.shop, is_cod=True, paid_time=0)
    assert (order.sync_status, order.is_cod) == ("pending", True)


def test_an_order_placed_before_syncing_started_is_skipped(pair: Pair) -> None:
    set_columns(pair.shop, sync_from=datetime.fromtimestamp(build.CREATED + 1, UTC))
    order = stored_order(pair.shop)
    assert (order.sync_status, order.skip_reason) == ("skipped", "before_sync_from")


def test_under_a_safety_hold_the_time_of_release_is_known(pair: Pair) -> None:
    pair.shop.rules.safety_hold_minutes = 30
    now = int(timezone.now().timestamp())
    order = stored_order(pair.shop, paid_time=now - 60, create_time=now - 120)
    assert (order.sync_status, order.wait_reason) == ("held", "safety_hold")
    assert 29 * 60 - 5 < seconds_from_now(order.next_attempt_at) <= 29 * 60


def test_without_automatic_sync_an_order_waits_for_a_click(pair: Pair) -> None:
    pair.shop.rules.auto_sync = False
    order = stored_order(pair.shop)
    assert (order.sync_status, order.wait_reason) == ("held", "auto_sync_off")
    assert order.next_attempt_at is None


def test_an_order_fulfilled_by_tiktok_is_skipped(pair: Pair) -> None:
    order = stored_order(pair.shop, fulfillment_type="FULFILLMENT_BY_TIKTOK")
    assert (order.sync_status, order.skip_reason) == ("skipped", "excluded_fulfilled_by_tiktok")


# --- news ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then", "sync_status", "moves"),
    [
        ("ON_HOLD", "AWAITING_SHIPMENT", "pending", [("", "held"), ("held", "pending")]),
        ("SOMETHING_NEW", "AWAITING_SHIPMENT", "pending", [("", "held"), ("held", "pending")]),
        ("AWAITING_SHIPMENT", "ON_HOLD", "held", [("", "pending"), ("pending", "held")]),
        ("AWAITING_SHIPMENT", "SOMETHING_NEW", "held", [("", "pending"), ("pending", "held")]),
        ("ON_HOLD", "CANCELLED", "skipped", [("", "held"), ("held", "skipped")]),
        ("AWAITING_SHIPMENT", "CANCELLED", "skipped", [("", "pending"), ("pending", "skipped")]),
        ("AWAITING_SHIPMENT", "IN_TRANSIT", "skipped", [("", "pending"), ("pending", "skipped")]),
        ("IN_TRANSIT", "DELIVERED", "skipped", [("", "skipped")]),
        ("CANCELLED", "CANCELLED", "skipped", [("", "skipped")]),
    ],
)
def test_news_move_an_order_that_is_not_in_shopify_yet(
    pair: Pair, first: str, then: str, sync_status: str, moves: list[tuple[str, str]]
) -> None:
    order = news(pair, stored_order(pair.shop, status=first), status=then)
    assert (order.tiktok_status, order.sync_status) == (then, sync_status)
    assert history(order) == moves


def test_a_cancellation_in_the_hour_of_remorse_says_so(pair: Pair) -> None:
    order = news(pair, stored_order(pair.shop, status="ON_HOLD"), status="CANCELLED")
    assert order.skip_reason == "cancelled_in_hold"


@pytest.mark.parametrize("kind", ["config", "rejected", "exhausted", "internal"])
def test_a_failed_order_that_is_cancelled_over_there_is_skipped(pair: Pair, kind: str) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind=kind)
    news(pair, order, status="CANCELLED")
    assert (order.sync_status, order.failure_kind) == ("skipped", "")


@pytest.mark.parametrize("status", ["IN_TRANSIT", "DELIVERED", "COMPLETED", "SOMETHING_NEW"])
def test_every_later_status_of_a_synced_order_is_mirrored_alone(pair: Pair, status: str) -> None:
    order = news(pair, synced_order(pair.shop), status=status)
    assert (order.tiktok_status, order.sync_status) == (status, "synced")
    assert history(order, "tiktok")[-1] == ("AWAITING_SHIPMENT", status)
    assert not Cancellation.objects.exists()


def test_a_cancellation_of_a_synced_order_is_queued_for_shopify_once(
    pair: Pair, wakes: Wakes
) -> None:
    order = synced_order(pair.shop)
    fields = {"cancel_reason": "Changed mind", "cancellation_initiator": "BUYER"}
    news(pair, order, status="CANCELLED", **fields)
    news(pair, order, status="CANCELLED", age=20, **fields)
    row = Cancellation.objects.get()
    assert (row.order_id, row.sync_status) == (order.pk, "pending")
    assert (row.reason, row.cancelled_by) == ("Changed mind", "BUYER")
    assert ("push_cancellations", pair.store.pk) in wakes.lanes
    assert history(order, "cancellation") == [("", "pending")]


def test_news_of_an_order_in_flight_wait_for_its_answer(pair: Pair) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="sending", attempt_number=1)
    news(pair, order, status="CANCELLED")
    assert (order.tiktok_status, order.sync_status) == ("CANCELLED", "sending")


@pytest.mark.parametrize("status", ["CANCELLED", "ON_HOLD", "IN_TRANSIT"])
def test_an_order_that_may_exist_already_is_looked_up_whatever_the_news(
    pair: Pair, status: str
) -> None:
    """Skipped or held, it would never be found, and never be cancelled over there."""
    order = stored_order(pair.shop)
    set_columns(order, in_doubt_since=timezone.now())
    news(pair, order, status=status)
    assert (order.tiktok_status, order.sync_status) == (status, "pending")
    assert order.in_doubt_since is not None


def test_a_failed_order_that_may_exist_is_looked_up_once_it_is_cancelled(pair: Pair) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind="internal", in_doubt_since=timezone.now())
    news(pair, order, status="CANCELLED")
    assert order.sync_status == "pending"
    assert order.in_doubt_since is not None


@pytest.mark.parametrize("code", ["address_missing", "money_mismatch", "sku_unlinked"])
def test_a_blocked_order_is_judged_again_with_tiktoks_next_news(pair: Pair, code: str) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind="config", failure_code=code)
    store_page(pair.shop, [order_body()])
    order.refresh_from_db()
    assert order.sync_status == "failed", "the same body says nothing new"
    news(pair, order)
    assert (order.sync_status, order.failure_code) == ("pending", "")


@pytest.mark.parametrize("kind", ["rejected", "exhausted", "internal"])
def test_what_waits_for_a_person_is_not_moved_by_news(pair: Pair, kind: str) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind=kind)
    news(pair, order)
    assert (order.sync_status, order.failure_kind) == ("failed", kind)


# --- older and equal news ------------------------------------------------------------------------


def test_older_news_are_ignored(pair: Pair) -> None:
    order = stored_order(pair.shop, status="IN_TRANSIT")
    stored = store_page(pair.shop, [order_body(status="AWAITING_SHIPMENT", age=-1)])
    assert (stored.ignored, stored.changed) == (1, 0)
    order.refresh_from_db()
    assert (order.tiktok_status, order.tiktok_update_time) == ("IN_TRANSIT", FIRST_UPDATE)
    assert len(history(order, "tiktok")) == 1


def test_of_the_same_second_the_later_read_wins(pair: Pair) -> None:
    order = news(pair, stored_order(pair.shop, status="ON_HOLD"), age=0, status="AWAITING_SHIPMENT")
    assert (order.tiktok_status, order.sync_status) == ("AWAITING_SHIPMENT", "pending")


def test_the_same_body_again_changes_nothing(pair: Pair) -> None:
    order = stored_order(pair.shop)
    seen_at = order.seen_at
    stored = store_page(pair.shop, [order_body()])
    assert (stored.ignored, stored.changed) == (1, 0)
    order.refresh_from_db()
    assert order.seen_at == seen_at
    assert StatusChange.objects.count() == 2


def test_the_same_in_another_form_is_no_news(pair: Pair) -> None:
    """Lines in another order, pictures of another host, empty values that come and go."""
    lines = [build.unit("11", sku_image="https://p16.example/a.jpg"), build.unit("12")]
    order = stored_order(pair.shop, lines=lines)
    set_columns(order, sync_status="failed", failure_kind="config")
    again = order_body(
        lines=[
            build.unit("12", cancel_reason=None),
            build.unit("11", sku_image="https://p19.example/a.jpg?x=2", package_id="0"),
        ],
        buyer_message="",
        packages=[],
    )
    stored = store_page(pair.shop, [again])
    assert (stored.ignored, stored.changed) == (1, 0)
    order.refresh_from_db()
    assert (order.sync_status, order.failure_kind) == ("failed", "config")
    assert order.raw["line_items"][0]["id"] == "11"


def test_the_same_second_with_another_price_is_news(pair: Pair) -> None:
    stored_order(pair.shop, lines=[build.unit("11")])
    dearer = order_body(lines=[build.unit("11", sale_price="99.00")])
    assert store_page(pair.shop, [dearer]).changed == 1


def test_the_same_order_twice_on_a_page_is_stored_once(pair: Pair) -> None:
    stored = store_page(pair.shop, [order_body(), order_body(age=5, status="ON_HOLD")])
    assert (stored.new, stored.ignored) == (1, 1)
    assert only().tiktok_status == "AWAITING_SHIPMENT", "the next poll's overlap brings the rest"


def test_one_merchants_order_id_is_no_news_of_anothers(pair: Pair) -> None:
    from tests.factories import make_pair

    stored_order(pair.shop)
    stored_order(make_pair("Ben").shop, status="ON_HOLD")
    assert set(Order.objects.values_list("tiktok_status", flat=True)) == {
        "AWAITING_SHIPMENT",
        "ON_HOLD",
    }


# --- parts ---------------------------------------------------------------------------------------


def test_tracking_and_packages_follow_the_news(pair: Pair) -> None:
    lines = [build.unit("11"), build.unit("12")]
    order = stored_order(pair.shop, lines=lines)
    ship = {"package_id": "p1", "tracking_number": "1Z", "shipping_provider_name": "UPS"}
    news(
        pair,
        order,
        status="PARTIALLY_SHIPPING",
        lines=[build.unit("11", **ship), build.unit("12")],
        packages=[{"id": "p1"}],
    )
    rows = order.line_items.values_list("tiktok_line_item_id", "package_id", "tracking_number")
    assert list(rows) == [("11", "p1", "1Z"), ("12", "", "")]
    package = Package.objects.get()
    assert (package.tiktok_package_id, package.carrier) == ("p1", "UPS")
    assert package.tracking_number == "1Z"


def test_a_unit_that_turns_up_later_is_added(pair: Pair) -> None:
    order = stored_order(pair.shop, lines=[build.unit("11")])
    news(pair, order, lines=[build.unit("11"), build.unit("12")])
    units = order.line_items.values_list("tiktok_line_item_id", flat=True)
    assert list(units) == ["11", "12"]


def test_five_hundred_units_are_stored(pair: Pair) -> None:
    order = stored_order(pair.shop, lines=[build.unit(f"1{number}") for number in range(500)])
    assert order.line_items.count() == 500


# --- poison --------------------------------------------------------------------------------------


def broken(order_id: str = "666", **fields: Any) -> dict[str, Any]:
    body = order_body(order_id)
    body.update(fields)
    return body


POISON = {
    "no lines": broken(line_items=[]),
    "lines of another type": broken(line_items="two shirts"),
    "negative price": broken(line_items=[build.unit("1", original_price="1", sale_price="-1")]),
    "the same unit twice": broken(line_items=[build.unit("1"), build.unit("1")]),
    "no currency": broken(payment={"total_amount": "1"}),
    "no payment": broken(payment=None),
    "time in words": broken(update_time="yesterday"),
    "time beyond all calendars": broken(update_time=10**30),
    "time before all calendars": broken(update_time=-(10**30)),
    "amount of another type": broken(payment={"currency": "USD", "total_amount": {"a": 1}}),
    "amount beyond all columns": broken(line_items=[build.unit("1", price="999999999999999.00")]),
    "bottomless": broken(extra=[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]),
    "no status": broken(status=None),
    "NaN": broken(payment={"currency": "USD", "total_amount": float("nan")}),
}


@pytest.mark.parametrize("body", POISON.values(), ids=POISON.keys())
def test_an_order_that_cannot_be_read_is_set_aside_and_its_page_is_stored(
    pair: Pair, body: dict[str, Any]
) -> None:
    stored = store_page(pair.shop, [order_body("1"), body, order_body("2")])
    assert (stored.new, stored.malformed) == (2, 1)
    orders = {order.tiktok_order_id: order for order in Order.objects.all()}
    assert orders["1"].sync_status == orders["2"].sync_status == "pending"
    aside = orders["666"]
    assert (aside.sync_status, aside.failure_kind) == ("failed", "malformed")
    assert aside.raw["id"] == "666"
    assert history(aside) == [("", "failed")]


def test_text_that_no_database_holds_is_cleaned(pair: Pair) -> None:
    message = "Hi\x00 there \ud83d \U0001f381"
    order = stored_order(pair.shop, buyer_message=message, lines=[build.unit("1", sku_name="\x00")])
    assert order.sync_status == "pending"
    assert order.raw["buyer_message"] == "Hi there ? \U0001f381"


@pytest.mark.parametrize("body", ["text", 7, None, ["a"]])
def test_what_is_no_object_at_all_is_set_aside_under_a_name_of_ours(pair: Pair, body: Any) -> None:
    store_page(pair.shop, [body, order_body("1")])
    aside = Order.objects.exclude(tiktok_order_id="1").get()
    assert aside.tiktok_order_id.startswith("unreadable-")
    assert aside.failure_kind == "malformed"
    store_page(pair.shop, [body])
    assert Order.objects.count() == 2, "the same body again is the same row"


def test_an_unreadable_unpaid_order_is_not_shown(pair: Pair) -> None:
    store_page(pair.shop, [broken(status="UNPAID", line_items=[])])
    assert not Order.objects.exists()


def test_an_order_set_aside_goes_on_once_tiktok_sends_it_whole(pair: Pair) -> None:
    store_page(pair.shop, [broken(line_items=[])])
    order = only()
    news(pair, order, status="AWAITING_SHIPMENT")
    assert (order.sync_status, order.failure_kind, order.total) == ("pending", "", Decimal(10))
    assert order.line_items.count() == 1
    assert history(order) == [("", "failed"), ("failed", "pending")]


def test_a_good_order_is_not_spoiled_by_unreadable_news(pair: Pair) -> None:
    order = stored_order(pair.shop, "666")
    stored = store_page(pair.shop, [broken(line_items=[])])
    assert stored.malformed == 0
    order.refresh_from_db()
    assert (order.sync_status, order.line_items.count()) == ("pending", 1)


def test_a_database_that_is_busy_sets_no_order_aside(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the database's trouble and passes; the page is read again."""

    def busy(*_: Any) -> None:
        raise OperationalError("deadlock detected")

    monkeypatch.setattr(store_orders, "_insert", busy)
    with pytest.raises(OperationalError):
        store_page(pair.shop, [order_body("1"), order_body("2")])
    assert not Order.objects.exists()


def test_a_page_is_one_transaction(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = store_orders._insert

    def stop(page: Any) -> None:
        plain(page)
        raise OperationalError("the connection is closed")

    monkeypatch.setattr(store_orders, "_insert", stop)
    with pytest.raises(OperationalError):
        store_page(pair.shop, [order_body("1"), order_body("2")])
    assert not Order.objects.exists()
    assert not LineItem.objects.exists()


def break_at(monkeypatch: pytest.MonkeyPatch, name: str, order_id: str) -> None:
    """A bug of ours that one order meets."""
    plain = getattr(store_orders.policy, name)

    def stumble(*given: Any, **named: Any) -> Any:
        if any(getattr(one, "order_id", "") == order_id for one in given):
            raise KeyError("ours")
        return plain(*given, **named)

    monkeypatch.setattr(store_orders.policy, name, stumble)


def test_an_order_that_meets_a_bug_of_ours_is_set_aside_alone(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_at(monkeypatch, "first_sight", "2")
    stored = store_page(pair.shop, [order_body("1"), order_body("2"), order_body("3")])
    assert (stored.new, stored.malformed, [type(bug) for bug in stored.bugs]) == (2, 1, [KeyError])
    aside = Order.objects.get(tiktok_order_id="2")
    assert (aside.sync_status, aside.failure_kind) == ("failed", "malformed")
    assert aside.raw["id"] == "2"
    monkeypatch.undo()
    store_page(pair.shop, [order_body("2")])
    aside.refresh_from_db()
    assert (aside.sync_status, aside.line_items.count()) == ("pending", 1)


def test_a_known_order_that_meets_a_bug_of_ours_stays_as_it_was(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = stored_order(pair.shop, "2", status="ON_HOLD")
    break_at(monkeypatch, "on_change", "2")
    stored = store_page(pair.shop, [order_body("1"), order_body("2", age=5)])
    assert (stored.new, len(stored.bugs)) == (1, 1)
    order.refresh_from_db()
    assert (order.tiktok_status, order.sync_status) == ("ON_HOLD", "held")


def test_a_new_page_costs_the_database_a_fixed_number_of_questions(
    pair: Pair, django_assert_max_num_queries: Any
) -> None:
    bodies = [order_body(str(number)) for number in range(100)]
    pair.shop.rules  # noqa: B018  read before, as the flow does
    # SQLite takes 999 parameters in a statement: an order's 50 columns and more make six INSERTs of
    # a hundred orders there, its line items two, its history three. PostgreSQL makes one of each.
    with django_assert_max_num_queries(15):
        store_page(pair.shop, bodies)
    assert Order.objects.count() == 100


def test_a_hundred_days_old_order_is_stored_like_any_other(pair: Pair) -> None:
    old = int((timezone.now() - timedelta(days=100)).timestamp())
    order = stored_order(pair.shop, create_time=old, paid_time=old)
    assert order.sync_status == "pending"
