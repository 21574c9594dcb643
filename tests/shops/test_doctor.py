"""`manage.py doctor`: plain words, and exit 1 if something is wrong."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core import checks
from django.core.management import call_command
from django.db import OperationalError

from tests.shops.conftest import ANNA_SHOP, ANNA_STORE, BEN_STORE
from tests.shops.fakes import FakeShopifyAuth, FakeTikTokAuth, World
from tests.shops.pairs import anna, ben
from tiktoksync.errors import Unreachable
from tiktoksync.shops.models import Credential, PlatformApp, ShopifyStore, TikTokShop
from tiktoksync.shops.services import checkup, clients
from tiktoksync.shops.services.connect import connect_pair
from tiktoksync.support.models import FailureEntry
from tiktoksync.support.services.keep_catalogue import keep_catalogue


@pytest.fixture
def well(world: World, monkeypatch: pytest.MonkeyPatch, settings: Any) -> World:
    """Anna's pair is connected and the installation is in order."""
    settings.ALLOWED_HOSTS = ["sync.example"]
    monkeypatch.setattr(checkup.queue, "ping", lambda: True)
    monkeypatch.setattr(checkup.queue, "count_workers", lambda name: 1)
    monkeypatch.setattr(checkup.checks, "run_checks", list)
    for fake, name in ((FakeShopifyAuth, "ShopifyAuth"), (FakeTikTokAuth, "TikTokAuth")):
        monkeypatch.setattr(fake, "world", world, raising=False)
        monkeypatch.setattr(clients, name, fake)
    world.stores[BEN_STORE].currency = "VND"
    connect_pair(anna())
    world.calls.clear()
    return world


def run() -> tuple[int, list[str]]:
    out = io.StringIO()
    try:
        call_command("doctor", stdout=out)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue().splitlines()
    return 0, out.getvalue().splitlines()


def wrong() -> list[str]:
    """What is wrong, when exactly that makes the exit code 1."""
    code, lines = run()
    found = [line.removeprefix("WRONG  ") for line in lines if line.startswith("WRONG")]
    assert code == (1 if found else 0)
    assert lines[-1] == (f"{len(found)} to mend." if found else "All is well.")
    return found


def test_a_healthy_installation_is_told_so_and_nothing_is_written(well: World) -> None:
    keep_catalogue()
    code, lines = run()
    assert code == 0
    assert lines == [
        "ok     Configuration: complete",
        "ok     DEBUG: off",
        "ok     PUBLIC_URL: https://sync.example",
        lines[3],
        "ok     Secrets: every stored one can be read",
        "ok     Queue: answers",
        "ok     Workers: running",
        "ok     Failure catalogue: every failure has its line",
        "ok     Polls: on time",
        "ok     TikTok Shop app tiktok-key, token renewal: answers",
        f"ok     Shopify {ANNA_STORE}, health: ok",
        f"ok     Shopify {ANNA_STORE}, permissions: granted",
        f"ok     Shopify {ANNA_STORE}, order-id metafield: defined",
        f"ok     Shopify {ANNA_STORE}, webhooks: subscribed",
        f"ok     TikTok shop {ANNA_SHOP}, health: ok",
        f"ok     TikTok shop {ANNA_SHOP}, token: opens the shop",
        f"ok     TikTok shop {ANNA_SHOP}, webhooks: subscribed",
        "ok     Clock: agrees with TikTok's",
        "All is well.",
    ]
    assert lines[3].endswith("answers, its tables are up to date")
    assert well.writes() == []


def test_the_catalogue_is_brought_up_to_date(well: World) -> None:
    keep_catalogue()
    FailureEntry.objects.filter(code="sku_unlinked").delete()
    code, lines = run()
    assert code == 0
    assert "ok     Failure catalogue: 1 line added" in lines
    assert FailureEntry.objects.filter(code="sku_unlinked").count() == 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://sync.example", "must begin with https://"),
        ("https://sync.example:8443", "TikTok needs a name, without a port"),
        ("https://203.0.113.7", "TikTok needs a name, without a port"),
        ("https://other.example", "add other.example to ALLOWED_HOSTS"),
    ],
)
def test_an_address_no_platform_can_reach_is_wrong(
    well: World, settings: Any, url: str, words: str
) -> None:
    settings.PUBLIC_URL, settings.HTTPS = url, url.startswith("https")
    settings.PUBLIC_HOST = url.split("/")[2].split(":")[0]
    TikTokShop.objects.update(subscribed_at=None)
    ShopifyStore.objects.update(subscribed_at=None)
    (line,) = wrong()
    assert line.startswith("PUBLIC_URL: ")
    assert words in line


