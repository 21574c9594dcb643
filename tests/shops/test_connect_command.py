"""`manage.py connect_shops`: one JSON object, or one sentence and exit 1."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError

from tests.shops.conftest import ANNA_SHOP, ANNA_STORE, BEN_SHOP, BEN_STORE
from tests.shops.fakes import World
from tests.shops.rows import dump_rows
from tiktoksync.lib.secrets import UnreadableSecret
from tiktoksync.management.commands import connect_shops
from tiktoksync.shops.models import ApiToken, Credential, Membership, Merchant, TikTokShop

ANNA = {
    "merchant": "Anna",
    "shopify-shop": ANNA_STORE,
    "shopify-token": "shpat_good",
    "tiktok-shop-id": ANNA_SHOP,
    "tiktok-cipher": "TTP_anna",
    "tiktok-region": "US",
    "tiktok-access-token": "TTP_good",
    "tiktok-refresh-token": "TTP_refresh",
}
SECRETS = ("shopify-token", "tiktok-cipher", "tiktok-access-token", "tiktok-refresh-token")


def run(*extra: str, **changes: str | None) -> tuple[int, str, str]:
    """Exit code, stdout and stderr. A change of None leaves an option out."""
    options = {**ANNA, **{name.replace("_", "-"): value for name, value in changes.items()}}
    words = [f"--{name}={value}" for name, value in options.items() if value is not None]
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("connect_shops", *words, *extra, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture(autouse=True)
def _no_secrets_around(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*SECRETS, "shopify-refresh-token", "owner-password"):
        monkeypatch.delenv(name.upper().replace("-", "_"), raising=False)


def test_success_is_exactly_one_json_object(world: World) -> None:
    code, out, err = run()
    assert (code, err) == (0, "")
    said = json.loads(out)
    shop = TikTokShop.objects.get()
    assert said == {
        "merchant_id": shop.merchant_id,
        "shop_id": shop.pk,
        "store_id": shop.store_id,
        "api_token": ApiToken.objects.get().token,
        "shopify_webhook_url": (
            f"https://sync.example/webhooks/shopify/{shop.store.webhook_secret}/"
        ),
        "tiktok_webhook_url": "https://sync.example/webhooks/tiktok/",
    }
    assert out.count("\n") == 1


def test_running_it_again_says_and_stores_the_same(world: World) -> None:
    first = run("--owner-email=anna@example.com", "--tiktok-access-expires=1900000000")
    rows = dump_rows()
    assert run("--owner-email=anna@example.com", "--tiktok-access-expires=1900000000") == first
    assert dump_rows() == rows


def test_a_second_pair_is_added_to_the_merchant(world: World) -> None:
    first = json.loads(run()[1])
    second = json.loads(
        run(
            shopify_shop=BEN_STORE,
            shopify_token="shpat_ben",
            tiktok_shop_id=BEN_SHOP,
            tiktok_cipher="ROW_ben",
            tiktok_region="VN",
            tiktok_access_token="ROW_good",
        )[1]
    )
    assert second["merchant_id"] == first["merchant_id"]
    assert second["api_token"] == first["api_token"]
    assert (second["shop_id"], second["store_id"]) != (first["shop_id"], first["store_id"])


def test_secrets_may_come_from_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in SECRETS:
        monkeypatch.setenv(name.upper().replace("-", "_"), ANNA[name])
    monkeypatch.setenv("SHOPIFY_REFRESH_TOKEN", "shprt_x")
    code, _, err = run(**{name.replace("-", "_"): None for name in SECRETS})
    assert (code, err) == (0, "")
    assert Credential.objects.get(shop__shop_id=ANNA_SHOP).refresh_token == "TTP_refresh"
    assert Credential.objects.get(store__shop_domain=ANNA_STORE).refresh_token == "shprt_x"


def test_an_argument_beats_the_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIKTOK_ACCESS_TOKEN", "TTP_else")
    assert run()[0] == 0
    assert Credential.objects.get(shop__shop_id=ANNA_SHOP).access_token == "TTP_good"


def test_expiries_are_unix_seconds(world: World) -> None:
    code, _, _ = run(
        "--shopify-refresh-token=shprt_x",
        "--shopify-token-expires=1900000000",
        "--tiktok-access-expires=1800000000",
        "--tiktok-refresh-expires=4878250317",
    )
    assert code == 0
    tiktok = Credential.objects.get(shop__shop_id=ANNA_SHOP)
    shopify = Credential.objects.get(store__shop_domain=ANNA_STORE)
    assert tiktok.access_expires_at.timestamp() == 1800000000
    assert tiktok.refresh_expires_at.timestamp() == 4878250317
    assert shopify.access_expires_at.timestamp() == 1900000000


@pytest.mark.parametrize("name", ANNA)
def test_a_missing_option_is_named(world: World, name: str) -> None:
    code, out, err = run(**{name.replace("-", "_"): None})
    assert (code, out) == (1, "")
    assert err.startswith(f"--{name} is missing")
    assert err.count("\n") == 1
    assert Merchant.objects.count() == 0


@pytest.mark.parametrize(
    ("extra", "sentence"),
    [
        ("--tiktok-access-expires=tomorrow", "--tiktok-access-expires is a time in Unix seconds."),
        ("--shopify-token-expires=99999999999", "--shopify-token-expires is a time"),
        ("--sync-from=always", "'all' or a time in Unix seconds"),
        ("--shopify-shop=example.com", "name.myshopify.com"),
        ("--tiktok-access-token=TTP_wrong", "TikTok Shop refuses the token."),
        ("--shopify-token=wrong", "Shopify refuses the token."),
        ("--tiktok-region=VN", "sells in US, not in VN"),
    ],
)
def test_a_refusal_is_one_sentence_and_exit_1(world: World, extra: str, sentence: str) -> None:
    code, out, err = run(extra)
    assert (code, out) == (1, "")
    assert sentence in err
    assert err.count("\n") == 1
    assert Merchant.objects.count() == 0


def test_another_merchants_shop_is_refused(world: World) -> None:
    run()
    rows = dump_rows()
    code, out, err = run(merchant="Ben")
    assert (code, out) == (1, "")
    assert err == f"Shopify store {ANNA_STORE} already belongs to another merchant.\n"
    assert dump_rows() == rows


@pytest.mark.parametrize("error", [OperationalError("no such table"), UnreadableSecret("x")])
def test_a_database_that_cannot_be_used_is_told_without_a_traceback(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fail(_: Any) -> None:
        raise error

    monkeypatch.setattr(connect_shops, "connect_pair", fail)
    code, out, err = run()
    assert (code, out) == (1, "")
    assert err.count("\n") == 1


def test_no_secret_is_repeated_in_a_refusal(world: World) -> None:
    said = run("--tiktok-access-token=TTP_wrong-secret")[2] + run("--shopify-token=shpat_wrong")[2]
    for secret in ("TTP_wrong-secret", "shpat_wrong", "TTP_refresh", "tiktok-secret"):
        assert secret not in said


def test_remarks_go_to_stderr_and_leave_the_json_alone(world: World) -> None:
    world.stores[ANNA_STORE].scopes = ("write_orders",)
    code, out, err = run()
    assert code == 0
    assert set(json.loads(out)) == {
        "merchant_id",
        "shop_id",
        "store_id",
        "api_token",
        "shopify_webhook_url",
        "tiktok_webhook_url",
    }
    assert err == (
        "The Shopify app lacks permissions: write_products, read_fulfillments, "
        "read_inventory, read_locations.\n"
    )


def test_no_subscribe_leaves_both_platforms_webhooks_alone(world: World) -> None:
    code, _, _ = run("--no-subscribe", "--sync-from=all")
    assert code == 0
    assert world.stores[ANNA_STORE].subscriptions == {}
    assert TikTokShop.objects.get().sync_from is None


def test_the_owners_password_comes_from_the_environment(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OWNER_PASSWORD", "a good long secret")
    run("--owner-email=anna@example.com")
    membership = Membership.objects.select_related("user").get()
    assert membership.role == "owner"
    assert membership.user.check_password("a good long secret")
