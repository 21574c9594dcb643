"""How many rows a drain may claim: as many as the buckets of its account have points for now.

The points themselves are reserved by each call when it leaves (lib/gate.py). This only looks, so
that no row is claimed long before its call may leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from time import monotonic

from tiktoksync.lib.bucket import Reply
from tiktoksync.lib.gate import is_urgent
from tiktoksync.lib.shared_bucket import SharedBucket

LOOK_AGAIN_SECONDS = 0.05


class Pace:
    """Looks at the buckets that `buckets()` names; without any, nothing is held back."""

    def __init__(self, buckets: Callable[[], Iterable[SharedBucket]] = tuple) -> None:
        self._buckets = buckets
        self._replies: list[Reply] = []
        self._looked_at = float("-inf")
        self._taken = 0

    def affordable(self, slots: int) -> int:
        """How many calls may leave now, at most `slots`."""
        self._look()
        if any(reply["paused"] for reply in self._replies):
            return 0
        for reply in self._replies:
            if reply["metered"]:
                slots = min(slots, int(reply["free"] // reply["points"]) - self._taken)
        return max(0, slots)

    def wait_seconds(self) -> float:
        """How long until one more call is affordable."""
        if self.affordable(1):
            return 0.0
        return max((reply["wait"] for reply in self._replies), default=0.0) or LOOK_AGAIN_SECONDS

    def take(self) -> None:
        """A row was claimed; its call will draw from the bucket in a moment."""
        self._taken += 1

    def flush(self) -> None:
        """After the last call of a drain: nothing stays untold."""
        for bucket in self._buckets():
            bucket.flush()

    def _look(self) -> None:
        """Ask the buckets, now and then: what others take shows within a moment."""
        if monotonic() - self._looked_at < LOOK_AGAIN_SECONDS:
            return
        self._replies = [bucket.look(urgent=is_urgent()) for bucket in self._buckets()]
        self._looked_at, self._taken = monotonic(), 0
