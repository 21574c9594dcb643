"""The steps of the check, each seen on both platforms and in the app."""

from collections.abc import Sequence
from typing import Any

from tiktoksync.demo import proof
from tiktoksync.demo.app import App
from tiktoksync.demo.platforms import Platforms, ShopifyOrder, tracking_of
from tiktoksync.demo.tell import Teller
from tiktoksync.demo.travellers import UNLINKED_SKU, WHOLE_WAY, Traveller
from tiktoksync.demo.watching import require, wait_for

HOUR = 3600
LINK_TO = "PUZ-NM-1000"


class Journey:
    """Leads orders along their way; every method is a step that raises StepFailed if not seen."""

    def __init__(self, app: App, platforms: Platforms, teller: Teller) -> None:
        self.app = app
        self.platforms = platforms
        self.teller = teller

    # --- looking ----------------------------------------------------------------------------------

    def see(self, step: str, traveller: Traveller, tiktok_status: str, sync_status: str) -> None:
        """Wait until the app shows these statuses."""
        name = f"{traveller.label}: {step}"
        wait_for(
            name,
            lambda: proof.state_differs(
                self.app.order(traveller.order_id), tiktok_status, sync_status
            ),
        )
        self.teller.step(
            name, order=traveller.order_id, tiktok_status=tiktok_status, sync_status=sync_status
        )

    def see_nothing_in_shopify(self, traveller: Traveller) -> None:
        """Shopify has no order for it."""
        name = f"{traveller.label}: not in Shopify"
        found = self.platforms.shopify_orders(traveller.order_id)
        require(name, f"{len(found)} Shopify orders" if found else "")
        self.teller.step(name, order=traveller.order_id)

    def the_one(self, step: str, traveller: Traveller) -> ShopifyOrder:
        """Its only Shopify order."""
        found = self.platforms.shopify_orders(traveller.order_id)
        require(step, "" if len(found) == 1 else f"{len(found)} Shopify orders, not exactly one")
        return found[0]

    # --- the way there ----------------------------------------------------------------------------

    def place(self, traveller: Traveller) -> None:
        """A buyer orders."""
        traveller.order_id = self.platforms.place(traveller.pair.shop_id, **traveller.wish)
        self.teller.step(f"{traveller.label}: placed on TikTok", order=traveller.order_id)

    def see_on_hold(self, traveller: Traveller) -> None:
        """Visible at once, and not in Shopify."""
        self.see("on hold in the app", traveller, "ON_HOLD", "held")
        self.see_nothing_in_shopify(traveller)

    def see_in_shopify(self, traveller: Traveller) -> None:
        """Released, exactly one order over there, ready to be fulfilled, the money right."""
        self.see("awaiting shipment and synced", traveller, "AWAITING_SHIPMENT", "synced")
        name = f"{traveller.label}: exactly one Shopify order, open to be fulfilled"
        there = self.the_one(name, traveller)
        traveller.shopify_id = there.id
        on_tiktok = self.platforms.tiktok_order(traveller.order_id)
        paid = "PENDING" if traveller.is_cod else "PAID"
        for amiss in (
            "" if there.was_open else "it has no open fulfillment order",
            proof.differs("fulfillment status", "UNFULFILLED", there.fulfillment_status),
            proof.differs("financial status", paid, there.financial_status),
            proof.money_differs(on_tiktok, there),
            proof.units_differ(on_tiktok, there),
        ):
            require(name, amiss)
        self.teller.step(
            name, order=traveller.order_id, shopify_order=there.name, total=there.price
        )

    def see_sold(self, traveller: Traveller) -> None:
        """An order for an uploaded product becomes an order of the very variant it came from."""
        self.place(traveller)
        self.see_in_shopify(traveller)
        name = f"{traveller.label}: sold as the variant it was uploaded from"
        sku = traveller.wish["lines"][0]["sku"]
        (line,) = self.the_one(name, traveller).line_items
        wanted = self.platforms.variant_id(traveller.pair, sku).rpartition("/")[2]
        require(name, proof.differs("variant", wanted, str(line["variant_id"]).rpartition("/")[2]))
        self.teller.step(name, order=traveller.order_id, sku=sku)

    # --- and back ---------------------------------------------------------------------------------

    def fulfil(self, traveller: Traveller) -> None:
        """Tracking is added in Shopify and arrives at TikTok."""
        self.platforms.fulfil(traveller.shopify_id, traveller.tracking, traveller.carrier)
        name = f"{traveller.label}: the same tracking number at TikTok"

        def look() -> str:
            order = self.platforms.tiktok_order(traveller.order_id)
            return proof.differs(
                "tracking", {traveller.tracking}, tracking_of(order)
            ) or proof.differs("status", "AWAITING_COLLECTION", order["status"])

        wait_for(name, look)
        self.teller.step(name, order=traveller.order_id, tracking=traveller.tracking)
        self.see("awaiting collection in the app", traveller, "AWAITING_COLLECTION", "synced")

    def move_on(self, traveller: Traveller, action: str, status: str) -> None:
        """The parcel moves, and the app follows."""
        self.platforms.act(traveller.order_id, action)
        word = status.lower().replace("_", " ")
        self.see(f"{word} in the app", traveller, status, "synced")

    def prove(self, traveller: Traveller) -> None:
        """Everything that must be true at the end."""
        name = f"{traveller.label}: proven on both sides"

        def look() -> str:
            return proof.end_differs(
                self.app.order(traveller.order_id),
                self.platforms.tiktok_order(traveller.order_id),
                self.platforms.shopify_orders(traveller.order_id),
                WHOLE_WAY,
                traveller.tracking,
            )

        wait_for(name, look, seconds=20)
        self.teller.step(name, **self.summary(traveller))

    def summary(self, traveller: Traveller) -> dict[str, Any]:
        """The end of the way in numbers."""
        order = self.app.order(traveller.order_id) or {}
        there = self.the_one("summary", traveller)
        return {
            "order": traveller.order_id,
            "shopify_orders": 1,
            "shopify_order": there.name,
            "fulfillment_status": there.fulfillment_status,
            "tracking": sorted(there.tracking_numbers),
            "tiktok_status": order.get("tiktok_status"),
            "history": [line["to"] for line in order["history"] if line["axis"] == "tiktok"],
        }

    # --- turning back -----------------------------------------------------------------------------

    def cancel_in_hold(self, traveller: Traveller) -> None:
        """Cancelled before Shopify knew: skipped, and never over there."""
        self.platforms.act(traveller.order_id, "cancel", by="BUYER", reason="Changed my mind")
        self.see("cancelled in the hold, skipped", traveller, "CANCELLED", "skipped")
        self.see_nothing_in_shopify(traveller)

    def cancel_after_sync(self, traveller: Traveller) -> None:
        """Cancelled afterwards: Shopify's order is cancelled too."""
        self.platforms.act(traveller.order_id, "cancel", by="SELLER", reason="Out of stock")
        self.see("cancelled on TikTok", traveller, "CANCELLED", "synced")
        name = f"{traveller.label}: cancelled in Shopify"
        wait_for(
            name,
            lambda: "" if self.the_one(name, traveller).cancelled else "it is not cancelled",
        )
        self.teller.step(name, order=traveller.order_id)

    def see_blocked(self, traveller: Traveller) -> None:
        """Blocked with a reason that names the SKU."""
        name = "blocked, naming the SKU"
        self.see(name, traveller, "AWAITING_SHIPMENT", "failed")
        order = self.app.order(traveller.order_id) or {}
        reason = order["failure_reason"]
        require(name, proof.differs("failure_kind", "config", order["failure_kind"]))
        require(name, "" if UNLINKED_SKU in reason else f"the reason is {reason!r}")
        self.teller.step(f"{traveller.label}: says why", order=traveller.order_id, reason=reason)
        self.see_nothing_in_shopify(traveller)

    def link(self, traveller: Traveller) -> None:
        """Somebody says through the API what the SKU is."""
        sku_id = self.platforms.tiktok_order(traveller.order_id)["line_items"][0]["sku_id"]
        variant_id = self.platforms.variant_id(traveller.pair, LINK_TO)
        self.app.make_link(sku_id, variant_id, traveller.pair.shop_id)
        self.teller.step(f"{traveller.label}: linked through the API", sku=UNLINKED_SKU, to=LINK_TO)

    def see_never(self, traveller: Traveller) -> None:
        """The app has never heard of it."""
        name = f"{traveller.label}: unpaid, so not in the app and not in Shopify"
        require(name, "the app knows it" if self.app.order(traveller.order_id) else "")
        listed = [row["tiktok_order_id"] for row in self.app.orders(q=traveller.order_id)]
        require(name, f"it is listed: {listed}" if listed else "")
        self.see_nothing_in_shopify(traveller)
        self.teller.step(name, order=traveller.order_id)

    def see_the_rest_of_the_way(self, travellers: Sequence[Traveller]) -> None:
        """From the tracking number to Completed, all of them together."""
        for traveller in travellers:
            self.fulfil(traveller)
        for action, status in (
            ("scan", "IN_TRANSIT"),
            ("deliver", "DELIVERED"),
            ("complete", "COMPLETED"),
        ):
            for traveller in travellers:
                self.move_on(traveller, action, status)
        for traveller in travellers:
            self.prove(traveller)
