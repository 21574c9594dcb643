"""The door to the sandbox's buyers: shut wherever a platform is real."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import Pair
from tests.web.reading import text_of
from tiktoksync.errors import Unreachable
from tiktoksync.lib import http
from tiktoksync.onboarding.services.sandbox_order import is_sandbox, place_sandbox_order

PLAYED = ("http://127.0.0.1:9100/tiktok", "http://127.0.0.1:9100/shopify/{shop}")


def use(settings: Any, tiktok: str, shopify: str) -> None:
    settings.TIKTOK_API_URL, settings.SHOPIFY_URL = tiktok, shopify


@pytest.mark.parametrize(
    ("tiktok", "shopify"),
    [
        ("https://open-api.tiktokglobalshop.com", "https://{shop}"),
        (PLAYED[0], "https://{shop}"),
        ("https://open-api.tiktokglobalshop.com", PLAYED[1]),
        ("http://127.0.0.1:9100", PLAYED[1]),
    ],
)
def test_real_platforms_are_never_asked_for_an_order(
    tiktok: str,
    shopify: str,
    pair: Pair,
    anna: Client,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    use(settings, tiktok, shopify)
    sent: list[Any] = []
    monkeypatch.setattr(http, "send", lambda *args, **named: sent.append(args))
    assert not is_sandbox()
    assert "Place an order on the sandbox" not in text_of(anna.get(reverse("rehearsal")))
    answer = anna.post(reverse("rehearsal-order"), follow=True)
    assert "No order was placed" in text_of(answer)
    assert sent == []


def test_a_sandbox_that_is_away_breaks_nothing(
    pair: Pair, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, *PLAYED)
    asked: list[str] = []

    def refuse(method: str, url: str, **named: Any) -> None:
        asked.append(f"{method} {url}")
        raise Unreachable("nobody there")

    monkeypatch.setattr(http, "send", refuse)
    assert is_sandbox()
    assert place_sandbox_order(pair.shop) == ""
    assert asked == ["POST http://127.0.0.1:9100/sandbox/api/orders"]
