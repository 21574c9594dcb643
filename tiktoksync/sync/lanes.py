"""Lanes: the work queue of one flow for one connected account, drained by one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import structlog
from django.utils.module_loading import import_string

from tiktoksync.lib import queue
from tiktoksync.lib.gate import calling
from tiktoksync.lib.timing import database_now
from tiktoksync.sync import leases
from tiktoksync.sync.flows import Budget, Drained, Flow

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Lane:
    """One flow of one account."""

    stem: str
    account_id: int

    @property
    def key(self) -> str:
        return f"{self.stem}:{self.account_id}"


def flow_class(stem: str) -> type[Flow]:
    """The class of a flow, by its stem."""
    from tiktoksync.cron import FLOWS

    found: type[Flow] = import_string(FLOWS[stem].path)
    return found


def drain(lane: Lane, budget: Budget | None = None) -> Drained:
    """Work a lane; errors inside TikTokSync are recorded on their rows and raised at the end."""
    drained = work(lane, budget)
    for bug in drained.bugs:
        raise bug
    return drained


def work(lane: Lane, budget: Budget | None = None) -> Drained:
    """Take the lane's lease, work what is due, look once more, and wake the lane if need be."""
    queue.forget_wake(lane.stem, lane.account_id)
    flow = flow_class(lane.stem).load(lane.account_id)
    lease = leases.acquire(lane.key) if flow else None
    if flow is None or lease is None:
        return Drained(busy=flow is not None)
    turn = None
    if flow.takes_turns and flow.account.failures:
        # One lane tries whether the other side answers again; it must not hold all the workers.
        turn = leases.acquire(f"turn:{flow.account.lane_facts['account']}")
        if turn is None:
            lease.release()
            return Drained(busy=True)
    try:
        with calling(urgent=is_urgent(lane.stem)):
            drained = flow.run(lease, budget or polite_budget(lane.stem))
    except leases.LeaseLost:
        log.warning("lane overtaken", lane=lane.key)
        return Drained(busy=True)
    finally:
        lease.release()
        if turn is not None:
            turn.release()
    if flow.has_due(database_now()):
        queue.wake(lane.stem, lane.account_id)
    return drained


def is_urgent(stem: str) -> bool:
    """Whether the calls of this flow go before those of bulk flows."""
    from tiktoksync.cron import FLOWS

    return stem not in FLOWS or FLOWS[stem].queue != "bulk"


def polite_budget(stem: str) -> Budget:
    """A worker's budget: it gives way early when other lanes wait."""
    from tiktoksync.cron import queue_of

    return Budget(others_wait=partial(_others_wait, queue_of(stem)))


def _others_wait(name: str) -> bool:
    return queue.pending(name) > 0
