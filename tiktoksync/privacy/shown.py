"""What the privacy page shows of requests and files."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from tiktoksync.privacy.models import Export, PrivacyRequest
from tiktoksync.shops.models import Merchant

NEWEST = 50
SOON = timedelta(days=5)
Kind = PrivacyRequest.Kind
WORDS = {
    Kind.DATA_REQUEST: "A buyer asks what is kept about them",
    Kind.CUSTOMER_REDACT: "A buyer's data is to be erased",
    Kind.SHOP_REDACT: "Shopify asks to erase a store's data",
    Kind.EXPORT: "A copy of all data",
    Kind.ERASE: "Erase the merchant",
}


@dataclass(frozen=True, slots=True)
class ShownRequest:
    """One line: what was asked, where it stands, and the file that came of it."""

    title: str
    store: str
    received_at: datetime
    answer_by: datetime | None
    word: str
    tone: str
    icon: str
    outcome: str
    export: Export | None


def show_requests(merchant: Merchant) -> dict[str, Any]:
    """The newest requests with their files, and the erasure that is ahead."""
    rows = list(
        PrivacyRequest.objects.filter(merchant=merchant)
        .select_related("export")
        .order_by("-pk")[:NEWEST]
    )
    now = timezone.now()
    open_erasure = PrivacyRequest.objects.filter(merchant=merchant, kind=Kind.ERASE, done_at=None)
    return {
        "requests": [_shown(row, now) for row in rows],
        "erasure": open_erasure.first(),
        "is_copying": any(row.kind == Kind.EXPORT and not row.done_at for row in rows),
    }


def _shown(row: PrivacyRequest, now: datetime) -> ShownRequest:
    export = getattr(row, "export", None)
    if export is not None and export.expires_at <= now:
        export = None
    word, tone, icon = _state(row, now)
    return ShownRequest(
        title=WORDS[Kind(row.kind)],
        store=row.shop_domain,
        received_at=row.received_at,
        answer_by=row.answer_by if not row.done_at else None,
        word=word,
        tone=tone,
        icon=icon,
        outcome=row.outcome,
        export=export,
    )


def _state(row: PrivacyRequest, now: datetime) -> tuple[str, str, str]:
    if row.done_at:
        return "Done", "good", "check"
    if row.answer_by and row.answer_by < now:
        return "Late", "bad", "danger"
    if row.answer_by and row.answer_by < now + SOON:
        return "Due soon", "wait", "alert"
    return "In work", "info", "info"
