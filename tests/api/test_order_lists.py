"""Lists of orders: order, pages, filters, and how many queries they cost."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from tests.api.cast import (
    NOON,
    Cast,
    make_fulfillment,
    make_line,
    make_link,
    make_order,
    make_shop,
    make_variant,
)
from tests.api.schema import checked

URL = "/api/v1/orders/"


def ids(response: Any) -> list[str]:
    return [order["tiktok_order_id"] for order in checked(response, "orders_list", 200)["results"]]


def walk(client: Client, **query: Any) -> list[list[str]]:
    """The ids of every page, following `next`."""
    pages = []
    response = client.get(URL, query)
    while True:
        pages.append(ids(response))
        following = response.json()["next"]
        if following is None:
            return pages
        assert following.startswith("http://testserver/api/v1/orders/?")
        response = client.get(following)


def test_orders_come_newest_first_and_undated_ones_before_them(cast: Cast, anna: Client) -> None:
    for number, hours in enumerate([1, 3, 2]):
        make_order(cast.anna.shop, f"1{number}", placed_at=NOON + timedelta(hours=hours))
    make_order(cast.anna.shop, "2", placed_at=None)

    assert ids(anna.get(URL)) == ["2", "11", "12", "10"]


def test_a_list_leaves_out_parcels_and_history(cast: Cast, anna: Client) -> None:
    make_order(cast.anna.shop, "1")

    (order,) = checked(anna.get(URL), "orders_list", 200)["results"]

    assert "history" not in order
    assert order["line_items"] == []


def test_every_order_is_on_exactly_one_page(cast: Cast, anna: Client) -> None:
    for number in range(7):  # ties on the time, and two without any
        when = NOON + timedelta(hours=number // 3) if number < 5 else None
        make_order(cast.anna.shop, str(number), placed_at=when)

    pages = walk(anna, limit=2)

    assert pages == [["6", "5"], ["4", "3"], ["2", "1"], ["0"]]


def test_an_order_that_arrives_between_two_pages_shifts_nothing(cast: Cast, anna: Client) -> None:
    for number in range(4):
        make_order(cast.anna.shop, str(number))
    first = anna.get(URL, {"limit": 2})

    make_order(cast.anna.shop, "new", placed_at=NOON + timedelta(days=1))

    assert ids(first) == ["3", "2"]
    assert ids(anna.get(first.json()["next"])) == ["1", "0"]


def test_next_keeps_the_filters(cast: Cast, anna: Client) -> None:
    for number in range(3):
        make_order(cast.anna.shop, f"s{number}", sync_status="synced")
        make_order(cast.anna.shop, f"h{number}", sync_status="held")

    assert walk(anna, limit=2, sync_status="synced") == [["s2", "s1"], ["s0"]]


def test_a_page_that_just_fits_has_no_next(cast: Cast, anna: Client) -> None:
    for number in range(2):
        make_order(cast.anna.shop, str(number))

    assert walk(anna, limit=2) == [["1", "0"]]


def test_a_tampered_cursor_is_refused(cast: Cast, anna: Client) -> None:
    for number in range(3):
        make_order(cast.anna.shop, str(number))
    following = anna.get(URL, {"limit": 1}).json()["next"]
    (cursor,) = parse_qs(urlsplit(following).query)["cursor"]

    for wrong in ("x", cursor[:-1], f"{cursor}x", f"A{cursor[1:]}", "..", "\0", "é"):
        body = checked(anna.get(URL, {"cursor": wrong}), "orders_list", 400)
        assert body["error"]["code"] == "invalid"
        assert body["error"]["fields"] == {"cursor": ["This cursor is not valid."]}


def test_a_cursor_of_another_list_is_refused(cast: Cast, anna: Client) -> None:
    variant = make_variant(cast.anna.store)
    for number in range(2):
        make_link(cast.anna.shop, variant, f"sku{number}")
    following = anna.get("/api/v1/links/", {"limit": 1}).json()["next"]
    (cursor,) = parse_qs(urlsplit(following).query)["cursor"]

    checked(anna.get(URL, {"cursor": cursor}), "orders_list", 400)


@pytest.mark.parametrize("limit", ["0", "-1", "many", "1.5", "", "²"])
def test_a_limit_that_is_no_number_of_rows_is_refused(cast: Cast, anna: Client, limit: str) -> None:
    body = checked(anna.get(URL, {"limit": limit}), "orders_list", 400)

    assert body["error"]["fields"] == {"limit": ["A whole number from 1 to 100 is wanted."]}


def test_a_page_holds_a_hundred_rows_at_most(cast: Cast, anna: Client) -> None:
    for number in range(101):
        make_order(cast.anna.shop, str(number))

    assert len(ids(anna.get(URL))) == 50
    assert len(ids(anna.get(URL, {"limit": 1000}))) == 100
    assert len(ids(anna.get(URL, {"limit": "9" * 30}))) == 100


def test_both_statuses_narrow_the_list(cast: Cast, anna: Client) -> None:
    make_order(cast.anna.shop, "1", tiktok_status="ON_HOLD", sync_status="held")
    make_order(cast.anna.shop, "2", tiktok_status="IN_TRANSIT", sync_status="synced")
    make_order(cast.anna.shop, "3", tiktok_status="IN_TRANSIT", sync_status="skipped")

    assert ids(anna.get(URL, {"tiktok_status": "IN_TRANSIT"})) == ["3", "2"]
    assert ids(anna.get(URL, {"sync_status": "held"})) == ["1"]
    assert ids(anna.get(URL, {"tiktok_status": "IN_TRANSIT", "sync_status": "synced"})) == ["2"]
    assert ids(anna.get(URL, {"tiktok_status": "NOWHERE"})) == []


def test_a_sync_status_that_does_not_exist_is_refused(cast: Cast, anna: Client) -> None:
    body = checked(anna.get(URL, {"sync_status": "lost"}), "orders_list", 400)

    assert list(body["error"]["fields"]) == ["sync_status"]


def test_words_find_ids_names_skus_and_tracking_numbers(cast: Cast, anna: Client) -> None:
    found = make_order(cast.anna.shop, "5764", shopify_order_name="#1001")
    make_line(found, "Tee-M", 1, tracking_number="TBA1")
    make_line(found, "tee-l", 2)
    make_fulfillment(found, "1Z999AA")
    other = make_order(cast.anna.shop, "99", shopify_order_name="#2002")
    make_line(other, "CAP", 1)

    for words in ("5764", "576", "#1001", "1001", "tee-m", "TEE-L", "1z999aa", "tba1"):
        assert ids(anna.get(URL, {"q": words})) == ["5764"], words
    assert ids(anna.get(URL, {"q": "nothing"})) == []
    assert checked(anna.get(URL, {"q": "\0"}), "orders_list", 400)["error"]["fields"].keys() == {
        "q"
    }


def test_a_shop_may_be_named(cast: Cast, anna: Client) -> None:
    side = cast.anna
    second = make_shop(side.merchant, side.shop.app, side.store, "7990", "Second")
    make_order(side.shop, "1")
    make_order(second, "2")

    assert ids(anna.get(URL)) == ["2", "1"]
    assert ids(anna.get(URL, {"shop": "7990"})) == ["2"]
    assert ids(anna.get(URL, {"shop": cast.ben.shop.shop_id})) == []


def test_a_stranger_sees_none_of_it(cast: Cast, ben: Client) -> None:
    order = make_order(cast.anna.shop, "1")
    make_line(order, "TEE-M")

    assert ids(ben.get(URL)) == []
    assert ids(ben.get(URL, {"q": "TEE-M"})) == []


def test_fifty_orders_cost_six_queries(
    cast: Cast, anna: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(60):
        order = make_order(cast.anna.shop, str(number), sync_status="synced")
        make_line(order, "TEE-M", 1)
        make_line(order, "TEE-L", 2)
        make_fulfillment(order)

    with django_assert_num_queries(6):
        response = anna.get(URL)

    assert len(ids(response)) == 50
