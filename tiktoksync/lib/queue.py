"""The only door to RQ. A job is a wake-up call for a lane; losing or repeating one is harmless.

The database says what is due; see docs/decisions/0001-the-row-is-the-queue.md.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any

import django_rq
import redis
import structlog
from django.db import transaction

from tiktoksync.lib.timing import scaled_seconds
from tiktoksync.lib.worker import Worker

log = structlog.get_logger(__name__)

JOB = "tiktoksync.sync.jobs.drain_lane"
WAKE_SECONDS = 15.0
# A webhook is answered within 1.5 s, whatever the queue's server does.
ANSWER_SECONDS = 0.5
TELL_SECONDS = 30.0
_told_at = -TELL_SECONDS
JOB_SECONDS = 120


def connection() -> Any:
    """A connection to the queue's server that gives up soon: a lost wake-up is harmless."""
    found = django_rq.get_connection("interactive")
    options = found.connection_pool.connection_kwargs
    options["socket_timeout"] = ANSWER_SECONDS
    if "host" in options:
        options["socket_connect_timeout"] = ANSWER_SECONDS
    return found


def wake(stem: str, account_id: int) -> None:
    """Have a worker drain this lane soon, once the open transaction is committed.

    Never raises: when the queue is away the sweep finds the lane by its due rows.
    """

    def enqueue() -> None:
        _guarded(partial(_enqueue, stem, account_id))

    # A function with a name: Django tells the name of a hook that fails, and a partial has none.
    transaction.on_commit(enqueue, robust=True)


def _guarded(call: Callable[[], Any], default: Any = None) -> Any:
    try:
        return call()
    except redis.RedisError as error:
        _say_away(type(error).__name__)
        return default


def _say_away(error: str) -> None:
    """Told now and then, not with every wake-up."""
    global _told_at
    if monotonic() - _told_at > TELL_SECONDS:
        _told_at = monotonic()
        log.warning("queue away", error=error)


def _enqueue(stem: str, account_id: int) -> None:
    from tiktoksync.cron import queue_of

    milliseconds = max(1, int(scaled_seconds(WAKE_SECONDS) * 1000))
    if connection().set(_wake_key(stem, account_id), "1", nx=True, px=milliseconds):
        queue = django_rq.get_queue(queue_of(stem), connection=connection())
        queue.enqueue_call(
            JOB,
            args=(stem, account_id),
            timeout=JOB_SECONDS,
            result_ttl=0,
            failure_ttl=86400,
            description=f"{stem} {account_id}",
        )


def _wake_key(stem: str, account_id: int) -> str:
    return f"tiktoksync:wake:{stem}:{account_id}"


def forget_wake(stem: str, account_id: int) -> None:
    """Allow the next wake-up: called first by the job, so that news during the drain wake again."""
    _guarded(lambda: connection().delete(_wake_key(stem, account_id)))


def pending(queue: str) -> int:
    """How many wake-ups wait in a queue; 0 when the server is away."""
    return int(_guarded(lambda: django_rq.get_queue(queue, connection=connection()).count, 0))


def ping() -> bool:
    """Whether the queue's server answers."""
    return bool(_guarded(lambda: connection().ping(), False))


def count_workers(name: str) -> int:
    """How many workers take this queue's jobs; 0 when the server is away."""
    return int(_guarded(lambda: Worker.count(connection=connection(), queue=_queue(name)), 0))


def _queue(name: str) -> Any:
    return django_rq.get_queue(name, connection=connection())
