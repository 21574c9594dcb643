"""keep_shop_webhooks: events that no longer reach us are turned back to us within a day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import seconds_from_now, set_columns
from tests.fakes import note_wakes
from tests.shops.conftest import ANNA_SHOP
from tests.shops.fakes import World
from tests.shops.pairs import anna
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.connect import connect_pair
from tiktoksync.shops.services.keep_shop_webhooks import KeepShopWebhooks
from tiktoksync.sync.lanes import Lane, drain


@pytest.fixture
def shop(world: World, monkeypatch: pytest.MonkeyPatch) -> TikTokShop:
    note_wakes(monkeypatch)
    connect_pair(anna())
    world.calls.clear()
    found = TikTokShop.objects.get()
    set_columns(found, next_webhook_check_at=timezone.now() - timedelta(seconds=1))
    return found


def look(shop: TikTokShop) -> TikTokShop:
    drain(Lane("keep_shop_webhooks", shop.pk))
    return TikTokShop.objects.get(pk=shop.pk)


def test_an_event_that_goes_elsewhere_or_nowhere_is_put_back(
    world: World, shop: TikTokShop
) -> None:
    webhooks = world.shops[ANNA_SHOP].webhooks
    webhooks["ORDER_STATUS_CHANGE"] = "https://old.example/"
    del webhooks["PACKAGE_UPDATE"]
    assert list(KeepShopWebhooks.due_accounts(timezone.now())) == [shop.pk]
    shop = look(shop)
    assert webhooks["ORDER_STATUS_CHANGE"] == "https://sync.example/webhooks/tiktok/"
    assert webhooks["PACKAGE_UPDATE"] == "https://sync.example/webhooks/tiktok/"
    assert world.writes() == ["put_webhook"] * 2
    assert shop.webhooks_restored == "ORDER_STATUS_CHANGE, PACKAGE_UPDATE"
    assert 86390 < seconds_from_now(shop.next_webhook_check_at) <= 86400


def test_the_last_repair_stays_told_after_a_look_that_found_nothing(
    world: World, shop: TikTokShop
) -> None:
    del world.shops[ANNA_SHOP].webhooks["PACKAGE_UPDATE"]
    first = look(shop)
    again = look(first)
    assert again.webhooks_restored == "PACKAGE_UPDATE"
    assert again.webhooks_restored_at == first.webhooks_restored_at
    assert again.webhooks_checked_at > first.webhooks_checked_at
    assert world.writes() == ["put_webhook"]


def test_an_installation_without_https_asks_no_platform(
    world: World, shop: TikTokShop, settings: object
) -> None:
    settings.PUBLIC_URL, settings.HTTPS = "http://sync.example", False  # type: ignore[attr-defined]
    shop = look(shop)
    assert world.calls == []
    assert 3590 < seconds_from_now(shop.next_webhook_check_at) <= 3600
