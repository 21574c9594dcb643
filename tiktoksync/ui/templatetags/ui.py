"""The components: one obvious way to draw each. /styleguide/ shows them all with their code."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import template
from django.contrib.messages.storage.base import Message
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from tiktoksync.ui import charts
from tiktoksync.ui.components import Chip, Event, Guide, Metric, Tab
from tiktoksync.ui.toasts import undo_address

register = template.Library()
BANNER_ICONS = {"bad": "danger", "wait": "alert", "info": "info", "good": "check", "off": "info"}


@register.inclusion_tag("shared/_status_badge.html")
def status_badge(word: str, tone: str = "off", icon: str = "info", note: str = "") -> Any:
    """A status as an icon and a word; `{% badge %}` of `shown` draws one that a view has made."""
    return {"badge": {"word": word, "tone": tone, "icon": icon, "note": note}}


@register.simple_block_tag
def banner(content: str, tone: str = "info", title: str = "", icon: str = "") -> SafeString:
    """A message across the page or a card, with links or buttons in it."""
    facts = {"content": content, "tone": tone, "title": title, "icon": icon or BANNER_ICONS[tone]}
    return render_to_string("ui/_banner.html", facts)


@register.simple_block_tag
def empty_state(content: str, title: str, icon: str = "info", level: int = 2) -> SafeString:
    """What stands where nothing is yet: why, and the one thing to do."""
    facts = {"content": content, "title": title, "icon": icon, "level": level}
    return render_to_string("ui/_empty.html", facts)


@register.simple_block_tag
def modal(content: str, id: str, title: str) -> SafeString:
    """A dialog. `data-opens="its id"` on a button opens it; a `<form method="dialog">` shuts it."""
    return render_to_string("ui/_modal.html", {"content": content, "id": id, "title": title})


@register.simple_block_tag
def drawer(content: str, id: str, title: str) -> SafeString:
    """A dialog that comes in from the side, for more about a thing beside the list it is in."""
    facts = {"content": content, "id": id, "title": title, "kind": "drawer"}
    return render_to_string("ui/_modal.html", facts)


@register.simple_block_tag
def menu(
    content: str, label: str, icon: str = "more", show_label: bool = False, side: str = ""
) -> SafeString:
    """A button that unfolds further actions: links and buttons, one below the other."""
    facts = {"content": content, "label": label, "icon": icon, "show": show_label, "side": side}
    return render_to_string("ui/_menu.html", facts)


@register.simple_block_tag
def hover_card(content: str, label: str) -> SafeString:
    """More about a word, on hover, on focus and on touch."""
    return render_to_string("ui/_hover_card.html", {"content": content, "label": label})


@register.inclusion_tag("ui/_tabs.html")
def tabs(tabs: Sequence[Tab], label: str) -> dict[str, Any]:
    """Standing views, each with its count."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("ui/_chips.html")
def chips(chips: Sequence[Chip], clear: str = "") -> dict[str, Any]:
    """The filters in use, each with its cross; `clear` is the address without any."""
    return {"chips": chips, "clear": clear}


@register.inclusion_tag("ui/_pager.html")
def pager(newer: str = "", older: str = "", note: str = "") -> dict[str, str]:
    """Back and forth through a list; an empty address is a way that is not there."""
    return {"newer": newer, "older": older, "note": note}


@register.inclusion_tag("ui/_progress.html")
def progress(
    total: int, done: int, failed: int = 0, skipped: int = 0, label: str = "Progress"
) -> dict[str, Any]:
    """How far a job is: done, failed and left out in one bar."""
    parts, x = [], 0.0
    for tone, count in (("accent", done), ("bad", failed), ("off", skipped)):
        width = round(100 * count / total, 2) if total else 0.0
        if width:
            parts.append({"tone": tone, "x": round(x, 2), "width": width})
        x += width
    settled = done + failed + skipped
    return {
        "parts": parts,
        "label": label,
        "now": min(settled, total),
        "total": total,
        "percent": 100 * settled // total if total else 0,
    }


@register.inclusion_tag("ui/_guide.html")
def setup_guide(guide: Guide) -> dict[str, Any]:
    """A checklist with n of m; the next step is open."""
    return {"guide": guide, "next": guide.next_step}


@register.inclusion_tag("ui/_metric.html")
def metric(metric: Metric) -> dict[str, Any]:
    """A figure that leads to what it counts."""
    return {"metric": metric}


@register.inclusion_tag("ui/_spark.html")
def sparkline(points: Sequence[float], says: str = "") -> dict[str, Any]:
    """The last days of a figure as a line; `says` is read aloud instead."""
    if len(points) < 2:
        return {"line": "", "area": "", "says": says}
    line, area = charts.place_spark(points)
    return {"line": line, "area": area, "says": says}


@register.inclusion_tag("ui/_chart.html")
def column_chart(chart: charts.Chart) -> dict[str, Any]:
    """Numbers over time, stacked where there are several series."""
    scale = charts.scale_of(chart, stacked=True)
    columns = charts.place_columns(chart, scale[0])
    labels = charts.thin_labels(chart.labels)
    return {"chart": chart, "scale": scale, "columns": columns, "labels": labels}


@register.inclusion_tag("ui/_chart.html")
def line_chart(chart: charts.Chart) -> dict[str, Any]:
    """How one figure, or a few, moved."""
    scale = charts.scale_of(chart, stacked=False)
    lines = charts.place_lines(chart, scale[0])
    return {
        "chart": chart,
        "scale": scale,
        "lines": lines,
        "places": charts.place_points(chart),
        "labels": charts.end_labels(chart.labels),
    }


@register.inclusion_tag("ui/_shares.html")
def bar_chart(shares: Sequence[charts.Share], label: str) -> dict[str, Any]:
    """Named numbers beside each other, the greatest first."""
    return {"shares": charts.place_shares(shares), "label": label}


@register.inclusion_tag("ui/_timeline.html")
def timeline(events: Sequence[tuple[Event, datetime]]) -> dict[str, Any]:
    """What happened, the newest first."""
    return {"events": events}


@register.inclusion_tag("ui/_ring.html")
def ring(until: datetime, seconds: int, label: str = "") -> dict[str, Any]:
    """A ring that empties until a moment; `seconds` is how long the whole wait is."""
    left = (until - timezone.now()).total_seconds()
    return {"until": until, "whole": seconds, "dash": charts.ring_dash(left, seconds)}


@register.inclusion_tag("ui/_skeleton.html")
def skeleton(lines: int = 3) -> dict[str, Any]:
    """Grey lines while something is on its way, as high as what will come."""
    return {"lines": range(lines)}


@register.inclusion_tag("shared/_field.html")
def field(field: BoundField) -> dict[str, BoundField]:
    """A form's field with its label, help and errors."""
    return {"field": field}


@register.inclusion_tag("ui/_save_bar.html", takes_context=True)
def save_bar(context: Context, words: str = "Unsaved changes") -> dict[str, str]:
    """Save and discard for the form around it, shown once something has been changed."""
    return {"words": words}


@register.filter
def number(value: float) -> str:
    """A number with its thousands apart."""
    return charts.say_number(value)


@register.filter
def undo(message: Message) -> str:
    """The address that takes back what a toast tells of."""
    return undo_address(message.extra_tags or "")
