"""How fast one drain may call: a bucket of points, kept in step with what the platform reports."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from tiktoksync.lib.answers import Cost


@dataclass(slots=True)
class Pace:
    """A leaky bucket. Unmetered until an answer tells of a bucket, or columns remember one."""

    available: float = 0.0
    rate: float = 0.0
    maximum: float = 0.0
    typical: float = 12.0
    in_flight: int = 0
    seen_at: float = field(default_factory=monotonic)

    @property
    def metered(self) -> bool:
        return self.rate > 0

    def affordable(self, slots: int) -> int:
        """How many calls of typical cost may leave now, at most `slots`."""
        if not self.metered:
            return slots
        left = self._now_available() - self.in_flight * self.typical
        return max(0, min(slots, int(left // self.typical)))

    def wait_seconds(self) -> float:
        """How long until one more call of typical cost is affordable."""
        lacking = self.typical * (self.in_flight + 1) - self._now_available()
        return max(0.0, lacking / self.rate) if self.metered else 0.0

    def take(self) -> None:
        """A call leaves."""
        self.in_flight += 1

    def settle(self, cost: Cost | None) -> None:
        """A call came back, perhaps with the platform's own figures."""
        self.in_flight = max(0, self.in_flight - 1)
        if cost is None:
            return
        self.available, self.maximum = cost.available, cost.maximum
        self.rate, self.seen_at = cost.restore_rate, monotonic()
        if cost.requested:
            # Dearer than the whole bucket can never be saved up for: then a full one has to do.
            self.typical = min(cost.requested, cost.maximum or cost.requested)

    def _now_available(self) -> float:
        refilled = self.available + (monotonic() - self.seen_at) * self.rate
        return min(self.maximum, refilled)
