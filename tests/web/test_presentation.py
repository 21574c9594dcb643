"""Words, icons and colours: the fixed vocabulary of both axes, times and money."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from orders.models import Order
from orders.presentation import (
    release_estimate,
    ship_clock,
    sync_badge,
    sync_word,
    tiktok_badge,
)
from orders.templatetags.shown import capped, exact_time, money, relative_time, when
from tiktoksync.shops.models import Merchant
from tiktoksync.ui.templatetags.icons import NAMES, icon
from tiktoksync.web_access import read_key, zone_of

NOW = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("ON_HOLD", "On hold"),
        ("AWAITING_SHIPMENT", "Awaiting shipment"),
        ("PARTIALLY_SHIPPING", "Partly shipping"),
        ("AWAITING_COLLECTION", "Awaiting collection"),
        ("IN_TRANSIT", "In transit"),
        ("DELIVERED", "Delivered"),
        ("COMPLETED", "Completed"),
        ("CANCELLED", "Cancelled"),
        ("SOMETHING_NEW", "SOMETHING_NEW"),
        ("", ""),
    ],
)
def test_tiktoks_axis_has_one_word_a_status(status: str, word: str) -> None:
    badge = tiktok_badge(Order(tiktok_status=status))
    assert badge.word == word
    assert icon(badge.icon)


def test_a_cancel_request_stands_above_the_status_until_it_is_cancelled() -> None:
    asked = tiktok_badge(Order(tiktok_status="AWAITING_SHIPMENT", cancel_requested=True))
    assert (asked.word, asked.tone, asked.note) == (
        "Cancel requested",
        "bad",
        "Now: Awaiting shipment",
    )
    done = tiktok_badge(Order(tiktok_status="CANCELLED", cancel_requested=True))
    assert done.word == "Cancelled"


@pytest.mark.parametrize(
    ("columns", "word"),
    [
        ({"sync_status": "held"}, "Waiting for release"),
        ({"sync_status": "pending"}, "Queued"),
        ({"sync_status": "pending", "tries": 2}, "Failed, will retry"),
        ({"sync_status": "sending"}, "Queued"),
        ({"sync_status": "sending", "tries": 2}, "Queued"),
        ({"sync_status": "synced"}, "Synced"),
        ({"sync_status": "failed", "failure_kind": "config"}, "Blocked"),
        ({"sync_status": "failed", "failure_kind": "rejected"}, "Failed, needs you"),
        ({"sync_status": "failed", "failure_kind": "malformed"}, "Failed, needs you"),
        ({"sync_status": "skipped", "skip_reason": "cancelled"}, "Skipped by rule"),
        (
            {"sync_status": "skipped", "skip_reason": "already_in_shopify"},
            "Not ours (already in Shopify)",
        ),
    ],
)
def test_our_axis_has_the_fixed_words(columns: dict[str, str], word: str) -> None:
    badge = sync_badge(Order(**columns))
    assert badge.word == word
    assert icon(badge.icon)


def test_a_failed_badge_carries_its_reason() -> None:
    order = Order(sync_status="failed", failure_kind="config", failure_reason="No such SKU.")
    assert sync_badge(order).note == "No such SKU."
    assert sync_badge(Order(sync_status="synced", failure_reason="old")).note == ""


def test_history_knows_a_word_for_each_status() -> None:
    words = [sync_word(status) for status in ("held", "synced", "failed", "skipped", "other")]
    assert words == [
        "Waiting for release",
        "Synced",
        "Failed, needs you",
        "Skipped by rule",
        "other",
    ]


@pytest.mark.parametrize(
    ("status", "hours", "expected"),
    [
        ("AWAITING_SHIPMENT", -1, ("Overdue", "bad")),
        ("AWAITING_SHIPMENT", 5, ("Due", "wait")),
        ("PARTIALLY_SHIPPING", 30, ("Due", "off")),
        ("ON_HOLD", 30, ("Due", "off")),
        ("AWAITING_COLLECTION", -1, None),
        ("CANCELLED", -1, None),
        ("SOMETHING_NEW", -1, None),
    ],
)
def test_the_clock_runs_until_the_order_has_left(
    status: str, hours: int, expected: tuple[str, str] | None
) -> None:
    order = Order(tiktok_status=status, ship_by=NOW + timedelta(hours=hours))
    clock = ship_clock(order, NOW)
    assert (clock and (clock.word, clock.tone)) == expected


def test_without_a_deadline_no_clock_runs() -> None:
    assert ship_clock(Order(tiktok_status="AWAITING_SHIPMENT"), NOW) is None


def test_a_release_is_expected_an_hour_after_payment() -> None:
    order = Order(tiktok_status="ON_HOLD", paid_at=NOW - timedelta(minutes=40))
    assert release_estimate(order, NOW) == NOW + timedelta(minutes=20)
    assert release_estimate(order, NOW + timedelta(minutes=21)) is None
    order.tiktok_status = "AWAITING_SHIPMENT"
    assert release_estimate(order, NOW) is None


def test_a_pre_order_is_released_on_its_date() -> None:
    due = NOW + timedelta(days=9)
    order = Order(tiktok_status="ON_HOLD", paid_at=NOW - timedelta(days=3), release_at=due)
    assert release_estimate(order, NOW) == due
    assert release_estimate(order, due) is None


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "just now"),
        (4, "just now"),
        (-4, "just now"),
        (40, "40 s ago"),
        (-40, "in 40 s"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (-1380, "in 23 min"),
        (3600, "1 h ago"),
        (86399, "23 h ago"),
        (86400, "1 d ago"),
        (-2 * 86400, "in 2 d"),
        (7 * 86400, "26 Apr, 12:00"),
        (200 * 86400, "15 Oct 2025"),
    ],
)
def test_times_are_relative_for_a_week(seconds: int, text: str) -> None:
    assert relative_time(NOW - timedelta(seconds=seconds), NOW) == text


def test_the_exact_time_names_its_zone() -> None:
    with timezone.override("Europe/Berlin"):
        assert exact_time(NOW) == "Sun 3 May 2026, 14:00:00 CEST"
    assert exact_time(None) == ""
    assert when(None) == "–"


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("35.9700", "USD", "$35.97"),
        ("168000.0000", "VND", "₫168,000"),
        ("1.2340", "KWD", "KWD1.234"),
        ("-4.20", "GBP", "-£4.20"),
        ("0", "JPY", "¥0"),
        ("12.50", "XQZ", "XQZ12.50"),
        ("12.50", "", "12.5"),
    ],
)
def test_money_is_written_in_its_currency(amount: str, currency: str, text: str) -> None:
    assert money(Decimal(amount), currency).replace("\xa0", "") == text


def test_no_amount_is_a_dash() -> None:
    assert money(None, "USD") == "–"


@pytest.mark.parametrize(("count", "text"), [(0, "0"), (9999, "9,999"), (10_000, "10,000")])
def test_counts_are_exact_up_to_the_cap(count: int, text: str) -> None:
    assert capped(count) == text
    assert capped(10_001) == "10,000+"


@pytest.mark.parametrize(
    ("text", "key"),
    [("7", 7), ("", 0), ("-1", 0), ("7x", 0), ("٧", 0), ("9" * 18, 10**18 - 1), ("9" * 19, 0)],
)
def test_a_row_key_is_digits_that_fit(text: str, key: int) -> None:
    assert read_key(text) == key


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd"])
def test_an_unknown_zone_is_utc(name: str) -> None:
    assert zone_of(Merchant(timezone=name)).key == "UTC"


def test_icons_are_drawings_without_a_voice() -> None:
    for name in NAMES:
        svg = icon(name)
        assert svg.startswith('<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"')
        assert "style=" not in svg
