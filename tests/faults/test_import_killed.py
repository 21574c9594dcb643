"""An import killed as by a power cut, wherever it is: each listing is one product in the end."""

from __future__ import annotations

import signal
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from products.models import ProductImport
from products.services.product_wishes import begin_import
from products.services.rules import product_rules
from tests.factories import set_columns
from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.test_import import (
    DRESS,
    in_shopify,
    list_on_tiktok,
    plenty,  # noqa: F401  the same plenty
)
from tests.flows.world import US_SHOP, World
from tiktoksync.runs.models import Run
from tiktoksync.runs.services import runs
from tiktoksync.shops.models import ShopifyStore, TikTokShop

PLAIN = {"values": [], "price": "12.00"}
KILLED = -signal.SIGKILL
STEPS = ("claimed", "sending", "sent", "answered", "recording", "committing", "recorded")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(world: World) -> list[str]:  # noqa: F811
    """A listing with options, and two single ones; nothing else is told or read."""
    set_columns(product_rules(world.shops[US_SHOP]), external_ids="never")
    later = timezone.now() + timedelta(days=1)
    ShopifyStore.objects.update(variants_wanted_at=None, next_catalogue_poll_at=later)
    TikTokShop.objects.update(listings_wanted_at=None, next_catalogue_poll_at=later)
    scarves = [
        {"title": f"Scarf {n}", "options": [], "variants": [{"sku": f"SCARF-{n}", **PLAIN}]}
        for n in "AB"
    ]
    return [list_on_tiktok(world, **one) for one in (DRESS, *scarves)]


def begin(world: World) -> Run:  # noqa: F811
    return begin_import(world.shops[US_SHOP], {"filter": {}})


def started(world: World) -> Run:  # noqa: F811
    """A run whose preview was made and confirmed."""
    run = begin(world)
    call_command("product_runs")
    run.refresh_from_db()
    runs.start_run(run)
    return run


def assert_imported_once(scene: Place, world: World, ids: list[str]) -> None:  # noqa: F811
    assert [len(in_shopify(world, product_id)) for product_id in ids] == [1, 1, 1]
    ((status, done, failed),) = scene.rows("runs_run", "status, done, failed")
    assert (status, done, failed) == ("finished", 3, 0)
    rows = scene.rows("products_productimport", "sync_status, was_found")
    assert rows == [("synced", False)] * 3
    links = scene.rows("products_link", "origin")
    assert links == [("imported",)] * 6


@pytest.mark.parametrize("place", ["claimed", "sent", "committing", "recorded"])
def test_a_preview_that_dies_goes_on_and_counts_each_listing_once(
    world: World,  # noqa: F811
    ids: list[str],
    tmp_path: Path,
    place: str,
) -> None:
    begin(world)
    scene = Place(tmp_path, world)
    assert scene.command("product_runs", failpoint=place) == KILLED, scene.outputs
    assert scene.command("pass=61", "product_runs") == 0, scene.outputs
    ((status, total),) = scene.rows("runs_run", "status, total")
    assert (status, total) == ("ready", 3)
    assert {row[0] for row in scene.rows("runs_runitem", "remote_id")} == set(ids)
    assert scene.rows("products_productimport", "id") == []


@pytest.mark.parametrize("place", ["claimed", "sent", "committing", "recorded"])
def test_a_run_that_dies_handing_over_goes_on(
    world: World,  # noqa: F811
    ids: list[str],
    tmp_path: Path,
    place: str,
) -> None:
    started(world)
    assert not ProductImport.objects.exists()
    scene = Place(tmp_path, world)
    assert scene.command("product_runs", failpoint=place) == KILLED, scene.outputs
    scene.recover()
    assert_imported_once(scene, world, ids)


@pytest.mark.parametrize("place", STEPS)
@pytest.mark.parametrize("step", ["looking", "creating"])
def test_a_worker_that_dies_creating_leaves_one_product_each(
    world: World,  # noqa: F811
    ids: list[str],
    tmp_path: Path,
    place: str,
    step: str,
) -> None:
    started(world)
    call_command("product_runs")
    scene = Place(tmp_path, world)
    # All three are claimed at once for the look-ups, and each makes its own calls.
    passed = 1 if place == "claimed" else len(ids)
    armed = f"{place}:{passed}" if step == "creating" else place
    assert scene.command("import_products", failpoint=armed) == KILLED, scene.outputs
    scene.recover()
    assert_imported_once(scene, world, ids)
