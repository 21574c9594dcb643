"""A connection is taken apart and made again: silence in between, and everything is found again."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from orders.models import Order, StatusChange
from products.models import Link, Variant
from tests.connecting.people import Person, agree, make_person
from tests.flows.world import US_SHOP, US_STORE, World
from tests.web.reading import text_of
from tests.webhooks.cast import tiktok_body
from tiktoksync.connecting.services.go_live import go_live
from tiktoksync.shops.models import (
    Credential,
    OrderRules,
    Platform,
    SettingsChange,
    ShopifyStore,
    TikTokShop,
)
from tiktoksync.webhooks import inbox
from tiktoksync.webhooks.inbox import Incoming
from tiktoksync.webhooks.models import Delivery
from tiktoksync.webhooks.topics import read_tiktok

Account = TikTokShop | ShopifyStore
SKU = {"items": [{"sku": "HP-MUG-CREAM"}]}


@pytest.fixture
def store(world: World, olga: Person) -> ShopifyStore:
    return olga.connect_store()


@pytest.fixture
def shop(olga: Person, store: ShopifyStore) -> TikTokShop:
    return olga.connect_shop(store)


def disconnect(person: Person, account: Account, name: str = "") -> Any:
    """Confirm it by typing the name."""
    side, own = ("store", US_STORE) if isinstance(account, ShopifyStore) else ("shop", US_SHOP)
    address = reverse("connect-disconnect-now", args=[side, account.pk])
    return person.client.post(address, {"name": name or own}, follow=True)


def work(world: World, times: int = 2) -> None:
    """Some passes of every flow, everything that is due looked at."""
    for _ in range(times):
        world.due_now()
        TikTokShop.objects.update(next_poll_at=None)
        world.sync()


def test_a_name_that_does_not_fit_disconnects_nothing(olga: Person, shop: TikTokShop) -> None:
    said = disconnect(olga, shop, "another")
    assert said.status_code == 422
    shop.refresh_from_db()
    assert (shop.disconnected_at, shop.stopped_at) == (None, None)
    assert Credential.objects.count() == 2


@pytest.mark.parametrize("role", ["operator", "viewer"])
def test_only_an_owner_disconnects(olga: Person, shop: TikTokShop, role: str) -> None:
    assert disconnect(make_person(role, olga.merchant, role), shop).status_code == 403
    assert TikTokShop.objects.get().disconnected_at is None


def test_another_merchants_shop_is_not_there_to_disconnect(
    olga: Person, ben: Person, shop: TikTokShop
) -> None:
    assert disconnect(ben, shop).status_code == 404
    assert TikTokShop.objects.get().disconnected_at is None


def test_disconnecting_says_so_once_and_destroys_the_tokens(
    world: World, olga: Person, shop: TikTokShop
) -> None:
    before = SettingsChange.objects.count()
    page = text_of(disconnect(olga, shop))
    assert f"{shop} is disconnected. Its orders and links stay here." in page
    disconnect(olga, shop)
    assert SettingsChange.objects.count() == before + 1
    line = SettingsChange.objects.latest("pk")
    assert line.words == f"Disconnected {shop}. Orders, links and settings stay."

    work(world, 1)

    assert not Credential.objects.filter(shop=shop).exists()
    assert Credential.objects.filter(store=shop.store).exists()


def test_a_disconnected_account_is_called_no_more(
    world: World, olga: Person, store: ShopifyStore, shop: TikTokShop
) -> None:
    disconnect(olga, shop)
    disconnect(olga, store)
    work(world, 1)
    world.forget_calls()
    world.place()
    work(world)
    assert (world.calls(), Order.objects.count()) == ({}, 0)


def test_the_inbox_ignores_a_disconnected_account(olga: Person, shop: TikTokShop) -> None:
    disconnect(olga, shop)
    shop.refresh_from_db()
    raw = tiktok_body(1, data={"order_id": "5"})
    outcome = inbox.store_once(Incoming(Platform.TIKTOK, read_tiktok(raw), raw, shop))
    assert outcome == "ignored"
    assert Delivery.objects.get().note == "The connection was taken apart here."
    assert inbox.take_hints(shop=shop, limit=9) == []


@pytest.mark.usefixtures("catalogues")
def test_connecting_again_finds_everything_and_doubles_nothing(
    world: World, olga: Person, store: ShopifyStore, shop: TikTokShop
) -> None:
    work(world, 3)
    go_live(shop, olga.user)
    first = world.place(**SKU)
    world.act(first, "release")
    work(world)
    assert len(world.shopify(first)) == 1
    kept = (set(Link.objects.values_list("pk", flat=True)), Variant.objects.count())
    history = set(StatusChange.objects.values_list("pk", flat=True))
    live_at = TikTokShop.objects.get().live_at
    assert kept[0]
    OrderRules.objects.filter(shop=shop).update(safety_hold_minutes=7)
    disconnect(olga, shop)
    disconnect(olga, store)
    work(world, 1)
    assert not Credential.objects.exists()
    second = world.place(**SKU)
    world.act(second, "release")

    assert olga.connect_store() == store
    left = olga.ask_tiktok(shop_id=US_SHOP)
    said = olga.come_back("tiktok", agree(left, shop_id=US_SHOP), follow=True)
    assert f"{shop} is connected." in text_of(said)
    assert OrderRules.objects.get().safety_hold_minutes == 7
    OrderRules.objects.update(safety_hold_minutes=0)
    work(world, 4)

    again = TikTokShop.objects.get()
    assert (again.pk, again.store_id, again.live_at) == (shop.pk, store.pk, live_at)
    assert (again.disconnected_at, again.stopped_at, again.stopped_by) == (None, None, "")
    assert ShopifyStore.objects.get().stopped_at is None
    assert (set(Link.objects.values_list("pk", flat=True)), Variant.objects.count()) == kept
    assert history <= set(StatusChange.objects.values_list("pk", flat=True))
    assert Credential.objects.count() == 2
    assert (len(world.shopify(first)), len(world.shopify(second))) == (1, 1)
    assert Order.objects.count() == 2
    words = list(SettingsChange.objects.order_by("pk").values_list("words", flat=True))
    assert words[-2:] == [f"Connected {US_STORE} again.", f"Connected {shop} again."]


def test_a_token_that_is_renewed_does_not_end_a_persons_pause(
    world: World, olga: Person, store: ShopifyStore, shop: TikTokShop
) -> None:
    olga.client.post(reverse("connect-pause", args=["shop", shop.pk]))
    agreed = agree(olga.ask_tiktok(shop_id=US_SHOP), shop_id=US_SHOP)
    olga.come_back("tiktok", agreed)
    assert TikTokShop.objects.get().stopped_at is not None
