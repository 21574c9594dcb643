"""Both catalogues as a program sees them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from products.models import Link, Listing, ListingSku, Product, Variant
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
        "review": None,
        "review_reasons": [],
        "image": None,
    }
    assert [one["id"] for one in first.pop("links")] == [link.pk]
    assert first == {
        "id": "gid://shopify/ProductVariant/41",
        "title": "M",
        "sku": "TEE-M",
        "price": "19.90",
        "currency": "USD",
        "barcode": "",
        "stock": None,
        "sent_stock": None,
        "linked": True,
    }
    assert (second["sku"], second["linked"], second["price"]) == ("TEE-L", False, None)


def test_tiktoks_products_are_shown_with_their_links(cast: Cast, anna: Client) -> None:
    sku = make_listing(cast.anna)
    reasons = [{"position": "title", "reasons": ["Too short."], "suggestions": []}]
    images = [{"uri": "a", "url": "https://p16.example/a.png"}]
    Listing.objects.update(audit_status="FAILED", review_reasons=reasons, images=images)
    ListingSku.objects.update(quantity=7, sent_quantity=8, barcode="4006381333931")
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
        "review": "FAILED",
        "review_reasons": [{"position": "title", "reasons": ["Too short."], "suggestions": []}],
        "image": "https://p16.example/a.png",
    }
    (link,) = shown.pop("links")
    assert link["shopify_variant_id"] == "gid://shopify/ProductVariant/41"
    assert shown == {
        "id": "171",
        "title": "M",
        "sku": "TEE-M",
        "price": "168000",
        "currency": "VND",
        "barcode": "4006381333931",
        "stock": 7,
        "sent_stock": 8,
        "linked": True,
    }


def test_stock_is_the_sum_of_the_active_locations(cast: Cast, anna: Client) -> None:
    variant, store = make_variant(cast.anna.store), cast.anna.store
    Variant.objects.filter(pk=variant.pk).update(inventory_item_id="i1")
    Product.objects.update(status="ACTIVE")
    store.locations.create(shopify_location_id="l3", is_active=False)
    for location, available in (("l1", 3), ("l2", -1), ("l3", 90)):
        store.inventory_levels.create(
            inventory_item_id="i1", shopify_location_id=location, available=available
        )
    cast.ben.store.inventory_levels.create(
        inventory_item_id="i1", shopify_location_id="l1", available=500
    )
    (product,) = checked(anna.get(URL), "products_list", 200)["results"]
    assert (product["status"], product["variants"][0]["stock"]) == ("ACTIVE", 2)


def test_what_is_gone_is_not_shown(cast: Cast, anna: Client) -> None:
    make_variant(cast.anna.store)
    make_listing(cast.anna)
    for model in (Variant, ListingSku):
        model._base_manager.update(gone_at=timezone.now())
    for side in ("shopify", "tiktok"):
        (product,) = checked(anna.get(URL, {"side": side}), "products_list", 200)["results"]
        assert product["variants"] == []
    for model in (Product, Listing):
        model._base_manager.update(gone_at=timezone.now())
    for side in ("shopify", "tiktok"):
        assert checked(anna.get(URL, {"side": side}), "products_list", 200)["results"] == []


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
