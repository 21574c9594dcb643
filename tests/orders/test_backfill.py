"""What a backfill would do with an order, decided from its body and the shop's rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orders.backfill import Cause, Sorted, cause_words, sort_order
from orders.policy import Rules, SkipReason, WaitReason
from tests.orders.data import build
from tests.orders.data.decisions import NOW, RULES

DAY = 86400


def sorted_as(rules: Rules = RULES, *, is_here: bool = False, **fields: Any) -> str:
    return sort_order(build.order(**fields), rules, NOW, is_here=is_here).cause


@pytest.mark.parametrize(
    ("fields", "cause"),
    [
        ({}, Cause.MISSING),
        ({"create_time": build.CREATED - 900 * DAY}, Cause.MISSING),
        ({"status": "ON_HOLD"}, Cause.MISSING_ON_HOLD),
        ({"status": "ON_HOLD", "release_date": build.CREATED + DAY}, Cause.MISSING_ON_HOLD),
        ({"status": "UNPAID"}, Cause.UNPAID),
        ({"status": "CANCELLED", "paid_time": None}, Cause.UNPAID),
        ({"status": "CANCELLED"}, SkipReason.CANCELLED),
        ({"status": "PARTIALLY_SHIPPING"}, SkipReason.ALREADY_PAST_SHIPMENT),
        ({"status": "COMPLETED"}, SkipReason.ALREADY_PAST_SHIPMENT),
        ({"status": "TELEPORTED"}, WaitReason.UNKNOWN_STATUS),
        ({"order_type": "SOMETHING_NEW"}, WaitReason.UNKNOWN_ORDER_TYPE),
        ({"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}, "excluded_fulfilled_by_tiktok"),
        ({"line_items": []}, Cause.UNREADABLE),
    ],
)
def test_an_order_stands_under_one_heading(fields: dict[str, Any], cause: str) -> None:
    assert sorted_as(**fields) == cause


def test_the_start_date_keeps_nothing_out() -> None:
    assert sorted_as(replace(RULES, sync_from=NOW)) == Cause.MISSING


def test_the_merchants_own_holds_are_no_reason_to_leave_an_order_out() -> None:
    assert sorted_as(replace(RULES, auto_sync=False)) == Cause.MISSING
    assert sorted_as(replace(RULES, safety_hold_minutes=10**6)) == Cause.MISSING


@pytest.mark.parametrize("status", ["AWAITING_SHIPMENT", "CANCELLED", "COMPLETED"])
def test_what_is_here_is_here_whatever_became_of_it(status: str) -> None:
    assert sorted_as(is_here=True, status=status) == Cause.ALREADY_HERE


def test_an_order_without_an_id_has_none() -> None:
    assert sort_order({"status": "AWAITING_SHIPMENT"}, RULES, NOW) == Sorted("", "unreadable")
    assert sort_order(build.order(), RULES, NOW).placed == build.CREATED


def test_every_heading_has_words() -> None:
    for cause in (*Cause, *SkipReason):
        if cause != SkipReason.BEFORE_SYNC_FROM:
            assert cause_words(cause) != cause.replace("_", " ").capitalize() or cause in (
                "already_here",
            )
    assert cause_words("http_502") == "Http 502"
    assert cause_words("") == "Other"
