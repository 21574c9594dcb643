"""The backfill page: days are chosen, the preview is told by cause, and only a click creates."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from orders.templatetags.run_tags import time_span
from tests.factories import Pair, make_backfill, make_shop
from tests.web.reading import elements_of, text_of
from tiktoksync.runs.models import Run, RunItem

PAGE = "/orders/backfill/"


def begin(client: Client, **fields: Any) -> Any:
    return client.post(
        f"{PAGE}begin/", {"shop": "749Anna", "first": "2026-05-01", "last": "2026-05-31", **fields}
    )


def buttons(answer: Any) -> list[str]:
    """Where the forms of the page's card lead."""
    posts = [form["action"] for form in elements_of(answer, "form") if form.get("method") == "post"]
    return [action.rsplit("/", 2)[1] for action in posts if "/backfill/" in action]


def test_the_orders_list_leads_to_it(anna: Client, viewer: Client, pair: Pair) -> None:
    links = [link["href"] for link in elements_of(anna.get("/orders/"), "a")]
    assert PAGE in links
    assert PAGE not in [link["href"] for link in elements_of(viewer.get("/orders/"), "a")]


def test_days_are_the_merchants_own(pair: Pair, anna: Client, woken: list[Any]) -> None:
    pair.merchant.timezone = "America/New_York"
    pair.merchant.save()
    answer = begin(anna)
    run = Run.objects.get()
    assert answer["Location"] == f"{PAGE}{run.pk}/"
    assert run.wish == {
        "from": int(datetime(2026, 5, 1, 4, tzinfo=UTC).timestamp()),
        "to": int(datetime(2026, 6, 1, 4, tzinfo=UTC).timestamp()),
    }
    assert run.started_by is not None
    assert run.started_by.username == "anna"
    assert ("backfill_orders", pair.shop.pk) in woken
    words = text_of(anna.get(answer["Location"]))
    assert "placed 1 May 2026 to 31 May 2026" in words
    assert "asked just now by anna" in words


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"last": "2026-04-30"}, "This day lies before the first one."),
        ({"first": "2999-01-01", "last": "2999-01-02"}, "This day has not come yet."),
        ({"first": "soon"}, "Enter a valid date."),
        ({"shop": "749Ben"}, ""),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field(
    anna: Client, strangers: Pair, fields: dict[str, str], said: str
) -> None:
    answer = begin(anna, **fields)
    assert answer.status_code == 200
    assert said in text_of(answer)
    assert not Run.objects.exists()


def test_several_shops_are_told_apart(pair: Pair, anna: Client) -> None:
    assert not elements_of(anna.get(PAGE), "select")
    other = make_shop(pair.merchant, pair.store, "7490")
    (select,) = elements_of(anna.get(PAGE), "select")
    assert select["name"] == "shop"
    begin(anna, shop=other.shop_id)
    assert Run.objects.get().shop == other


