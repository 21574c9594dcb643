"""Global search: what is found from which words, where exact ids lead, whose things are found."""

from __future__ import annotations

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from orders.models import Order, Package
from tests.factories import (
    Pair,
    link_sku,
    make_backfill,
    make_fulfillment,
    make_listing,
    stored_order,
    synced_order,
)
from tests.web.reading import elements_of, text_of
from tests.web.test_order_list import bare_orders, order_id


@pytest.fixture
def shelf(pair: Pair) -> Order:
    """An order in Shopify with a shipment, a product on both sides, a run."""
    order = synced_order(pair.shop, order_id(1))
    make_fulfillment(order, tracking_number="1Z999AA10123456784")
    link_sku(pair, "RED", 41)
    make_listing(pair.shop, "BLUE", number=7, title="Ceramic mug")
    make_backfill(pair)
    return order


def found(client: Client, words: str) -> list[str]:
    """Where the suggestions lead."""
    answer = client.get("/search/suggest/", {"q": words})
    return [each["href"] for each in elements_of(answer, "a")]


ORDER = f"/orders/{order_id(1)}/?shop=749Anna"
PRODUCT = "/products/shopify/4/"
LISTING = "/products/tiktok/749Anna/177/"


@pytest.mark.parametrize(
    ("words", "pages"),
    [
        (order_id(1), [ORDER]),
        ("57646141", [ORDER]),
        ("#1001", [ORDER]),
        ("1001", [ORDER]),
        ("1Z999AA1", [ORDER]),
        ("1z999aa10123456784", [ORDER]),
        ("red", [ORDER, PRODUCT]),
        ("RE", [PRODUCT]),
        ("shirt", [PRODUCT]),
        ("hir", [PRODUCT]),
        ("177", [LISTING]),
        ("bl", [LISTING]),
        ("mug", [LISTING]),
        ("zzz", []),
        ("%", []),
        ("_", []),
        ("", []),
        ("\x00", []),
    ],
)
def test_things_are_found_by_how_they_begin(
    words: str, pages: list[str], shelf: Order, anna: Client
) -> None:
    assert found(anna, words) == pages


def test_runs_are_found_by_number_and_kind(shelf: Order, anna: Client, pair: Pair) -> None:
    run = pair.merchant.runs.get()
    page = f"/activity/runs/{run.pk}/"
    assert found(anna, "backfill") == [page]
    assert page in found(anna, f"#{run.pk}")


def test_groups_are_named_and_kept_apart(shelf: Order, anna: Client) -> None:
    said = text_of(anna.get("/search/suggest/", {"q": "red"}))
    assert said == f"Orders #1001 · {order_id(1)} Awaiting shipment, synced Products Shirt SKU RED"


@pytest.mark.parametrize(
    ("words", "page"),
    [
        (order_id(1), ORDER),
        (f"  {order_id(1)} ", ORDER),
        ("#1001", ORDER),
        ("1001", ORDER),
        ("1z999aa10123456784", ORDER),
        ("177", LISTING),
    ],
)
def test_an_exact_id_leads_straight_to_its_page(
    words: str, page: str, shelf: Order, anna: Client
) -> None:
    answer = anna.get("/search/", {"q": words})
    assert (answer.status_code, answer["Location"]) == (302, page)


def test_a_number_that_two_orders_share_leads_to_neither(pair: Pair, anna: Client) -> None:
    for index in range(2):
        order = stored_order(pair.shop, order_id(index))
        Package.objects.create(order=order, tiktok_package_id="1", tracking_number="SAME0001")
    answer = anna.get("/search/", {"q": "SAME0001"})
    assert answer.status_code == 200
    assert text_of(answer).count("57646141303870000") == 2


def test_the_page_holds_all_kinds_and_leads_to_the_list(shelf: Order, anna: Client) -> None:
    page = anna.get("/search/", {"q": "red"})
    links = [each["href"] for each in elements_of(page, "a")]
    assert ORDER in links
    assert PRODUCT in links
    assert "/orders/?q=red" in links


def test_the_page_says_when_nothing_was_found(pair: Pair, anna: Client) -> None:
    assert "Nothing was found" in text_of(anna.get("/search/", {"q": "zzz"}))
    assert "Type something first" in text_of(anna.get("/search/"))


@pytest.mark.parametrize("words", [order_id(1), "#1001", "1Z999AA1", "red", "mug", "backfill", "1"])
def test_strangers_find_nothing(words: str, shelf: Order, ben: Client) -> None:
    assert found(ben, words) == []
    assert ben.get("/search/", {"q": words}).status_code == 200


def test_every_page_has_the_box(pair: Pair, anna: Client, viewer: Client) -> None:
    for client in (anna, viewer):
        for page in ("/", "/orders/", "/products/", "/activity/", "/settings/"):
            boxes = elements_of(client.get(page), "input")
            assert [each["hx-get"] for each in boxes if each.get("role") == "combobox"] == [
                "/search/suggest/"
            ]


@pytest.mark.parametrize("number", [1, 60])
def test_an_answer_costs_few_queries_however_many_match(
    number: int,
    pair: Pair,
    anna: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    bare_orders(pair, number)
    make_listing(pair.shop, *(f"MUG-{index}" for index in range(number)))
    for words in ("57646", "MUG", "1Z99", "zzzz"):
        with django_assert_max_num_queries(18):
            anna.get("/search/suggest/", {"q": words})
