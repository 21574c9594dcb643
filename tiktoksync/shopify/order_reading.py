"""Reads orders with their parcels, in pages small enough for Shopify's limit of 1,000 points.

Most orders have one parcel with few lines: the first look takes twelve orders with room for three
parcels of five lines each. Whatever did not fit is read again by itself, with more room.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.lib.error_rows import build_error
from tiktoksync.shopify import error_codes, payloads
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.tally import Tally
from tiktoksync.shopify.transport import ShopifyTransport

MAX_ORDERS = 50
ORDERS_A_CALL = 12
FIRST_LOOK = {"parcels": 3, "numbers": 2, "lines": 5}
SECOND_LOOK = {"parcels": 50, "numbers": 10}
ORDER_LINES_A_PAGE = 50
PARCELS_A_CALL = 4
PARCEL_LINES_A_PAGE = 50


class OrderReading(ShopifyTransport):
    """Orders, fulfillments, tracking numbers, lines."""

    def read_orders(self, gids: Sequence[str]) -> Answer[list[dict[str, Any]]]:
        """Up to 50 orders by id, each with all its fulfillments, tracking and lines.

        Orders that are gone are left out. Costs up to 770 points for twelve orders, and more calls
        for orders with many parcels. Shopify documentation: nodes, Order, Fulfillment.
        """
        if len(gids) > MAX_ORDERS:
            raise ValueError(f"At most {MAX_ORDERS} orders a call.")
        tally, orders = Tally(), list[dict[str, Any]]()
        for ids in _chunks(gids, ORDERS_A_CALL):
            answer = self.execute("read_orders", {"ids": ids, **FIRST_LOOK}, safe=True)
            tally.add(answer)
            orders += _nodes(answer)
        for order in orders:
            self._complete(order, tally)
        return tally.answer(orders)

    def read_order(self, gid: str) -> Answer[dict[str, Any] | None]:
        """One order with all its line items, totals and fulfillments; None when it is gone."""
        tally = Tally()
        order, cursor = self._order_page(gid, "", tally)
        if order is None:
            return tally.answer(None)
        lines = order["lineItems"]["nodes"]
        while cursor:
            more, cursor = self._order_page(gid, cursor, tally)
            lines += more["lineItems"]["nodes"] if more else []
        self._complete(order, tally)
        return tally.answer(order)

    def _order_page(self, gid: str, after: str, tally: Tally) -> tuple[dict[str, Any] | None, str]:
        variables = {
            "id": gid,
            "orderLines": ORDER_LINES_A_PAGE,
            "after": after or None,
            **FIRST_LOOK,
        }
        answer = self.execute("read_order", variables, safe=True)
        tally.add(answer)
        if "order" not in answer.data:
            raise incomplete("order", answer.request_id, safe=True)
        order: dict[str, Any] | None = answer.data["order"]
        if order is None:
            return None, ""
        page = payloads.page(order.get("lineItems"), after)
        order["lineItems"] = {"nodes": page.nodes}
        return order, page.cursor

    def _complete(self, order: dict[str, Any], tally: Tally) -> None:
        """Read what did not fit into the first look, so that each parcel has all its lines."""
        parcels = _parcels(order, tally)
        known = {parcel["id"]: payloads.page(parcel["fulfillmentLineItems"]) for parcel in parcels}
        if _is_full(parcels):
            parcels = self._second_look(order["id"], tally)
        short = [parcel["id"] for parcel in parcels if parcel["id"] not in known]
        for ids in _chunks(short, PARCELS_A_CALL):
            known |= self._parcel_lines(ids, "", tally)
        for parcel in parcels:
            page = known.get(parcel["id"], payloads.Page())
            while page.cursor:
                more = self._parcel_lines([parcel["id"]], page.cursor, tally)
                rest = more.get(parcel["id"], payloads.Page())
                page = payloads.Page(page.nodes + rest.nodes, rest.cursor)
            parcel["fulfillmentLineItems"] = {"nodes": page.nodes}
        order["fulfillments"] = parcels

    def _second_look(self, gid: str, tally: Tally) -> list[dict[str, Any]]:
        answer = self.execute("read_order_parcels", {"id": gid, **SECOND_LOOK}, safe=True)
        tally.add(answer)
        parcels = _parcels(answer.data.get("order") or {}, tally)
        if len(parcels) >= SECOND_LOOK["parcels"]:
            tally.warnings.append(f"{gid} has more fulfillments than can be read")
        return parcels

    def _parcel_lines(
        self, ids: Sequence[str], after: str, tally: Tally
    ) -> dict[str, payloads.Page]:
        variables = {"ids": ids, "lines": PARCEL_LINES_A_PAGE, "after": after or None}
        answer = self.execute("read_parcel_lines", variables, safe=True)
        tally.add(answer)
        return {
            node["id"]: payloads.page(node.get("fulfillmentLineItems"), after)
            for node in _nodes(answer)
        }


def _nodes(answer: Answer[dict[str, Any]]) -> list[dict[str, Any]]:
    """The objects of the wanted type that exist."""
    nodes = answer.data.get("nodes")
    if not isinstance(nodes, list):
        raise incomplete("nodes", answer.request_id, safe=True)
    return [node for node in nodes if isinstance(node, dict) and node.get("id")]


def _parcels(order: dict[str, Any], tally: Tally) -> list[dict[str, Any]]:
    """The fulfillments of an order. Missing ones were denied: that is not the same as none."""
    parcels = order.get("fulfillments")
    if not isinstance(parcels, list):
        raise build_error(
            error_codes.MISSING_SCOPE,
            "ACCESS_DENIED",
            "; ".join(tally.warnings) or "fulfillments",
            safe=True,
            request_id=tally.request_id,
        )
    return [parcel for parcel in parcels if isinstance(parcel, dict) and parcel.get("id")]


def _is_full(parcels: list[dict[str, Any]]) -> bool:
    """Whether the first look may have cut something off: these lists have no cursors."""
    if len(parcels) >= FIRST_LOOK["parcels"]:
        return True
    return any(len(parcel.get("trackingInfo") or ()) >= FIRST_LOOK["numbers"] for parcel in parcels)


def _chunks(values: Sequence[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(values), size):
        yield list(values[start : start + size])
