"""Parcels whose worker dies as by a power cut: corrected, split, told to Shopify exactly once."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from orders.services.actions import pull_now
from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.parcels import NUMBERS, again, in_shopify, in_vietnam, ship, staff, writes
from tests.flows.world import World
from tiktoksync.lib.failpoints import PLACES

KILLED = -signal.SIGKILL
A, B = NUMBERS[:2]
GHN = "Giao Hang Nhanh"

pytestmark = pytest.mark.django_db(transaction=True)


def read(world: World, *stems: str) -> None:  # noqa: F811
    """Read what is new without sending anything."""
    pull_now(world.shops.values())
    for stem in stems:
        call_command(stem)
    world.forget_calls()


def die(world: World, folder: Path, stem: str, place: str, times: int = 1) -> Place:  # noqa: F811
    """Kill a worker of one flow at a place, then let others recover."""
    scene = Place(folder, world)
    for _ in range(times):
        assert scene.command(stem, failpoint=place) == KILLED, scene.outputs
    scene.recover(rounds=4)
    return scene


def settled(scene: Place, table: str) -> list[Any]:
    assert "in_flight" not in {row[0] for row in scene.rows("sync_attempt", "outcome")}
    return [row[0] for row in scene.rows(table, "sync_status")]


@pytest.mark.parametrize("place", PLACES)
def test_a_correction_is_made_once(world: World, tmp_path: Path, place: str) -> None:  # noqa: F811
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world, 2)
    staff(world, order_id, "tracking", tracking_number=B, company="USPS")
    read(world, "pull_fulfillments")
    scene = die(world, tmp_path, "push_fulfillments", place)
    assert writes(world) == {"correct_order": 1}
    lines = world.tiktok(order_id)["line_items"]
    assert {line["tracking_number"] for line in lines} == {B}
    assert settled(scene, "orders_fulfillment") == ["synced", "synced"]


@pytest.mark.parametrize("place", PLACES)
def test_a_split_is_made_once(world: World, tmp_path: Path, place: str) -> None:  # noqa: F811
    first = in_vietnam(world, "MUG-12")
    ship(world, first, A, company=GHN)
    again(world, 2)
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    world.fulfill(order_id, B, GHN, lines=[{"sku": "MUG-12", "quantity": 1}])
    read(world, "pull_fulfillments")
    scene = Place(tmp_path, world)
    # The first call asks whether the order may be split; the second one splits it.
    assert scene.command("push_fulfillments", failpoint=f"{place}:1") == KILLED, scene.outputs
    scene.recover(rounds=4)
    assert writes(world) == {"split": 1, "ship_package": 1}
    lines = world.tiktok(order_id)["line_items"]
    told = {line["seller_sku"]: line.get("tracking_number", "") for line in lines}
    assert told == {"MUG-12": B, "STAND-BMB": ""}
    assert settled(scene, "orders_fulfillment") == ["synced", "synced"]


def fulfillments(world: World, order_id: str) -> list[tuple[str, str]]:  # noqa: F811
    (order,) = world.shopify(order_id)
    return [
        (one["status"], entry["number"])
        for one in order["fulfillments"]
        for entry in one["tracking"]
    ]


@pytest.mark.parametrize(("place", "skip"), [("answered", 0), *((place, 1) for place in PLACES)])
def test_tiktoks_parcel_is_told_to_shopify_once(
    world: World,  # noqa: F811
    tmp_path: Path,
    place: str,
    skip: int,
) -> None:
    """Dying while the order is read, and while the fulfillment is made."""
    order_id = in_shopify(world, shipping_type="TIKTOK")
    label = {"provider": "USPS", "tracking_number": A}
    world.control("POST", f"orders/{order_id}/label", label)
    read(world, "pull_orders", "pull_packages")
    scene = Place(tmp_path, world)
    armed = f"{place}:{skip}" if skip else place
    assert scene.command("push_packages", failpoint=armed) == KILLED, scene.outputs
    scene.recover(rounds=4)
    assert fulfillments(world, order_id) == [("SUCCESS", A)]
    assert world.calls()["shopify:fulfillmentCreate"] == 1
    assert settled(scene, "orders_packagefulfillment") == ["synced"]


@pytest.mark.parametrize("place", ["answered", "sending"])
def test_a_parcel_taken_back_ends_once(
    world: World,  # noqa: F811
    tmp_path: Path,
    place: str,
) -> None:
    order_id = in_shopify(world, shipping_type="TIKTOK")
    label = {"provider": "USPS", "tracking_number": A}
    world.control("POST", f"orders/{order_id}/label", label)
    again(world, 2)
    package = world.tiktok(order_id)["packages"][0]["id"]
    world.control("POST", f"orders/{order_id}/cancel-package", {"package_id": package})
    read(world, "pull_orders", "pull_packages")
    scene = die(world, tmp_path, "push_packages", place)
    assert fulfillments(world, order_id) == [("CANCELLED", A)]
    assert world.calls()["shopify:fulfillmentCancel"] == 1
    assert settled(scene, "orders_packagefulfillment") == ["synced", "synced"]
