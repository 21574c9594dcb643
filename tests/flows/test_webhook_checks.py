"""A subscription that a platform dropped comes back by itself, and the settings page says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.utils import timezone

from tests.flows.token_worlds import own_tokens
from tests.flows.world import US_SHOP, US_STORE, World
from tests.web.conftest import browser
from tests.web.reading import text_of
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_client, tiktok_client
from tiktoksync.shops.services.subscribe import (
    SHOPIFY_TOPICS,
    TIKTOK_EVENTS,
    store_webhook_url,
    subscribe_shop,
    subscribe_store,
    tiktok_webhook_url,
)


def addresses(store: ShopifyStore) -> list[tuple[str, str]]:
    """What the sandbox has of the store, in order."""
    found = shopify_client(store).webhook_subscriptions().data
    return sorted((one.topic, one.uri) for one in found)


def test_what_was_dropped_at_both_platforms_comes_back_within_a_day(
    world: World, settings: Any
) -> None:
    settings.PUBLIC_URL, settings.ON_LOOPBACK = "http://127.0.0.1:9", True
    store = ShopifyStore.objects.select_related("app", "credential").get(shop_domain=US_STORE)
    shop = TikTokShop.objects.select_related("app", "credential").get(shop_id=US_SHOP)
    subscribe_store(store)
    subscribe_shop(shop)
    complete = addresses(store)
    assert complete == sorted((topic, store_webhook_url(store)) for topic in SHOPIFY_TOPICS)
    (dropped,) = (
        one
        for one in shopify_client(store).webhook_subscriptions().data
        if one.topic == "ORDERS_UPDATED"
    )
    shopify_client(store).delete_webhook_subscription(dropped.id)
    tiktok_client(shop).put_webhook("ORDER_STATUS_CHANGE", "https://elsewhere.example/hook")
    world.forget_calls()

    world.sync()
    assert "shopify:webhookSubscriptions" not in world.calls(), "not before it is due"
    past = timezone.now() - timedelta(seconds=1)
    for accounts in (ShopifyStore, TikTokShop):
        accounts.objects.update(next_webhook_check_at=past)
    world.sync()

    assert addresses(store) == complete
    there = {one.event_type: one.address for one in tiktok_client(shop).get_webhooks().data}
    assert there == dict.fromkeys(TIKTOK_EVENTS, tiktok_webhook_url())
    assert world.calls()["shopify:webhookSubscriptionCreate"] == 1
    assert world.calls()["tiktok:event.put"] == 1
    client: Client = browser("anna", shop.merchant)
    words = text_of(client.get("/settings/"))
    assert "put back ORDERS_UPDATED just now" in words
    assert "put back ORDER_STATUS_CHANGE just now" in words
    assert own_tokens(US_SHOP)["access_token"] not in words


def test_an_account_that_relies_on_polling_says_so(world: World) -> None:
    world.sync()
    client: Client = browser("anna", TikTokShop.objects.first().merchant)
    assert "No webhooks: changes are found by polling" in text_of(client.get("/settings/"))
    assert not [name for name in world.calls() if "webhook" in name or "event." in name]
