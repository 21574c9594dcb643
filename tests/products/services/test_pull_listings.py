"""pull_listings: the catalogue of a TikTok shop, read when somebody asks for it."""

from __future__ import annotations

from typing import Any

import pytest

from products.models import Listing, ListingSku
from products.services.links import refresh_catalogue
from tests.factories import Pair, make_pair, pass_time
from tests.fakes import FakeTikTok
from tests.orders.services.conftest import Work
from tiktoksync.errors import NotAuthorized, Unreachable
from tiktoksync.shops.models import TikTokShop


def product(number: int, *skus: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "id": f"17{number}",
        "title": f"Shirt {number}",
        "status": "ACTIVATE",
        "skus": list(skus) or [sku(number)],
        **fields,
    }


def sku(number: int, seller_sku: str = "", **fields: Any) -> dict[str, Any]:
    return {
        "id": f"29{number}",
        "seller_sku": seller_sku or f"SKU-{number}",
        "price": {"sale_price": "19.90", "currency": "USD"},
        **fields,
    }


@pytest.fixture
def wanted(pair: Pair) -> Pair:
    refresh_catalogue(pair.merchant)
    return pair.refresh()


def test_every_listing_with_its_skus_is_read(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.page_size = 1
    tiktok.products = [product(1, sku(1, " Red "), sku(2)), product(3)]
    assert work("pull_listings").worked == 3
    listing = Listing.objects.get(tiktok_product_id="171")
    assert (listing.title, listing.status) == ("Shirt 1", "ACTIVATE")
    first = ListingSku.objects.get(tiktok_sku_id="291")
    assert (first.listing, first.sku_key) == (listing, "red")
    assert (str(first.price), first.currency) == ("19.9000", "USD")
    shop = TikTokShop.objects.get()
    assert (shop.listings_wanted_at, shop.listings_read_at is not None) == (None, True)


@pytest.mark.parametrize(
    "body",
    [
        product(1, price=None, title=None),
        product(1, sku(1, price=None)),
        product(1, sku(1, price={"sale_price": "a lot"})),
        product(1, sku(1, price={"sale_price": "1e30"})),
        product(1, sku(1), sku(1)),
        product(1, sku(1, "x" * 300)),
        product(1, title="y" * 600),
    ],
)
def test_odd_products_keep_no_other_from_being_read(
    wanted: Pair, tiktok: FakeTikTok, work: Work, body: dict[str, Any]
) -> None:
    tiktok.products = [body, product(9)]
    work("pull_listings")
    assert ListingSku.objects.filter(tiktok_sku_id="299").exists()


def test_a_product_without_an_id_is_passed_over(
    wanted: Pair, tiktok: FakeTikTok, work: Work
) -> None:
    tiktok.products = [product(1, id=None), product(9, {"seller_sku": "no id"})]
    work("pull_listings")
    assert list(Listing.objects.values_list("tiktok_product_id", flat=True)) == ["179"]
    assert not ListingSku.objects.exists()


def test_a_shop_that_is_away_is_read_later(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.products = [product(1)]
    tiktok.fail("search_products", Unreachable("Away."))
    work("pull_listings")
    assert TikTokShop.objects.get().listings_wanted_at is not None
    pass_time(5)
    work("pull_listings")
    assert Listing.objects.count() == 1


def test_lost_consent_ends_the_reading(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    tiktok.fail("search_products", NotAuthorized("Gone.", account_reason="consent_lost"))
    work("pull_listings")
    assert TikTokShop.objects.get().health == "reconnect"


def test_each_merchant_reads_its_own(wanted: Pair, tiktok: FakeTikTok, work: Work) -> None:
    ben = make_pair("Ben")
    tiktok.products = [product(1)]
    work("pull_listings")
    assert Listing.objects.get().shop_id == wanted.shop.pk
    assert ben.refresh().shop.listings_read_at is None
