"""Links through the API: made, listed, removed, refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from products.models import Link, Listing, ListingSku, RemovedLink, Variant
from tests.api.cast import (
    Cast,
    make_line,
    make_link,
    make_order,
    make_shop,
    make_variant,
)
from tests.api.schema import checked

URL = "/api/v1/links/"
GID = "gid://shopify/ProductVariant/41"
Woken = list[tuple[str, int]]


def post(client: Client, **body: Any) -> Any:
    return client.post(URL, body, content_type="application/json")


def refusals(response: Any) -> dict[str, list[str]]:
    body = checked(response, "links_create", 400)
    assert body["error"]["code"] == "invalid"
    fields: dict[str, list[str]] = body["error"]["fields"]
    return fields


@pytest.mark.parametrize("variant_id", [GID, "41", 41])
def test_a_link_is_made_by_gid_or_number(cast: Cast, anna: Client, variant_id: Any) -> None:
    variant = make_variant(cast.anna.store)

    body = checked(
        post(anna, tiktok_sku_id="1729", shopify_variant_id=variant_id), "links_create", 201
    )

    link = Link.objects.get()
    assert (link.shop, link.variant, link.origin) == (cast.anna.shop, variant, "api")
    assert body.pop("created_at").endswith("Z")
    assert body.pop("why").startswith("Linked by a program through the API on ")
    assert body == {
        "id": link.pk,
        "tiktok_shop_id": cast.anna.shop.shop_id,
        "tiktok_sku_id": "1729",
        "shopify_variant_id": GID,
        "shopify_sku": "TEE-M",
        "origin": "api",
    }


def test_a_link_releases_the_order_that_waited_for_it(
    cast: Cast, anna: Client, woken: Woken
) -> None:
    make_variant(cast.anna.store)
    order = make_order(
        cast.anna.shop,
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
        failure_reason="TEE-M is not linked.",
    )
    make_line(order, tiktok_sku_id="1729")

    checked(post(anna, tiktok_sku_id="1729", shopify_variant_id=GID), "links_create", 201)

    order.refresh_from_db()
    assert order.sync_status == "pending"
    assert woken == [("push_orders", cast.anna.store.pk)]


def test_the_same_link_again_changes_nothing(cast: Cast, anna: Client) -> None:
    make_variant(cast.anna.store)
    first = checked(post(anna, tiktok_sku_id="1", shopify_variant_id="41"), "links_create", 201)

    again = checked(post(anna, tiktok_sku_id="1", shopify_variant_id=GID), "links_create", 200)

    assert again == first
    assert Link.objects.count() == 1


def test_a_sku_that_is_linked_elsewhere_is_refused(cast: Cast, anna: Client) -> None:
    link = make_link(cast.anna.shop, make_variant(cast.anna.store, 41), "1")
    make_variant(cast.anna.store, 42, "TEE-L")

    body = checked(post(anna, tiktok_sku_id="1", shopify_variant_id="42"), "links_create", 409)

    assert body["error"]["code"] == "conflict"
    assert body["error"]["message"] == "This TikTok SKU is linked to Tee / M already."
    assert Link.objects.get().variant_id == link.variant_id


def test_a_variant_that_was_not_read_yet_is_linked_and_read_soon(
    cast: Cast, anna: Client, woken: Woken
) -> None:
    order = make_order(
        cast.anna.shop,
        sync_status="failed",
        failure_kind="config",
        failure_code="sku_unlinked",
    )
    make_line(order, tiktok_sku_id="1729")

    body = checked(post(anna, tiktok_sku_id="1729", shopify_variant_id="77"), "links_create", 201)

    order.refresh_from_db()
    cast.anna.store.refresh_from_db()
    assert body["shopify_variant_id"] == "gid://shopify/ProductVariant/77"
    assert order.sync_status == "pending"
    assert cast.anna.store.variants_wanted_at is not None
    assert woken == [
        ("pull_variants", cast.anna.store.pk),
        ("push_orders", cast.anna.store.pk),
    ]


def test_a_refused_link_leaves_no_unread_variant(cast: Cast, anna: Client) -> None:
    make_link(cast.anna.shop, make_variant(cast.anna.store, 41), "1")

    checked(post(anna, tiktok_sku_id="1", shopify_variant_id="77"), "links_create", 409)

    assert list(Variant.objects.values_list("shopify_variant_id", flat=True)) == [GID]
    cast.anna.store.refresh_from_db()
    assert cast.anna.store.variants_wanted_at is None


def test_an_unread_variant_shows_no_product_of_its_own(cast: Cast, anna: Client) -> None:
    checked(post(anna, tiktok_sku_id="1", shopify_variant_id="77"), "links_create", 201)

    listed = checked(anna.get("/api/v1/products/"), "products_list", 200)

    assert listed == {"results": [], "next": None}


def test_a_variant_of_another_merchants_store_is_refused(cast: Cast, anna: Client) -> None:
    make_variant(cast.ben.store)

    fields = refusals(post(anna, tiktok_sku_id="1", shopify_variant_id=GID))

    assert fields == {
        "shopify_variant_id": ["anna.myshopify.com, the store this shop feeds, has no such one."]
    }
    assert Link.objects.count() == 0


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({}, ["shopify_variant_id", "tiktok_sku_id"]),
        ({"tiktok_sku_id": "1", "shopify_variant_id": "gid://shopify/Product/41"}, ["v"]),
        ({"tiktok_sku_id": "1", "shopify_variant_id": "41x"}, ["v"]),
        ({"tiktok_sku_id": "1", "shopify_variant_id": None}, ["v"]),
        ({"tiktok_sku_id": "1", "shopify_variant_id": 41.0}, ["v"]),
        ({"tiktok_sku_id": "1", "shopify_variant_id": True}, ["v"]),
        ({"tiktok_sku_id": " ", "shopify_variant_id": "41"}, ["tiktok_sku_id"]),
        ({"tiktok_sku_id": "1" * 41, "shopify_variant_id": "41"}, ["tiktok_sku_id"]),
        ({"tiktok_sku_id": ["1"], "shopify_variant_id": "41"}, ["tiktok_sku_id"]),
        ({"tiktok_sku_id": "1\0", "shopify_variant_id": "41"}, ["tiktok_sku_id"]),
    ],
)
def test_wrong_fields_are_named(
    cast: Cast, anna: Client, body: dict[str, Any], names: list[str]
) -> None:
    make_variant(cast.anna.store)

    fields = refusals(post(anna, **body))

    wanted = ["shopify_variant_id"] if names == ["v"] else names
    assert sorted(fields) == wanted
    assert Link.objects.count() == 0


def test_a_body_that_is_no_object_is_refused(cast: Cast, anna: Client) -> None:
    for body in ("[]", '"x"', "7", "null"):
        response: Any = anna.post(URL, body, content_type="application/json")
        assert checked(response, "links_create", 400)["error"]["code"] == "invalid"


def test_two_shops_need_a_name_unless_one_of_them_lists_the_sku(cast: Cast, anna: Client) -> None:
    side = cast.anna
    second = make_shop(side.merchant, side.shop.app, side.store, "7990", "Second")
    make_variant(side.store)

    fields = refusals(post(anna, tiktok_sku_id="1", shopify_variant_id=GID))
    assert fields == {"tiktok_shop_id": ["Several shops could be meant: name one."]}

    listing = Listing.objects.create(shop=second, tiktok_product_id="9")
    ListingSku.objects.create(shop=second, listing=listing, tiktok_sku_id="1")
    found = checked(post(anna, tiktok_sku_id="1", shopify_variant_id=GID), "links_create", 201)
    assert found["tiktok_shop_id"] == "7990"

    named = post(anna, tiktok_sku_id="1", shopify_variant_id=GID, tiktok_shop_id=side.shop.shop_id)
    assert checked(named, "links_create", 201)["tiktok_shop_id"] == side.shop.shop_id


def test_another_merchants_shop_cannot_be_named(cast: Cast, anna: Client) -> None:
    make_variant(cast.anna.store)

    fields = refusals(
        post(
            anna,
            tiktok_sku_id="1",
            shopify_variant_id=GID,
            tiktok_shop_id=cast.ben.shop.shop_id,
        )
    )

    assert fields == {"tiktok_shop_id": ["This merchant has no such shop."]}
    assert Link.objects.count() == 0


def test_a_merchant_without_a_shop_links_nothing(cast: Cast, anna: Client) -> None:
    cast.anna.shop.delete()

    fields = refusals(post(anna, tiktok_sku_id="1", shopify_variant_id=GID))

    assert fields == {"tiktok_shop_id": ["This merchant has no TikTok shop yet."]}


def test_links_are_listed_newest_first_and_only_ones_own(cast: Cast, anna: Client) -> None:
    variant = make_variant(cast.anna.store)
    for number in range(3):
        make_link(cast.anna.shop, variant, f"sku{number}")
    make_link(cast.ben.shop, make_variant(cast.ben.store), "theirs")

    first = checked(anna.get(URL, {"limit": 2}), "links_list", 200)
    second = checked(anna.get(first["next"]), "links_list", 200)

    assert [link["tiktok_sku_id"] for link in first["results"]] == ["sku2", "sku1"]
    assert [link["tiktok_sku_id"] for link in second["results"]] == ["sku0"]
    assert second["next"] is None
    one = checked(anna.get(URL, {"tiktok_sku_id": "sku1"}), "links_list", 200)
    assert [link["tiktok_sku_id"] for link in one["results"]] == ["sku1"]


def test_a_link_is_removed(cast: Cast, anna: Client) -> None:
    link = make_link(cast.anna.shop, make_variant(cast.anna.store))

    checked(anna.delete(f"{URL}{link.pk}/"), "links_destroy", 204)

    assert Link.objects.count() == 0
    checked(anna.delete(f"{URL}{link.pk}/"), "links_destroy", 404)


def test_a_stranger_cannot_remove_a_link(cast: Cast, ben: Client) -> None:
    link = make_link(cast.anna.shop, make_variant(cast.anna.store))

    checked(ben.delete(f"{URL}{link.pk}/"), "links_destroy", 404)

    assert Link.objects.count() == 1


def change(client: Client, link: Link, variant_id: str) -> Any:
    body = {"shopify_variant_id": variant_id}
    return client.patch(f"{URL}{link.pk}/", body, content_type="application/json")


def test_a_link_is_led_to_another_variant(cast: Cast, anna: Client) -> None:
    link = make_link(cast.anna.shop, make_variant(cast.anna.store, 41))
    other = make_variant(cast.anna.store, 42, "TEE-L")

    body = checked(change(anna, link, "42"), "links_update", 200)

    assert (body["id"], body["shopify_sku"]) == (link.pk, "TEE-L")
    assert Link.objects.get().variant == other
    assert RemovedLink.objects.get().variant_id == link.variant_id


@pytest.mark.parametrize("variant_id", ["43", "red", "51"])
def test_a_variant_that_is_not_there_changes_no_link(
    cast: Cast, anna: Client, variant_id: str
) -> None:
    link = make_link(cast.anna.shop, make_variant(cast.anna.store, 41))
    make_variant(cast.ben.store, 51)

    refused = checked(change(anna, link, variant_id), "links_update", 400)

    assert list(refused["error"]["fields"]) == ["shopify_variant_id"]
    assert Link.objects.get().variant_id == link.variant_id


def test_a_stranger_cannot_change_a_link(cast: Cast, ben: Client) -> None:
    link = make_link(cast.anna.shop, make_variant(cast.anna.store, 41))
    make_variant(cast.anna.store, 42, "TEE-L")

    checked(change(ben, link, "42"), "links_update", 404)

    assert Link.objects.get().variant_id == link.variant_id
