"""What changes in Shopify stands on TikTok: stock, prices, on and off sale, over real HTTP.

A small catalogue, the same on both sides: a tee with three SKUs, a mug, and a cap for the sweep.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from products.models import Link, ListingTask
from products.services import keep_in_step
from products.services.product_wishes import begin_push
from products.services.rules import product_rules
from tests.factories import set_columns
from tests.flows.products import due_now, listings
from tests.flows.world import US_SHOP, US_STORE, World
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.subscribe import subscribe_store
from tiktoksync.webhooks.models import Delivery

STOCK_CALL = "tiktok:product.inventory_update"
PRICE_CALL = "tiktok:product.price_update"

pytestmark = pytest.mark.django_db(transaction=True)


def product(title: str, *skus: str) -> dict[str, Any]:
    """A product of both catalogues: 20.00, 40 of each SKU."""
    sizes = ("S", "M", "L")[: len(skus)] if len(skus) > 1 else ()
    return {
        "title": title,
        "vendor": "Harbor & Pine",
        "type": "Apparel",
        "options": ["Size"] if sizes else [],
        "variants": [
            {
                "sku": sku,
                "values": [sizes[place]] if sizes else [],
                "price": "20.00",
                "inventory": 40,
                "grams": 200,
            }
            for place, sku in enumerate(skus)
        ],
    }


CATALOGUE = [
    product("Everyday Cotton Tee in sizes", "TEE-S", "TEE-M", "TEE-L"),
    product("Enamel Camp Mug for outdoors", "MUG-1"),
    product("Canvas Cap with a short brim", "CAP-1"),
]


@pytest.fixture
def pair(world: World) -> World:
    """The US pair with the small catalogue, read on both sides and linked by equal SKUs."""
    config = world.control("GET", "config")
    for shop in (*config["tiktok"]["shops"], *config["shopify"]["shops"]):
        shop["products"] = CATALOGUE
    world.control("POST", "reset", {"config": config})
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    shop, now = world.shops[US_SHOP], timezone.now()
    TikTokShop.objects.filter(pk=shop.pk).update(listings_wanted_at=now)
    ShopifyStore.objects.filter(pk=shop.store_id).update(variants_wanted_at=now)
    call_command("pull_variants")
    call_command("pull_listings")
    assert Link.objects.filter(shop=shop).count() == 5
    assert not ListingTask.objects.exists(), "what is equal is not told"
    world.forget_calls()
    return world


def read_changes(world: World, *stems: str) -> None:
    """What happens when the polls of the catalogues are due."""
    now = timezone.now()
    shop = world.shops[US_SHOP]
    ShopifyStore.objects.filter(pk=shop.store_id).update(next_catalogue_poll_at=now)
    TikTokShop.objects.filter(pk=shop.pk).update(next_catalogue_poll_at=now)
    for stem in stems or ("pull_variants", "pull_listings"):
        call_command(stem)


def set_stock(world: World, sku: str, available: int) -> None:
    wish = {"shop": US_STORE, "available": available}
    world.control("POST", f"shopify/variants/{sku}/stock", wish)


def skus(world: World) -> dict[str, dict[str, Any]]:
    """Every SKU of the shop as TikTok has it, with the state of its product."""
    return {
        sku["seller_sku"]: sku | {"status": one["status"], "product_id": one["id"]}
        for one in listings(world)
        for sku in one["skus"]
    }


def offered(world: World) -> dict[str, int]:
    return {name: sku["available"] for name, sku in skus(world).items()}


ALL = {"TEE-S": 40, "TEE-M": 40, "TEE-L": 40, "MUG-1": 40, "CAP-1": 40}


def test_a_change_of_stock_is_on_tiktok_with_one_sync_after_the_webhook(
    pair: World, live_server: LiveServer, settings: Any
) -> None:
    settings.PUBLIC_URL, settings.ON_LOOPBACK = live_server.url, True
    store = ShopifyStore.objects.select_related("app", "credential").get(shop_domain=US_STORE)
    subscribe_store(store)
    pair.control("POST", "webhooks", {"enabled": {"shopify": True}})
    pair.forget_calls()
    set_stock(pair, "MUG-1", 7)
    pair.control("POST", "webhooks/settle")
    assert Delivery.objects.filter(topic="inventory_levels/update").count() == 1
    pair.sync()
    assert offered(pair) == ALL | {"MUG-1": 7}
    assert pair.calls()[STOCK_CALL] == 1
    pair.sync()
    assert pair.calls()[STOCK_CALL] == 1


def test_a_change_of_stock_is_found_by_the_poll_too(pair: World) -> None:
    set_stock(pair, "MUG-1", 7)
    read_changes(pair, "pull_variants", "push_stock")
    assert offered(pair) == ALL | {"MUG-1": 7}


def test_three_skus_of_a_listing_are_told_in_one_call(pair: World) -> None:
    for sku, units in (("TEE-S", 3), ("TEE-M", 0), ("TEE-L", 5)):
        set_stock(pair, sku, units)
    read_changes(pair, "pull_variants", "push_stock")
    assert offered(pair) == ALL | {"TEE-S": 3, "TEE-M": 0, "TEE-L": 5}
    assert pair.calls()[STOCK_CALL] == 1


def test_an_order_in_its_hold_is_set_aside_and_given_back(pair: World) -> None:
    """TikTok and Shopify never offer a unit that the other has sold."""
    order_id = pair.place(status="ON_HOLD", lines=[{"sku": "MUG-1", "quantity": 2}])
    pair.sync()
    assert offered(pair)["MUG-1"] == 38
    set_stock(pair, "MUG-1", 10)
    read_changes(pair, "pull_variants", "push_stock")
    assert offered(pair)["MUG-1"] == 8
    pair.act(order_id, "cancel")
    pair.sync()
    assert offered(pair)["MUG-1"] == 10


def test_an_order_that_is_created_in_shopify_is_counted_once(pair: World) -> None:
    pair.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-1", "quantity": 2}])
    pair.sync()
    assert offered(pair)["MUG-1"] == 38
    read_changes(pair, "pull_variants", "pull_listings", "push_stock")
    assert offered(pair)["MUG-1"] == 38
    keep_in_step.recheck()
    call_command("push_stock")
    assert offered(pair)["MUG-1"] == 38


def test_stock_typed_in_seller_center_is_set_right(pair: World) -> None:
    product_id = skus(pair)["MUG-1"]["product_id"]
    pair.control("POST", f"products/{product_id}/stock", {"sku": "MUG-1", "quantity": 90})
    read_changes(pair, "pull_listings", "push_stock")
    assert offered(pair) == ALL


def test_prices_follow_by_the_rule(pair: World) -> None:
    set_columns(product_rules(pair.shops[US_SHOP]), push_prices=True, price_rounding="99")
    pair.control("POST", "shopify/variants/TEE-S", {"shop": US_STORE, "price": "31.50"})
    read_changes(pair, "pull_variants", "push_prices")
    shown = {name: sku["price"] for name, sku in skus(pair).items()}
    tee = {"TEE-S": "31.99", "TEE-M": "20.99", "TEE-L": "20.99"}
    assert shown == tee | {"MUG-1": "20.00", "CAP-1": "20.00"}, "what did not change stays"
    assert pair.calls()[PRICE_CALL] == 1


def test_a_price_in_a_promotion_is_told_when_it_ends(pair: World) -> None:
    set_columns(product_rules(pair.shops[US_SHOP]), push_prices=True)
    product_id = skus(pair)["MUG-1"]["product_id"]
    pair.control("POST", f"products/{product_id}/lock", {"locked": True})
    pair.control("POST", "shopify/variants/MUG-1", {"shop": US_STORE, "price": "31.50"})
    read_changes(pair, "pull_variants", "push_prices")
    task = ListingTask.objects.get(kind=ListingTask.Kind.PRICES)
    assert (task.sync_status, task.wait_reason) == ("pending", "promotion")
    assert skus(pair)["MUG-1"]["price"] == "20.00"
    pair.control("POST", f"products/{product_id}/lock", {"locked": False})
    due_now(pair)
    call_command("push_prices")
    assert skus(pair)["MUG-1"]["price"] == "31.50"


def test_an_archived_product_goes_off_sale_and_comes_back(pair: World) -> None:
    set_columns(product_rules(pair.shops[US_SHOP]), auto_deactivate=True)
    change = "shopify/products/enamel-camp-mug-for-outdoors"
    flows = ("pull_variants", "push_listing_states", "push_stock", "pull_listings")
    pair.control("POST", change, {"shop": US_STORE, "status": "ARCHIVED"})
    read_changes(pair, *flows)
    mug = skus(pair)["MUG-1"]
    assert (mug["status"], mug["available"]) == ("SELLER_DEACTIVATED", 0)
    pair.control("POST", change, {"shop": US_STORE, "status": "ACTIVE"})
    read_changes(pair, *flows)
    mug = skus(pair)["MUG-1"]
    assert (mug["status"], mug["available"]) == ("ACTIVATE", 40)
    assert skus(pair)["CAP-1"]["status"] == "ACTIVATE"


def test_runs_switch_and_push_what_is_chosen(pair: World) -> None:
    shop = pair.shops[US_SHOP]
    ids = [skus(pair)[name]["product_id"] for name in ("MUG-1", "CAP-1")]
    begin_push(Run.Kind.STATE, shop, {"listing_ids": ids}, state="deactivate")
    pair.sync()
    states = {name: sku["status"] for name, sku in skus(pair).items()}
    off = {"MUG-1": "SELLER_DEACTIVATED", "CAP-1": "SELLER_DEACTIVATED"}
    assert states == dict.fromkeys(("TEE-S", "TEE-M", "TEE-L"), "ACTIVATE") | off
    due_now(pair)
    pair.sync()
    run = Run.objects.get()
    assert (run.status, run.done) == ("finished", 2)
    assert pair.calls()["tiktok:product.deactivate"] == 1
