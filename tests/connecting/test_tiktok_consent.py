"""TikTok's answer is believed once, soon, in the browser that asked; several shops are chosen."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.connecting.people import Person, agree, browser_of, refused, stored
from tests.flows.world import US_SHOP, VN_SHOP, VN_STORE, World
from tests.lib.raw_server import closed_port
from tests.web.reading import text_of
from tiktoksync.connecting.models import ConsentJourney, TikTokGrant
from tiktoksync.connecting.services import tiktok_consent
from tiktoksync.shops.models import PlatformApp, ShopifyStore, TikTokShop


@pytest.fixture
def store(world: World, olga: Person) -> ShopifyStore:
    """Olga's store, which no shop feeds yet."""
    return olga.connect_store()


def test_an_agreed_shop_is_connected_and_waits(
    world: World, olga: Person, store: ShopifyStore
) -> None:
    shop = olga.connect_shop(store)
    assert (shop.merchant, shop.store, shop.region) == (olga.merchant, store, "US")
    assert (shop.live_at, shop.disconnected_at) == (None, None)
    assert not TikTokGrant.objects.exists()
    page = text_of(olga.client.get(reverse("connect")))
    assert "Not live yet: its orders are shown here and wait." in page


def test_an_answer_works_once(world: World, olga: Person, store: ShopifyStore) -> None:
    answer = agree(olga.ask_tiktok(store), shop_id=US_SHOP)
    olga.come_back("tiktok", answer)
    before = stored()
    world.forget_calls()
    refused(olga.come_back("tiktok", answer), "used")
    assert (stored(), world.calls()) == (before, {})


def test_an_answer_works_for_an_hour(world: World, olga: Person, store: ShopifyStore) -> None:
    answer, before = agree(olga.ask_tiktok(store), shop_id=US_SHOP), stored()
    ConsentJourney.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    refused(olga.come_back("tiktok", answer), "expired")
    assert stored() == before


def test_an_answer_works_in_the_browser_and_for_the_person_that_asked(
    world: World, olga: Person, ben: Person, store: ShopifyStore
) -> None:
    answer, before = agree(olga.ask_tiktok(store), shop_id=US_SHOP), stored()
    elsewhere = Person(olga.user, olga.merchant, browser_of(olga.user, olga.merchant))
    refused(elsewhere.come_back("tiktok", answer), "session")
    refused(ben.come_back("tiktok", answer), "session")
    assert stored() == before
    assert olga.come_back("tiktok", answer).status_code == 302


def test_a_seller_who_says_no_connects_nothing(
    world: World, olga: Person, store: ShopifyStore
) -> None:
    answer, before = agree(olga.ask_tiktok(store), refuse="1"), stored()
    world.forget_calls()
    refused(olga.come_back("tiktok", answer), "denied")
    assert (stored(), world.calls()) == (before, {})


