"""Sends webhooks as the platforms do: signed, retried, and on request lost, late or twice."""

from __future__ import annotations

import heapq
import http.client
import ipaddress
import itertools
import ssl
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tiktoksync.sandbox.clock import Clock
from tiktoksync.sandbox.faults import WEBHOOK_ACTIONS, Faults

WORKERS = 8
KEPT = 20_000
REORDER_PATIENCE = 2.0
SOON = 0.5

TIKTOK_DELAYS = (120.0, 1800.0, 10800.0, 43200.0)
SHOPIFY_DELAYS = (60.0, 120.0, 300.0, 600.0, 1200.0, 2400.0, 3600.0, 6000.0)


@dataclass(slots=True)
class Delivery:
    """One webhook on its way; ``sign`` makes the headers for a secret that a fault may spoil."""

    platform: str
    shop: str
    topic: str
    url: str
    body: bytes
    sign: Callable[[bytes, bool], dict[str, str]]
    limit: float
    delays: tuple[float, ...]
    notification_id: str = ""
    finished: Callable[[bool], None] | None = None
    id: int = 0
    state: str = "waiting"
    wrong_secret: bool = False
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "platform": self.platform,
            "shop": self.shop,
            "topic": self.topic,
            "url": self.url,
            "notification_id": self.notification_id,
            "state": self.state,
            "attempts": list(self.attempts),
            "body": self.body.decode("utf-8", "replace"),
        }


