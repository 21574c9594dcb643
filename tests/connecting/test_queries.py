"""What the pages of connections cost does not grow with what is connected."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.connecting.people import Person
from tests.factories import make_shop, make_store
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.shops.models import TikTokShop

#: The most statements a page may take, the frame of every page included.
MOST = {
    "connect": 11,
    "connect-shopify": 8,
    "connect-tiktok": 10,
    "connect-preflight": 10,
    "connect-disconnect": 9,
}


def connect_many(person: Person, count: int, start: int = 0) -> TikTokShop:
    """Pairs with checks that were made; the last shop."""
    shop: TikTokShop
    for number in range(start, start + count):
        store = make_store(person.merchant, f"store-{number}.myshopify.com")
        shop = make_shop(person.merchant, store, f"7490{number}")
        for key in ("tiktok_scopes", "shopify_scopes", "currency"):
            PreflightCheck.objects.create(shop=shop, key=key, light="green", words="Fine.")
    return shop


def address(name: str, shop: TikTokShop) -> str:
    if name == "connect-preflight":
        return reverse(name, args=[shop.shop_id])
    return reverse(name, args=["shop", shop.pk] if name == "connect-disconnect" else [])


def cost(person: Person, path: str) -> int:
    with CaptureQueriesContext(connection) as taken:
        assert person.client.get(path).status_code == 200
    return len(taken)


@pytest.mark.parametrize("name", MOST)
def test_a_page_costs_as_much_for_many_as_for_few(olga: Person, name: str) -> None:
    path = address(name, connect_many(olga, 2))
    cost(olga, path)
    few = cost(olga, path)
    connect_many(olga, 20, start=2)
    assert few <= MOST[name]
    assert cost(olga, path) == few
