"""The request log and the ledger of writes: what tests and benchmarks count."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class Call:
    """One platform call while it is being answered; endpoints fill it in as they learn more."""

    platform: str
    method: str
    path: str
    shop: str = ""
    operation: str = ""
    operations: tuple[str, ...] = ()
    code: str = ""
    cost: float | None = None
    requested_cost: float | None = None
    token_tag: str = ""
    request_id: str = ""
    fault: str = ""
    started: float = field(default_factory=time.perf_counter)

    def names(self) -> tuple[str, ...]:
        """Every name a fault rule may use for this call."""
        return (self.operation, *self.operations)


class RequestLog:
    """Grows in memory until it is reset; safe to use from every connection thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: list[dict[str, Any]] = []
        self._writes: list[dict[str, Any]] = []
        self._counts: Counter[str] = Counter()
        self._points = 0.0
        self._next = 1

    def add(self, call: Call, status: int, at: float) -> None:
        entry = {
            "at": round(at, 6),
            "platform": call.platform,
            "shop": call.shop,
            "method": call.method,
            "path": call.path,
            "operation": call.operation,
            "status": status,
            "code": call.code,
            "cost": call.cost,
            "requested_cost": call.requested_cost,
            "token_tag": call.token_tag,
            "request_id": call.request_id,
            "fault": call.fault,
            "duration_ms": round((time.perf_counter() - call.started) * 1000, 3),
        }
        with self._lock:
            entry["n"] = self._next
            self._next += 1
            self._entries.append(entry)
            self._counts[f"{call.platform}:{call.operation}"] += 1
            self._points += call.cost or 0.0

    def record_write(self, platform: str, shop: str, kind: str, **facts: Any) -> None:
        """Note an effect on the ledger, whether or not its answer ever arrived."""
        with self._lock:
            at = time.time()
            self._writes.append(
                {"at": at, "platform": platform, "shop": shop, "kind": kind, **facts}
            )

    def since(self, n: int = 0, platform: str = "", limit: int | None = None) -> dict[str, Any]:
        """The entries after number ``n``, with the counts of those entries by operation."""
        with self._lock:
            rows = [
                entry
                for entry in self._entries
                if entry["n"] > n and platform in ("", entry["platform"])
            ]
            writes = list(self._writes)
            last = self._next - 1
        counts = Counter(f"{row['platform']}:{row['operation']}" for row in rows)
        return {
            "entries": rows if limit is None else rows[len(rows) - min(limit, len(rows)) :],
            "counts": dict(sorted(counts.items())),
            "total": len(rows),
            "points": sum(row["cost"] or 0 for row in rows),
            "last": last,
            "writes": writes,
        }

    def totals(self) -> dict[str, int]:
        with self._lock:
            return dict(sorted(self._counts.items()))

    def reset(self) -> None:
        with self._lock:
            self._entries.clear()
            self._writes.clear()
            self._counts.clear()
            self._points = 0.0
