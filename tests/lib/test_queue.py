"""The door to RQ, against a real server: one job for many wakes, after the commit, never raising.

The server is the one that the embedded stack runs, on a unix socket of its own.
"""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import django_rq
import pytest
import redis
from django.db import transaction
from rq import SimpleWorker
from rq.job import Job

from orders.models import Order
from tests.factories import make_pair, stored_order
from tiktoksync.lib import queue
from tiktoksync.run import embedded
from tiktoksync.sync import lanes

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A queue server; its address."""
    folder = tmp_path_factory.mktemp("queue")
    with embedded.socket_place(folder) as path:
        options = ["--port", "0", "--unixsocket", str(path), "--dir", str(folder), "--save", ""]
        process = subprocess.Popen(
            [embedded.find_server(), *options, "--appendonly", "no", "--loglevel", "warning"],
            stdout=subprocess.DEVNULL,
        )
        try:
            _await_answer(process, path)
            yield embedded.queue_url(path)
        finally:
            process.terminate()
            process.wait(10)


def _await_answer(process: subprocess.Popen[bytes], path: Path) -> None:
    """The server answers, or the tests do not begin."""
    for _ in range(200):
        if embedded.answers(path):
            return
        try:
            code = process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        raise AssertionError(f"the queue server ended with {code}")
    raise AssertionError("the queue server does not answer")


def use(settings: Any, url: str) -> Any:
    """Have the application use the server at this address."""
    settings.RQ_QUEUES = {name: {**queue, "URL": url} for name, queue in settings.RQ_QUEUES.items()}
    return redis.from_url(url)


@pytest.fixture
def store(server: str, settings: Any) -> Any:
    """The server's keys, empty at first."""
    keys = use(settings, server)
    keys.flushall()
    return keys


@pytest.fixture
def away(settings: Any, tmp_path: Path) -> None:
    """There is no server."""
    use(settings, f"unix://{tmp_path / 'nobody.sock'}?db=0")


