"""Rows that queue themselves, for support staff: their trouble, their cause, their attempts."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tiktoksync.admin_base import LongMirrorAdmin, TroubleFilter, display, list_link
from tiktoksync.sync.models import Attempt, SyncStatus

SYNC_COLOURS = {
    "Waiting for release": "warning",
    "Queued": "info",
    "Sending": "info",
    "Synced": "success",
    "Failed": "danger",
}
FAILED = Q(sync_status=SyncStatus.FAILED)
IN_DOUBT = Q(in_doubt_since__isnull=False)


class RowTrouble(TroubleFilter):
    """Trouble of any row that queues itself."""

    kinds = {
        "failed": ("Needs a person", lambda now: FAILED),
        "doubt": ("Sent, not clearly answered", lambda now: IN_DOUBT),
        "stuck": ("Sending for too long", lambda now: Q(claimed_until__lt=now)),
    }


class SyncRowAdmin(LongMirrorAdmin):
    """A mirror whose rows queue themselves."""

    list_filter: Any = (RowTrouble, "sync_status", "failure_kind")

    @display(description="sync", ordering="sync_status", label=SYNC_COLOURS)
    def sync(self, row: Any) -> str:
        """Our axis, in colour."""
        return str(row.get_sync_status_display())

    @display(description="why")
    def why(self, row: Any) -> str:
        """The cause, in short, in a column that is wide enough to read."""
        text = row.failure_reason or row.skip_reason or row.wait_reason
        short = text if len(text) <= 80 else f"{text[:79]}…"
        return format_html('<div style="min-width: 14rem">{}</div>', short) if short else ""

    @display(description="attempts")
    def attempts(self, row: Any) -> SafeString:
        """Every try of this row."""
        subject = row._meta.label_lower
        text = f"{row.attempt_number} attempts"
        return list_link(Attempt, text, subject__exact=subject, subject_id__exact=row.pk)
