"""The leaky bucket of query cost: one for each app and store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Bucket:
    """``available`` points as of ``at`` on the waiting line."""

    maximum: float
    restore_rate: float
    available: float
    at: float

    def refill(self, now: float) -> None:
        gained = max(0.0, now - self.at) * self.restore_rate
        self.available = min(self.maximum, self.available + gained)
        self.at = now

    def take(self, cost: float, now: float) -> bool:
        """Reserve the requested cost; False when it does not fit."""
        self.refill(now)
        if cost > self.available:
            return False
        self.available -= cost
        return True

    def give_back(self, cost: float) -> None:
        self.available = min(self.maximum, self.available + cost)

    def status(self) -> dict[str, Any]:
        return {
            "maximumAvailable": float(self.maximum),
            "currentlyAvailable": int(self.available),
            "restoreRate": float(self.restore_rate),
        }
