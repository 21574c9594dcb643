"""Fulfillment orders and fulfillments made by us, for parcels TikTok ships itself."""

from collections.abc import Iterable
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
        fulfillment_order_id: str,
        lines: Iterable[tuple[str, int]],
        tracking: Tracking | None = None,
    ) -> Answer[CreatedFulfillment]:
        """Ship lines (fulfillment order line id, quantity) of one fulfillment order; no lines means
        all that is left. The buyer gets no mail. Shopify documentation: fulfillmentCreate.
        """
        group: dict[str, Any] = {"fulfillmentOrderId": fulfillment_order_id}
        rows = [{"id": line_id, "quantity": quantity} for line_id, quantity in lines]
        if rows:
            group["fulfillmentOrderLineItems"] = rows
        fulfillment: dict[str, Any] = {
            "lineItemsByFulfillmentOrder": [group],
            "notifyCustomer": False,
        }
        if tracking and tracking.number:
            fulfillment["trackingInfo"] = _tracking_input(tracking)
        answer = self.execute("create_fulfillment", {"fulfillment": fulfillment}, safe=False)
        payload = answer.data.get("fulfillmentCreate") or {}
        created = payload.get("fulfillment") or {}
        if not created.get("id"):
            raise_user_errors(payload, request_id=answer.request_id)
            raise incomplete("fulfillmentCreate", answer.request_id, safe=False)
        names = ("id", "legacyResourceId", "status")
        return carry(answer, CreatedFulfillment(*(payloads.text(created.get(n)) for n in names)))

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


def _tracking_input(tracking: Tracking) -> dict[str, str]:
    fields = {"company": tracking.company, "number": tracking.number, "url": tracking.url}
    return {name: value for name, value in fields.items() if value}
