"""Cancellations and returns of TikTok Shop as typed facts: read tolerantly, nothing guessed.

TikTok Shop documentation: Search Cancellations, Search Returns. A row without its ids cannot be
read and raises `Malformed`; anything else that is missing or strange reads as absent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orders.facts_reading import Malformed
from tiktoksync.lib.money import parse_amount

BY_SELLER_OR_SYSTEM = "CANCEL"
CANCEL_PENDING = "CANCELLATION_REQUEST_PENDING"
GRANTED = ("CANCELLATION_REQUEST_SUCCESS", "CANCELLATION_REQUEST_COMPLETE")
ENDED = ("CANCELLATION_REQUEST_CANCEL",)
_ANSWER = "SELLER_RESPOND_BUYER_CANCEL"
# Money is back with the buyer, or on its way.
REFUNDED = (
    "RETURN_OR_REFUND_REQUEST_SUCCESS",
    "RETURN_OR_REFUND_REQUEST_COMPLETE",
    "REPLACEMENT_REQUEST_REFUND_SUCCESS",
    "EXCHANGE_REQUEST_REFUND_SUCCESS",
)
WITH_GOODS = "RETURN_AND_REFUND"
LARGEST = Decimal(10) ** 12
LATEST_TIME = 2**40


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of money; None where TikTok names none (cash on delivery)."""

    amount: Decimal | None
    currency: str


@dataclass(frozen=True, slots=True)
class CancelFacts:
    """One cancellation. Times are Unix seconds; `respond_by` is None where no answer is due."""

    cancel_id: str
    order_id: str
    kind: str
    status: str
    role: str
    reason: str
    reason_text: str
    units: tuple[str, ...]
    refund: Sum
    create_time: int | None
    update_time: int
    respond_by: int | None

    @property
    def is_request(self) -> bool:
        """A buyer asks, and somebody has to answer; everything else has happened already."""
        return self.kind != BY_SELLER_OR_SYSTEM


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """One return, refund, replacement or exchange. Times are Unix seconds."""

    return_id: str
    order_id: str
    kind: str
    status: str
    role: str
    arbitration: str
    reason: str
    reason_text: str
    units: tuple[str, ...]
    refund: Sum
    carrier: str
    tracking_number: str
    next_action: str
    respond_by: int | None
    create_time: int | None
    update_time: int


def cancel_facts(raw: Mapping[str, Any]) -> CancelFacts:
    """The facts of one row of Search Cancellations."""
    deadlines = [when for action, when in _actions(raw) if action == _ANSWER and when]
    return CancelFacts(
        cancel_id=_id(raw, "cancel_id"),
        order_id=_id(raw, "order_id"),
        kind=_text(raw, "cancel_type"),
        status=_text(raw, "cancel_status"),
        role=_text(raw, "role"),
        reason=_text(raw, "cancel_reason"),
        reason_text=_text(raw, "cancel_reason_text"),
        units=_units(raw, "cancel_line_items"),
        refund=_sum(raw.get("refund_amount")),
        create_time=_time(raw.get("create_time")),
        update_time=_time(raw.get("update_time")) or 0,
        respond_by=min(deadlines, default=None),
    )


def return_facts(raw: Mapping[str, Any]) -> ReturnFacts:
    """The facts of one row of Search Returns."""
    actions = _actions(raw)
    deadlines = [when for _, when in actions if when]
    return ReturnFacts(
        return_id=_id(raw, "return_id"),
        order_id=_id(raw, "order_id"),
        kind=_text(raw, "return_type"),
        status=_text(raw, "return_status"),
        role=_text(raw, "role"),
        arbitration=_text(raw, "arbitration_status"),
        reason=_text(raw, "return_reason"),
        reason_text=_text(raw, "return_reason_text"),
        units=_units(raw, "return_line_items"),
        refund=_sum(raw.get("refund_amount")),
        carrier=_text(raw, "return_provider_name"),
        tracking_number=_text(raw, "return_tracking_number"),
        next_action=actions[0][0] if actions else "",
        respond_by=min(deadlines, default=None),
        create_time=_time(raw.get("create_time")),
        update_time=_time(raw.get("update_time")) or 0,
    )


def _id(raw: Mapping[str, Any], name: str) -> str:
    value = _plain(raw.get(name))
    if not value or len(value) > 64:
        raise Malformed(f"{name} is missing or no id")
    return value


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    return value.strip() if isinstance(value, str) else ""


def _plain(value: Any) -> str:
    """An id as text, though it may come as a whole number."""
    if isinstance(value, str):
        return value.strip()
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _units(raw: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = (_plain(row.get("order_line_item_id")) for row in _rows(raw.get(name)))
    return tuple(dict.fromkeys(unit for unit in found if unit))


def _actions(raw: Mapping[str, Any]) -> list[tuple[str, int | None]]:
    rows = _rows(raw.get("seller_next_action_response"))
    return [(_text(row, "action"), _time(row.get("deadline"))) for row in rows]


def _rows(value: Any) -> list[Mapping[str, Any]]:
    rows = value if isinstance(value, list) else []
    return [row for row in rows if isinstance(row, Mapping)]


def _time(value: Any) -> int | None:
    text = _plain(value)
    seconds = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return seconds if 0 < seconds < LATEST_TIME else None


def _sum(value: Any) -> Sum:
    if not isinstance(value, Mapping):
        return Sum(None, "")
    try:
        amount = parse_amount(value.get("refund_total"))
    except ValueError:
        return Sum(None, "")
    return Sum(amount if amount < LARGEST else None, _text(value, "currency").upper())
