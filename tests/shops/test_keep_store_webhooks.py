"""keep_store_webhooks: what Shopify deleted is put back within a day, and said."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import seconds_from_now, set_columns
from tests.fakes import note_wakes
from tests.shops.conftest import ANNA_STORE
from tests.shops.fakes import World
from tests.shops.pairs import anna
from tiktoksync.errors import Rejected, Unreachable
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.connect import connect_pair
from tiktoksync.shops.services.keep_store_webhooks import KeepStoreWebhooks
from tiktoksync.sync.accounts import lose_consent, pause
from tiktoksync.sync.lanes import Lane, drain

STEM = "keep_store_webhooks"


@pytest.fixture
def store(world: World, monkeypatch: pytest.MonkeyPatch) -> ShopifyStore:
    note_wakes(monkeypatch)
    connect_pair(anna())
    world.calls.clear()
    return ShopifyStore.objects.get()


def lose(world: World, topic: str) -> None:
    """Shopify deletes a subscription."""
    over_there = world.stores[ANNA_STORE].subscriptions
    gid = next(gid for gid, (name, _) in over_there.items() if name == topic)
    del over_there[gid]


def due() -> list[int]:
    return list(KeepStoreWebhooks.due_accounts(timezone.now()))


def look(store: ShopifyStore) -> ShopifyStore:
    drain(Lane(STEM, store.pk))
    return ShopifyStore.objects.get(pk=store.pk)


def a_day_later(store: ShopifyStore) -> None:
    set_columns(store, next_webhook_check_at=timezone.now() - timedelta(seconds=1))


def test_what_is_missing_is_put_back_and_said(
    world: World, store: ShopifyStore, caplog: pytest.LogCaptureFixture
) -> None:
    assert due() == [], "it was subscribed just now"
    a_day_later(store)
    lose(world, "ORDERS_UPDATED")
    lose(world, "FULFILLMENTS_CREATE")
    assert due() == [store.pk]
    with caplog.at_level(logging.WARNING):
        store = look(store)
    assert world.writes() == ["create_webhook_subscription"] * 2
    assert store.webhooks_restored == "ORDERS_UPDATED, FULFILLMENTS_CREATE"
    assert -2 < seconds_from_now(store.webhooks_restored_at) <= 0
    assert 86390 < seconds_from_now(store.next_webhook_check_at) <= 86400
    assert "webhooks restored" in caplog.text
    assert "ORDERS_UPDATED, FULFILLMENTS_CREATE" in caplog.text
    assert due() == []


def test_a_complete_set_is_only_read(world: World, store: ShopifyStore) -> None:
    a_day_later(store)
    store = look(store)
    assert world.calls == ["webhook_subscriptions"]
    assert (store.webhooks_restored, store.webhooks_restored_at) == ("", None)
    assert -2 < seconds_from_now(store.webhooks_checked_at) <= 0


def test_who_relies_on_polling_is_not_subscribed(world: World, store: ShopifyStore) -> None:
    a_day_later(store)
    set_columns(store, subscribed_at=None)
    assert due() == []
    look(store)
    assert world.calls == []


@pytest.mark.parametrize("how", ["lost", "paused"])
def test_an_account_that_waits_is_not_asked(world: World, store: ShopifyStore, how: str) -> None:
    a_day_later(store)
    if how == "lost":
        lose_consent(store, "Gone.")
    else:
        pause(store, 60, "Slow down.")
    assert due() == []
    look(store)
    assert world.calls == []


def test_a_platform_that_is_away_is_asked_again_within_the_hour(
    world: World, store: ShopifyStore
) -> None:
    a_day_later(store)
    world.errors["webhook_subscriptions"] = Unreachable("Shopify could not be reached.")
    store = look(store)
    assert store.paused_reason == "Shopify could not be reached."
    assert 3590 < seconds_from_now(store.next_webhook_check_at) <= 3600
    assert store.webhooks_checked_at is None


def test_a_refused_subscription_pauses_nobody_and_is_logged(
    world: World, store: ShopifyStore, caplog: pytest.LogCaptureFixture
) -> None:
    a_day_later(store)
    lose(world, "ORDERS_UPDATED")
    world.errors["create_webhook_subscription"] = Rejected("Shopify refused it.")
    with caplog.at_level(logging.WARNING):
        store = look(store)
    assert (store.health, store.paused_until) == ("ok", None)
    assert "webhooks not checked" in caplog.text
    assert 3590 < seconds_from_now(store.next_webhook_check_at) <= 3600
