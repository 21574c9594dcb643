"""Which lines of a Shopify order make up a parcel of TikTok's."""

from __future__ import annotations

from typing import Any

from orders.mapping_input import LINE_IDS_PROPERTY
from orders.open_lines import pick, shipped_pieces


def line(gid: str, units: str, quantity: int, remaining: int | None = None) -> dict[str, Any]:
    return {
        "id": f"fo-{gid}",
        "remainingQuantity": quantity if remaining is None else remaining,
        "lineItem": {
            "id": gid,
            "quantity": quantity,
            "customAttributes": [{"key": LINE_IDS_PROPERTY, "value": units}],
        },
    }


def owner(number: int, place: str, *lines: dict[str, Any], status: str = "OPEN") -> dict[str, Any]:
    return {
        "id": f"FO{number}",
        "status": status,
        "assignedLocation": {"location": {"id": place}},
        "lineItems": {"nodes": list(lines)},
    }


def test_the_lines_of_the_units_are_picked_and_no_others() -> None:
    orders = [owner(1, "here", line("l1", "a,b,c", 3), line("l2", "d", 1))]
    picked = pick(orders, ["a", "c"], {})
    assert picked.locations == [{"FO1": [("fo-l1", 2)]}]
    assert (picked.wanted, picked.is_known, picked.is_held) == (2, True, False)


def test_each_location_is_a_fulfillment_of_its_own() -> None:
    orders = [
        owner(1, "here", line("l1", "a", 1)),
        owner(2, "there", line("l2", "b", 1)),
        owner(3, "here", line("l3", "c", 1)),
    ]
    picked = pick(orders, ["a", "b", "c"], {})
    assert picked.locations == [
        {"FO1": [("fo-l1", 1)], "FO3": [("fo-l3", 1)]},
        {"FO2": [("fo-l2", 1)]},
    ]


def test_what_the_parcel_holds_already_is_not_picked_again() -> None:
    orders = [owner(1, "here", line("l1", "a,b", 2, 1), line("l2", "c", 1))]
    made = {
        "fulfillmentLineItems": {"nodes": [{"quantity": 1, "lineItem": {"id": "l1"}}]},
    }
    done = shipped_pieces([made])
    assert done == {"l1": 1}
    picked = pick(orders, ["a", "b", "c"], done)
    assert picked.locations == [{"FO1": [("fo-l1", 1), ("fo-l2", 1)]}]
    assert pick(orders, ["a"], done).locations == []


def test_a_unit_of_a_bundle_is_all_its_pieces() -> None:
    orders = [owner(1, "here", line("l1", "a,b", 4), line("l2", "a,b", 2))]
    assert pick(orders, ["a"], {}).locations == [{"FO1": [("fo-l1", 2), ("fo-l2", 1)]}]


def test_no_more_is_picked_than_is_left() -> None:
    orders = [owner(1, "here", line("l1", "a,b", 2, 1), status="IN_PROGRESS")]
    assert pick(orders, ["a", "b"], {}).locations == [{"FO1": [("fo-l1", 1)]}]


def test_what_is_held_closed_or_unknown_is_told_apart() -> None:
    held = pick([owner(1, "here", line("l1", "a", 1), status="ON_HOLD")], ["a"], {})
    assert (held.locations, held.is_held) == ([], True)
    closed = pick([owner(1, "here", line("l1", "a", 1, 0), status="CLOSED")], ["a"], {})
    assert (closed.locations, closed.is_held, closed.is_known) == ([], False, True)
    assert not pick([owner(1, "here", line("l1", "x", 1))], ["a"], {}).is_known