def test_missing_permissions_are_named(
    world: World, olga: Person, store: ShopifyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = (*tiktok_consent.NEEDED, "seller.new.read")
    monkeypatch.setattr(tiktok_consent, "NEEDED", wanted)
    answer, before = agree(olga.ask_tiktok(store), shop_id=US_SHOP), stored()
    said = olga.come_back("tiktok", answer)
    refused(said, "scopes", platform="TikTok Shop", missing="seller.new.read")
    assert stored() == before


def test_a_code_that_tiktok_refuses_connects_nothing(
    world: World, olga: Person, store: ShopifyStore
) -> None:
    answer, before = agree(olga.ask_tiktok(store), shop_id=US_SHOP), stored()
    said = olga.come_back("tiktok", answer | {"code": "TTP_made-up"})
    assert (said.status_code, said.context["reason"]) == (502, "platform")
    assert stored() == before


def test_a_platform_that_is_away_connects_nothing(
    world: World, olga: Person, store: ShopifyStore, settings: Settings
) -> None:
    answer, before = agree(olga.ask_tiktok(store), shop_id=US_SHOP), stored()
    settings.TIKTOK_AUTH_URL = f"http://127.0.0.1:{closed_port()}"
    said = olga.come_back("tiktok", answer)
    assert (said.status_code, said.context["reason"]) == (502, "platform")
    assert stored() == before


def test_an_account_without_a_shop_is_told_to_be_the_wrong_one(
    world: World, olga: Person, store: ShopifyStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, before = agree(olga.ask_tiktok(store), shop_id=US_SHOP), stored()
    exchange = tiktok_consent.exchange_with
    monkeypatch.setattr(
        tiktok_consent, "exchange_with", lambda *given: replace(exchange(*given), shops=())
    )
    refused(olga.come_back("tiktok", answer), "no_shops")
    assert stored() == before


@pytest.mark.parametrize("missing", ["TIKTOK_APP_KEY", "TIKTOK_SERVICE_ID"])
def test_without_an_app_nobody_sets_out(
    world: World, olga: Person, store: ShopifyStore, settings: Settings, missing: str
) -> None:
    PlatformApp.objects.filter(platform="tiktok").delete()
    setattr(settings, missing, "")
    answer = olga.ask_tiktok(store)
    assert (answer.status_code, answer.context["reason"]) == (503, "no_app")
    assert not ConsentJourney.objects.filter(platform="tiktok").exists()


def test_a_shop_of_another_merchant_is_not_taken_over(
    world: World, olga: Person, ben: Person, store: ShopifyStore
) -> None:
    shop = olga.connect_shop(store)
    other = ben.connect_store(VN_STORE)
    before = stored()

    said = ben.come_back("tiktok", agree(ben.ask_tiktok(other), shop_id=US_SHOP))

    refused(said, "taken", account=str(shop))
    assert "Olga" not in text_of(said)
    assert stored() == before


def test_a_shop_feeds_one_store(world: World, olga: Person, store: ShopifyStore) -> None:
    shop = olga.connect_shop(store)
    second = olga.connect_store(VN_STORE)
    before = stored()
    said = olga.come_back("tiktok", agree(olga.ask_tiktok(second), shop_id=US_SHOP))
    refused(said, "other_store", account=str(shop), found=str(store))
    assert stored() == before


def test_reconnecting_wants_the_account_of_the_same_shop(
    world: World, olga: Person, store: ShopifyStore
) -> None:
    shop = olga.connect_shop(store)
    before = stored()
    left = olga.ask_tiktok(shop_id=US_SHOP)
    said = olga.come_back("tiktok", agree(left, shop_id=VN_SHOP))
    assert (said.status_code, said.context["reason"]) == (400, "wrong_shop")
    assert f"You are reconnecting {shop}," in text_of(said)
    assert stored() == before


def test_without_a_store_nobody_sets_out(world: World, olga: Person) -> None:
    refused(olga.ask_tiktok(), "no_store")
    assert not ConsentJourney.objects.exists()


def test_a_strangers_store_is_as_good_as_none(
    world: World, ben: Person, store: ShopifyStore
) -> None:
    refused(ben.ask_tiktok(store), "no_store")
    assert not ConsentJourney.objects.filter(user=ben.user).exists()


# --- a consent that opens several shops ---------------------------------------------------------


@pytest.fixture
def grant(olga: Person, store: ShopifyStore) -> TikTokGrant:
    """A consent that opens two shops."""
    olga.ask_tiktok(store)
    later = timezone.now() + timedelta(days=7)
    return TikTokGrant.objects.create(
        merchant=olga.merchant,
        app=PlatformApp.objects.get(platform="tiktok"),
        store=store,
        user=olga.user,
        access_token="TTP_sandbox-us-access",
        refresh_token="TTP_sandbox-us-refresh",
        access_expires_at=later,
        refresh_expires_at=later,
        shops=[
            {"id": US_SHOP, "name": "First", "region": "US", "cipher": "TTP_sandboxUsCipher01"},
            {"id": VN_SHOP, "name": "Second", "region": "VN", "cipher": "ROW_sandboxVnCipher02"},
        ],
    )


def test_only_the_chosen_shops_are_connected(
    world: World, olga: Person, grant: TikTokGrant, store: ShopifyStore
) -> None:
    page = olga.client.get(reverse("connect-choose", args=[grant.pk]))
    assert "The account that agreed opens 2 shops." in text_of(page)
    assert "TTP_sandbox" not in page.content.decode()
    wish = {"shops": [US_SHOP], "store": str(store.pk)}

    said = olga.client.post(reverse("connect-take", args=[grant.pk]), wish, follow=True)

    assert "Orders wait until you go live." in text_of(said)
    assert [(shop.shop_id, shop.store) for shop in TikTokShop.objects.all()] == [(US_SHOP, store)]
    # The tokens of a consent are kept no longer than the choice takes.
    assert not TikTokGrant.objects.exists()
    again = olga.client.get(reverse("connect-choose", args=[grant.pk]))
    assert again.status_code == 404


def test_choosing_none_asks_again(olga: Person, world: World, grant: TikTokGrant) -> None:
    before = stored()
    said = olga.client.post(reverse("connect-take", args=[grant.pk]), {}, follow=True)
    assert "Choose at least one shop." in text_of(said)
    assert stored() == before


def test_a_consent_is_of_the_person_who_gave_it(
    world: World, ben: Person, grant: TikTokGrant, store: ShopifyStore
) -> None:
    before = stored()
    assert ben.client.get(reverse("connect-choose", args=[grant.pk])).status_code == 404
    wish = {"shops": [US_SHOP], "store": str(store.pk)}
    assert ben.client.post(reverse("connect-take", args=[grant.pk]), wish).status_code == 404
    assert stored() == before


def test_a_consent_is_chosen_from_within_the_hour(
    world: World, olga: Person, grant: TikTokGrant, store: ShopifyStore
) -> None:
    TikTokGrant.objects.update(created_at=timezone.now() - timedelta(minutes=61))
    before = stored()
    assert olga.client.get(reverse("connect-choose", args=[grant.pk])).status_code == 404
    wish = {"shops": [US_SHOP], "store": str(store.pk)}
    assert olga.client.post(reverse("connect-take", args=[grant.pk]), wish).status_code == 404
    assert stored() == before
