"""Parcels that TikTok ships: label and number made there become fulfillments in Shopify."""

from __future__ import annotations

from typing import Any

import pytest

from orders.models import Package, PackageFulfillment
from orders.services.store_packages import want_label
from tests.flows.conftest import PAIRS, connect
from tests.flows.parcels import again, assert_quiet, in_shopify, notes, rows, staff, writes
from tests.flows.world import US_SHOP, VN_SHOP, World, steps
from tiktoksync.shops.models import OrderRules

A, B = "9400111899223100004401", "9400111899223100004402"
OTHER_SKU = "STAND-BMB"
TWO = [{"sku": "MUG-12", "quantity": 2}]


def labelled(world: World, shop: str = US_SHOP, **wish: Any) -> str:
    """An order in Shopify whose label the seller has bought in Seller Center."""
    order_id = in_shopify(world, shop, shipping_type="TIKTOK", **{"lines": TWO, **wish})
    world.control("POST", f"orders/{order_id}/label", {"provider": "USPS", "tracking_number": A})
    again(world)
    return order_id


def fulfillments(world: World, order_id: str) -> list[tuple[str, str, str]]:
    """Shopify's fulfillments: status, company, number."""
    (order,) = world.shopify(order_id)
    return [
        (one["status"], entry["company"], entry["number"])
        for one in order["fulfillments"]
        for entry in one["tracking"]
    ]


def mutations(world: World) -> dict[str, int]:
    names = ("fulfillmentCreate", "fulfillmentTrackingInfoUpdate", "fulfillmentCancel")
    calls = world.calls()
    return {name: calls[f"shopify:{name}"] for name in names if calls.get(f"shopify:{name}")}


def told(order_id: str) -> list[tuple[int, str, str]]:
    made = PackageFulfillment.objects.filter(order__tiktok_order_id=order_id).order_by("pk")
    return list(made.values_list("revision", "tracking_number", "sync_status"))


def test_tiktoks_parcel_becomes_one_fulfillment(world: World) -> None:
    order_id = labelled(world)
    assert fulfillments(world, order_id) == [("SUCCESS", "USPS", A)]
    (order,) = world.shopify(order_id)
    assert order["fulfillment_status"] == "FULFILLED"
    assert mutations(world) == {"fulfillmentCreate": 1}
    assert told(order_id) == [(0, A, "synced")]
    made = PackageFulfillment.objects.get()
    assert made.shopify_fulfillment_id == order["fulfillments"][0]["id"]
    assert len(made.units) == 2
    package = Package.objects.get()
    assert (package.status, package.tracking_number, package.carrier) == ("PROCESSING", A, "USPS")
    assert package.label_url.startswith("http")
    assert package.label_read_at is not None
    assert steps(world.order(order_id), "package")[-1] == "synced"
    assert_quiet(world)


def test_our_own_fulfillment_never_goes_back_to_tiktok(world: World) -> None:
    order_id = labelled(world)
    again(world, 2)
    assert (rows(world, order_id), writes(world)) == ([], {})
    order = world.order(order_id)
    assert order.tiktok_status == "AWAITING_COLLECTION"
    assert order.shopify_status == "FULFILLED"


def test_what_staff_ship_themselves_of_such_an_order_is_not_sent(world: World) -> None:
    order_id = in_shopify(world, shipping_type="TIKTOK", lines=TWO)
    world.fulfill(order_id, B, "USPS")
    again(world)
    assert rows(world, order_id) == [(B, "skipped")]
    assert writes(world) == {}


def test_each_parcel_makes_the_fulfillment_of_its_own_units(world: World) -> None:
    order_id = in_shopify(world, shipping_type="TIKTOK", lines=TWO)
    units = [line["id"] for line in world.tiktok(order_id)["line_items"]]
    for unit, number in zip(units, (A, B), strict=True):
        wish = {"provider": "USPS", "tracking_number": number, "line_item_ids": [unit]}
        world.control("POST", f"orders/{order_id}/label", wish)
        again(world)
    assert fulfillments(world, order_id) == [("SUCCESS", "USPS", A), ("SUCCESS", "USPS", B)]
    assert mutations(world) == {"fulfillmentCreate": 2}
    assert_quiet(world)


def test_a_number_tiktok_changes_is_put_on_the_fulfillment(world: World) -> None:
    order_id = labelled(world)
    wish = {"tracking_number": B, "provider": "UPS"}
    world.control("POST", f"orders/{order_id}/retrack", wish)
    again(world, 2)
    assert fulfillments(world, order_id) == [("SUCCESS", "UPS", B)]
    assert mutations(world) == {"fulfillmentCreate": 1, "fulfillmentTrackingInfoUpdate": 1}
    assert told(order_id) == [(0, A, "synced"), (1, B, "synced")]
    assert rows(world, order_id) == []
    assert_quiet(world)


def test_a_parcel_cancelled_at_tiktok_takes_its_fulfillment_back(world: World) -> None:
    order_id = labelled(world)
    package = Package.objects.get().tiktok_package_id
    world.control("POST", f"orders/{order_id}/cancel-package", {"package_id": package})
    again(world, 2)
    assert fulfillments(world, order_id) == [("CANCELLED", "USPS", A)]
    assert mutations(world) == {"fulfillmentCreate": 1, "fulfillmentCancel": 1}
    assert told(order_id) == [(0, A, "synced"), (1, "", "synced")]
    world.control("POST", f"orders/{order_id}/label", {"provider": "USPS", "tracking_number": B})
    again(world, 2)
    assert fulfillments(world, order_id) == [("CANCELLED", "USPS", A), ("SUCCESS", "USPS", B)]
    assert_quiet(world)


