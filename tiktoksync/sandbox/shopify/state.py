"""What the Shopify half remembers."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tiktoksync.sandbox.clock import Clock
from tiktoksync.sandbox.config import Config
from tiktoksync.sandbox.faults import Faults
from tiktoksync.sandbox.log import RequestLog
from tiktoksync.sandbox.shopify.bucket import Bucket
from tiktoksync.sandbox.shopify.ids import Numbers
from tiktoksync.sandbox.shopify.scalars import stamp
from tiktoksync.sandbox.webhooks import Sender

PLATFORM = "shopify"

# A GraphQL object as a plain mapping; keys beginning with "_" are for the sandbox alone.
Record = dict[str, Any]


@dataclass(slots=True)
class App:
    key: str
    secret: str
    id: str
    name: str
    redirect_urls: list[str]


@dataclass(slots=True)
class Token:
    """Expiries are Unix seconds, None for never.

    The first use of a token retires its ``predecessor``, the refresh token it came from.
    """

    value: str
    kind: str
    domain: str
    api_key: str
    scopes: list[str]
    expires_at: float | None
    tag: str
    revoked: bool = False
    predecessor: str = ""
    replacement: str = ""


@dataclass(slots=True)
class Store:
    """One Shopify store with all its objects by global id."""

    domain: str
    record: Record
    currency: str
    api_key: str
    objects: dict[str, Record] = field(default_factory=dict)
    orders: dict[str, Record] = field(default_factory=dict)
    locations: list[Record] = field(default_factory=list)
    products: list[Record] = field(default_factory=list)
    variants: dict[str, Record] = field(default_factory=dict)
    handles: dict[str, str] = field(default_factory=dict)
    definitions: list[Record] = field(default_factory=list)
    publications: list[Record] = field(default_factory=list)
    bulk_operations: list[Record] = field(default_factory=list)
    subscriptions: list[Record] = field(default_factory=list)
    unique_values: dict[tuple[str, str, str, str], str] = field(default_factory=dict)
    idempotency: dict[str, tuple[str, Any]] = field(default_factory=dict)
    created_lines: list[float] = field(default_factory=list)
    next_order: int = 1001
    token_number: int = 0
    unavailable: int = 0

    def add(self, record: Record) -> Record:
        self.objects[record["id"]] = record
        return record


class ShopifyState:
    """Apps, stores, tokens and buckets of one sandbox."""

    def __init__(
        self, config: Config, clock: Clock, log: RequestLog, sender: Sender, faults: Faults
    ) -> None:
        self.config = config
        self.clock = clock
        self.log = log
        self.sender = sender
        self.faults = faults
        self.numbers = Numbers()
        self.apps: dict[str, App] = {}
        self.stores: dict[str, Store] = {}
        self.tokens: dict[str, Token] = {}
        self.codes: dict[str, dict[str, Any]] = {}
        self.buckets: dict[tuple[str, str], Bucket] = {}
        # Where a client reaches this sandbox; the last request that said so knows best.
        self.base_url = "http://127.0.0.1"
        # Files by their path: type, content, and until when on the waiting clock.
        self.files: dict[str, tuple[str, bytes, float | None]] = {}
        # How the next bulk operations fail, first come first served.
        self.bulk_failures: list[Record] = []
        # Pictures on their way, and the codes with which the next ones fail.
        self.waiting_media: list[tuple[Store, Record]] = []
        self.media_failures: list[str] = []
        # productSet and productDelete that run in the background, with what they do at the end.
        self.product_jobs: list[tuple[float, Record, Callable[[], None]]] = []
        self.uploads: dict[str, Record] = {}

    def now(self) -> str:
        """The time as the API writes it."""
        return stamp(self.clock.wall(PLATFORM))

    def request_id(self) -> str:
        return f"{uuid.uuid4()}-{int(self.clock.wall(PLATFORM))}"

    def bucket(self, api_key: str, domain: str) -> Bucket:
        key = (api_key, domain)
        found = self.buckets.get(key)
        if found is None:
            size = self.config["bucket"]
            found = Bucket(
                float(size["maximum"]), float(size["restore_rate"]),
                float(size["maximum"]), self.clock.line(),
            )  # fmt: skip
            self.buckets[key] = found
        return found

    def app_of(self, store: Store) -> App:
        return self.apps[store.api_key]


@dataclass(slots=True)
class Context:
    """What resolvers know: the store, the caller, a place for search warnings.

    ``counts`` keeps what is counted once for a whole request.
    """

    state: ShopifyState
    store: Store
    token: Token
    version: str
    warnings: list[Record] = field(default_factory=list)
    counts: dict[str, Counter[Any]] = field(default_factory=dict)

    @property
    def app(self) -> App:
        return self.state.apps[self.token.api_key]

    def may(self, scopes: tuple[str, ...]) -> bool:
        """Whether the token holds one of the scopes; writing implies reading."""
        held = self.token.scopes
        return any(scope in held or scope.replace("read_", "write_", 1) in held for scope in scopes)

    def namespace(self, given: str | None) -> str:
        """The namespace as stored: the app's own one when left out or written ``$app``."""
        own = f"app--{self.app.id}"
        if given is None or given == "$app":
            return own
        return own + "--" + given[5:] if given.startswith("$app:") else given