@pytest.fixture(params=["tcp", "unix"])
def silent(
    request: pytest.FixtureRequest, settings: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """There is a server that takes connections and never answers."""
    if request.param == "tcp":
        door = socket.create_server(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{door.getsockname()[1]}/0"
    else:
        path = tmp_path_factory.mktemp("silent") / "q.sock"
        door = socket.socket(socket.AF_UNIX)
        door.bind(str(path))
        door.listen()
        url = f"unix://{path}?db=0"
    use(settings, url)
    with door:
        yield


def jobs(name: str = "interactive") -> list[Job]:
    return django_rq.get_queue(name).jobs


# --- waking --------------------------------------------------------------------------------------


def test_a_wake_up_is_one_job_for_its_lane(store: Any) -> None:
    queue.wake("push_orders", 7)
    (job,) = jobs()
    assert (job.func_name, job.args) == ("tiktoksync.sync.jobs.drain_lane", ("push_orders", 7))
    assert (job.timeout, job.result_ttl) == (queue.JOB_SECONDS, 0)
    assert job.retries_left is None
    assert job.description == "push_orders 7"


def test_a_thousand_wake_ups_are_one_job(store: Any) -> None:
    for _ in range(1000):
        queue.wake("push_orders", 7)
    assert len(jobs()) == 1


def test_other_lanes_have_their_own_job(store: Any) -> None:
    for stem, account in (("push_orders", 7), ("push_orders", 8), ("pull_orders", 7)):
        queue.wake(stem, account)
    assert [tuple(job.args) for job in jobs()] == [
        ("push_orders", 7),
        ("push_orders", 8),
        ("pull_orders", 7),
    ]


def test_a_bulk_flow_goes_to_its_own_queue(store: Any) -> None:
    queue.wake("push_references", 7)
    assert (len(jobs("interactive")), len(jobs("bulk"))) == (0, 1)
    assert (queue.pending("interactive"), queue.pending("bulk")) == (0, 1)


def test_once_the_job_has_begun_news_wake_the_lane_again(store: Any) -> None:
    queue.wake("push_orders", 7)
    queue.forget_wake("push_orders", 7)
    queue.wake("push_orders", 7)
    assert len(jobs()) == 2


def test_a_wake_up_that_was_lost_keeps_the_lane_asleep_for_seconds_only(
    store: Any, settings: Any
) -> None:
    queue.wake("push_orders", 7)
    assert 14_000 < store.pttl("tiktoksync:wake:push_orders:7") <= 15_000
    settings.TIME_SCALE = 0.01
    queue.wake("push_orders", 8)
    assert 0 < store.pttl("tiktoksync:wake:push_orders:8") <= 150


# --- together with the database ------------------------------------------------------------------


def test_nobody_is_woken_before_the_commit(store: Any) -> None:
    with transaction.atomic():
        queue.wake("push_orders", 7)
        assert jobs() == []
    assert len(jobs()) == 1


def test_what_is_rolled_back_wakes_nobody(store: Any) -> None:
    with transaction.atomic():
        queue.wake("push_orders", 7)
        transaction.set_rollback(True)
    assert (jobs(), store.keys()) == ([], [])


def test_a_savepoint_that_is_rolled_back_wakes_nobody(store: Any) -> None:
    with transaction.atomic():
        with transaction.atomic():
            queue.wake("push_orders", 7)
            transaction.set_rollback(True)
        queue.wake("pull_orders", 7)
    assert [job.args[0] for job in jobs()] == ["pull_orders"]


# --- away ----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("away")
def test_a_queue_that_is_away_is_no_error() -> None:
    queue.wake("push_orders", 7)
    with transaction.atomic():
        queue.wake("push_orders", 7)
    queue.forget_wake("push_orders", 7)
    assert queue.pending("interactive") == 0
    assert queue.ping() is False


@pytest.mark.usefixtures("away")
def test_what_was_stored_stays_stored_when_the_queue_is_away() -> None:
    order = stored_order(make_pair().shop)
    assert Order.objects.filter(pk=order.pk).exists()


@pytest.mark.usefixtures("silent")
def test_a_queue_that_does_not_answer_holds_up_nobody_for_long() -> None:
    began = monotonic()
    queue.wake("push_orders", 7)
    assert monotonic() - began < 1.2


@pytest.mark.usefixtures("away")
def test_an_absence_is_told_once_and_not_with_every_wake_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[str] = []
    monkeypatch.setattr(queue.log, "warning", lambda event, **_: told.append(event))
    monkeypatch.setattr(queue, "_told_at", -queue.TELL_SECONDS)
    for _ in range(50):
        queue.wake("push_orders", 7)
    assert told == ["queue away"]


def test_a_server_that_is_full_is_no_error(store: Any) -> None:
    store.config_set("maxmemory", "1")
    try:
        queue.wake("push_orders", 7)
    finally:
        store.config_set("maxmemory", "0")
    assert jobs() == []


def test_a_server_that_lost_everything_is_woken_anew(store: Any) -> None:
    queue.wake("push_orders", 7)
    store.flushall()
    queue.wake("push_orders", 7)
    assert len(jobs()) == 1


def test_a_stem_nobody_knows_wakes_nobody_and_raises_nothing(store: Any) -> None:
    queue.wake("no_such_flow", 7)
    with transaction.atomic():
        queue.wake("no_such_flow", 7)
    assert jobs() == []


def test_the_server_answers(store: Any) -> None:
    assert queue.ping() is True


# --- the worker's side ---------------------------------------------------------------------------


def test_a_worker_drains_the_lane_and_keeps_no_trace_of_success(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    drained: list[tuple[str, int]] = []
    monkeypatch.setattr(
        "tiktoksync.sync.jobs.drain", lambda lane: drained.append((lane.stem, lane.account_id))
    )
    queue.wake("push_orders", 7)
    work()
    assert drained == [("push_orders", 7)]
    assert (jobs(), store.keys("rq:job:*")) == ([], [])


def test_a_job_of_an_account_that_is_gone_does_nothing(store: Any) -> None:
    queue.wake("push_orders", 987654)
    work()
    assert django_rq.get_queue("interactive").failed_job_registry.count == 0


def test_the_drain_forgets_the_wake_up_first(store: Any) -> None:
    queue.wake("push_orders", 987654)
    lanes.drain(lanes.Lane("push_orders", 987654))
    assert store.exists("tiktoksync:wake:push_orders:987654") == 0


def work() -> None:
    """Work everything that is queued, as a worker does, in this process."""
    name = django_rq.get_queue("interactive")
    SimpleWorker([name], connection=name.connection).work(burst=True, logging_level="ERROR")
