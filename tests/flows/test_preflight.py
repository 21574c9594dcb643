"""The pre-flight against both platforms: what is fine, what is in the way, what gave no answer."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from orders.services.suggest_carriers import suggest_carriers
from tests.flows.other_apps import another_app_makes
from tests.flows.world import US_SHOP, World
from tiktoksync.connecting.models import PreflightCheck
from tiktoksync.connecting.services.run_preflight import run_preflight
from tiktoksync.lib.answers import Answer
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services import preflight as store_preflight
from tiktoksync.tiktok.client import TikTokClient

#: Calls that only look; a pre-flight makes no other.
WRITES = ("orderCreate", "metafieldDefinitionCreate", "webhookSubscriptionCreate", "update_webhook")


@pytest.fixture
def shop(world: World) -> TikTokShop:
    return TikTokShop.objects.get(shop_id=US_SHOP)


def check(shop: TikTokShop) -> dict[str, PreflightCheck]:
    run_preflight(shop)
    return {one.key: one for one in PreflightCheck.objects.filter(shop=shop)}


def lights(found: dict[str, PreflightCheck]) -> dict[str, str]:
    return {key: one.light for key, one in found.items() if one.light != "green"}


def test_a_good_pair_is_green_and_nothing_is_changed(world: World, shop: TikTokShop) -> None:
    world.place(US_SHOP)
    world.forget_calls()
    found = check(shop)
    assert {key: one.words for key, one in found.items() if one.light != "green"} == {
        "webhooks": "News is asked for, not sent here: changes arrive a little later."
    }
    assert set(found) == {
        *("shopify", "scopes", "currency", "marker", "rival"),
        *("tiktok", "region", "tiktok_scopes", "warehouses", "ready", "consent"),
        *("webhooks", "clock"),
    }
    assert found["currency"].words == "Both sides count in USD."
    assert found["warehouses"].words == "The shop has 2 warehouses on TikTok."
    calls = world.calls()
    assert sum(calls.values()) <= 16
    assert [name for name in calls if name.rpartition(":")[2] in WRITES] == []


def test_carriers_are_read_before_anything_is_shipped(world: World, shop: TikTokShop) -> None:
    world.place(US_SHOP)
    world.sync()
    assert suggest_carriers(shop) == []
    check(shop)
    lines = {line.name: (line.chosen, line.how) for line in suggest_carriers(shop)}
    assert lines["USPS"] == ("USPS", "same")
    world.forget_calls()
    check(shop)
    assert world.calls().get("tiktok:logistics.shipping_providers", 0) == 0


def test_before_the_first_order_a_rival_cannot_be_ruled_out(shop: TikTokShop) -> None:
    found = check(shop)
    assert lights(found) == {"rival": "amber", "webhooks": "amber"}


def test_a_store_of_another_currency_is_in_the_way(world: World, shop: TikTokShop) -> None:
    TikTokShop.objects.filter(pk=shop.pk).update(region="GB")
    shop.refresh_from_db()
    found = check(shop)
    assert found["currency"].light == "red"
    assert found["currency"].words == "TikTok orders come in GBP, and the store takes USD alone."
    assert "Add GBP" in found["currency"].fix


def test_scopes_that_are_missing_are_named(
    shop: TikTokShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    needed = (*store_preflight.NEEDED_SCOPES, "write_gift_cards")
    monkeypatch.setattr(store_preflight, "NEEDED_SCOPES", needed)
    found = check(shop)
    assert found["scopes"].light == "red"
    assert found["scopes"].words == "Shopify does not grant write_gift_cards."


def test_a_silent_platform_hides_nothing_of_the_other(world: World, shop: TikTokShop) -> None:
    world.fault(action="status", status=500, match={"platform": "tiktok"}, times=50)
    found = check(shop)
    assert found["tiktok"].light == "amber"
    assert found["shopify"].light == found["currency"].light == "green"
    world.heal()
    assert "tiktok" not in lights(check(shop))


def test_a_withdrawn_consent_is_in_the_way(shop: TikTokShop) -> None:
    shop.store.credential.access_token = "shpat_" + "0" * 32
    shop.store.credential.save()
    found = check(shop)
    assert found["shopify"].light == "red"
    assert found["shopify"].fix == "Reconnect it under Settings, Connections."
    assert found["tiktok"].light == "green"


def test_what_tiktok_misses_of_the_shop_is_told_in_words(
    shop: TikTokShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = [
        {"check_item": item, "is_failed": True, "fail_reasons": ["Not yet."]}
        for item in ("SHOP_TAX", "SHOP_STATUS", "SOMETHING_NEW")
    ]
    monkeypatch.setattr(TikTokClient, "prerequisites", lambda self: Answer(failed, "", 0.0))
    found = check(shop)
    assert found["something_new"].words == "TikTok misses SOMETHING_NEW: Not yet."
    assert (found["tax"].light, found["seller"].light) == ("amber", "red")
    assert found["seller"].words.startswith("TikTok has not opened the shop for selling")
    assert "ready" not in found


def test_another_apps_orders_are_found(world: World, shop: TikTokShop) -> None:
    order_id = world.place(US_SHOP)
    name = another_app_makes(world, sourceIdentifier=order_id)
    found = check(shop)
    assert found["rival"].light == "red"
    assert f"{name} is one of 1 among the newest 1." in found["rival"].words


def test_a_second_look_replaces_the_first(shop: TikTokShop) -> None:
    first = check(shop)
    again = check(shop)
    assert PreflightCheck.objects.count() == len(again) == len(first)


def test_a_wrong_clock_is_told(
    shop: TikTokShop, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    from tiktoksync.connecting import look_over

    ahead = look_over.platform_time(settings.TIKTOK_API_URL) + 400
    monkeypatch.setattr(look_over, "platform_time", lambda url: ahead)
    found = check(shop)
    assert found["clock"].light == "amber"
    assert "400 seconds" in found["clock"].words