def test_loopback_is_for_a_sandbox(well: World, settings: Any) -> None:
    settings.PUBLIC_URL, settings.ON_LOOPBACK = "http://127.0.0.1:8000", True
    assert checkup.check_public_address().is_good


def test_a_queue_that_is_away_is_wrong(well: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup.queue, "ping", lambda: False)
    assert wrong() == ["Queue: does not answer: check REDIS_URL, or start runstack"]


def test_a_queue_that_nobody_works_is_wrong(well: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checkup.queue, "count_workers", lambda name: int(name == "bulk"))
    assert wrong() == [
        "Workers: none takes the jobs of interactive: "
        "start runstack, or manage.py rqworker with that name"
    ]


def test_a_timetable_that_stands_still_is_wrong(well: World) -> None:
    TikTokShop.objects.update(last_poll_at=datetime.now(UTC) - timedelta(minutes=42))
    assert wrong() == [
        "Polls: the last poll of a shop is 42 minutes old: "
        "start runstack, or manage.py cron and the workers"
    ]


def test_debug_in_public_is_wrong(well: World, settings: Any) -> None:
    settings.DEBUG = True
    assert wrong() == ["DEBUG: is on where everybody can see it: set DEBUG=off"]
    settings.ON_LOOPBACK = True
    assert wrong() == []


def test_a_failed_system_check_is_told(well: World, monkeypatch: pytest.MonkeyPatch) -> None:
    message = checks.Error("TIKTOK_APP_KEY is missing", id="tiktoksync.E001")
    monkeypatch.setattr(checkup.checks, "run_checks", lambda: [message])
    assert wrong() == ["Configuration: TIKTOK_APP_KEY is missing"]


def test_missing_migrations_are_told_and_connections_left_alone(
    well: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        checkup.MigrationExecutor, "migration_plan", lambda *_: [("one", False), ("two", False)]
    )
    assert wrong() == ["Database: 2 migrations are missing: run migrate"]
    assert well.calls == []


def test_a_database_that_is_away_is_told(well: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: Any) -> None:
        raise OperationalError("refused")

    monkeypatch.setattr(checkup, "MigrationExecutor", fail)
    assert wrong() == [
        "Database: does not answer (OperationalError): check DATABASE_URL and start its server"
    ]
    assert well.calls == []


def test_secrets_no_key_opens_are_told(well: World, settings: Any) -> None:
    settings.TOKEN_KEYS = [Fernet.generate_key().decode()]
    assert wrong() == ["Secrets: 6 secrets open with none of TOKEN_KEYS: add the key they had"]


def test_each_broken_connection_is_told_and_the_others_are_looked_at(well: World) -> None:
    connect_pair(ben())
    well.shops[ANNA_SHOP].token = "changed"
    well.stores[ANNA_STORE].token = "changed"
    assert wrong() == [
        f"Shopify {ANNA_STORE}: Shopify refuses the token. "
        "Connect it again; everything that waits goes on by itself.",
        f"TikTok shop {ANNA_SHOP}: TikTok Shop refuses the token. "
        "Connect it again; everything that waits goes on by itself.",
    ]


def test_an_account_that_waits_is_told_with_its_reason(well: World) -> None:
    TikTokShop.objects.update(auth_lost_at=datetime.now(UTC), paused_reason="Seller left.")
    assert f"TikTok shop {ANNA_SHOP}, health: reconnect: Seller left." in wrong()


def test_a_missing_definition_and_missing_permissions_are_told(well: World) -> None:
    well.stores[ANNA_STORE].definition_type = ""
    well.stores[ANNA_STORE].scopes = ("write_orders",)
    assert wrong() == [
        f"Shopify {ANNA_STORE}, permissions: lacks write_products, "
        "read_fulfillments, read_inventory, read_locations: add them to the app",
        f"Shopify {ANNA_STORE}, order-id metafield: not defined: run connect_shops again",
    ]


def test_another_shopify_app_is_told(well: World) -> None:
    well.stores[ANNA_STORE].app_id = "gid://shopify/App/2"
    assert wrong() == [f"Shopify {ANNA_STORE}, app: the token is another app's: run connect_shops"]


def test_lost_subscriptions_are_named(well: World) -> None:
    well.shops[ANNA_SHOP].webhooks.pop("PACKAGE_UPDATE")
    subscriptions = well.stores[ANNA_STORE].subscriptions
    for gid in [gid for gid, (topic, _) in subscriptions.items() if "PRODUCTS" in topic]:
        del subscriptions[gid]
    assert wrong() == [
        f"Shopify {ANNA_STORE}, webhooks: PRODUCTS_CREATE, PRODUCTS_UPDATE, PRODUCTS_DELETE "
        "missing: run connect_shops again",
        f"TikTok shop {ANNA_SHOP}, webhooks: PACKAGE_UPDATE missing: run connect_shops again",
    ]


