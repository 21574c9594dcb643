"""How many platform calls a unit of work takes, asserted from the sandbox's request log."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from orders.models import ExternalReference, Order
from products.models import Link, ListingSku, Variant
from products.services.links import make_link
from tests.flows.world import US_SHOP, US_STORE, VN_SHOP, World
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncStatus

pytestmark = pytest.mark.usefixtures("catalogues")

ORDERS = 1000
MOST_CALLS = 1020


def test_a_thousand_waiting_orders_take_at_most_1020_calls(world: World) -> None:
    world.control("POST", "config", {"bucket": {"maximum": 100000, "restore_rate": 50000}})
    TikTokShop.objects.filter(shop_id=VN_SHOP).delete()
    link_mug()
    world.place_many(ORDERS, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12", "quantity": 2}])
    world.forget_calls()

    world.sync()
    assert Order.objects.filter(sync_status=SyncStatus.SYNCED).count() == ORDERS
    ExternalReference.objects.update(next_attempt_at=None)
    call_command("push_references")

    calls = world.calls()
    # What all of them take from the stock of one listing: told before and after, not once each.
    assert calls.pop("tiktok:product.inventory_update") <= 2
    assert calls == {
        "tiktok:order.search": ORDERS // 100,
        "shopify:orderCreate": ORDERS,
        "tiktok:order.external_put": ORDERS // 100,
    }
    assert sum(calls.values()) <= MOST_CALLS
    assert not ExternalReference.objects.exclude(sync_status=SyncStatus.SYNCED).exists()


def link_mug() -> None:
    """A link that is there before the first order."""
    call_command("pull_variants")
    call_command("pull_listings")
    sku = ListingSku.objects.get(seller_sku="MUG-12", shop__shop_id=US_SHOP)
    variant = Variant.objects.get(sku="MUG-12", store__shop_domain=US_STORE)
    make_link(sku.shop, sku.tiktok_sku_id, variant, origin=Link.Origin.BY_HAND)


def test_an_idle_poll_is_one_call_a_shop(world: World) -> None:
    order_id = world.place(US_SHOP, status="COMPLETED")
    world.sync()
    world.forget_calls()
    world.sync()
    assert world.calls() == {"tiktok:order.search": 2}
    assert world.order(order_id).sync_status == "skipped"
