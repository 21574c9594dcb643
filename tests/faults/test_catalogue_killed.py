"""The mirrors killed as by a power cut, in the middle of a whole reading: nothing twice or lost."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.test_catalogue import small  # noqa: F401  the same small catalogues
from tests.flows.world import US_SHOP, US_STORE, World

KILLED = -signal.SIGKILL
PRODUCTS, VARIANTS = 702, 2103
# Two pages: TikTok gives at most a hundred at once.
LISTINGS = 110
# Less than the interval of the polls in all.
ROUNDS = ["pass=46", "pull_variants"] * 3

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("catalogues"),
]


def load_of(scene: Place, table: str) -> dict[str, object]:
    ((state,),) = scene.rows(table, "catalogue_load")
    told = json.loads(state) if isinstance(state, str) else state
    load: dict[str, object] = told.get("load") or {}
    return load


@pytest.mark.parametrize("place", ["claimed:4", "committing:4", "recorded:6"])
def test_a_bulk_reading_that_dies_goes_on_at_its_line(
    small: World,  # noqa: F811
    tmp_path: Path,
    place: str,
) -> None:
    small.control("POST", "shopify/fill", {"shop": US_STORE, "products": 700, "variants": 3})
    scene = Place(tmp_path, small)
    died = scene.command("pull_variants", *ROUNDS, failpoint=place)
    assert died == KILLED, scene.outputs
    load = load_of(scene, "shops_shopifystore")
    stored = len(scene.rows("products_variant", "id"))
    assert stored < VARIANTS or load["stage"] != "products"

    assert scene.command(*ROUNDS) == 0, scene.outputs
    assert load_of(scene, "shops_shopifystore") == {}
    products = scene.rows("products_product", "shopify_product_id, gone_at")
    variants = scene.rows("products_variant", "shopify_variant_id, gone_at")
    levels = scene.rows("products_inventorylevel", "inventory_item_id")
    assert (len(products), len(set(products))) == (PRODUCTS, PRODUCTS)
    assert (len(variants), len(set(variants)), len(levels)) == (VARIANTS, VARIANTS, VARIANTS)
    assert {gone for _, gone in (*products, *variants)} == {None}


def test_a_bulk_reading_that_died_in_its_file_does_not_begin_anew(
    small: World,  # noqa: F811
    tmp_path: Path,
) -> None:
    small.control("POST", "shopify/fill", {"shop": US_STORE, "products": 700, "variants": 3})
    scene = Place(tmp_path, small)
    assert scene.command("pull_variants", *ROUNDS, failpoint="committing:4") == KILLED
    load = load_of(scene, "shops_shopifystore")
    assert (load["stage"], load["url"] != "") == ("products", True)
    assert int(str(load["line"])) >= 1000
    small.forget_calls()
    assert scene.command(*ROUNDS) == 0, scene.outputs
    assert small.calls()["shopify:bulkOperationRunQuery"] == 1, "that of the stock alone"


@pytest.mark.parametrize("place", ["claimed:2", "committing:2", "committing:4", "recorded:3"])
def test_a_reading_of_listings_that_dies_goes_on_at_its_page(
    small: World,  # noqa: F811
    tmp_path: Path,
    place: str,
) -> None:
    small.control("POST", "products/fill", {"shop": US_SHOP, "products": LISTINGS - 2})
    scene = Place(tmp_path, small)
    assert scene.command("pull_listings", failpoint=place) == KILLED, scene.outputs
    assert scene.command("pass=61", "pull_listings", "pull_listings") == 0, scene.outputs
    assert load_of(scene, "shops_tiktokshop") == {}
    listings = scene.rows("products_listing", "tiktok_product_id, gone_at, detail_wanted_at")
    assert len(listings) == len({row[0] for row in listings}) == LISTINGS
    assert {row[1:] for row in listings} == {(None, None)}
    assert len(scene.rows("products_listingsku", "id")) == LISTINGS + 1
