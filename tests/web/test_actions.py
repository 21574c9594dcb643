"""Buttons: each calls its service once, says what came of it, and works without a script."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.models import Order
from orders.services import actions
from tests.factories import ORDER_ID, Pair, set_columns, stored_order
from tests.web.reading import elements_of, text_of
from tiktoksync.shops.models import TikTokShop

PAGE = f"/orders/{ORDER_ID}/"
HTMX = {"HX-Request": "true"}


class Recorder:
    """Stands in for a service: notes its calls and answers as told."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.calls: list[tuple[Any, ...]] = []

    def __call__(self, subject: Any, **how: Any) -> Any:
        self.calls.append((subject, how))
        return self.answer


CASES = [
    ("retry", "retry_order", "Queued again.", "There is nothing to retry on this order."),
    (
        "dismiss",
        "dismiss_order",
        "Skipped. It is not sent to Shopify.",
        "This order cannot be skipped any more.",
    ),
    ("release", "release_order", "Released.", "This order does not wait for your release."),
]


@pytest.mark.parametrize(("action", "service", "done", "refused"), CASES)
@pytest.mark.parametrize("works", [True, False])
def test_an_action_calls_its_service_once_and_says_what_came_of_it(
    action: str,
    service: str,
    done: str,
    refused: str,
    works: bool,
    pair: Pair,
    anna: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = stored_order(pair.shop)
    recorder = Recorder(works)
    monkeypatch.setattr(actions, service, recorder)
    answer = anna.post(f"{PAGE}{action}/", follow=True)
    assert answer.redirect_chain == [(f"{PAGE}?shop=749Anna", 302)]
    assert (done if works else refused) in text_of(answer)
    ((subject, how),) = recorder.calls
    assert subject == order
    assert (how["actor"], how["user"].username) == ("merchant", "anna")


@pytest.mark.parametrize(("action", "service", "done", "refused"), CASES)
def test_with_a_script_the_order_comes_back_as_a_fragment(
    action: str,
    service: str,
    done: str,
    refused: str,
    pair: Pair,
    anna: Client,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored_order(pair.shop)
    monkeypatch.setattr(actions, service, Recorder(True))
    answer = anna.post(f"{PAGE}{action}/", headers=HTMX)
    assert answer.status_code == 200
    assert answer.templates[0].name == "orders/_detail.html"
    (toasts,) = [each for each in elements_of(answer, "div") if each.get("id") == "toasts"]
    assert toasts["hx-swap-oob"] == "true"
    assert done in text_of(answer)


def test_a_retried_order_is_seen_moving_until_it_has_arrived(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    order = stored_order(pair.shop)
    set_columns(order, sync_status="failed", failure_kind="rejected", failure_reason="No.")
    woken.clear()
    answer = anna.post(f"{PAGE}retry/", headers=HTMX)
    assert "On its way to Shopify" in text_of(answer)
    (live,) = [each for each in elements_of(answer, "div") if each.get("id") == "order"]
    assert live["hx-trigger"] == "every 2s"
    assert ("push_orders", pair.store.pk) in woken
    set_columns(order, sync_status="synced", shopify_order_name="#1001", attempt_number=1)
    arrived = anna.get(live["hx-get"])
    words = text_of(arrived)
    assert "Synced in Shopify as #1001" in words
    assert "On its way to Shopify" not in words


def test_the_history_names_the_person(pair: Pair, anna: Client) -> None:
    set_columns(stored_order(pair.shop), sync_status="held", wait_reason="auto_sync_off")
    anna.post(f"{PAGE}release/")
    assert Order.objects.get().sync_status == "pending"
    assert "Queued for Shopify just now · anna Released by hand." in text_of(anna.get(PAGE))


def test_a_fresh_copy_asks_for_this_orders_shop(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored_order(pair.shop)
    calls: list[Any] = []
    monkeypatch.setattr(actions, "pull_now", lambda shops: calls.append(list(shops)) or 1)
    answer = anna.post(f"{PAGE}pull/", follow=True)
    assert calls == [[pair.shop]]
    assert "Asked TikTok for news of this order." in text_of(answer)


# --- pull now -------------------------------------------------------------------------------------


def test_pull_now_asks_every_shop_once(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(actions, "pull_now", lambda shops: calls.append(list(shops)) or 1)
    answer = anna.post("/orders/pull/", follow=True)
    assert calls == [[pair.shop]]
    assert answer.redirect_chain == [("/orders/", 302)]
    assert "Asking TikTok for news: 1 shop." in text_of(answer)


def pull_of(answer: Any) -> dict[str, str]:
    (pull,) = [each for each in elements_of(answer, "div") if each.get("id") == "pull"]
    return pull


def test_pull_now_is_watched_until_every_shop_has_answered(
    pair: Pair, anna: Client, woken: list[tuple[str, int]]
) -> None:
    answer = anna.post("/orders/pull/", headers=HTMX)
    assert "Asking TikTok… 0 of 1" in text_of(answer)
    assert set(woken) == {("pull_orders", pair.shop.pk), ("pull_fulfillments", pair.store.pk)}
    watch = pull_of(answer)["hx-get"]
    assert pull_of(answer)["hx-trigger"] == "every 2s"
    assert "0 of 1" in text_of(anna.get(watch))
    TikTokShop.objects.update(last_poll_at=timezone.now())
    done = anna.get(watch)
    assert "Up to date" in text_of(done)
    assert "hx-get" not in pull_of(done)


def test_an_answer_from_before_the_asking_does_not_count(pair: Pair, anna: Client) -> None:
    TikTokShop.objects.update(last_poll_at=timezone.now() - timedelta(seconds=1))
    assert "0 of 1" in text_of(anna.post("/orders/pull/", headers=HTMX))


def test_a_pull_that_takes_too_long_says_so(pair: Pair, anna: Client) -> None:
    since = (timezone.now() - timedelta(minutes=2)).isoformat()
    answer = anna.get("/orders/pull/progress/", {"since": since})
    assert "A worker may be busy, or not running." in text_of(answer)


@pytest.mark.parametrize(
    "since", ["", "yesterday", "2026-13-45T00:00:00+00:00", "2026-05-03T00:00"]
)
def test_a_watch_without_a_moment_begins_now(since: str, pair: Pair, anna: Client) -> None:
    answer = anna.get("/orders/pull/progress/", {"since": since})
    assert "Asking TikTok… 0 of 1" in text_of(answer)
