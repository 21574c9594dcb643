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
    """One sellable SKU as it stands on TikTok Shop.

    ``inventory`` is what can be sold, by warehouse id; ``committed`` is what open orders wait for.
    """

    sku_id: str
    product_id: str
    seller_sku: str
    title: str
    sku_name: str
    price: str
    inventory: dict[str, int] = field(default_factory=dict)
    committed: dict[str, int] = field(default_factory=dict)
    list_price: dict[str, Any] = field(default_factory=dict)
    external_list_prices: list[dict[str, Any]] = field(default_factory=list)
    deactivated_by: str = ""
    in_baskets: bool = True

    @property
    def stock(self) -> int:
        """What can be sold from all warehouses together."""
        return sum(self.inventory.values())


@dataclass(slots=True)
class Product:
    """A product of a shop.

    ``live`` is the version buyers see, or the only one there is; ``review`` is a later version
    that waits for its review. Both have the shape that ``product_bodies`` describes. ``skus``
    holds the price and stock of every SKU of either version.
    """

    id: str
    shop_id: str
    live: dict[str, Any]
    status: str
    audit: str
    created: int
    updated: int
    skus: dict[str, Listing] = field(default_factory=dict)
    review: dict[str, Any] | None = None
    review_is_draft: bool = False
    failed_reasons: list[dict[str, Any]] = field(default_factory=list)
    suspended_reason: str = ""
    price_lock: int = 0
    ever_approved: bool = False
    review_number: int = 0

    @property
    def key(self) -> tuple[int, int]:
        """The place in a search: last updated, then the id."""
        return self.updated, int(self.id)

    def live_skus(self) -> list[Listing]:
        """The SKUs of the version buyers see, in its order."""
        return [self.skus[row["id"]] for row in self.live["skus"]]


@dataclass(slots=True)
class Image:
    """An uploaded picture (``raw``), or one that is made on demand from ``key``."""

    uri: str
    width: int
    height: int
    use_case: str
    raw: bytes | None = None
    key: str = ""


@dataclass(slots=True)
class Shop:
    """One seller in one region.

    ``listings`` finds SKUs by seller SKU (the first of equal ones), ``skus`` by id; ``uploads``
    and ``brand_times`` are the moments at which products and brands were made, on the waiting line.
    """

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
    warehouses: list[str] = field(default_factory=list)
    listings: dict[str, Listing] = field(default_factory=dict)
    skus: dict[str, Listing] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    own_brands: dict[str, str] = field(default_factory=dict)
    uploads: list[float] = field(default_factory=list)
    brand_times: list[float] = field(default_factory=list)
    failed_prerequisites: list[str] = field(default_factory=list)
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
    reserved: dict[str, list[tuple[Listing, str, bool]]] = field(default_factory=dict)

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
    """Apps, shops with their products, tokens, orders and what follows them, pictures."""

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
        self.images: dict[str, Image] = {}
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
