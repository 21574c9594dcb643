"""Tokens end and are renewed, once each, whatever happens in between."""

from __future__ import annotations

import signal
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from orders.models import Order, StatusChange
from tests.factories import pass_time, seconds_from_now
from tests.flows.token_worlds import (
    REFRESH,
    SHARED,
    SHOPIFY_TOKEN,
    STORE_TOKENS,
    TokenCourse,
    begin_again,
    connect,
    living_tokens,
    own_tokens,
    share_authorization,
    shop_row,
)
from tests.flows.world import US_SHOP, US_STORE, VN_SHOP, World
from tiktoksync.lib import http_clock
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.shops.services.refresh_tokens import RefreshTokens
from tiktoksync.sync.lanes import Lane, drain

pytestmark = pytest.mark.usefixtures("catalogues")

PROCESSES = 4
STEM = "refresh_tokens"


def renew(credential: Credential) -> Credential:
    """Let the row be due, and its lane be drained."""
    Credential.objects.filter(pk=credential.pk).update(next_attempt_at=timezone.now())
    drain(Lane(STEM, credential.pk))
    return Credential.objects.select_related("shop", "store").get(pk=credential.pk)


def works(world: World, shop_id: str = US_SHOP) -> bool:
    """Whether the shop's stored token opens it."""
    world.sync()
    return shop_row(shop_id).health == "ok"


# --- twenty workers -------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("one_authorization", [False, True], ids=["one shop", "two shops"])
def test_twenty_workers_that_meet_a_dead_token_have_it_renewed_once(
    world: World, tmp_path: Path, one_authorization: bool
) -> None:
    if one_authorization:
        share_authorization(world)
    else:
        TikTokShop.objects.get(shop_id=VN_SHOP).delete()
    world.control("POST", "tokens/expire", {"platform": "tiktok", "shop": US_SHOP})
    world.forget_calls()
    course = TokenCourse(tmp_path)
    assert course.run("use", 0, *[{} for _ in range(PROCESSES)]) == [0] * PROCESSES, course.outputs
    calls = world.calls()
    assert calls[REFRESH] == 1
    assert calls["tiktok:order.detail"] == 5 * PROCESSES
    assert len(set(course.tokens())) == 1
    assert course.read("SELECT COUNT(*) FROM sync_attempt WHERE outcome <> 'ok'") == [(0,)]


@pytest.mark.django_db(transaction=True)
def test_twenty_workers_that_meet_a_stores_dead_token_have_it_renewed_once(
    world: World, tmp_path: Path
) -> None:
    begin_again(world)
    ends = str(int(timezone.now().timestamp()) + 3600)
    tokens = own_tokens(US_SHOP)
    connect(US_SHOP, tokens=tokens, shopify_token_expires=ends, **STORE_TOKENS)
    world.control("POST", "tokens/expire", {"platform": "shopify", "shop": US_STORE})
    world.forget_calls()
    course = TokenCourse(tmp_path)
    ended = course.run("use_store", 0, *[{} for _ in range(PROCESSES)])
    assert ended == [0] * PROCESSES, course.outputs
    assert world.calls()[SHOPIFY_TOKEN] == 1
    assert course.read("SELECT COUNT(*) FROM sync_attempt WHERE outcome <> 'ok'") == [(0,)]
    lost = "SELECT COUNT(*) FROM shops_shopifystore WHERE auth_lost_at IS NOT NULL"
    assert course.read(lost) == [(0,)]