def test_a_preview_in_the_making_counts_and_refreshes(anna: Client, pair: Pair) -> None:
    begin(anna)
    run = Run.objects.get()
    Run.objects.update(total=150, cursor={"expected": 500})
    answer = anna.get(f"{PAGE}{run.pk}/", headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    assert "150 of about 500 looked at. Nothing is created yet." in text_of(answer)
    (section,) = elements_of(answer, "section")
    assert (section["hx-get"], section["hx-trigger"]) == (f"{PAGE}{run.pk}/", "every 2s")
    (bar,) = elements_of(answer, "progress")
    assert (bar["value"], bar["max"]) == ("150", "500")
    assert buttons(answer) == ["cancel"]


def test_the_preview_tells_each_cause_with_examples(anna: Client, pair: Pair) -> None:
    run = make_backfill(pair, missing=1200, already_in_shopify=3, cancelled=2, already_here=7)
    answer = anna.get(f"{PAGE}{run.pk}/")
    words = text_of(answer)
    assert "1,212 orders found" in words
    for said in (
        "1,200 Missing: will be created in Shopify",
        "3 Already in Shopify, made by another app",
        "2 Cancelled on TikTok",
        "7 Already here",
    ):
        assert said in words
    assert words.index("1,200 Missing") < words.index("3 Already in Shopify")
    assert "Create the missing 1,200" in words
    examples = [link for link in elements_of(answer, "a") if "?q=" in link["href"]]
    assert len(examples) == 4 + 3 + 2 + 4
    assert buttons(answer) == ["begin", "start", "cancel"]
    assert not [s for s in elements_of(answer, "section") if "hx-trigger" in s]


def test_where_nothing_is_missing_there_is_nothing_to_press(anna: Client, pair: Pair) -> None:
    run = make_backfill(pair, already_here=7)
    answer = anna.get(f"{PAGE}{run.pk}/")
    assert "Nothing is missing in these days." in text_of(answer)
    assert buttons(answer) == ["begin", "cancel"]


def test_orders_of_another_app_alone_are_only_noted(anna: Client, pair: Pair) -> None:
    run = make_backfill(pair, already_in_shopify=3)
    assert "Note the 3 that Shopify has" in text_of(anna.get(f"{PAGE}{run.pk}/"))


def test_starting_shows_progress_and_the_time_left(
    anna: Client, pair: Pair, woken: list[Any]
) -> None:
    run = make_backfill(pair, missing=100, cancelled=5)
    woken.clear()
    answer = anna.post(f"{PAGE}{run.pk}/start/", headers={"HX-Request": "true"})
    assert "0 created · 100 left" in text_of(answer)
    assert ("backfill_orders", pair.shop.pk) in woken
    RunItem.objects.filter(pk__in=run.items.filter(state="waiting").values("pk")[:40]).update(
        state="done", cause="created"
    )
    from tiktoksync.runs.services.runs import count_items

    count_items(Run.objects.get())
    Run.objects.update(started_at=timezone.now() - timedelta(seconds=80))
    answer = anna.get(f"{PAGE}{run.pk}/")
    assert "40 created · 60 left · about 2 min to go" in text_of(answer)
    (bar,) = elements_of(answer, "progress")
    assert (bar["value"], bar["max"]) == ("40", "100")


def test_a_second_click_is_too_late_and_says_so(anna: Client, pair: Pair) -> None:
    run = make_backfill(pair, missing=1)
    anna.post(f"{PAGE}{run.pk}/start/")
    answer = anna.post(f"{PAGE}{run.pk}/start/", headers={"HX-Request": "true"})
    assert "This run cannot be started: it is running." in text_of(answer)


def test_failures_are_told_with_an_example_and_tried_again(anna: Client, pair: Pair) -> None:
    run = make_backfill(pair, missing=3)
    anna.post(f"{PAGE}{run.pk}/start/")
    run.items.update(
        state="failed", cause="sku_unlinked", words="Not linked to a Shopify product: BLUE."
    )
    from tiktoksync.runs.services.runs import count_items, finish_run

    run.refresh_from_db()
    count_items(run)
    finish_run(run, "Every order has its outcome.")
    answer = anna.get(PAGE)
    words = text_of(answer)
    assert "3 Blocked: not linked to a Shopify product Not linked to a Shopify product: BLUE." in (
        words
    )
    assert "0 created · 3 failed · 0 left" in words
    assert buttons(answer) == ["begin", "retry"]
    anna.post(f"{PAGE}{run.pk}/retry/")
    run.refresh_from_db()
    assert (run.status, run.left) == ("running", 3)


def test_a_cancelled_run_can_go_on(anna: Client, pair: Pair) -> None:
    run = make_backfill(pair, missing=3)
    anna.post(f"{PAGE}{run.pk}/start/")
    answer = anna.post(f"{PAGE}{run.pk}/cancel/", headers={"HX-Request": "true"})
    assert "Cancelled. What was done until then stays." in text_of(answer)
    assert "Go on" in text_of(answer)


def test_a_viewer_sees_the_numbers_and_no_button(viewer: Client, pair: Pair) -> None:
    run = make_backfill(pair, missing=3)
    answer = viewer.get(f"{PAGE}{run.pk}/")
    assert "3 Missing" in text_of(answer)
    assert buttons(answer) == []
    assert viewer.post(f"{PAGE}{run.pk}/start/").status_code == 403
    run.refresh_from_db()
    assert run.status == "ready"


@pytest.mark.parametrize("act", ["", "start/", "cancel/", "retry/"])
def test_a_strangers_run_does_not_exist(ben: Client, pair: Pair, act: str) -> None:
    run = make_backfill(pair, missing=3)
    address = f"{PAGE}{run.pk}/{act}"
    assert (ben.post(address) if act else ben.get(address)).status_code == 404
    run.refresh_from_db()
    assert run.status == "ready"
    assert "3 Missing" not in text_of(ben.get(PAGE))


def test_another_kind_of_run_is_not_shown_here(anna: Client, pair: Pair) -> None:
    run = make_backfill(pair, missing=3)
    Run.objects.update(kind=Run.Kind.STOCK)
    assert anna.get(f"{PAGE}{run.pk}/").status_code == 404


def test_the_page_asks_a_bounded_number_of_questions(
    anna: Client, pair: Pair, django_assert_max_num_queries: Any
) -> None:
    run = make_backfill(pair, missing=500, cancelled=300, already_here=200)
    with django_assert_max_num_queries(14):
        anna.get(f"{PAGE}{run.pk}/")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "1 s"), (59, "59 s"), (60, "1 min"), (125, "2 min"), (3600, "1 h"), (7800, "2 h 10 min")],
)
def test_a_length_of_time_is_told_in_round_words(seconds: int, said: str) -> None:
    assert time_span(seconds) == said
