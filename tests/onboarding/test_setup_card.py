"""The card on the home page."""

from __future__ import annotations

from django.template import engines
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from tests.factories import Pair, set_columns
from tests.onboarding.conftest import browser
from tests.web.reading import text_of
from tiktoksync.onboarding.models import SetupProgress
from tiktoksync.shops.models import Membership, Merchant


def draw(pair: Pair, role: str = "owner") -> str:
    """The card as a template with the tag draws it."""
    request = RequestFactory().get("/")
    request.merchant = pair.merchant  # type: ignore[attr-defined]
    request.membership = Membership(merchant=pair.merchant, role=role)  # type: ignore[attr-defined]
    template = engines["django"].from_string("{% load onboarding %}{% setup_card %}")
    return str(template.render({}, request))


def test_it_shows_how_far_the_setup_is(pair: Pair) -> None:
    card = draw(pair)
    assert "2 of 9 done" in card
    assert "Next: Pre-flight" in card
    assert card.count("<li") == 9


def test_it_is_gone_once_the_shop_is_live(pair: Pair) -> None:
    set_columns(pair.shop, live_at=timezone.now())
    assert draw(pair).strip() == ""


def test_it_is_shut_and_opened_for_the_whole_team(pair: Pair, anna: Client) -> None:
    answer = anna.post(reverse("welcome-fold"), {"folded": "1"}, headers={"HX-Request": "true"})
    assert "2 of 9 done" in text_of(answer)
    assert "<ol" not in answer.content.decode()
    assert SetupProgress.objects.get().is_folded
    assert "<ol" not in draw(pair, "viewer")
    assert anna.post(reverse("welcome-fold"), {"folded": "0"})["Location"] == "/"
    assert "<ol" in draw(pair, "viewer")


def test_a_viewer_has_no_button_to_shut_it(pair: Pair) -> None:
    assert "<form" in draw(pair)
    assert "<form" not in draw(pair, "viewer")


def test_a_new_merchant_is_led_to_the_first_step(db: None) -> None:
    browser("olga", merchant := Merchant.objects.create(name="Olga"))
    pair = Pair(merchant, None, None)  # type: ignore[arg-type]
    card = draw(pair)
    assert "0 of 9 done" in card
    assert reverse("welcome-shopify") in card
