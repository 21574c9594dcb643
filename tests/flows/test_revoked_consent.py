"""Consent that is taken back: the account stops, says so, and goes on once connected again."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.utils import timezone

from orders.models import Fulfillment, Order
from products.models import Link
from tests.flows.token_worlds import (
    STORE_TOKENS,
    begin_again,
    connect,
    own_tokens,
    shop_row,
)
from tests.flows.world import US_SHOP, US_STORE, VN_SHOP, World
from tests.web.conftest import browser
from tests.web.reading import text_of
from tests.webhooks.cast import post_tiktok, tiktok_body, tiktok_signature
from tiktoksync.shops.models import Credential, PlatformApp, ShopifyStore, TikTokShop
from tiktoksync.shops.services.clients import shopify_auth, tiktok_auth
from tiktoksync.sync.lanes import Lane, drain

NUMBER = "9400111899223100001299"
NEW = {"access_token": "TTP_again-access", "refresh_token": "TTP_again-refresh"}
Break = Callable[[World], None]


def place(world: World, shop: str = US_SHOP) -> str:
    return world.place(shop, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])


def renew_now(**owner: Any) -> None:
    """Let the renewal be due, as it is sooner or later."""
    credential = Credential.objects.get(**owner)
    Credential.objects.filter(pk=credential.pk).update(next_attempt_at=timezone.now())
    drain(Lane("refresh_tokens", credential.pk))


def refresh_token_revoked(world: World) -> None:
    world.control("POST", "tokens/revoke", {"platform": "tiktok", "shop": US_SHOP})
    renew_now(shop__shop_id=US_SHOP)


def refresh_token_expired(world: World) -> None:
    world.control("POST", "tokens/expire", {"platform": "tiktok", "shop": US_SHOP, "kind": "all"})
    renew_now(shop__shop_id=US_SHOP)


def any_call_refused(world: World) -> None:
    world.control("POST", "tokens/revoke", {"platform": "tiktok", "shop": US_SHOP})
    for _ in range(3):
        world.sync()
        world.due_now()


def seller_withdrew(world: World) -> None:
    """The webhook tells first; the tokens are dead as well."""
    app = PlatformApp.objects.get(platform="tiktok")
    world.control("POST", "tokens/revoke", {"platform": "tiktok", "shop": US_SHOP})
    stamp = int(timezone.now().timestamp()) + 2
    raw = tiktok_body(6, US_SHOP, timestamp=stamp, data={"message": "deauthorized"})
    assert post_tiktok(raw, tiktok_signature(app, raw)).status_code == 200


@pytest.mark.parametrize(
    "take_back",
    [refresh_token_revoked, refresh_token_expired, any_call_refused, seller_withdrew],
    ids=lambda one: one.__name__,
)
def test_a_tiktok_shop_without_consent_waits_and_resumes(world: World, take_back: Break) -> None:
    shipped, links = place(world), Link.objects.all
    world.sync()
    linked = sorted(links().values_list("tiktok_sku_id", flat=True))
    world.fulfill(shipped, NUMBER, "USPS")
    take_back(world)
    late = place(world)
    other = place(world, VN_SHOP)
    for _ in range(2):
        world.due_now()
        world.sync()
    shop = shop_row(US_SHOP)
    assert shop.health == "reconnect"
    assert not Order.objects.filter(tiktok_order_id=late).exists()
    assert set(Fulfillment.objects.values_list("sync_status", flat=True)) <= {"pending"}
    assert world.order(other).sync_status == "synced", "the other shop goes on"
    assert shop_row(VN_SHOP).health == "ok"
    anna: Client = browser("anna", shop.merchant)
    for page in ("/", "/orders/", f"/orders/{shipped}/", "/products/", "/activity/", "/settings/"):
        assert f"Sync has stopped: the connection to {shop} is lost." in text_of(anna.get(page))
    before = world.calls()
    world.sync()
    asked = {name for name, count in world.calls().items() if count > before.get(name, 0)}
    assert "tiktok:token.refresh" not in asked

    give_new_consent(world)
    connect(US_SHOP, tokens=NEW)
    for _ in range(3):
        world.due_now()
        world.sync()
    assert shop_row(US_SHOP).health == "ok"
    assert world.order(late).sync_status == "synced"
    assert Fulfillment.objects.get().sync_status == "synced"
    assert [len(world.shopify(order_id)) for order_id in (shipped, late, other)] == [1, 1, 1]
    assert set(linked) <= set(links().values_list("tiktok_sku_id", flat=True))
    assert "Sync has stopped" not in text_of(anna.get("/"))


def give_new_consent(world: World) -> None:
    """The seller authorizes the app again; the sandbox's code is exchanged like a browser's."""
    page = world.control("GET", "oauth")["tiktok"]["apps"][0]
    code = _authorize(world, page["service_id"])
    app = PlatformApp.objects.get(platform="tiktok")
    pair = tiktok_auth(app).get_token(code).data
    NEW.update(access_token=pair.access_token, refresh_token=pair.refresh_token)


def _authorize(world: World, service_id: str) -> str:
    from urllib.parse import parse_qs, urlsplit
    from urllib.request import HTTPRedirectHandler, build_opener

    class Stay(HTTPRedirectHandler):
        def redirect_request(self, *args: Any, **kwargs: Any) -> None:
            return None

    from urllib.error import HTTPError

    address = f"{world.url}/open/authorize?service_id={service_id}&state=s&shop_id={US_SHOP}"
    try:
        build_opener(Stay).open(address, timeout=10)
    except HTTPError as answer:
        return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]
    raise AssertionError("the consent page did not lead back")


def test_a_shopify_store_that_uninstalled_the_app_waits_and_resumes(world: World) -> None:
    begin_again(world)
    connect(US_SHOP, tokens=own_tokens(US_SHOP), **STORE_TOKENS)
    world.control("POST", "deauthorize", {"platform": "shopify", "shop": US_STORE})
    renew_now(store__shop_domain=US_STORE)
    store = ShopifyStore.objects.get(shop_domain=US_STORE)
    assert store.health == "reconnect"
    ids = [place(world) for _ in range(3)]
    other = place(world, VN_SHOP)
    for _ in range(2):
        world.due_now()
        world.sync()
    held = Order.objects.filter(tiktok_order_id__in=ids)
    assert set(held.values_list("sync_status", "tries")) == {("pending", 0)}
    assert world.order(other).sync_status == "synced"
    anna: Client = browser("anna", store.merchant)
    assert f"the connection to {store} is lost" in text_of(anna.get("/orders/"))

    token = _install_again(world, store)
    connect(US_SHOP, tokens=own_tokens(US_SHOP), shopify_token=token)
    for _ in range(2):
        world.due_now()
        world.sync()
    assert ShopifyStore.objects.get(pk=store.pk).health == "ok"
    assert set(held.values_list("sync_status", flat=True)) == {"synced"}
    assert [len(world.shopify(order_id)) for order_id in ids] == [1, 1, 1]


def _install_again(world: World, store: ShopifyStore) -> str:
    """A fresh token of the store's own organisation."""
    return shopify_auth(store).client_credentials().data.access_token


