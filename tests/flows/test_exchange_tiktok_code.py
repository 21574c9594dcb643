"""From the consent page to a connected shop, as a person with a terminal does it."""

from __future__ import annotations

import io
import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.core.management import call_command

from tests.flows.token_worlds import connect, shop_row
from tests.flows.world import US_SHOP, World


class Stay(HTTPRedirectHandler):
    """Shows where a page leads instead of going there."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def say(*arguments: str) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command("exchange_tiktok_code", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def come_back(link: str) -> str:
    """The seller agrees, and this is the address the browser ends at."""
    with pytest.raises(HTTPError) as answer:
        build_opener(Stay).open(link, timeout=10)
    return str(answer.value.headers["Location"])


@pytest.fixture
def link(world: World, settings: Any) -> str:
    settings.TIKTOK_AUTHORIZE_URL = world.url
    settings.TIKTOK_SERVICE_ID = "7300000000000000001"
    code, out, _ = say()
    assert code == 0
    assert out.startswith(f"{world.url}/open/authorize?service_id=7300000000000000001")
    return out.strip()


def test_the_code_gives_all_that_connecting_asks_for(world: World, link: str) -> None:
    address = come_back(f"{link}&shop_id={US_SHOP}")
    code, out, err = say(address)
    assert (code, err) == (0, "")
    told = json.loads(out)
    (shop,) = told["shops"]
    assert (shop["id"], shop["region"]) == (US_SHOP, "US")
    assert shop["cipher"] == "TTP_sandboxUsCipher01"
    assert "seller.order.info" in told["granted_scopes"]
    assert told["tiktok_refresh_expires"] > told["tiktok_access_expires"] > 1_700_000_000
    tokens = {name: told[f"tiktok_{name}"] for name in ("access_token", "refresh_token")}
    connect(US_SHOP, tokens=tokens)
    world.sync()
    assert shop_row().health == "ok"
    assert shop_row().credential.access_token == tokens["access_token"]

    code, out, err = say(address)
    assert (code, out) == (1, ""), "a code works once"
    assert err == "The authorization at TikTok Shop has ended. Reconnect the shop.\n"


def test_a_seller_who_refuses_is_told_apart(link: str) -> None:
    assert say(come_back(f"{link}&refuse=1")) == (
        1,
        "",
        "The seller did not agree: open the link again.\n",
    )


def test_without_a_service_id_there_is_no_link(world: World, settings: Any) -> None:
    settings.TIKTOK_SERVICE_ID = ""
    assert say() == (1, "", "TIKTOK_SERVICE_ID is missing: it stands on the app's page.\n")
