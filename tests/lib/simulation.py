"""A platform's bucket, our calls and somebody else's, on a clock of events: no second is waited."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from tiktoksync.lib.bucket import Ask, Bucket, Report

POINTS = 11.0


def ask(key: str, shape: str = "create", *, guess: float = 12.0, urgent: bool = True) -> Ask:
    """A call to a platform that tells of its bucket."""
    return Ask(
        id=key, shape=shape, guess=guess, urgent=urgent, look=False, rate=0, maximum=0, seed=None
    )


@dataclass
class Simulation:
    """`callers` calls at a time until `calls` were answered; others take `others` of the refill."""

    seed: int
    maximum: float = 2000
    rate: float = 100
    latency: float = 0.1
    callers: int = 8
    calls: int = 500
    others: float = 0.3
    others_at_once: int = 1
    bucket: Bucket = field(default_factory=Bucket)
    ours: float = 0.0
    theirs: float = 0.0
    sent: int = 0
    refused: int = 0
    last: float = 0.0
    sent_in_a_pause: int = 0

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._events: list[tuple[float, int, Callable[[float], None]]] = []
        self._number = self._begun = self._answered = 0
        self._left, self._left_at, self._paused_until = self.maximum, 0.0, 0.0

    @property
    def used(self) -> float:
        """Points that everybody spent, of all that the platform offered until our last call."""
        return (self.ours + self.theirs) / (self.maximum + self.rate * self.last)

    def run(self) -> Simulation:
        for _ in range(self.callers):
            self._at(self._random.random() / 100, self._begin)
        if self.others:
            self._at(0, self._others_call)
        while self._events and self._answered < self.calls:
            at, _, event = heapq.heappop(self._events)
            event(at)
        return self

    def _at(self, at: float, event: Callable[[float], None]) -> None:
        self._number += 1
        heapq.heappush(self._events, (at, self._number, event))

    def _half_way(self) -> float:
        return 0.001 + self.latency / 2 * self._random.uniform(0.5, 1.5)

    # --- our side ---------------------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        if self._begun < self.calls:
            self._begun += 1
            self._try(f"call-{self._begun}", now)

    def _try(self, key: str, now: float) -> None:
        paused = max(0.0, self._paused_until - now)
        reply = self.bucket.reserve(ask(key), now, paused)
        if reply["granted"]:
            self.sent_in_a_pause += paused > 0
            self._at(now + self._half_way(), lambda at: self._arrive(key, at))
        else:
            self._at(now + min(reply["wait"], 1.0), lambda at: self._try(key, at))

    def _back(self, key: str, told: tuple[float, float | None, float], now: float) -> None:
        refused = told[1] is None
        wait = max((told[0] - told[2]) / self.rate, 0.1) if refused else 0.0
        figures = (*told, self.maximum, self.rate)
        self.bucket.settle(
            Report(id=key, shape="create", told=figures, refused=refused, wait=wait), now
        )
        if refused:
            self._paused_until = max(self._paused_until, now + wait)
            self._at(now + wait, lambda at: self._try(key, at))
        else:
            self._answered += 1
            self._at(now + 0.001, self._begin)

    # --- over there -------------------------------------------------------------------------------

    def _arrive(self, key: str, now: float) -> None:
        self.sent += 1
        if fits := self._take(now):
            self.ours += POINTS
            self.last = now
        else:
            self.refused += 1
        told = (POINTS, POINTS if fits else None, float(int(self._left)))
        self._at(now + self._half_way(), lambda at: self._back(key, told, at))

    def _others_call(self, now: float) -> None:
        for _ in range(self.others_at_once):
            self.theirs += POINTS if self._take(now) else 0.0
        every = POINTS * self.others_at_once / (self.others * self.rate)
        self._at(now + self._random.expovariate(1) * every, self._others_call)

    def _take(self, now: float) -> bool:
        refilled = self._left + (now - self._left_at) * self.rate
        self._left, self._left_at = min(self.maximum, refilled), now
        if self._left < POINTS:
            return False
        self._left -= POINTS
        return True
