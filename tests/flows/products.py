"""The catalogues of a world: products on both sides, read into the mirrors, and runs over them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.core.management import call_command
from django.utils import timezone

from products.models import ListingTask, ProductImport, ProductUpload
from tests.flows.world import STORE_OF, US_SHOP, World
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import ShopifyStore, TikTokShop

PAST = datetime(2026, 1, 1, tzinfo=UTC)
ROUNDS = 40


#: Points that no test has to wait for.
PLENTY = {"bucket": {"maximum": 100_000, "restore_rate": 50_000}}


def read_catalogues(world: World) -> None:
    """Both mirrors of every pair as they stand now, in full."""
    world.control("POST", "config", PLENTY)
    now = timezone.now()
    ShopifyStore.objects.update(variants_wanted_at=now, next_catalogue_poll_at=None)
    TikTokShop.objects.update(listings_wanted_at=now, next_catalogue_poll_at=None)
    for _ in range(ROUNDS):
        call_command("pull_variants")
        call_command("pull_listings")
        if not _unread():
            world.forget_calls()
            return
        world.due_now()
    raise AssertionError("the catalogues are never read")


def read_store(world: World) -> None:
    """Shopify's mirror alone: what TikTok sells already is not known."""
    world.control("POST", "config", PLENTY)
    ShopifyStore.objects.update(variants_wanted_at=timezone.now())
    for _ in range(ROUNDS):
        call_command("pull_variants")
        if not ShopifyStore.objects.exclude(variants_wanted_at=None).exists():
            world.forget_calls()
            return
        world.due_now()
    raise AssertionError("the store is never read")


def _unread() -> bool:
    waiting = ShopifyStore.objects.exclude(variants_wanted_at=None).exists()
    return waiting or TikTokShop.objects.exclude(listings_wanted_at=None).exists()


def add_product(world: World, *skus: str, shop: str = US_SHOP, **fields: Any) -> str:
    """A merchant adds a product in Shopify; returns its GID. `images` are their sizes."""
    stock = fields.pop("stock", 5)
    variants = [
        {"sku": sku, "values": [], "price": "14.25", "inventory": stock, "grams": 320}
        for sku in skus
    ]
    key, sizes = skus[0] if skus else "none", fields.pop("images", [900])
    row = {
        "title": f"Enamel camp mug, hand painted, {key}",
        "vendor": "Harbor & Pine",
        "type": "Kitchen",
        "description": "<p>Keeps coffee warm.</p>",
        "tags": [],
        "options": [],
        "variants": variants,
        "images": [
            {"key": f"{key}-{n}", "width": side, "height": side} for n, side in enumerate(sizes)
        ],
        **fields,
    }
    made = world.control("POST", "shopify/products", {"shop": STORE_OF[shop], **row})
    return str(made["product_id"])


def listings(world: World, shop: str = US_SHOP, **which: str) -> list[dict[str, Any]]:
    """The products of a TikTok shop as the control API shows them."""
    wish = "&".join(f"{name}={value}" for name, value in {"shop": shop, **which}.items())
    found: list[dict[str, Any]] = world.control("GET", f"products?{wish}")["products"]
    return found


def listing_of(world: World, product_gid: str, shop: str = US_SHOP) -> list[dict[str, Any]]:
    """The listings that carry a Shopify product's id."""
    return [one for one in listings(world, shop) if one["external_product_id"] == product_gid]


def due_now(world: World) -> None:
    """Let every wait of ours pass."""
    for model in (ProductUpload, ProductImport, ListingTask):
        model._base_manager.exclude(next_attempt_at=None).update(next_attempt_at=None)
    Run.objects.exclude(next_step_at=None).update(next_step_at=PAST)
    world.due_now()


def work_run(world: World, run: Run, *stems: str) -> Run:
    """Work a run, and the flows it hands its things to, until it waits for a word or has ended."""
    for _ in range(ROUNDS):
        for stem in ("product_runs", *stems):
            call_command(stem)
        run.refresh_from_db()
        if not run.is_active:
            return run
        due_now(world)
    raise AssertionError(f"the run never ends: {run.status} {run.message} {run.counts}")


def outcomes(run: Run) -> dict[str, int]:
    """How many items stand under each cause."""
    return {group["cause"]: group["count"] for group in run.counts}
