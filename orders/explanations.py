"""Why an order stands where it stands, what a person can do about it, and which button does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from orders.failure_words import CODE_FIXES, KIND_FIXES
from orders.models import (
    AddressChange,
    Cancellation,
    Fulfillment,
    Order,
    PackageFulfillment,
    StatusChange,
)
from orders.policy import BlockReason, WaitReason
from tiktoksync.support.telling import Told, tell_row
from tiktoksync.sync.models import FailureKind, SyncRow, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

LINK_CODES = (
    BlockReason.SKU_UNLINKED,
    BlockReason.SKU_AMBIGUOUS,
    BlockReason.SKU_BLANK,
    BlockReason.VARIANT_GONE,
)
RELEASABLE = (
    WaitReason.SAFETY_HOLD,
    WaitReason.AUTO_SYNC_OFF,
    WaitReason.UNKNOWN_ORDER_TYPE,
    WaitReason.KEPT_BACK,
)
#: Failures whose own sentence says what to do.
SAID_IN_FULL = ("not_eligible", "shipped_otherwise")
#: Failures that trying again does not help.
_FINAL = ("not_eligible",)


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
    #: Where the catalogue explains it, and the words in which the other side said it.
    help_address: str = ""
    raw: str = ""


def needs_link(row: SyncRow) -> bool:
    """Whether linking a SKU is what unblocks an order."""
    return row.sync_status == SyncStatus.FAILED.value and row.failure_code in LINK_CODES


def fix_for(row: SyncRow) -> str:
    """What a person can do about a failed row, in one sentence; "" where its reason says it."""
    if row.failure_code in SAID_IN_FULL:
        return ""
    by_code = CODE_FIXES.get(row.failure_code)
    by_kind = KIND_FIXES.get(row.failure_kind)
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
    blocked, told = order.is_blocked, tell_row(order)
    return Explanation(
        tone="bad",
        icon="stop" if blocked else "alert",
        title="Blocked: not in Shopify yet" if blocked else "This order could not be synced",
        text=told.sentence,
        fix=_fix(order, told),
        help_address=told.help_address,
        raw=told.raw,
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


def _fix(row: SyncRow, told: Told) -> str:
    """Staff's advice before our own; none where the sentence says what to do."""
    return "" if row.failure_code in SAID_IN_FULL else told.fix


def explain_part(title: str, row: SyncRow) -> Explanation:
    """The banner of something that failed after the order had reached Shopify."""
    told = tell_row(row)
    return Explanation(
        tone="bad",
        icon="alert",
        title=title,
        text=told.sentence,
        fix=_fix(row, told),
        help_address=told.help_address,
        raw=told.raw,
        may_reconnect=row.failure_kind == FailureKind.AUTH.value,
        may_retry=row.failure_code not in _FINAL,
    )