@pytest.fixture
def two_places(world: World) -> World:
    """The store has a second location, and the mugs of one kind are kept there."""
    shops = world.control("GET", "config")["shopify"]["shops"]
    shops[0]["locations"].append({"name": "Second", "country": "US", "city": "Reno"})
    variants = [one for product in shops[0]["products"] for one in product["variants"]]
    moved = next(one for one in variants if one["sku"] == OTHER_SKU)
    moved["inventory"] = {"Second": 40}
    world.control("POST", "reset", {"config": {"shopify": {"shops": shops}}})
    world.control("POST", "webhooks", {"enabled": {"tiktok": False, "shopify": False}})
    for pair in PAIRS:
        connect(*pair)
    return world


@pytest.mark.parametrize("fault", [None, {"skip": 0}, {"skip": 1}])
def test_units_at_two_locations_become_a_fulfillment_for_each(
    two_places: World, fault: dict[str, Any] | None
) -> None:
    """Shopify ships from one location at a time; an answer lost in between changes nothing."""
    world = two_places
    order_id = in_shopify(
        world, shipping_type="TIKTOK", lines=[{"sku": "MUG-12"}, {"sku": OTHER_SKU, "quantity": 2}]
    )
    if fault:
        match = {"platform": "shopify", "operation": "fulfillmentCreate"}
        world.fault(match=match, times=1, action="drop_after", **fault)
    world.control("POST", f"orders/{order_id}/label", {"provider": "USPS", "tracking_number": A})
    again(world, 4)
    assert fulfillments(world, order_id) == [("SUCCESS", "USPS", A)] * 2
    assert mutations(world) == {"fulfillmentCreate": 2}
    assert told(order_id) == [(0, A, "synced")]
    world.control("POST", f"orders/{order_id}/retrack", {"tracking_number": B, "provider": "UPS"})
    again(world, 2)
    assert fulfillments(world, order_id) == [("SUCCESS", "UPS", B)] * 2
    assert_quiet(world)


def test_an_order_that_tiktok_fulfils_is_fulfilled_in_shopify_where_it_is_synced(
    world: World,
) -> None:
    OrderRules.objects.update(order_types={"fulfilled_by_tiktok": "sync"})
    order_id = labelled(world, fulfillment_type="FULFILLMENT_BY_TIKTOK")
    assert fulfillments(world, order_id) == [("SUCCESS", "USPS", A)]
    assert Package.objects.get().label_url == ""
    assert world.calls().get("tiktok:fulfillment.documents", 0) == 0
    assert_quiet(world)


def test_switched_off_nothing_is_told_to_shopify(world: World) -> None:
    OrderRules.objects.update(fulfill_tiktok_parcels=False)
    order_id = labelled(world)
    assert fulfillments(world, order_id) == []
    assert told(order_id) == []
    assert mutations(world) == {}


def test_the_label_is_read_again_when_somebody_asks(world: World) -> None:
    labelled(world)
    world.forget_calls()
    again(world)
    assert world.calls().get("tiktok:fulfillment.documents", 0) == 0
    package = Package.objects.get()
    want_label(package)
    package.refresh_from_db()
    assert package.label_url == ""
    again(world)
    package.refresh_from_db()
    assert world.calls()["tiktok:fulfillment.documents"] == 1
    assert package.label_url.startswith("http")
    assert mutations(world) == {}


def test_in_vietnam_the_arranged_package_is_told(world: World) -> None:
    order_id = in_shopify(world, VN_SHOP, shipping_type="TIKTOK", lines=TWO)
    world.control("POST", f"orders/{order_id}/label", {})
    again(world)
    package = Package.objects.get(order__tiktok_order_id=order_id)
    assert package.tracking_number
    assert [number for _, _, number in fulfillments(world, order_id)] == [package.tracking_number]
    assert_quiet(world)


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "truncated"])
def test_an_unclear_answer_makes_one_fulfillment(world: World, action: str) -> None:
    order_id = in_shopify(world, shipping_type="TIKTOK", lines=TWO)
    match = {"platform": "shopify", "operation": "fulfillmentCreate"}
    world.fault(match=match, times=1, action=action)
    world.control("POST", f"orders/{order_id}/label", {"provider": "USPS", "tracking_number": A})
    again(world, 4)
    assert fulfillments(world, order_id) == [("SUCCESS", "USPS", A)]
    assert told(order_id) == [(0, A, "synced")]
    assert mutations(world)["fulfillmentCreate"] == (2 if action == "drop_before" else 1)


def test_items_that_staff_fulfilled_already_are_left_alone(world: World) -> None:
    order_id = in_shopify(world, shipping_type="TIKTOK", lines=TWO)
    world.fulfill(order_id, "", "")
    world.control("POST", f"orders/{order_id}/label", {"provider": "USPS", "tracking_number": A})
    again(world, 2)
    assert told(order_id) == [(0, A, "skipped")]
    assert mutations(world) == {}


def test_a_parcel_of_an_order_cancelled_in_shopify_is_not_told(world: World) -> None:
    order_id = in_shopify(world, shipping_type="TIKTOK", lines=TWO)
    staff(world, order_id, "cancel")
    again(world)
    world.control("POST", f"orders/{order_id}/label", {"provider": "USPS", "tracking_number": A})
    again(world)
    assert told(order_id) == [(0, A, "skipped")]
    assert notes(world, order_id) == []
