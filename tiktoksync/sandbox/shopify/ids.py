"""Global ids and growing numbers."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator

_STARTS = {
    "Order": 6011000000001,
    "LineItem": 15011000000001,
    "FulfillmentOrder": 7011000000001,
    "FulfillmentOrderLineItem": 17011000000001,
    "Fulfillment": 4811000000001,
    "FulfillmentLineItem": 18011000000001,
    "FulfillmentEvent": 33101000000001,
    "Product": 8601000000001,
    "ProductVariant": 43010000000001,
    "InventoryItem": 45010000000001,
    "Location": 70000000001,
    "Metafield": 41011000000001,
    "MetafieldDefinition": 22011000000001,
    "WebhookSubscription": 1011000000001,
    "OrderTransaction": 6711000000001,
    "Customer": 7201000000001,
    "Refund": 9301000000001,
    "Shop": 90000000001,
    "MediaImage": 37000000900001,
    "ProductImage": 37000000000001,
    "ProductOption": 10900000000001,
    "ProductOptionValue": 11900000000001,
    "Publication": 81000000001,
    "BulkOperation": 5200000000001,
}


class Numbers:
    """A counter for each type of object."""

    def __init__(self) -> None:
        self._counters: dict[str, Iterator[int]] = defaultdict(lambda: itertools.count(1))
        for kind, start in _STARTS.items():
            self._counters[kind] = itertools.count(start)

    def next(self, kind: str) -> int:
        return next(self._counters[kind])

    def gid(self, kind: str) -> str:
        return f"gid://shopify/{kind}/{self.next(kind)}"


def make_gid(kind: str, number: int | str) -> str:
    return f"gid://shopify/{kind}/{number}"


def number_of(gid: str) -> str:
    """The number at the end of a global id."""
    return gid.rpartition("/")[2].partition("?")[0]


def kind_of(gid: str) -> str:
    """The type a global id names, or nothing for a malformed one."""
    parts = gid.split("/")
    good = len(parts) == 5 and gid.startswith("gid://shopify/") and parts[4].partition("?")[0]
    return parts[3] if good else ""