@pytest.mark.parametrize(
    ("platform", "fault", "words"),
    [
        (
            "tiktok",
            {"action": "error", "code": 105005, "operation": "order.search"},
            "TikTok Shop has not granted the permission seller.order.info. Turn it on for the app "
            "in TikTok Shop Partner Center, then authorize the app again.",
        ),
        (
            "shopify",
            {
                "action": "graphql_errors",
                "after": False,
                "code": "ACCESS_DENIED",
                "operation": "orderCreate",
            },
            "Shopify has not granted a permission. Authorize the app again.",
        ),
    ],
    ids=["tiktok", "shopify"],
)
def test_a_permission_that_was_taken_away_pauses_until_it_is_back(
    world: World, platform: str, fault: dict[str, Any], words: str
) -> None:
    order_id, other = place(world), place(world, VN_SHOP)
    owner = US_SHOP if platform == "tiktok" else US_STORE
    match = {"platform": platform, "operation": fault["operation"], "shop": owner}
    world.fault(match=match, **{k: v for k, v in fault.items() if k != "operation"})
    world.sync()
    shop = shop_row(US_SHOP)
    account = shop if platform == "tiktok" else shop.store
    assert (account.health, account.paused_reason) == ("paused", words)
    assert world.order(other).sync_status == "synced"
    anna: Client = browser("anna", shop.merchant)
    assert words.partition(".")[0] in text_of(anna.get("/products/"))
    world.heal()
    world.due_now()
    world.sync()
    assert world.order(order_id).sync_status == "synced"
    assert shop_row(US_SHOP).health == "ok"


# --- secrets --------------------------------------------------------------------------------------


def every_text() -> str:
    """Whatever stands in any column of any table, as it is stored."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            found += [str(value) for row in cursor.fetchall() for value in row]
    return "\n".join(found)


def test_after_all_kinds_of_work_no_secret_stands_in_any_column_or_log(
    world: World, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    begin_again(world)
    printed = connect(US_SHOP, tokens=own_tokens(US_SHOP), **STORE_TOKENS)
    secrets = {printed["api_token"]}
    secrets |= {app.secret for app in PlatformApp.objects.all()}

    def note_tokens() -> None:
        for row in Credential.objects.all():
            secrets.update(token for token in (row.access_token, row.refresh_token) if token)

    note_tokens()
    shipped = place(world)
    world.fault(match={"platform": "shopify", "operation": "orderCreate"}, times=1, action="empty")
    world.fault(match={"operation": "token.refresh"}, times=1, action="drop_after")
    for _ in range(2):
        world.sync()
        world.due_now()
    world.heal()
    for key in Credential.objects.exclude(store__shop_domain="demo-vn.myshopify.com").values_list(
        "pk", flat=True
    ):
        for _ in range(2):
            Credential.objects.filter(pk=key).update(next_attempt_at=timezone.now())
            drain(Lane("refresh_tokens", key))
            note_tokens()
    for _ in range(6):
        world.sync()
        world.due_now()
    world.fulfill(shipped, NUMBER, "USPS")
    for _ in range(2):
        world.sync()
        world.due_now()
    refresh_token_revoked(world)
    assert world.order(shipped).sync_status == "synced"
    assert len(secrets) >= 10
    assert TikTokShop.objects.get(shop_id=US_SHOP).health == "reconnect"
    stored, told = every_text(), caplog.text + "".join(capsys.readouterr())
    assert shipped in stored, "the search finds what is there"
    for secret in secrets:
        assert secret not in stored
        assert secret not in told
    assert apps.is_installed("tiktoksync.shops")
