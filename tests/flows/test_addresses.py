"""A buyer who moves: the Shopify order follows, as long as its parcel is not under way."""

from __future__ import annotations

from typing import Any

import pytest

from orders.models import AddressChange, StatusChange
from tests.flows.world import US_SHOP, VN_SHOP, World, steps

MUG = [{"sku": "MUG-12"}]
MOVED = {"address_line1": "9 New Road", "address_detail": "9 New Road", "address_line2": ""}
READ, WRITE = "shopify:order", "shopify:orderUpdate"


def street(world: World, order_id: str) -> tuple[str, str | None]:
    (made,) = world.shopify(order_id)
    address = made["shipping_address"]
    return address["address1"], address["address2"]


def address_calls(world: World) -> tuple[int, int]:
    counts = world.calls()
    return counts.get(READ, 0), counts.get(WRITE, 0)


@pytest.mark.parametrize("shop", [US_SHOP, VN_SHOP])
def test_a_new_address_reaches_shopify_once(world: World, shop: str) -> None:
    order_id = world.place(shop, status="AWAITING_SHIPMENT", lines=MUG if shop == US_SHOP else None)
    world.sync()
    before = street(world, order_id)
    world.forget_calls()

    world.act(order_id, "address", **MOVED)
    world.sync()
    assert street(world, order_id)[0] == "9 New Road" != before[0]
    assert address_calls(world) == (1, 1)
    order = world.order(order_id)
    assert steps(order, "address")[-1] == "synced"
    said = " ".join(StatusChange.objects.filter(order=order).values_list("reason", flat=True))
    assert "New Road" not in said

    world.sync()
    assert address_calls(world) == (1, 1), "a second pass changes nothing"


def test_several_changes_end_with_the_last(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=MUG)
    world.sync()
    for number in (1, 2, 3):
        world.act(order_id, "address", address_line1=f"{number} New Road")
    world.sync()
    assert street(world, order_id)[0] == "3 New Road"
    world.act(order_id, "address", address_line1="4 New Road")
    world.sync()
    assert street(world, order_id)[0] == "4 New Road"
    assert [row.sync_status for row in AddressChange.objects.all()] == ["synced", "synced"]


def test_a_change_before_the_order_is_made_is_simply_sent(world: World) -> None:
    order_id = world.place(lines=MUG)
    world.sync()
    world.act(order_id, "address", **MOVED)
    world.act(order_id, "release")
    world.sync()
    assert street(world, order_id)[0] == "9 New Road"
    assert not AddressChange.objects.exists()


def test_after_shipping_a_person_is_told(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=MUG)
    world.sync()
    before = street(world, order_id)
    world.fulfill(order_id, "9400111899223100001234", "USPS")
    world.act(order_id, "address", **MOVED)
    world.forget_calls()
    world.sync()
    (row,) = AddressChange.objects.all()
    assert (row.sync_status, row.failure_code) == ("failed", "address_after_shipping")
    assert street(world, order_id) == before
    assert address_calls(world)[1] == 0


def test_masking_after_a_cancellation_is_no_change(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=MUG)
    world.sync()
    before = street(world, order_id)
    world.act(order_id, "cancel", by="BUYER")
    world.sync()
    assert "*" in world.tiktok(order_id)["recipient_address"]["address_line1"]
    assert not AddressChange.objects.exists()
    assert street(world, order_id) == before


@pytest.mark.parametrize(
    "fault",
    [
        {"action": "drop_after"},
        {"action": "drop_before"},
        {"action": "truncated"},
        {"action": "status", "status": 502, "after": True},
        {"action": "internal_error_200", "after": True},
    ],
    ids=lambda fault: fault["action"],
)
def test_a_lost_answer_ends_with_the_new_address(world: World, fault: dict[str, Any]) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=MUG)
    world.sync()
    world.act(order_id, "address", **MOVED)
    world.fault(match={"platform": "shopify", "operation": "orderUpdate"}, times=1, **fault)
    for _ in range(4):
        world.sync()
        AddressChange.objects.update(next_attempt_at=None)
        world.due_now()
    (row,) = AddressChange.objects.all()
    assert row.sync_status == "synced"
    assert street(world, order_id)[0] == "9 New Road"
