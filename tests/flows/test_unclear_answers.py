"""After an answer that is neither yes nor no, the order is looked up before it is created again."""

from __future__ import annotations

from typing import Any

import pytest
from pytest_django import Settings

from tests.factories import pass_time
from tests.flows.world import World, steps
from tiktoksync.sync.models import Attempt

CREATE = {"platform": "shopify", "operation": "orderCreate"}
UNCLEAR_AFTER_THE_EFFECT: list[dict[str, Any]] = [
    {"action": "drop_after"},
    {"action": "status", "status": 502, "after": True},
    {"action": "truncated"},
    {"action": "html", "after": True},
    {"action": "empty", "after": True},
    {"action": "internal_error_200", "after": True},
]


@pytest.mark.parametrize("fault", UNCLEAR_AFTER_THE_EFFECT, ids=lambda fault: fault["action"])
def test_a_lost_answer_ends_in_exactly_one_order(world: World, fault: dict[str, Any]) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.fault(match=CREATE, times=1, **fault)
    for _ in range(6):
        world.sync()
        world.due_now()
    (created,) = world.shopify(order_id)
    order = world.order(order_id)
    assert order.sync_status == "synced"
    assert order.shopify_order_id == created["id"]
    first = Attempt.objects.filter(subject="orders.order", subject_id=order.pk, number__gte=1)
    assert "unknown" in first.values_list("outcome", flat=True)
    assert steps(order, "sync")[-1] == "synced"


@pytest.mark.parametrize(
    "fault",
    [*UNCLEAR_AFTER_THE_EFFECT, {"action": "timeout_after", "seconds": 2}],
    ids=lambda fault: fault["action"],
)
def test_a_lost_answer_ends_in_one_order_though_look_ups_lag_and_ids_may_be_taken_twice(
    world: World, settings: Settings, fault: dict[str, Any]
) -> None:
    """Neither the metafield's uniqueness nor a quick index stands between us and a double."""
    settings.CALL_DEADLINE_SECONDS = 1.0
    world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    world.control("POST", "config", {"unique_ids": False})
    for lag in ("search_lag", "lookup_lag"):
        world.fault(action=lag, platform="shopify", seconds=20)
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.fault(match=CREATE, times=1, **fault)
    for _ in range(15):
        world.sync()
        pass_time(10)
        world.control("POST", "clock/advance", {"seconds": 10})
    (created,) = world.shopify(order_id)
    order = world.order(order_id)
    assert (order.sync_status, order.shopify_order_id) == ("synced", created["id"])
    tried = Attempt.objects.filter(subject="orders.order", subject_id=order.pk).order_by("number")
    told = [(attempt.step, attempt.outcome) for attempt in tried]
    assert told == [("create", "unknown"), ("look_up", "ok"), ("look_up", "ok")]


def test_a_request_that_never_arrived_is_created_after_three_misses(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.fault(match=CREATE, times=1, action="drop_before")
    for _ in range(8):
        world.sync()
        world.due_now()
    assert len(world.shopify(order_id)) == 1
    tried = Attempt.objects.filter(
        subject="orders.order", subject_id=world.order(order_id).pk
    ).order_by("number")
    assert [attempt.step for attempt in tried] == [
        "create",
        "look_up",
        "look_up",
        "look_up",
        "create",
    ]


def test_tracking_that_arrived_unanswered_is_not_sent_twice(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    world.fulfill(order_id, "9400111899223100001299", "USPS")
    world.fault(
        match={"platform": "tiktok", "operation": "fulfillment.mark_shipped"},
        times=1,
        action="drop_after",
    )
    for _ in range(4):
        world.sync()
        world.due_now()
    order = world.order(order_id)
    assert order.tiktok_status == "AWAITING_COLLECTION"
    assert steps(order, "fulfillment")[-1] == "synced"
    assert world.calls()["tiktok:fulfillment.mark_shipped"] == 1
