"""The engine's own rows, for support staff."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.db.models import Q

from tiktoksync.admin_base import LongMirrorAdmin, MirrorAdmin, TroubleFilter, display
from tiktoksync.sync.models import Attempt, LaneLease

OUTCOME_COLOURS = {
    "Done": "success",
    "In flight": "info",
    "To be tried again": "warning",
    "No clear answer": "warning",
    "Failed": "danger",
    "Its worker went away": "danger",
    "Answered after its lease": "danger",
}
LONG_FLIGHT = timedelta(minutes=2)


class AttemptTrouble(TroubleFilter):
    """Tries that did not end well."""

    kinds = {
        "failed": ("Failed", lambda now: Q(outcome=Attempt.Outcome.FAILED)),
        "unknown": ("No clear answer", lambda now: Q(outcome=Attempt.Outcome.UNKNOWN)),
        "lost": (
            "Worker lost or too late",
            lambda now: Q(outcome__in=[Attempt.Outcome.ABANDONED, Attempt.Outcome.SUPERSEDED]),
        ),
        "stuck": (
            "In flight for too long",
            lambda now: Q(outcome=Attempt.Outcome.IN_FLIGHT, started_at__lt=now - LONG_FLIGHT),
        ),
    }


@admin.register(Attempt)
class AttemptAdmin(LongMirrorAdmin):
    """Every try at the other side, newest first."""

    list_display = (
        *("started_at", "flow", "subject", "subject_id", "number", "came_to"),
        *("code", "message", "elapsed_ms", "request_id"),
    )
    list_filter = (AttemptTrouble, "outcome")
    search_fields = ("=request_id", "=remote_id", "=subject_id", "=code")
    search_help_text = "The platform's request id, a remote id, a row's number or an error code"
    ordering = ("-id",)

    @display(description="outcome", ordering="outcome", label=OUTCOME_COLOURS)
    def came_to(self, attempt: Attempt) -> str:
        """What came of it, in colour."""
        return attempt.get_outcome_display()


@admin.register(LaneLease)
class LaneLeaseAdmin(MirrorAdmin):
    """Who drains which lane."""

    list_display = ("key", "fence", "held_until")
    search_fields = ("key",)
    ordering = ("key",)
