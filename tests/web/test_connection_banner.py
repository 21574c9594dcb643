"""What is wrong with a connection stands on every page, in words that say what to do."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order, SavedView
from tests.connecting.stage import known_connections
from tests.factories import Pair, link_sku, make_backfill, set_columns, stored_order
from tests.people.stage import known_people
from tests.privacy.stage import known_privacy
from tests.web.catalogue import known_products
from tests.web.reading import elements_of, text_of
from tests.web.routes import PAGES, addresses
from tiktoksync.shops.models import ApiToken, Credential, TikTokShop
from tiktoksync.shops.services.tokens import mint_token
from tiktoksync.sync.accounts import lose_consent, pause

# Parts of a page that replace themselves: the page around them keeps its banner.
FRAGMENTS = {"frame", "order-link", "order-refresh", "orders-pull-progress", "orders-refresh"} | {
    *("products-rows", "products-state", "run-items", "settings-products-example"),
    *("bell", "bell-list", "search-suggest", "order-peek", "settings-effect", "home-refresh"),
}
WHOLE_PAGES = sorted(set(PAGES) - FRAGMENTS)


@pytest.fixture
def known(pair: Pair) -> dict[str, Any]:
    """Anna's things, by the names that addresses have for them."""
    order: Order = stored_order(pair.shop)
    mint_token(pair.merchant, "Warehouse")
    return {
        "tiktok_order_id": order.tiktok_order_id,
        "shop_id": pair.shop.shop_id,
        "tiktok_sku_id": "29RED",
        "link_id": link_sku(pair, "BLUE", 42).pk,
        "run_id": make_backfill(pair).pk,
        **known_products(pair),
        **known_people(pair),
        **known_connections(pair),
        **known_privacy(pair),
        "view_id": SavedView.objects.create(merchant=pair.merchant, name="Urgent").pk,
        "token_id": ApiToken.objects.get().pk,
    }


def banner(client: Client, address: str) -> tuple[str, str]:
    """The tone of the one banner of a page, and the page's words."""
    answer = client.get(address)
    assert answer.status_code == 200
    found = [one for one in elements_of(answer, "div") if "banner" in one.get("class", "")]
    # That page tells in a box of its own that a person has no address for letters.
    assert len(found) == (2 if address == "/settings/notifications/" else 1)
    return found[0]["class"].removeprefix("banner tone-"), text_of(answer)


def test_only_parts_of_pages_are_left_out(known: dict[str, Any], anna: Client) -> None:
    answers = {name: anna.get(addresses(known)[name]) for name in PAGES}
    parts = {name for name, answer in answers.items() if b"<!doctype html>" not in answer.content}
    assert parts == FRAGMENTS


@pytest.mark.parametrize("name", WHOLE_PAGES)
@pytest.mark.parametrize("side", ["shop", "store"])
def test_every_page_says_that_a_connection_is_lost(
    pair: Pair, known: dict[str, Any], anna: Client, name: str, side: str
) -> None:
    account = getattr(pair, side)
    lose_consent(account, "The authorization has ended.")
    tone, words = banner(anna, addresses(known)[name])
    assert tone == "bad"
    assert (
        f"Sync has stopped: the connection to {account} is lost. Orders wait until it is back."
    ) in words


@pytest.mark.parametrize("name", WHOLE_PAGES)
def test_every_page_says_that_news_are_refused(
    pair: Pair, known: dict[str, Any], anna: Client, name: str
) -> None:
    reason = "TikTok Shop refused the request. It said: “Moon phase wrong”"
    set_columns(pair.shop, refused_polls={"pull_orders": reason})
    tone, words = banner(anna, addresses(known)[name])
    assert tone == "bad"
    assert f"Some news of {pair.shop} cannot be read: {reason}" in words


@pytest.mark.parametrize("name", WHOLE_PAGES)
def test_every_page_says_that_an_account_waits_and_why(
    pair: Pair, known: dict[str, Any], anna: Client, name: str
) -> None:
    pause(pair.store, 300, "Shopify has not granted a permission. Authorize the app again.")
    tone, words = banner(anna, addresses(known)[name])
    assert tone == "wait"
    assert (
        f"{pair.store} is paused: Shopify has not granted a permission. "
        "Give the app the permission, then connect it again."
    ) in words


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "The store's Shopify plan does not include this.",
            "The store's Shopify plan does not include this. "
            "Settle the plan or the bill; everything that waits goes on by itself.",
        ),
        (
            "Shopify asks to slow down.",
            "Shopify asks to slow down. "
            "Nothing to do: the work goes on by itself at the pace that is allowed.",
        ),
        ("Something else", "Something else. It is tried again by itself."),
        ("", "it asked us to slow down. It is tried again by itself."),
    ],
)
def test_a_pause_is_told_with_what_helps_and_one_full_stop(
    pair: Pair, anna: Client, reason: str, said: str
) -> None:
    pause(pair.store, 300, reason)
    _, words = banner(anna, "/")
    assert f"{pair.store} is paused: {said} " in f"{words} "


@pytest.mark.parametrize("name", WHOLE_PAGES)
def test_every_page_tells_that_a_consent_ends_soon(
    pair: Pair, known: dict[str, Any], anna: Client, name: str
) -> None:
    ends = timezone.now() + timedelta(days=3, hours=1)
    set_columns(pair.shop.credential, refresh_expires_at=ends)
    tone, words = banner(anna, addresses(known)[name])
    assert tone == "bad"
    day = f"{ends.day} {ends:%B %Y}"
    assert f"TikTok's consent for {pair.shop} ends in 3 days, on {day}. Renew it now" in words


@pytest.mark.parametrize(
    ("left", "tone"),
    [(29, "wait"), (8, "wait"), (6.9, "bad"), (0.5, "bad"), (-1, "bad")],
)
def test_the_tone_grows_urgent_and_the_button_leads_to_the_connections(
    pair: Pair, anna: Client, left: float, tone: str
) -> None:
    set_columns(pair.shop.credential, refresh_expires_at=timezone.now() + timedelta(days=left))
    assert banner(anna, "/")[0] == tone
    links = [link["href"] for link in elements_of(anna.get("/"), "a") if "button" in str(link)]
    assert "/connect/" in links


def test_a_distant_end_is_told_by_no_banner(pair: Pair, anna: Client) -> None:
    set_columns(pair.shop.credential, refresh_expires_at=timezone.now() + timedelta(days=31))
    assert not [one for one in elements_of(anna.get("/"), "div") if "banner" in str(one)]


def test_an_idle_stores_end_is_told_as_shopifys(pair: Pair, anna: Client) -> None:
    credential = Credential.objects.get(store=pair.store)
    set_columns(
        credential,
        refresh_token="shprt_1",
        refresh_expires_at=timezone.now() + timedelta(days=13, hours=1),
        end_moves=True,
        renewed_at=timezone.now() - timedelta(days=76),
    )
    assert f"Shopify's consent for {pair.store} ends in 13 days" in banner(anna, "/")[1]
    set_columns(credential, renewed_at=timezone.now())
    assert not [one for one in elements_of(anna.get("/"), "div") if "banner" in str(one)]


def test_what_stops_sync_within_a_week_stands_before_a_pause(pair: Pair, anna: Client) -> None:
    pause(pair.store, 300, "Shopify asks to slow down.")
    set_columns(pair.shop.credential, refresh_expires_at=timezone.now() + timedelta(days=2))
    assert banner(anna, "/")[0] == "bad"
    TikTokShop.objects.update(auth_lost_at=timezone.now())
    assert "Sync has stopped" in banner(anna, "/")[1]
