"""Why an order stands where it stands, what a person can do about it, and which button does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orders import parcel_words
from orders.models import (
    AddressChange,
    Cancellation,
    Fulfillment,
    Order,
    PackageFulfillment,
    StatusChange,
)
from orders.policy import BlockReason, WaitReason
from tiktoksync.sync.models import FailureKind, SyncRow, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

LINK_CODES = (
    BlockReason.SKU_UNLINKED,
    BlockReason.SKU_AMBIGUOUS,
    BlockReason.SKU_BLANK,
    BlockReason.VARIANT_GONE,
)
RELEASABLE = (WaitReason.SAFETY_HOLD, WaitReason.AUTO_SYNC_OFF, WaitReason.UNKNOWN_ORDER_TYPE)
#: Failures whose own sentence says what to do.
SAID_IN_FULL = ("not_eligible", "shipped_otherwise")
#: Failures that trying again does not help.
_FINAL = ("not_eligible",)
_FIXES = {
    FailureKind.AUTH: "Reconnect the account. The order goes on by itself afterwards.",
    FailureKind.REJECTED: "Correct what was refused, then retry.",
    FailureKind.GONE: "What the order refers to no longer exists. Put it back or link it anew, "
    "then retry.",
    FailureKind.EXHAUSTED: "Retry once the other side answers again.",
    FailureKind.MALFORMED: "Nothing can be sent until TikTok sends the order in a readable form.",
    FailureKind.INTERNAL: "Retry. If it comes back, tell support the request id from the timeline.",
    FailureKind.CONFIG: "Set up what is missing, then retry.",
}
_CODE_FIXES = {
    BlockReason.SKU_UNLINKED: "Choose the Shopify variant that is sold under this SKU.",
    BlockReason.SKU_AMBIGUOUS: "Choose which of the Shopify variants is meant.",
    BlockReason.SKU_BLANK: "Choose the Shopify variant that is sold as this item.",
    BlockReason.VARIANT_GONE: "Choose another Shopify variant for this SKU.",
    BlockReason.CURRENCY_NOT_ACCEPTED: "Add the currency to the Shopify store, then retry.",
    BlockReason.MONEY_MISMATCH: "Compare the sums below with TikTok's own page of the order. "
    "Retry after a fresh copy has come.",
    "address_after_shipping": "Ask the carrier to redirect the parcel. Once the "
    "Shopify order carries the new address, retry.",
    "address_hidden": "Once the Shopify order carries the new address, retry.",
    BlockReason.ADDRESS_MISSING: "Nothing to do: the order goes on once TikTok gives an address.",
    **parcel_words.FIXES,
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is said above an order. Tones: bad, wait, info, off."""

    tone: str
    icon: str
    title: str
    text: str
    fix: str = ""
    since: datetime | None = None
    may_link: bool = False
    may_reconnect: bool = False
    may_retry: bool = False
    may_release: bool = False
    may_dismiss: bool = False
    also_affected: int = 0


def needs_link(row: SyncRow) -> bool:
    """Whether linking a SKU is what unblocks an order."""
    return row.sync_status == SyncStatus.FAILED.value and row.failure_code in LINK_CODES


def fix_for(row: SyncRow) -> str:
    """What a person can do about a failed row, in one sentence; "" where its reason says it."""
    if row.failure_code in SAID_IN_FULL:
        return ""
    by_code = _CODE_FIXES.get(row.failure_code)
    by_kind = _FIXES.get(row.failure_kind)  # type: ignore[call-overload]
    return by_code or by_kind or "Retry."


def explain_order(
    order: Order,
    history: Sequence[StatusChange],
    fulfillments: Sequence[Fulfillment | PackageFulfillment],
    cancellation: Cancellation | None,
    address: AddressChange | None = None,
) -> Explanation | None:
    """The banner of an order; None when everything is as it should be. `history`: oldest first."""
    last = next((line for line in reversed(history) if line.axis == "sync"), None)
    said, since = (last.reason, last.at) if last else ("", None)
    if order.sync_status == SyncStatus.FAILED.value:
        return _explain_failure(order, since)
    if order.sync_status == SyncStatus.HELD.value:
        return _explain_hold(order, said, since)
    if order.sync_status == SyncStatus.SKIPPED.value:
        return _explain_skip(order, said, since)
    if order.sync_status == SyncStatus.PENDING.value and order.tries:
        title = "The last try did not work. It is tried again by itself"
        return Explanation("wait", "retry", title, said, since=since)
    return _explain_parts(order, fulfillments, cancellation, address)


def _explain_failure(order: Order, since: datetime | None) -> Explanation:
    blocked = order.is_blocked
    return Explanation(
        tone="bad",
        icon="stop" if blocked else "alert",
        title="Blocked: not in Shopify yet" if blocked else "This order could not be synced",
        text=order.failure_reason,
        fix=fix_for(order),
        since=since,
        may_link=needs_link(order),
        may_reconnect=order.failure_kind == FailureKind.AUTH.value,
        may_retry=may_retry_order(order),
        may_dismiss=order.in_doubt_since is None,
    )


def may_retry_order(order: Order) -> bool:
    """What is cancelled or unreadable is not sent, however often it is asked for."""
    is_readable = order.failure_kind != FailureKind.MALFORMED.value
    return is_readable and order.tiktok_status != OrderStatus.CANCELLED


def _explain_hold(order: Order, said: str, since: datetime | None) -> Explanation:
    ours = order.wait_reason in RELEASABLE
    may_release = ours and order.tiktok_status == OrderStatus.AWAITING_SHIPMENT
    return Explanation(
        tone="wait",
        icon="pause",
        title="Not in Shopify yet",
        text=said or "The order waits for TikTok to release it.",
        since=since,
        may_release=may_release,
        may_dismiss=True,
    )


def _explain_skip(order: Order, said: str, since: datetime | None) -> Explanation:
    title = "This order is not sent to Shopify"
    return Explanation("off", "skip", title, said, since=since, may_retry=may_retry_order(order))


def _explain_parts(
    order: Order,
    fulfillments: Sequence[Fulfillment | PackageFulfillment],
    cancellation: Cancellation | None,
    address: AddressChange | None,
) -> Explanation | None:
    """Trouble after the order has reached Shopify: its cancellation, shipments or new address."""
    if cancellation and cancellation.sync_status == SyncStatus.FAILED.value:
        return explain_part("Cancelled on TikTok, but not in Shopify", cancellation)
    for fulfillment in fulfillments:
        if fulfillment.sync_status == SyncStatus.FAILED.value:
            return explain_part(_shipment_title(fulfillment), fulfillment)
    if address and address.sync_status == SyncStatus.FAILED.value:
        return explain_part("The buyer's new address is not in Shopify", address)
    if order.other_shopify_ids:
        text = "More than one Shopify order claims this TikTok order. Cancel the surplus ones."
        return Explanation("bad", "alert", "Look at Shopify", text)
    return None


def _shipment_title(row: Fulfillment | PackageFulfillment) -> str:
    if isinstance(row, PackageFulfillment):
        return "TikTok's parcel did not reach Shopify"
    if row.failure_code == "cancelled_after_sent":
        return "Cancelled in Shopify after TikTok was told"
    return "The tracking number did not reach TikTok"


def explain_part(title: str, row: SyncRow) -> Explanation:
    """The banner of something that failed after the order had reached Shopify."""
    return Explanation(
        tone="bad",
        icon="alert",
        title=title,
        text=row.failure_reason,
        fix=fix_for(row),
        may_reconnect=row.failure_kind == FailureKind.AUTH.value,
        may_retry=row.failure_code not in _FINAL,
    )
