"""What a store's webhooks bring to the mirror: read again, or stored where they carry a time."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from products.models import InventoryLevel, Location, Product, Variant
from products.services import link_skus
from products.services.pull_variants import PullVariants
from tests.factories import Pair, set_columns
from tests.fakes import FakeShopify
from tests.orders.services.conftest import Work
from tiktoksync.errors import Rejected, Unreachable
from tiktoksync.shops.models import Platform, ShopifyStore
from tiktoksync.webhooks.inbox import Incoming, store_once
from tiktoksync.webhooks.models import Delivery
from tiktoksync.webhooks.topics import read_shopify

ITEM = 45000000000001


@pytest.fixture
def calm(pair: Pair, shopify: FakeShopify) -> Pair:
    """A store that is mirrored and has nothing else due."""
    set_columns(
        pair.store,
        products_watermark=timezone.now(),
        next_catalogue_poll_at=timezone.now() + timedelta(hours=1),
    )
    return pair


def tell(pair: Pair, topic: str, body: dict[str, Any]) -> Delivery:
    raw = json.dumps(body).encode()
    number = Delivery.objects.count()
    hint = read_shopify(topic, raw)
    store_once(Incoming(Platform.SHOPIFY, hint, raw + b" " * number, pair.store))
    return Delivery.objects.latest("pk")


def due() -> list[int]:
    return list(PullVariants.due_accounts(timezone.now()))


def outcomes() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("outcome", flat=True))


def test_a_webhook_of_a_product_has_it_read_in_one_drain(
    calm: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.catalogue.add(7, {"sku": "NEW"})
    for topic in ("products/create", "products/update", "products/update"):
        tell(calm, topic, {"id": 7, "title": "not to be believed"})
    assert due() == [calm.store.pk]
    work("pull_variants")
    assert shopify.arguments("read_products") == [(("gid://shopify/Product/7",),)]
    assert Product.objects.get().title == "Product 7"
    assert outcomes() == ["used"] * 3
    assert due() == []


def test_a_deleted_product_is_gone(calm: Pair, shopify: FakeShopify, work: Work) -> None:
    shopify.catalogue.add(7)
    tell(calm, "products/create", {"id": 7})
    work("pull_variants")
    shopify.catalogue.products.clear()
    tell(calm, "products/delete", {"id": 7})
    work("pull_variants")
    assert Product.objects.get().gone_at is not None
    assert Variant.objects.get().gone_at is not None


def test_forty_products_take_two_readings(calm: Pair, shopify: FakeShopify, work: Work) -> None:
    for number in range(40):
        shopify.catalogue.add(number)
        tell(calm, "products/update", {"id": number})
    work("pull_variants")
    assert [len(gids) for (gids,) in shopify.arguments("read_products")] == [25, 15]
    assert Product.objects.count() == 40


def test_stock_is_stored_as_it_is_told_where_it_is_newer(
    calm: Pair, shopify: FakeShopify, work: Work
) -> None:
    body = {"inventory_item_id": ITEM, "location_id": 1, "admin_graphql_api_id": "gid://x"}
    for available, at in ((10, "14:05:12"), (4, "14:07:00"), (8, "14:06:00")):
        told = {**body, "available": available, "updated_at": f"2026-11-20T{at}-05:00"}
        tell(calm, "inventory_levels/update", told)
    tell(calm, "inventory_levels/update", {**body, "available": None, "updated_at": None})
    work("pull_variants")
    level = InventoryLevel.objects.get()
    assert (level.inventory_item_id, level.available) == (f"gid://shopify/InventoryItem/{ITEM}", 4)
    assert level.shopify_location_id == "gid://shopify/Location/1"
    assert shopify.calls == []
    assert outcomes() == ["used"] * 4


def test_an_inventory_item_has_its_product_read(
    calm: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.catalogue.add(7)
    tell(calm, "products/create", {"id": 7})
    work("pull_variants")
    shopify.calls.clear()
    shopify.catalogue.products["gid://shopify/Product/7"]["vendor"] = "Acme"
    tell(calm, "inventory_items/update", {"id": 71})
    tell(calm, "inventory_items/update", {"id": 999})
    work("pull_variants")
    assert shopify.count("read_products") == 1
    assert Product.objects.get().vendor == "Acme"
    assert outcomes() == ["used"] * 3


def test_a_place_has_all_places_read(calm: Pair, shopify: FakeShopify, work: Work) -> None:
    tell(calm, "locations/create", {"id": 1})
    tell(calm, "locations/update", {"id": 1})
    work("pull_variants")
    assert shopify.called() == ["locations"]
    assert Location.objects.get().name == "Shop"


def test_nothing_is_marked_used_before_it_is_read(
    calm: Pair, shopify: FakeShopify, work: Work
) -> None:
    shopify.catalogue.add(7)
    tell(calm, "products/update", {"id": 7})
    shopify.fail("read_products", Unreachable("Away."))
    work("pull_variants")
    assert (outcomes(), Product.objects.count()) == (["new"], 0)
    set_columns(calm.store, paused_until=None)
    work("pull_variants")
    assert (outcomes(), Product.objects.count()) == (["used"], 1)


def test_a_refused_product_is_not_asked_for_for_ever(
    calm: Pair, shopify: FakeShopify, work: Work
) -> None:
    tell(calm, "products/update", {"id": 7})
    shopify.fail("read_products", Rejected("No."))
    work("pull_variants")
    assert (outcomes(), Delivery.objects.get().note) == (["ignored"], "No.")
    assert due() == []


def test_products_news_are_the_mirrors_alone(calm: Pair, shopify: FakeShopify) -> None:
    tell(calm, "products/update", {"id": 7})
    assert list(link_skus.LinkSkus.due_accounts(timezone.now())) == []
    assert ShopifyStore.objects.get().pk in due()
