"""The demo's proof finds each thing that can be wrong, so that its silence means something."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tiktoksync.demo import proof
from tiktoksync.demo.platforms import ShopifyOrder, expected_total
from tiktoksync.demo.travellers import WHOLE_WAY

TRACKING = "9400111899223197428490"


def step(axis: str, before: str, after: str) -> dict[str, Any]:
    return {"axis": axis, "from": before, "to": after, "at": "", "reason": ""}


def app_order(**changed: Any) -> dict[str, Any]:
    mirrored = [
        step("tiktok", before, after)
        for before, after in zip(("", *WHOLE_WAY[:-1]), WHOLE_WAY, strict=True)
    ]
    ours = [step("sync", "", "held"), step("sync", "held", "pending")]
    return {
        "tiktok_status": "COMPLETED",
        "sync_status": "synced",
        "failure_reason": "",
        "skip_reason": "",
        "history": [*mirrored, *ours],
        **changed,
    }


def tiktok_order() -> dict[str, Any]:
    return {
        "status": "COMPLETED",
        "payment": {
            "currency": "USD",
            "total_amount": "45.07",
            "platform_discount": "3.50",
            "shipping_fee_platform_discount": "3.00",
        },
        "line_items": [{"tracking_number": TRACKING}, {"tracking_number": TRACKING}],
    }


SHOPIFY = ShopifyOrder(
    id="gid://shopify/Order/1",
    name="#1001",
    total=Decimal("51.57"),
    currency="USD",
    financial_status="PAID",
    fulfillment_status="FULFILLED",
    cancelled=False,
    was_open=True,
    tracking_numbers=frozenset({TRACKING}),
    line_items=({"quantity": 2},),
)


def end(order: dict[str, Any] | None, there: list[ShopifyOrder]) -> str:
    return proof.end_differs(order, tiktok_order(), there, WHOLE_WAY, TRACKING)


def test_an_order_that_travelled_well_leaves_nothing_to_say() -> None:
    assert end(app_order(), [SHOPIFY]) == ""


def test_the_platforms_discounts_belong_to_the_total() -> None:
    assert expected_total(tiktok_order()) == Decimal("51.57")


@pytest.mark.parametrize("there", [[], [SHOPIFY, SHOPIFY]])
def test_anything_but_one_shopify_order_is_found(there: list[ShopifyOrder]) -> None:
    assert end(app_order(), there) == f"{len(there)} Shopify orders, not exactly one"


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"fulfillment_status": "UNFULFILLED"}, "Shopify's fulfillment status is 'UNFULFILLED'"),
        ({"was_open": False}, "seen with an open fulfillment order is False"),
        ({"tracking_numbers": frozenset()}, "tracking in Shopify is set()"),
        ({"total": Decimal("51.56")}, "Shopify's total is 51.56, not 51.57"),
        ({"currency": "VND"}, "currency is 'VND'"),
        ({"line_items": ({"quantity": 1},)}, "number of units is 1, not 2"),
    ],
)
def test_what_is_wrong_in_shopify_is_found(changed: dict[str, Any], found: str) -> None:
    assert end(app_order(), [replace(SHOPIFY, **changed)]).startswith(found)


def test_a_status_that_is_behind_tiktoks_is_found() -> None:
    assert end(app_order(tiktok_status="DELIVERED"), [SHOPIFY]).startswith("the app's status is")


def test_a_change_told_twice_is_found() -> None:
    order = app_order()
    order["history"].insert(1, step("tiktok", "ON_HOLD", "AWAITING_SHIPMENT"))
    assert end(order, [SHOPIFY]).startswith("tiktok history is")


def test_a_change_that_was_left_out_is_found() -> None:
    order = app_order()
    order["history"] = [line for line in order["history"] if line["to"] != "IN_TRANSIT"]
    assert end(order, [SHOPIFY]).startswith("tiktok history is")


def test_a_jump_in_our_own_history_is_found() -> None:
    order = app_order()
    order["history"].append(step("sync", "sending", "synced"))
    assert end(order, [SHOPIFY]) == "sync history jumps from pending to sending"


def test_an_order_the_app_does_not_know_is_found() -> None:
    assert end(None, [SHOPIFY]) == "the app does not know the order"


def test_a_wrong_sync_status_is_told_with_the_apps_reason() -> None:
    order = app_order(sync_status="failed", failure_reason="SKU X is not linked")
    assert proof.state_differs(order, "COMPLETED", "synced") == (
        "sync_status (SKU X is not linked) is 'failed', not 'synced'"
    )
