"""Shipments from Shopify to TikTok: in parts, under several numbers, corrected, taken back."""

from __future__ import annotations

import pytest

from orders.models import Fulfillment
from orders.services.actions import retry_order
from tests.flows.parcels import (
    NUMBERS,
    again,
    assert_quiet,
    carriers_of,
    in_shopify,
    in_vietnam,
    notes,
    numbers_of,
    parcel,
    rows,
    ship,
    staff,
    steps_of,
    writes,
)
from tests.flows.world import World, steps
from tiktoksync.shops.models import CarrierMapping, OrderRules

A, B, C = NUMBERS[:3]


# --- in parts ------------------------------------------------------------------------------------


def test_three_units_in_three_shipments_carry_their_own_numbers(world: World) -> None:
    order_id = in_shopify(world)
    for number, status in ((A, "PARTIALLY_SHIPPING"), (B, "PARTIALLY_SHIPPING")):
        ship(world, order_id, number)
        again(world)
        assert world.tiktok(order_id)["status"] == status
    ship(world, order_id, C)
    again(world, 2)
    assert world.tiktok(order_id)["status"] == "AWAITING_COLLECTION"
    assert sorted(numbers_of(world, order_id)) == sorted([A, B, C])
    assert rows(world, order_id) == [(A, "synced"), (B, "synced"), (C, "synced")]
    assert writes(world) == {"mark_shipped": 3}
    assert steps(world.order(order_id), "tiktok")[-2:] == [
        "PARTIALLY_SHIPPING",
        "AWAITING_COLLECTION",
    ]
    packages = {row.tiktok_package_id for row in Fulfillment.objects.all()}
    assert len(packages) == 3
    assert "" not in packages
    assert_quiet(world)


def test_shipments_of_one_second_are_told_apart(world: World) -> None:
    order_id = in_shopify(world)
    for number in (A, B, C):
        ship(world, order_id, number)
    again(world)
    assert sorted(numbers_of(world, order_id)) == sorted([A, B, C])
    assert writes(world) == {"mark_shipped": 3}
    assert world.tiktok(order_id)["status"] == "AWAITING_COLLECTION"
    assert_quiet(world)


def test_a_shipment_told_again_and_late_is_sent_once(world: World) -> None:
    """Whatever comes in whichever order: what Shopify holds now is read."""
    order_id = in_shopify(world)
    ship(world, order_id, A)
    ship(world, order_id, B, 2)
    for _ in range(3):
        again(world)
    assert sorted(numbers_of(world, order_id)) == sorted([A, B, B])
    assert writes(world) == {"mark_shipped": 2}


# --- several numbers -----------------------------------------------------------------------------


def test_units_are_laid_under_several_numbers_in_order(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3, tracking_numbers=[A, B])
    again(world)
    assert numbers_of(world, order_id) == [A, A, B]
    assert rows(world, order_id) == [(A, "synced"), (B, "synced")]
    assert list(Fulfillment.objects.values_list("parcel", "revision")) == [(0, 0), (1, 0)]
    assert writes(world) == {"mark_shipped": 2}
    assert world.tiktok(order_id)["status"] == "AWAITING_COLLECTION"
    assert_quiet(world)


def test_surplus_numbers_are_told_in_the_history_and_not_sent(world: World) -> None:
    order_id = in_shopify(world, lines=[{"sku": "MUG-12", "quantity": 2}])
    ship(world, order_id, A, 2, tracking_numbers=[A, B, C])
    again(world, 2)
    assert numbers_of(world, order_id) == [A, B]
    said = [reason for what, reason in notes(world, order_id) if what == "surplus_number"]
    assert said == [f"{C} was not sent to TikTok: no item is left for this number."]
    assert writes(world) == {"mark_shipped": 2}


def test_a_number_added_before_tiktok_was_told_gets_its_share(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3, company="Uncle Bob")
    again(world)
    assert rows(world, order_id) == [(A, "failed")]
    staff(world, order_id, "tracking", tracking_numbers=[A, B, C], company="USPS")
    again(world)
    assert numbers_of(world, order_id) == [A, B, C]
    assert writes(world) == {"mark_shipped": 3}


