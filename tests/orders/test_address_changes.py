"""A new address, and what only looks like one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from orders.address_changes import (
    address_of,
    fingerprint,
    is_readable,
    is_same_address,
    new_address,
)
from orders.facts import order_facts
from tests.orders.data import build

EMPTY = {**dict.fromkeys(build.ADDRESS, ""), "district_info": []}


def moved(**parts: Any) -> dict[str, Any]:
    return {**deepcopy(build.ADDRESS), **parts}


def masked(**parts: Any) -> dict[str, Any]:
    hidden = {"name": "R***", "first_name": "R***", "last_name": "E***", "postal_code": ""}
    return moved(**hidden, address_line1="1 ****", address_detail="1 ****", **parts)


def judge(before: dict[str, Any], after: dict[str, Any], status: str = "AWAITING_SHIPMENT") -> Any:
    told = order_facts(build.order(recipient_address=after, status=status))
    return new_address(told, address_of(build.order(recipient_address=before)))


@pytest.mark.parametrize("status", ["AWAITING_SHIPMENT", "PARTIALLY_SHIPPING"])
def test_another_street_is_a_new_address(status: str) -> None:
    found = judge(build.ADDRESS, moved(address_line1="9 New Road"), status)
    assert found["address1"] == "9 New Road"
    assert found["zip"] == "90001"


@pytest.mark.parametrize("parts", [{"address_line2": ""}, {"phone_number": "(+1)5550100199"}])
def test_a_dropped_flat_or_another_number_is_a_new_address_too(parts: dict[str, str]) -> None:
    assert judge(build.ADDRESS, moved(**parts)) is not None


def test_the_same_address_in_another_spelling_of_the_whole_is_none() -> None:
    assert judge(build.ADDRESS, moved(full_address="Somewhere else entirely")) is None


@pytest.mark.parametrize(
    "after",
    [
        masked(),
        moved(phone_number="(+1)555******00"),
        moved(postal_code=""),
        EMPTY,
        {},
    ],
    ids=["masked", "phone masked", "postal code gone", "emptied", "missing"],
)
def test_hiding_is_no_change_of_mind(after: dict[str, Any]) -> None:
    assert judge(build.ADDRESS, after) is None


def test_a_hidden_address_may_change_as_far_as_it_shows() -> None:
    elsewhere = deepcopy(build.ADDRESS["district_info"])
    elsewhere[3]["address_name"] = "Pasadena"
    found = judge(masked(), masked(district_info=elsewhere))
    assert found["city"] == "Pasadena"


def test_what_becomes_readable_is_worth_a_look() -> None:
    assert judge(masked(), build.ADDRESS) == address_of(build.order()).address
    assert judge(EMPTY, build.ADDRESS) is not None
    assert is_readable(address_of(build.order()))
    assert not is_readable(address_of(build.order(recipient_address=masked())))
    assert not is_readable(address_of(build.order(recipient_address=EMPTY)))


@pytest.mark.parametrize("status", ["ON_HOLD", "IN_TRANSIT", "DELIVERED", "CANCELLED", "NEXT"])
def test_statuses_that_are_not_open_change_nothing(status: str) -> None:
    assert judge(build.ADDRESS, moved(address_line1="9 New Road"), status) is None


def test_an_unreadable_order_has_no_address() -> None:
    assert address_of({"id": "1"}).address is None


# --- comparing -----------------------------------------------------------------------------------


def test_a_fingerprint_tells_addresses_and_orders_apart_and_says_nothing() -> None:
    one = {"city": "Austin", "zip": "78701"}
    assert fingerprint("1", one) == fingerprint("1", dict(reversed(one.items())))
    assert len({fingerprint("1", one), fingerprint("2", one), fingerprint("1", {})}) == 3
    assert "Austin" not in fingerprint("1", one)
    assert len(fingerprint("1", one)) == 64


WANTED = {"address1": "1 Example  Street", "zip": "sw1a1aa", "phone": "+44 7700 900100"}


@pytest.mark.parametrize(
    ("stored", "same"),
    [
        ({"address1": "1 example street", "zip": "SW1A 1AA", "phone": "+447700900100"}, True),
        ({**WANTED, "provinceCode": "ENG"}, True),
        ({**WANTED, "address2": "Flat 2"}, False),
        ({"zip": "sw1a1aa", "phone": "+447700900100"}, False),
        ({**WANTED, "address1": "2 Example Street"}, False),
    ],
)
def test_shopifys_tidied_form_is_the_same_address(stored: dict[str, str], same: bool) -> None:
    assert is_same_address(stored, WANTED) is same


def test_a_province_that_was_asked_for_counts() -> None:
    assert not is_same_address({"provinceCode": "NY"}, {"provinceCode": "CA"})
    assert not is_same_address({}, {"provinceCode": "CA"})
