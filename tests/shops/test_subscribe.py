"""Subscriptions: only what is missing is added, and what is ours elsewhere is replaced."""

from __future__ import annotations

from typing import Any

import pytest

from tests.shops.conftest import ANNA_SHOP, ANNA_STORE
from tests.shops.fakes import World
from tests.shops.pairs import anna
from tiktoksync.errors import ConfigError, Rejected
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop
from tiktoksync.shops.services.connect import ConnectedPair, connect_pair
from tiktoksync.shops.services.subscribe import (
    SHOPIFY_TOPICS,
    TIKTOK_EVENTS,
    missing_at_shopify,
    missing_at_tiktok,
    subscribe_shop,
    subscribe_store,
)


@pytest.fixture
def pair(world: World) -> ConnectedPair:
    connected = connect_pair(anna())
    world.calls.clear()
    return connected


def test_nothing_is_written_when_all_is_there(world: World, pair: ConnectedPair) -> None:
    assert subscribe_store(pair.store) == 0
    assert subscribe_shop(pair.shop) == 0
    assert world.calls == ["webhook_subscriptions", "get_webhooks"]


def test_a_subscription_that_shopify_deleted_is_restored(world: World, pair: ConnectedPair) -> None:
    over_there = world.stores[ANNA_STORE].subscriptions
    gid = next(gid for gid, (topic, _) in over_there.items() if topic == "ORDERS_UPDATED")
    del over_there[gid]
    assert missing_at_shopify(pair.store) == ["ORDERS_UPDATED"]
    assert subscribe_store(pair.store) == 1
    assert missing_at_shopify(pair.store) == []
    assert world.writes() == ["create_webhook_subscription"]


def test_a_new_public_address_replaces_the_old_subscriptions(
    world: World, pair: ConnectedPair, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://moved.example/app"
    assert subscribe_store(pair.store) == 2 * len(SHOPIFY_TOPICS)
    assert subscribe_shop(pair.shop) == len(TIKTOK_EVENTS)
    secret = pair.store.webhook_secret
    assert set(world.stores[ANNA_STORE].subscriptions.values()) == {
        (topic, f"https://moved.example/app/webhooks/shopify/{secret}/") for topic in SHOPIFY_TOPICS
    }
    assert set(world.shops[ANNA_SHOP].webhooks.values()) == {
        "https://moved.example/app/webhooks/tiktok/"
    }
    assert missing_at_tiktok(pair.shop) == []


def test_the_new_address_is_there_before_the_old_one_goes(
    world: World, pair: ConnectedPair, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://moved.example"
    subscribe_store(pair.store)
    count = len(SHOPIFY_TOPICS)
    assert world.writes() == (
        ["create_webhook_subscription"] * count + ["delete_webhook_subscription"] * count
    )


def test_a_new_path_secret_replaces_the_old_subscriptions(
    world: World, pair: ConnectedPair
) -> None:
    pair.store.webhook_secret = "fresh-path-secret"
    subscribe_store(pair.store)
    uris = {uri for _, uri in world.stores[ANNA_STORE].subscriptions.values()}
    assert uris == {"https://sync.example/webhooks/shopify/fresh-path-secret/"}


def test_somebody_elses_subscription_stays(world: World, pair: ConnectedPair) -> None:
    other = ("ORDERS_UPDATED", "https://erp.example/hooks/shopify")
    world.stores[ANNA_STORE].subscriptions["gid://other"] = other
    assert subscribe_store(pair.store) == 0
    assert world.stores[ANNA_STORE].subscriptions["gid://other"] == other


def test_an_event_that_goes_elsewhere_is_turned_to_us(world: World, pair: ConnectedPair) -> None:
    world.shops[ANNA_SHOP].webhooks["ORDER_STATUS_CHANGE"] = "https://old.example/"
    assert missing_at_tiktok(pair.shop) == ["ORDER_STATUS_CHANGE"]
    assert subscribe_shop(pair.shop) == 1
    assert missing_at_tiktok(pair.shop) == []


def test_without_subscribing_no_platform_is_asked_for_webhooks(world: World) -> None:
    pair = connect_pair(anna(subscribe=False))
    assert world.stores[ANNA_STORE].subscriptions == {}
    assert world.shops[ANNA_SHOP].webhooks == {}
    assert (pair.store.subscribed_at, pair.shop.subscribed_at) == (None, None)
    assert pair.shopify_webhook_url.startswith("https://sync.example/webhooks/shopify/")


def test_a_public_address_without_https_is_refused(world: World, settings: Any) -> None:
    settings.PUBLIC_URL, settings.HTTPS = "http://sync.example", False
    with pytest.raises(ConfigError, match="webhooks need an https address"):
        connect_pair(anna())
    assert Merchant.objects.count() == 0
    assert world.calls == []
    assert connect_pair(anna(subscribe=False)).store.pk is not None


def test_plain_http_is_accepted_on_the_own_machine(world: World, settings: Any) -> None:
    settings.PUBLIC_URL, settings.HTTPS, settings.ON_LOOPBACK = "http://127.0.0.1:8000", False, True
    connect_pair(anna())
    assert set(world.shops[ANNA_SHOP].webhooks.values()) == {
        "http://127.0.0.1:8000/webhooks/tiktok/"
    }


def test_a_refused_subscription_leaves_a_connection_that_can_be_completed(world: World) -> None:
    world.errors["put_webhook"] = Rejected("TikTok Shop refuses the address.")
    with pytest.raises(Rejected):
        connect_pair(anna())
    assert ShopifyStore.objects.get().subscribed_at is not None
    assert TikTokShop.objects.get().subscribed_at is None
    world.errors.clear()
    assert connect_pair(anna()).shop.subscribed_at is not None