def test_a_number_added_after_tiktok_was_told_has_no_item(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "tracking", tracking_numbers=[A, B], company="USPS")
    again(world, 2)
    assert numbers_of(world, order_id) == [A, A, A]
    assert [what for what, _ in notes(world, order_id)] == ["surplus_number"]
    assert writes(world) == {"mark_shipped": 1}


def test_a_package_in_vietnam_takes_the_first_of_several_numbers(world: World) -> None:
    order_id = in_vietnam(world, "MUG-12", "MUG-12")
    ship(world, order_id, A, 2, company="Giao Hang Nhanh", tracking_numbers=[A, B])
    again(world)
    assert numbers_of(world, order_id) == [A, A]
    assert writes(world) == {"ship_package": 1}
    assert [what for what, _ in notes(world, order_id)] == ["surplus_number"]
    assert_quiet(world)


# --- corrected -----------------------------------------------------------------------------------


def test_a_changed_number_corrects_the_whole_order(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "tracking", tracking_number=B, company="USPS")
    again(world)
    assert numbers_of(world, order_id) == [B, B, B]
    assert rows(world, order_id) == [(A, "synced"), (B, "synced")]
    newest = parcel(world, order_id)
    assert (newest.revision, newest.replaces.tracking_number) == (1, A)
    assert newest.tiktok_package_id == newest.replaces.tiktok_package_id != ""
    assert writes(world) == {"mark_shipped": 1, "correct_order": 1}
    assert_quiet(world)


def test_a_changed_number_corrects_one_package_of_several(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A)
    ship(world, order_id, B, 2)
    again(world, 2)
    staff(world, order_id, "tracking", tracking_number=C, company="USPS")
    again(world)
    assert sorted(numbers_of(world, order_id)) == sorted([A, C, C])
    assert writes(world) == {"mark_shipped": 2, "correct_package": 1}
    assert_quiet(world)


def test_a_changed_number_corrects_the_package_in_vietnam(world: World) -> None:
    order_id = in_vietnam(world)
    ship(world, order_id, A, company="Giao Hang Nhanh")
    again(world)
    staff(world, order_id, "tracking", tracking_number=B, company="Giao Hang Nhanh")
    again(world)
    assert numbers_of(world, order_id) == [B]
    assert writes(world)["ship_package"] == 1
    assert sum(writes(world).values()) == 2
    assert_quiet(world)


