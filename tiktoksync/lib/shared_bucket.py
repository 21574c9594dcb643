"""The door to the buckets that all processes share through Redis; see bucket.py for what they do.

One round trip reserves, one settles. While Redis is away each process keeps a bucket of its own,
which begins with what the platform last told this process or the database.
"""

from __future__ import annotations

import json
import os
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from time import monotonic
from typing import Any

import redis
import structlog
from django.conf import settings
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError
from redis.retry import Retry

from tiktoksync.lib.answers import Cost
from tiktoksync.lib.bucket import CONSTANTS, Ask, Bucket, Reply, Report

log = structlog.get_logger(__name__)

ANSWER_SECONDS = 0.5
AWAY_SECONDS = 5.0
KEEP_SECONDS = 86400.0


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of our own, for a platform that tells none: calls a second, and at once."""

    rate: float
    maximum: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What a platform told of a bucket, and when by this process's clock."""

    available: float
    rate: float
    maximum: float
    at: float


class SharedBucket:
    """One bucket as this process reaches it. Safe to use from any thread."""

    def __init__(self, account: str, name: str, limit: Limit | None = None) -> None:
        self.account = account
        self.limit = limit
        self.seen: Seen | None = None
        self._pending: list[Report] = []
        self._guard = threading.Lock()
        self.keys = (f"tiktoksync:pace:{{{account}}}:{name}", f"tiktoksync:pace:{{{account}}}")
        #: What this process last called, for looking at the bucket.
        self.last_shape, self.last_guess = "", 1.0

    def reserve(self, key: str, shape: str, guess: float, *, urgent: bool) -> Reply:
        """Hold the points of one call, or say how long to wait."""
        self.last_shape, self.last_guess = shape, guess
        return self._ask(key, shape, guess, urgent=urgent, look=False)

    def look(self, *, urgent: bool) -> Reply:
        """What a call like the last one of this process would be told."""
        return self._ask("look", self.last_shape, self.last_guess, urgent=urgent, look=True)

    def settle(
        self,
        key: str,
        shape: str,
        cost: Cost | None,
        *,
        refused: bool = False,
        wait: float = 0.0,
        with_next: bool = False,
    ) -> None:
        """A call came back; after a refusal the whole account waits.

        `with_next` spares a round trip: the next call or look of this process takes the news along.
        """
        told = None
        if cost is not None and cost.restore_rate > 0:
            told = (cost.requested, cost.actual, cost.available, cost.maximum, cost.restore_rate)
            self.seen = Seen(cost.available, cost.restore_rate, cost.maximum, monotonic())
        report = Report(id=key, shape=shape, told=told, refused=refused, wait=wait)
        with self._guard:
            self._pending.append(report)
        if refused or not with_next:
            self._run(None, wait if refused else 0.0)

    def flush(self) -> None:
        """Tell what was not told yet."""
        if self._pending:
            self._run(None, 0.0)

    def forget(self, key: str) -> None:
        """Leave the queue."""
        self.settle(key, "", None)

    def _ask(self, key: str, shape: str, guess: float, *, urgent: bool, look: bool) -> Reply:
        limit, seen, seed = self.limit, self.seen, None
        if seen is not None:
            seed = (seen.available, seen.rate, seen.maximum, monotonic() - seen.at)
        ask = Ask(
            id=key,
            shape=shape,
            guess=guess,
            urgent=urgent,
            look=look,
            rate=limit.rate if limit else 0.0,
            maximum=limit.maximum if limit else 0.0,
            seed=seed,
        )
        reply = self._run(ask, 0.0)
        assert reply is not None
        return reply

    def _run(self, ask: Ask | None, pause: float) -> Reply | None:
        with self._guard:
            reports, self._pending = self._pending, []
        payload = json.dumps({"reports": reports, "ask": ask, "pause": pause})
        if not _is_away():
            try:
                said = _evaluate(self.keys, payload)
                _note_here()
                return json.loads(said) if said else None
            except redis.RedisError as error:
                _note_away(type(error).__name__)
        return _run_here(self.keys[0], self.account, reports, ask, pause)


# --- the registry of this process ---------------------------------------------------------------

_buckets: dict[tuple[str, str], SharedBucket] = {}


def bucket_of(account: str, name: str, limit: Limit | None = None) -> SharedBucket:
    """This process's handle of a bucket."""
    found = _buckets.get((account, name))
    if found is None or found.limit != limit:
        found = _buckets[account, name] = SharedBucket(account, name, limit)
    return found


def buckets_in_use(account: str) -> list[SharedBucket]:
    """The buckets of an account that this process has called through."""
    return [found for (owner, _), found in list(_buckets.items()) if owner == account]


# --- Redis --------------------------------------------------------------------------------------


@cache
def script() -> str:
    """The text that Redis runs: the constants, then the rules."""
    constants = {**CONSTANTS, "KEEP_MILLISECONDS": int(KEEP_SECONDS * 1000)}
    head = "\n".join(f"local {name} = {value}" for name, value in constants.items())
    return f"{head}\n{(Path(__file__).parent / 'bucket.lua').read_text(encoding='utf-8')}"


_connection: tuple[int, str, Any, str] | None = None


def _evaluate(keys: tuple[str, str], payload: str) -> bytes:
    client, digest = _client()
    try:
        said: bytes = client.evalsha(digest, len(keys), *keys, payload)
    except NoScriptError:
        said = client.eval(script(), len(keys), *keys, payload)
    return said


def _client() -> tuple[Any, str]:
    """One client a process, never one inherited through a fork."""
    global _connection
    url = str(settings.RQ_QUEUES["interactive"]["URL"])
    if _connection is None or _connection[:2] != (os.getpid(), url):
        client = redis.Redis.from_url(
            url, socket_timeout=ANSWER_SECONDS, retry=Retry(NoBackoff(), 1)
        )
        options = client.connection_pool.connection_kwargs
        if "host" in options:
            options["socket_connect_timeout"] = ANSWER_SECONDS
        digest = client.register_script(script()).sha
        _connection = (os.getpid(), url, client, digest)
    return _connection[2], _connection[3]


# --- without Redis ------------------------------------------------------------------------------

_here: dict[str, Bucket] = {}
_pauses: dict[str, float] = {}
_guard = threading.Lock()
_away_until = 0.0
_is_alone = False


def _is_away() -> bool:
    return monotonic() < _away_until


def _note_away(error: str) -> None:
    """From now on by ourselves, and in a while we look again."""
    global _away_until, _is_alone
    with _guard:
        if not _is_alone:
            _here.clear()
            log.warning("shared budget away", error=error)
        _is_alone, _away_until = True, monotonic() + AWAY_SECONDS


def _note_here() -> None:
    global _is_alone
    _is_alone = False


def _run_here(
    key: str, account: str, reports: list[Report], ask: Ask | None, pause: float
) -> Reply | None:
    """The same in this process alone."""
    now = monotonic()
    with _guard:
        bucket = _here.setdefault(key, Bucket())
        if pause > 0:
            _pauses[account] = max(_pauses.get(account, 0.0), now + pause)
        for report in reports:
            bucket.settle(report, now)
        paused = max(0.0, _pauses.get(account, 0.0) - now)
        return bucket.reserve(ask, now, paused) if ask is not None else None


def forget_all() -> None:
    """Begin anew, as a new process does."""
    global _away_until, _connection, _is_alone
    with _guard:
        _here.clear()
        _pauses.clear()
        _buckets.clear()
        _away_until, _connection, _is_alone = 0.0, None, False
