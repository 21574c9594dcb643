"""pull_aftersales: what buyers ask for after the sale, read once and never wrongly overwritten."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from orders.models import CancelRequest, Order, Return
from orders.services.store_cancel_requests import store_cancellations
from orders.services.store_orders import store_page
from orders.services.store_returns import store_returns
from tests.factories import (
    ORDER_ID,
    Pair,
    hint_of_order,
    history,
    make_pair,
    order_body,
    pass_time,
    seconds_from_now,
    set_columns,
    stored_order,
    synced_order,
)
from tests.fake_aftersales import SUCCESS, WITHDRAWN
from tests.fakes import FakeTikTok, Wakes
from tests.orders.data import build
from tests.orders.services.conftest import Work
from tiktoksync.errors import RateLimited, Rejected, Unreachable
from tiktoksync.sync.flows import Budget
from tiktoksync.webhooks.models import Delivery

STEM = "pull_aftersales"
UNIT = f"{ORDER_ID[-6:]}1"


@pytest.fixture
def order(pair: Pair) -> Order:
    return synced_order(pair.shop)


def want(order: Order) -> None:
    set_columns(order, aftersales_wanted_at=datetime.now(UTC) - timedelta(seconds=1))


def the_request() -> CancelRequest:
    return CancelRequest.objects.get()


# --- what is due ---------------------------------------------------------------------------------


def test_a_shop_that_was_just_connected_is_not_asked_for_anything(
    order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    work(STEM)
    assert tiktok.calls == []


def test_the_poll_reads_both_windows_once_an_interval(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work, settings: Settings
) -> None:
    connected = datetime.now(UTC) - timedelta(seconds=901)
    set_columns(pair.shop, connected_at=connected)
    work(STEM)
    since = int(connected.timestamp()) - 300
    assert tiktok.calls == [
        ("search_cancellations", (since, None, (), (), "")),
        ("search_returns", (since, None, (), "")),
    ]
    pair.shop.refresh_from_db()
    now = datetime.now(UTC).timestamp()
    assert now - 5 < pair.shop.cancellations_watermark <= now
    assert pair.shop.returns_watermark == pair.shop.cancellations_watermark
    assert 890 < seconds_from_now(pair.shop.next_aftersales_poll_at) <= 900
    assert seconds_from_now(pair.shop.last_aftersales_poll_at) > -5
    tiktok.calls.clear()
    pass_time(800)
    work(STEM)
    assert tiktok.calls == []
    pass_time(101)
    work(STEM)
    assert tiktok.arguments("search_returns") == [(pair.shop.returns_watermark - 300, None, (), "")]


def test_an_order_that_news_point_at_is_looked_into_alone(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.desk.ask(ORDER_ID, [UNIT])
    want(order)
    work(STEM)
    assert tiktok.calls == [
        ("search_cancellations", (None, None, (ORDER_ID,), (), "")),
        ("search_returns", (None, None, (ORDER_ID,), "")),
        ("reject_reasons", (the_request().cancel_id,)),
    ]
    order.refresh_from_db()
    assert order.aftersales_wanted_at is None
    tiktok.calls.clear()
    work(STEM)
    assert tiktok.calls == []


def test_fifty_wanted_orders_are_two_calls(pair: Pair, tiktok: FakeTikTok, work: Work) -> None:
    for number in range(51):
        want(stored_order(pair.shop, f"57646141303878{number:04d}"))
    work(STEM)
    assert [len(args[2]) for args in tiktok.arguments("search_returns")] == [50, 1]
    assert not Order.objects.exclude(aftersales_wanted_at=None).exists()


def test_an_order_wanted_anew_during_the_call_stays_wanted(
    order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    want(order)
    later = datetime.now(UTC) + timedelta(hours=1)
    tiktok.during("search_returns", lambda: set_columns(order, aftersales_wanted_at=later))
    work(STEM)
    order.refresh_from_db()
    assert order.aftersales_wanted_at == later


def test_a_request_that_is_not_listed_yet_is_looked_for_again(
    order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(order, cancel_requested=True)
    want(order)
    work(STEM)
    order.refresh_from_db()
    assert 50 < seconds_from_now(order.aftersales_wanted_at) <= 60
    tiktok.desk.ask(ORDER_ID, [UNIT])
    pass_time(61)
    work(STEM)
    order.refresh_from_db()
    assert (order.aftersales_wanted_at, the_request().sync_status) == (None, "held")


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({}, False),
        ({"is_buyer_request_cancel": True}, True),
        ({"status": "AWAITING_COLLECTION"}, False),
        ({"lines": [build.unit(UNIT, display_status="CANCELLED"), build.unit("2")]}, True),
    ],
)
def test_news_of_an_order_make_it_wanted(
    pair: Pair, wakes: Wakes, fields: dict[str, Any], wanted: bool
) -> None:
    order = stored_order(pair.shop, lines=[build.unit(UNIT), build.unit("2")])
    assert order.aftersales_wanted_at is None
    lines = {"lines": [build.unit(UNIT), build.unit("2")]}
    store_page(pair.shop, [order_body(age=10, **{**lines, **fields})])
    order.refresh_from_db()
    assert (order.aftersales_wanted_at is not None) is wanted
    assert (STEM in wakes.stems()) is wanted


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"status": "ON_HOLD"}, False),
        ({"status": "AWAITING_SHIPMENT"}, False),
        ({"status": "DELIVERED"}, True),
        ({"status": "COMPLETED"}, True),
        ({"is_buyer_request_cancel": True}, True),
    ],
)
def test_an_order_that_comes_late_brings_its_past(
    pair: Pair, fields: dict[str, Any], wanted: bool
) -> None:
    order = stored_order(pair.shop, **fields)
    assert (order.aftersales_wanted_at is not None) is wanted


@pytest.mark.parametrize("topic", ["CANCELLATION_STATUS_CHANGE", "RETURN_STATUS_CHANGE"])
def test_a_webhook_about_it_makes_the_order_wanted(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work, wakes: Wakes, topic: str
) -> None:
    tiktok.place(order.raw)
    hint = hint_of_order(pair.shop, ORDER_ID)
    Delivery.objects.filter(pk=hint.pk).update(topic=topic)
    work("pull_orders")
    order.refresh_from_db()
    assert order.aftersales_wanted_at is not None
    assert (STEM, pair.shop.pk) in wakes.lanes
    hint.refresh_from_db()
    assert hint.outcome == "used"


# --- paging and marks ----------------------------------------------------------------------------


def test_every_page_is_read_before_the_mark_moves(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(pair.shop, next_aftersales_poll_at=datetime.now(UTC), cancellations_watermark=100)
    set_columns(pair.shop, returns_watermark=100)
    tiktok.desk.page_size = 2
    for number in range(5):
        tiktok.desk.open_return(ORDER_ID, [UNIT], update_time=1000 + number)
    work(STEM)
    assert Return.objects.count() == 5
    assert [args[-1] for args in tiktok.arguments("search_returns")] == ["", "2", "4"]


def test_a_mark_stays_where_it_is_when_a_page_fails(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    set_columns(pair.shop, next_aftersales_poll_at=datetime.now(UTC), cancellations_watermark=100)
    set_columns(pair.shop, returns_watermark=100)
    tiktok.fail("search_returns", Unreachable("Away."))
    work(STEM)
    pair.shop.refresh_from_db()
    assert pair.shop.returns_watermark == 100
    assert pair.shop.next_aftersales_poll_at < datetime.now(UTC)
    pass_time(61)
    tiktok.desk.open_return(ORDER_ID, [UNIT])
    work(STEM)
    assert Return.objects.count() == 1


def test_a_walk_that_must_stop_goes_on_from_what_it_stored(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    start = 10_000
    set_columns(pair.shop, next_aftersales_poll_at=datetime.now(UTC), returns_watermark=start)
    set_columns(pair.shop, cancellations_watermark=start)
    tiktok.desk.page_size = 2
    for number in range(6):
        tiktok.desk.open_return(ORDER_ID, [UNIT], update_time=start + 1000 * number)
    work(STEM, Budget(seconds=0))
    pair.shop.refresh_from_db()
    assert pair.shop.returns_watermark == start + 1000
    for _ in range(5):
        work(STEM, Budget(seconds=0))
    pair.shop.refresh_from_db()
    assert Return.objects.count() == 6
    assert pair.shop.returns_watermark > start + 5000
    assert seconds_from_now(pair.shop.next_aftersales_poll_at) > 890


def test_throttling_pauses_the_shop_and_loses_nothing(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.desk.ask(ORDER_ID, [UNIT])
    want(order)
    tiktok.fail("search_cancellations", RateLimited("Slow down.", retry_after=30))
    work(STEM)
    work(STEM)
    assert tiktok.count("search_cancellations") == 1
    pass_time(31)
    work(STEM)
    assert the_request().sync_status == "held"


# --- requests ------------------------------------------------------------------------------------


def test_a_request_waits_for_an_answer_with_all_it_takes(
    pair: Pair, order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    row = tiktok.desk.ask(ORDER_ID, [UNIT])
    want(order)
    work(STEM)
    stored = the_request()
    assert (stored.sync_status, stored.wait_reason, stored.status) == (
        "held",
        "answer",
        "CANCELLATION_REQUEST_PENDING",
    )
    assert (stored.reason_text, stored.units) == ("No longer needed", [UNIT])
    assert (str(stored.refund_amount), stored.currency) == ("10.0000", "USD")
    deadline = row["seller_next_action_response"][0]["deadline"]
    assert stored.respond_by == datetime.fromtimestamp(deadline, UTC)
    assert stored.reject_reasons == [
        {"name": "reverse_reject_request_reason_1", "text": "The product has been packed"}
    ]
    assert history(order, "cancel_request") == [("", "held")]


@pytest.mark.parametrize(("region", "hours"), [("US", 24), ("VN", 48)])
def test_without_a_deadline_of_tiktoks_the_regions_rule_counts(
    db: None, tiktok: FakeTikTok, region: str, hours: int
) -> None:
    pair = make_pair("Rita", region)
    synced_order(pair.shop)
    row = tiktok.desk.ask(ORDER_ID, [UNIT], seller_next_action_response=[])
    store_cancellations(pair.shop, [row])
    asked = datetime.fromtimestamp(row["create_time"], UTC)
    assert the_request().respond_by == asked + timedelta(hours=hours)


def test_cancellations_that_nobody_asks_for_are_no_requests(
    pair: Pair, order: Order, tiktok: FakeTikTok
) -> None:
    row = tiktok.desk.ask(ORDER_ID, [UNIT], cancel_type="CANCEL", cancel_status=SUCCESS)
    assert store_cancellations(pair.shop, [row]) == 0
    assert not CancelRequest.objects.exists()


@pytest.mark.parametrize(
    ("status", "late", "skip_reason", "words"),
    [
        (WITHDRAWN, False, "withdrawn", "took it back"),
        (SUCCESS, False, "granted_elsewhere", "accepted on TikTok"),
        (SUCCESS, True, "granted_unanswered", "Nobody answered in time"),
        ("CANCELLATION_REQUEST_COMPLETE", True, "granted_unanswered", "Nobody answered in time"),
    ],
)
def test_a_request_that_ends_by_itself_says_how(
    pair: Pair,
    order: Order,
    tiktok: FakeTikTok,
    status: str,
    late: bool,
    skip_reason: str,
    words: str,
) -> None:
    row = tiktok.desk.ask(ORDER_ID, [UNIT])
    store_cancellations(pair.shop, [row])
    tiktok.desk.end(row, status)
    if late:
        row["update_time"] += 86400
    store_cancellations(pair.shop, [row])
    stored = the_request()
    assert (stored.sync_status, stored.skip_reason) == ("skipped", skip_reason)
    assert stored.resolved_at is not None
    last = order.history.filter(axis="cancel_request").last()
    assert (last.before, last.after, last.actor) == ("held", "skipped", "tiktok")
    assert words in last.reason


def test_older_news_never_overwrite_newer(pair: Pair, order: Order, tiktok: FakeTikTok) -> None:
    row = tiktok.desk.ask(ORDER_ID, [UNIT])
    old = dict(row)
    store_cancellations(pair.shop, [row])
    tiktok.desk.end(row, WITHDRAWN)
    store_cancellations(pair.shop, [row])
    lines = order.history.count()
    assert store_cancellations(pair.shop, [old]) == 0
    assert store_cancellations(pair.shop, [row]) == 0
    assert (the_request().status, order.history.count()) == (WITHDRAWN, lines)


def test_a_status_nobody_knows_is_kept_and_shown(
    pair: Pair, order: Order, tiktok: FakeTikTok
) -> None:
    row = tiktok.desk.ask(ORDER_ID, [UNIT])
    store_cancellations(pair.shop, [row])
    tiktok.desk.end(row, "CANCELLATION_REQUEST_PONDERED")
    store_cancellations(pair.shop, [row])
    stored = the_request()
    assert (stored.status, stored.sync_status) == ("CANCELLATION_REQUEST_PONDERED", "held")
    note = order.history.filter(axis="note").last()
    assert "CANCELLATION_REQUEST_PONDERED" in note.reason


def test_what_belongs_to_no_stored_order_leaves_no_row(pair: Pair, tiktok: FakeTikTok) -> None:
    assert store_cancellations(pair.shop, [tiktok.desk.ask("999", ["1"])]) == 0
    assert store_returns(pair.shop, [tiktok.desk.open_return("999", ["1"])]) == 0
    assert (CancelRequest.objects.count(), Return.objects.count()) == (0, 0)


def test_another_shops_order_is_never_touched(pair: Pair, tiktok: FakeTikTok) -> None:
    other = make_pair("Ben")
    synced_order(other.shop)
    assert store_cancellations(pair.shop, [tiktok.desk.ask(ORDER_ID, [UNIT])]) == 0
    assert store_returns(pair.shop, [tiktok.desk.open_return(ORDER_ID, [UNIT])]) == 0


@pytest.mark.parametrize(
    "broken",
    [
        {"order_id": None},
        {"cancel_id": "", "return_id": ""},
        {"cancel_id": {"a": 1}, "return_id": ["x"]},
    ],
)
def test_a_row_that_cannot_be_read_keeps_no_other_from_being_stored(
    pair: Pair, order: Order, tiktok: FakeTikTok, broken: dict[str, Any]
) -> None:
    bad = {**tiktok.desk.ask(ORDER_ID, [UNIT]), **tiktok.desk.open_return(ORDER_ID, []), **broken}
    assert store_cancellations(pair.shop, [bad, tiktok.desk.ask(ORDER_ID, [UNIT])]) == 1
    assert store_returns(pair.shop, [bad, tiktok.desk.open_return(ORDER_ID, [UNIT])]) == 1


@pytest.mark.parametrize(
    "strange",
    [
        {"refund_amount": None, "cancel_line_items": None, "return_line_items": "x"},
        {"refund_amount": {"refund_total": "NaN", "currency": "USD"}},
        {"refund_amount": {"refund_total": "-5", "currency": "USD"}},
        {"seller_next_action_response": [{"deadline": "soon"}, 7], "create_time": -1},
        {"cancel_reason_text": "x" * 999, "return_reason_text": "\x00" * 999, "role": 5},
    ],
)
def test_strange_values_read_as_absent(
    pair: Pair, order: Order, tiktok: FakeTikTok, strange: dict[str, Any]
) -> None:
    assert store_cancellations(pair.shop, [{**tiktok.desk.ask(ORDER_ID, []), **strange}]) == 1
    assert store_returns(pair.shop, [{**tiktok.desk.open_return(ORDER_ID, []), **strange}]) == 1


def test_reasons_that_cannot_be_read_are_asked_for_again_later(
    order: Order, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.desk.ask(ORDER_ID, [UNIT])
    want(order)
    tiktok.fail("reject_reasons", Rejected("No.", code="25001001"))
    work(STEM)
    work(STEM)
    assert (tiktok.count("reject_reasons"), the_request().reject_reasons) == (1, [])
    pass_time(601)
    work(STEM)
    assert tiktok.count("reject_reasons") == 2
    assert len(the_request().reject_reasons) == 1
    pass_time(10_000)
    work(STEM)
    assert tiktok.count("reject_reasons") == 2


# --- returns -------------------------------------------------------------------------------------


def test_a_return_is_mirrored_word_for_word_and_each_status_is_told(
    pair: Pair, order: Order, tiktok: FakeTikTok
) -> None:
    row = tiktok.desk.open_return(
        ORDER_ID,
        [UNIT],
        return_type="RETURN_AND_REFUND",
        seller_next_action_response=[
            {"action": "SELLER_RESPOND_RETURN", "deadline": 1_900_000_000}
        ],
        return_warehouse_address={"full_address": "1 Secret Street"},
    )
    store_returns(pair.shop, [row])
    shipped = {"return_tracking_number": "8500", "return_provider_name": "J&T Express"}
    row["seller_next_action_response"] = []
    tiktok.desk.advance(row, "BUYER_SHIPPED_ITEM", **shipped)
    store_returns(pair.shop, [row])
    assert store_returns(pair.shop, [row]) == 0
    tiktok.desk.advance(row, "A_STATUS_OF_TOMORROW")
    store_returns(pair.shop, [row])
    stored = Return.objects.get()
    assert (stored.status, stored.carrier, stored.tracking_number) == (
        "A_STATUS_OF_TOMORROW",
        "J&T Express",
        "8500",
    )
    assert (stored.respond_by, stored.units) == (None, [UNIT])
    assert "Secret" not in str(stored.raw)
    assert history(order, "return") == [
        ("", "RETURN_OR_REFUND_REQUEST_PENDING"),
        ("RETURN_OR_REFUND_REQUEST_PENDING", "BUYER_SHIPPED_ITEM"),
        ("BUYER_SHIPPED_ITEM", "A_STATUS_OF_TOMORROW"),
    ]
    first = order.history.filter(axis="return").first()
    assert first.reason == "Asked for · Package or product is damaged · 10.00 USD."


def test_older_news_of_a_return_never_overwrite_newer(
    pair: Pair, order: Order, tiktok: FakeTikTok
) -> None:
    row = tiktok.desk.open_return(ORDER_ID, [UNIT])
    old = dict(row)
    tiktok.desk.advance(row, "AWAITING_BUYER_SHIP")
    store_returns(pair.shop, [row])
    assert store_returns(pair.shop, [old]) == 0
    assert Return.objects.get().status == "AWAITING_BUYER_SHIP"


def test_a_replacement_names_the_order_it_stands_for(pair: Pair) -> None:
    fields = {"is_replacement_order": True, "replaced_order_id": ORDER_ID}
    assert stored_order(pair.shop, "576461413038780001", **fields).source_order_id == ORDER_ID
    fields = {"is_exchange_order": True, "exchange_source_order_id": int(ORDER_ID)}
    assert stored_order(pair.shop, "576461413038780002", **fields).source_order_id == ORDER_ID
    assert stored_order(pair.shop, "576461413038780003").source_order_id == ""
