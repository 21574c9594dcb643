"""Both catalogues as a program sees them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from products.models import Link, Listing, ListingSku, Product
from tests.api.cast import Cast, Side, make_link, make_shop, make_variant
from tests.api.schema import checked

URL = "/api/v1/products/"


def make_listing(side: Side, number: int = 1, sku: str = "TEE-M") -> ListingSku:
    listing = Listing.objects.create(
        shop=side.shop, tiktok_product_id=f"9{number}", title="Tee on TikTok", status="ACTIVATE"
    )
    return ListingSku.objects.create(
        shop=side.shop,
        listing=listing,
        tiktok_sku_id=f"17{number}",
        seller_sku=sku,
        sku_key=sku.casefold(),
        name="M",
        price=Decimal("168000"),
        currency="VND",
    )


def test_shopifys_products_are_shown_with_their_links(cast: Cast, anna: Client) -> None:
    variant = make_variant(cast.anna.store, 41)
    variant.price = Decimal("19.9")
    variant.save()
    make_variant(cast.anna.store, 42, "TEE-L")
    link = make_link(cast.anna.shop, variant, "171")

    (product,) = checked(anna.get(URL), "products_list", 200)["results"]

    first, second = product.pop("variants")
    assert product == {
        "side": "shopify",
        "id": "gid://shopify/Product/4",
        "title": "Tee",
        "status": None,
        "shopify_shop": "anna.myshopify.com",
        "tiktok_shop_id": None,
    }
    assert [one["id"] for one in first.pop("links")] == [link.pk]
    assert first == {
        "id": "gid://shopify/ProductVariant/41",
        "title": "M",
        "sku": "TEE-M",
        "price": "19.90",
        "currency": "USD",
        "linked": True,
    }
    assert (second["sku"], second["linked"], second["price"]) == ("TEE-L", False, None)


def test_tiktoks_products_are_shown_with_their_links(cast: Cast, anna: Client) -> None:
    sku = make_listing(cast.anna)
    make_link(cast.anna.shop, make_variant(cast.anna.store), sku.tiktok_sku_id)

    (product,) = checked(anna.get(URL, {"side": "tiktok"}), "products_list", 200)["results"]

    (shown,) = product.pop("variants")
    assert product == {
        "side": "tiktok",
        "id": "91",
        "title": "Tee on TikTok",
        "status": "ACTIVATE",
        "shopify_shop": "anna.myshopify.com",
        "tiktok_shop_id": cast.anna.shop.shop_id,
    }
    (link,) = shown.pop("links")
    assert link["shopify_variant_id"] == "gid://shopify/ProductVariant/41"
    assert shown == {
        "id": "171",
        "title": "M",
        "sku": "TEE-M",
        "price": "168000",
        "currency": "VND",
        "linked": True,
    }


def test_the_same_sku_id_in_another_shop_is_another_sku(cast: Cast, anna: Client) -> None:
    side = cast.anna
    second = make_shop(side.merchant, side.shop.app, side.store, "7990", "Second")
    make_listing(side)
    make_link(second, make_variant(side.store), "171")

    (product,) = checked(anna.get(URL, {"side": "tiktok"}), "products_list", 200)["results"]

    assert not product["variants"][0]["linked"]


def test_words_find_titles_and_skus(cast: Cast, anna: Client) -> None:
    make_variant(cast.anna.store, 41, "TEE-M")
    make_listing(cast.anna, 1, "CAP")

    def found(side: str, words: str) -> int:
        body = checked(anna.get(URL, {"side": side, "q": words}), "products_list", 200)
        return len(body["results"])

    assert [found("shopify", words) for words in ("tee-m", "ee", "CAP")] == [1, 1, 0]
    assert [found("tiktok", words) for words in ("cap", "tiktok", "TEE-M")] == [1, 1, 0]


def test_products_come_in_pages(cast: Cast, anna: Client) -> None:
    for number in range(3):
        make_listing(cast.anna, number)

    first = checked(anna.get(URL, {"side": "tiktok", "limit": 2}), "products_list", 200)
    second = checked(anna.get(first["next"]), "products_list", 200)

    assert [one["id"] for one in first["results"] + second["results"]] == ["92", "91", "90"]
    assert second["next"] is None


def test_a_side_that_does_not_exist_is_refused(cast: Cast, anna: Client) -> None:
    body = checked(anna.get(URL, {"side": "amazon"}), "products_list", 400)

    assert body["error"]["fields"] == {"side": ["One of shopify and tiktok is wanted."]}


def test_a_stranger_sees_no_products(cast: Cast, ben: Client) -> None:
    make_variant(cast.anna.store)
    make_listing(cast.anna)

    for side in ("shopify", "tiktok"):
        assert checked(ben.get(URL, {"side": side}), "products_list", 200)["results"] == []


@pytest.mark.parametrize("side", ["shopify", "tiktok"])
def test_fifty_products_cost_six_queries(
    cast: Cast, anna: Client, django_assert_num_queries: DjangoAssertNumQueries, side: str
) -> None:
    for number in range(50):
        Product.objects.create(store=cast.anna.store, shopify_product_id=str(number))
    variant = make_variant(cast.anna.store)
    for number in range(50):
        make_link(cast.anna.shop, variant, make_listing(cast.anna, number).tiktok_sku_id)
    assert Link.objects.count() == 50

    with django_assert_num_queries(6):
        response = anna.get(URL, {"side": side})

    assert len(checked(response, "products_list", 200)["results"]) == 50
