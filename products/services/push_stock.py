"""push_stock: the quantities of one shop's listings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from products.models import ListingTask
from products.services.listing_task_flow import ListingTaskFlow
from tiktoksync.lib.answers import Answer
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import Attempt


class PushStock(ListingTaskFlow):
    """Tell TikTok what can be sold."""

    stem = "push_stock"
    kind = ListingTask.Kind.STOCK

    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        raise NotImplementedError

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        raise NotImplementedError
