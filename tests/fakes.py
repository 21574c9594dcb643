"""Stand-ins for both platforms and for the queue, and how they take the real ones' places.

Their methods have the real clients' names and signatures; `tests/test_fakes.py` checks that.
"""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from typing import Any

from tests.fake_shopify import FakeShopify, FakeShopifyAuth, FakeShopifyClient, ShopifyOrder
from tests.fake_tiktok import FakeTikTok, FakeTikTokAuth, FakeTikTokClient
from tiktoksync.errors import SyncError

__all__ = [
    "FakeShopify",
    "FakeShopifyAuth",
    "FakeShopifyClient",
    "FakeTikTok",
    "FakeTikTokAuth",
    "FakeTikTokClient",
    "Platforms",
    "ShopifyOrder",
    "Wakes",
    "call_inline",
    "note_wakes",
    "plug_in",
]


@dataclass
class Platforms:
    """Both sides, in the place of the real ones."""

    tiktok: FakeTikTok
    shopify: FakeShopify


def plug_in(monkeypatch: Any) -> Platforms:
    """Have every client that the application builds speak to stand-ins."""
    from tiktoksync.shops.services import clients

    both = Platforms(FakeTikTok(), FakeShopify())
    monkeypatch.setattr(clients, "TikTokClient", both.tiktok.open)
    monkeypatch.setattr(clients, "ShopifyClient", both.shopify.open)
    monkeypatch.setattr(clients, "TikTokAuth", both.tiktok.open_auth)
    monkeypatch.setattr(clients, "ShopifyAuth", both.shopify.open_auth)
    return both


@dataclass
class Wakes:
    """The lanes that were woken, instead of a queue."""

    lanes: list[tuple[str, int]] = field(default_factory=list)

    def wake(self, stem: str, account_id: int) -> None:
        self.lanes.append((stem, account_id))

    def stems(self) -> list[str]:
        return [stem for stem, _ in self.lanes]


def note_wakes(monkeypatch: Any) -> Wakes:
    """Have no queue: wake-ups are only noted."""
    from tiktoksync.lib import queue

    wakes = Wakes()
    monkeypatch.setattr(queue, "wake", wakes.wake)
    monkeypatch.setattr(queue, "forget_wake", lambda stem, account_id: None)
    monkeypatch.setattr(queue, "pending", lambda name: 0)
    return wakes


class InlineExecutor(Executor):
    """Runs each call at once in the calling thread: the order of things is the test's own."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def submit(self, call: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(call(*arguments, **named))
        except SyncError as error:
            done.set_exception(error)
        return done


def call_inline(monkeypatch: Any) -> None:
    """Make calls in the test's own thread, so that hooks may look at the database."""
    from tiktoksync.sync import flows

    monkeypatch.setattr(flows, "ThreadPoolExecutor", InlineExecutor)
