"""Time as the two platforms see it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Clock:
    """Two timelines.

    ``wall`` is what a platform stamps on objects and in its ``Date`` header: real time plus the
    skew asked for. ``line`` only measures waiting (the hold, retries, the cost bucket): advancing
    it lets an hour pass without moving the stamps into the future, where pollers would miss them.
    """

    def __init__(self) -> None:
        self._ahead = 0.0
        self._skew: dict[str, float] = {}
        self._still: float | None = None

    def wall(self, platform: str = "") -> float:
        """Unix seconds on the platform's own clock."""
        now = time.time() if self._still is None else self._still
        return now + self._skew.get(platform, 0.0)

    def line(self) -> float:
        """Seconds on the waiting line; only differences mean something."""
        return time.monotonic() + self._ahead

    @contextmanager
    def still(self) -> Iterator[None]:
        """Everything done inside happens at one moment."""
        self._still = time.time()
        try:
            yield
        finally:
            self._still = None

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def set_skew(self, platform: str, seconds: float) -> None:
        """Put one platform's clock ahead (positive) or behind (negative)."""
        self._skew[platform] = seconds
