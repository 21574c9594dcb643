"""TikTok's packages and Shopify's shipments do not always hold the same: split, combined."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from orders.models import Fulfillment, Package
from orders.services.actions import pull_now
from tests.factories import pass_time
from tests.flows.parcels import (
    NUMBERS,
    again,
    assert_quiet,
    in_shopify,
    in_vietnam,
    notes,
    numbers_of,
    parcel,
    rows,
    staff,
    steps_of,
    writes,
)
from tests.flows.world import VN_SHOP, World

A, B, C = NUMBERS[:3]
GHN = "Giao Hang Nhanh"


def ship_sku(world: World, order_id: str, number: str, *skus: str, quantity: int = 1) -> None:
    lines = [{"sku": sku, "quantity": quantity} for sku in skus]
    world.fulfill(order_id, number, GHN, lines=lines)


def by_sku(world: World, order_id: str) -> dict[str, str]:
    lines = world.tiktok(order_id)["line_items"]
    return {line["seller_sku"]: line.get("tracking_number", "") for line in lines}


def live_packages(order_id: str) -> list[str]:
    found = Package.objects.filter(order__tiktok_order_id=order_id, is_gone=False)
    return list(found.values_list("tiktok_package_id", flat=True))


# --- one shipment, a part of a package -----------------------------------------------------------


def test_a_part_of_a_package_is_split_off_and_shipped(world: World) -> None:
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    (whole,) = live_packages(order_id)
    ship_sku(world, order_id, A, "MUG-12")
    again(world, 2)
    assert by_sku(world, order_id) == {"MUG-12": A, "STAND-BMB": ""}
    assert world.tiktok(order_id)["status"] == "PARTIALLY_SHIPPING"
    assert writes(world) == {"split": 1, "ship_package": 1}
    assert steps_of(parcel(world, order_id)) == [
        "read_carriers",
        "read_split",
        "split",
        "verify",
        "ship_package",
    ]
    assert Package.objects.get(tiktok_package_id=whole).is_gone
    assert len(live_packages(order_id)) == 2
    ship_sku(world, order_id, B, "STAND-BMB")
    again(world, 2)
    assert by_sku(world, order_id) == {"MUG-12": A, "STAND-BMB": B}
    assert writes(world) == {"split": 1, "ship_package": 2}
    assert world.tiktok(order_id)["status"] == "AWAITING_COLLECTION"
    assert_quiet(world)


def test_two_parts_at_once_are_split_once_and_shipped_each(world: World) -> None:
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    ship_sku(world, order_id, A, "MUG-12")
    ship_sku(world, order_id, B, "STAND-BMB")
    again(world, 3)
    assert by_sku(world, order_id) == {"MUG-12": A, "STAND-BMB": B}
    assert writes(world) == {"split": 1, "ship_package": 2}
    assert rows(world, order_id) == [(A, "synced"), (B, "synced")]
    assert_quiet(world)


@pytest.mark.parametrize("action", ["drop_after", "drop_before", "truncated"])
def test_a_split_without_a_clear_answer_is_not_made_twice(world: World, action: str) -> None:
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    match = {"platform": "tiktok", "operation": "fulfillment.split"}
    world.fault(match=match, times=1, action=action)
    ship_sku(world, order_id, A, "MUG-12")
    again(world, 3)
    assert by_sku(world, order_id) == {"MUG-12": A, "STAND-BMB": ""}
    assert len(live_packages(order_id)) == 2
    assert writes(world) == {"split": 2 if action == "drop_before" else 1, "ship_package": 1}


def test_units_of_one_sku_wait_for_each_other_and_say_so(world: World) -> None:
    """All units of a SKU stay in one package there: the first shipment's number goes for it."""
    order_id = in_vietnam(world, "MUG-12", "MUG-12")
    ship_sku(world, order_id, A, "MUG-12")
    again(world, 2)
    row = parcel(world, order_id)
    assert (row.sync_status, row.wait_reason) == ("pending", "package_incomplete")
    assert writes(world) == {}
    (said,) = notes(world, order_id)
    assert said == (
        "waits_for_package",
        f"{GHN} {A} waits for the rest of its TikTok package: TikTok does not let it be split.",
    )
    ship_sku(world, order_id, B, "MUG-12")
    again(world, 2)
    assert numbers_of(world, order_id) == [A, A]
    first, second = Fulfillment.objects.order_by("pk")
    assert (first.sync_status, second.sync_status) == ("synced", "skipped")
    assert second.skip_reason == "one_number"
    assert writes(world) == {"ship_package": 1}
    assert_quiet(world)


def test_the_rest_under_the_same_number_is_done_without_a_call(world: World) -> None:
    order_id = in_vietnam(world, "MUG-12", "MUG-12")
    ship_sku(world, order_id, A, "MUG-12")
    ship_sku(world, order_id, A, "MUG-12")
    again(world, 2)
    assert numbers_of(world, order_id) == [A, A]
    assert rows(world, order_id) == [(A, "synced"), (A, "synced")]
    assert writes(world) == {"ship_package": 1}


# --- one shipment over several packages ----------------------------------------------------------


def split_on_tiktok(world: World, order_id: str) -> None:
    world.act(order_id, "split")
    again(world)


