"""The whole application against both platforms over real HTTP, driven from the foreground.

`World` plays three people: the buyer and the carrier on TikTok, the merchant in Shopify, and the
operator who runs one pass of every flow. Nothing in here reaches into the sandbox's memory.
"""

from __future__ import annotations

import io
import itertools
import json
from dataclasses import dataclass, field
from typing import Any
from urllib.request import Request, urlopen

from django.core.management import call_command

from orders.models import CancelRequest, Fulfillment, Order, Refund, SellerCancellation
from tests.buckets import begin_anew
from tiktoksync.shops.models import ShopifyStore, TikTokShop

US_SHOP, US_STORE = "7495000000000000001", "demo-us.myshopify.com"
VN_SHOP, VN_STORE = "7495000000000000002", "demo-vn.myshopify.com"
STORE_OF = {US_SHOP: US_STORE, VN_SHOP: VN_STORE}


@dataclass
class World:
    """A running sandbox, and the connected pairs of one merchant."""

    url: str
    shops: dict[str, TikTokShop] = field(default_factory=dict)

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the sandbox's control API."""
        data = None if method == "GET" else json.dumps(body or {}).encode()
        request = Request(f"{self.url}/sandbox/api/{path}", data, method=method)
        request.add_header("Content-Type", "application/json")
        with urlopen(request, timeout=30) as answer:
            return json.load(answer)

    # --- TikTok -----------------------------------------------------------------------------

    def place(self, shop: str = US_SHOP, **wish: Any) -> str:
        """A buyer orders; returns the TikTok order id."""
        return str(self.control("POST", "orders", {"shop": shop, **wish})["ids"][0])

    def place_many(self, count: int, shop: str = US_SHOP, **wish: Any) -> list[str]:
        ids: list[str] = self.control("POST", "orders", {"shop": shop, "count": count, **wish})[
            "ids"
        ]
        return ids

    def act(self, order_id: str, what: str, **body: Any) -> None:
        """release, scan, deliver, complete, cancel … an order at TikTok."""
        self.control("POST", f"orders/{order_id}/{what}", body)

    def tiktok(self, order_id: str) -> dict[str, Any]:
        """The order as TikTok's API shows it."""
        shown: dict[str, Any] = self.control("GET", f"orders/{order_id}")["order"]
        return shown

    # --- Shopify ----------------------------------------------------------------------------

    def shopify(self, order_id: str) -> list[dict[str, Any]]:
        """Every Shopify order that carries this TikTok order's id."""
        found: list[dict[str, Any]] = self.control(
            "GET", f"shopify/orders?tiktok_order_id={order_id}"
        )["orders"]
        return found

    def fulfill(self, order_id: str, number: str, company: str, **body: Any) -> None:
        """The merchant adds tracking in Shopify."""
        (order,) = self.shopify(order_id)
        number_of = order["legacy_resource_id"]
        wish = {"shop": order["shop"], "tracking_number": number, "company": company, **body}
        self.control("POST", f"shopify/orders/{number_of}/fulfill", wish)

    def fault(self, **rule: Any) -> None:
        """Have the platforms misbehave."""
        self.control("POST", "faults", {"rules": [rule]})

    def heal(self) -> None:
        self.control("DELETE", "faults")

    def calls(self) -> dict[str, int]:
        """Platform calls since the last reset, by operation."""
        counts: dict[str, int] = self.control("GET", "log")["counts"]
        return counts

    def forget_calls(self) -> None:
        self.control("POST", "log/reset")

    # --- the application ----------------------------------------------------------------------

    def sync(self) -> str:
        """One pass of every due flow in the foreground."""
        out = io.StringIO()
        call_command("sync", stdout=out)
        return out.getvalue()

    def order(self, order_id: str) -> Order:
        return Order.objects.select_related("shop").get(tiktok_order_id=order_id)

    def due_now(self) -> None:
        """Let every wait of ours pass."""
        for model in (Order, Fulfillment, CancelRequest, SellerCancellation, Refund):
            model._base_manager.exclude(next_attempt_at=None).update(next_attempt_at=None)
        for accounts in (TikTokShop, ShopifyStore):
            accounts.objects.update(paused_until=None)
        ShopifyStore.objects.update(next_order_at=None)
        begin_anew()


def steps(order: Order, axis: str) -> list[str]:
    """What an axis of the history went through, oldest first; each step starts where one ended."""
    lines = list(order.history.filter(axis=axis))
    for before, after in itertools.pairwise(lines):
        assert before.after == after.before, f"{before} does not lead to {after}"
    return [line.after for line in lines]
