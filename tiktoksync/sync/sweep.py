"""The sweep: finds every due row by indexed queries and wakes its lane."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import structlog

from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.lanes import Lane, flow_class

log = structlog.get_logger(__name__)


def due_lanes(stems: Iterable[str]) -> Iterator[Lane]:
    """Every lane of these flows with something to do now."""
    now = database_now()
    for stem in stems:
        for account_id in flow_class(stem).due_accounts(now):
            yield Lane(stem, account_id)


def recover_lost() -> int:
    """Give back the rows of workers that went away."""
    from tiktoksync.cron import FLOWS

    models = set()
    recovered = 0
    for stem in FLOWS:
        flow = flow_class(stem)
        if issubclass(flow, OutboundFlow) and flow.model not in models:
            models.add(flow.model)
            recovered += flow.recover()
    if recovered:
        log.warning("recovered lost claims", rows=recovered)
    return recovered


def sweep() -> int:
    """Recover lost claims and wake every due lane; returns how many lanes were woken."""
    from tiktoksync.cron import FLOWS

    recover_lost()
    return wake_due(FLOWS)


def wake_due(stems: Iterable[str]) -> int:
    """Wake every lane of these flows that has something to do now."""
    lanes = list(due_lanes(stems))
    for lane in lanes:
        queue.wake(lane.stem, lane.account_id)
    return len(lanes)
