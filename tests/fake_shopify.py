"""A stand-in for Shopify that keeps state."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from orders.mapping import shopify_total
from orders.mapping_input import LINE_IDS_PROPERTY
from tests.fake_aftersales import FakeRefundCalls
from tests.fake_fulfillments import FakeFulfillmentCalls, line_gid
from tests.fake_platform import Platform, within
from tests.fake_shopify_products import Catalogue, FakeProductCalls
from tiktoksync.errors import Rejected
from tiktoksync.lib.answers import Answer, Cost
from tiktoksync.shopify.auth import ShopifyTokens
from tiktoksync.shopify.catalogue_calls import VariantsPage
from tiktoksync.shopify.order_changes import ADDRESS_PARTS, OrderAddress
from tiktoksync.shopify.order_search import MarkedOrder
from tiktoksync.shopify.payloads import (
    CancelJob,
    ChangedOrder,
    ChangedPage,
    CreatedOrder,
    FoundOrder,
    MetafieldDefinition,
)


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
    hold: str = ""
    cancel_reason: str | None = None
    refunds: list[dict[str, Any]] = field(default_factory=list)
    refund_keys: dict[str, tuple[Any, str]] = field(default_factory=dict)

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
            "cancelReason": self.cancel_reason,
            "displayFulfillmentStatus": self.fulfillment_status,
            "sourceIdentifier": self.input.get("sourceIdentifier", ""),
            "totalPriceSet": {"shopMoney": amount},
            "fulfillments": deepcopy(self.fulfillments),
        }

    def changed(self) -> ChangedOrder:
        """The order as the list of changed orders gives it."""
        cancelled = self.cancelled_at.isoformat() if self.cancelled_at else ""
        return ChangedOrder(self.gid, self.updated_at, self.fulfillment_status, cancelled)

    def refund(self, lines: Sequence[Mapping[str, Any]], note: str = "") -> str:
        """Take lines off, by whatever way; returns the refund's id."""
        refund = {
            "id": f"gid://shopify/Refund/{self.number}{len(self.refunds)}",
            "note": note,
            "lines": [dict(line) for line in lines],
        }
        self.refunds.append(refund)
        self.touch()
        return str(refund["id"])

    def refunded(self, line_id: str) -> int:
        """How many units of a line were taken off."""
        lines = [line for refund in self.refunds for line in refund["lines"]]
        return sum(line["quantity"] for line in lines if line["lineItemId"] == line_id)

    def shipped_of(self, units: str) -> int:
        """How many units the shipments hold of the line that names these TikTok units."""
        nodes = [
            node
            for shipment in self.fulfillments
            if shipment["status"] == "SUCCESS"
            for node in shipment["fulfillmentLineItems"]["nodes"]
        ]
        named = [(node["quantity"], node["lineItem"]["customAttributes"]) for node in nodes]
        return sum(n for n, found in named if units in [one["value"] for one in found])

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
        self.catalogue = Catalogue()
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
                    {
                        "quantity": quantity,
                        "lineItem": {
                            "id": line_gid(order, place),
                            "customAttributes": _attributes(line),
                        },
                    }
                    for place, (line, quantity) in enumerate(zip(lines, wanted, strict=True))
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


class FakeShopifyClient(FakeFulfillmentCalls, FakeRefundCalls, FakeProductCalls):
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

    def find_marked_orders(
        self,
        tiktok_order_ids: Sequence[str],
        *,
        namespace: str = "$app",
        key: str = "tiktok_order_id",
    ) -> Answer[dict[str, MarkedOrder]]:
        def effect() -> dict[str, MarkedOrder]:
            within(10, tiktok_order_ids)
            orders = self.platform.orders.values()
            return {
                one: MarkedOrder(order.gid, str(order.number), order.name, order.identifier == one)
                for one in tiktok_order_ids
                for order in orders
                if one in (order.identifier, order.input.get("sourceIdentifier"))
                or one in order.input.get("tags", [])
            }

        return self._do("find_marked_orders", effect, tuple(tiktok_order_ids))

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

    def variants_page(self, after: str = "") -> Answer[VariantsPage]:
        def effect() -> VariantsPage:
            start, size = int(after or 0), self.platform.page_size
            page = deepcopy(self.platform.variants[start : start + size])
            more = start + size < len(self.platform.variants)
            return VariantsPage(tuple(page), str(start + size) if more else "")

        return self._do("variants_page", effect, after)

    def cancel_order(
        self, gid: str, *, reason: str, restock: bool, staff_note: str = ""
    ) -> Answer[CancelJob]:
        def effect() -> CancelJob:
            order = self.platform.orders[gid]
            if order.cancelled_at is not None:
                raise Rejected("Shopify refused it: already been canceled.", code="INVALID")
            order.restocked = restock
            order.cancel_reason = reason
            if self.platform.cancels_at_once:
                order.cancelled_at = datetime.now(UTC)
            return CancelJob("gid://shopify/Job/1", False)

        return self._do("cancel_order", effect, gid, reason, restock, staff_note)

    def read_order_address(self, gid: str) -> Answer[OrderAddress | None]:
        def effect() -> OrderAddress | None:
            order = self.platform.orders.get(gid)
            if order is None:
                return None
            cancelled = order.cancelled_at.isoformat() if order.cancelled_at else ""
            parts = dict(order.input.get("shippingAddress") or {})
            return OrderAddress(parts, order.fulfillment_status, cancelled)

        return self._do("read_order_address", effect, gid)

    def update_order_address(self, gid: str, address: Mapping[str, str]) -> Answer[str]:
        def effect() -> str:
            whole = {name: address[name] for name in ADDRESS_PARTS if address.get(name)}
            self.platform.orders[gid].touch()
            self.platform.orders[gid].input["shippingAddress"] = whole
            return gid

        return self._do("update_order_address", effect, gid, dict(address))

    def metafield_definition(
        self, namespace: str = "$app", key: str = "tiktok_order_id", *, owner: str = "ORDER"
    ) -> Answer[MetafieldDefinition | None]:
        def effect() -> MetafieldDefinition | None:
            of_products = owner == "PRODUCT"
            return self.platform.catalogue.definition if of_products else self.platform.definition

        return self._do("metafield_definition", effect)

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
