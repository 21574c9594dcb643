"""The last step: what keeps a shop from going live, the switch, and the dry run before it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import Pair, link_sku, set_columns, stored_order
from tests.onboarding.conftest import check
from tests.onboarding.test_pages import page
from tests.web.reading import elements_of, rows_of, text_of
from tiktoksync.onboarding import views_acts
from tiktoksync.onboarding.models import DryRun, SetupProgress

NEVER_RUN = "Run the pre-flight first: nobody has looked both sides over yet."


def test_going_live_ends_the_dry_run_and_the_setup(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    link_sku(pair, "RED", 41)
    check(pair, "green")
    anna.post(reverse("dry-run-begin"), {"hours": "4"})
    run = DryRun.objects.get()
    assert round((run.ends_at - run.started_at).total_seconds()) == 4 * 3600
    order = stored_order(pair.shop)
    answer = page(anna, "welcome-live")
    assert rows_of(answer)[0][1] == "Would be created as the store's next number, 1 line"
    assert "Orders sent to Shopify since it began: 0" in text_of(answer)
    assert 'hx-trigger="every 5s"' in answer.content.decode()
    woken.clear()
    answer = anna.post(reverse("go-live"), follow=True)
    assert "Anna's shop is live" in text_of(answer)
    pair.refresh()
    assert pair.shop.live_at is not None
    run.refresh_from_db()
    assert run.ended_at is not None
    assert ("push_orders", pair.store.pk) in woken
    assert SetupProgress.objects.get().finished_at is not None
    order.refresh_from_db()
    assert order.next_attempt_at is not None
    words = text_of(page(anna, "welcome"))
    assert "You are live" in words


def test_ending_a_dry_run_early_makes_nothing_live(pair: Pair, anna: Client) -> None:
    anna.post(reverse("dry-run-begin"), {"hours": "24"})
    words = text_of(anna.post(reverse("dry-run-end"), follow=True))
    assert "The dry run is over. Nothing goes on by itself" in words
    assert pair.refresh().shop.live_at is None
    assert "No dry run is under way." in text_of(anna.post(reverse("dry-run-end"), follow=True))


@pytest.mark.parametrize("hours", ["", "0", "25", "x", "-1"])
def test_a_dry_run_of_nonsense_does_not_begin(hours: str, pair: Pair, anna: Client) -> None:
    answer = anna.post(reverse("dry-run-begin"), {"hours": hours}, follow=True)
    assert "A dry run lasts between 1 and 24 hours." in text_of(answer)
    assert not DryRun.objects.exists()


def may_go_live(answer: Any) -> bool:
    return reverse("go-live") in [form.get("action") for form in elements_of(answer, "form")]


def test_a_preflight_that_never_ran_is_asked_for_first(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    order = stored_order(pair.shop)
    woken.clear()
    answer = page(anna, "welcome-live")
    assert "First: the pre-flight Nobody has looked both sides over yet." in text_of(answer)
    assert not may_go_live(answer)
    assert "Left open" in text_of(answer)
    routes = [link.get("href") for link in elements_of(answer, "a")]
    assert routes.count(reverse("welcome-preflight")) == 2, "in the list of steps, and in the card"
    for sent in ({}, {"despite": "1"}):
        words = text_of(anna.post(reverse("go-live"), sent, follow=True))
        assert NEVER_RUN in words
    assert (pair.refresh().shop.live_at, woken) == (None, [])
    order.refresh_from_db()
    assert (order.sync_status, order.wait_reason) == ("held", "not_live")
    assert not SetupProgress.objects.filter(finished_at__isnull=False).exists()


def test_the_preflight_is_run_from_there_and_leads_back(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = []

    def run(shop: Any) -> None:
        ran.append(shop.pk)
        check(pair, "green", f"run {len(ran)}")

    monkeypatch.setattr(views_acts, "run_preflight", run)
    form = next(
        one
        for one in elements_of(page(anna, "welcome-live"), "form")
        if one.get("action") == reverse("welcome-check")
    )
    assert form["method"] == "post"
    answer = anna.post(reverse("welcome-check"), {"back": "live"}, follow=True)
    assert answer.redirect_chain == [(reverse("welcome-live"), 302)]
    assert (ran, may_go_live(answer)) == ([pair.shop.pk], True)
    elsewhere = anna.post(reverse("welcome-check"), {"back": "https://evil.example/"})
    assert elsewhere["Location"] == reverse("welcome-preflight")


def test_a_preflight_of_another_shop_does_not_count(
    pair: Pair, strangers: Pair, anna: Client
) -> None:
    check(strangers, "green")
    anna.post(reverse("go-live"))
    assert pair.refresh().shop.live_at is None


def test_red_keeps_the_shop_from_going_live(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    check(pair, "green", "y")
    red = check(pair, "red", words="USD meets EUR.", fix="Change it.")
    answer = page(anna, "welcome-live")
    assert "In the way USD meets EUR. Change it." in text_of(answer)
    assert "Check again" in text_of(answer)
    assert not may_go_live(answer)
    woken.clear()
    for sent in ({}, {"despite": "1"}):
        words = text_of(anna.post(reverse("go-live"), sent, follow=True))
        assert "1 check is in the way. Do what the pre-flight says, then check again." in words
    assert (pair.refresh().shop.live_at, woken) == (None, [])
    set_columns(red, light="amber")
    anna.post(reverse("go-live"))
    assert pair.refresh().shop.live_at is not None


def test_amber_warns_and_keeps_nothing(pair: Pair, anna: Client) -> None:
    check(pair, "amber", words="No tax information.", fix="Add it.")
    answer = page(anna, "welcome-live")
    words = text_of(answer)
    assert "Look at it No tax information. Add it. You can go live all the same." in words
    assert "In the way" not in words
    assert may_go_live(answer)
    anna.post(reverse("go-live"))
    assert pair.refresh().shop.live_at is not None


def test_a_shop_that_is_live_is_not_asked_for_a_preflight(pair: Pair, anna: Client) -> None:
    now = timezone.now()
    set_columns(pair.shop, live_at=now)
    check(pair, "red", words="USD meets EUR.")
    assert "In the way" not in text_of(page(anna, "welcome-live"))
    assert "is live already" in text_of(anna.post(reverse("go-live"), follow=True))
    assert pair.refresh().shop.live_at == now


def test_going_live_twice_changes_nothing(pair: Pair, anna: Client) -> None:
    check(pair, "green")
    anna.post(reverse("go-live"))
    first = pair.refresh().shop.live_at
    words = text_of(anna.post(reverse("go-live"), follow=True))
    assert "Anna's shop is live already." in words
    assert pair.refresh().shop.live_at == first


def test_a_stranger_makes_nothing_of_annas_live(pair: Pair, ben: Client) -> None:
    check(pair, "green")
    ben.post(reverse("go-live"))
    ben.post(reverse("dry-run-begin"), {"hours": "4"})
    assert pair.refresh().shop.live_at is None
    assert not DryRun.objects.filter(shop=pair.shop).exists()
