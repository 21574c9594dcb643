"""How a shipment's way to TikTok ends: told, refused, or given up for another row of the parcel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orders.models import Fulfillment
from orders.services import fulfillment_words as words
from orders.services.parcel_rows import ENDED, fail_taken_back, take_back
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

TRAVELLING = (OrderStatus.IN_TRANSIT, OrderStatus.DELIVERED, OrderStatus.COMPLETED)


def told_before(row: Fulfillment) -> Fulfillment | None:
    """The row that a correction corrects: the nearest that TikTok took."""
    earlier = row.replaces
    while earlier is not None and earlier.sync_status != SyncStatus.SYNCED:
        earlier = earlier.replaces
    return earlier


def is_undecided(row: Fulfillment) -> bool:
    """Whether an earlier row of the parcel is still on its way."""
    earlier = row.replaces
    while earlier is not None:
        if earlier.sync_status in (SyncStatus.PENDING, SyncStatus.SENDING):
            return True
        earlier = earlier.replaces
    return False


def end_told(row: Fulfillment, answer: Answer[Any], attempt: Attempt) -> None:
    """TikTok has the number. What Shopify changed meanwhile goes on from here."""
    corrected = told_before(row)
    if corrected is not None and not row.tiktok_package_id:
        row.tiktok_package_id = corrected.tiktok_package_id
    what = "corrected on TikTok, sent" if corrected else "sent to TikTok"
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=f"Tracking {row.tracking_number} {what} as {row.provider_name}.",
        request_id=answer.request_id,
        sent_at=database_now(),
        tiktok_package_id=row.tiktok_package_id,
    )
    Fulfillment.objects.filter(replaces=row, sync_status=SyncStatus.PENDING).update(
        next_attempt_at=None
    )
    if row.status in ENDED:
        take_back(row)


def note_numbers(row: Fulfillment, packages: Sequence[str]) -> None:
    """Mirror at once what TikTok took, so that the rest of the shipment is known."""
    lines = row.order.line_items.all()
    if packages:
        lines = lines.filter(package_id__in=packages)
    else:
        lines = lines.filter(tiktok_line_item_id__in=row.shipped_units)
    lines.update(tracking_number=row.tracking_number)


def give_way(row: Fulfillment) -> None:
    """A failed row for which another one has come needs nobody's attention."""
    if row.sync_status != SyncStatus.FAILED:
        return
    if Fulfillment.objects.filter(replaces=row).exists():
        skip(row, "superseded", words.SUPERSEDED)
    elif row.status in ENDED and told_before(row) is None:
        skip(row, "fulfillment_cancelled", words.ENDED_HERE)


def end_cancelled(row: Fulfillment) -> None:
    """A shipment that Shopify cancelled is not told; what TikTok has of it stays."""
    if told_before(row) is None:
        skip(row, "fulfillment_cancelled", words.ENDED_HERE)
    elif row.order.tiktok_status in TRAVELLING:
        skip(row, "travels", words.TRAVELS)
    else:
        fail_taken_back(row)


def skip(row: Fulfillment, code: str, reason: str, attempt: Attempt | None = None) -> None:
    """Leave a row out, in words; whatever was in doubt no longer matters."""
    statuses.move(
        row,
        SyncStatus.SKIPPED,
        attempt=attempt,
        reason=reason,
        skip_reason=code,
        in_doubt_since=None,
    )


def block(row: Fulfillment, code: str, reason: str, attempt: Attempt | None = None) -> None:
    """Set a row aside until the merchant has set something right."""
    statuses.fail(row, FailureKind.CONFIG, code, reason, attempt=attempt)