def is_loopback(url: str) -> bool:
    """Whether the address points at this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class Sender:
    """A heap of deliveries by due time and a few threads, started when the first one comes."""

    def __init__(self, clock: Clock, faults: Faults) -> None:
        self.clock = clock
        self.faults = faults
        self.time_scale = 1.0
        self.enabled = {"tiktok": True, "shopify": True}
        self.history: deque[Delivery] = deque(maxlen=KEPT)
        self._heap: list[tuple[float, int, Delivery]] = []
        self._held: dict[str, Delivery] = {}
        self._in_flight = 0
        self._ids = itertools.count(1)
        self._order = itertools.count()
        self._wakes = threading.Condition()
        self._threads: list[threading.Thread] = []
        self._stopped = False

    def enqueue(self, delivery: Delivery) -> None:
        """Take a delivery and let the webhook faults have their way with it."""
        names = (delivery.topic,)
        rules = self.faults.take(delivery.platform, names, delivery.shop, WEBHOOK_ACTIONS)
        action = rules[0].action if rules else ""
        params = rules[0].params if rules else {}
        with self._wakes:
            delivery.id = next(self._ids)
            self.history.append(delivery)
            if not self.enabled.get(delivery.platform, True):
                delivery.state = "off"
                return
            self._place(delivery, action, params)
            self._start_threads()
            self._wakes.notify()

    def send_again(self, delivery: Delivery, copies: int = 1) -> None:
        """Redeliver as it was: the same body, the same id."""
        with self._wakes:
            for _ in range(copies):
                self._push(delivery, self.clock.line())
            self._start_threads()
            self._wakes.notify_all()

    def _place(self, delivery: Delivery, action: str, params: dict[str, Any]) -> None:
        now = self.clock.line()
        held = self._held.pop(delivery.platform, None)
        if action == "webhook_lose":
            delivery.state = "lost"
        elif action == "webhook_reorder":
            self._held[delivery.platform] = delivery
            self._push(delivery, now + REORDER_PATIENCE)
        else:
            delivery.wrong_secret = action == "webhook_wrong_secret"
            delay = float(params.get("seconds", 5)) if action == "webhook_delay" else 0.0
            copies = int(params.get("copies", 2)) if action == "webhook_duplicate" else 1
            for _ in range(copies):
                self._push(delivery, now + delay)
        if held is not None:
            self._heap = [entry for entry in self._heap if entry[2] is not held]
            heapq.heapify(self._heap)
            self._push(held, now + 0.1)

    def _push(self, delivery: Delivery, due: float) -> None:
        heapq.heappush(self._heap, (due, next(self._order), delivery))

    def _start_threads(self) -> None:
        if not self._threads:
            for number in range(WORKERS):
                thread = threading.Thread(
                    target=self._work, name=f"sandbox-webhooks-{number}", daemon=True
                )
                self._threads.append(thread)
                thread.start()

    def wake(self) -> None:
        """The clock moved: look again at what is due."""
        with self._wakes:
            self._wakes.notify_all()

    def flush(self, timeout: float = 10.0) -> bool:
        """Send everything that waits now, retries too; True once all of it has been tried."""
        with self._wakes:
            now = self.clock.line()
            self._heap = [(min(due, now), order, one) for due, order, one in self._heap]
            heapq.heapify(self._heap)
            self._held.clear()
            self._wakes.notify_all()
            return self._wait_until_quiet(timeout, now)

    def settle(self, timeout: float = 10.0) -> bool:
        """Wait until nothing is under way or about to be due; later retries keep waiting."""
        with self._wakes:
            return self._wait_until_quiet(timeout, self.clock.line() + SOON)

    def _wait_until_quiet(self, timeout: float, due: float) -> bool:
        until = time.monotonic() + timeout
        while self._in_flight or (self._heap and self._heap[0][0] <= due):
            left = until - time.monotonic()
            if left <= 0:
                return False
            self._wakes.wait(min(0.05, left))
        return True

    def clear(self) -> None:
        """Forget every delivery."""
        with self._wakes:
            self._heap.clear()
            self._held.clear()
            self.history.clear()

    def stop(self) -> None:
        with self._wakes:
            self._stopped = True
            self._wakes.notify_all()

    def _work(self) -> None:
        while True:
            delivery = self._next_due()
            if delivery is None:
                return
            try:
                self._attempt(delivery)
            finally:
                with self._wakes:
                    self._in_flight -= 1
                    self._wakes.notify_all()

    def _next_due(self) -> Delivery | None:
        with self._wakes:
            while not self._stopped:
                now = self.clock.line()
                if self._heap and self._heap[0][0] <= now:
                    delivery = heapq.heappop(self._heap)[2]
                    if self._held.get(delivery.platform) is delivery:
                        del self._held[delivery.platform]
                    self._in_flight += 1
                    return delivery
                wait = self._heap[0][0] - now if self._heap else 1.0
                self._wakes.wait(min(max(wait, 0.005), 1.0))
        return None

    def _attempt(self, delivery: Delivery) -> None:
        headers = delivery.sign(delivery.body, delivery.wrong_secret)
        started = time.perf_counter()
        status, error = _post(delivery.url, delivery.body, headers, delivery.limit)
        delivery.attempts.append(
            {
                "at": round(time.time(), 3),
                "status": status,
                "error": error,
                "duration_ms": round((time.perf_counter() - started) * 1000, 1),
            }
        )
        good = status == 200 if delivery.platform == "tiktok" else 200 <= status < 300
        if good:
            delivery.state = "delivered"
        elif delivery.state != "delivered":
            self._retry(delivery)
        if delivery.finished is not None:
            delivery.finished(good)

    def _retry(self, delivery: Delivery) -> None:
        tried = len(delivery.attempts)
        if tried > len(delivery.delays):
            delivery.state = "failed"
            return
        due = self.clock.line() + delivery.delays[tried - 1] * self.time_scale
        with self._wakes:
            self._push(delivery, due)


def _post(url: str, body: bytes, headers: dict[str, str], limit: float) -> tuple[int, str]:
    """One POST; gives the HTTP status (0 when there was none) and the name of the error."""
    parts = urlsplit(url)
    target = parts.path or "/"
    if parts.query:
        target += "?" + parts.query
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=limit)
    try:
        connection.request("POST", target, body, headers)
        answer = connection.getresponse()
        answer.read(65536)
        return answer.status, ""
    except (OSError, http.client.HTTPException, ssl.SSLError) as error:
        return 0, type(error).__name__
    finally:
        connection.close()
