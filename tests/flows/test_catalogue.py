"""Both catalogues mirrored over HTTP: whole, by webhooks, by polls; large ones in bulk."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from products.models import InventoryLevel, Listing, ListingSku, Location, Product, Variant
from products.services import load_listings
from tests.factories import pass_time
from tests.flows.products import add_product, listings
from tests.flows.world import US_SHOP, US_STORE, VN_SHOP, World
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.subscribe import subscribe_shop, subscribe_store
from tiktoksync.webhooks.models import Delivery

pytestmark = pytest.mark.usefixtures("catalogues")

SMALL = [
    {
        "title": "Everyday Cotton Tee in sizes",
        "vendor": "Harbor & Pine",
        "type": "Shirts",
        "description": "<p>Soft.</p>",
        "tags": ["cotton"],
        "options": ["Size"],
        "images": [{"key": "tee-1", "width": 900, "height": 900}],
        "variants": [
            {"sku": f"TEE-{size}", "values": [size], "price": "20.00", "inventory": 4, "grams": 200}
            for size in ("S", "M")
        ],
    },
    {
        "title": "Enamel Camp Mug for outdoors",
        "type": "Kitchen",
        "options": [],
        "variants": [
            {"sku": "MUG-1", "values": [], "price": "12.50", "inventory": 9, "grams": 300}
        ],
    },
]


@pytest.fixture
def small(world: World) -> World:
    """The US pair alone, with two products on each side."""
    config = world.control("GET", "config")
    for one in (*config["tiktok"]["shops"], *config["shopify"]["shops"]):
        one["products"] = SMALL
    world.control("POST", "reset", {"config": config})
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    vietnam = TikTokShop.objects.get(shop_id=VN_SHOP)
    vietnam.delete()
    vietnam.store.delete()
    return world


@pytest.fixture
def mirrored(small: World) -> World:
    read_all()
    small.forget_calls()
    return small


def read_all() -> None:
    call_command("pull_variants")
    call_command("pull_listings")


def poll_now(world: World, *stems: str) -> None:
    """The interval is over."""
    for accounts in (ShopifyStore, TikTokShop):
        accounts.objects.update(next_catalogue_poll_at=timezone.now())
    for stem in stems or ("pull_variants", "pull_listings"):
        call_command(stem)


def store() -> ShopifyStore:
    return ShopifyStore.objects.select_related("app", "credential").get(shop_domain=US_STORE)


def shop() -> TikTokShop:
    return TikTokShop.objects.select_related("app", "credential").get(shop_id=US_SHOP)


def test_a_new_connection_has_both_catalogues_read(small: World) -> None:
    read_all()
    tee = Product.objects.get(title="Everyday Cotton Tee in sizes")
    assert (tee.vendor, tee.product_type, tee.tags) == ("Harbor & Pine", "Shirts", ["cotton"])
    assert (tee.status, tee.options) == ("ACTIVE", [{"name": "Size", "values": ["S", "M"]}])
    assert (tee.images[0]["width"], tee.description_html) == (900, "<p>Soft.</p>")
    medium = Variant.objects.get(sku="TEE-M")
    assert medium.option_values == [{"name": "Size", "value": "M"}]
    assert (str(medium.price), medium.weight, medium.weight_unit) == (
        "20.0000",
        Decimal(200),
        "GRAMS",
    )
    level = InventoryLevel.objects.get(inventory_item_id=medium.inventory_item_id)
    assert level.available == 4
    assert Location.objects.filter(shopify_location_id=level.shopify_location_id).exists()

    listing = Listing.objects.get(title__startswith="Everyday")
    assert (listing.status, listing.audit_status) == ("ACTIVATE", "APPROVED")
    assert listing.detail_read_at is not None
    assert (listing.category_name != "", len(listing.images) > 0) == (True, True)
    sku = ListingSku.objects.get(seller_sku="TEE-M")
    assert (str(sku.price), sku.currency, sku.quantity) == ("20.0000", "USD", 4)
    assert sku.attributes == [{"name": "Size", "value": "M"}]
    assert [one["is_default"] for one in shop().warehouses].count(True) == 1
    assert (store().variants_wanted_at, shop().listings_wanted_at) == (None, None)


def test_an_idle_poll_is_one_call_on_each_side(mirrored: World) -> None:
    Product.objects.update(seen_at=timezone.now() + timedelta(minutes=1))
    poll_now(mirrored)
    assert mirrored.calls() == {"shopify:products": 1, "tiktok:product.search": 1}


def test_what_changed_comes_with_the_next_poll(mirrored: World) -> None:
    mirrored.control("POST", "clock/advance", {"seconds": 5})
    gid = add_product(mirrored, "NEW-1")
    mirrored.control("POST", "shopify/variants/MUG-1", {"shop": US_STORE, "price": "13.75"})
    mirrored.control("POST", "shopify/variants/TEE-S/stock", {"shop": US_STORE, "available": 1})
    mug = next(one for one in listings(mirrored) if one["title"].startswith("Enamel"))
    mirrored.control("POST", f"products/{mug['id']}/edit", {"title": "Camp mug of old enamel"})
    mirrored.control("POST", f"products/{mug['id']}/price", {"price": "14.00"})
    poll_now(mirrored)
    assert Product.objects.filter(shopify_product_id=gid, gone_at=None).exists()
    assert str(Variant.objects.get(sku="MUG-1").price) == "13.7500"
    small = Variant.objects.get(sku="TEE-S")
    assert InventoryLevel.objects.get(inventory_item_id=small.inventory_item_id).available == 1
    assert Listing.objects.get(tiktok_product_id=mug["id"]).title == "Camp mug of old enamel"
    assert str(ListingSku.objects.get(seller_sku="MUG-1").price) == "14.0000"


def test_what_went_away_is_gone_after_a_whole_reading(mirrored: World) -> None:
    gid = Product.objects.get(title__startswith="Enamel").shopify_product_id
    mirrored.control(
        "POST", f"shopify/products/{gid.rpartition('/')[2]}/delete", {"shop": US_STORE}
    )
    mug = next(one for one in listings(mirrored) if one["title"].startswith("Enamel"))
    mirrored.control("POST", f"products/{mug['id']}/status", {"status": "DELETED"})
    now = timezone.now()
    ShopifyStore.objects.update(variants_wanted_at=now)
    TikTokShop.objects.update(listings_wanted_at=now)
    read_all()
    assert Product.objects.get(shopify_product_id=gid).gone_at is not None
    assert Variant.objects.get(sku="MUG-1").gone_at is not None
    assert Listing.objects.get(tiktok_product_id=mug["id"]).gone_at is not None
    assert ListingSku.objects.get(seller_sku="MUG-1").gone_at is not None
    assert Product.objects.filter(gone_at=None).count() == 1


def test_a_webhook_is_in_the_mirror_with_one_sync(
    mirrored: World, live_server: LiveServer, settings: Any
) -> None:
    settings.PUBLIC_URL, settings.ON_LOOPBACK = live_server.url, True
    subscribe_store(store())
    subscribe_shop(shop())
    mirrored.control("POST", "webhooks", {"enabled": {"tiktok": True, "shopify": True}})
    mirrored.control("POST", "shopify/variants/TEE-M/stock", {"shop": US_STORE, "available": 2})
    mirrored.control("POST", "shopify/variants/MUG-1", {"shop": US_STORE, "sku": "MUG-2"})
    mirrored.control("POST", "shopify/locations", {"shop": US_STORE, "name": "Attic"})
    mug = next(one for one in listings(mirrored) if one["title"].startswith("Enamel"))
    mirrored.control("POST", f"products/{mug['id']}/edit", {"title": "Camp mug of old enamel"})
    mirrored.control("POST", "webhooks/settle")
    # SQLite takes one writer at a time; what was answered 503 comes again.
    mirrored.control("POST", "webhooks/flush")
    mirrored.sync()
    medium = Variant.objects.get(sku="TEE-M")
    assert InventoryLevel.objects.get(inventory_item_id=medium.inventory_item_id).available == 2
    assert Variant.objects.filter(sku="MUG-2").exists()
    assert Location.objects.filter(name="Attic", is_active=True).exists()
    assert Listing.objects.get(tiktok_product_id=mug["id"]).title == "Camp mug of old enamel"
    assert not Delivery.objects.filter(outcome=Delivery.Outcome.NEW).exists()


def test_a_large_store_is_read_in_bulk(small: World) -> None:
    small.control("POST", "shopify/fill", {"shop": US_STORE, "products": 700, "variants": 3})
    for _ in range(12):
        call_command("pull_variants")
        if store().variants_wanted_at is None:
            break
        pass_time(61)
    assert Product.objects.filter(gone_at=None).count() == 702
    assert Variant.objects.filter(gone_at=None).count() == 2103
    assert InventoryLevel.objects.count() == 2103
    filled = Variant.objects.get(sku="GEN-000007-2")
    level = InventoryLevel.objects.get(inventory_item_id=filled.inventory_item_id)
    assert (level.available, str(filled.price)) == (9, "10.0000")
    assert small.calls()["shopify:bulkOperationRunQuery"] == 2
    assert "shopify:products" not in small.calls()
    assert store().catalogue_load["last"]["way"] == "bulk"


def test_a_bulk_reading_that_fails_is_made_again(small: World) -> None:
    small.control("POST", "shopify/fill", {"shop": US_STORE, "products": 700, "variants": 3})
    small.control("POST", "shopify/bulk/fail", {})
    for _ in range(12):
        call_command("pull_variants")
        if store().variants_wanted_at is None:
            break
        pass_time(61)
    assert Variant.objects.filter(gone_at=None).count() == 2103
    assert small.calls()["shopify:bulkOperationRunQuery"] == 3


def test_a_large_shop_is_read_in_slices(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load_listings, "MOST_A_SLICE", 150)
    for part in range(3):
        small.control("POST", "clock/advance", {"seconds": 3600})
        wish = {"shop": US_SHOP, "products": 100, "prefix": f"P{part}"}
        small.control("POST", "products/fill", wish)
    TikTokShop.objects.update(next_catalogue_poll_at=timezone.now() + timedelta(hours=9))
    call_command("pull_listings")
    assert Listing.objects.filter(gone_at=None).count() == 302
    assert shop().listings_wanted_at is None
