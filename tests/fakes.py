"""Stand-ins for both platforms that keep state, so that "exactly one order there" can be asserted.

Their methods have the real clients' names and signatures; `tests/test_fakes.py` checks that.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor, Future
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from orders.mapping import shopify_total
from orders.mapping_input import LINE_IDS_PROPERTY
from tiktoksync.errors import Rejected, SyncError
from tiktoksync.lib.answers import Answer, Cost
from tiktoksync.shopify.auth import ShopifyTokens
from tiktoksync.shopify.payloads import (
    CancelJob,
    ChangedOrder,
    ChangedPage,
    CreatedOrder,
    FoundOrder,
    MetafieldDefinition,
)
from tiktoksync.tiktok.auth import TokenPair
from tiktoksync.tiktok.payloads import ItemError, OrderPage, ShippedPackage

Hook = Callable[[], None]


@dataclass
class Fault:
    """One answer that goes wrong: before or after its effect over there."""

    error: Exception
    after_effect: bool = False


class Platform:
    """What both stand-ins share: a log of calls, faults, and hooks that run during a call."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.tokens: list[str] = []
        self.faults: dict[str, list[Fault]] = {}
        self.hooks: dict[str, list[Hook]] = {}
        self.guard = threading.RLock()

    def fail(
        self, method: str, error: Exception, *, after_effect: bool = False, times: int = 1
    ) -> None:
        """The next `times` calls of a method end with this error."""
        self.faults.setdefault(method, []).extend([Fault(error, after_effect)] * times)

    def during(self, method: str, hook: Hook) -> None:
        """Run a hook inside the next call of a method, once its effect has come about."""
        self.hooks.setdefault(method, []).append(hook)

    def count(self, method: str) -> int:
        """How often a method was called."""
        return sum(name == method for name, _ in self.calls)

    def called(self) -> list[str]:
        """The methods called, in order."""
        return [name for name, _ in self.calls]

    def arguments(self, method: str) -> list[tuple[Any, ...]]:
        """The arguments of each call of a method."""
        return [arguments for name, arguments in self.calls if name == method]

    def perform(self, token: str, method: str, effect: Callable[[], Any], *arguments: Any) -> Any:
        """One call: logged, with its fault and its hook."""
        with self.guard:
            self.calls.append((method, arguments))
            self.tokens.append(token)
            fault = self.faults[method].pop(0) if self.faults.get(method) else None
            if fault is not None and not fault.after_effect:
                raise fault.error
            data = effect()
            hook = self.hooks[method].pop(0) if self.hooks.get(method) else None
        if hook is not None:
            hook()
        if fault is not None:
            raise fault.error
        number = len(self.calls)
        return Answer(data, f"request-{number}", 0.01, self.cost())

    def cost(self) -> Cost | None:
        return None


def within(most: int, values: Sequence[Any]) -> None:
    """The real clients refuse longer lists in the same way."""
    if len(values) > most:
        raise ValueError(f"At most {most} a call.")


# --- TikTok Shop ---------------------------------------------------------------------------------


class FakeTikTok(Platform):
    """TikTok Shop's side of one shop."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, dict[str, Any]] = {}
        self.page_size = 100
        self.endless = False
        self.unknown_ids_fail = False
        self.providers: dict[str, list[dict[str, Any]]] = {}
        self.references: dict[str, dict[str, Any]] = {}
        self.refused_references: dict[str, ItemError] = {}
        self.pairs: list[TokenPair] = []

    def open(self, **how: Any) -> FakeTikTokClient:
        """Takes the place of the client's class."""
        return FakeTikTokClient(self, how["access_token"])

    def open_auth(self, **how: Any) -> FakeTikTokAuth:
        """Takes the place of the token endpoint's class."""
        return FakeTikTokAuth(self)

    def place(self, *bodies: dict[str, Any]) -> None:
        """Orders as TikTok has them now."""
        for body in bodies:
            self.orders[str(body["id"])] = body

    def change(self, order_id: str, **fields: Any) -> dict[str, Any]:
        """News of an order, a second later."""
        body = deepcopy(self.orders[order_id])
        body.update({"update_time": body["update_time"] + 1, **fields})
        self.orders[order_id] = body
        return body

    def tracking_of(self, order_id: str) -> dict[str, str]:
        """The tracking number of each unit that has one."""
        lines = self.orders[order_id]["line_items"]
        return {line["id"]: line["tracking_number"] for line in lines if "tracking_number" in line}

    def carriers(self, option: str, *names: str) -> None:
        """The carriers of a delivery option; ids follow from the names."""
        self.providers[option] = [{"id": f"id-{name}", "name": name} for name in names]


