"""Each thing that can be wrong at a platform, broken in turn: `doctor` says what and what to do."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from tests.flows.token_worlds import shop_row
from tests.flows.world import US_SHOP, US_STORE, VN_SHOP, World
from tiktoksync.lib import http_clock, queue
from tiktoksync.shops.models import Credential, PlatformApp, ShopifyStore, TikTokShop
from tiktoksync.shops.services import checkup
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.shops.services.subscribe import subscribe_shop, subscribe_store

STORE, SHOP = f"Shopify {US_STORE}", f"TikTok shop {US_SHOP}"
TIKTOK_APP, SHOPIFY_APP = "TikTok Shop app sandbox", "Shopify app sandbox"
CONNECT = "Connect it again; everything that waits goes on by itself."
Break = Callable[[World, Any], None]


@pytest.fixture
def well(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any) -> World:
    """Both pairs connected with their webhooks; the installation in order."""
    monkeypatch.setattr(http_clock, "_skew", {})
    monkeypatch.setattr(queue, "ping", lambda: True)
    monkeypatch.setattr(queue, "count_workers", lambda name: 1)
    monkeypatch.setattr(checkup.checks, "run_checks", list)
    settings.PUBLIC_URL, settings.ON_LOOPBACK = "http://127.0.0.1:9", True
    for store in ShopifyStore.objects.select_related("app", "credential"):
        subscribe_store(store)
    for shop in TikTokShop.objects.select_related("app", "credential"):
        subscribe_shop(shop)
    return world


def doctor() -> tuple[int, list[str]]:
    """The exit code, and what is wrong."""
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        code = int(end.code or 0)
    else:
        code = 0
    lines = out.getvalue().splitlines()
    return code, [line.removeprefix("WRONG  ") for line in lines if line.startswith("WRONG")]


def app_secret_wrong(world: World, settings: Any) -> None:
    app = PlatformApp.objects.get(platform="tiktok")
    app.secret = "another"
    app.save()


def environment_secret_wrong(world: World, settings: Any) -> None:
    settings.TIKTOK_APP_SECRET = "another"


def shopify_environment_secret_wrong(world: World, settings: Any) -> None:
    settings.SHOPIFY_API_SECRET = "another"


def token_host_typo(world: World, settings: Any) -> None:
    settings.TIKTOK_AUTH_URL = f"{world.url}/nope"


def token_host_away(world: World, settings: Any) -> None:
    settings.TIKTOK_AUTH_URL = "http://127.0.0.1:1"


def tiktok_path_typo(world: World, settings: Any) -> None:
    settings.TIKTOK_API_URL += "/nope"


def a_web_page_answers(world: World, settings: Any) -> None:
    match = {"platform": "tiktok", "operation": "order.search", "shop": US_SHOP}
    world.fault(match=match, action="status", status=200, body="<html>Welcome</html>")


def dollars_for_dong(world: World, settings: Any) -> None:
    TikTokShop.objects.filter(shop_id=US_SHOP).update(region="GB")


def tiktok_token_dead(world: World, settings: Any) -> None:
    world.control("POST", "tokens/revoke", {"platform": "tiktok", "shop": US_SHOP})


def tiktok_token_expired(world: World, settings: Any) -> None:
    world.control("POST", "tokens/expire", {"platform": "tiktok", "shop": US_SHOP})


def foreign_cipher(world: World, settings: Any) -> None:
    TikTokShop.objects.filter(shop_id=US_SHOP).update(cipher=shop_row(VN_SHOP).cipher)


def tiktok_error(code: int, operation: str) -> Break:
    def spoil(world: World, settings: Any) -> None:
        match = {"platform": "tiktok", "operation": operation, "shop": US_SHOP}
        world.fault(match=match, action="error", code=code)

    return spoil


def shopify_token_dead(world: World, settings: Any) -> None:
    world.control("POST", "tokens/revoke", {"platform": "shopify", "shop": US_STORE})


def store_refuses(status: int) -> Break:
    def spoil(world: World, settings: Any) -> None:
        body = {"shop": US_STORE, "status": status}
        world.control("POST", "shopify/availability", body)

    return spoil


def version_too_old(world: World, settings: Any) -> None:
    settings.SHOPIFY_API_VERSION = "2024-01"


def definition_missing(world: World, settings: Any) -> None:
    answer = {"data": {"metafieldDefinitions": {"nodes": [], "edges": []}}}
    match = {"platform": "shopify", "operation": "metafieldDefinitions", "shop": US_STORE}
    world.fault(match=match, action="status", status=200, body=answer)


def definition_of_another_type(world: World, settings: Any) -> None:
    node = {"id": "gid://1", "namespace": "app--1", "key": "tiktok_order_id"}
    node |= {"type": {"name": "single_line_text_field"}}
    answer = {"data": {"metafieldDefinitions": {"nodes": [node]}}}
    match = {"platform": "shopify", "operation": "metafieldDefinitions", "shop": US_STORE}
    world.fault(match=match, action="status", status=200, body=answer)


def token_of_another_app(world: World, settings: Any) -> None:
    ShopifyStore.objects.filter(shop_domain=US_STORE).update(shopify_app_id="gid://shopify/App/9")


def webhook_missing(world: World, settings: Any) -> None:
    store = ShopifyStore.objects.select_related("app", "credential").get(shop_domain=US_STORE)
    client = shopify_client(store)
    for one in client.webhook_subscriptions().data:
        if one.topic == "ORDERS_UPDATED":
            client.delete_webhook_subscription(one.id)


def address_moved(world: World, settings: Any) -> None:
    """The installation has a new address, and nobody told the platforms."""
    ShopifyStore.objects.filter(shop_domain=US_STORE).update(webhook_secret="another-path")


def foreign_currency(world: World, settings: Any) -> None:
    world.place(US_SHOP, status="AWAITING_SHIPMENT", raw={"payment": {"currency": "JPY"}})
    world.place(US_SHOP, status="AWAITING_SHIPMENT")
    world.sync()
    from orders.models import Order

    Order.objects.filter(shop__shop_id=US_SHOP).update(currency="JPY")


def no_warehouse(world: World, settings: Any) -> None:
    match = {"platform": "tiktok", "operation": "*warehouse*", "shop": US_SHOP}
    body = {"code": 0, "message": "Success", "request_id": "R", "data": {"warehouses": []}}
    world.fault(match=match, action="status", status=200, body=body)


def no_carrier(world: World, settings: Any) -> None:
    world.place(US_SHOP, status="AWAITING_SHIPMENT", lines=[{"sku": "MUG-12"}])
    world.sync()
    match = {"platform": "tiktok", "operation": "*provider*", "shop": US_SHOP}
    body = {"code": 0, "message": "Success", "request_id": "R", "data": {"shipping_providers": []}}
    world.fault(match=match, action="status", status=200, body=body)


def shopify_address_typo(world: World, settings: Any) -> None:
    settings.SHOPIFY_URL = "http://127.0.0.1:1/{shop}"


def tiktok_address_typo(world: World, settings: Any) -> None:
    settings.TIKTOK_API_URL = "http://127.0.0.1:1"


def shopify_without_tls(world: World, settings: Any) -> None:
    settings.SHOPIFY_URL = world.url.replace("http://", "https://") + "/shopify/{shop}"


def clock_off(world: World, settings: Any) -> None:
    rule = {"action": "clock_skew", "platform": "tiktok", "seconds": -600}
    world.control("POST", "faults", {"rules": [rule]})


def consent_ends(world: World, settings: Any) -> None:
    ends = timezone.now() + timezone.timedelta(days=3)
    Credential.objects.filter(shop__shop_id=US_SHOP).update(refresh_expires_at=ends)


REACH = "Check {}, the network and the certificates."
BROKEN: list[tuple[Break, str]] = [
    (
        app_secret_wrong,
        f"{SHOP}: TikTok Shop refused the signature. "
        "Correct the app's settings on the server; what waits goes on by itself.",
    ),
    (
        tiktok_token_dead,
        f"{SHOP}: TikTok Shop does not accept the connection. {CONNECT}",
    ),
    (
        tiktok_token_expired,
        f"{SHOP}: The TikTok Shop token has expired. "
        "Run manage.py refresh_tokens, and keep runstack running: it renews tokens in time.",
    ),
    (
        foreign_cipher,
        f"{SHOP}: The cipher given for TikTok shop {US_SHOP} is not the shop's. "
        "Run connect_shops with what TikTok Shop lists.",
    ),
    (
        tiktok_error(105005, "order.search"),
        f"{SHOP}, permissions: TikTok Shop has not granted the permission seller.order.info. "
        "Turn it on for the app in TikTok Shop Partner Center, then authorize the app again.",
    ),
    (
        tiktok_error(105005, "fulfillment.package_search"),
        f"{SHOP}, permissions: TikTok Shop has not granted the permission "
        "seller.fulfillment.basic. "
        "Turn it on for the app in TikTok Shop Partner Center, then authorize the app again.",
    ),
    (
        tiktok_error(105005, "cancellation.search"),
        f"{SHOP}, permissions: TikTok Shop has not granted the permission "
        "seller.return_refund.basic. "
        "Turn it on for the app in TikTok Shop Partner Center, then authorize the app again.",
    ),
    (
        tiktok_error(105005, "logistics.warehouses"),
        f"{SHOP}, permissions: TikTok Shop has not granted the permission seller.logistics. "
        "Turn it on for the app in TikTok Shop Partner Center, then authorize the app again.",
    ),
    (
        tiktok_error(105005, "product.search"),
        f"{SHOP}, permissions: TikTok Shop has not granted the permission seller.product.basic. "
        "Turn it on for the app in TikTok Shop Partner Center, then authorize the app again.",
    ),
    (
        environment_secret_wrong,
        f"{TIKTOK_APP}, secret: TikTok Shop does not accept TIKTOK_APP_SECRET; the stored secret "
        "is used instead: correct TIKTOK_APP_SECRET",
    ),
    (
        shopify_environment_secret_wrong,
        f"{SHOPIFY_APP}, secret: Shopify does not accept SHOPIFY_API_SECRET; the stored secret "
        "is used instead: correct SHOPIFY_API_SECRET",
    ),
    (
        token_host_typo,
        f"{TIKTOK_APP}, token renewal: TikTok Shop does not know the address that was asked. "
        "Check TIKTOK_AUTH_URL; if it is right, a newer version of TikTokSync is needed.",
    ),
    (
        token_host_away,
        f"{TIKTOK_APP}, token renewal: TikTok Shop could not be reached. "
        f"{REACH.format('TIKTOK_AUTH_URL')}",
    ),
    (
        tiktok_path_typo,
        f"{SHOP}: TikTok Shop does not know the address that was asked. "
        "Check TIKTOK_API_URL; if it is right, a newer version of TikTokSync is needed.",
    ),
    (
        a_web_page_answers,
        f"{SHOP}: What answers there is not TikTok Shop's API. Check TIKTOK_API_URL.",
    ),
    (
        dollars_for_dong,
        f"{STORE}, currency: orders of Harbor & Pine US come in GBP, which the store does not "
        "accept: add GBP to the store's currencies",
    ),
    (
        tiktok_error(36009043, "order.search"),
        f"{SHOP}: TikTok Shop says that the shop is not active. "
        "Ask the platform's support why; what waits goes on by itself afterwards.",
    ),
    (
        tiktok_error(36009033, "order.search"),
        f"{SHOP}: This server's address is not on the TikTok app's list of allowed addresses. "
        "Add it in TikTok Shop Partner Center; what waits goes on by itself.",
    ),
    (
        shopify_token_dead,
        f"{STORE}: Shopify does not accept the connection. {CONNECT}",
    ),
    (
        store_refuses(402),
        f"{STORE}: The store's Shopify plan does not include this. "
        "Settle the plan or the bill; everything that waits goes on by itself.",
    ),
    (
        store_refuses(423),
        f"{STORE}: The store is locked at Shopify. "
        "Ask the platform's support why; what waits goes on by itself afterwards.",
    ),
    (
        store_refuses(404),
        f"{STORE}: Shopify does not know the store, or it is closed. "
        "Open the store again, or connect another one.",
    ),
    (version_too_old, f"{STORE}, API version: version 2024-01 was answered by "),
    (definition_missing, f"{STORE}, order-id metafield: not defined: run connect_shops again"),
    (
        definition_of_another_type,
        f"{STORE}, order-id metafield: is of type single_line_text_field, not id: "
        "delete that definition in Shopify, then run connect_shops again",
    ),
    (token_of_another_app, f"{STORE}, app: the token is another app's: run connect_shops"),
    (webhook_missing, f"{STORE}, webhooks: ORDERS_UPDATED missing: run connect_shops again"),
    (
        address_moved,
        f"{STORE}, webhooks: ORDERS_UPDATED, ORDERS_FULFILLED, ORDERS_PARTIALLY_FULFILLED, ",
    ),
    (
        foreign_currency,
        f"{STORE}, currency: orders of Harbor & Pine US come in JPY, which the store does not "
        "accept: add JPY to the store's currencies",
    ),
    (no_warehouse, f"{SHOP}, warehouses: there is none: add one in TikTok's Seller Center"),
    (no_carrier, f"{SHOP}, carriers: TikTok lists no carrier for delivery option "),
    (
        shopify_address_typo,
        f"{STORE}: Shopify could not be reached. {REACH.format('SHOPIFY_URL')}",
    ),
    (
        shopify_without_tls,
        f"{STORE}: Shopify could not be reached. {REACH.format('SHOPIFY_URL')}",
    ),
    (
        tiktok_address_typo,
        f"{SHOP}: TikTok Shop could not be reached. {REACH.format('TIKTOK_API_URL')}",
    ),
    (clock_off, "Clock: 600 s ahead of TikTok's: set this machine's clock by NTP"),
    (consent_ends, f"{SHOP}, authorization: ends on "),
]


def name(value: object) -> str:
    return getattr(value, "__name__", "")


def test_a_healthy_installation_has_nothing_to_mend(well: World) -> None:
    well.forget_calls()
    assert doctor() == (0, [])
    writes = {call for call in well.calls() if "Create" in call or "put" in call}
    assert writes == set()


@pytest.mark.parametrize(("spoil", "words"), BROKEN, ids=name)
def test_one_thing_broken_is_told_with_what_to_do(
    well: World, settings: Any, spoil: Break, words: str
) -> None:
    spoil(well, settings)
    code, wrong = doctor()
    assert code == 1
    told = [line for line in wrong if line.startswith(words)]
    assert len(told) == 1, wrong
    # The app's secret is met by both pairs, by the renewal and beside the environment's; a wrong
    # address by both pairs, anything else by one.
    assert len(wrong) <= (4 if spoil is app_secret_wrong else 2)
    assert "Nothing to do" not in "".join(wrong)
    assert ".." not in "".join(wrong)
    for secret in ("shpat_", "TTP_", "sandbox-tiktok-secret", "shpss_"):
        assert secret not in "".join(wrong)


def test_a_permission_shopify_does_not_list_is_named(
    well: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tiktoksync.shops.services import preflight

    needed = (*preflight.NEEDED_SCOPES, "write_gift_cards")
    monkeypatch.setattr(preflight, "NEEDED_SCOPES", needed)
    _, wrong = doctor()
    assert f"{STORE}, permissions: lacks write_gift_cards: add them to the app" in wrong
