"""rebuild_links: all links lost, all links back, from what the platforms keep."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from products.models import Link, RemovedLink
from products.services.rebuild_links import variant_gid
from tests.factories import Pair, make_pair, set_columns
from tests.fakes import FakeShopify, Platforms
from tests.products.services import link_stage as stage
from tiktoksync.errors import Unreachable

GID = "gid://shopify/ProductVariant/"


@pytest.fixture(autouse=True)
def read(pair: Pair) -> None:
    set_columns(pair.store, variants_read_at=timezone.now())
    set_columns(pair.shop, listings_read_at=timezone.now())


def rebuild(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("rebuild_links", *arguments, stdout=out)
    (line,) = out.getvalue().splitlines()
    counts: dict[str, Any] = json.loads(line)
    return counts


@pytest.fixture
def lost(pair: Pair, shopify: FakeShopify) -> dict[str, str]:
    """Links of every kind, all of them deleted; returns what they were."""
    tee, mug = stage.product(pair.store, 1), stage.product(pair.store, 2, "Mug")
    stage.variant(tee, 41, "TEE-S")
    stage.variant(tee, 42, "OTHER")
    stage.variant(mug, 43, "")
    shirt, cup = stage.listing(pair.shop, 1), stage.listing(pair.shop, 2)
    stage.sku(shirt, "S", "tee-s")
    stage.sku(shirt, "M", "TEE-M", external_sku_id=f"{GID}42")
    stage.sku(cup, "C", "")
    body = {"id": "gid://shopify/Product/2", "variants": [{"id": f"{GID}43", "sku": ""}]}
    shopify.catalogue.products["gid://shopify/Product/2"] = body
    shopify.catalogue.custom_ids["172"] = "gid://shopify/Product/2"
    return {"S": "41", "M": "42", "C": "43"}


def test_all_links_are_found_again_and_a_second_time_changes_nothing(
    pair: Pair, lost: dict[str, str]
) -> None:
    assert rebuild() == {
        "shops": 1,
        "dry_run": False,
        "by_id": 1,
        "by_import": 1,
        "by_sku": 1,
        "already_linked": 0,
        "unlinked": 0,
    }
    assert stage.links(pair.shop) == lost
    origins = dict(Link.objects.values_list("tiktok_sku_id", "origin"))
    assert origins == {"S": "same_sku", "M": "rebuilt", "C": "rebuilt"}
    before = list(Link.objects.order_by("pk").values())

    again = rebuild()
    found = {again[name] for name in ("by_id", "by_import", "by_sku", "unlinked")}
    assert (found, again["already_linked"]) == ({0}, 3)
    assert list(Link.objects.order_by("pk").values()) == before


def test_a_dry_run_counts_and_stores_nothing(pair: Pair, lost: dict[str, str]) -> None:
    counts = rebuild("--dry-run")
    assert [counts[name] for name in ("by_id", "by_import", "by_sku")] == [1, 1, 1]
    assert counts["dry_run"] is True
    assert stage.links(pair.shop) == {}


def test_without_asking_shopify_imports_stay_unlinked(
    pair: Pair, lost: dict[str, str], platforms: Platforms
) -> None:
    counts = rebuild("--no-imports")
    assert (counts["by_import"], counts["unlinked"]) == (0, 1)
    assert stage.links(pair.shop) == {"S": "41", "M": "42"}
    assert (platforms.shopify.calls, platforms.tiktok.calls) == ([], [])


def test_links_that_stand_and_pairs_taken_apart_are_respected(
    pair: Pair, lost: dict[str, str]
) -> None:
    other = stage.variant(stage.product(pair.store, 3), 44, "X")
    Link.objects.create(shop=pair.shop, tiktok_sku_id="M", variant=other, origin="by_hand")
    for sku_id, number in (("S", 41), ("C", 43)):
        gid = f"{GID}{number}"
        parted = pair.store.variants.get(shopify_variant_id=gid)
        RemovedLink.objects.create(
            shop=pair.shop, tiktok_sku_id=sku_id, variant=parted, origin="by_hand"
        )
    assert rebuild()["unlinked"] == 2
    assert stage.links(pair.shop) == {"M": "44"}


def test_an_id_beats_an_equal_sku(pair: Pair) -> None:
    tee = stage.product(pair.store, 1)
    stage.variant(tee, 41, "TEE")
    stage.variant(tee, 42, "CAP")
    stage.sku(stage.listing(pair.shop, 1), "1", "TEE", external_sku_id="42")
    rebuild("--no-imports")
    assert stage.links(pair.shop) == {"1": "42"}


def test_ids_of_deleted_or_foreign_variants_lead_nowhere(pair: Pair) -> None:
    gone = stage.variant(stage.product(pair.store, 1), 41, "A", gone_at=timezone.now())
    ben = make_pair("Ben")
    stage.variant(stage.product(ben.store, 2), 42, "B")
    shirt = stage.listing(pair.shop, 1)
    stage.sku(shirt, "1", "", external_sku_id=gone.shopify_variant_id)
    stage.sku(shirt, "2", "", external_sku_id=f"{GID}42")
    stage.sku(shirt, "3", "", external_sku_id="something else")
    counts = rebuild("--no-imports", "--shop", pair.shop.shop_id)
    assert (counts["unlinked"], stage.links(pair.shop)) == (3, {})


def test_catalogues_that_were_not_read_are_refused_with_the_way_out(pair: Pair) -> None:
    set_columns(pair.shop, listings_read_at=None)
    with pytest.raises(CommandError, match="were not read yet: run"):
        rebuild()


def test_a_shop_that_is_not_there_is_named() -> None:
    with pytest.raises(CommandError, match="there is no TikTok shop 404"):
        rebuild("--shop", "404")


def test_a_store_that_does_not_answer_leaves_everything_as_it_was(
    pair: Pair, lost: dict[str, str], shopify: FakeShopify
) -> None:
    shopify.fail("product_by_custom_id", Unreachable("Away."))
    with pytest.raises(CommandError, match="Away"):
        rebuild()
    assert stage.links(pair.shop) == {}


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (f"{GID}42", f"{GID}42"),
        (" 42 ", f"{GID}42"),
        ("gid://shopify/Product/42", ""),
        ("SKU-42", ""),
        ("", ""),
        ("٤٢", ""),
    ],
)
def test_what_an_id_on_tiktok_stands_for(shown: str, expected: str) -> None:
    assert variant_gid(shown) == expected
