"""The home page's figures over time: orders a day by state, minutes to Shopify, causes of blocks.

Each is one query that an index answers, whatever the number of orders (tests/web/test_home_numbers
bounds them; `bench.dashboard` measures them).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from urllib.parse import urlencode

from django.db.models import Case, Count, IntegerField, Max, Min, Q, Value, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from orders.filters import CAP, orders_of
from orders.list_words import cause_title
from orders.models import Order
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncStatus
from tiktoksync.ui.charts import Chart, Series, Share, say_number

DAYS = 14
WINDOW_DAYS = 30
SAMPLE_A_DAY = 40
CAUSES_SHOWN = 5
_OLDER = -1

#: The states of the chart: the name, the tone, and what stands behind it.
STATES: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("in Shopify", "good", (SyncStatus.SYNCED.value,)),
    (
        "waiting",
        "wait",
        (SyncStatus.HELD.value, SyncStatus.PENDING.value, SyncStatus.SENDING.value),
    ),
    ("blocked", "bad", (SyncStatus.FAILED.value,)),
    ("skipped by rule", "off", (SyncStatus.SKIPPED.value,)),
)


@dataclass(frozen=True, slots=True)
class Numbers:
    """Orders of the last days by state; `totals` go back further than the days."""

    days: list[date]
    by_state: dict[str, list[int]]
    totals: dict[str, int]
    since: date

    @property
    def a_day(self) -> list[int]:
        """Orders of each day, whatever became of them."""
        return [sum(counts) for counts in zip(*self.by_state.values(), strict=True)]


def day_starts(now: datetime, days: int = DAYS) -> list[datetime]:
    """The midnights at which the last days began in the current time zone, the oldest first."""
    today = timezone.localtime(now).date()
    return [_midnight(today - timedelta(days=back)) for back in range(days - 1, -1, -1)]


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def count_days(shops: Sequence[TikTokShop], now: datetime) -> Numbers:
    """Every order of the window under its state, and by day for the last of them."""
    starts = day_starts(now)
    since = _midnight(timezone.localtime(now).date() - timedelta(days=WINDOW_DAYS))
    newest_first = [
        When(placed_at__gte=starts[index], then=Value(index)) for index in range(DAYS - 1, -1, -1)
    ]
    day = Case(*newest_first, default=Value(_OLDER), output_field=IntegerField())
    # All statuses are named, so that the index over status and date answers alone.
    rows = orders_of(shops).filter(sync_status__in=SyncStatus.values, placed_at__gte=since)
    counted = rows.order_by().annotate(day=day).values_list("day", "sync_status")
    state_of = {status: name for name, _, statuses in STATES for status in statuses}
    by_state = {name: [0] * DAYS for name, _, _ in STATES}
    totals = dict.fromkeys(by_state, 0)
    for index, status, count in counted.annotate(count=Count("pk")):
        totals[state_of[status]] += count
        if index != _OLDER:
            by_state[state_of[status]][index] += count
    local = timezone.localtime
    return Numbers([local(start).date() for start in starts], by_state, totals, local(since).date())


def chart_days(numbers: Numbers) -> Chart:
    """Orders a day, stacked by what became of them."""
    counts = numbers.a_day
    series = [Series(name, tone, numbers.by_state[name]) for name, tone, _ in STATES]
    said = f"Between {min(counts)} and {max(counts)} a day in the last {DAYS} days."
    return Chart("Orders a day by state", _day_names(numbers.days), series, said, "orders")


def _day_names(days: Sequence[date]) -> list[str]:
    return [date_format(day, "j M") for day in days]


@dataclass(frozen=True, slots=True)
class Pace:
    """Median minutes from TikTok's release to the order in Shopify, by day where there are any."""

    days: list[date]
    minutes: list[float]
    lately: float | None

    @property
    def words(self) -> str:
        """The latest figure: "0.4", or a dash."""
        return "–" if self.lately is None else say_number(self.lately)


def measure_pace(shops: Sequence[TikTokShop], now: datetime) -> Pace:
    """The medians of the last days, each from the day's newest synced orders."""
    starts = day_starts(now)
    synced = orders_of(shops).filter(sync_status=SyncStatus.SYNCED)
    newest = Q()
    for begin, end in zip(starts, [*starts[1:], now], strict=True):
        day = synced.filter(placed_at__gte=begin, placed_at__lt=end).order_by("-placed_at")
        newest |= Q(pk__in=day.values("pk")[:SAMPLE_A_DAY])
    rows = Order.objects.order_by().filter(newest, released_at__isnull=False)
    by_day: dict[date, list[float]] = defaultdict(list)
    for placed, released, reached in rows.values_list("placed_at", "released_at", "synced_at"):
        if released and reached and reached >= released:
            day_of = timezone.localtime(placed).date()
            by_day[day_of].append((reached - released).total_seconds() / 60)
    days = sorted(by_day)
    medians = [round(median(by_day[day]), 1) for day in days]
    lately = [minutes for day in days[-7:] for minutes in by_day[day]]
    return Pace(days, medians, round(median(lately), 1) if lately else None)


def chart_pace(pace: Pace) -> Chart:
    """How fast orders reached Shopify, day by day."""
    series = [Series("median", "accent", pace.minutes)]
    low, high = min(pace.minutes, default=0), max(pace.minutes, default=0)
    said = f"The median of a day was between {say_number(low)} and {say_number(high)} minutes."
    title = "Minutes from release to Shopify"
    return Chart(title, _day_names(pace.days), series, said, "minutes")


def list_causes(shops: Sequence[TikTokShop]) -> list[Share]:
    """What blocks orders now, the most frequent cause first; of very many orders, a part."""
    failed = orders_of(shops).filter(sync_status=SyncStatus.FAILED).order_by()
    groups = (
        Order.objects.order_by()
        .filter(pk__in=failed.values("pk")[: CAP + 1])
        .values_list("failure_code", "failure_kind")
        .annotate(count=Count("pk"), first=Min("failure_reason"), last=Max("failure_reason"))
        .order_by("-count", "failure_code")[:CAUSES_SHOWN]
    )
    return [
        Share(
            cause_title(code, kind, first if first == last else ""),
            count,
            _cause_address(code),
            "bad",
        )
        for code, kind, count, first, last in groups
    ]


def _cause_address(code: str) -> str:
    wanted = {"sync_status": SyncStatus.FAILED.value} | ({"cause": code} if code else {})
    return f"{reverse('orders')}?{urlencode(wanted)}"


def say_account(numbers: Numbers) -> str:
    """Where the paid orders of the window are; empty without any."""
    whole = sum(numbers.totals.values())
    if not whole:
        return ""
    since = date_format(numbers.since, "j F")
    told = [f"{count:,} {name}" for name, count in numbers.totals.items() if count]
    listed = " and ".join(filter(None, [", ".join(told[:-1]), told[-1]]))
    subject = "The one paid TikTok order" if whole == 1 else f"All {whole:,} paid TikTok orders"
    verb = "is" if whole == 1 else "are"
    return f"{subject} since {since} {verb} accounted for: {listed}."
