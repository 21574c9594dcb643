"""Shopify products uploaded to TikTok over the sandbox: previewed, listed once, linked, counted."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from pytest_django import Settings

from products.models import Link, Listing, ListingSku, ProductUpload
from products.review_words import review_words
from products.services.product_wishes import begin_upload
from tests.flows.products import (
    add_product,
    due_now,
    listing_of,
    listings,
    outcomes,
    read_catalogues,
    read_store,
    work_run,
)
from tests.flows.world import US_SHOP, US_STORE, World
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import ShopifyStore, TikTokShop

pytestmark = pytest.mark.usefixtures("catalogues")

# What one preview asks before it looks at single products, and for each category it meets.
ONCE = {"tiktok:product.prerequisites": 1, "tiktok:logistics.warehouses": 1}
A_CATEGORY = {"tiktok:product.attributes": 1, "tiktok:product.rules": 1}


@pytest.fixture
def world(world: World, settings: Settings) -> World:
    """The American pair alone, called as fast as it answers."""
    settings.TIKTOK_READS_PER_SECOND = settings.TIKTOK_WRITES_PER_SECOND = 1000
    TikTokShop.objects.exclude(shop_id=US_SHOP).delete()
    ShopifyStore.objects.exclude(shop_domain=US_STORE).delete()
    return world


def upload(world: World, *gids: str, shop: str = US_SHOP, **how: Any) -> Run:
    which = {"product_ids": gids} if gids else {"filter": {}}
    run = begin_upload(world.shops[shop], which, start=True, **how)
    return work_run(world, run, "upload_products")


def test_a_product_is_listed_reviewed_and_linked(world: World) -> None:
    gid = add_product(world, "CAMP-1", images=[900, 600])
    read_store(world)
    run = upload(world, gid)
    assert (run.status, outcomes(run)) == ("finished", {"uploaded": 1})
    (made,) = listing_of(world, gid)
    assert made["images"] == 2
    (sku,) = made["skus"]
    assert (sku["seller_sku"], sku["available"]) == ("CAMP-1", 5)
    link = Link.objects.get(tiktok_sku_id=sku["id"])
    assert (link.variant.sku, link.origin) == ("CAMP-1", Link.Origin.UPLOADED)
    assert Listing.objects.get(tiktok_product_id=made["id"]).audit_status == "AUDITING"

    world.control("POST", "clock/advance", {"seconds": 5})
    call_command("pull_listings")
    listing = Listing.objects.get(tiktok_product_id=made["id"])
    assert (listing.status, listing.audit_status) == ("ACTIVATE", "APPROVED")


def test_how_many_calls_it_takes(world: World) -> None:
    """One look, one call a picture, one create; the preview asks for a category for each."""
    gids = [add_product(world, f"CAMP-{n}", images=[900, 600, 500]) for n in range(5)]
    read_store(world)
    run = begin_upload(world.shops[US_SHOP], {"product_ids": gids})
    call_command("product_runs")
    assert world.calls() == {**ONCE, **A_CATEGORY, "tiktok:product.recommend": 5}

    world.forget_calls()
    run.refresh_from_db()
    runs.start_run(run)
    work_run(world, run, "upload_products")
    assert outcomes(run) == {"uploaded": 5}
    assert world.calls() == {
        "tiktok:product.search": 5,
        "tiktok:product.image_upload": 15,
        "tiktok:product.create": 5,
    }


def test_a_picture_that_two_products_show_is_sent_once(world: World) -> None:
    shared = [{"key": "same", "width": 900, "height": 900}]
    gids = [add_product(world, f"CAMP-{n}") for n in range(2)]
    gids += [
        str(
            world.control(
                "POST",
                "shopify/products",
                {
                    "shop": US_STORE,
                    "title": f"Enamel camp mug with a chart {n}",
                    "type": "Kitchen",
                    "description": "<p>Warm.</p>",
                    "options": [],
                    "variants": [
                        {
                            "sku": f"CHART-{n}",
                            "values": [],
                            "price": "9.00",
                            "inventory": 4,
                            "grams": 300,
                        }
                    ],
                    "images": shared,
                },
            )["product_id"]
        )
        for n in range(2)
    ]
    read_store(world)
    run = upload(world, *gids)
    assert outcomes(run) == {"uploaded": 4}
    assert world.calls()["tiktok:product.image_upload"] == 3


def test_a_whole_store_is_uploaded_once_each(world: World) -> None:
    world.control("POST", "reset", {"config": {"catalogue": "whole"}})
    read_catalogues(world)
    run = begin_upload(world.shops[US_SHOP], {"filter": {}})
    work_run(world, run)
    seen = outcomes(run)
    ready = seen.pop("ready")
    assert ready >= 30
    assert {"already_listed", "no_image", "image_too_small", "sku_duplicate"} <= set(seen)
    assert {"language_refused", "weight_missing", "price_zero"} & set(_all_codes(run))
    assert "tiktok:product.create" not in world.calls()

    runs.start_run(run)
    work_run(world, run, "upload_products")
    # Two products have one SKU: the second one is refused in words, not listed under it.
    assert (run.done, run.failed) == (ready - 1, 1)
    assert outcomes(run)["sku_taken"] == 1
    assert world.calls()["tiktok:product.create"] == ready - 1
    ids = [one["external_product_id"] for one in listings(world) if one["external_product_id"]]
    assert len(ids) == len(set(ids)) == ready - 1
    made = ListingSku.objects.filter(listing__external_product_id__in=ids)
    assert Link.objects.filter(origin=Link.Origin.UPLOADED).count() == made.count()

    world.forget_calls()
    again = upload(world)
    assert (again.status, again.done) == ("finished", 0)
    assert outcomes(again)["already_listed"] == seen["already_listed"] + ready - 1
    assert "tiktok:product.create" not in world.calls()
    assert "tiktok:product.image_upload" not in world.calls()


def _all_codes(run: Run) -> list[str]:
    return [issue["code"] for item in run.items.all() for issue in item.facts["issues"]]


def test_a_create_whose_answer_is_lost_makes_one_product(world: World) -> None:
    gid = add_product(world, "CAMP-1")
    read_store(world)
    lost = {"platform": "tiktok", "operation": "product.create"}
    world.fault(match=lost, action="drop_after", times=1)
    run = upload(world, gid)
    assert outcomes(run) == {"uploaded": 1}
    assert len(listing_of(world, gid)) == 1
    assert world.calls()["tiktok:product.create"] == 1
    assert Link.objects.get(variant__sku="CAMP-1").origin == Link.Origin.UPLOADED


@pytest.mark.parametrize("action", ["drop_before", "throttle"])
@pytest.mark.parametrize("operation", ["product.search", "product.image_upload", "product.create"])
def test_trouble_on_the_way_ends_with_one_product(
    world: World, operation: str, action: str
) -> None:
    gid = add_product(world, "CAMP-1", images=[900, 800])
    read_store(world)
    world.fault(match={"platform": "tiktok", "operation": operation}, action=action, times=2)
    run = upload(world, gid)
    assert outcomes(run) == {"uploaded": 1}
    assert len(listing_of(world, gid)) == 1


def test_after_the_loss_of_the_database_it_is_adopted(world: World) -> None:
    gid = add_product(world, "CAMP-1")
    read_store(world)
    upload(world, gid)
    for model in (ProductUpload, Link, ListingSku, Listing, Run):
        model._base_manager.all().delete()
    world.forget_calls()

    run = upload(world, gid)
    assert outcomes(run) == {"adopted": 1}
    assert len(listing_of(world, gid)) == 1
    assert "tiktok:product.create" not in world.calls()
    assert Link.objects.get(variant__sku="CAMP-1").origin == Link.Origin.REBUILT


def test_a_picture_of_a_wrong_size_is_left_out(world: World) -> None:
    gid = add_product(world, "CAMP-1", images=[5000, 900, 200])
    read_store(world)
    run = upload(world, gid)
    assert outcomes(run) == {"uploaded": 1}
    (made,) = listing_of(world, gid)
    assert made["images"] == 1
    warnings = ProductUpload.objects.get(tiktok_product_id=made["id"]).warnings
    assert warnings[0].startswith("A picture was left out: ")


def test_the_daily_limit_is_waited_for_and_said(world: World) -> None:
    gids = [add_product(world, f"CAMP-{n}") for n in range(3)]
    read_store(world)
    world.control("POST", "config", {"listing_quota": 1})
    run = begin_upload(world.shops[US_SHOP], {"product_ids": gids}, start=True)
    for stem in ("product_runs", "product_runs", "upload_products", "product_runs"):
        call_command(stem)
        Run.objects.exclude(next_step_at=None).update(next_step_at="2026-01-01T00:00:00Z")
    run.refresh_from_db()
    assert run.status == "running"
    assert run.message.startswith("TikTok takes no more new products of this shop for now.")
    assert sum(len(listing_of(world, gid)) for gid in gids) == 1

    world.control("POST", "config", {"listing_quota": None})
    TikTokShop.objects.update(uploads_refused_until=None)
    due_now(world)
    work_run(world, run, "upload_products")
    assert outcomes(run) == {"uploaded": 3}
    assert [len(listing_of(world, gid)) for gid in gids] == [1, 1, 1]


def test_a_refused_review_is_mirrored_in_words(world: World) -> None:
    gid = add_product(world, "CAMP-1", title="Enamel camp mug REJECT-IMAGE")
    read_store(world)
    upload(world, gid)
    world.control("POST", "clock/advance", {"seconds": 5})
    call_command("pull_listings")
    listing = Listing.objects.get(external_product_id=gid)
    assert (listing.status, listing.audit_status) == ("FAILED", "FAILED")
    (told,) = review_words(listing.review_reasons)
    assert told["words"] == "Pictures: The main image shows text or a watermark."


def test_stock_is_told_again_only_where_the_listing_shows_another(world: World) -> None:
    """TikTok takes no new listing with 0: it shows 1 until the stock push has been."""
    full, empty = add_product(world, "CAMP-1"), add_product(world, "CAMP-2", stock=0)
    read_store(world)
    assert outcomes(upload(world, full, empty)) == {"uploaded": 2}
    world.forget_calls()
    call_command("push_stock")
    assert world.calls() == {"tiktok:product.inventory_update": 1}
    shown = [listing_of(world, gid)[0]["skus"][0]["available"] for gid in (full, empty)]
    assert shown == [5, 0]
