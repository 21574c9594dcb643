"""What the shipping scenarios share: orders in Shopify, passes of the application, what stands."""

from __future__ import annotations

from typing import Any

from orders.models import Fulfillment, Package, PackageFulfillment
from orders.services.actions import pull_now
from tests.flows.world import US_SHOP, VN_SHOP, World
from tiktoksync.sync.models import Attempt

NUMBERS = [f"94001118992231000012{place:02d}" for place in range(10)]
WRITES = (
    "mark_shipped",
    "ship_package",
    "ship_batch",
    "correct_order",
    "correct_package",
    "split",
)


def again(world: World, times: int = 1) -> None:
    """Let every wait of ours pass and everything be asked again."""
    for _ in range(times):
        pull_now(world.shops.values())
        world.due_now()
        PackageFulfillment.objects.exclude(next_attempt_at=None).update(next_attempt_at=None)
        world.sync()


def in_shopify(world: World, shop: str = US_SHOP, **wish: Any) -> str:
    """An order of this shop that awaits shipment and is in Shopify; nothing in the log."""
    wish = {"lines": [{"sku": "MUG-12", "quantity": 3}], **wish}
    order_id = world.place(shop, status="AWAITING_SHIPMENT", **wish)
    again(world)
    assert world.order(order_id).sync_status == "synced"
    world.forget_calls()
    return order_id


def in_vietnam(world: World, *skus: str, **wish: Any) -> str:
    lines = [{"sku": sku} for sku in skus or ("MUG-12",)]
    return in_shopify(world, VN_SHOP, lines=lines, **wish)


def staff(world: World, order_id: str, what: str, **body: Any) -> None:
    """Staff do something with the order in Shopify: tracking, cancel-fulfillment, …"""
    (order,) = world.shopify(order_id)
    path = f"shopify/orders/{order['legacy_resource_id']}/{what}"
    world.control("POST", path, {"shop": order["shop"], **body})


def ship(world: World, order_id: str, number: str, quantity: int = 1, **body: Any) -> None:
    """Staff ship some units of the order's first line."""
    (order,) = world.shopify(order_id)
    line = {"sku": order["line_items"][0]["sku"], "quantity": quantity}
    world.fulfill(order_id, number, body.pop("company", "USPS"), lines=[line], **body)


def numbers_of(world: World, order_id: str) -> list[str]:
    """The number of each unit on TikTok."""
    lines = world.tiktok(order_id)["line_items"]
    return [line.get("tracking_number", "") for line in lines]


def carriers_of(world: World, order_id: str) -> set[str]:
    lines = world.tiktok(order_id)["line_items"]
    return {line.get("shipping_provider_name", "") for line in lines}


def rows(world: World, order_id: str) -> list[tuple[str, str]]:
    """Our parcels of an order: number and status, oldest first."""
    parcels = world.order(order_id).fulfillments.order_by("pk")
    return list(parcels.values_list("tracking_number", "sync_status"))


def parcel(world: World, order_id: str) -> Fulfillment:
    """The newest of our parcels of an order."""
    found = world.order(order_id).fulfillments.order_by("-pk").first()
    assert found is not None
    return found


def writes(world: World) -> dict[str, int]:
    """How often TikTok was told something since the log was emptied."""
    calls = world.calls()
    told = {name: calls.get(f"tiktok:fulfillment.{name}", 0) for name in WRITES}
    return {name: count for name, count in told.items() if count}


def steps_of(row: Fulfillment) -> list[str]:
    """The steps of a row's attempts."""
    tried = Attempt.objects.filter(subject="orders.fulfillment", subject_id=row.pk)
    return list(tried.order_by("number").values_list("step", flat=True))


def assert_quiet(world: World) -> None:
    """Once the mirror has caught up, nothing is told to anybody and nothing changes."""
    world.forget_calls()
    again(world)
    before = standing()
    again(world)
    assert writes(world) == {}
    mutations = [name for name in world.calls() if name.startswith("shopify:fulfillment")]
    assert [name for name in mutations if name != "shopify:fulfillmentOrders"] == []
    assert standing() == before


def standing() -> list[Any]:
    """Every row about parcels, as it stands."""
    mine = Fulfillment.objects.order_by("pk").values_list("pk", "tracking_number", "sync_status")
    made = PackageFulfillment.objects.order_by("pk").values_list(
        "pk", "tracking_number", "sync_status"
    )
    theirs = Package.objects.order_by("pk").values_list("pk", "tracking_number", "is_gone")
    return [list(mine), list(made), list(theirs)]


def notes(world: World, order_id: str) -> list[tuple[str, str]]:
    """What the history says beside the axes."""
    lines = world.order(order_id).history.filter(axis="note")
    return list(lines.values_list("after", "reason"))
