"""Cancellations, cancel requests and returns at TikTok Shop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tiktoksync.lib.answers import Answer
from tiktoksync.tiktok.payloads import records, rows, text
from tiktoksync.tiktok.transport import TikTokTransport, checked_id

#: TikTok Shop's largest page of cancellations and of returns.
AFTERSALES_A_PAGE = 50
CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class AftersalesPage:
    """Cancellations or returns as TikTok sends them; ``next_page_token`` is empty at the end."""

    rows: list[dict[str, Any]]
    next_page_token: str


@dataclass(frozen=True, slots=True)
class CancelOptions:
    """Whether the seller may cancel the whole order now, and with which reasons (TikTok's keys).

    ``refusal`` holds TikTok's words where it may not.
    """

    reasons: tuple[str, ...]
    refusal: str = ""


@dataclass(frozen=True, slots=True)
class RejectReason:
    """A reason for declining that TikTok accepts: its key, and what people read."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class MadeCancellation:
    cancel_id: str
    status: str


class AftersaleCalls(TikTokTransport):
    """Reads and answers what buyers ask for after the sale, and cancels for the seller."""

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
        """One page of cancellations, oldest change first. Times are Unix seconds, ``_lt`` is
        exclusive. TikTok Shop documentation: Search Cancellations.
        """
        filters = _filters(update_time_ge, update_time_lt, order_ids) | _ids(
            "cancel_ids", cancel_ids
        )
        return self._search("cancellations", "cancellations", filters, page_token, page_size)

    def search_returns(
        self,
        *,
        update_time_ge: int | None = None,
        update_time_lt: int | None = None,
        order_ids: Sequence[str] = (),
        page_token: str = "",
        page_size: int = AFTERSALES_A_PAGE,
    ) -> Answer[AftersalesPage]:
        """One page of returns and refunds, oldest change first. Times are Unix seconds, ``_lt`` is
        exclusive. TikTok Shop documentation: Search Returns.
        """
        filters = _filters(update_time_ge, update_time_lt, order_ids)
        return self._search("returns", "return_orders", filters, page_token, page_size)

    def _search(
        self, what: str, key: str, filters: dict[str, Any], page_token: str, page_size: int
    ) -> Answer[AftersalesPage]:
        query = {
            "page_size": str(page_size),
            "page_token": page_token,
            "sort_field": "update_time",
            "sort_order": "ASC",
        }
        path = f"/return_refund/202602/{what}/search"
        return self.read("POST", path, _page(key), query, filters)

    def cancel_options(self, order_id: str) -> Answer[CancelOptions]:
        """What the seller may give as reason for cancelling the whole order now.

        TikTok Shop documentation: Get Aftersale Eligibility.
        """
        query = {"initiate_aftersale_user": "SELLER", "request_types": CANCEL}
        path = f"/return_refund/202602/orders/{checked_id(order_id)}/aftersale_eligibility"
        return self.read("GET", path, _cancel_options, query)

    def cancel_order(self, order_id: str, *, reason: str) -> Answer[MadeCancellation]:
        """Cancel a whole order for the seller. A write without any idempotency key.

        ``reason`` is one of ``cancel_options``. TikTok Shop documentation: Cancel Order.
        """
        body = {"order_id": checked_id(order_id), "cancel_reason": reason}
        envelope, answer = self.write("POST", "/return_refund/202602/cancellations", body)
        made = MadeCancellation(
            text(envelope.data.get("cancel_id")), text(envelope.data.get("cancel_status"))
        )
        return Answer(made, answer.request_id, answer.elapsed)

    def reject_reasons(self, cancel_id: str) -> Answer[list[RejectReason]]:
        """Why this request may be declined. TikTok Shop documentation: Get Reject Reasons."""
        query = {"return_or_cancel_id": checked_id(cancel_id), "locale": "en-US"}
        path = "/return_refund/202309/reject_reasons"
        return self.read("GET", path, records("reasons", _reject_reason), query)

    def approve_cancellation(self, cancel_id: str, *, key: str) -> Answer[None]:
        """Accept a buyer's cancel request; ``key`` (at most 255 characters) makes it once.

        TikTok Shop documentation: Approve Cancellation.
        """
        path = f"/return_refund/202309/cancellations/{checked_id(cancel_id)}/approve"
        return self.write("POST", path, query={"idempotency_key": key})[1]

    def reject_cancellation(
        self, cancel_id: str, *, reason: str, comment: str, key: str
    ) -> Answer[None]:
        """Decline a buyer's cancel request with one of ``reject_reasons``.

        TikTok Shop documentation: Reject Cancellation.
        """
        body = {"reject_reason": reason} | ({"comment": comment} if comment else {})
        path = f"/return_refund/202309/cancellations/{checked_id(cancel_id)}/reject"
        return self.write("POST", path, body, {"idempotency_key": key})[1]


def _filters(ge: int | None, lt: int | None, order_ids: Sequence[str]) -> dict[str, Any]:
    times = {"update_time_ge": ge, "update_time_lt": lt}
    given = {name: value for name, value in times.items() if value is not None}
    return given | _ids("order_ids", order_ids)


def _ids(name: str, ids: Sequence[str]) -> dict[str, Any]:
    return {name: [checked_id(one) for one in ids]} if ids else {}


def _page(key: str) -> Callable[[dict[str, Any]], AftersalesPage]:
    def read(data: dict[str, Any]) -> AftersalesPage:
        return AftersalesPage(rows(key)(data), text(data.get("next_page_token")))

    return read


def _reject_reason(row: dict[str, Any]) -> RejectReason:
    return RejectReason(text(row.get("name")), text(row.get("text")) or text(row.get("name")))


def _cancel_options(data: dict[str, Any]) -> CancelOptions:
    """The reasons that every unit of the order allows, in TikTok's order."""
    found: list[dict[str, Any]] = []
    for sku in rows("sku_eligibility")(data):
        found += [
            row
            for row in rows("line_item_eligibility")(sku)
            if text(row.get("request_type")) in ("", CANCEL)
        ]
    offered = [_names(row) if row.get("eligible") is True else [] for row in found]
    first = offered[0] if offered else []
    reasons = tuple(name for name in first if all(name in names for names in offered))
    refusals = (text(row.get("ineligible_reason")) for row in found)
    return CancelOptions(reasons, "" if reasons else next(filter(None, refusals), ""))


def _names(row: dict[str, Any]) -> list[str]:
    names = row.get("available_reason_names")
    return [text(name) for name in names if text(name)] if isinstance(names, list) else []
