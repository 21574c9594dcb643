"""The part of Shopify's stand-in that ships: open lines, fulfillments, their tracking and end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from typing import TYPE_CHECKING, Any

from orders.mapping_input import LINE_IDS_PROPERTY
from tiktoksync.errors import Rejected
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify.payloads import CreatedFulfillment, Tracking

if TYPE_CHECKING:
    from tests.fake_shopify import FakeShopify, ShopifyOrder


class FakeFulfillmentCalls:
    """The methods of ShopifyClient that make fulfillments."""

    platform: FakeShopify
    _do: Callable[..., Any]

    def fulfillment_orders(self, gid: str) -> Answer[list[dict[str, Any]] | None]:
        def effect() -> list[dict[str, Any]] | None:
            order = self.platform.orders.get(gid)
            return deepcopy(_open_lines(order)) if order else None

        return self._do("fulfillment_orders", effect, gid)

    def create_fulfillment(
        self,
        lines: Mapping[str, Sequence[tuple[str, int]]],
        tracking: Tracking | None = None,
    ) -> Answer[CreatedFulfillment]:
        def effect() -> CreatedFulfillment:
            (owner, picked), *_ = lines.items()
            order = self.platform.orders[f"gid://shopify/Order/{_number(owner)}"]
            if order.fulfillment_status == "FULFILLED":
                raise Rejected("Shopify refused it: unfulfillable status= closed.", code="INVALID")
            counts = {int(_number(line_id)): count for line_id, count in picked}
            quantities = [counts.get(place, 0) for place in range(len(order.input["lineItems"]))]
            number, company = (tracking.number, tracking.company) if tracking else ("", "")
            made = self.platform.ship(order, number, company, quantities)
            if not any(row["remainingQuantity"] for row in _lines_left(order)):
                order.touch(fulfillment_status="FULFILLED")
            return CreatedFulfillment(made["id"], _number(made["id"]), "SUCCESS")

        return self._do("create_fulfillment", effect, dict(lines), tracking)

    def update_fulfillment_tracking(
        self, gid: str, tracking: Tracking
    ) -> Answer[CreatedFulfillment]:
        def effect() -> CreatedFulfillment:
            order, fulfillment = self._fulfillment(gid)
            entry = {"company": tracking.company, "number": tracking.number, "url": None}
            fulfillment["trackingInfo"] = [entry]
            order.touch()
            return CreatedFulfillment(gid, _number(gid), fulfillment["status"])

        return self._do("update_fulfillment_tracking", effect, gid, tracking)

    def cancel_fulfillment(self, gid: str) -> Answer[CreatedFulfillment]:
        def effect() -> CreatedFulfillment:
            order, fulfillment = self._fulfillment(gid)
            if fulfillment["status"] == "CANCELLED":
                raise Rejected("Shopify refused it: already cancelled.", code="INVALID")
            fulfillment["status"] = "CANCELLED"
            order.touch(fulfillment_status="UNFULFILLED")
            return CreatedFulfillment(gid, _number(gid), "CANCELLED")

        return self._do("cancel_fulfillment", effect, gid)

    def _fulfillment(self, gid: str) -> tuple[ShopifyOrder, dict[str, Any]]:
        for order in self.platform.orders.values():
            for one in order.fulfillments:
                if one["id"] == gid:
                    return order, one
        raise Rejected("Shopify refused it: Fulfillment does not exist.", code="INVALID")


def _open_lines(order: ShopifyOrder) -> list[dict[str, Any]]:
    """The order's one fulfillment order."""
    status = "CLOSED" if order.fulfillment_status == "FULFILLED" else "OPEN"
    return [
        {
            "id": f"gid://shopify/FulfillmentOrder/{order.number}",
            "status": order.hold or status,
            "assignedLocation": {"location": {"id": "gid://shopify/Location/1"}},
            "lineItems": {"nodes": _lines_left(order)},
        }
    ]


def _lines_left(order: ShopifyOrder) -> list[dict[str, Any]]:
    """Each line with what no living fulfillment holds of it."""
    rows = []
    for place, line in enumerate(order.input["lineItems"]):
        shipped = sum(
            node["quantity"]
            for one in order.fulfillments
            if one["status"] == "SUCCESS"
            for node in one["fulfillmentLineItems"]["nodes"]
            if node["lineItem"]["id"] == line_gid(order, place)
        )
        named = [one for one in line["properties"] if one["name"] == LINE_IDS_PROPERTY]
        rows.append(
            {
                "id": f"gid://shopify/FulfillmentOrderLineItem/{place}",
                "totalQuantity": line["quantity"],
                "remainingQuantity": line["quantity"] - shipped,
                "lineItem": {
                    "id": line_gid(order, place),
                    "quantity": line["quantity"],
                    "customAttributes": [
                        {"key": one["name"], "value": one["value"]} for one in named
                    ],
                },
            }
        )
    return rows


def line_gid(order: ShopifyOrder, place: int) -> str:
    """The id of an order's line."""
    return f"gid://shopify/LineItem/{order.number}{place}"


def _number(gid: str) -> str:
    return gid.rpartition("/")[2]
