"""The store's points, remembered between two drains."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import make_pair, pass_time, seconds_from_now, set_columns
from tiktoksync.lib.answers import Cost
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.budget import load_pace, save_pace
from tiktoksync.sync.pace import Pace


@pytest.fixture
def store(db: None) -> ShopifyStore:
    return make_pair().store


def remember(store: ShopifyStore, available: float) -> ShopifyStore:
    pace = Pace()
    pace.settle(Cost(10, 10, available, 2000, 100))
    save_pace(store, pace)
    store.refresh_from_db()
    return store


def test_a_store_nobody_knows_is_not_held_back(store: ShopifyStore) -> None:
    assert load_pace(store).metered is False


def test_what_shopify_said_last_is_remembered(store: ShopifyStore) -> None:
    remember(store, 40)
    assert (store.budget_available, store.budget_rate, store.budget_maximum) == (40, 100, 2000)
    assert -2 < seconds_from_now(store.budget_seen_at) <= 0
    assert load_pace(store).affordable(100) in (3, 4)


def test_it_has_refilled_since(store: ShopifyStore) -> None:
    remember(store, 0)
    pass_time(1.2)
    store.refresh_from_db()
    assert load_pace(store).affordable(100) >= 10


def test_an_old_memory_is_no_memory(store: ShopifyStore) -> None:
    remember(store, 0)
    set_columns(store, budget_seen_at=timezone.now() - timedelta(hours=2))
    assert load_pace(store).metered is False


def test_a_drain_without_figures_forgets_nothing(store: ShopifyStore) -> None:
    remember(store, 40)
    save_pace(store, Pace())
    store.refresh_from_db()
    assert store.budget_available == 40