def test_a_token_that_ends_in_the_middle_of_the_work_fails_no_order(world: World) -> None:
    ids = world.place_many(6, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    for number, order_id in enumerate(ids):
        world.fulfill(order_id, f"940011189922310000{number:04d}", "USPS")
    world.control("POST", "tokens/expire", {"platform": "tiktok", "shop": US_SHOP})
    world.forget_calls()
    for _ in range(3):
        world.sync()
        world.due_now()
    assert world.calls()[REFRESH] == 1
    assert {world.tiktok(order_id)["status"] for order_id in ids} == {"AWAITING_COLLECTION"}
    assert not StatusChange.objects.filter(after="failed").exists()
    assert shop_row().health == "ok"


# --- rotation -------------------------------------------------------------------------------------


def test_both_tokens_are_stored_every_time_and_the_old_one_is_retired(world: World) -> None:
    first = shop_row().credential
    seen = [first.refresh_token]
    for _ in range(3):
        row = renew(shop_row().credential)
        assert row.refresh_token not in seen
        seen.append(row.refresh_token)
        assert works(world)
    kept = Credential.objects.get(pk=row.pk)
    Credential.objects.filter(pk=row.pk).update(refresh_token=seen[0])
    assert renew(row).sync_status == "failed", "an old one opens nothing"
    assert shop_row().health == "reconnect"
    assert kept.version == first.version + 3


@pytest.fixture
def expiring(world: World) -> Credential:
    """The US store with a token that lives for an hour."""
    begin_again(world)
    connect(US_SHOP, tokens=own_tokens(US_SHOP), **STORE_TOKENS)
    world.forget_calls()
    return Credential.objects.get(store__shop_domain=US_STORE)


def test_an_expiring_shopify_token_is_renewed_before_its_hour_is_over(
    world: World, expiring: Credential
) -> None:
    row = renew(expiring)
    assert world.calls()[SHOPIFY_TOKEN] == 1
    assert (row.version, row.sync_status) == (expiring.version + 1, "pending")
    assert 3590 < seconds_from_now(row.access_expires_at) <= 3600
    assert 3200 < seconds_from_now(row.next_attempt_at) < 3300
    assert timedelta(days=89, hours=23) < row.refresh_expires_at - timezone.now()
    again = renew(row)
    assert again.refresh_token not in {row.refresh_token, "shprt_us-first"}
    assert ShopifyStore.objects.get(pk=row.store_id).health == "ok"


def test_a_store_without_any_orders_is_renewed_all_the_same(
    world: World, expiring: Credential
) -> None:
    """Ninety days without a renewal would lose it; nothing has to happen for one."""
    renew(expiring)
    for _ in range(3):
        pass_time(7 * 86400)
        assert expiring.pk in set(RefreshTokens.due_accounts(timezone.now()))
        drain(Lane(STEM, expiring.pk))
    row = Credential.objects.get(pk=expiring.pk)
    assert row.version == expiring.version + 4
    assert timedelta(days=89, hours=23) < row.refresh_expires_at - timezone.now()
    assert row.end_moves


@pytest.fixture
def own_app(world: World) -> Credential:
    """The US store with a token of its organisation's own app: a day long, nothing to refresh."""
    begin_again(world)
    ends = str(int(timezone.now().timestamp()) + 86399)
    connect(US_SHOP, tokens=own_tokens(US_SHOP), shopify_token_expires=ends)
    world.forget_calls()
    return Credential.objects.get(store__shop_domain=US_STORE)


def test_an_own_apps_token_that_died_early_is_replaced(world: World, own_app: Credential) -> None:
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.control("POST", "tokens/revoke", {"platform": "shopify", "shop": US_STORE})
    for _ in range(3):
        world.sync()
        world.due_now()
    assert world.order(order_id).sync_status == "synced"
    assert ShopifyStore.objects.get(shop_domain=US_STORE).health == "ok"
    assert world.calls()[SHOPIFY_TOKEN] == 1
    row = Credential.objects.get(pk=own_app.pk)
    assert (row.version, row.refresh_token) == (own_app.version + 1, "")
    assert 86300 < seconds_from_now(row.access_expires_at) <= 86400


# --- lost answers and killed workers --------------------------------------------------------------


@pytest.mark.parametrize("action", ["drop_after", "truncated", "empty"])
def test_a_tiktok_renewal_without_an_answer_is_repeated_with_the_same_token(
    world: World, action: str
) -> None:
    fault = {"action": action} if action != "empty" else {"action": action, "after": True}
    world.fault(match={"platform": "tiktok", "operation": "token.refresh"}, times=1, **fault)
    before = shop_row().credential
    row = renew(before)
    assert (row.version, row.sync_status) == (before.version, "pending")
    assert shop_row().health == "ok"
    row = renew(row)
    assert row.version == before.version + 1
    assert world.calls()[REFRESH] == 2
    assert works(world)


@pytest.mark.parametrize("action", ["drop_after", "truncated", "empty"])
def test_a_shopify_renewal_without_an_answer_is_repeated_with_the_same_token(
    world: World, expiring: Credential, action: str
) -> None:
    fault = {"action": action} if action != "empty" else {"action": action, "after": True}
    world.fault(match={"platform": "shopify", "operation": "oauth.*"}, times=1, **fault)
    row = renew(expiring)
    assert (row.version, row.sync_status) == (expiring.version, "pending")
    row = renew(row)
    assert row.version == expiring.version + 1
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    assert len(world.shopify(order_id)) == 1


def test_where_the_platform_retires_at_once_a_lost_answer_asks_for_the_consent_once(
    world: World,
) -> None:
    """How long TikTok keeps a replaced token is not documented: the harder answer is survived."""
    world.control("POST", "config", {"strict": True})
    world.fault(
        match={"platform": "tiktok", "operation": "token.refresh"}, times=1, action="drop_after"
    )
    row = renew(renew(shop_row().credential))
    shop = shop_row()
    assert (row.sync_status, shop.health) == ("failed", "reconnect")
    assert shop.paused_reason == f"The connection has ended: connect {shop} again."
    for _ in range(3):
        drain(Lane(STEM, row.pk))
    assert world.calls()[REFRESH] == 2
    connect(US_SHOP, tokens=living_tokens(world, US_SHOP))
    assert works(world)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("place", "asked"), [("claimed", 1), ("answered", 2), ("recording", 2), ("recorded", 1)]
)
def test_a_worker_killed_around_the_storing_leaves_the_shop_connected(
    world: World, tmp_path: Path, place: str, asked: int
) -> None:
    TikTokShop.objects.get(shop_id=VN_SHOP).delete()
    Credential.objects.filter(shop__isnull=False).update(next_attempt_at=timezone.now())
    course = TokenCourse(tmp_path)
    assert course.run("renew", 0, {"FAILPOINT": place}) == [-signal.SIGKILL], course.outputs
    assert course.run("renew_later", 0, {}) == [0], course.outputs
    assert world.calls()[REFRESH] == asked
    (token,) = course.tokens()
    assert token == living_tokens(world, US_SHOP)["refresh_token"]
    lost = "SELECT COUNT(*) FROM shops_tiktokshop WHERE auth_lost_at IS NOT NULL"
    assert course.read(lost) == [(0,)]