def test_packages_split_at_tiktok_are_found_by_a_shipment_of_all(world: World) -> None:
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    (whole,) = live_packages(order_id)
    split_on_tiktok(world, order_id)
    assert len(live_packages(order_id)) == 2
    assert Package.objects.get(tiktok_package_id=whole).is_gone
    world.fulfill(order_id, A, GHN)
    again(world)
    assert by_sku(world, order_id) == {"MUG-12": A, "STAND-BMB": A}
    assert writes(world) == {"ship_batch": 1}
    assert_quiet(world)


def test_two_numbers_go_on_the_two_packages(world: World) -> None:
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    split_on_tiktok(world, order_id)
    world.fulfill(order_id, A, GHN, tracking_numbers=[A, B])
    again(world)
    assert set(by_sku(world, order_id).values()) == {A, B}
    assert writes(world) == {"ship_package": 2}
    assert rows(world, order_id) == [(A, "synced"), (B, "synced")]


def test_a_change_of_number_reaches_both_packages(world: World) -> None:
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    split_on_tiktok(world, order_id)
    world.fulfill(order_id, A, GHN)
    again(world, 2)
    staff(world, order_id, "tracking", tracking_number=B, company=GHN)
    again(world, 2)
    assert by_sku(world, order_id) == {"MUG-12": B, "STAND-BMB": B}
    assert writes(world) == {"ship_batch": 1, "correct_package": 2}
    assert_quiet(world)


def test_a_shipment_waits_for_the_new_packages_of_a_split(world: World) -> None:
    """Split between the shipment and its call: the old package's id is refused, the new ones go."""
    order_id = in_vietnam(world, "MUG-12", "STAND-BMB")
    world.fulfill(order_id, A, GHN)
    world.act(order_id, "split")
    pull_now(world.shops.values())
    call_command("pull_fulfillments")
    call_command("push_fulfillments")
    again(world, 3)
    assert by_sku(world, order_id) == {"MUG-12": A, "STAND-BMB": A}
    assert parcel(world, order_id).sync_status == "synced"


# --- several orders in one package ---------------------------------------------------------------


def combined(world: World) -> tuple[str, str]:
    """Two orders of one buyer in one package."""
    buyer = "7490000000000000042"
    first = in_vietnam(world, "MUG-12", buyer=buyer)
    second = in_vietnam(world, "STAND-BMB", buyer=buyer)
    world.control("POST", "packages/combine", {"order_ids": [first, second]})
    again(world)
    (package,) = set(live_packages(first)) | set(live_packages(second))
    assert Package.objects.filter(tiktok_package_id=package).count() == 2
    world.forget_calls()
    return first, second


def test_a_combined_package_goes_once_when_every_order_has_its_number(world: World) -> None:
    first, second = combined(world)
    world.fulfill(first, A, GHN)
    again(world, 2)
    row = parcel(world, first)
    assert (row.sync_status, row.wait_reason) == ("pending", "combined")
    assert writes(world) == {}
    (said,) = notes(world, first)
    assert said[1] == (
        f"{GHN} {A} waits: order {second} lies in the same TikTok package and has no tracking "
        "number yet."
    )
    world.fulfill(second, A, GHN)
    again(world, 2)
    assert writes(world) == {"ship_package": 1}
    assert numbers_of(world, first) + numbers_of(world, second) == [A, A]
    assert rows(world, first) + rows(world, second) == [(A, "synced"), (A, "synced")]
    assert_quiet(world)


def test_the_last_number_lets_a_combined_package_go_at_once(world: World) -> None:
    """The first shipment waits a quarter of an hour; nobody lets that pass here."""
    first, second = combined(world)
    world.fulfill(first, A, GHN)
    world.sync()
    assert parcel(world, first).wait_reason == "combined"
    world.fulfill(second, A, GHN)
    for _ in range(3):
        world.sync()
        pass_time(3)
    assert writes(world) == {"ship_package": 1}
    assert rows(world, first) + rows(world, second) == [(A, "synced"), (A, "synced")]


def test_where_units_are_marked_as_shipped_each_order_has_its_own_call(world: World) -> None:
    """In the US the first order's parcel leaves the common package; the second follows it."""
    buyer = "7490000000000000042"
    first, second = (
        in_shopify(world, lines=[{"sku": sku}], buyer=buyer) for sku in ("MUG-12", "STAND-BMB")
    )
    world.control("POST", "packages/combine", {"order_ids": [first, second]})
    again(world)
    world.forget_calls()
    world.fulfill(first, A, "USPS")
    again(world, 2)
    assert (parcel(world, first).wait_reason, writes(world)) == ("combined", {})
    world.fulfill(second, A, "USPS")
    again(world, 3)
    assert numbers_of(world, first) + numbers_of(world, second) == [A, A]
    assert rows(world, first) + rows(world, second) == [(A, "synced"), (A, "synced")]
    assert writes(world) == {"mark_shipped": 2}
    assert_quiet(world)


def test_another_number_in_a_combined_package_is_told(world: World) -> None:
    first, second = combined(world)
    world.fulfill(first, A, GHN)
    world.fulfill(second, B, GHN)
    again(world, 3)
    assert writes(world) == {"ship_package": 1}
    assert numbers_of(world, first) + numbers_of(world, second) == [A, A]
    row = parcel(world, second)
    assert (row.sync_status, row.skip_reason) == ("skipped", "one_number")
    assert world.shops[VN_SHOP].orders.count() == 2
