"""Links over real HTTP: made by equal SKUs, by hand with ids on TikTok, lost and found again."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command

from products.models import Link, ListingSku, ListingTask, Variant
from products.services.links import make_link, remove_link
from products.services.listing_tasks import ask
from products.services.product_wishes import begin_link
from products.services.rules import product_rules
from tests.factories import set_columns
from tests.flows.products import due_now, listings, read_catalogues, work_run
from tests.flows.test_keep_in_step import product
from tests.flows.world import US_SHOP, World
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.clients import tiktok_client

pytestmark = pytest.mark.django_db(transaction=True)

SET = product("Enamel Camp Mug in three sizes", "SET-S", "SET-M", "SET-L")
MUG = "Enamel Camp Mug for outdoors"
EDIT = "tiktok:product.partial_edit"
IDS = ListingTask.Kind.EXTERNAL_IDS


@pytest.fixture
def shop(world: World) -> TikTokShop:
    """The US pair: a set with equal SKUs on both sides, a mug whose SKUs differ, all read."""
    config = world.control("GET", "config")
    for one in config["tiktok"]["shops"]:
        one["products"] = [SET, product(MUG, "MUG-TIKTOK")]
    for one in config["shopify"]["shops"]:
        one["products"] = [SET, product(MUG, "MUG-1")]
    world.control("POST", "reset", {"config": config})
    world.control("POST", "config", {"review_seconds": None})
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    read_catalogues(world)
    return world.shops[US_SHOP]


def linked(shop: TikTokShop) -> dict[str, str]:
    """The variant's SKU by the TikTok SKU id."""
    return dict(Link.objects.filter(shop=shop).values_list("tiktok_sku_id", "variant__sku"))


def shown(world: World, title: str) -> dict[str, Any]:
    (found,) = [one for one in listings(world) if one["title"] == title]
    return found


def detail(shop: TikTokShop, title: str, world: World) -> dict[str, Any]:
    """The product as TikTok's API shows it."""
    found: dict[str, Any] = tiktok_client(shop).get_product(shown(world, title)["id"]).data
    return found


def approve(world: World, title: str) -> None:
    """TikTok's review of an edit ends well."""
    world.control("POST", f"products/{shown(world, title)['id']}/approve")


def mug(world: World) -> str:
    """The TikTok SKU id of the mug."""
    (sku,) = shown(world, MUG)["skus"]
    return str(sku["id"])


def link_mug(world: World, shop: TikTokShop) -> None:
    variant = Variant.objects.get(store=shop.store_id, sku="MUG-1")
    make_link(shop, mug(world), variant, origin=Link.Origin.BY_HAND)


def rebuild(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("rebuild_links", *arguments, stdout=out)
    counts: dict[str, Any] = json.loads(out.getvalue())
    return counts


def test_equal_skus_are_linked_by_reading_both_catalogues(world: World, shop: TikTokShop) -> None:
    assert sorted(linked(shop).values()) == ["SET-L", "SET-M", "SET-S"]
    assert not ListingTask.objects.filter(kind="ids").exists(), "equal SKUs need no ids"


def test_a_link_by_hand_notes_its_ids_on_tiktok_and_nothing_else_changes(
    world: World, shop: TikTokShop
) -> None:
    before = detail(shop, MUG, world)
    link_mug(world, shop)
    world.forget_calls()
    call_command("push_external_ids")
    assert world.calls()[EDIT] == 1
    approve(world, MUG)
    after = detail(shop, MUG, world)
    variant = Variant.objects.select_related("product").get(store=shop.store_id, sku="MUG-1")
    assert after["external_product_id"] == variant.product.shopify_product_id
    (sku,) = after["skus"]
    assert sku["external_sku_id"] == variant.shopify_variant_id
    kept = ("id", "seller_sku", "price", "inventory")
    assert [sku.get(name) for name in kept] == [before["skus"][0].get(name) for name in kept]

    ListingTask.objects.all().delete()
    ask(shop, [ListingSku.objects.get(tiktok_sku_id=sku["id"]).listing_id], IDS, reason="again")
    world.forget_calls()
    call_command("push_external_ids")
    assert ListingTask.objects.get().sync_status == "synced"
    assert EDIT not in world.calls(), "TikTok shows them already"


def test_ids_on_a_listing_of_several_skus_lose_none_of_them(world: World, shop: TikTokShop) -> None:
    """One variant is linked otherwise: all three SKUs go back with their options."""
    before = detail(shop, SET["title"], world)
    set_columns(product_rules(shop), external_ids="always")
    chosen = Link.objects.get(shop=shop, variant__sku="SET-M")
    variant = chosen.variant
    remove_link(chosen)
    make_link(shop, chosen.tiktok_sku_id, variant, origin=Link.Origin.BY_HAND)
    call_command("push_external_ids")
    task = ListingTask.objects.get(kind=IDS)
    assert (task.sync_status, task.failure_code, task.failure_reason) == ("synced", "", "")
    approve(world, SET["title"])
    after = detail(shop, SET["title"], world)["skus"]
    kept = ("id", "seller_sku", "sales_attributes", "price", "inventory")
    assert [[sku.get(name) for name in kept] for sku in after] == [
        [sku.get(name) for name in kept] for sku in before["skus"]
    ]
    variants = dict(Link.objects.values_list("tiktok_sku_id", "variant__shopify_variant_id"))
    assert {sku["id"]: sku["external_sku_id"] for sku in after} == {
        sku["id"]: variants[sku["id"]] for sku in before["skus"]
    }


def test_all_links_that_were_lost_are_found_again(world: World, shop: TikTokShop) -> None:
    link_mug(world, shop)
    call_command("push_external_ids")
    approve(world, MUG)
    due_now(world)
    before = linked(shop)
    assert len(before) == 4
    Link.objects.all().delete()
    set_columns(product_rules(shop), auto_link=False)
    read_catalogues(world)
    assert linked(shop) == {}
    counts = rebuild("--shop", US_SHOP)
    assert (counts["by_id"], counts["by_sku"], counts["unlinked"]) == (1, 3, 0)
    assert linked(shop) == before
    assert rebuild("--shop", US_SHOP)["already_linked"] == 4


def test_an_order_for_an_unlinked_sku_goes_on_with_a_run_of_linking(
    world: World, shop: TikTokShop
) -> None:
    Link.objects.all().delete()
    set_columns(product_rules(shop), auto_link=False)
    order_id = world.place(lines=[{"sku": "SET-S", "quantity": 1}], status="AWAITING_SHIPMENT")
    for _ in range(3):
        world.sync()
        world.due_now()
    assert world.order(order_id).failure_code == "sku_unlinked"
    assert world.shopify(order_id) == []

    run = work_run(world, begin_link(shop, start=True))
    assert (run.status, run.done) == ("finished", 3)
    world.due_now()
    world.sync()
    assert len(world.shopify(order_id)) == 1