# --- one authorization, several shops -------------------------------------------------------------


def test_renewing_one_shop_renews_every_shop_of_its_authorization(world: World) -> None:
    share_authorization(world)
    first, second = shop_row(US_SHOP), shop_row(VN_SHOP)
    row = renew(first.credential)
    twin = Credential.objects.get(pk=second.credential.pk)
    assert twin.access_token == row.access_token != SHARED["access_token"]
    assert twin.refresh_token == row.refresh_token != SHARED["refresh_token"]
    assert (twin.version, twin.family) == (second.credential.version + 1, row.family)
    assert twin.next_attempt_at > row.next_attempt_at
    assert works(world, US_SHOP)
    assert works(world, VN_SHOP)
    renew(twin)
    assert works(world, US_SHOP)
    assert works(world, VN_SHOP)
    assert world.calls()[REFRESH] == 2


def test_two_shops_that_come_due_together_are_renewed_by_one_call(world: World) -> None:
    share_authorization(world)
    Credential.objects.filter(shop__isnull=False).update(next_attempt_at=timezone.now())
    for key in Credential.objects.filter(shop__isnull=False).values_list("pk", flat=True):
        drain(Lane(STEM, key))
    assert world.calls()[REFRESH] == 1


def test_a_shop_that_joins_with_the_first_tokens_gets_the_newest(world: World) -> None:
    """The merchant kept the tokens of the day of consent; they were renewed here since then."""
    share_authorization(world)
    TikTokShop.objects.get(shop_id=VN_SHOP).delete()
    row = renew(shop_row(US_SHOP).credential)
    assert works(world, US_SHOP)
    connect(VN_SHOP, tokens=SHARED)
    joined = shop_row(VN_SHOP).credential
    assert (joined.refresh_token, joined.family) == (row.refresh_token, row.family)
    renew(joined)
    assert works(world, US_SHOP)
    assert works(world, VN_SHOP)
    assert {shop_row(shop).health for shop in (US_SHOP, VN_SHOP)} == {"ok"}


