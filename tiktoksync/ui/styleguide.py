"""The examples of the styleguide: the code that is shown is the code that is drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from tiktoksync.ui.charts import Chart, Series, Share
from tiktoksync.ui.components import Chip, Event, Guide, Metric, Step, Tab

#: Groups of components: the name of each example's file, its title, and when to use it.
GROUPS: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    (
        "Ground",
        (
            ("tokens", "Tokens", "Colours, distances and letter sizes have names; use no others."),
            ("icons", "Icons", "Beside a word, never instead of one. Any lucide name works."),
            ("type", "Type", "One h1 a page, h2 a card. .muted for what may be overlooked."),
        ),
    ),
    (
        "Say how it stands",
        (
            (
                "badges",
                "Badge",
                "A status: icon and word, the colour underlines. Five tones, fixed words.",
            ),
            ("banner", "Banner", "One a page at most, worst first; or a note inside a card."),
            ("empty", "Empty state", "Why nothing is here, and the one thing to do about it."),
            ("toast", "Toast", "After an action, with Undo where something takes it back."),
            ("progress", "Progress", "Work with a known end: done, failed, left out."),
            ("ring", "Countdown ring", "A wait with a known end, beside its words."),
            ("skeleton", "Skeleton", "While a fragment is on its way; as high as what comes."),
        ),
    ),
    (
        "Let people act",
        (
            ("buttons", "Button", "One primary a view. Danger only where something is lost."),
            ("menu", "Menu", "Further actions of a row or a page, behind one button."),
            ("modal", "Modal and drawer", "A question before acting; a drawer for a look."),
            ("fields", "Fields", "A label above, help below, the error in its place."),
            (
                "save_bar",
                "Contextual save bar",
                "In a form: it shows up with the first change.",
            ),
            ("hover_card", "Hover card", "More about a word: on hover, focus and touch."),
        ),
    ),
    (
        "Lay things out",
        (
            ("card", "Card", "One subject a card. The head's link leads to all of it."),
            ("table", "Table", "Rows become cards at 390 px: give each cell its data-label."),
            ("tabs", "Tabs", "Standing views on one list, in the address."),
            ("chips", "Filter chips", "The filters in use; each goes away by itself."),
            ("pager", "Pager", "Back and forth by cursor; a way that is not there is left out."),
            ("timeline", "Timeline", "What happened, newest first, with who did it."),
            ("guide", "Setup guide", "A checklist that leads somewhere; the next step is open."),
        ),
    ),
    (
        "Show numbers",
        (
            ("metrics", "Metric card", "A figure that leads to what it counts."),
            ("columns", "Column chart", "Counts over time; several series are stacked."),
            ("line", "Line chart", "How a figure moved."),
            ("bars", "Bar chart", "Named counts beside each other, the greatest first."),
        ),
    ),
)
TONES = ("good", "info", "wait", "bad", "off", "accent")
COLOURS = (
    *("page", "surface", "sunken", "line", "line-strong", "text", "muted"),
    *("accent", "good", "info", "wait", "bad", "off"),
)
ICONS = (
    *("activity", "alert", "bag", "bell", "box", "check", "checks", "clock", "copy", "cross"),
    *("download", "external", "eye", "filter", "gear", "hand", "help", "home", "key", "link"),
    *("mail", "money", "more", "note", "pause", "person", "plug", "plus", "queue", "retry"),
    *("return", "search", "skip", "split", "staff", "stop", "store", "sync", "tag", "team"),
    *("trash", "truck", "unlink", "upload"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A component as it looks, as it is written, and when it is the right one."""

    key: str
    title: str
    when: str
    code: str
    drawn: SafeString


@dataclass(frozen=True, slots=True)
class Group:
    """Components of one purpose."""

    title: str
    examples: list[Example]


def gather_styleguide() -> dict[str, list[Group]]:
    """Every group with its examples, drawn."""
    facts = sample_facts()
    return {"groups": [Group(title, list(_draw(rows, facts))) for title, rows in GROUPS]}


def _draw(rows: tuple[tuple[str, str, str], ...], facts: dict[str, Any]) -> Iterator[Example]:
    for key, title, when in rows:
        found: Any = get_template(f"ui/examples/_{key}.html")
        template = found.template
        drawn = mark_safe(template.render(Context(dict(facts))))
        yield Example(key, title, when, template.source.strip(), drawn)


