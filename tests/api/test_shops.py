"""How a program learns whether its shops work."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from tests.api.cast import NOON, Cast
from tests.api.schema import checked
from tiktoksync.shops.models import Credential
from tiktoksync.sync.accounts import lose_consent, pause

URL = "/api/v1/shops/"


def test_a_shop_that_works_is_shown_with_every_named_field(cast: Cast, anna: Client) -> None:
    cast.anna.shop.last_poll_at = NOON
    cast.anna.shop.save()

    body = checked(anna.get(URL), "shops_list", 200)

    assert body == {
        "results": [
            {
                "tiktok_shop_id": cast.anna.shop.shop_id,
                "name": "Anna's shop",
                "region": "US",
                "shopify_shop": "anna.myshopify.com",
                "health": "ok",
                "paused_reason": None,
                "paused_until": None,
                "shopify_health": "ok",
                "shopify_paused_reason": None,
                "shopify_paused_until": None,
                "refused_reason": None,
                "shopify_refused_reason": None,
                "last_poll_at": "2026-05-03T12:00:00Z",
                "consent_expires_at": "2027-02-27T12:00:00Z",
            }
        ],
        "next": None,
    }


def test_a_pause_is_shown_with_its_reason_until_it_is_over(cast: Cast, anna: Client) -> None:
    pause(cast.anna.shop, 60, "TikTok asks us to slow down.")

    (shop,) = checked(anna.get(URL), "shops_list", 200)["results"]
    assert (shop["health"], shop["paused_reason"]) == ("paused", "TikTok asks us to slow down.")
    assert shop["paused_until"] is not None

    cast.anna.shop.paused_until = timezone.now() - timedelta(seconds=1)
    cast.anna.shop.save()
    (shop,) = checked(anna.get(URL), "shops_list", 200)["results"]
    assert (shop["health"], shop["paused_reason"], shop["paused_until"]) == ("ok", None, None)


def test_a_refused_poll_is_told(cast: Cast, anna: Client) -> None:
    cast.anna.shop.refused_polls = {"pull_orders": "TikTok Shop refused the request."}
    cast.anna.shop.save()
    (shop,) = checked(anna.get(URL), "shops_list", 200)["results"]
    assert (shop["health"], shop["refused_reason"]) == ("ok", "TikTok Shop refused the request.")
    assert shop["shopify_refused_reason"] is None


def test_a_lost_consent_asks_for_reconnecting(cast: Cast, anna: Client) -> None:
    lose_consent(cast.anna.store, "The app was uninstalled.")

    (shop,) = checked(anna.get(URL), "shops_list", 200)["results"]

    assert (shop["health"], shop["shopify_health"]) == ("ok", "reconnect")
    assert shop["shopify_paused_reason"] == "The app was uninstalled."


def test_a_shop_without_tokens_is_shown(cast: Cast, anna: Client) -> None:
    Credential.objects.all().delete()

    (shop,) = checked(anna.get(URL), "shops_list", 200)["results"]

    assert shop["consent_expires_at"] is None


def test_no_secret_is_shown(cast: Cast, anna: Client) -> None:
    content = anna.get(URL).content.decode()

    for secret in ("access-secret", "refresh-secret", "ROW_c", cast.anna.store.webhook_secret):
        assert secret not in content
