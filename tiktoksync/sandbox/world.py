"""The whole state of one sandbox, behind one lock."""

from __future__ import annotations

import threading

from tiktoksync.sandbox.clock import Clock
from tiktoksync.sandbox.config import Config, complete_config
from tiktoksync.sandbox.faults import Faults
from tiktoksync.sandbox.log import RequestLog
from tiktoksync.sandbox.shopify import stores
from tiktoksync.sandbox.shopify.settling import settle as settle_shopify
from tiktoksync.sandbox.shopify.state import ShopifyState
from tiktoksync.sandbox.tiktok import shops
from tiktoksync.sandbox.tiktok.lifecycle import settle
from tiktoksync.sandbox.tiktok.state import TikTokState
from tiktoksync.sandbox.webhooks import Sender

TICK = 0.2


class World:
    """Both platforms, their clock, their log, their faults and the sender of webhooks."""

    def __init__(self, config: Config | None = None) -> None:
        self.lock = threading.RLock()
        self.clock = Clock()
        self.log = RequestLog()
        self.faults = Faults()
        self.sender = Sender(self.clock, self.faults)
        # Where the server listens; files are offered under it until a client knows better.
        self.address = "http://127.0.0.1"
        self.given: Config = config or {}
        self.config: Config
        self.tiktok: TikTokState
        self.shopify: ShopifyState
        self._stop = threading.Event()
        self._ticker: threading.Thread | None = None
        self.reset(self.given)

    def reset(self, config: Config | None = None) -> None:
        """Begin again from a configuration (the one of the start when none is given)."""
        with self.lock:
            self.config = complete_config(self.given if config is None else config)
            self.faults.clear()
            self.log.reset()
            self.sender.clear()
            self.sender.time_scale = float(self.config["time_scale"])
            self.sender.enabled = dict(self.config["webhooks"])
            self.clock.set_skew("tiktok", 0.0)
            self.clock.set_skew("shopify", 0.0)
            self.tiktok = TikTokState(self.config, self.clock, self.log, self.sender)
            shops.set_up(self.tiktok, self.config)
            self.shopify = ShopifyState(self.config, self.clock, self.log, self.sender, self.faults)
            self.shopify.base_url = self.address
            stores.set_up(self.shopify, self.config)

    def advance(self, seconds: float) -> None:
        """Let time pass for everything that waits, and do what has become due."""
        with self.lock:
            self.clock.advance(seconds)
            self.settle()
        self.sender.wake()

    def settle(self) -> None:
        """Do what has become due on both platforms; the caller holds the lock."""
        settle(self.tiktok)
        settle_shopify(self.shopify)

    def start_ticking(self) -> None:
        """Do what becomes due even when nobody asks."""
        self._ticker = threading.Thread(target=self._tick, name="sandbox-clock", daemon=True)
        self._ticker.start()

    def _tick(self) -> None:
        while not self._stop.wait(TICK):
            with self.lock:
                self.settle()

    def stop(self) -> None:
        self._stop.set()
        self.sender.stop()
        if self._ticker is not None:
            self._ticker.join(2)
