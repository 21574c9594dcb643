"""One pass of every flow in the foreground, without a queue."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from orders.services.actions import pull_now
from tiktoksync.cron import FLOWS, POLLS
from tiktoksync.management.flow_command import drain_due, raise_first
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.sweep import recover_lost

MOST_ROUNDS = 6


class Command(BaseCommand):
    help = "Poll both platforms once and work everything that is due, in the foreground."

    def handle(self, *args: Any, **options: Any) -> None:
        recover_lost()
        pull_now(TikTokShop.objects.all())
        totals, bugs = dict.fromkeys(FLOWS, 0), list[Exception]()
        for round_ in range(MOST_ROUNDS):
            stems = FLOWS if round_ == 0 else [stem for stem in FLOWS if stem not in POLLS]
            done = {stem: drain_due(stem) for stem in stems}
            for stem, drained in done.items():
                totals[stem] += drained.worked
                bugs += drained.bugs
            if not any(drained.worked for drained in done.values()):
                break
        for stem, count in totals.items():
            self.stdout.write(f"{stem}: {count}")
        raise_first(bugs)
