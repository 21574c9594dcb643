"""Tells what happens to every order, as the app's own history has it."""

from typing import Any

from tiktoksync.demo.app import App
from tiktoksync.demo.tell import Teller

Row = dict[str, Any]
NEWEST = 50
DONE = ("COMPLETED", "CANCELLED")
TIKTOK_WORDS = {
    "UNPAID": "Unpaid",
    "ON_HOLD": "On hold",
    "AWAITING_SHIPMENT": "Awaiting shipment",
    "PARTIALLY_SHIPPING": "Partly shipping",
    "AWAITING_COLLECTION": "Awaiting collection",
    "IN_TRANSIT": "In transit",
    "DELIVERED": "Delivered",
    "COMPLETED": "Completed",
    "CANCELLED": "Cancelled",
}
# The steps in between (queued, sending) are in the order's history; the story tells the outcome.
OUTCOMES = {
    ("sync", "held"): "in the app, not in Shopify",
    ("sync", "synced"): "is in Shopify as {name}",
    ("sync", "failed"): "is blocked: {reason}",
    ("sync", "skipped"): "is skipped: {reason}",
    ("fulfillment", "synced"): "its tracking number {tracking} is at TikTok",
    ("fulfillment", "failed"): "its tracking number is refused: {reason}",
    ("cancellation", "synced"): "is cancelled in Shopify",
    ("cancellation", "failed"): "could not be cancelled in Shopify: {reason}",
}


def sentence(order: Row, line: Row) -> str:
    """What a line of history means; empty for the steps in between."""
    if line["axis"] == "tiktok":
        word = TIKTOK_WORDS.get(line["to"], line["to"])
        before = TIKTOK_WORDS.get(line["from"] or "", line["from"])
        return f"TikTok: {before} → {word}" if before else f"seen on TikTok: {word}"
    template = OUTCOMES.get((line["axis"], line["to"]), "")
    tracking = ", ".join(part["tracking_number"] for part in order["fulfillments"])
    reason = line["reason"] or order["skip_reason"] or "see its page"
    return template.format(
        name=order["shopify_order_name"],
        reason=reason.removeprefix("Skipped: "),
        tracking=tracking,
    )


class Story:
    """Follows the newest orders through the REST API."""

    def __init__(self, app: App, teller: Teller) -> None:
        self.app = app
        self.teller = teller
        self.told: dict[str, int] = {}
        self.seen: dict[str, tuple[Any, ...]] = {}

    def catch_up(self) -> None:
        """Tell what is new since the last time."""
        for row in reversed(self.app.orders(limit=NEWEST)):
            mark = (row["tiktok_status"], row["sync_status"], row["shopify_order_id"])
            order_id = row["tiktok_order_id"]
            if self.seen.get(order_id) != mark or row["tiktok_status"] not in DONE:
                self.seen[order_id] = mark
                self._tell(order_id)

    def _tell(self, order_id: str) -> None:
        order = self.app.order(order_id)
        if order is None:
            return
        history = sorted(order["history"], key=lambda line: str(line["at"]))
        for line in history[self.told.get(order_id, 0) :]:
            said = sentence(order, line)
            if said:
                self.teller.say(f"{str(line['at'])[11:19]}  …{order_id[-6:]}  {said}")
        self.told[order_id] = len(history)
