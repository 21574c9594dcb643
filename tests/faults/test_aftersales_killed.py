"""Answers, cancellations and refunds killed as by a power cut at each step of a call.

Whatever the step, after recovery each has happened exactly once on the other side.
"""

from __future__ import annotations

import signal
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from orders.models import CancelRequest, Order, Refund, SellerCancellation
from orders.services.actions import pull_now
from orders.services.answers import accept_cancel_request, cancel_on_tiktok
from tests.factories import pass_time
from tests.faults.place import Place
from tests.flows.conftest import sandbox_url, world  # noqa: F401  the same world
from tests.flows.world import World
from tiktoksync.lib.failpoints import PLACES

KILLED = -signal.SIGKILL
REACHED = ("sent", "answered", "recording", "committing", "recorded")
# Before anything left, before an answer was read, after it, and before it was committed.
FEW = ("claimed", "sent", "answered", "committing")
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def order_id(world: World) -> str:  # noqa: F811
    """An order of two units that is in Shopify and waits to be shipped."""
    wish = {"status": "AWAITING_SHIPMENT", "lines": [{"sku": "MUG-12", "quantity": 2}]}
    placed = world.place(**wish)
    world.sync()
    assert len(world.shopify(placed)) == 1
    return placed


def read(world: World, *stems: str) -> None:  # noqa: F811
    """Read what is new on both sides without sending anything."""
    pass_time(3600)
    pull_now(world.shops.values())
    for stem in stems:
        call_command(stem)


def is_quiet(scene: Place) -> bool:
    return "in_flight" not in {row[0] for row in scene.rows("sync_attempt", "outcome")}


@pytest.mark.parametrize("place", FEW)
def test_an_answer_whose_worker_dies_is_given_once(
    world: World,  # noqa: F811
    order_id: str,
    tmp_path: Path,
    place: str,
) -> None:
    world.act(order_id, "request-cancel")
    read(world, "pull_orders", "pull_aftersales")
    accept_cancel_request(Order.objects.get(tiktok_order_id=order_id), actor="merchant")
    world.forget_calls()
    scene = Place(tmp_path, world)
    assert scene.command("answer_cancel_requests", failpoint=place) == KILLED, scene.outputs
    assert (world.tiktok(order_id)["status"] == "CANCELLED") is (place in REACHED)
    scene.recover(rounds=3)
    assert world.calls()["tiktok:cancellation.approve"] == 1
    assert scene.rows("orders_cancelrequest", "sync_status") == [("synced",)]
    (made,) = world.shopify(order_id)
    assert made["cancelled_at"] is not None
    assert is_quiet(scene)


@pytest.mark.parametrize("place", FEW)
def test_a_cancellation_on_tiktok_whose_worker_dies_is_made_once(
    world: World,  # noqa: F811
    order_id: str,
    tmp_path: Path,
    place: str,
) -> None:
    (made,) = world.shopify(order_id)
    wish = {"shop": made["shop"], "reason": "INVENTORY"}
    world.control("POST", f"shopify/orders/{made['legacy_resource_id']}/cancel", wish)
    read(world, "pull_fulfillments", "push_seller_cancellations")
    cancel_on_tiktok(Order.objects.get(tiktok_order_id=order_id), OUT_OF_STOCK, actor="merchant")
    world.forget_calls()
    scene = Place(tmp_path, world)
    assert scene.command("push_seller_cancellations", failpoint=place) == KILLED, scene.outputs
    assert (world.tiktok(order_id)["status"] == "CANCELLED") is (place in REACHED)
    scene.recover(rounds=3)
    assert world.calls()["tiktok:cancellation.create"] == 1
    assert scene.rows("orders_sellercancellation", "sync_status") == [("synced",)]
    assert world.tiktok(order_id)["status"] == "CANCELLED"
    assert is_quiet(scene)


@pytest.mark.parametrize("place", PLACES)
def test_a_refund_whose_worker_dies_is_noted_once(
    world: World,  # noqa: F811
    order_id: str,
    tmp_path: Path,
    place: str,
) -> None:
    unit = world.tiktok(order_id)["line_items"][0]["id"]
    world.act(order_id, "cancel", by="SELLER", line_item_ids=[unit])
    read(world, "pull_orders")
    row = Refund.objects.get()
    ready(row, world.shopify(order_id)[0])
    world.forget_calls()
    scene = Place(tmp_path, world)
    assert scene.command("push_refunds", failpoint=place) == KILLED, scene.outputs
    assert bool(world.shopify(order_id)[0]["refunds"]) is (place in REACHED)
    scene.recover(rounds=3)
    assert world.calls()["shopify:refundCreate"] == 1
    (refund,) = world.shopify(order_id)[0]["refunds"]
    assert sum(refund["lines"].values()) == 1
    assert scene.rows("orders_refund", "sync_status, shopify_refund_id") == [
        ("synced", refund["id"])
    ]
    assert is_quiet(scene)


def ready(row: Refund, made: dict[str, Any]) -> None:
    """The order was looked at: the next call is the refund itself."""
    (line,) = made["line_items"]
    row.lines = [{"lineItemId": line["id"], "quantity": 1, "restockType": "CANCEL"}]
    row.idempotency_key = "a-key-of-its-own"
    row.save(update_fields=["lines", "idempotency_key"])


@pytest.mark.parametrize("place", FEW)
def test_reading_dies_and_loses_nothing(
    world: World,  # noqa: F811
    order_id: str,
    tmp_path: Path,
    place: str,
) -> None:
    """The questions that come before the first write may be asked again at will."""
    (made,) = world.shopify(order_id)
    wish = {"shop": made["shop"], "reason": "OTHER"}
    world.control("POST", f"shopify/orders/{made['legacy_resource_id']}/cancel", wish)
    read(world, "pull_fulfillments")
    scene = Place(tmp_path, world)
    assert scene.command("push_seller_cancellations", failpoint=place) == KILLED, scene.outputs
    scene.recover(rounds=3)
    assert scene.rows("orders_sellercancellation", "sync_status, wait_reason") == [
        ("held", "choose_reason")
    ]
    assert world.tiktok(order_id)["status"] == "AWAITING_SHIPMENT"
    assert is_quiet(scene)


def test_two_workers_at_once_answer_once(
    world: World,  # noqa: F811
    order_id: str,
    tmp_path: Path,
) -> None:
    world.act(order_id, "request-cancel")
    read(world, "pull_orders", "pull_aftersales")
    accept_cancel_request(Order.objects.get(tiktok_order_id=order_id), actor="merchant")
    world.forget_calls()
    scene = Place(tmp_path, world)
    with ThreadPoolExecutor(3) as pool:
        ended = list(pool.map(lambda _: scene.command("answer_cancel_requests"), range(3)))
    assert ended == [0, 0, 0], scene.outputs
    assert world.calls()["tiktok:cancellation.approve"] == 1
    assert scene.rows("orders_cancelrequest", "sync_status") == [("synced",)]
    assert CancelRequest.objects.count() == 1
    assert not SellerCancellation.objects.exists()
