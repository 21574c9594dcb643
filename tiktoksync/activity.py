"""What the machinery does for one merchant: at work, in trouble, to come, done; and its polls."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date

from orders.frame import health_badge
from orders.presentation import Badge
from tiktoksync.activity_subjects import Subject, belongs_to, subjects_of
from tiktoksync.activity_words import FLOWS, flow_words
from tiktoksync.activity_work import list_causes, list_in_hand, list_waiting
from tiktoksync.runs.models import Run
from tiktoksync.runs.shown import KindWords, words_of
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop
from tiktoksync.sync.models import Attempt
from tiktoksync.ui.components import Tab
from tiktoksync.web_access import read_key

SHOWN = 50
RUNS = 5
MOST_RUNS = 20
READ = 200
RECENT = timedelta(days=14)
TABS = {
    "running": "Running",
    "attention": "Needs attention",
    "scheduled": "Scheduled",
    "finished": "Finished",
}
ENDED = (Run.Status.FINISHED, Run.Status.CANCELLED)
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Tries:
    """An attempt in a merchant's words, and how many alike came right before it."""

    attempt: Attempt
    what: str
    subject: Subject | None
    count: int


@dataclass(frozen=True, slots=True)
class Poll:
    """How fresh the news from one account is."""

    account: TikTokShop | ShopifyStore
    what: str
    last_at: datetime | None
    next_at: datetime | None
    known_up_to: datetime | None

    @property
    def health(self) -> Badge:
        """The state of the account that is asked, and whether its poll has been left undone."""
        badge = health_badge(self.account)
        is_late = self.next_at is not None and self.next_at < timezone.now() - LATE
        if is_late and badge.tone == "good":
            return Badge("Late", "clock", "wait", "No worker has asked for a while")
        return badge


@dataclass(frozen=True, slots=True)
class Lane:
    """The polls under everything, and in how many words they can be told."""

    polls: list[Poll]

    @property
    def troubled(self) -> int:
        """Polls that are late, or whose account cannot be asked."""
        return sum(poll.health.tone != "good" for poll in self.polls)


def gather_activity(
    merchant: Merchant, shops: Sequence[TikTokShop], asked: Mapping[str, str]
) -> dict[str, Any]:
    """The facts of the tab that an address asks for; by itself, the one that needs a person."""
    causes, troubled = list_causes(merchant), troubled_runs(merchant)
    active = list(_runs(merchant).filter(status__in=(*Run.ACTIVE, Run.Status.READY))[:MOST_RUNS])
    tab = asked.get("tab", "")
    if tab not in TABS:
        tab = "attention" if causes or troubled else "running"
    counts = {"running": len(active), "attention": len(causes) + len(troubled)}
    context = {
        "tab": tab,
        "tabs": [
            Tab(label, f"{reverse('activity')}?tab={key}", key == tab, counts.get(key))
            for key, label in TABS.items()
        ],
        "lane": Lane(list_polls(shops)),
    }
    if tab == "running":
        return context | {"runs": _worded(active), "in_hand": list_in_hand(merchant)}
    if tab == "attention":
        return context | {"runs": _worded(troubled), "causes": causes}
    if tab == "scheduled":
        waiting, total = list_waiting(merchant)
        return context | {"waiting": waiting, "waiting_total": total}
    return context | gather_finished(merchant, asked)


def gather_finished(merchant: Merchant, asked: Mapping[str, str]) -> dict[str, Any]:
    """The tries made, narrowed by the address, and before all of them the last runs that ended."""
    flow, outcome = asked.get("flow", ""), asked.get("outcome", "")
    wanted: dict[str, Any] = {"flow": flow} if flow in FLOWS else {}
    if outcome in Attempt.Outcome.values:
        wanted["outcome"] = outcome
    day = parse_day(asked.get("day", ""))
    if day:
        start = timezone.make_aware(datetime.combine(day, time.min))
        wanted |= {"started_at__gte": start, "started_at__lt": start + timedelta(days=1)}
    after = read_key(asked.get("after", ""))
    tries, older = read_tries(merchant, wanted, after)
    is_start = not wanted and not after
    ended = _runs(merchant).filter(status__in=ENDED)[:RUNS] if is_start else ()
    return {
        "runs": _worded(ended),
        "tries": tries,
        "older": older,
        "after": after,
        "flows": sorted(FLOWS.items(), key=lambda one: one[1]),
        "outcomes": Attempt.Outcome.choices,
        "flow": wanted.get("flow", ""),
        "outcome": wanted.get("outcome", ""),
        "day": day,
        "is_narrowed": bool(wanted),
    }


