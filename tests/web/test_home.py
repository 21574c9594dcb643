"""The home page: counts that lead to their orders, tasks with one button, the dispatch board."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.board import gather_home
from orders.models import Order
from orders.services.store_orders import store_page
from tests.factories import (
    Pair,
    make_cancellation,
    make_fulfillment,
    make_shop,
    set_columns,
    stored_order,
    synced_order,
)
from tests.web.conftest import browser
from tests.web.reading import elements_of, order_ids, text_of
from tiktoksync.shops.models import Merchant


def order_id(number: int) -> str:
    return f"5764614130387{number:05d}"


def home_of(pair: Pair) -> dict[str, Any]:
    return gather_home(pair.merchant, [pair.shop])


def test_without_a_shop_home_says_how_to_begin(db: None) -> None:
    answer = browser("nils", Merchant.objects.create(name="Nils")).get("/")
    assert "Connect TikTok Shop and Shopify" in text_of(answer)
    assert "Shopify Not connected TikTok Not connected Not checked yet" in text_of(answer)


def test_before_the_first_order_home_says_what_will_happen(pair: Pair, anna: Client) -> None:
    words = text_of(anna.get("/"))
    assert "Ready for the first order" in words
    assert "The order appears here at once, as On hold." in words


def test_every_count_leads_to_exactly_its_orders(pair: Pair, anna: Client) -> None:
    statuses = ["ON_HOLD", "AWAITING_SHIPMENT", "PARTIALLY_SHIPPING", "IN_TRANSIT", "COMPLETED"]
    for index, status in enumerate(statuses):
        order = stored_order(pair.shop, order_id(index))
        set_columns(order, tiktok_status=status, placed_at=timezone.now(), sync_status="synced")
    set_columns(Order.objects.get(tiktok_order_id=order_id(3)), sync_status="failed")
    set_columns(Order.objects.get(tiktok_order_id=order_id(4)), placed_at=None)
    cards = {card.label: card for card in home_of(pair)["metrics"]}
    assert {label: card.value for label, card in cards.items()} == {
        "Orders today": "4",
        "Waiting for release": "1",
        "Blocked": "1",
        "Due today": "0",
        "Minutes to Shopify": "–",
    }
    for label in ("Orders today", "Waiting for release", "Blocked", "Due today"):
        card = cards[label]
        assert len(order_ids(anna.get(card.address))) == int(card.value)


def test_tasks_stand_by_deadline_then_value_with_one_button_each(pair: Pair, anna: Client) -> None:
    now = timezone.now()
    stages = [
        (now + timedelta(hours=9), "5.00", "rejected", "INVALID"),
        (now + timedelta(hours=2), "5.00", "config", "sku_unlinked"),
        (None, "90.00", "auth", "401"),
        (now + timedelta(hours=9), "70.00", "rejected", "INVALID"),
    ]
    for index, (ship_by, total, kind, code) in enumerate(stages):
        set_columns(
            stored_order(pair.shop, order_id(index)),
            sync_status="failed",
            failure_kind=kind,
            failure_code=code,
            failure_reason=f"Because of {index}.",
            ship_by=ship_by,
            total=total,
        )
    tasks = home_of(pair)["work"]
    assert [task.order.tiktok_order_id for task in tasks] == [
        order_id(number) for number in (1, 3, 0, 2)
    ]
    answer = anna.get("/")
    words = text_of(answer)
    assert f"Order {order_id(1)} is not in Shopify Because of 1. Due in 1 h $5.00 Link" in words
    hrefs = [link.get("href") for link in elements_of(answer, "a")]
    assert f"/orders/{order_id(1)}/link/?shop=749Anna" in hrefs
    assert hrefs.count("/connect/") == 3  # two in the frame, one for the order without consent
    actions = [form.get("action", "") for form in elements_of(answer, "form")]
    retries = [action for action in actions if "retry" in action]
    assert retries == [f"/orders/{order_id(n)}/retry/?shop=749Anna" for n in (3, 0)]


def test_trouble_after_shopify_is_a_task_too(pair: Pair) -> None:
    shipped, cancelled = (synced_order(pair.shop, order_id(n), n + 1) for n in range(2))
    set_columns(make_fulfillment(shipped), sync_status="failed", failure_reason="Refused.")
    set_columns(make_cancellation(cancelled), sync_status="failed", failure_reason="Shipped.")
    tasks = {task.order.pk: task for task in home_of(pair)["work"]}
    assert tasks[shipped.pk].what == "has tracking that TikTok refused"
    assert tasks[shipped.pk].row.failure_reason == "Refused."
    assert tasks[cancelled.pk].what == "is cancelled on TikTok but not in Shopify"


def test_a_task_that_no_retry_helps_is_only_opened(pair: Pair, anna: Client) -> None:
    store_page(pair.shop, [{"id": order_id(2), "status": "AWAITING_SHIPMENT", "update_time": 5}])
    answer = anna.get("/")
    assert text_of(answer).count("0 Open To be shipped") == 1
    assert not [form for form in elements_of(answer, "form") if "retry" in form.get("action", "")]


def test_the_board_sorts_by_deadline_in_the_merchants_zone(pair: Pair, anna: Client) -> None:
    set_columns(pair.merchant, timezone="America/Los_Angeles")
    with timezone.override("America/Los_Angeles"):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        moments: list[datetime] = [
            timezone.now() - timedelta(minutes=1),
            midnight + timedelta(days=1, seconds=-1),
            midnight + timedelta(days=1),
            midnight + timedelta(days=2, seconds=-1),
            midnight + timedelta(days=2),
        ]
        for index, moment in enumerate(moments):
            set_columns(stored_order(pair.shop, order_id(index)), ship_by=moment)
        set_columns(
            stored_order(pair.shop, order_id(9)), tiktok_status="IN_TRANSIT", ship_by=moments[0]
        )
        lanes = home_of(pair)["lanes"]
    assert [(lane.label, lane.count) for lane in lanes] == [
        ("Overdue", 1),
        ("Today", 1),
        ("Tomorrow", 2),
        ("Later", 1),
    ]
    for lane in lanes:
        shown = order_ids(anna.get(f"/orders/?{lane.query}"))
        assert sorted(shown) == [order.tiktok_order_id for order in lane.orders]


def test_recent_changes_are_those_of_ones_own_orders(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    stored_order(pair.shop)
    stored_order(strangers.shop, order_id(7))
    words = text_of(anna.get("/"))
    assert "First seen on TikTok: Awaiting shipment 576461413038785752 · just now" in words
    assert order_id(7) not in words


def test_home_tells_when_each_shop_was_last_asked(pair: Pair, anna: Client) -> None:
    make_shop(pair.merchant, pair.store, "749second")
    stored_order(pair.shop)
    set_columns(pair.shop, last_poll_at=timezone.now() - timedelta(seconds=40))
    words = text_of(anna.get("/"))
    assert "Last asked Anna's shop 40 s ago Connected Anna's shop – Connected" in words


def test_home_costs_a_bounded_number_of_queries(pair: Pair, anna: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            anna.get("/")
        return len(queries)

    for index in range(12):
        set_columns(stored_order(pair.shop, order_id(index)), sync_status="failed")
    few = cost()
    for index in range(12, 40):
        order = synced_order(pair.shop, order_id(index), index)
        set_columns(make_fulfillment(order), sync_status="failed")
    assert cost() <= few <= 34
