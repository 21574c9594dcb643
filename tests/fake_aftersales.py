"""What the stand-ins know of cancellations, returns and refunds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from orders.mapping_input import LINE_IDS_PROPERTY
from tests.fake_platform import within
from tiktoksync.errors import Rejected
from tiktoksync.lib.answers import Answer
from tiktoksync.shopify.refund_calls import Refundable, RefundableLine
from tiktoksync.tiktok.aftersale_calls import (
    AFTERSALES_A_PAGE,
    AftersalesPage,
    CancelOptions,
    MadeCancellation,
    RejectReason,
)

PENDING = "CANCELLATION_REQUEST_PENDING"
SUCCESS = "CANCELLATION_REQUEST_SUCCESS"
WITHDRAWN = "CANCELLATION_REQUEST_CANCEL"
OUT_OF_STOCK = "seller_cancel_reason_out_of_stock"
BUYER_ASKED = "seller_cancel_paid_reason_buyer_requested_cancellation"
PACKED = "reverse_reject_request_reason_1"


@dataclass
class Aftersales:
    """TikTok's after-sales desk."""

    cancellations: dict[str, dict[str, Any]] = field(default_factory=dict)
    returns: dict[str, dict[str, Any]] = field(default_factory=dict)
    options: CancelOptions = field(
        default_factory=lambda: CancelOptions(("seller_cancel_reason_wrong_price", OUT_OF_STOCK))
    )
    reject_reasons: list[RejectReason] = field(
        default_factory=lambda: [RejectReason(PACKED, "The product has been packed")]
    )
    keys: dict[str, str] = field(default_factory=dict)
    page_size: int = AFTERSALES_A_PAGE

    def ask(self, order_id: str, units: Sequence[str], **columns: Any) -> dict[str, Any]:
        """A buyer asks for a cancellation."""
        number = f"4035{len(self.cancellations) + 1:04d}"
        now = int(datetime.now(UTC).timestamp())
        row = {
            "cancel_id": number,
            "order_id": order_id,
            "cancel_type": "BUYER_CANCEL",
            "cancel_status": PENDING,
            "role": "BUYER",
            "cancel_reason": "ecom_order_to_ship_canceled_reason_no_longer_needed",
            "cancel_reason_text": "No longer needed",
            "create_time": now,
            "update_time": now,
            "seller_next_action_response": [
                {"action": "SELLER_RESPOND_BUYER_CANCEL", "deadline": now + 86400}
            ],
            "refund_amount": {"currency": "USD", "refund_total": "10.00"},
            "cancel_line_items": [{"order_line_item_id": unit} for unit in units],
            **columns,
        }
        self.cancellations[number] = row
        return row

    def end(self, row: dict[str, Any], status: str) -> None:
        """A request is answered, withdrawn or granted, a second later."""
        row.update(cancel_status=status, seller_next_action_response=[])
        row["update_time"] += 1

    def open_return(self, order_id: str, units: Sequence[str], **columns: Any) -> dict[str, Any]:
        """A buyer wants money, or goods, back."""
        number = f"4036{len(self.returns) + 1:04d}"
        now = int(datetime.now(UTC).timestamp())
        row = {
            "return_id": number,
            "order_id": order_id,
            "return_type": "REFUND",
            "return_status": "RETURN_OR_REFUND_REQUEST_PENDING",
            "role": "BUYER",
            "return_reason": "ecom_order_delivered_refund_and_return_reason_damaged",
            "return_reason_text": "Package or product is damaged",
            "create_time": now,
            "update_time": now,
            "refund_amount": {"currency": "USD", "refund_total": "10.00"},
            "return_line_items": [{"order_line_item_id": unit} for unit in units],
            **columns,
        }
        self.returns[number] = row
        return row

    def advance(self, row: dict[str, Any], status: str, **columns: Any) -> None:
        """A return moves on, a second later."""
        row.update(return_status=status, **columns)
        row["update_time"] += 1


