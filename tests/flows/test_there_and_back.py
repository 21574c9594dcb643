"""A paid order all the way: On hold, one Shopify order, tracking back, every status mirrored."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orders.models import Order
from tests.flows.world import US_SHOP, VN_SHOP, World, steps

pytestmark = pytest.mark.usefixtures("catalogues")

JOURNEY = [
    "ON_HOLD",
    "AWAITING_SHIPMENT",
    "AWAITING_COLLECTION",
    "IN_TRANSIT",
    "DELIVERED",
    "COMPLETED",
]


@pytest.mark.parametrize(
    ("shop", "number", "company", "call"),
    [
        (US_SHOP, "9400111899223100001234", "USPS", "mark_shipped"),
        (VN_SHOP, "GHN123456789", "Giao Hang Nhanh", "ship_package"),
    ],
)
def test_a_paid_order_travels_to_completed(
    world: World, shop: str, number: str, company: str, call: str
) -> None:
    order_id = world.place(shop)
    world.sync()
    order = world.order(order_id)
    assert (order.tiktok_status, order.sync_status) == ("ON_HOLD", "held")
    assert world.shopify(order_id) == []

    world.act(order_id, "release")
    world.sync()
    (created,) = world.shopify(order_id)
    assert created["fulfillment_status"] == "UNFULFILLED"
    assert [one["status"] for one in created["fulfillment_orders"]] == ["OPEN"]
    assert Decimal(created["total"]) == Decimal(world.tiktok(order_id)["payment"]["total_amount"])

    world.fulfill(order_id, number, company)
    world.sync()
    assert world.tiktok(order_id)["status"] == "AWAITING_COLLECTION"
    for action in ("scan", "deliver", "complete"):
        world.sync()
        world.act(order_id, action)
    world.sync()

    order = world.order(order_id)
    assert (order.tiktok_status, order.sync_status) == ("COMPLETED", "synced")
    assert steps(order, "tiktok") == JOURNEY
    assert steps(order, "sync")[-3:] == ["pending", "sending", "synced"]
    assert steps(order, "fulfillment")[-1] == "synced"
    (created,) = world.shopify(order_id)
    assert created["fulfillment_status"] == "FULFILLED"
    numbers = {line["tracking_number"] for line in world.tiktok(order_id)["line_items"]}
    assert numbers == {number}
    (shipment,) = order.fulfillments.all()
    assert shipment.tracking_number == number
    assert [one.step for one in attempts_of(order)] == ["read_carriers", call]


def attempts_of(order: Order) -> list[object]:
    from tiktoksync.sync.models import Attempt

    shipments = order.fulfillments.values_list("pk", flat=True)
    return list(
        Attempt.objects.filter(subject="orders.fulfillment", subject_id__in=shipments).order_by(
            "number"
        )
    )


def test_an_order_that_skips_the_hold_goes_at_once(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT")
    world.sync()
    assert world.order(order_id).sync_status == "synced"
    assert len(world.shopify(order_id)) == 1


def test_a_second_pass_changes_nothing(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT")
    world.sync()
    lines = world.order(order_id).history.count()
    world.sync()
    assert len(world.shopify(order_id)) == 1
    assert world.order(order_id).history.count() == lines


def test_an_order_put_back_on_hold_waits_again(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", shop=US_SHOP)
    world.act(order_id, "hold")
    world.sync()
    assert world.order(order_id).sync_status == "held"
    assert world.shopify(order_id) == []


def test_an_unpaid_order_never_appears(world: World) -> None:
    unpaid = world.place(status="UNPAID")
    world.sync()
    assert not Order.objects.filter(tiktok_order_id=unpaid).exists()
    world.act(unpaid, "cancel", by="BUYER")
    world.sync()
    assert not Order.objects.filter(tiktok_order_id=unpaid).exists()
    assert world.shopify(unpaid) == []


def test_an_order_cancelled_in_hold_is_skipped(world: World) -> None:
    order_id = world.place()
    world.sync()
    world.act(order_id, "cancel", by="BUYER")
    world.sync()
    order = world.order(order_id)
    assert (order.tiktok_status, order.sync_status) == ("CANCELLED", "skipped")
    assert order.skip_reason == "cancelled_in_hold"
    assert world.shopify(order_id) == []


def test_an_order_cancelled_after_sync_is_cancelled_in_shopify(world: World) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT")
    world.sync()
    world.act(order_id, "cancel", by="BUYER")
    world.sync()
    (created,) = world.shopify(order_id)
    assert created["cancelled_at"] is not None
    order = world.order(order_id)
    assert (order.tiktok_status, order.sync_status) == ("CANCELLED", "synced")
    assert steps(order, "cancellation") == ["pending", "sending", "synced"]
    world.forget_calls()
    world.due_now()
    world.sync()
    assert world.calls().get("shopify:orderCancel", 0) == 0


def test_an_unlinked_sku_blocks_with_its_name_and_a_link_releases(world: World) -> None:
    from products.models import Link, Variant
    from products.services.links import make_link

    unlinked = next(sku for sku in skus_on_tiktok(world) if sku not in skus_in_shopify(world))
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": unlinked}])
    other = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    order = world.order(order_id)
    assert (order.sync_status, order.failure_kind) == ("failed", "config")
    assert unlinked in order.failure_reason
    assert world.shopify(order_id) == []
    assert len(world.shopify(other)) == 1

    variant = Variant.objects.get(sku="MUG-12", store=order.shop.store)
    sku_id = order.line_items.get().tiktok_sku_id
    make_link(order.shop, sku_id, variant, origin=Link.Origin.BY_HAND)
    world.sync()
    (created,) = world.shopify(order_id)
    assert created["line_items"][0]["variant_id"] == variant.shopify_variant_id
    assert world.order(order_id).sync_status == "synced"


def skus_on_tiktok(world: World) -> list[str]:
    config = world.control("GET", "config")
    shop = config["tiktok"]["shops"][0]
    return [
        variant["sku"]
        for product in shop["products"]
        for variant in product["variants"]
        if variant["sku"]
    ]


def skus_in_shopify(world: World) -> set[str]:
    config = world.control("GET", "config")
    shop = config["shopify"]["shops"][0]
    return {variant["sku"] for product in shop["products"] for variant in product["variants"]}


def test_looking_again_for_a_missing_sku_leaves_the_blocked_order_in_peace(world: World) -> None:
    from products.models import SkuLookup

    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "TT-ONLY-BOX"}])
    world.sync()
    lines = world.order(order_id).history.count()
    for _ in range(3):
        SkuLookup.objects.update(next_attempt_at=world.order(order_id).first_seen_at)
        world.forget_calls()
        world.sync()
        assert world.calls()["shopify:productVariants"] == 1
    order = world.order(order_id)
    assert (order.sync_status, order.failure_code) == ("failed", "sku_unlinked")
    assert order.history.count() == lines
