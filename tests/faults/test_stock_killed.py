"""Stock, prices and states killed as by a power cut: they are absolute, so they are told again."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from django.core.management import call_command

from products.models import ListingTask
from products.services.product_wishes import begin_push
from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.test_keep_in_step import (
    ALL,
    offered,
    pair,  # noqa: F401  the same small catalogue
    read_changes,
    set_stock,
    skus,
)
from tests.flows.world import US_SHOP, World
from tiktoksync.lib.failpoints import PLACES
from tiktoksync.runs.models import Run

KILLED = -signal.SIGKILL
REACHED = ("sent", "answered", "recording", "committing", "recorded")
RECORDED = ("recorded",)
STOCK_CALL = "tiktok:product.inventory_update"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wanted(pair: World) -> World:  # noqa: F811
    """Two listings have other stock in Shopify; TikTok has not been told."""
    for sku, units in (("TEE-S", 3), ("TEE-M", 0), ("MUG-1", 7)):
        set_stock(pair, sku, units)
    read_changes(pair, "pull_variants")
    assert ListingTask.objects.filter(sync_status="pending").count() == 2
    pair.forget_calls()
    return pair


@pytest.mark.parametrize("place", PLACES)
def test_stock_whose_worker_dies_is_told_all_the_same(
    wanted: World, tmp_path: Path, place: str
) -> None:
    scene = Place(tmp_path, wanted)
    assert scene.command("push_stock", failpoint=place) == KILLED, scene.outputs
    told = offered(wanted) != ALL
    assert told is (place in REACHED)

    scene.recover(rounds=2)
    assert offered(wanted) == ALL | {"TEE-S": 3, "TEE-M": 0, "MUG-1": 7}
    assert wanted.calls()[STOCK_CALL] in (2, 3, 4)
    stored = scene.rows("products_listingtask", "sync_status, in_doubt_since")
    assert stored == [("synced", None), ("synced", None)]
    sent = scene.rows("products_listingsku", "seller_sku, sent_quantity")
    assert {row for row in sent if row[1] is not None} >= {("TEE-S", 3), ("TEE-M", 0), ("MUG-1", 7)}
    assert "in_flight" not in {row[0] for row in scene.rows("sync_attempt", "outcome")}


@pytest.mark.parametrize("place", ["claimed", "answered", "committing"])
def test_listings_whose_worker_dies_are_switched_all_the_same(
    pair: World,  # noqa: F811
    tmp_path: Path,
    place: str,
) -> None:
    begin_push(Run.Kind.STATE, pair.shops[US_SHOP], {}, state="deactivate")
    call_command("product_runs")
    scene = Place(tmp_path, pair)
    assert scene.command("push_listing_states", failpoint=place) == KILLED, scene.outputs
    scene.recover(rounds=3)
    assert {sku["status"] for sku in skus(pair).values()} == {"SELLER_DEACTIVATED"}
    ((status, done),) = scene.rows("runs_run", "status, done")
    assert (status, done) == ("finished", 3)


@pytest.mark.parametrize("place", ["claimed", "committing", "recorded"])
def test_a_run_that_dies_goes_on(wanted: World, tmp_path: Path, place: str) -> None:
    begin_push(Run.Kind.STOCK, wanted.shops[US_SHOP], {})
    scene = Place(tmp_path, wanted)
    assert scene.command("product_runs", failpoint=place) == KILLED, scene.outputs
    scene.recover(rounds=4)
    ((status, total, done),) = scene.rows("runs_run", "status, total, done")
    assert (status, total, done) == ("finished", 3, 2)
    assert len(scene.rows("runs_runitem", "remote_id")) == 3
    assert offered(wanted) == ALL | {"TEE-S": 3, "TEE-M": 0, "MUG-1": 7}
