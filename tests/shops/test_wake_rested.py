"""Lanes of an account whose pause has just ended are woken at once, not by the next sweep."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import Pair, make_pair, set_columns, stored_order
from tests.fakes import Wakes, note_wakes
from tiktoksync.shops.services import wake_rested


@pytest.fixture
def wakes(monkeypatch: pytest.MonkeyPatch) -> Wakes:
    monkeypatch.setattr(wake_rested, "_looked_at", timezone.now() - timedelta(seconds=1))
    return note_wakes(monkeypatch)


@pytest.fixture
def pair(db: None, wakes: Wakes) -> Pair:
    """An order waits, and nothing else is due."""
    pair = make_pair()
    later = timezone.now() + timedelta(hours=1)
    set_columns(pair.shop, next_poll_at=later)
    set_columns(pair.store, next_fulfillment_poll_at=later)
    stored_order(pair.shop)
    wakes.lanes.clear()
    return pair


@pytest.mark.parametrize("column", ["paused_until", "next_order_at"])
def test_a_due_lane_is_woken_when_its_account_may_be_called_again(
    pair: Pair, wakes: Wakes, column: str
) -> None:
    set_columns(pair.store, **{column: timezone.now() - timedelta(seconds=0.2)})
    wake_rested.wake_rested()
    assert wakes.lanes == [("push_orders", pair.store.pk)]


def test_it_is_woken_once(pair: Pair, wakes: Wakes) -> None:
    set_columns(pair.store, paused_until=timezone.now() - timedelta(seconds=0.2))
    assert [wake_rested.wake_rested() for _ in range(3)] == [1, 0, 0]


@pytest.mark.parametrize("seconds", [-3600, 0.5])
def test_other_accounts_are_left_to_the_sweep(pair: Pair, wakes: Wakes, seconds: float) -> None:
    set_columns(pair.store, paused_until=timezone.now() + timedelta(seconds=seconds))
    assert (wake_rested.wake_rested(), wakes.lanes) == (0, [])


def test_a_tiktok_shop_is_woken_by_the_lanes_of_its_side(pair: Pair, wakes: Wakes) -> None:
    just_now = timezone.now() - timedelta(seconds=0.2)
    set_columns(pair.shop, paused_until=just_now, next_poll_at=just_now)
    wake_rested.wake_rested()
    assert ("pull_orders", pair.shop.pk) in wakes.lanes
    assert "push_orders" not in wakes.stems()
