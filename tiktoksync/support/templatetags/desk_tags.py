"""What the first page of the administration shows of the queue."""

from __future__ import annotations

from typing import Any

from django import template
from django.conf import settings

from tiktoksync.lib import queue

register = template.Library()


@register.simple_tag
def queue_counts() -> dict[str, Any]:
    """Each queue with its jobs and workers; `away` when its server does not answer."""
    if not queue.ping():
        return {"queues": [], "away": True}
    queues = [
        {"name": name, "jobs": queue.pending(name), "workers": queue.count_workers(name)}
        for name in settings.RQ_QUEUES
    ]
    return {"queues": queues, "away": False}
