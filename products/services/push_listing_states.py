"""push_listing_states: listings of one shop go on or off sale."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from products.models import ListingTask
from products.services.listing_task_flow import ListingTaskFlow
from tiktoksync.lib.answers import Answer
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import Attempt


class PushListingStates(ListingTaskFlow):
    """Put listings on or off sale on TikTok."""

    stem = "push_listing_states"
    kind = ListingTask.Kind.STATE

    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        raise NotImplementedError

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        raise NotImplementedError
