"""The home page's figures over time: exact counts, the merchant's days, bounded queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orders.home_numbers import (
    chart_days,
    chart_pace,
    count_days,
    day_starts,
    list_causes,
    measure_pace,
    say_account,
)
from orders.home_tasks import Chore, Task, list_work
from tests.factories import Pair, set_columns, stored_order
from tests.web.reading import elements_of, text_of
from tiktoksync.alerts.models import Alert, AlertKind

NOON = datetime(2026, 5, 20, 12, tzinfo=timezone.get_default_timezone())


def put(pair: Pair, number: int, days_ago: float, **columns: Any) -> Any:
    order = stored_order(pair.shop, f"5764614130387{number:05d}")
    set_columns(order, placed_at=NOON - timedelta(days=days_ago), **columns)
    return order


def test_each_order_counts_once_under_its_day_and_state(pair: Pair, strangers: Pair) -> None:
    for number, (days_ago, status) in enumerate(
        [
            *((0, "synced"), (0, "held"), (0.4, "pending"), (0.6, "sending")),
            *((1, "failed"), (13, "skipped"), (14, "synced"), (29, "synced"), (31, "synced")),
        ]
    ):
        put(pair, number, days_ago, sync_status=status)
    put(strangers, 99, 0, sync_status="synced")
    numbers = count_days([pair.shop], NOON)
    assert len(numbers.days) == 14
    assert numbers.a_day == [1, *[0] * 11, 2, 3]
    assert numbers.by_state["waiting"][-2:] == [1, 2]
    assert numbers.by_state["blocked"][-2:] == [1, 0]
    assert numbers.totals == {"in Shopify": 3, "waiting": 3, "blocked": 1, "skipped by rule": 1}
    assert say_account(numbers) == (
        "All 8 paid TikTok orders since 20 April are accounted for: "
        "3 in Shopify, 3 waiting, 1 blocked and 1 skipped by rule."
    )
    assert chart_days(numbers).says == "Between 0 and 3 a day in the last 14 days."


def test_days_begin_at_the_merchants_midnight_over_a_change_of_clocks() -> None:
    with timezone.override("Europe/Berlin"):
        starts = day_starts(datetime(2026, 3, 30, 10, tzinfo=NOON.tzinfo), 3)
    assert [start.astimezone(NOON.tzinfo).strftime("%d %H:%M") for start in starts] == [
        "27 23:00",
        "28 23:00",
        "29 22:00",
    ]


def test_the_pace_is_the_median_of_each_day(pair: Pair) -> None:
    for number, (days_ago, seconds) in enumerate([(1, 60), (1, 120), (1, 600), (0, 30)]):
        released = NOON - timedelta(days=days_ago)
        reached = released + timedelta(seconds=seconds)
        columns = {"released_at": released, "synced_at": reached}
        put(pair, number, days_ago, sync_status="synced", **columns)
    put(pair, 9, 0, sync_status="synced", released_at=None, synced_at=NOON)
    put(pair, 10, 0, sync_status="failed", released_at=NOON, synced_at=None)
    pace = measure_pace([pair.shop], NOON + timedelta(hours=1))
    assert [day.day for day in pace.days] == [19, 20]
    assert pace.minutes == [2.0, 0.5]
    assert (pace.lately, pace.words) == (1.5, "1.5")
    assert "between 0.5 and 2 minutes" in chart_pace(pace).says


def test_without_orders_nothing_is_made_up(pair: Pair) -> None:
    numbers, pace = count_days([pair.shop], NOON), measure_pace([pair.shop], NOON)
    assert say_account(numbers) == ""
    assert chart_days(numbers).is_empty
    assert (pace.words, chart_pace(pace).is_empty) == ("–", True)
    assert list_causes([pair.shop]) == []


def test_causes_lead_to_their_orders_the_most_frequent_first(pair: Pair, anna: Client) -> None:
    unlinked = {"failure_kind": "config", "failure_code": "sku_unlinked"}
    for number, sku in enumerate(("BLUE", "RED")):
        put(pair, number, 0, sync_status="failed", **unlinked, failure_reason=f"SKU {sku}.")
    odd = {"failure_kind": "rejected", "failure_code": "ODD", "failure_reason": "No post code. Hm."}
    put(pair, 5, 0, sync_status="failed", **odd)
    causes = list_causes([pair.shop])
    assert [(cause.count, cause.tone) for cause in causes] == [(2, "bad"), (1, "bad")]
    assert causes[1].label == "No post code"
    assert "BLUE" not in causes[0].label
    assert [cause.address for cause in causes] == [
        "/orders/?sync_status=failed&cause=sku_unlinked",
        "/orders/?sync_status=failed&cause=ODD",
    ]


def raise_alert(pair: Pair, kind: str, **columns: Any) -> Alert:
    address = columns.pop("address", "/connect/")
    facts = {"merchant": pair.merchant, "kind": kind, "title": f"About {kind}", "address": address}
    return Alert.objects.create(cause=str(columns), **facts, **columns)


def test_connections_and_listings_stand_among_the_orders(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    order = put(pair, 1, 0, sync_status="failed", ship_by=timezone.now() + timedelta(days=1))
    raise_alert(pair, AlertKind.LISTING_REFUSED)
    raise_alert(pair, AlertKind.CONSENT_LOST, is_urgent=True)
    raise_alert(pair, AlertKind.CONSENT_ENDING, resolved_at=timezone.now())
    raise_alert(pair, AlertKind.BLOCKED, is_urgent=True)
    raise_alert(strangers, AlertKind.SYNC_LATE, is_urgent=True)
    lost, failed, refused = list_work(pair.merchant, [pair.shop])
    assert isinstance(lost, Chore)
    assert isinstance(failed, Task)
    assert isinstance(refused, Chore)
    assert (lost.title, lost.button) == ("About consent_lost", "Reconnect")
    assert failed.order == order
    assert (refused.title, refused.button) == ("About listing_refused", "See listings")
    words = text_of(anna.get("/"))
    assert "About consent_lost Reconnect" in words
    assert "About sync_late" not in words


@pytest.mark.parametrize("address", ["/", "/home/refresh/"])
def test_the_page_asks_no_more_for_many_orders(pair: Pair, anna: Client, address: str) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert anna.get(address).status_code == 200
        return len(queries)

    def fill(numbers: range) -> None:
        for number in numbers:
            due = timezone.now() + timedelta(hours=number - 3)
            order = stored_order(pair.shop, f"5764614130387{number:05d}")
            set_columns(order, placed_at=timezone.now() - timedelta(days=number % 9), ship_by=due)

    fill(range(8))
    few = cost()
    fill(range(8, 60))
    assert cost() <= few + 2 <= 36


def test_the_live_part_is_the_same_as_on_the_page(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    fragment = anna.get("/home/refresh/")
    (live,) = [each for each in elements_of(fragment) if each.get("id") == "home-live"]
    assert (live["hx-get"], live["hx-trigger"]) == ("/home/refresh/", "every 20s")
    assert text_of(fragment) in text_of(anna.get("/"))


def test_before_the_first_order_the_page_waits_for_it(pair: Pair, anna: Client) -> None:
    assert "Ready for the first order" in text_of(anna.get("/home/refresh/"))
    links = [link["href"] for link in elements_of(anna.get("/"), "a")]
    assert "/welcome/rehearsal/" in links
    stored_order(pair.shop)
    words = text_of(anna.get("/home/refresh/"))
    assert "Orders today" in words
    assert "Ready for the first order" not in words
