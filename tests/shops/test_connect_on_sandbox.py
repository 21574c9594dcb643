"""The real command and clients against the sandbox's two platforms, over HTTP."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any
from urllib.request import urlopen

import pytest
from django.core.management import call_command

from tests.shops.rows import dump_rows
from tiktoksync.sandbox.config import complete_config
from tiktoksync.sandbox.server import Sandbox, start
from tiktoksync.shops.models import ShopifyStore, TikTokShop

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
    assert first["shopify:webhookSubscriptionCreate"] == 11
    assert first["tiktok:event.put"] == 7
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
