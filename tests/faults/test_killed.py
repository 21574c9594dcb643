"""The real flows against both platforms, killed as by a power cut at each step of a call.

Whatever the step, after recovery the other side holds each thing exactly once and ours agrees.
"""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from django.core.management import call_command

from orders.models import Fulfillment, Order
from orders.services.actions import pull_now
from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.world import World
from tiktoksync.lib.failpoints import PLACES

ORDERS = 3
KILLED = -signal.SIGKILL
REACHED = ("sent", "answered", "recording", "committing", "recorded")

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def warm(world: World) -> World:  # noqa: F811
    """Links and carriers are known: the next process makes no call but the one in question."""
    world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    (first,) = Order.objects.values_list("tiktok_order_id", flat=True)
    world.fulfill(first, "9400111899223100009999", "USPS")
    world.sync()
    return world


def poll(world: World, stem: str) -> None:  # noqa: F811
    """Read what is new without sending anything."""
    pull_now(world.shops.values())
    call_command(stem)


@pytest.mark.parametrize("place", PLACES)
def test_an_order_whose_worker_dies_is_created_once(
    warm: World, tmp_path: Path, place: str
) -> None:
    """Even where Shopify would take a second order with the same id."""
    warm.control("POST", "config", {"unique_ids": False})
    ids = warm.place_many(ORDERS, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    poll(warm, "pull_orders")
    warm.forget_calls()
    scene = Place(tmp_path, warm)
    assert scene.command("push_orders", failpoint=place) == KILLED, scene.outputs
    arrived = sum(len(warm.shopify(order_id)) for order_id in ids)
    assert (arrived > 0) is (place in REACHED)

    scene.recover()
    assert [len(warm.shopify(order_id)) for order_id in ids] == [1] * ORDERS
    assert warm.calls()["shopify:orderCreate"] == ORDERS
    made = {warm.shopify(order_id)[0]["id"] for order_id in ids}
    stored = scene.rows("orders_order", "tiktok_order_id, sync_status, shopify_order_id")
    ours = [row for row in stored if row[0] in ids]
    assert [row[1] for row in ours] == ["synced"] * ORDERS
    assert {row[2] for row in ours} == made
    assert "in_flight" not in {row[0] for row in scene.rows("sync_attempt", "outcome")}


@pytest.mark.parametrize("place", PLACES)
def test_tracking_whose_worker_dies_is_sent_once(warm: World, tmp_path: Path, place: str) -> None:
    order_id = warm.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    warm.sync()
    warm.fulfill(order_id, "9400111899223100001234", "USPS")
    poll(warm, "pull_fulfillments")
    assert Fulfillment.objects.get(order__tiktok_order_id=order_id).sync_status == "pending"
    warm.forget_calls()
    scene = Place(tmp_path, warm)
    assert scene.command("push_fulfillments", failpoint=place) == KILLED, scene.outputs
    if place not in REACHED:
        assert warm.tiktok(order_id)["status"] == "AWAITING_SHIPMENT"

    scene.recover(rounds=3)
    assert warm.calls()["tiktok:fulfillment.mark_shipped"] == 1
    lines = warm.tiktok(order_id)["line_items"]
    assert {line["tracking_number"] for line in lines} == {"9400111899223100001234"}
    assert [row[0] for row in scene.rows("orders_fulfillment", "sync_status")] == ["synced"] * 2
    assert "in_flight" not in {row[0] for row in scene.rows("sync_attempt", "outcome")}
