"""The pages of runs: how far, by cause, one by one, as a table; who may act and who may not."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.factories import Pair
from tests.web.reading import elements_of, text_of
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs

PAGE = "/activity/runs/"
GID = "gid://shopify/Product/"
ISSUE = {"code": "no_image", "words": "It has no picture.", "fix": "Add one in Shopify."}


@pytest.fixture
def run(pair: Pair) -> Run:
    """An upload that is looked through: two ready, three left out."""
    run = runs.begin_run(Run.Kind.UPLOAD, pair.shop, {"filter": {}, "start": False})
    ready = [RunItem(run=run, remote_id=f"{GID}{n}", title=f"Mug {n}") for n in (1, 2)]
    left = [
        RunItem(
            run=run,
            remote_id=f"{GID}{n}",
            title=f"Plate {n}",
            state="skipped",
            cause="no_image",
            facts={"issues": [ISSUE]},
        )
        for n in (3, 4, 5)
    ]
    runs.add_items(run, [*ready, *left])
    runs.make_ready(run, "")
    return run


def acts(answer: Any) -> list[str]:
    """What the page offers to do with the run."""
    forms = [form.get("action", "") for form in elements_of(answer, "form")]
    return [address.split("/")[-2] for address in forms if address.startswith(f"{PAGE}")][:]


def fail_all(run: Run) -> None:
    """Everything that was ready failed for one reason."""
    runs.start_run(run)
    run.items.filter(state="waiting").update(
        state="failed", cause="sku_taken", words="This SKU is taken.", facts={}
    )
    runs.count_items(run)
    runs.finish_run(run, "Every product has its outcome.")


def test_a_preview_tells_what_is_ready_and_what_helps(anna: Client, run: Run) -> None:
    answer = anna.get(f"{PAGE}{run.pk}/")
    words = text_of(answer)
    assert "Upload to TikTok" in words
    assert "2 ready · 3 left out" in words
    assert "Upload 2 products" in words
    assert "Add one in Shopify." in words
    assert not [one for one in elements_of(answer, "section") if "hx-trigger" in one]
    assert "start" in acts(answer)
    assert "cancel" in acts(answer)


def test_starting_shows_progress_and_refreshes_itself(
    anna: Client, pair: Pair, run: Run, woken: list[Any]
) -> None:
    woken.clear()
    answer = anna.post(f"{PAGE}{run.pk}/start/", headers={"HX-Request": "true"})
    assert "0 uploaded · 2 left" in text_of(answer)
    assert woken == [("product_runs", pair.shop.pk)]
    (section,) = elements_of(answer, "section")
    assert (section["hx-get"], section["hx-trigger"]) == (f"{PAGE}{run.pk}/", "every 2s")
    (bar,) = elements_of(answer, "progress")
    assert (bar["value"], bar["max"]) == ("0", "2")


def test_a_second_click_is_too_late_and_says_so(anna: Client, run: Run) -> None:
    anna.post(f"{PAGE}{run.pk}/start/")
    answer = anna.post(f"{PAGE}{run.pk}/start/", headers={"HX-Request": "true"})
    assert "This run cannot be started: it is running." in text_of(answer)


def test_what_failed_is_told_by_cause_and_tried_again(anna: Client, run: Run) -> None:
    fail_all(run)
    answer = anna.get(f"{PAGE}{run.pk}/")
    words = text_of(answer)
    assert "0 uploaded · 2 failed · 0 left" in words
    assert "This SKU is taken." in words
    assert "Download the failed" in words
    anna.post(f"{PAGE}{run.pk}/retry/")
    run.refresh_from_db()
    assert (run.status, run.failed, run.left) == ("running", 0, 2)


def test_a_cancelled_run_keeps_what_was_done(anna: Client, run: Run) -> None:
    anna.post(f"{PAGE}{run.pk}/start/")
    run.items.filter(remote_id=f"{GID}1").update(state="done")
    answer = anna.post(f"{PAGE}{run.pk}/cancel/", headers={"HX-Request": "true"})
    assert "Cancelled. What was done until then stays." in text_of(answer)
    run.refresh_from_db()
    assert run.status == "cancelled"
    assert run.items.get(remote_id=f"{GID}1").state == "done"


def test_the_things_are_listed_narrowed_and_searched(anna: Client, run: Run) -> None:
    def titles(query: str) -> list[str]:
        answer = anna.get(f"{PAGE}{run.pk}/items/{query}")
        assert "<html" not in answer.content.decode()
        words = text_of(answer)
        return [f"{one} {n}" for one in ("Mug", "Plate") for n in range(6) if f"{one} {n}" in words]

    assert len(titles("")) == 5
    assert titles("?state=waiting") == ["Mug 1", "Mug 2"]
    assert titles("?cause=no_image") == ["Plate 3", "Plate 4", "Plate 5"]
    assert titles("?q=plate+4") == ["Plate 4"]
    assert titles("?q=%00") == titles("")
    assert titles("?state=nonsense&after=nonsense") == titles("")


def test_each_thing_leads_to_its_page(anna: Client, run: Run) -> None:
    answer = anna.get(f"{PAGE}{run.pk}/items/?q=Mug+1")
    assert [one["href"] for one in elements_of(answer, "a")] == ["/products/shopify/1/"]


def test_many_things_come_in_pages(anna: Client, run: Run) -> None:
    runs.add_items(run, [RunItem(run=run, remote_id=f"{GID}{n}") for n in range(100, 160)])
    answer = anna.get(f"{PAGE}{run.pk}/items/")
    (more,) = [one for one in elements_of(answer, "a") if one.get("rel") == "next"]
    last = run.items.order_by("pk")[49]
    assert f"after={last.pk}" in more["href"]


def test_the_table_of_what_failed_is_a_file(anna: Client, run: Run) -> None:
    fail_all(run)
    answer: Any = anna.get(f"{PAGE}{run.pk}/items.csv?state=failed")
    assert answer["Content-Disposition"] == f'attachment; filename="upload-{run.pk}-failed.csv"'
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines] == ["id", f"{GID}1", f"{GID}2"]


def test_runs_are_listed_by_tabs(anna: Client, run: Run, pair: Pair) -> None:
    fail_all(run)
    runs.begin_run(Run.Kind.LINK, pair.shop, {"start": True})

    def shown(tab: str) -> list[str]:
        words = text_of(anna.get(f"{PAGE}?tab={tab}"))
        return [one for one in ("Upload to TikTok", "Linking equal SKUs") if one in words]

    assert shown("") == ["Upload to TikTok", "Linking equal SKUs"]
    assert shown("running") == ["Linking equal SKUs"]
    assert shown("attention") == ["Upload to TikTok"]
    assert shown("finished") == []
    assert shown("nonsense") == shown("")


def test_a_backfill_has_its_own_page(anna: Client, pair: Pair) -> None:
    run = runs.begin_run(Run.Kind.BACKFILL, pair.shop, {"from": 1, "to": 2})
    answer = anna.get(f"{PAGE}{run.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/backfill/{run.pk}/")


def test_a_viewer_sees_the_numbers_and_no_button(viewer: Client, run: Run) -> None:
    answer = viewer.get(f"{PAGE}{run.pk}/")
    assert "2 ready" in text_of(answer)
    assert not {"start", "cancel", "retry"} & set(acts(answer))
    for act in ("start", "cancel", "retry"):
        assert viewer.post(f"{PAGE}{run.pk}/{act}/").status_code == 403
    run.refresh_from_db()
    assert run.status == "ready"


@pytest.mark.parametrize("address", ["", "items/", "items.csv"])
def test_a_strangers_run_does_not_exist(ben: Client, run: Run, address: str) -> None:
    assert ben.get(f"{PAGE}{run.pk}/{address}").status_code == 404


def test_fifty_runs_cost_few_queries(
    anna: Client, pair: Pair, django_assert_max_num_queries: Any
) -> None:
    for _ in range(50):
        run = runs.begin_run(Run.Kind.LINK, pair.shop, {"start": True})
        runs.fail_run(run, "no")
    with django_assert_max_num_queries(14):
        assert anna.get(PAGE).status_code == 200