class FakeAftersaleCalls:
    """The methods of AftersaleCalls."""

    platform: Any
    _do: Callable[..., Any]

    def search_cancellations(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        order_ids: Sequence[str] = (),
        cancel_ids: Sequence[str] = (),
        page_token: str = "",
        page_size: int = AFTERSALES_A_PAGE,
    ) -> Answer[AftersalesPage]:
        def effect() -> AftersalesPage:
            within(50, [*order_ids, *cancel_ids])
            rows = list(self.platform.desk.cancellations.values())
            if cancel_ids:
                rows = [row for row in rows if row["cancel_id"] in cancel_ids]
            return self._page(rows, update_time_ge, update_time_lt, order_ids, page_token)

        what = (update_time_ge, update_time_lt, tuple(order_ids), tuple(cancel_ids), page_token)
        return self._do("search_cancellations", effect, *what)

    def search_returns(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        order_ids: Sequence[str] = (),
        page_token: str = "",
        page_size: int = AFTERSALES_A_PAGE,
    ) -> Answer[AftersalesPage]:
        def effect() -> AftersalesPage:
            within(50, order_ids)
            rows = list(self.platform.desk.returns.values())
            return self._page(rows, update_time_ge, update_time_lt, order_ids, page_token)

        what = (update_time_ge, update_time_lt, tuple(order_ids), page_token)
        return self._do("search_returns", effect, *what)

    def _page(
        self,
        rows: list[dict[str, Any]],
        ge: int | None,
        lt: int | None,
        order_ids: Sequence[str],
        page_token: str,
    ) -> AftersalesPage:
        found = [
            row
            for row in rows
            if (not order_ids or row["order_id"] in order_ids)
            and (ge is None or row["update_time"] >= ge)
            and (lt is None or row["update_time"] < lt)
        ]
        found.sort(key=lambda row: row["update_time"])
        size, start = self.platform.desk.page_size, int(page_token or 0)
        token = str(start + size) if start + size < len(found) else ""
        return AftersalesPage(deepcopy(found[start : start + size]), token)

    def cancel_options(self, order_id: str) -> Answer[CancelOptions]:
        return self._do("cancel_options", lambda: self.platform.desk.options, order_id)

    def cancel_order(self, order_id: str, *, reason: str) -> Answer[MadeCancellation]:
        def effect() -> MadeCancellation:
            desk, body = self.platform.desk, self.platform.orders[order_id]
            if body["status"] == "CANCELLED" or reason not in desk.options.reasons:
                raise Rejected(
                    "The order's status at TikTok Shop does not allow this.", code="25001001"
                )
            row = desk.ask(
                order_id,
                [line["id"] for line in body["line_items"]],
                cancel_type="CANCEL",
                role="SELLER",
                cancel_status=SUCCESS,
                cancel_reason=reason,
                seller_next_action_response=[],
            )
            self._cancel_units(row)
            return MadeCancellation(row["cancel_id"], SUCCESS)

        return self._do("cancel_order", effect, order_id, reason)

    def _cancel_units(self, row: Mapping[str, Any]) -> None:
        """The units of a granted cancellation; with the last one the order is cancelled."""
        body = self.platform.orders[row["order_id"]]
        units = {one["order_line_item_id"] for one in row["cancel_line_items"]}
        for line in body["line_items"]:
            if line["id"] in units:
                line["display_status"] = "CANCELLED"
        live = [one for one in body["line_items"] if one.get("display_status") != "CANCELLED"]
        if not live:
            body.update(status="CANCELLED", cancel_reason=row["cancel_reason_text"])
            body["cancellation_initiator"] = row["role"]
        body["is_buyer_request_cancel"] = False
        body["update_time"] += 1

    def reject_reasons(self, cancel_id: str) -> Answer[list[RejectReason]]:
        return self._do(
            "reject_reasons", lambda: list(self.platform.desk.reject_reasons), cancel_id
        )

    def approve_cancellation(self, cancel_id: str, *, key: str) -> Answer[None]:
        def effect() -> None:
            if self._is_first(cancel_id, key):
                row = self.platform.desk.cancellations[cancel_id]
                self.platform.desk.end(row, SUCCESS)
                self._cancel_units(row)

        return self._do("approve_cancellation", effect, cancel_id, key)

    def reject_cancellation(
        self, cancel_id: str, *, reason: str, comment: str, key: str
    ) -> Answer[None]:
        def effect() -> None:
            if self._is_first(cancel_id, key):
                row = self.platform.desk.cancellations[cancel_id]
                self.platform.desk.end(row, WITHDRAWN)
                body = self.platform.orders[row["order_id"]]
                body["is_buyer_request_cancel"] = False
                body["update_time"] += 1

        return self._do("reject_cancellation", effect, cancel_id, reason, comment, key)

    def _is_first(self, cancel_id: str, key: str) -> bool:
        """The same key again changes nothing; a request that is over takes no answer."""
        desk = self.platform.desk
        if desk.keys.get(key) == cancel_id:
            return False
        if desk.cancellations[cancel_id]["cancel_status"] != PENDING:
            raise Rejected("The request has been answered.", code="25001001")
        desk.keys[key] = cancel_id
        return True


class FakeRefundCalls:
    """The methods of RefundCalls."""

    platform: Any
    _do: Callable[..., Any]

    def read_refundable(self, gid: str) -> Answer[Refundable | None]:
        def effect() -> Refundable | None:
            order = self.platform.orders.get(gid)
            return _refundable(order) if order else None

        return self._do("read_refundable", effect, gid)

    def create_refund(
        self, gid: str, lines: Sequence[Mapping[str, Any]], *, note: str, key: str
    ) -> Answer[str]:
        def effect() -> str:
            order = self.platform.orders[gid]
            known = order.refund_keys.get(key)
            if known is not None:
                if known[0] != list(lines):
                    raise Rejected("Another input.", code="IDEMPOTENCY_KEY_PARAMETER_MISMATCH")
                return str(known[1])
            left = {line.id: line.refundable for line in _refundable(order).lines}
            if any(line["quantity"] > left[line["lineItemId"]] for line in lines):
                raise Rejected(
                    "Shopify refused it: Quantity cannot refund more items than were purchased"
                )
            refund = order.refund(lines, note)
            order.refund_keys[key] = (list(lines), refund)
            return refund

        return self._do("create_refund", effect, gid, [dict(line) for line in lines], note, key)


def _refundable(order: Any) -> Refundable:
    refunds = {refund["id"]: refund["note"] for refund in order.refunds}
    found = Refundable(order.cancelled_at is not None, refunds)
    for place, line in enumerate(order.input["lineItems"]):
        gid = line_id(order, place)
        gone = order.refunded(gid)
        named = {one["name"]: one["value"] for one in line["properties"]}
        shipped = order.shipped_of(named.get(LINE_IDS_PROPERTY, ""))
        left = max(0, line["quantity"] - gone - shipped)
        found.lines.append(
            RefundableLine(
                gid,
                line["quantity"],
                line["quantity"] - gone,
                left,
                named,
                "gid://shopify/Location/1",
            )
        )
    return found


def line_id(order: Any, place: int) -> str:
    """The id of a line of a Shopify order, by its place."""
    return f"gid://shopify/LineItem/{order.number}{place}"
