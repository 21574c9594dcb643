"""The frame around every page: connections, counts, one banner, the other merchants."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.factories import Pair, set_columns, stored_order
from tests.web.reading import elements_of, text_of
from tiktoksync.shops.models import Membership, ShopifyStore, TikTokShop


def test_the_frame_tells_the_connections_and_the_count(pair: Pair, anna: Client) -> None:
    TikTokShop.objects.update(last_poll_at=timezone.now() - timedelta(minutes=5, seconds=5))
    set_columns(stored_order(pair.shop), sync_status="failed")
    words = text_of(anna.get("/products/"))
    assert "Orders 1 need attention Products" in words
    assert "Shopify Connected TikTok Connected Last checked 5 min ago" in words
    fragment = anna.get("/frame/")
    assert "Last checked 5 min ago" in text_of(fragment)
    (count,) = [each for each in elements_of(fragment, "span") if each.get("id")]
    assert (count["id"], count["hx-swap-oob"]) == ("attention-count", "true")


def banner_of(client: Client, page: str = "/products/") -> str:
    words = [
        each for each in elements_of(client.get(page), "div") if "banner" in each.get("class", "")
    ]
    assert len(words) <= 1
    return words[0]["class"] if words else ""


def test_one_banner_tells_the_worst_news(pair: Pair, anna: Client) -> None:
    assert banner_of(anna) == ""
    set_columns(stored_order(pair.shop), sync_status="failed")
    assert banner_of(anna) == "banner tone-wait"
    assert "1 order needs you." in text_of(anna.get("/products/"))
    assert banner_of(anna, "/orders/") == ""
    credential = pair.shop.credential
    set_columns(credential, refresh_expires_at=timezone.now() + timedelta(days=20, hours=1))
    assert "TikTok's consent for Anna's shop ends in 20 days" in text_of(anna.get("/orders/"))
    TikTokShop.objects.update(next_poll_at=timezone.now() - timedelta(minutes=6))
    assert "Anna's shop has not been asked for a while" in text_of(anna.get("/orders/"))
    ShopifyStore.objects.update(
        paused_until=timezone.now() + timedelta(minutes=5),
        paused_reason="Shopify asks us to slow down",
    )
    assert "anna.myshopify.com is paused: Shopify asks us to slow down." in text_of(anna.get("/"))
    TikTokShop.objects.update(auth_lost_at=timezone.now())
    assert banner_of(anna) == "banner tone-bad"
    words = text_of(anna.get("/"))
    assert "Sync has stopped: the connection to Anna's shop is lost." in words
    assert "Shopify Paused TikTok Reconnect" in words


def switches(client: Client) -> list[str]:
    """The merchants that the menu at the person's name offers."""
    buttons = elements_of(client.get("/products/"), "button")
    return [button["value"] for button in buttons if button.get("name") == "merchant"]


def test_the_menu_offers_the_other_merchants_of_a_person(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    assert switches(anna) == []
    anna_herself = User.objects.get(username="anna")
    Membership.objects.create(merchant=strangers.merchant, user=anna_herself, role="viewer")
    assert switches(anna) == [str(strangers.merchant.pk)]
    anna.post("/merchant/", {"merchant": strangers.merchant.pk})
    assert switches(anna) == [str(pair.merchant.pk)]
    assert 'name="merchant"' not in anna.get("/frame/").content.decode()


def test_one_place_of_the_navigation_is_marked_as_here(pair: Pair, anna: Client) -> None:
    for address, name in (
        ("/", "/"),
        ("/orders/", "/orders/"),
        ("/orders/?tab=cancelled", "/orders/"),
        ("/orders/returns/", "/orders/returns/"),
        ("/products/", "/products/"),
        ("/activity/", "/activity/"),
        ("/settings/", "/settings/"),
    ):
        links = elements_of(anna.get(address), "a")
        pages = (
            "/",
            "/orders/",
            "/orders/returns/",
            "/products/",
            "/activity/",
            "/settings/",
        )
        here = [link["href"] for link in links if link.get("aria-current") == "page"]
        assert [each for each in here if each in pages][:1] == [name]


def test_the_frame_names_the_zone_and_the_keys(pair: Pair, anna: Client) -> None:
    set_columns(pair.merchant, timezone="Europe/Berlin")
    words = text_of(anna.get("/products/"))
    assert "Times in Europe/Berlin" in words
    assert "Keyboard shortcuts" in words


def test_a_store_is_connected_before_its_shop_is(pair: Pair, anna: Client) -> None:
    pair.shop.delete()
    words = text_of(anna.get("/connect/"))
    assert "Shopify Connected" in words
    assert "TikTok Not connected" in words
