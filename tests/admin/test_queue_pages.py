"""RQ's own pages, inside the admin, on a real server."""

from __future__ import annotations

import pytest
from django.test import Client

from tiktoksync.lib import queue

DASHBOARD = "/admin/django_rq/dashboard/"
PAGES = ["", "details/", "finished/", "failed/", "scheduled/", "started/", "deferred/"]


def test_the_dashboard_counts_both_queues(root: Client, queue_server: str) -> None:
    response = root.get(DASHBOARD)

    assert response.status_code == 200
    content = response.content.decode()
    assert "interactive" in content
    assert "bulk" in content


@pytest.mark.parametrize("index", [0, 1])
@pytest.mark.parametrize("part", PAGES)
def test_every_page_of_a_queue_opens(
    root: Client, queue_server: str, index: int, part: str
) -> None:
    assert root.get(f"{DASHBOARD}queues/{index}/{part}").status_code == 200
    assert root.get(f"{DASHBOARD}workers/{index}/").status_code == 200


def test_a_wake_up_is_seen_among_the_jobs(
    root: Client, queue_server: str, django_capture_on_commit_callbacks: object
) -> None:
    queue.connection().flushall()
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        queue.wake("push_orders", 7)

    assert queue.ping()
    assert queue.pending("interactive") == 1
    listed = root.get(f"{DASHBOARD}queues/1/")
    assert "tiktoksync.sync.jobs.drain_lane" in listed.content.decode()
    (job_id,) = [job.id for job in listed.context["jobs"]]
    shown = root.get(f"{DASHBOARD}queues/1/{job_id}/")
    assert shown.status_code == 200
    assert "push_orders" in shown.content.decode()


@pytest.mark.parametrize("part", ["", "queues/0/", "stats.json", "workers/0/"])
def test_strangers_see_no_queue(db: None, client: Client, queue_server: str, part: str) -> None:
    response = client.get(f"{DASHBOARD}{part}")

    assert response.status_code in (302, 403)
    assert b"interactive" not in response.content
