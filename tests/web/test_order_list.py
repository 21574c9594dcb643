"""The orders list: what stands under tabs, search and filters, and its pages by key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from orders import filters, paging
from orders.filters import count_tabs
from orders.models import Order, Package
from orders.paging import Key, read_page
from tests.factories import (
    Pair,
    make_cancellation,
    make_fulfillment,
    make_shop,
    set_columns,
    stored_order,
    synced_order,
)
from tests.web.reading import elements_of, order_ids, rows_of, text_of

NOON = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
STATUSES = (
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "PARTIALLY_SHIPPING",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
    "CANCELLED",
)


def order_id(number: int) -> str:
    return f"5764614130387{number:05d}"


def bare_orders(pair: Pair, number: int, **columns: Any) -> list[Order]:
    """Orders without parts, a minute apart, the first one the oldest."""
    columns = {"tiktok_status": "AWAITING_SHIPMENT", "sync_status": "pending", **columns}
    return Order.objects.bulk_create(
        Order(
            shop=pair.shop,
            tiktok_order_id=order_id(index),
            tiktok_update_time=1,
            currency="USD",
            placed_at=NOON + timedelta(minutes=index),
            **columns,
        )
        for index in range(number)
    )


def test_a_row_tells_the_whole_order(pair: Pair, anna: Client) -> None:
    order = synced_order(pair.shop, ship_by=None)
    make_fulfillment(order)
    set_columns(order, ship_by=datetime.now(UTC) + timedelta(hours=5, minutes=30))
    (row,) = rows_of(anna.get("/orders/"))
    row.pop(3)  # how long ago it was placed
    assert row == [
        "",
        "576461413038785752",
        "#1001 in Shopify, new window",
        "Awaiting shipment",
        "Synced",
        "Due in 5 h",
        "1 × Shirt RED RED",
        order.ship_to,
        "$10.00",
        "9400111899223100001234",
    ]


def test_tabs_hold_their_statuses_and_count_them(pair: Pair, anna: Client) -> None:
    for index, status in enumerate(STATUSES):
        set_columns(stored_order(pair.shop, order_id(index)), tiktok_status=status)
    set_columns(Order.objects.get(tiktok_order_id=order_id(4)), sync_status="failed")
    expected = {
        "": [7, 6, 5, 4, 3, 2, 1, 0],
        "on-hold": [0],
        "to-ship": [2, 1],
        "awaiting-collection": [3],
        "in-transit": [4],
        "delivered": [6, 5],
        "attention": [4],
        "cancelled": [7],
        "unheard-of": [],
    }
    for tab, numbers in expected.items():
        assert order_ids(anna.get(f"/orders/?tab={tab}")) == [order_id(n) for n in numbers], tab
    counts = count_tabs(pair.merchant, [pair.shop])
    assert counts == {tab: len(found) for tab, found in expected.items() if tab != "unheard-of"}
    words = text_of(anna.get("/orders/"))
    assert "All 8 Waiting 1 To ship 2 Awaiting collection 1 In transit 1 Delivered 2" in words
    assert "Needs attention 1 Cancelled 1" in words


def test_attention_includes_refused_tracking_and_cancellations_once(
    pair: Pair, anna: Client
) -> None:
    shipped, cancelled, both, fine = (
        synced_order(pair.shop, order_id(index), index + 1) for index in range(4)
    )
    set_columns(make_fulfillment(shipped), sync_status="failed")
    set_columns(make_cancellation(cancelled), sync_status="failed")
    set_columns(make_fulfillment(both), sync_status="failed")
    set_columns(make_cancellation(both), sync_status="failed")
    make_fulfillment(fine)
    found = order_ids(anna.get("/orders/?tab=attention"))
    assert found == [order_id(2), order_id(1), order_id(0)]
    assert count_tabs(pair.merchant, [pair.shop])["attention"] == 3


def test_counts_stop_at_the_cap(pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filters, "CAP", 3)
    bare_orders(pair, 3)
    assert "All 3 " in text_of(anna.get("/orders/"))
    Order.objects.create(shop=pair.shop, tiktok_order_id="9", tiktok_update_time=1, placed_at=NOON)
    assert "All 3+ " in text_of(anna.get("/orders/"))


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("576461413038700001", [1]),
        ("5764614130387", [3, 2, 1, 0]),
        ("  576461413038700001  ", [1]),
        ("#1003", [2]),
        ("1003", [2]),
        ("blue-xl", [3]),
        ("BLUE", [3]),
        ("940011", [1]),
        ("9400111899223100001234", [1]),
        ("jd014600", [0]),
        ("zzz", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search_finds_ids_names_skus_and_tracking(
    words: str, found: list[int], pair: Pair, anna: Client
) -> None:
    orders = [stored_order(pair.shop, order_id(0))]
    orders += [synced_order(pair.shop, order_id(index), index + 1) for index in (1, 2)]
    orders += [stored_order(pair.shop, order_id(3))]
    make_fulfillment(orders[1])
    Package.objects.create(order=orders[0], tiktok_package_id="1", tracking_number="JD0146000033")
    orders[3].line_items.update(seller_sku="Blue-XL", sku_key="blue-xl")
    answer = anna.get("/orders/", {"q": words})
    assert order_ids(answer) == [order_id(number) for number in found]


def test_search_leaves_other_merchants_out(pair: Pair, strangers: Pair, anna: Client) -> None:
    stored_order(strangers.shop, order_id(1))
    assert order_ids(anna.get("/orders/", {"q": order_id(1)})) == []
    assert order_ids(anna.get("/orders/", {"q": "RED"})) == []


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("tiktok_status=IN_TRANSIT", [1]),
        ("tiktok_status=SOMETHING_NEW", [3]),
        ("tiktok_status=in_transit", []),
        ("sync_status=failed", [2]),
        ("sync_status=failed&tiktok_status=IN_TRANSIT", []),
        ("sync_status=nonsense", []),
        ("cause=sku_unlinked", [2]),
        ("tab=attention&cause=sku_blank", []),
        ("shop=749second", [4]),
        ("shop=nobody", []),
        ("due=overdue", [0]),
        ("due=nonsense", []),
        ("placed=nonsense", []),
        ("q=%00", [4, 3, 2, 1, 0]),
    ],
)
def test_filters_stand_in_the_address(
    query: str, found: list[int], pair: Pair, anna: Client
) -> None:
    orders = [stored_order(pair.shop, order_id(index)) for index in range(4)]
    set_columns(orders[0], ship_by=datetime(2026, 6, 1, tzinfo=UTC))
    set_columns(orders[1], tiktok_status="IN_TRANSIT", ship_by=datetime(2026, 6, 1, tzinfo=UTC))
    set_columns(
        orders[2],
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        ship_by=None,
    )
    set_columns(orders[3], tiktok_status="SOMETHING_NEW")
    second = make_shop(pair.merchant, pair.store, "749second")
    set_columns(stored_order(second, order_id(4)), ship_by=None)
    assert order_ids(anna.get(f"/orders/?{query}")) == [order_id(number) for number in found]


def test_a_filter_in_use_can_be_taken_away(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    answer = anna.get("/orders/?tab=to-ship&tiktok_status=AWAITING_SHIPMENT&q=RED&after=9.9")
    chips = {link["href"] for link in elements_of(answer, "a") if link.get("class") == "chip"}
    assert chips == {
        "/orders/?tab=to-ship&tiktok_status=AWAITING_SHIPMENT",
        "/orders/?tab=to-ship&q=RED",
    }
    assert "TikTok Awaiting shipment" in text_of(answer)


def keys_beside(answer: Any) -> dict[str, str]:
    """The addresses of the pages beside this one."""
    return {
        link["rel"]: link["href"]
        for link in elements_of(answer, "a")
        if link.get("rel") in ("next", "prev")
    }


def test_pages_by_key_show_every_order_once_both_ways(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    orders = bare_orders(pair, 120)
    # Ties in time are told apart by the key of the row; undated orders stand at the end.
    Order.objects.filter(pk__in=[order.pk for order in orders[40:75]]).update(placed_at=NOON)
    Order.objects.filter(pk__in=[order.pk for order in orders[100:]]).update(placed_at=None)
    dated = Order.objects.exclude(placed_at=None).order_by("-placed_at", "-id")
    undated = Order.objects.filter(placed_at=None).order_by("-id")
    expected = [order.tiktok_order_id for order in [*dated, *undated]]
    down: list[list[str]] = []
    answer = anna.get("/orders/")
    while True:
        down.append(order_ids(answer))
        beside = keys_beside(answer)
        if "next" not in beside:
            break
        answer = anna.get(beside["next"])
    assert [len(page) for page in down] == [50, 50, 20]
    assert [found for page in down for found in page] == expected
    up = [order_ids(answer)]
    while "prev" in (beside := keys_beside(answer)):
        answer = anna.get(beside["prev"])
        up.append(order_ids(answer))
    assert up == down[::-1]


def test_pages_end_inside_the_undated_orders_too(pair: Pair) -> None:
    bare_orders(pair, 7)
    Order.objects.filter(tiktok_order_id__gte=order_id(3)).update(placed_at=None)
    orders = Order.objects.all()
    first = read_page(orders, size=2)
    second = read_page(orders, after=str(first.older), size=2)
    third = read_page(orders, after=str(second.older), size=2)
    assert [row.placed_at is None for row in second.rows] == [False, True]
    assert [row.placed_at is None for row in third.rows] == [True, True]
    assert read_page(orders, before=str(third.newer), size=2).rows == second.rows
    assert read_page(orders, before=str(second.newer), size=2).rows == first.rows


def test_a_new_order_does_not_shift_the_pages(pair: Pair, anna: Client) -> None:
    bare_orders(pair, 60)
    older = keys_beside(anna.get("/orders/"))["next"]
    before = order_ids(anna.get(older))
    Order.objects.create(
        shop=pair.shop,
        tiktok_order_id="new",
        tiktok_update_time=1,
        placed_at=NOON + timedelta(days=1),
    )
    assert order_ids(anna.get(older)) == before


@pytest.mark.parametrize(
    "key",
    ["", "x", "1", "1.", ".1", "a.b", "1.-1", "1.0", "9" * 40 + ".1", f"1.{10**30}", "x.y", "٣.٣"],
)
def test_a_key_that_cannot_be_read_gives_the_first_page(key: str, pair: Pair, anna: Client) -> None:
    bare_orders(pair, 2)
    for name in ("after", "before"):
        assert order_ids(anna.get("/orders/", {name: key})) == [order_id(1), order_id(0)]


def test_a_key_survives_its_address() -> None:
    for key in (Key(NOON + timedelta(microseconds=7), 12), Key(None, 12)):
        assert Key.read(str(key)) == key


def test_the_pager_keeps_tab_and_filters(pair: Pair, anna: Client) -> None:
    bare_orders(pair, 60)
    answer = anna.get("/orders/?tab=to-ship&sync_status=pending&version=abc")
    address = keys_beside(answer)["next"]
    assert address.startswith("/orders/?tab=to-ship&sync_status=pending&after=")
    assert len(order_ids(anna.get(address))) == 10


def test_a_full_page_costs_a_bounded_number_of_queries(pair: Pair, anna: Client) -> None:
    for index in range(paging.PAGE_SIZE + 5):
        make_fulfillment(synced_order(pair.shop, order_id(index), index + 1))
    for query in ("", "?tab=attention", "?tab=to-ship&q=RED", "?tiktok_status=ON_HOLD"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            anna.get(f"/orders/{query}")
        # A search asks first whether its words say little (orders/search.py).
        most = 16 if "q=" in query else 15
        assert len(queries) <= most, [entry["sql"][:90] for entry in queries]
        assert not [entry for entry in queries if "OFFSET" in entry["sql"]]
        assert not [entry for entry in queries if '"orders_order"."raw"' in entry["sql"]]


def test_the_list_is_sent_again_only_when_it_has_changed(pair: Pair, anna: Client) -> None:
    order = stored_order(pair.shop, status="ON_HOLD")
    page = anna.get("/orders/?tab=on-hold")
    (live,) = [each for each in elements_of(page, "section") if each.get("id") == "orders"]
    refresh = live["hx-get"]
    assert refresh.startswith("/orders/refresh/?tab=on-hold&version=")
    assert live["hx-trigger"].startswith("every 3s")
    same = anna.get(refresh)
    assert (same.status_code, same.content) == (204, b"")
    set_columns(order, cancel_requested=True, seen_at=datetime.now(UTC))
    changed = anna.get(refresh)
    assert changed.status_code == 200
    assert "<html" not in changed.content.decode()
    assert "Cancel requested" in text_of(changed)
    (again,) = [each for each in elements_of(changed, "section") if each.get("id") == "orders"]
    assert again["hx-get"] != refresh
    assert anna.get(again["hx-get"]).status_code == 204


def test_page_and_fragment_are_one_file(pair: Pair, anna: Client) -> None:
    stored_order(pair.shop)
    names = [template.name for template in anna.get("/orders/").templates]
    assert "orders/_list.html" in names
    assert anna.get("/orders/refresh/").templates[0].name == "orders/_list.html"


def test_empty_lists_say_why(pair: Pair, anna: Client) -> None:
    assert "No orders yet" in text_of(anna.get("/orders/"))
    assert "No orders match" in text_of(anna.get("/orders/?q=zzz"))
    assert "No orders match" in text_of(anna.get("/orders/?tab=cancelled"))


def test_without_a_shop_the_list_says_how_to_connect(db: None) -> None:
    from tests.web.conftest import browser
    from tiktoksync.shops.models import Merchant

    page = browser("nils", Merchant.objects.create(name="Nils")).get("/orders/")
    assert "TikTok Shop is not connected" in text_of(page)
    assert "/connect/" in [link.get("href") for link in elements_of(page, "a")]


def test_times_are_those_of_the_merchants_zone(pair: Pair, anna: Client) -> None:
    set_columns(pair.merchant, timezone="Asia/Tokyo")
    set_columns(stored_order(pair.shop), placed_at=datetime(2026, 5, 3, 20, 0, tzinfo=UTC))
    titles = [each["title"] for each in elements_of(anna.get("/orders/"), "time")]
    assert "Mon 4 May 2026, 05:00:00 JST" in titles


def test_days_begin_in_the_merchants_zone(pair: Pair, anna: Client) -> None:
    from django.utils import timezone

    set_columns(pair.merchant, timezone="Pacific/Kiritimati")
    with timezone.override("Pacific/Kiritimati"):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    today, yesterday = (stored_order(pair.shop, order_id(index)) for index in range(2))
    set_columns(today, placed_at=midnight + timedelta(seconds=1))
    set_columns(yesterday, placed_at=midnight - timedelta(seconds=1))
    assert order_ids(anna.get("/orders/?placed=today")) == [order_id(0)]