def parse_day(text: str) -> date | None:
    """A day as a date field sends it; None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def read_tries(
    merchant: Merchant, wanted: Mapping[str, Any], after: int
) -> tuple[list[Tries], int | None]:
    """Attempts made for this merchant, newest first, those in a row that are alike folded.

    A batch tells of many rows at once, and one line is enough for it. With them comes the key
    behind which the next page begins, if there is one.
    """
    found = Attempt.objects.filter(belongs_to(merchant), **wanted)
    if after:
        found = found.filter(pk__lt=after)
    attempts = list(found.order_by("-id")[: READ + 1])
    groups = [list(alike) for _, alike in groupby(attempts[:READ], key=_likeness)]
    rows = groups[:SHOWN]
    is_more = len(attempts) > READ or len(groups) > SHOWN
    subjects = subjects_of([row[0] for row in rows])
    return [
        Tries(
            row[0],
            flow_words(row[0].flow),
            subjects.get((row[0].subject, row[0].subject_id)),
            len(row),
        )
        for row in rows
    ], (rows[-1][-1].pk if is_more else None)


def _likeness(attempt: Attempt) -> tuple[Any, ...]:
    if attempt.outcome != Attempt.Outcome.OK:
        return (attempt.pk,)
    return (attempt.flow, attempt.outcome)


def troubled_runs(merchant: Merchant) -> list[Run]:
    """Runs of the last weeks that could not go on, or in which something failed."""
    trouble = Q(status=Run.Status.FAILED) | Q(status__in=ENDED, failed__gt=0)
    since = timezone.now() - RECENT
    return list(_runs(merchant).filter(trouble, created_at__gte=since)[:MOST_RUNS])


def _runs(merchant: Merchant) -> QuerySet[Run]:
    rows = Run.objects.filter(merchant=merchant).select_related("shop", "started_by")
    return rows.order_by("-id")


def _worded(rows: Iterable[Run]) -> list[tuple[Run, KindWords]]:
    return [(run, words_of(run)) for run in rows]


def list_polls(shops: Sequence[TikTokShop]) -> list[Poll]:
    """What each account is asked from time to time, with the last and the next time."""
    polls = []
    for shop in shops:
        up_to = _moment(shop.watermark)
        asked, due = shop.last_poll_at, shop.next_poll_at
        polls.append(Poll(shop, "Orders from TikTok", asked, due, up_to))
        up_to = _moment(shop.returns_watermark)
        asked, due = shop.last_aftersales_poll_at, shop.next_aftersales_poll_at
        polls.append(Poll(shop, "Returns from TikTok", asked, due, up_to))
        asked, due = shop.last_catalogue_poll_at, shop.next_catalogue_poll_at
        up_to = _moment(shop.listings_watermark)
        polls.append(Poll(shop, "Listings from TikTok", asked, due, up_to))
    for store in {shop.store_id: shop.store for shop in shops}.values():
        asked, due = store.last_fulfillment_poll_at, store.next_fulfillment_poll_at
        up_to = store.fulfillments_watermark
        polls.append(Poll(store, "Shipments from Shopify", asked, due, up_to))
        asked, due = store.last_catalogue_poll_at, store.next_catalogue_poll_at
        up_to = store.products_watermark
        polls.append(Poll(store, "Products from Shopify", asked, due, up_to))
    return polls


def _moment(watermark: int | None) -> datetime | None:
    return datetime.fromtimestamp(watermark, UTC) if watermark else None