class FakeTikTokClient:
    """The methods of TikTokClient that the flows call."""

    def __init__(self, platform: FakeTikTok, token: str) -> None:
        self.platform = platform
        self.token = token

    def _do(self, method: str, effect: Callable[[], Any], *arguments: Any) -> Any:
        return self.platform.perform(self.token, method, effect, *arguments)

    def search_orders(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        create_time_ge: int | None = None,
        create_time_lt: int | None = None,
        order_status: str = "",
        page_token: str = "",
        page_size: int = 100,
        sort_field: str = "update_time",
        sort_order: str = "ASC",
    ) -> Answer[OrderPage]:
        def effect() -> OrderPage:
            least = update_time_ge or 0
            found = [body for body in self.platform.orders.values() if _updated(body) >= least]
            found.sort(key=_updated)
            size, start = self.platform.page_size, int(page_token or 0)
            page = found[start : start + size]
            more = start + size < len(found)
            token = str(start + size) if more else ""
            if self.platform.endless and not more:
                token = str(max(0, len(found) - size))
            return OrderPage(deepcopy(page), token, len(found))

        return self._do("search_orders", effect, update_time_ge, page_token)

    def get_orders(self, ids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            within(50, ids)
            unknown = [order_id for order_id in ids if order_id not in self.platform.orders]
            if unknown and self.platform.unknown_ids_fail:
                raise Rejected("TikTok Shop does not know the order.", code="21001005")
            found = [self.platform.orders[i] for i in ids if i in self.platform.orders]
            return deepcopy(found)

        return self._do("get_orders", effect, tuple(ids))

    def shipping_providers(self, delivery_option_id: str) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            return deepcopy(self.platform.providers.get(delivery_option_id, []))

        return self._do("shipping_providers", effect, delivery_option_id)

    def mark_shipped(
        self,
        order_id: str,
        line_item_ids: Iterable[str],
        *,
        shipping_provider_id: str,
        tracking_number: str,
    ) -> Answer[ShippedPackage]:
        units = tuple(line_item_ids)

        def effect() -> ShippedPackage:
            body = self.platform.orders[order_id]
            lines = [line for line in body["line_items"] if line["id"] in units]
            if any("tracking_number" in line for line in lines):
                raise Rejected("TikTok Shop says the lines are shipped already.", code="21011019")
            self._ship(body, lines, tracking_number)
            return ShippedPackage(f"package-{order_id}-{len(self.platform.calls)}", "")

        how = (order_id, units, shipping_provider_id, tracking_number)
        return self._do("mark_shipped", effect, *how)

    def ship_package(
        self, package_id: str, *, shipping_provider_id: str, tracking_number: str
    ) -> Answer[None]:
        def effect() -> None:
            for body in self.platform.orders.values():
                lines = [one for one in body["line_items"] if one.get("package_id") == package_id]
                if lines:
                    self._ship(body, lines, tracking_number)

        how = (package_id, shipping_provider_id, tracking_number)
        return self._do("ship_package", effect, *how)

    def _ship(self, body: dict[str, Any], lines: list[dict[str, Any]], number: str) -> None:
        for line in lines:
            line["tracking_number"] = number
        left = [line for line in body["line_items"] if "tracking_number" not in line]
        body["status"] = "PARTIALLY_SHIPPING" if left else "AWAITING_COLLECTION"
        body["update_time"] += 1

    def put_external_orders(self, orders: Sequence[Mapping[str, Any]]) -> Answer[list[ItemError]]:
        def effect() -> list[ItemError]:
            within(100, orders)
            refused = self.platform.refused_references
            for order in orders:
                if order["id"] not in refused:
                    self.platform.references[order["id"]] = dict(order["external_order"])
            return [refused[order["id"]] for order in orders if order["id"] in refused]

        return self._do("put_external_orders", effect, list(orders))


class FakeTikTokAuth:
    """The method of TikTokAuth that the flows call."""

    def __init__(self, platform: FakeTikTok) -> None:
        self.platform = platform

    def refresh_token(self, refresh_token: str) -> Answer[TokenPair]:
        def effect() -> TokenPair:
            number = self.platform.count("refresh_token")
            expires = int((datetime.now(UTC) + timedelta(days=7)).timestamp())
            names = (f"TTP_new_{number}", expires, f"TTPR_new_{number}", expires + 86400)
            pair = TokenPair(*names, "open-id", "Anna", "US", ())
            self.platform.pairs.append(pair)
            return pair

        return self.platform.perform("", "refresh_token", effect, refresh_token)


def _updated(body: Mapping[str, Any]) -> int:
    value = body.get("update_time")
    return value if isinstance(value, int) else 2**40


# --- Shopify -------------------------------------------------------------------------------------


@dataclass
class ShopifyOrder:
    """One order over there."""

    number: int
    input: dict[str, Any]
    total: Decimal
    created_at: datetime
    updated_at: datetime
    cancelled_at: datetime | None = None
    restocked: bool | None = None
    fulfillment_status: str = "UNFULFILLED"
    fulfillments: list[dict[str, Any]] = field(default_factory=list)
    look_ups_to_hide: int = 0

    @property
    def gid(self) -> str:
        return f"gid://shopify/Order/{self.number}"

    @property
    def name(self) -> str:
        return f"#{1000 + self.number}"

    @property
    def identifier(self) -> str:
        return str(self.input["metafields"][0]["value"]) if "metafields" in self.input else ""

    def body(self) -> dict[str, Any]:
        """The order as the Admin API gives it."""
        cancelled = self.cancelled_at.isoformat() if self.cancelled_at else None
        amount = {"amount": str(self.total), "currencyCode": "USD"}
        return {
            "id": self.gid,
            "legacyResourceId": str(self.number),
            "name": self.name,
            "createdAt": self.created_at.isoformat(),
            "updatedAt": self.updated_at.isoformat(),
            "cancelledAt": cancelled,
            "displayFulfillmentStatus": self.fulfillment_status,
            "sourceIdentifier": self.input.get("sourceIdentifier", ""),
            "totalPriceSet": {"shopMoney": amount},
            "fulfillments": deepcopy(self.fulfillments),
        }

    def changed(self) -> ChangedOrder:
        """The order as the list of changed orders gives it."""
        cancelled = self.cancelled_at.isoformat() if self.cancelled_at else ""
        return ChangedOrder(self.gid, self.updated_at, self.fulfillment_status, cancelled)

    def touch(self, **columns: Any) -> None:
        """Change something, now."""
        for name, value in columns.items():
            setattr(self, name, value)
        self.updated_at = datetime.now(UTC)


class FakeShopify(Platform):
    """Shopify's side of one store."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: dict[str, ShopifyOrder] = {}
        self.refuses_taken_ids = True
        self.page_size = 100
        self.look_ups_to_hide = 0
        self.cancels_at_once = True
        self.variants: list[dict[str, Any]] = []
        self.definition: MetafieldDefinition | None = MetafieldDefinition(
            "gid://shopify/MetafieldDefinition/1", "app--1", "tiktok_order_id", "id"
        )
        self.points: Cost | None = None

    def open(self, **how: Any) -> FakeShopifyClient:
        """Takes the place of the client's class."""
        return FakeShopifyClient(self, how["access_token"])

    def open_auth(self, **how: Any) -> FakeShopifyAuth:
        """Takes the place of the token endpoint's class."""
        return FakeShopifyAuth(self)

    def cost(self) -> Cost | None:
        return self.points

    def holding(self, tiktok_order_id: str) -> list[ShopifyOrder]:
        """The orders that stand for a TikTok order."""
        return [
            order
            for order in self.orders.values()
            if order.input.get("sourceIdentifier") == tiktok_order_id
        ]

    def add(self, order_input: dict[str, Any], total: Decimal | None = None) -> ShopifyOrder:
        """An order that comes about, by whatever way."""
        now = datetime.now(UTC)
        made = shopify_total(order_input) if total is None else total
        order = ShopifyOrder(len(self.orders) + 1, order_input, made, now, now)
        order.look_ups_to_hide = self.look_ups_to_hide
        self.orders[order.gid] = order
        return order

    def add_variant(self, sku: str, number: int) -> dict[str, Any]:
        """A variant that a search by SKU finds."""
        variant = {
            "id": f"gid://shopify/ProductVariant/{number}",
            "title": sku,
            "sku": sku,
            "price": "10.00",
            "inventoryItem": {"id": f"gid://shopify/InventoryItem/{number}"},
            "product": {"id": "gid://shopify/Product/4", "title": "Shirt"},
        }
        self.variants.append(variant)
        return variant

    def ship(
        self,
        order: ShopifyOrder,
        number: str = "9400111899223100001234",
        carrier: str = "USPS",
        quantities: Sequence[int] | None = None,
    ) -> dict[str, Any]:
        """A merchant ships an order, or of each line as many units as `quantities` says."""
        lines = order.input["lineItems"]
        wanted = quantities or [line["quantity"] for line in lines]
        tracking = [{"company": carrier, "number": number, "url": None}] if number else []
        fulfillment = {
            "id": f"gid://shopify/Fulfillment/{order.number}{len(order.fulfillments)}",
            "status": "SUCCESS",
            "createdAt": datetime.now(UTC).isoformat(),
            "trackingInfo": tracking,
            "fulfillmentLineItems": {
                "nodes": [
                    {"quantity": quantity, "lineItem": {"customAttributes": _attributes(line)}}
                    for line, quantity in zip(lines, wanted, strict=True)
                    if quantity
                ]
            },
        }
        order.fulfillments.append(fulfillment)
        order.touch(fulfillment_status="PARTIALLY_FULFILLED" if quantities else "FULFILLED")
        return fulfillment


def _attributes(line: Mapping[str, Any]) -> list[dict[str, str]]:
    return [
        {"key": one["name"], "value": one["value"]}
        for one in line["properties"]
        if one["name"] == LINE_IDS_PROPERTY
    ]


class FakeShopifyClient:
    """The methods of ShopifyClient that the flows call."""

    def __init__(self, platform: FakeShopify, token: str) -> None:
        self.platform = platform
        self.token = token

    def _do(self, method: str, effect: Callable[[], Any], *arguments: Any) -> Any:
        return self.platform.perform(self.token, method, effect, *arguments)

    def create_order(
        self, order: Mapping[str, Any], options: Mapping[str, Any]
    ) -> Answer[CreatedOrder]:
        def effect() -> CreatedOrder:
            wanted = deepcopy(dict(order))
            value = wanted["metafields"][0]["value"]
            taken = any(one.identifier == value for one in self.platform.orders.values())
            if taken and self.platform.refuses_taken_ids:
                raise Rejected(
                    "Shopify refused it: Value has already been taken.",
                    field="order.metafields.0.value",
                    code="INVALID",
                )
            made = self.platform.add(wanted)
            return CreatedOrder(made.gid, str(made.number), made.name)

        return self._do("create_order", effect, order, options)

    def find_order(
        self, tiktok_order_id: str, *, namespace: str = "$app", key: str = "tiktok_order_id"
    ) -> Answer[FoundOrder | None]:
        def effect() -> FoundOrder | None:
            found = []
            for order in self.platform.holding(tiktok_order_id):
                if order.look_ups_to_hide > 0:
                    order.look_ups_to_hide -= 1
                else:
                    found.append(order)
            if not found:
                return None
            doubles = tuple(order.gid for order in found[1:])
            return _found(found[0], "identifier", doubles)

        return self._do("find_order", effect, tiktok_order_id)

    def read_order(self, gid: str) -> Answer[dict[str, Any] | None]:
        def effect() -> dict[str, Any] | None:
            order = self.platform.orders.get(gid)
            return order.body() if order else None

        return self._do("read_order", effect, gid)

    def read_orders(self, gids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            within(50, gids)
            orders = self.platform.orders
            return [orders[gid].body() for gid in gids if gid in orders]

        return self._do("read_orders", effect, tuple(gids))

    def orders_updated_since(
        self, since: datetime, *, source_name: str = "", after: str = ""
    ) -> Answer[ChangedPage]:
        def effect() -> ChangedPage:
            rows = [one for one in self.platform.orders.values() if one.updated_at >= since]
            rows.sort(key=lambda one: one.updated_at)
            start = int(after or 0)
            stop = start + self.platform.page_size
            page = tuple(one.changed() for one in rows[start:stop])
            return ChangedPage(page, str(stop) if stop < len(rows) else "")

        return self._do("orders_updated_since", effect, since, source_name, after)

    def find_variants(self, skus: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        def effect() -> list[dict[str, Any]]:
            within(25, skus)
            # Shopify's search is loose: it also gives SKUs that only begin alike.
            wanted = tuple(sku.strip().casefold() for sku in skus)
            rows = self.platform.variants
            return [deepcopy(row) for row in rows if row["sku"].casefold().startswith(wanted)]

        return self._do("find_variants", effect, tuple(skus))

    def cancel_order(
        self, gid: str, *, reason: str, restock: bool, staff_note: str = ""
    ) -> Answer[CancelJob]:
        def effect() -> CancelJob:
            order = self.platform.orders[gid]
            if order.cancelled_at is not None:
                raise Rejected("Shopify refused it: already been canceled.", code="INVALID")
            order.restocked = restock
            if self.platform.cancels_at_once:
                order.cancelled_at = datetime.now(UTC)
            return CancelJob("gid://shopify/Job/1", False)

        return self._do("cancel_order", effect, gid, reason, restock, staff_note)

    def metafield_definition(
        self, namespace: str = "$app", key: str = "tiktok_order_id"
    ) -> Answer[MetafieldDefinition | None]:
        return self._do("metafield_definition", lambda: self.platform.definition)

    def create_order_id_definition(self) -> Answer[MetafieldDefinition]:
        def effect() -> MetafieldDefinition:
            self.platform.definition = MetafieldDefinition("gid://1", "app--1", "order", "id")
            return self.platform.definition

        return self._do("create_order_id_definition", effect)


class FakeShopifyAuth:
    """The method of ShopifyAuth that the flows call."""

    def __init__(self, platform: FakeShopify) -> None:
        self.platform = platform

    def refresh(self, refresh_token: str) -> Answer[ShopifyTokens]:
        def effect() -> ShopifyTokens:
            number = self.platform.count("refresh")
            names = (f"shpua_new_{number}", 3600, f"shprt_new_{number}", 86400 * 90)
            return ShopifyTokens(*names, "write_orders")

        return self.platform.perform("", "refresh", effect, refresh_token)


def _found(order: ShopifyOrder, witness: str, doubles: tuple[str, ...]) -> FoundOrder:
    cancelled = order.cancelled_at.isoformat() if order.cancelled_at else None
    return FoundOrder(
        id=order.gid,
        legacy_id=str(order.number),
        name=order.name,
        witness=witness,
        source_identifier=order.identifier,
        created_at=order.created_at.isoformat(),
        cancelled_at=cancelled,
        total=order.total,
        currency="USD",
        doubles=doubles,
    )


# --- plugging them in ----------------------------------------------------------------------------


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