def test_a_lost_authorization_is_lost_for_all_its_shops_and_one_new_one_brings_all_back(
    world: World,
) -> None:
    share_authorization(world)
    world.control("POST", "tokens/revoke", {"platform": "tiktok", "shop": US_SHOP})
    renew(shop_row(US_SHOP).credential)
    assert [shop_row(shop).health for shop in (US_SHOP, VN_SHOP)] == ["reconnect"] * 2
    assert shop_row(VN_SHOP).paused_reason == (
        f"The connection has ended: connect {shop_row(VN_SHOP)} again."
    )
    new = {"access_token": "TTP_new-access", "refresh_token": "TTP_new-refresh"}
    config = world.control("GET", "config")
    for shop in config["tiktok"]["shops"]:
        shop |= new
    world.control("POST", "reset", {"config": {"tiktok": {"shops": config["tiktok"]["shops"]}}})
    connect(US_SHOP, tokens=new)
    assert [shop_row(shop).health for shop in (US_SHOP, VN_SHOP)] == ["ok"] * 2
    assert shop_row(VN_SHOP).credential.access_token == "TTP_new-access"
    assert works(world, VN_SHOP)


def test_shops_of_other_merchants_share_nothing(world: World) -> None:
    share_authorization(world)
    twin = shop_row(VN_SHOP).credential
    Credential.objects.filter(pk=twin.pk).update(family="another")
    renew(shop_row(US_SHOP).credential)
    assert Credential.objects.get(pk=twin.pk).refresh_token == SHARED["refresh_token"]


# --- clocks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [10, -10])
def test_expiries_are_kept_on_our_own_clock_however_far_off_it_is(
    world: World, minutes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_clock, "_skew", {})
    world.control(
        "POST",
        "faults",
        {"rules": [{"action": "clock_skew", "platform": "tiktok", "seconds": minutes * 60}]},
    )
    world.control("POST", "config", {"access_token_seconds": 3600})
    row = renew(shop_row().credential)
    assert 3590 < seconds_from_now(row.access_expires_at) < 3610
    assert 3200 < seconds_from_now(row.next_attempt_at) < 3300
    order_id = world.place(status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    assert Order.objects.get(tiktok_order_id=order_id).sync_status == "synced"
    world.heal()


def test_a_renewal_that_names_no_expiry_is_not_repeated_every_ten_seconds(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiktoksync.tiktok import auth

    monkeypatch.setattr(auth, "_moment", lambda value, now: 0)
    known = datetime.fromisoformat("2027-05-01T00:00:00+00:00")
    Credential.objects.filter(shop__isnull=False).update(refresh_expires_at=known)
    row = renew(shop_row().credential)
    assert row.access_expires_at is None
    assert 6 * 86400 < seconds_from_now(row.next_attempt_at) < 6.5 * 86400
    assert row.refresh_expires_at == known