def sample_facts() -> dict[str, Any]:
    """What a view would hand to the components."""
    now = timezone.now()
    return {
        "tones": TONES,
        "colours": COLOURS,
        "icons": [name if name != "filter" else "funnel" for name in ICONS],
        "now": now,
        "soon": now + timedelta(minutes=23),
        "tabs": [
            Tab("All", "#tabs", True, 1284),
            Tab("To ship", "#tabs", False, 48),
            Tab("Needs attention", "#tabs", False, 15),
            Tab("Delivered", "#tabs"),
        ],
        "chips": [Chip("TikTok", "On hold", "#chips"), Chip("SKU", "BOX-9001", "#chips")],
        "guide": _guide(),
        "metrics": _metrics(),
        "orders_a_day": _orders_a_day(),
        "minutes": _minutes(),
        "causes": _causes(),
        "events": _events(now),
        "form": SampleForm({"name": "", "days": "30", "note": "TikTok {id}"}),
    }


class SampleForm(forms.Form):
    """A form with one mistake in it."""

    name = forms.CharField(label="Order name prefix", help_text="Written before TikTok's id.")
    days = forms.IntegerField(label="Days to keep")
    kind = forms.ChoiceField(label="Order type", choices=[("a", "Normal"), ("b", "Sample")])
    notify = forms.BooleanField(label="Tell the buyer", required=False)


def _guide() -> Guide:
    return Guide(
        "Get set up",
        [
            Step("Connect Shopify", "#guide", True),
            Step("Connect TikTok Shop", "#guide", True),
            Step("Link products", "#guide", False, "212 of 240 SKUs are linked.", "Link the rest"),
            Step("Choose order rules", "#guide"),
            Step("Go live", "#guide"),
        ],
        "About ten minutes. You can stop anywhere and go on later.",
    )


def _metrics() -> list[Metric]:
    week = (12, 18, 9, 22, 17, 25, 31)
    return [
        Metric("Orders today", "31", "#metrics", "bag", "", "25 yesterday", week, "Seven days"),
        Metric("Blocked", "4", "#metrics", "stop", "bad", "2 causes", (0, 1, 1, 3, 2, 2, 4)),
        Metric("Due today", "6", "#metrics", "clock", "wait", "2 overdue"),
        Metric("Minutes to Shopify", "0.4", "#metrics", "timer", "", "median", (2, 1, 0.6, 0.4)),
    ]


def _orders_a_day() -> Chart:
    labels = [f"{day} Nov" for day in range(1, 15)]
    return Chart(
        "Orders a day",
        labels,
        [
            Series("synced", "good", [20, 24, 18, 31, 28, 16, 12, 22, 27, 30, 35, 41, 22, 26]),
            Series("on hold", "wait", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 3, 4, 9]),
            Series("blocked", "bad", [1, 0, 2, 0, 1, 0, 0, 3, 1, 0, 1, 2, 1, 4]),
            Series("skipped", "off", [2, 1, 0, 3, 2, 1, 1, 0, 2, 1, 2, 3, 1, 0]),
        ],
        "Between 13 and 49 a day in the last 14 days.",
        "orders",
    )


def _minutes() -> Chart:
    return Chart(
        "Minutes from release to Shopify",
        [f"{day} Nov" for day in range(1, 15)],
        [
            Series(
                "median", "accent", [3, 2.5, 2, 2.2, 1.5, 1.2, 1, 1.4, 0.9, 0.8, 0.7, 2.6, 0.5, 0.4]
            )
        ],
        "From 3 minutes down to 0.4.",
        "min",
    )


def _causes() -> list[Share]:
    return [
        Share("SKU is not linked", 12, "#bars", "bad"),
        Share("Tracking number refused", 5, "#bars", "bad"),
        Share("Currency not accepted", 1, "#bars", "bad"),
    ]


def _events(now: Any) -> list[tuple[Event, Any]]:
    created = Event("Created in Shopify as #1042", "check", "good", "TikTokSync")
    return [
        (
            Event("Tracking 1Z999 sent to TikTok: refused", "alert", "bad", "TikTok", "try 2"),
            now - timedelta(minutes=3),
        ),
        (created, now - timedelta(hours=2)),
        (Event("Released by TikTok", "note", "info", "TikTok"), now - timedelta(hours=3)),
    ]
