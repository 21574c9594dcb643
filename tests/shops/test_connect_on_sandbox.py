"""The real command and clients against the sandbox's two platforms, over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from django.core.management import call_command

from tests.factories import pass_time, seconds_from_now
from tests.shops.rows import dump_rows
from tiktoksync.errors import NotAuthorized
from tiktoksync.sandbox.config import complete_config
from tiktoksync.sandbox.server import Sandbox, start
from tiktoksync.shops.models import Credential, ShopifyStore, TikTokShop
from tiktoksync.shops.services.accounts import note_refusal
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync.lanes import Lane, drain

US = {
    "merchant": "Demo",
    "shopify-shop": "demo-us.myshopify.com",
    "shopify-token": "shpat_sandbox-us",
    "tiktok-shop-id": "7495000000000000001",
    "tiktok-cipher": "TTP_sandboxUsCipher01",
    "tiktok-region": "US",
    "tiktok-access-token": "TTP_sandbox-us-access",
    "tiktok-refresh-token": "TTP_sandbox-us-refresh",
}


@pytest.fixture
def sandbox(db: None, settings: Any) -> Iterator[Sandbox]:
    running = start()
    config = complete_config()
    tiktok, shopify = config["tiktok"]["apps"][0], config["shopify"]["apps"][0]
    settings.TIKTOK_APP_KEY, settings.TIKTOK_APP_SECRET = tiktok["app_key"], tiktok["app_secret"]
    settings.SHOPIFY_API_KEY = shopify["api_key"]
    settings.SHOPIFY_API_SECRET = shopify["api_secret"]
    settings.TIKTOK_API_URL = f"{running.url}/tiktok"
    settings.SHOPIFY_URL = running.url + "/shopify/{shop}"
    settings.PUBLIC_URL, settings.HTTPS, settings.ON_LOOPBACK = "http://127.0.0.1:9", False, True
    yield running
    running.stop()


def connect(**changes: str) -> tuple[int, str, str]:
    options = {**US, **{name.replace("_", "-"): value for name, value in changes.items()}}
    out, err = io.StringIO(), io.StringIO()
    words = [f"--{name}={value}" for name, value in options.items()]
    try:
        call_command("connect_shops", *words, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def calls(sandbox: Sandbox) -> dict[str, int]:
    """How often each call was made, from the sandbox's request log."""
    with urlopen(f"{sandbox.url}/sandbox/api/log", timeout=10) as answer:
        return dict(json.load(answer)["counts"])


def test_a_pair_is_set_up_once_and_read_only_after_that(sandbox: Sandbox) -> None:
    code, out, err = connect()
    assert (code, err) == (0, "")
    first = calls(sandbox)
    assert first["shopify:metafieldDefinitionCreate"] == 1
    assert first["shopify:webhookSubscriptionCreate"] == 19
    assert first["tiktok:event.put"] == 12
    rows = dump_rows()

    assert connect() == (0, out, "")
    assert dump_rows() == rows
    second = calls(sandbox)
    for write in (
        "shopify:metafieldDefinitionCreate",
        "shopify:webhookSubscriptionCreate",
        "tiktok:event.put",
    ):
        assert second[write] == first[write]
    store, shop = ShopifyStore.objects.get(), TikTokShop.objects.get()
    assert json.loads(out)["store_id"] == store.pk
    assert (store.currency, store.name) == ("USD", "Harbor & Pine")
    assert shop.name == "Harbor & Pine US"


@pytest.mark.parametrize(
    "changes",
    [
        {"tiktok_access_token": "TTP_nonsense"},
        {"shopify_token": "shpat_nonsense"},
        {"tiktok_cipher": "ROW_sandboxVnCipher02"},
        {"tiktok_shop_id": "7495000000000000009"},
        {"tiktok_region": "VN"},
        {"shopify_shop": "nowhere.myshopify.com"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_what_does_not_fit_is_refused_in_one_sentence_without_a_trace(
    sandbox: Sandbox, changes: dict[str, str]
) -> None:
    code, out, err = connect(**changes)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert ShopifyStore.objects.count() == TikTokShop.objects.count() == 0
    assert not {name for name in calls(sandbox) if "Create" in name or "put" in name}


def own(*extra: str, **changes: str) -> tuple[int, str, str]:
    """Connect by the client credentials grant."""
    options = {name: value for name, value in US.items() if name != "shopify-token"} | changes
    out, err = io.StringIO(), io.StringIO()
    words = [f"--{name}={value}" for name, value in options.items()]
    try:
        call_command(
            "connect_shops", *words, "--shopify-client-credentials", *extra, stdout=out, stderr=err
        )
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_an_app_of_ones_own_asks_for_its_token_and_again_before_it_ends(sandbox: Sandbox) -> None:
    code, out, err = own()
    assert (code, err) == (0, "")
    credential = Credential.objects.get(store__isnull=False)
    first = credential.access_token
    assert credential.refresh_token == ""
    assert 86000 < seconds_from_now(credential.access_expires_at) < 86400
    assert 77000 < seconds_from_now(credential.next_attempt_at) < 78000
    rows, made = dump_rows(), calls(sandbox)
    assert own() == (0, out, "")
    assert dump_rows() == rows
    token_calls = {name for name, count in calls(sandbox).items() if count != made.get(name)}
    assert not {name for name in token_calls if "oauth" in name or "token" in name}

    pass_time(78000)
    drain(Lane("refresh_tokens", credential.pk))
    credential.refresh_from_db()
    assert credential.access_token not in ("", first)
    assert (credential.version, credential.sync_status) == (3, "pending")
    assert 86000 < seconds_from_now(credential.access_expires_at) < 86400
    assert shopify_client(ShopifyStore.objects.get()).shop_info().data.domain == US["shopify-shop"]


def test_a_refused_token_of_ones_own_is_asked_for_anew(sandbox: Sandbox) -> None:
    own()
    store = ShopifyStore.objects.get()
    dead = NotAuthorized("The token was refused.", account_reason="token_invalid")
    note_refusal(store, dead)
    assert store.auth_lost_at is None
    credential = Credential.objects.get(store=store)
    before = credential.access_token
    drain(Lane("refresh_tokens", credential.pk))
    credential.refresh_from_db()
    store.refresh_from_db()
    assert credential.access_token != before
    assert (store.paused_until, store.auth_lost_at) == (None, None)


@pytest.mark.parametrize(
    ("extra", "changes", "words"),
    [
        (["--shopify-token=shpat_x"], {}, "exclude each other"),
        ([], {"shopify-api-key": "sandbox", "shopify-api-secret": "wrong"}, "secret"),
    ],
)
def test_credentials_that_do_not_fit_are_refused_without_a_trace(
    sandbox: Sandbox, extra: list[str], changes: dict[str, str], words: str
) -> None:
    code, out, err = own(*extra, **changes)
    assert (code, out) == (1, "")
    assert words in err
    assert err.count("\n") == 1
    assert ShopifyStore.objects.count() == 0
