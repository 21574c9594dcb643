"""Which Shopify lines a refund takes off: never more than TikTok's units, never twice."""

from __future__ import annotations

import random
from typing import Any

import pytest

from orders.mapping_input import LINE_IDS_PROPERTY
from orders.refund_lines import plan_refund
from tiktoksync.shopify.refund_calls import RefundableLine


def line(
    units: str, *, refundable: int | None = None, unfulfilled: int | None = None, **more: Any
) -> RefundableLine:
    count = more.pop("quantity", len(units.split(",")))
    return RefundableLine(
        id=more.pop("id", f"line-{units[0]}"),
        quantity=count,
        refundable=count if refundable is None else refundable,
        unfulfilled=count if unfulfilled is None else unfulfilled,
        attributes={LINE_IDS_PROPERTY: units} if units != "-" else {},
        location_id="here",
    )


def sent(plan: Any) -> list[tuple[str, int]]:
    return [(row["lineItemId"], row["quantity"]) for row in plan.lines]


def test_each_line_gives_as_many_as_its_units_say() -> None:
    lines = [line("a,b,c"), line("d"), line("e,f"), line("-", id="by hand")]
    plan = plan_refund(lines, ["a", "c", "d"], (), "CANCEL")
    assert plan.lines == [
        {"lineItemId": "line-a", "quantity": 2, "restockType": "CANCEL", "locationId": "here"},
        {"lineItemId": "line-d", "quantity": 1, "restockType": "CANCEL", "locationId": "here"},
    ]
    assert (plan.known, plan.shipped) == (True, False)


def test_units_that_are_not_on_the_order_are_not_known() -> None:
    plan = plan_refund([line("a,b")], ["z"], (), "CANCEL")
    assert (plan.known, plan.lines) == (False, [])


@pytest.mark.parametrize(
    ("refundable", "settled", "expected"),
    [
        (3, (), 2),  # nothing is gone yet
        (2, (), 1),  # staff took one off: it is one of these
        (1, (), 0),  # staff took both
        (0, (), 0),
        (2, ("c",), 2),  # the one that is gone is another refund of ours
        (1, ("c",), 1),
        (0, ("c",), 0),
        (3, ("c",), 2),  # a refund of ours that left no trace takes nothing away
    ],
)
def test_what_was_taken_off_by_hand_is_not_taken_off_again(
    refundable: int, settled: tuple[str, ...], expected: int
) -> None:
    plan = plan_refund([line("a,b,c", refundable=refundable)], ["a", "b"], settled, "NO_RESTOCK")
    assert sum(row["quantity"] for row in plan.lines) == expected
    assert plan.known


def test_the_parts_of_a_bundle_count_as_often_as_they_are_in_it() -> None:
    lines = [line("a,b", quantity=4, id="mugs"), line("a,b", quantity=2, id="plates")]
    plan = plan_refund(lines, ["b"], (), "CANCEL")
    assert sent(plan) == [("mugs", 2), ("plates", 1)]


@pytest.mark.parametrize(
    ("unfulfilled", "restock", "expected", "place"),
    [
        (0, "RETURN", "RETURN", True),
        (1, "RETURN", "RETURN", True),
        (2, "RETURN", "NO_RESTOCK", False),
        (2, "CANCEL", "CANCEL", True),
        (0, "NO_RESTOCK", "NO_RESTOCK", False),
    ],
)
def test_only_what_left_the_shelf_comes_back_to_it(
    unfulfilled: int, restock: str, expected: str, place: bool
) -> None:
    (row,) = plan_refund([line("a,b", unfulfilled=unfulfilled)], ["a"], (), restock).lines
    assert row["restockType"] == expected
    assert ("locationId" in row) is place


@pytest.mark.parametrize(("unfulfilled", "shipped"), [(2, False), (1, False), (0, True)])
def test_units_that_a_parcel_holds_are_told(unfulfilled: int, shipped: bool) -> None:
    plan = plan_refund([line("a,b", unfulfilled=unfulfilled)], ["a"], (), "CANCEL")
    assert plan.shipped is shipped


def test_whatever_the_order_of_refunds_no_unit_goes_twice() -> None:
    seed = random.randrange(2**32)
    dice = random.Random(seed)
    for _ in range(300):
        units = [f"u{number}" for number in range(dice.randint(1, 8))]
        left, by_hand, settled = len(units), 0, set[str]()
        for unit in dice.sample(units, len(units)):
            if dice.random() < 0.3 and left:
                left, by_hand = left - 1, by_hand + 1
            found = line(",".join(units), refundable=left, id="x")
            plan = plan_refund([found], [unit], settled, "NO_RESTOCK")
            took = sum(row["quantity"] for row in plan.lines)
            assert took in (0, 1), f"seed {seed}"
            left -= took
            settled.add(unit)
            assert left >= 0, f"seed {seed}"
        assert left == 0, f"every unit is off in the end, and none twice (seed {seed})"
