"""Addresses with gaps and masks reach Shopify as TikTok gives them: marked, nothing invented."""

from __future__ import annotations

from typing import Any

import pytest

from tests.flows.parcels import again
from tests.flows.world import World

MUG = [{"sku": "MUG-12"}]


def made(world: World, **wish: Any) -> dict[str, Any]:
    """The one Shopify order of an order with this address."""
    order_id = world.place(status="AWAITING_SHIPMENT", lines=MUG, **wish)
    again(world)
    assert world.order(order_id).sync_status == "synced"
    (order,) = world.shopify(order_id)
    found: dict[str, Any] = order
    return found


def test_masked_parts_stay_masked_and_are_named(world: World) -> None:
    order = made(world, shipping_type="TIKTOK", masked=True)
    address = order["shipping_address"]
    assert "*" in address["lastName"] or "*" in (address["firstName"] or "")
    assert "*" in address["address1"]
    assert address["countryCodeV2"] == "US"
    assert not address["phone"], "a masked number is no number"
    assert "Hidden by TikTok: name, phone, street" in order["note"]
    assert order["email"] is None


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ({"state": None}, {"provinceCode": None}),
        ({"postcode": None}, {"zip": None}),
        ({"city": None}, {}),
        ({"name": "Robin", "first_name": "Robin", "last_name": ""}, {"lastName": "Robin"}),
        ({"phone_number": ""}, {"phone": None}),
    ],
    ids=["state", "postcode", "city", "last name", "phone"],
)
def test_a_missing_part_stays_missing(
    world: World, address: dict[str, Any], expected: dict[str, Any]
) -> None:
    order = made(world, address=address)
    shown = order["shipping_address"]
    assert {name: shown[name] or None for name in expected} == expected
    assert shown["address1"]
    assert shown["countryCodeV2"] == "US"
    assert "Hidden by TikTok" not in (order["note"] or "")


@pytest.mark.parametrize("country", ["ZZ", "AQ"])
def test_a_country_shopify_does_not_know_is_left_out(world: World, country: str) -> None:
    """Nowhere, and Antarctica: the rest of the address goes as it is."""
    order = made(world, address={"region_code": country, "district_info": []})
    shown = order["shipping_address"]
    assert (shown["countryCodeV2"], shown["provinceCode"], shown["city"]) == (None, None, None)
    assert shown["address1"]
    assert shown["zip"]


def test_a_territory_is_a_state_of_the_country_shopify_puts_it_in(world: World) -> None:
    order = made(world, address={"region_code": "PW", "district_info": []})
    shown = order["shipping_address"]
    assert (shown["countryCodeV2"], shown["provinceCode"]) == ("US", "PW")
