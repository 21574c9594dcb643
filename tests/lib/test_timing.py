"""Waiting times and the one clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from tiktoksync.lib import timing


def test_by_default_a_second_is_a_second() -> None:
    assert timing.scaled_seconds(30) == 30
    assert timing.scaled(90) == timedelta(seconds=90)


def test_the_scale_shortens_every_wait_alike(settings: Any) -> None:
    settings.TIME_SCALE = 0.01
    assert timing.scaled_seconds(30) == pytest.approx(0.3)
    assert timing.scaled(60) == timedelta(seconds=0.6)


def later_than(before: datetime) -> bool:
    """Whether the clock gets beyond a moment, given a thousand looks."""
    return any(timing.database_now() > before for _ in range(1000))


@pytest.mark.django_db
def test_the_databases_clock_is_aware_and_goes() -> None:
    before = timing.database_now()
    assert before.tzinfo is not None
    assert abs((before - datetime.now(UTC)).total_seconds()) < 5
    assert later_than(before)


@pytest.mark.django_db
def test_the_clock_does_not_stand_still_inside_a_transaction() -> None:
    """now() of PostgreSQL would: a long transaction would give leases that are over already."""
    with transaction.atomic():
        assert later_than(timing.database_now())


@pytest.mark.django_db
def test_only_a_database_without_a_clock_uses_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(1999, 1, 1, tzinfo=UTC))
    assert (timing.database_now().year == 1999) is (connection.vendor == "sqlite")
