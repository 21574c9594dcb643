"""Dry runs: up to a day in which nothing is created, and each order tells what would become of it.

A dry run keeps its beginning and its end alone. What it shows is worked out from the stored orders
whenever somebody looks, so a link that is made meanwhile shows at once. It never goes live by
itself: when its time is over it waits for a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from orders.models import Order
from tiktoksync.lib.timing import database_now
from tiktoksync.onboarding.models import DryRun
from tiktoksync.onboarding.verdicts import Fate, Verdict, count_fates, judge_orders
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.note_changes import note_settings_change
from tiktoksync.sync.models import Attempt, SyncStatus

LONGEST_HOURS = 24
JUDGED = 100


class DryRunConflict(Exception):
    """It cannot be done as things stand; the message says why."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What a dry run shows: the newest orders with their fates, and how many there are in all."""

    run: DryRun
    verdicts: list[Verdict]
    counts: dict[Fate, int]
    total: int
    sent: int
    is_over: bool

    @property
    def left_out(self) -> int:
        """Older orders that are not shown."""
        return self.total - len(self.verdicts)


def begin_dry_run(shop: TikTokShop, hours: int, user: Any) -> DryRun:
    """Begin one. Raises DryRunConflict where the shop is live or one is under way."""
    if shop.live_at is not None:
        raise DryRunConflict(f"{shop} is live already: its orders are created in Shopify.")
    if not 1 <= hours <= LONGEST_HOURS:
        raise DryRunConflict(f"A dry run lasts between 1 and {LONGEST_HOURS} hours.")
    now = database_now()
    try:
        with transaction.atomic():
            _close_those_over(shop, now)
            run = DryRun.objects.create(
                shop=shop, started_at=now, ends_at=now + timedelta(hours=hours)
            )
            _note(shop, user, f"Began a dry run of {hours} h for {shop}.")
    except IntegrityError as error:
        raise DryRunConflict("A dry run is under way already.") from error
    return run


def end_dry_run(shop: TikTokShop, user: Any) -> bool:
    """End the one under way; False if there is none."""
    now = database_now()
    with transaction.atomic():
        ended = DryRun.objects.filter(shop=shop, ended_at=None).update(ended_at=now)
        if ended:
            _note(shop, user, f"Ended the dry run of {shop}.")
    return bool(ended)


def last_dry_run(shop: TikTokShop) -> DryRun | None:
    """The newest one of a shop, whether it is over or not."""
    return DryRun.objects.filter(shop=shop).order_by("-pk").first()


def read_findings(run: DryRun, now: datetime) -> Findings:
    """What the newest of its orders would become; bounded, whatever the run has seen."""
    shop = run.shop
    rows = orders_of(run)
    newest = rows.select_related("shop__store").order_by("-first_seen_at", "-pk")[:JUDGED]
    orders = list(newest)
    for order in orders:
        order.shop = shop
    verdicts = judge_orders(shop, orders, now)
    is_over = run.ended_at is not None or run.ends_at <= now
    return Findings(run, verdicts, count_fates(verdicts), rows.count(), sent_since(run), is_over)


def orders_of(run: DryRun) -> QuerySet[Order]:
    """Orders that wait for the shop to go live, and those first seen or released meanwhile."""
    until = min(run.ended_at or run.ends_at, run.ends_at)
    seen = Q(first_seen_at__gte=run.started_at, first_seen_at__lte=until)
    released = Q(released_at__gte=run.started_at, released_at__lte=until)
    waiting = Q(sync_status=SyncStatus.HELD, first_seen_at__lte=until)
    return Order.objects.filter(seen | released | waiting, shop=run.shop)


def sent_since(run: DryRun) -> int:
    """How many times a Shopify order was asked for since it began: the proof of a dry run."""
    until = run.ended_at or run.ends_at
    orders = Order.objects.filter(shop=run.shop).order_by().values("pk")
    return Attempt.objects.filter(
        subject=Order._meta.label_lower,
        subject_id__in=orders,
        started_at__gte=run.started_at,
        started_at__lte=until,
    ).count()


def _close_those_over(shop: TikTokShop, now: datetime) -> None:
    over = DryRun.objects.filter(shop=shop, ended_at=None, ends_at__lte=now)
    for run in over:
        DryRun.objects.filter(pk=run.pk).update(ended_at=run.ends_at)


def _note(shop: TikTokShop, user: Any, words: str) -> None:
    note_settings_change(shop.merchant, "connections", user=user, words=words, shop=shop)
