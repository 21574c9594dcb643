"""What every call of a client passes: it waits for its points, and reports what it cost."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from itertools import count
from math import inf
from secrets import token_hex
from time import monotonic, sleep
from typing import Any

from tiktoksync.errors import HeldBack, RateLimited
from tiktoksync.lib.answers import Cost
from tiktoksync.lib.shared_bucket import SharedBucket
from tiktoksync.lib.timing import scaled_seconds

#: The longest a call waits for its turn; whoever waits longer is queued again in the database.
PATIENCE_SECONDS = 20.0
LONGEST_NAP_SECONDS = 1.0
#: How long an account pauses after a refusal that names no time.
REFUSED_SECONDS = 5.0
#: A pause is shared at once, so that no call slips out; a longer one stands in the account's row,
#: which every lane reads and which can be ended by hand.
LONGEST_SHARED_PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Manner:
    """How calls wait: as urgent or bulk work, and not beyond a monotonic time.

    `among_many` says that more calls follow at once: they take along what this one has to report.
    """

    urgent: bool = True
    give_up_at: float = inf
    among_many: bool = False


_manner: ContextVar[Manner] = ContextVar("manner", default=Manner())  # noqa: B039  it is frozen


@contextmanager
def calling(**wishes: Any) -> Iterator[None]:
    """Make calls in this context in another manner; `wishes` are fields of Manner."""
    token = _manner.set(replace(_manner.get(), **wishes))
    try:
        yield
    finally:
        _manner.reset(token)


def is_urgent() -> bool:
    """Whether calls in this context are urgent."""
    return _manner.get().urgent


@dataclass(slots=True)
class Ticket:
    """One call that was let through; `cost` is what its answer told, if it did."""

    cost: Cost | None = None


class Gate:
    """Lets every call through at once. Others say from which bucket a call draws."""

    @contextmanager
    def call(self, shape: str, *, safe: bool, guess: float = 1.0) -> Iterator[Ticket]:
        """Wait until the call may leave; `guess` is its cost until the platform told one.

        Raises HeldBack when that takes too long; nothing was sent then.
        """
        yield Ticket()


class PacedGate(Gate):
    """Draws each call from the bucket that `bucket_for(shape, safe)` names."""

    def __init__(self, bucket_for: Callable[[str, bool], SharedBucket], peer: str) -> None:
        self._bucket_for = bucket_for
        self._peer = peer

    @contextmanager
    def call(self, shape: str, *, safe: bool, guess: float = 1.0) -> Iterator[Ticket]:
        bucket, key = self._bucket_for(shape, safe), _new_key()
        self._await_turn(bucket, key, shape, guess)
        ticket, refusal = Ticket(), None
        try:
            yield ticket
        except RateLimited as error:
            refusal = error
            raise
        finally:
            if refusal is None:
                bucket.settle(key, shape, ticket.cost, with_next=_manner.get().among_many)
            else:
                wait = refusal.retry_after or scaled_seconds(REFUSED_SECONDS)
                wait = min(wait, LONGEST_SHARED_PAUSE_SECONDS)
                bucket.settle(key, shape, refusal.cost, refused=True, wait=wait)

    def _await_turn(self, bucket: SharedBucket, key: str, shape: str, guess: float) -> None:
        ends = min(monotonic() + PATIENCE_SECONDS, _manner.get().give_up_at)
        while True:
            reply = bucket.reserve(key, shape, guess, urgent=is_urgent())
            if reply["granted"]:
                return
            left, wait = ends - monotonic(), reply["wait"]
            if left <= 0 or (reply["paused"] and wait > left):
                bucket.forget(key)
                raise HeldBack(
                    f"{self._peer} is called no faster than it allows.",
                    retry_after=wait,
                    pauses=reply["paused"],
                )
            sleep(min(wait, left, LONGEST_NAP_SECONDS))


_numbers = count(1)
_process = (0, "")


def _new_key() -> str:
    """A name for one call, unlike any other process's."""
    global _process
    if _process[0] != os.getpid():
        _process = (os.getpid(), token_hex(4))
    return f"{_process[1]}{next(_numbers)}"
