"""Runs as pages show them: a badge, and how long they still take."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from orders.presentation import Badge
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.runs.shown import item_address
from tiktoksync.runs.words import cause_words

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


_ITEM_BADGES = {
    RunItem.State.WAITING: Badge("Waiting", "clock", "wait"),
    RunItem.State.WORKING: Badge("Under way", "sync", "info"),
    RunItem.State.DONE: Badge("Done", "check", "good"),
    RunItem.State.FAILED: Badge("Failed", "alert", "bad"),
    RunItem.State.SKIPPED: Badge("Left out", "skip", "off"),
}


@register.inclusion_tag("shared/_status_badge.html")
def item_state(item: RunItem) -> dict[str, Badge]:
    """Where one thing of a run stands."""
    return {"badge": _ITEM_BADGES[RunItem.State(item.state)]}


@register.simple_tag
def item_link(run: Run, item: RunItem) -> SafeString | str:
    """What a person calls a thing, as the way to its page."""
    name = item.title or item.remote_id
    address = item_address(run, item)
    return format_html('<a href="{}">{}</a>', address, name) if address else name


@register.simple_tag
def cause_of(run: Run, cause: str) -> str:
    """A cause in the words of the run's kind."""
    return cause_words(run.kind, cause)
