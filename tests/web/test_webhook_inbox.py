"""The webhook inbox: whose webhooks, what they led to, and nothing that tells of a person."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from tests.factories import Pair, hint_of_order, hint_of_shopify, make_listing, set_columns
from tests.web.reading import elements_of, rows_of, text_of
from tiktoksync.webhooks.models import Delivery
from tiktoksync.webhooks.received import PAGE_SIZE
from tiktoksync.webhooks.redaction import UNREADABLE, redact_body

PAGE = "/activity/webhooks/"


def links_of(answer: Any) -> set[str]:
    return {each.get("href", "") for each in elements_of(answer, "a")}


def test_webhooks_are_told_in_words_newest_first(pair: Pair, anna: Client) -> None:
    first = hint_of_order(pair.shop, "999")
    second = hint_of_shopify(pair.store, "77")
    set_columns(first, outcome="ignored", note="Not an order of ours.")
    answer = anna.get(PAGE)
    rows = rows_of(answer)
    assert [row[0] for row in rows] == [
        "An order changed in Shopify orders/updated",
        "A parcel changed on TikTok PACKAGE_UPDATE",
    ]
    assert [row[2] for row in rows] == ["77", "999"]
    assert [row[5] for row in rows] == ["Not yet", "Not yet"]
    assert {f"{PAGE}{first.pk}/", f"{PAGE}{second.pk}/"} <= links_of(answer)


def test_what_it_is_about_leads_to_its_page(pair: Pair, anna: Client) -> None:
    listing = make_listing(pair.shop, "GREEN", title="Shirt on TikTok")
    delivery = hint_of_order(pair.shop, listing.tiktok_product_id)
    page = f"/products/tiktok/{pair.shop.shop_id}/{listing.tiktok_product_id}/"
    for address in (PAGE, f"{PAGE}{delivery.pk}/"):
        answer = anna.get(address)
        assert page in links_of(answer)
        assert "Shirt on TikTok" in text_of(answer)


def test_those_of_others_are_not_shown(pair: Pair, strangers: Pair, anna: Client) -> None:
    theirs = hint_of_order(strangers.shop, "999")
    nobodys = Delivery.objects.create(
        source="tiktok", delivery_id="x", body_hash="x", topic="PACKAGE_UPDATE", body="{}"
    )
    assert rows_of(anna.get(PAGE)) == []
    for delivery in (theirs, nobodys):
        assert anna.get(f"{PAGE}{delivery.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["2", "1"]),
        ("outcome=used", ["1"]),
        ("source=shopify", ["2"]),
        ("topic=PACKAGE_UPDATE", ["1"]),
        ("outcome=used&source=shopify", []),
        ("outcome=nonsense&source=nonsense", ["2", "1"]),
        ("topic=%00", ["2", "1"]),
    ],
)
def test_it_is_narrowed_by_the_address(
    query: str, expected: list[str], pair: Pair, anna: Client
) -> None:
    set_columns(hint_of_order(pair.shop, "1"), outcome="used")
    hint_of_shopify(pair.store, "2")
    assert [row[2] for row in rows_of(anna.get(f"{PAGE}?{query}"))] == expected


def test_it_is_turned_page_by_page(pair: Pair, anna: Client) -> None:
    made = [hint_of_order(pair.shop, str(number)) for number in range(PAGE_SIZE + 1)]
    answer = anna.get(PAGE)
    assert len(rows_of(answer)) == PAGE_SIZE
    older = f"{PAGE}?after={made[1].pk}"
    assert older in links_of(answer)
    answer = anna.get(older)
    assert [row[2] for row in rows_of(answer)] == ["0"]
    assert PAGE in links_of(answer)


def test_more_webhooks_ask_the_database_no_more(
    pair: Pair, anna: Client, django_assert_max_num_queries: Any
) -> None:
    hint_of_order(pair.shop, "1")
    hint_of_shopify(pair.store, "2")
    with django_assert_max_num_queries(30) as few:
        anna.get(PAGE)
    for number in range(3, 20):
        hint_of_order(pair.shop, make_listing(pair.shop, number=number).tiktok_product_id)
    with django_assert_max_num_queries(len(few.captured_queries)):
        assert len(rows_of(anna.get(PAGE))) == 19


BODY = {
    "type": 1,
    "data": {"order_id": "5761", "order_status": "ON_HOLD", "buyer_email": "b@example.com"},
    "customer": {"id": 9, "first_name": "Berta"},
    "line_items": [{"sku": "RED", "name": "For Berta", "quantity": 2}],
    "phone": 4912345678,
    "note": None,
}


def test_the_body_is_shown_without_what_tells_of_a_person(pair: Pair, anna: Client) -> None:
    delivery = hint_of_order(pair.shop, "5761")
    set_columns(delivery, body=json.dumps(BODY))
    said = text_of(anna.get(f"{PAGE}{delivery.pk}/"))
    assert '"order_id": "5761"' in said
    for secret in ("example.com", "Berta", "4912345678"):
        assert secret not in said


def test_only_harmless_fields_are_kept() -> None:
    assert json.loads(redact_body(json.dumps(BODY))) == {
        "type": 1,
        "data": {"order_id": "5761", "order_status": "ON_HOLD", "buyer_email": "hidden"},
        "customer": "hidden",
        "line_items": [{"sku": "RED", "name": "hidden", "quantity": 2}],
        "phone": "hidden",
        "note": None,
    }


@pytest.mark.parametrize("body", ["", "Berta", "[" * 100_000, "{'a': 1}"])
def test_what_cannot_be_read_is_not_shown(body: str) -> None:
    assert redact_body(body) == UNREADABLE


@pytest.mark.parametrize("body", ['"Berta"', "4912345678", '["Berta"]'])
def test_words_outside_of_fields_are_hidden(body: str) -> None:
    assert json.loads(redact_body(body)) in ("hidden", ["hidden"])