def test_a_second_correction_is_refused_in_plain_words_and_ends(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    for number in (B, C):
        staff(world, order_id, "tracking", tracking_number=number, company="USPS")
        again(world)
    newest = parcel(world, order_id)
    assert (newest.tracking_number, newest.sync_status) == (C, "failed")
    assert newest.failure_reason.startswith("TikTok takes one correction of a tracking number")
    assert numbers_of(world, order_id) == [B, B, B]
    assert writes(world) == {"mark_shipped": 1, "correct_order": 2}
    assert steps_of(newest) == ["correct_order", "verify"]
    assert_quiet(world)
    staff(world, order_id, "tracking", tracking_number=B, company="USPS")
    again(world)
    newest.refresh_from_db()
    assert (newest.sync_status, newest.skip_reason) == ("skipped", "as_told")
    assert writes(world) == {}


def test_a_number_changed_before_it_was_sent_is_sent_alone(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3, company="Uncle Bob")
    again(world)
    assert (parcel(world, order_id).failure_code, writes(world)) == ("carrier_unknown", {})
    staff(world, order_id, "tracking", tracking_number=B, company="USPS")
    again(world)
    assert rows(world, order_id) == [(B, "synced")]
    assert numbers_of(world, order_id) == [B, B, B]
    assert writes(world) == {"mark_shipped": 1}


def test_a_number_changed_twice_quickly_is_sent_as_it_is_last(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    for number in (B, C):
        staff(world, order_id, "tracking", tracking_number=number, company="USPS")
    again(world)
    assert numbers_of(world, order_id) == [C, C, C]
    assert writes(world) == {"mark_shipped": 1, "correct_order": 1}
    assert rows(world, order_id) == [(A, "synced"), (C, "synced")]


def test_a_number_changed_back_calls_nobody(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "tracking", tracking_number=B, company="USPS")
    staff(world, order_id, "tracking", tracking_number=A, company="USPS")
    again(world)
    assert rows(world, order_id) == [(A, "synced")]
    assert writes(world) == {"mark_shipped": 1}


def test_a_carrier_alone_is_corrected_and_another_spelling_is_not(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "tracking", tracking_number=A, company="U.S.P.S.")
    again(world)
    assert writes(world) == {"mark_shipped": 1}
    staff(world, order_id, "tracking", tracking_number=A, company="UPS")
    again(world)
    assert (numbers_of(world, order_id), carriers_of(world, order_id)) == ([A, A, A], {"UPS"})
    assert writes(world) == {"mark_shipped": 1, "correct_order": 1}
    assert parcel(world, order_id).sync_status == "synced"
    assert_quiet(world)


def test_a_removed_number_is_told_and_waits_where_it_was_not_sent(world: World) -> None:
    sent, unsent = in_shopify(world), in_shopify(world)
    ship(world, sent, A, 3)
    ship(world, unsent, B, 3, company="Uncle Bob")
    again(world)
    for order_id in (sent, unsent):
        staff(world, order_id, "tracking")
    again(world, 2)
    assert rows(world, sent) == [(A, "synced")]
    assert notes(world, sent) == [
        ("tracking_removed", f"The number {A} was removed in Shopify; TikTok keeps it.")
    ]
    assert rows(world, unsent) == [("", "held")]
    staff(world, unsent, "tracking", tracking_number=C, company="USPS")
    again(world)
    assert rows(world, unsent) == [(C, "synced")]


# --- taken back ----------------------------------------------------------------------------------


def test_a_shipment_cancelled_before_tiktok_was_told_is_not_sent(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    staff(world, order_id, "cancel-fulfillment")
    again(world)
    assert (rows(world, order_id), writes(world)) == ([], {})
    ship(world, order_id, B, 3, company="Uncle Bob")
    again(world)
    staff(world, order_id, "cancel-fulfillment")
    again(world)
    row = parcel(world, order_id)
    assert (row.sync_status, row.skip_reason) == ("skipped", "fulfillment_cancelled")
    assert writes(world) == {}
    ship(world, order_id, C, 3)
    again(world)
    assert numbers_of(world, order_id) == [C, C, C]


def test_a_shipment_redone_with_another_number_is_a_correction(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "cancel-fulfillment")
    again(world, 2)
    waiting = parcel(world, order_id)
    assert (waiting.sync_status, waiting.failure_code) == ("failed", "cancelled_after_sent")
    assert f"TikTok was told its number {A}" in waiting.failure_reason
    assert numbers_of(world, order_id) == [A, A, A]
    ship(world, order_id, B, 3)
    again(world)
    assert numbers_of(world, order_id) == [B, B, B]
    assert writes(world) == {"mark_shipped": 1, "correct_order": 1}
    assert rows(world, order_id) == [(A, "synced"), (B, "synced")]
    assert_quiet(world)


def test_a_shipment_redone_at_once_is_a_correction_too(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "cancel-fulfillment")
    ship(world, order_id, B, 3)
    again(world)
    assert numbers_of(world, order_id) == [B, B, B]
    assert writes(world) == {"mark_shipped": 1, "correct_order": 1}


def test_a_shipment_redone_with_the_same_number_calls_nobody(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "cancel-fulfillment")
    again(world)
    ship(world, order_id, A, 3)
    again(world, 2)
    assert writes(world) == {"mark_shipped": 1}
    assert rows(world, order_id) == [(A, "synced"), (A, "skipped")]
    told = Fulfillment.objects.get(sync_status="synced")
    (order,) = world.shopify(order_id)
    live = [one for one in order["fulfillments"] if one["status"] == "SUCCESS"]
    assert [told.shopify_fulfillment_id] == [one["id"] for one in live]
    assert_quiet(world)


def test_asking_again_for_what_was_taken_back_says_the_same(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3)
    again(world)
    staff(world, order_id, "cancel-fulfillment")
    again(world)
    assert retry_order(world.order(order_id), actor="merchant")
    again(world)
    row = parcel(world, order_id)
    assert (row.sync_status, row.failure_code) == ("failed", "cancelled_after_sent")
    world.act(order_id, "scan")
    again(world)
    retry_order(world.order(order_id), actor="merchant")
    again(world)
    row.refresh_from_db()
    assert (row.sync_status, row.skip_reason) == ("skipped", "travels")
    assert writes(world) == {"mark_shipped": 1}


def test_one_of_two_shipments_redone_corrects_its_own_units(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A)
    ship(world, order_id, B)
    again(world, 2)
    before = dict(zip(*_units(world, order_id), strict=True))
    staff(world, order_id, "cancel-fulfillment")
    again(world)
    ship(world, order_id, C)
    again(world)
    after = dict(zip(*_units(world, order_id), strict=True))
    assert sorted(after.values()) == sorted([A, C, ""])
    assert {unit for unit, number in after.items() if number == C} == {
        unit for unit, number in before.items() if number == B
    }
    assert writes(world) == {"mark_shipped": 2, "correct_package": 1}


def _units(world: World, order_id: str) -> tuple[list[str], list[str]]:
    lines = world.tiktok(order_id)["line_items"]
    return [line["id"] for line in lines], numbers_of(world, order_id)


# --- carriers and numbers ------------------------------------------------------------------------


def test_an_unknown_carrier_is_blocked_until_it_is_mapped(world: World) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, A, 3, company="Uncle Bob")
    again(world)
    row = parcel(world, order_id)
    assert (row.sync_status, row.failure_code) == ("failed", "carrier_unknown")
    assert "It accepts: " in row.failure_reason
    assert "USPS" in row.failure_reason
    assert_quiet(world)
    from orders.services.map_carriers import map_carrier

    assert map_carrier(world.order(order_id).shop, "uncle bob", "USPS") == 1
    again(world)
    assert (numbers_of(world, order_id), carriers_of(world, order_id)) == ([A] * 3, {"USPS"})
    assert CarrierMapping.objects.count() == 1
    assert writes(world) == {"mark_shipped": 1}


def test_other_by_setting_takes_unknown_carriers(world: World) -> None:
    from orders.services.new_rules import apply_new_rules

    order_id = in_shopify(world)
    ship(world, order_id, A, 3, company="")
    again(world)
    reason = parcel(world, order_id).failure_reason
    assert reason.startswith(
        "The shipment names no carrier, and TikTok takes no number without one. It accepts: "
    )
    assert reason.endswith(". Choose the carrier in Shopify.")
    shop = world.order(order_id).shop
    OrderRules.objects.filter(shop=shop).update(other_carrier=True)
    apply_new_rules(shop)
    again(world)
    assert parcel(world, order_id).sync_status == "synced"
    assert {name.lower() for name in carriers_of(world, order_id)} <= {"other", "others"}


@pytest.mark.parametrize("number", ["940", "9400 1118", "94#00", "9" * 51])
def test_a_number_tiktok_would_refuse_is_blocked_before_it_is_sent(
    world: World, number: str
) -> None:
    order_id = in_shopify(world)
    ship(world, order_id, number, 3)
    again(world)
    row = parcel(world, order_id)
    assert (row.sync_status, row.failure_code) == ("failed", "number_refused")
    assert f"“{number}” is none" in row.failure_reason
    assert writes(world) == {}
    staff(world, order_id, "tracking", tracking_number=A, company="USPS")
    again(world)
    assert rows(world, order_id) == [(A, "synced")]
