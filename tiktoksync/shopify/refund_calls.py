"""Refunds on an order: what can still be refunded, and noting a refund."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.shopify import payloads
from tiktoksync.shopify.layers import raise_user_errors
from tiktoksync.shopify.payloads import incomplete
from tiktoksync.shopify.tally import Tally, carry
from tiktoksync.shopify.transport import ShopifyTransport

LINES_A_PAGE = 50
LOOK = {"refunds": 50, "places": 5, "placeLines": 30}
NOTE_CHARS = 255


@dataclass(frozen=True, slots=True)
class RefundableLine:
    """One line of an order. ``location_id`` is where its units are kept, or empty.

    ``quantity`` is what was ordered, ``refundable`` what no refund has taken off yet,
    ``unfulfilled`` what no fulfillment holds.
    """

    id: str
    quantity: int
    refundable: int
    unfulfilled: int
    attributes: Mapping[str, str]
    location_id: str = ""


@dataclass(slots=True)
class Refundable:
    """An order as far as refunds are concerned; ``refunds`` are notes by the refund's id."""

    cancelled: bool
    refunds: dict[str, str] = field(default_factory=dict)
    lines: list[RefundableLine] = field(default_factory=list)


class RefundCalls(ShopifyTransport):
    """Reads what is left to refund, and creates refunds that pay nothing back."""

    def read_refundable(self, gid: str) -> Answer[Refundable | None]:
        """The order's lines, refunds and stock locations; None when it is gone.

        Shopify documentation: Order, LineItem, Refund.
        """
        tally, found, cursor = Tally(), None, ""
        while True:
            variables = {"id": gid, "first": LINES_A_PAGE, "after": cursor or None, **LOOK}
            answer = self.execute("read_refundable", variables, safe=True)
            tally.add(answer)
            if "order" not in answer.data:
                raise incomplete("order", answer.request_id, safe=True)
            order = answer.data["order"]
            if order is None:
                return tally.answer(None)
            page = payloads.page(order.get("lineItems"), cursor)
            found = found or _refundable(order)
            places = _places(order)
            found.lines += [_line(node, places) for node in page.nodes]
            cursor = page.cursor
            if not cursor:
                return tally.answer(found)

    def create_refund(
        self, gid: str, lines: Sequence[Mapping[str, Any]], *, note: str, key: str
    ) -> Answer[str]:
        """Take lines off an order, without any transaction: nothing is paid back, nobody is told.

        ``lines`` are Shopify's RefundLineItemInput. ``key`` stands for the intention: the same key
        with the same input is carried out once. Returns the refund's id. Shopify documentation:
        refundCreate, Idempotent requests.
        """
        wanted = {
            "orderId": gid,
            "note": note[:NOTE_CHARS],
            "notify": False,
            "refundLineItems": [dict(line) for line in lines],
        }
        answer = self.execute("create_refund", {"input": wanted, "key": key}, safe=False)
        payload = answer.data.get("refundCreate") or {}
        made = payloads.text((payload.get("refund") or {}).get("id"))
        if not made:
            raise_user_errors(payload, request_id=answer.request_id)
            raise incomplete("refundCreate", answer.request_id, safe=False)
        return carry(answer, made)


def _refundable(order: Mapping[str, Any]) -> Refundable:
    rows = order.get("refunds") or []
    refunds = {payloads.text(row.get("id")): payloads.text(row.get("note")) for row in rows}
    return Refundable(bool(order.get("cancelledAt")), refunds)


def _places(order: Mapping[str, Any]) -> dict[str, str]:
    """Where each line's stock is kept; under "" the first place, for lines of none."""
    places: dict[str, str] = {}
    for node in payloads.page(order.get("fulfillmentOrders")).nodes:
        location = (node.get("assignedLocation") or {}).get("location") or {}
        place = payloads.text(location.get("id"))
        if not place:
            continue
        places.setdefault("", place)
        for line in payloads.page(node.get("lineItems")).nodes:
            places.setdefault(payloads.text((line.get("lineItem") or {}).get("id")), place)
    return places


def _line(node: Mapping[str, Any], places: Mapping[str, str]) -> RefundableLine:
    line_id = payloads.text(node.get("id"))
    return RefundableLine(
        id=line_id,
        quantity=int(node.get("quantity") or 0),
        refundable=int(node.get("refundableQuantity") or 0),
        unfulfilled=int(node.get("unfulfilledQuantity") or 0),
        attributes=payloads.attributes(node.get("customAttributes")),
        location_id=places.get(line_id) or places.get("", ""),
    )
