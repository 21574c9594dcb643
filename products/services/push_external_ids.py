"""push_external_ids: Shopify's ids on one shop's listings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from products.models import ListingTask
from products.services.listing_task_flow import ListingTaskFlow
from tiktoksync.lib.answers import Answer
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.models import Attempt


class PushExternalIds(ListingTaskFlow):
    """Note Shopify's ids on TikTok's listings."""

    stem = "push_external_ids"
    kind = ListingTask.Kind.EXTERNAL_IDS

    def plan(self, rows: Sequence[Any], now: datetime) -> list[Task]:
        raise NotImplementedError

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        raise NotImplementedError
