"""push_prices: the prices of one shop's listings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from products.models import ListingTask
from products.services.listing_task_flow import ListingTaskFlow
from tiktoksync.lib.answers import Answer
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import Attempt


class PushPrices(ListingTaskFlow):
    """Tell TikTok the prices."""

    stem = "push_prices"
    kind = ListingTask.Kind.PRICES

    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        raise NotImplementedError

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        raise NotImplementedError
