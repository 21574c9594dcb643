"""An upload killed as by a power cut: pictures that were sent stay so, and one product is made."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from django.core.management import call_command

from products.services.product_wishes import begin_upload
from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.products import add_product, listing_of, read_store
from tests.flows.world import US_SHOP, World
from tiktoksync.shops.models import TikTokShop

KILLED = -signal.SIGKILL
PICTURES = 9
# The calls of one product in order: a look, nine times a picture read and sent, the create.
THIRD_SEND, CREATE = 6, 1 + 2 * PICTURES

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def gid(world: World, monkeypatch: pytest.MonkeyPatch) -> str:  # noqa: F811
    """A product with nine pictures, handed over by a run that was started."""
    for name in ("TIKTOK_READS_PER_SECOND", "TIKTOK_WRITES_PER_SECOND"):
        monkeypatch.setenv(name, "1000")
    TikTokShop.objects.exclude(shop_id=US_SHOP).delete()
    gid = add_product(world, "CAMP-1", images=[900] * PICTURES)
    read_store(world)
    begin_upload(world.shops[US_SHOP], {"product_ids": [gid]}, start=True)
    for _ in range(3):
        call_command("product_runs")
    world.forget_calls()
    return gid


def uploads(world: World) -> int:  # noqa: F811
    return world.calls().get("tiktok:product.image_upload", 0)


@pytest.mark.parametrize(
    ("place", "sent_before", "sent_in_all"),
    [
        (f"sending:{THIRD_SEND}", 2, PICTURES),
        (f"recorded:{THIRD_SEND}", 3, PICTURES),
        (f"answered:{THIRD_SEND}", 3, PICTURES + 1),
    ],
    ids=["before the third picture", "after it", "before it was written down"],
)
def test_at_the_third_of_nine_pictures_the_first_ones_are_not_sent_again(
    world: World,  # noqa: F811
    gid: str,
    tmp_path: Path,
    place: str,
    sent_before: int,
    sent_in_all: int,
) -> None:
    scene = Place(tmp_path, world)
    assert scene.command("upload_products", failpoint=place) == KILLED, scene.outputs
    assert (uploads(world), listing_of(world, gid)) == (sent_before, [])

    finish(scene)
    (made,) = listing_of(world, gid)
    assert (made["images"], uploads(world)) == (PICTURES, sent_in_all)
    assert world.calls()["tiktok:product.create"] == 1


@pytest.mark.parametrize("place", ["sending", "answered", "recording", "committing"])
def test_at_the_create_there_is_one_product_in_the_end(
    world: World,  # noqa: F811
    gid: str,
    tmp_path: Path,
    place: str,
) -> None:
    scene = Place(tmp_path, world)
    assert scene.command("upload_products", failpoint=f"{place}:{CREATE}") == KILLED
    made_before = len(listing_of(world, gid))
    assert made_before == (0 if place == "sending" else 1)

    finish(scene)
    (made,) = listing_of(world, gid)
    assert (made["images"], uploads(world)) == (PICTURES, PICTURES)
    assert world.calls()["tiktok:product.create"] == 1
    ((sku,),) = scene.read("SELECT tiktok_sku_id FROM products_link WHERE origin = 'uploaded'")
    assert sku == made["skus"][0]["id"]


def finish(scene: Place) -> None:
    """What the sweep and the next workers do after the dead one's lease."""
    steps = ["pass=61", "sync"] * 5
    scene.world.control("POST", "clock/advance", {"seconds": 61})
    assert scene.command(*steps) == 0, scene.outputs
    ((status, done, failed),) = scene.rows("runs_run", "status, done, failed")
    assert (status, done, failed) == ("finished", 1, 0)
    ((status,),) = scene.rows("products_productupload", "sync_status")
    assert status == "synced"
