"""Fulfillment orders and fulfillments made by us, for parcels TikTok ships itself."""

from collections.abc import Mapping, Sequence
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads
from tiktoksync.shopify.layers import raise_user_errors
from tiktoksync.shopify.payloads import CreatedFulfillment, Tracking, incomplete
from tiktoksync.shopify.tally import Tally, carry
from tiktoksync.shopify.transport import ShopifyTransport

FULFILLMENT_ORDERS_A_PAGE = 5
LINES_A_PAGE = 40
MORE_LINES_A_PAGE = 100


class FulfillmentCalls(ShopifyTransport):
    """What an order still has to ship, and shipping it."""

    def fulfillment_orders(self, gid: str) -> Answer[list[dict[str, Any]] | None]:
        """All fulfillment orders of an order, each with all its lines; None when it is gone.

        An app sees only those its scopes allow. Shopify documentation: FulfillmentOrder.
        """
        tally, found, cursor = Tally(), list[dict[str, Any]](), ""
        while True:
            variables = {
                "id": gid,
                "first": FULFILLMENT_ORDERS_A_PAGE,
                "after": cursor or None,
                "lines": LINES_A_PAGE,
            }
            answer = self.execute("fulfillment_orders", variables, safe=True)
            tally.add(answer)
            if answer.data.get("order") is None:
                return tally.answer(None)
            page = payloads.page(answer.data["order"].get("fulfillmentOrders"), cursor)
            found += page.nodes
            cursor = page.cursor
            if not cursor:
                break
        for row in found:
            self._complete_lines(row, tally)
        return tally.answer(found)

    def create_fulfillment(
        self,
        lines: Mapping[str, Sequence[tuple[str, int]]],
        tracking: Tracking | None = None,
    ) -> Answer[CreatedFulfillment]:
        """Ship lines (fulfillment order line id, quantity) by fulfillment order; no lines of one
        means all that is left of it. They are of one order and one location. The buyer gets no
        mail. Shopify documentation: fulfillmentCreate.
        """
        fulfillment: dict[str, Any] = {
            "lineItemsByFulfillmentOrder": [_group(gid, picked) for gid, picked in lines.items()],
            "notifyCustomer": False,
        }
        if tracking and tracking.number:
            fulfillment["trackingInfo"] = _tracking_input(tracking)
        answer = self.execute("create_fulfillment", {"fulfillment": fulfillment}, safe=False)
        return _made(answer, "fulfillmentCreate")

    def update_fulfillment_tracking(
        self, gid: str, tracking: Tracking
    ) -> Answer[CreatedFulfillment]:
        """Replace the tracking of a fulfillment; sending it again changes nothing. No mail.

        Shopify documentation: fulfillmentTrackingInfoUpdate.
        """
        variables = {"id": gid, "tracking": _tracking_input(tracking)}
        answer = self.execute("update_fulfillment_tracking", variables, safe=False)
        return _made(answer, "fulfillmentTrackingInfoUpdate")

    def cancel_fulfillment(self, gid: str) -> Answer[CreatedFulfillment]:
        """Take a fulfillment back: what it held is open again. Documentation: fulfillmentCancel."""
        answer = self.execute("cancel_fulfillment", {"id": gid}, safe=False)
        return _made(answer, "fulfillmentCancel")

    def _complete_lines(self, row: dict[str, Any], tally: Tally) -> None:
        page = payloads.page(row.get("lineItems"))
        while page.cursor:
            variables = {"id": row["id"], "lines": MORE_LINES_A_PAGE, "after": page.cursor}
            answer = self.execute("fulfillment_order_lines", variables, safe=True)
            tally.add(answer)
            again = answer.data.get("fulfillmentOrder") or {}
            more = payloads.page(again.get("lineItems"), page.cursor)
            page = payloads.Page(page.nodes + more.nodes, more.cursor)
        row["lineItems"] = {"nodes": page.nodes}


def _group(fulfillment_order_id: str, lines: Sequence[tuple[str, int]]) -> dict[str, Any]:
    group: dict[str, Any] = {"fulfillmentOrderId": fulfillment_order_id}
    rows = [{"id": line_id, "quantity": quantity} for line_id, quantity in lines]
    return {**group, "fulfillmentOrderLineItems": rows} if rows else group


def _made(answer: Answer[dict[str, Any]], mutation: str) -> Answer[CreatedFulfillment]:
    """The fulfillment of an answer, or the typed error of an answer without one."""
    payload = answer.data.get(mutation) or {}
    made = payload.get("fulfillment") or {}
    if not made.get("id") or payload.get("userErrors"):
        raise_user_errors(payload, request_id=answer.request_id)
        raise incomplete(mutation, answer.request_id, safe=False)
    names = ("id", "legacyResourceId", "status")
    return carry(answer, CreatedFulfillment(*(payloads.text(made.get(n)) for n in names)))


def _tracking_input(tracking: Tracking) -> dict[str, str]:
    fields = {"company": tracking.company, "number": tracking.number, "url": tracking.url}
    return {name: value for name, value in fields.items() if value}