def test_polling_by_choice_is_no_fault(well: World) -> None:
    connect_pair(ben(subscribe=False))
    assert wrong() == []


@pytest.mark.parametrize(("days", "is_good"), [(13, False), (15, True), (-1, False)])
def test_an_authorization_that_ends_soon_is_told(well: World, days: int, is_good: bool) -> None:
    ends = datetime.now(UTC) + timedelta(days=days)
    Credential.objects.filter(shop__isnull=False).update(refresh_expires_at=ends)
    found = wrong()
    assert (found == []) == is_good
    if not is_good:
        assert found == [
            f"TikTok shop {ANNA_SHOP}, authorization: ends on {ends:%Y-%m-%d}: renew it"
        ]


@pytest.mark.parametrize(
    ("skew", "words"),
    [(-45, "45 s ahead of TikTok's"), (400, "400 s behind TikTok's"), (20, ""), (-20, "")],
)
def test_a_clock_that_is_off_is_told(
    well: World, monkeypatch: pytest.MonkeyPatch, skew: int, words: str
) -> None:
    monkeypatch.setattr(checkup, "platform_time", lambda url: 1000.0 + skew)
    monkeypatch.setattr(checkup.time, "time", lambda: 1000.0)
    found = list(checkup.check_clock())
    assert [finding.is_good for finding in found] == [words == ""]
    assert words in found[0].words


def test_without_a_shop_there_is_no_clock_to_compare_with(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkup.queue, "ping", lambda: True)
    found = {finding.subject for finding in checkup.check_everything()}
    assert not {"Clock", "Polls"} & found


def test_a_platform_that_is_away_is_a_finding(well: World) -> None:
    well.errors["shop_info"] = Unreachable("Shopify could not be reached.")
    assert wrong() == [
        f"Shopify {ANNA_STORE}: Shopify could not be reached. "
        "Check SHOPIFY_URL, the network and the certificates."
    ]


def test_a_wrong_secret_in_the_environment_is_told(well: World, settings: Any) -> None:
    settings.TIKTOK_APP_SECRET = settings.SHOPIFY_API_SECRET = "wrong"
    assert wrong() == [
        "Shopify app shopify-key, secret: Shopify does not accept SHOPIFY_API_SECRET; "
        "the stored secret is used instead: correct SHOPIFY_API_SECRET",
        "TikTok Shop app tiktok-key, secret: TikTok Shop does not accept TIKTOK_APP_SECRET; "
        "the stored secret is used instead: correct TIKTOK_APP_SECRET",
    ]
    stored = {app.platform: app.secret for app in PlatformApp.objects.all()}
    assert stored == {"tiktok": "tiktok-secret", "shopify": "shopify-secret"}


def test_a_secret_that_was_rotated_is_to_be_taken_over(well: World) -> None:
    for app in PlatformApp.objects.all():
        app.secret = "before"
        app.save()
    found = wrong()
    assert (
        "Shopify app shopify-key, secret: SHOPIFY_API_SECRET is newer than the stored secret, "
        "which is the one used: run connect_shops to take it over"
    ) in found
    assert (
        "Shopify app shopify-key, secret: Shopify does not accept the stored secret: "
        "webhooks and renewals fail: run connect_shops with the app's own secret"
    ) in found
    assert (
        "TikTok Shop app tiktok-key, secret: TIKTOK_APP_SECRET is newer than the stored secret, "
        "which is the one used: run connect_shops to take it over"
    ) in found


def test_a_secret_nobody_can_judge_is_told_all_the_same(well: World, settings: Any) -> None:
    settings.SHOPIFY_API_SECRET = "another"
    well.errors["refresh"] = Unreachable("Shopify could not be reached.")
    assert wrong() == [
        "Shopify app shopify-key, secret: SHOPIFY_API_SECRET differs from the stored secret, "
        "which is the one used: run connect_shops to take it over, or correct SHOPIFY_API_SECRET"
    ]


def test_a_shop_that_sells_in_another_currency_is_told_before_its_first_order(well: World) -> None:
    well.stores[ANNA_STORE].currency = "EUR"
    assert wrong() == [
        f"Shopify {ANNA_STORE}, currency: orders of Anna on TikTok come in USD, which the store "
        "does not accept: add USD to the store's currencies"
    ]


def test_an_account_without_tokens_is_told_once(well: World) -> None:
    Credential.objects.filter(shop__isnull=False).delete()
    assert (
        f"TikTok shop {ANNA_SHOP}: Anna on TikTok has no tokens stored. "
        "Connect it again; everything that waits goes on by itself."
    ) in wrong()
