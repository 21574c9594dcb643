"""Backfills and runs for programs: begun, watched, started, stopped, and never a stranger's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from tests.api.cast import Cast
from tests.api.schema import checked
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.services import runs

BACKFILLS = "/api/v1/backfills/"


def post(client: Client, address: str, **body: Any) -> Any:
    return client.post(address, body, content_type="application/json")


def begin(client: Client, **body: Any) -> Any:
    wish = {"from": "2026-05-01", "to": "2026-05-31", **body}
    return checked(post(client, BACKFILLS, **wish), "backfills_create", 202)


def stored(body: Any) -> Run:
    return Run.objects.get(pk=body["id"])


def ready(cast: Cast, **states: int) -> Run:
    """A preview with so many items in each state."""
    run = runs.begin_run(Run.Kind.BACKFILL, cast.anna.shop, {"from": 1, "to": 2})
    items = [
        RunItem(run=run, remote_id=f"{state}{n}", state=state, cause="missing")
        for state, count in states.items()
        for n in range(count)
    ]
    runs.add_items(run, items)
    runs.make_ready(run, "")
    return run


def test_days_become_a_run_that_is_being_prepared(
    anna: Client, cast: Cast, woken: list[tuple[str, int]]
) -> None:
    body = begin(anna)
    assert body["wish"] == {"from": "2026-05-01T00:00:00Z", "to": "2026-06-01T00:00:00Z"}
    assert (body["kind"], body["status"]) == ("backfill", "preparing")
    assert body["tiktok_shop_id"] == cast.anna.shop.shop_id
    assert (body["total"], body["left"], body["groups"], body["seconds_left"]) == (0, 0, [], None)
    assert stored(body).started_by is None
    assert woken == [("backfill_orders", cast.anna.shop.pk)]


def test_times_are_taken_as_they_are(anna: Client) -> None:
    body = begin(anna, **{"from": "2026-05-01T10:00:00+02:00", "to": "2026-05-01T09:30:00Z"})
    assert body["wish"] == {"from": "2026-05-01T08:00:00Z", "to": "2026-05-01T09:30:00Z"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"from": "yesterday"}, "from"),
        ({"to": None}, "to"),
        ({"to": 5}, "to"),
        ({"to": "9999-12-31"}, "to"),
        ({"shop": "1"}, "shop"),
        ({"shop": "\0"}, "shop"),
    ],
)
def test_what_is_no_date_or_no_shop_of_theirs_is_refused(
    anna: Client, body: dict[str, Any], field: str
) -> None:
    wish = {"from": "2026-05-01", "to": "2026-05-31", **body}
    refused = checked(post(anna, BACKFILLS, **wish), "backfills_create", 400)
    assert list(refused["error"]["fields"]) == [field]
    assert not Run.objects.exists()


def test_a_strangers_shop_does_not_exist(anna: Client, cast: Cast) -> None:
    answer = post(
        anna, BACKFILLS, **{"from": "2026-05-01", "to": "2026-05-31", "shop": cast.ben.shop.shop_id}
    )
    checked(answer, "backfills_create", 400)
    assert not Run.objects.exists()


@pytest.mark.parametrize(
    "body", [{"from": "2026-06-02"}, {"from": "2999-01-01", "to": "2999-02-01"}]
)
def test_dates_that_are_no_span_conflict(anna: Client, body: dict[str, str]) -> None:
    wish = {"from": "2026-05-01", "to": "2026-05-31", **body}
    checked(post(anna, BACKFILLS, **wish), "backfills_create", 409)


def test_a_second_backfill_beside_the_first_conflicts(anna: Client) -> None:
    begin(anna)
    wish = {"from": "2026-05-01", "to": "2026-05-31"}
    refused = checked(post(anna, BACKFILLS, **wish), "backfills_create", 409)
    assert "under way" in refused["error"]["message"]
    assert Run.objects.count() == 1


def test_a_run_tells_how_far_it_is(anna: Client, cast: Cast) -> None:
    run = ready(cast, waiting=3, skipped=2)
    body = checked(anna.get(f"/api/v1/runs/{run.pk}/"), "runs_retrieve", 200)
    assert (body["status"], body["total"], body["left"], body["to_do"]) == ("ready", 5, 3, 5)
    assert body["groups"] == [
        {
            "state": "waiting",
            "cause": "missing",
            "words": "Missing: will be created in Shopify",
            "count": 3,
        },
        {
            "state": "skipped",
            "cause": "missing",
            "words": "Missing: will be created in Shopify",
            "count": 2,
        },
    ]


def test_runs_are_listed_newest_first(anna: Client, cast: Cast) -> None:
    older = ready(cast)
    newer = ready(cast)
    body = checked(anna.get("/api/v1/runs/"), "runs_list", 200)
    assert [row["id"] for row in body["results"]] == [newer.pk, older.pk]
    assert [row["status"] for row in body["results"]] == ["ready", "cancelled"]


def test_a_run_is_started_cancelled_and_tried_again(anna: Client, cast: Cast) -> None:
    run = ready(cast, waiting=2)
    address = f"/api/v1/runs/{run.pk}"
    body = checked(anna.post(f"{address}/start/"), "runs_start", 202)
    assert (body["status"], body["to_do"], body["percent"]) == ("running", 2, 0)
    assert body["started_at"] is not None
    checked(anna.post(f"{address}/start/"), "runs_start", 409)
    body = checked(anna.post(f"{address}/cancel/"), "runs_cancel", 202)
    assert (body["status"], body["message"]) == (
        "cancelled",
        "Cancelled. What was done until then stays.",
    )
    checked(anna.post(f"{address}/cancel/"), "runs_cancel", 409)
    body = checked(anna.post(f"{address}/retry/"), "runs_retry", 202)
    assert body["status"] == "running"
    assert stored(body).next_step_at is not None


def test_a_preview_that_is_not_ready_is_not_started(anna: Client) -> None:
    run = begin(anna)
    refused = checked(anna.post(f"/api/v1/runs/{run['id']}/start/"), "runs_start", 409)
    assert refused["error"]["message"] == (
        "This run cannot be started: it is preparing the preview."
    )
    assert stored(run).status == "preparing"


@pytest.mark.parametrize("act", ["", "start/", "cancel/", "retry/"])
def test_a_strangers_run_does_not_exist(ben: Client, cast: Cast, act: str) -> None:
    run = ready(cast, waiting=1)
    address = f"/api/v1/runs/{run.pk}/{act}"
    assert (ben.post(address) if act else ben.get(address)).status_code == 404
    run.refresh_from_db()
    assert run.status == "ready"
    assert ben.get("/api/v1/runs/").json()["results"] == []


def test_the_wish_is_kept_to_the_second(anna: Client) -> None:
    run = stored(begin(anna))
    assert run.wish == {
        "from": int(datetime(2026, 5, 1, tzinfo=UTC).timestamp()),
        "to": int(datetime(2026, 6, 1, tzinfo=UTC).timestamp()),
    }
