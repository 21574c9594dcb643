"""Orders of every kind for the demo, each led to where it is to stand."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from tiktoksync.demo.app import App
from tiktoksync.demo.platforms import Platforms
from tiktoksync.demo.travellers import UNLINKED_SKU
from tiktoksync.demo.watching import wait_for
from tiktoksync.demo.world import Pair

FULFILLED = ("AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED")
MOVES = {"IN_TRANSIT": "scan", "DELIVERED": "deliver", "COMPLETED": "complete"}
CARRIERS = {"US": ("USPS", "94001118992231974285{:02d}"), "VN": ("GHTK", "S224382{:02d}DEMO")}


@dataclass(slots=True)
class Seed:
    """An order and the TikTok status it is to reach."""

    pair: Pair
    goal: str
    wish: dict[str, Any] = field(default_factory=dict)
    asks_to_cancel: bool = False
    order_id: str = ""


def make_seeds(us: Pair, vn: Pair) -> list[Seed]:
    """At least one order in each of the nine statuses, and the special ones."""
    tee, mug = {"sku": "TEE-BLK-M"}, {"sku": "MUG-12"}
    return [
        Seed(us, "UNPAID", {"paid": False}),
        Seed(us, "ON_HOLD", {"lines": [tee, {"sku": "GIFT-STICKER", "gift": True}]}),
        Seed(vn, "ON_HOLD", {"cod": True}),
        Seed(us, "AWAITING_SHIPMENT", {"payment": {"seller_discount": "2.50"}}),
        Seed(vn, "AWAITING_SHIPMENT"),
        Seed(us, "AWAITING_SHIPMENT", {"lines": [tee]}, asks_to_cancel=True),
        Seed(us, "AWAITING_SHIPMENT", {"sample": True, "lines": [mug]}),
        # The US one goes on once its product is imported; the other one stays blocked.
        Seed(us, "AWAITING_SHIPMENT", {"lines": [mug, {"sku": UNLINKED_SKU}]}),
        Seed(vn, "AWAITING_SHIPMENT", {"lines": [{"sku": UNLINKED_SKU}]}),
        Seed(us, "AWAITING_SHIPMENT", {"fulfillment_type": "FULFILLMENT_BY_TIKTOK"}),
        Seed(us, "PARTIALLY_SHIPPING", {"lines": [tee, mug]}),
        Seed(us, "AWAITING_COLLECTION"),
        Seed(vn, "AWAITING_COLLECTION"),
        Seed(us, "IN_TRANSIT", {"payment": {"platform_discount": "3.00"}}),
        Seed(vn, "IN_TRANSIT", {"cod": True}),
        Seed(us, "DELIVERED"),
        Seed(vn, "DELIVERED"),
        Seed(us, "COMPLETED"),
        Seed(us, "CANCELLED", {"hold": True}),
        Seed(vn, "CANCELLED"),
    ]


class Sower:
    """Places the seeds and leads each to its goal, through the app like any other order."""

    def __init__(self, app: App, platforms: Platforms, tick: Callable[[], None]) -> None:
        self.app = app
        self.platforms = platforms
        self.tick = tick

    def sow(self, seeds: Iterable[Seed]) -> None:
        """Place all, then move them on side by side.

        Raises:
            StepFailed: an order did not get there.
        """
        placed = list(seeds)
        for seed in placed:
            hold = {"hold": seed.goal == "ON_HOLD"}
            seed.order_id = self.platforms.place(seed.pair.shop_id, **hold | seed.wish)
        shipped = [s for s in placed if s.goal in (*FULFILLED, "PARTIALLY_SHIPPING")]
        for number, seed in enumerate(shipped):
            self._ship(seed, number)
        for seed in shipped:
            self._move_on(seed)
        for seed in placed:
            if seed.goal == "CANCELLED":
                self._cancel(seed)
            elif seed.asks_to_cancel:
                self._await(seed, seed.goal, "synced")
                self.platforms.act(seed.order_id, "request-cancel", reason="Found it cheaper")
        for seed in placed:
            if seed.goal != "UNPAID":
                self._await(seed, seed.goal)

    def _ship(self, seed: Seed, number: int) -> None:
        self._await(seed, "AWAITING_SHIPMENT", "synced")
        there = self.platforms.shopify_orders(seed.order_id)[0]
        carrier, pattern = CARRIERS[seed.pair.region]
        lines = None
        if seed.goal == "PARTIALLY_SHIPPING":
            first = there.line_items[0]
            lines = [{"line_item_id": first["id"], "quantity": first["quantity"]}]
        self.platforms.fulfil(there.id, pattern.format(number), carrier, lines)

    def _move_on(self, seed: Seed) -> None:
        if seed.goal not in FULFILLED:
            return
        reached = FULFILLED.index(seed.goal)
        self._await(seed, FULFILLED[0])
        for status in FULFILLED[1 : reached + 1]:
            self.platforms.act(seed.order_id, MOVES[status])
            self._await(seed, status)

    def _cancel(self, seed: Seed) -> None:
        held = seed.wish.get("hold")
        status, sync = ("ON_HOLD", "held") if held else ("AWAITING_SHIPMENT", "synced")
        self._await(seed, status, sync)
        by, reason = ("BUYER", "Changed my mind") if held else ("SELLER", "Out of stock")
        self.platforms.act(seed.order_id, "cancel", by=by, reason=reason)

    def _await(self, seed: Seed, status: str, sync_status: str = "") -> None:
        def look() -> str:
            self.tick()
            order = self.app.order(seed.order_id)
            if order is None:
                return "not in the app"
            if order["tiktok_status"] != status:
                return f"it is {order['tiktok_status']}"
            if sync_status and order["sync_status"] != sync_status:
                return f"its sync is {order['sync_status']}: {order['failure_reason']}"
            return ""

        wait_for(f"order …{seed.order_id[-6:]} reaches {status}", look)
