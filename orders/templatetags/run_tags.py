"""Runs as pages show them: a badge, and how long they still take."""

from __future__ import annotations

from django import template

from orders.presentation import Badge
from tiktoksync.runs.models import Run

register = template.Library()

_BADGES = {
    Run.Status.PREPARING: Badge("Preparing", "search", "info"),
    Run.Status.READY: Badge("Ready", "check", "wait"),
    Run.Status.RUNNING: Badge("Running", "sync", "info"),
    Run.Status.FINISHED: Badge("Finished", "check", "good"),
    Run.Status.CANCELLED: Badge("Cancelled", "skip", "off"),
    Run.Status.FAILED: Badge("Failed", "alert", "bad"),
}


@register.inclusion_tag("shared/_status_badge.html")
def run_status(run: Run) -> dict[str, Badge]:
    """Where a run stands."""
    return {"badge": _BADGES[Run.Status(run.status)]}


@register.filter
def time_span(seconds: int) -> str:
    """A length of time in round words: "40 s", "3 min", "2 h 10 min"."""
    if seconds < 60:
        return f"{max(seconds, 1)} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
