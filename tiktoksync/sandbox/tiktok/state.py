"""What the TikTok Shop half remembers."""

from __future__ import annotations

import heapq
import itertools
import random
import secrets
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tiktoksync.sandbox.clock import Clock
from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.log import RequestLog
from tiktoksync.sandbox.tiktok.paging import TimeIndex
from tiktoksync.sandbox.webhooks import Sender

PLATFORM = "tiktok"


@dataclass(slots=True)
class App:
    key: str
    secret: str
    service_id: str
    market: str
    redirect_url: str


@dataclass(slots=True)
class Listing:
    """One sellable SKU as it stands on TikTok Shop."""

    sku_id: str
    product_id: str
    seller_sku: str
    title: str
    sku_name: str
    price: str
    stock: int


@dataclass(slots=True)
class Shop:
    id: str
    cipher: str
    name: str
    region: str
    code: str
    seller_type: str
    currency: str
    app_key: str
    warehouse_id: str
    delivery_option_id: str
    listings: dict[str, Listing] = field(default_factory=dict)
    webhooks: dict[str, dict[str, Any]] = field(default_factory=dict)
    authorized: bool = True
    by_create: TimeIndex = field(default_factory=TimeIndex)
    by_update: TimeIndex = field(default_factory=TimeIndex)


@dataclass(slots=True)
class Token:
    """An access or refresh token; ``expires_at`` is in Unix seconds of the platform."""

    value: str
    kind: str
    app_key: str
    grant: Grant
    expires_at: int
    tag: str
    revoked: bool = False
    predecessor: str = ""
    replacement: str = ""


@dataclass(slots=True)
class Grant:
    """What one seller allowed one app."""

    app_key: str
    open_id: str
    seller_name: str
    region: str
    shop_ids: list[str]
    scopes: list[str]
    refreshes: int = 0


@dataclass(slots=True)
class Order:
    """``body`` is the whole order as the API shows it, but for the recipient and the patches.

    ``masked`` hides the buyer whoever ships; ``aged`` is set a month after the order's end.
    """

    number: int
    shop_id: str
    body: dict[str, Any]
    recipient: dict[str, Any]
    hold_until: float | None = None
    shipped_on_line: float | None = None
    corrections: int = 0
    masked: bool = False
    aged: bool = False
    patch: dict[str, Any] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)
    story: list[dict[str, Any]] = field(default_factory=list)
    tracking: list[dict[str, Any]] = field(default_factory=list)
    text: str | None = None

    @property
    def id(self) -> str:
        return str(self.body["id"])

    @property
    def status(self) -> str:
        return str(self.body["status"])

    def live_lines(self) -> list[dict[str, Any]]:
        """The line items that are not cancelled."""
        return [line for line in self.body["line_items"] if line["display_status"] != "CANCELLED"]


class TikTokState:
    """Apps, shops, tokens, orders, packages, cancellations and returns of one sandbox."""

    def __init__(self, config: Config, clock: Clock, log: RequestLog, sender: Sender) -> None:
        self.config = config
        self.clock = clock
        self.log = log
        self.sender = sender
        self.random = random.Random(config["seed"])
        self.apps: dict[str, App] = {}
        self.shops: dict[str, Shop] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, dict[str, Any]] = {}
        self.orders: dict[str, Order] = {}
        self.by_number: dict[int, Order] = {}
        self.packages: dict[str, dict[str, Any]] = {}
        self.cancellations: dict[str, dict[str, Any]] = {}
        self.returns: dict[str, dict[str, Any]] = {}
        self.return_records: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.answers: dict[tuple[str, str, str], dict[str, Any]] = {}
        self.documents: dict[str, tuple[float, bytes]] = {}
        self.external: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        self._numbers = itertools.count(1)
        self._ids = itertools.count(1)
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timer_numbers = itertools.count(1)

    def now(self) -> int:
        """Whole Unix seconds on the platform's clock."""
        return int(self.clock.wall(PLATFORM))

    def next_number(self) -> int:
        return next(self._numbers)

    def new_id(self, prefix: str) -> str:
        """A fresh id of 18 or 19 digits that starts with ``prefix``."""
        return prefix + f"{next(self._ids) * 7919 % 10**9:09d}" + f"{next(self._ids):06d}"

    def request_id(self) -> str:
        stamp = self.now()
        return _stamp(stamp) + secrets.token_hex(10).upper()

    def shop_of_cipher(self, cipher: str) -> Shop | None:
        return next((shop for shop in self.shops.values() if shop.cipher == cipher), None)

    def app_of(self, shop: Shop) -> App:
        return self.apps[shop.app_key]

    def later(self, seconds: float, action: Callable[[], None]) -> None:
        """Do something when the waiting line has moved on by so many seconds."""
        due = self.clock.line() + seconds
        heapq.heappush(self._timers, (due, next(self._timer_numbers), action))

    def due_actions(self) -> Iterator[Callable[[], None]]:
        """Take what is due off the list, one by one."""
        now = self.clock.line()
        while self._timers and self._timers[0][0] <= now:
            yield heapq.heappop(self._timers)[2]

    def orders_of(self, shop_id: str) -> list[Order]:
        return [order for order in self.orders.values() if order.shop_id == shop_id]


def _stamp(seconds: int) -> str:
    return time.strftime("%Y%m%d%H%M%S", time.gmtime(seconds))
