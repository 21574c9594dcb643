"""Pages load pictures from here alone, and each merchant's pages those of that merchant."""

from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client

from tests.factories import Pair, make_listing, order_body, set_columns, stored_order
from tests.pictures.drawn import drawn, opened, signed_part
from tests.web.reading import elements_of
from tiktoksync.lib.timing import database_now
from tiktoksync.pictures import views
from tiktoksync.pictures.addresses import picture_address
from tiktoksync.pictures.models import Picture
from tiktoksync.pictures.shrink import shrink

pytestmark = pytest.mark.django_db
SHIRT = "https://cdn.shopify.com/s/files/1/shirt.png?v=7"
LOCKED = "default-src 'none'; sandbox"


@pytest.fixture
def address(pair: Pair) -> str:
    """Where Anna's pages have the picture of a shirt."""
    return picture_address(pair.merchant, SHIRT)


def fetched() -> None:
    """As if a job had been there."""
    set_columns(Picture.objects.get(), content=shrink(drawn()), fetched_at=database_now())


def test_a_picture_that_is_not_here_is_a_point_and_is_fetched_next(
    address: str, anna: Client
) -> None:
    answer = anna.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/svg+xml")
    assert b'width="1" height="1"' in answer.content
    assert answer["Cache-Control"] == "no-store"
    row = Picture.objects.get()
    assert row.url == SHIRT
    assert row.due_at is not None
    assert row.due_at <= database_now()
    assert anna.get(address).content == answer.content
    assert Picture.objects.count() == 1


def test_a_picture_that_is_here_is_sent_once(address: str, anna: Client) -> None:
    anna.get(address)
    fetched()
    answer = anna.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert opened(answer.content).size == (160, 80)
    assert answer["Cache-Control"] == "private, max-age=2592000, immutable"
    again = anna.get(address, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_picture_is_a_picture_and_nothing_more(address: str, anna: Client) -> None:
    anna.get(address)
    for _ in range(2):
        answer = anna.get(address)
        assert answer["Content-Security-Policy"] == LOCKED
        assert answer["X-Content-Type-Options"] == "nosniff"
        fetched()


def test_viewers_see_pictures_too(address: str, viewer: Client) -> None:
    assert viewer.get(address).status_code == 200


def test_a_visitor_is_sent_to_the_sign_in(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")
    assert Picture.objects.count() == 0


def test_another_merchants_address_is_nobodys(address: str, ben: Client) -> None:
    assert ben.get(address).status_code == 404
    assert Picture.objects.count() == 0


def test_what_was_not_signed_is_not_fetched(pair: Pair, anna: Client) -> None:
    signed = signed_part(pair.merchant, SHIRT)
    for wrong in (signed[:-3] + "abc", "x", "a:b", signed.partition(":")[0]):
        assert anna.get(f"/pictures/{wrong}/").status_code == 404
    assert Picture.objects.count() == 0


def test_a_busy_database_costs_a_picture_not_a_page(
    address: str, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(_: str) -> Picture:
        raise OperationalError("database is locked")

    monkeypatch.setattr(views, "ask_picture", busy)
    answer = anna.get(address)
    assert (answer.status_code, answer["Cache-Control"]) == (200, "no-store")


def test_pages_name_no_host_but_ours(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "GREEN", title="Shirt", images=[{"url": SHIRT}])
    body = order_body()
    for unit in body["line_items"]:
        unit["sku_image"] = SHIRT
    order = stored_order(pair.shop, line_items=body["line_items"])
    expected = picture_address(pair.merchant, SHIRT)
    for page in (
        f"/orders/{order.tiktok_order_id}/",
        f"/orders/{order.tiktok_order_id}/peek/?what=items",
        "/products/?tab=live",
        "/products/tiktok/749Anna/171/",
    ):
        answer = anna.get(page)
        shown = [image["src"] for image in elements_of(answer, "img") if image.get("src")]
        assert expected in shown, page
        assert all(one.startswith("/") for one in shown), page
        assert "img-src 'self' data:;" in answer["Content-Security-Policy"] + ";"


def test_what_is_no_address_leaves_the_stand_in(pair: Pair, anna: Client) -> None:
    make_listing(pair.shop, "GREEN", title="Shirt", images=[{"url": "javascript:alert(1)"}])
    answer = anna.get("/products/tiktok/749Anna/171/")
    assert elements_of(answer, "img") == []
    assert b"javascript:alert" not in answer.content
