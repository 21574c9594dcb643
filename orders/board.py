"""What the home page shows: figures, who needs a person, what must leave when, recent work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from orders.filters import count_together, due_orders, in_tab, orders_of, placed_orders
from orders.home_numbers import (
    DAYS,
    Numbers,
    Pace,
    chart_days,
    chart_pace,
    count_days,
    list_causes,
    measure_pace,
    say_account,
)
from orders.home_tasks import list_work
from orders.models import Order, StatusChange
from orders.templatetags.shown import capped
from orders.timeline import Event, tell_history
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import SyncStatus
from tiktoksync.ui.components import Metric

CHANGES = 6
NEWEST_ORDERS = 25
RUNS = 5
LANE_SHOWS = 4
DUE = (
    ("overdue", "Overdue", "bad"),
    ("today", "Today", "wait"),
    ("tomorrow", "Tomorrow", "info"),
    ("later", "Later", "off"),
)


@dataclass(frozen=True, slots=True)
class Lane:
    """One column of the dispatch board."""

    label: str
    tone: str
    query: str
    count: int
    orders: list[Order]


def gather_home(merchant: Merchant, shops: list[TikTokShop]) -> dict[str, Any]:
    """The home page's facts; of a merchant without orders, little more than that."""
    now = timezone.now()
    orders = orders_of(shops)
    questions = {
        "any": orders,
        "today": placed_orders(orders, "today", now),
        "on-hold": in_tab(orders, "on-hold", shops),
        "blocked": orders.filter(sync_status=SyncStatus.FAILED),
        "attention": in_tab(orders, "attention", shops),
    } | {f"due-{key}": due_orders(orders, key, now) for key, _, _ in DUE}
    counts = count_together(merchant, questions)
    facts = {"attention": counts["attention"], "has_orders": counts["any"] > 0}
    if not facts["has_orders"]:
        return facts
    return facts | _gather_board(merchant, shops, counts, now)


def _gather_board(
    merchant: Merchant, shops: list[TikTokShop], counts: dict[str, int], now: datetime
) -> dict[str, Any]:
    numbers, pace = count_days(shops, now), measure_pace(shops, now)
    causes = list_causes(shops) if counts["blocked"] else []
    return {
        "metrics": _metrics(counts, numbers, pace, len(causes)),
        "work": list_work(merchant, shops),
        "lanes": [_lane(shops, counts, now, *words) for words in DUE],
        "orders_a_day": chart_days(numbers),
        "minutes": chart_pace(pace),
        "causes": causes,
        "account": say_account(numbers),
        "runs": list(Run.objects.filter(merchant=merchant).select_related("shop")[:RUNS]),
        "changes": recent_changes(shops),
    }


def _metrics(counts: dict[str, int], numbers: Numbers, pace: Pace, causes: int) -> list[Metric]:
    days, blocked = numbers.a_day, numbers.by_state["blocked"]
    overdue, today = counts["due-overdue"], counts["due-today"]
    return [
        Metric(
            *("Orders today", capped(counts["today"]), _orders("placed=today"), "bag", ""),
            *(f"{days[-2]:,} yesterday", days, f"Orders a day in the last {DAYS} days"),
        ),
        Metric(
            *("Waiting for release", capped(counts["on-hold"]), _orders("tab=on-hold"), "pause"),
            *("", "on hold at TikTok"),
        ),
        Metric(
            *("Blocked", capped(counts["blocked"]), _orders("sync_status=failed"), "stop"),
            *("bad" if counts["blocked"] else "", _say_causes(causes)),
            *(blocked if any(blocked) else (), "Blocked orders by the day they were placed"),
        ),
        Metric(
            *("Due today", capped(today), _orders("due=today"), "clock"),
            "bad" if overdue else "wait" if today else "",
            f"and {capped(overdue)} overdue" if overdue else "none overdue",
        ),
        Metric(
            *("Minutes to Shopify", pace.words, _orders("sync_status=synced"), "timer", ""),
            *("median of 7 days", pace.minutes, "Median minutes of each day"),
        ),
    ]


def _orders(query: str) -> str:
    return f"{reverse('orders')}?{query}"


def _say_causes(count: int) -> str:
    if not count:
        return "nothing stands still"
    return "by one cause" if count == 1 else f"by {count} causes"


def _lane(
    shops: list[TikTokShop], counts: dict[str, int], now: datetime, key: str, label: str, tone: str
) -> Lane:
    count = counts[f"due-{key}"]
    rows: list[Order] = []
    if count:
        # Sorted by an expression, SQLite looks at the open orders alone; sorted by the column, it
        # walks the deadlines of all orders there ever were.
        first = due_orders(orders_of(shops), key, now).order_by(Coalesce("ship_by", Value(now)))
        keys = first.values("pk")[:LANE_SHOWS]
        due = Order.objects.filter(pk__in=keys).defer("raw").select_related("shop")
        rows = list(due.order_by("ship_by", "id"))
    return Lane(label, tone if count else "off", f"due={key}", count, rows)


def recent_changes(shops: list[TikTokShop]) -> list[tuple[Order, Event]]:
    """The last lines of the newest orders' histories, the newest line first."""
    newest = orders_of(shops).order_by("-placed_at", "-id").values("pk")[:NEWEST_ORDERS]
    lines = list(
        StatusChange.objects.filter(order__in=newest)
        .select_related("order__shop", "user", "attempt")
        .defer("order__raw")
        .order_by("-id")[:CHANGES]
    )
    return list(zip([line.order for line in lines], tell_history(lines[::-1]), strict=True))
