"""What can be done with many orders at once, and for which of them it cannot be done and why.

Pure: an order is judged by its state alone, so a preview and the work agree, and thousands of
orders are judged by the few states that they are in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orders.explanations import RELEASABLE
from orders.policy import SkipReason
from tiktoksync.sync.models import FailureKind, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

HELD, PENDING = SyncStatus.HELD.value, SyncStatus.PENDING.value
SENDING, SYNCED = SyncStatus.SENDING.value, SyncStatus.SYNCED.value
FAILED, SKIPPED = SyncStatus.FAILED.value, SyncStatus.SKIPPED.value
CANCELLED, RELEASED = OrderStatus.CANCELLED.value, OrderStatus.AWAITING_SHIPMENT.value
HELD_THERE = (OrderStatus.ON_HOLD.value, OrderStatus.UNPAID.value)
#: Skipped by a person or by a rule on kinds: asking for such orders makes sense.
TAKEN_BACK = (SkipReason.DISMISSED.value, *(r.value for r in SkipReason if "excluded" in r.value))


@dataclass(frozen=True, slots=True)
class State:
    """What decides about one order, or about many that stand alike."""

    tiktok_status: str
    sync_status: str
    failure_kind: str = ""
    skip_reason: str = ""
    wait_reason: str = ""
    is_kept: bool = False
    in_doubt: bool = False
    waits_for_time: bool = False
    is_refused: bool = False  # a tracking number that TikTok refused
    has_trouble: bool = False  # something that follows the order failed
    has_tag: bool = False


Judge = Callable[[State], str]


@dataclass(frozen=True, slots=True)
class Act:
    """One thing to do. `judge` gives "" or the cause why not; `infinitive` ends "cannot …"."""

    key: str
    label: str
    verb: str
    infinitive: str
    done: str
    judge: Judge
    undo: str = ""
    asks: str = ""  # what has to be typed: "tag", "reason"
    watch: bool = False  # what comes of it shows only later


def _judge_sync(state: State) -> str:
    if state.tiktok_status == CANCELLED:
        return "cancelled"
    if state.sync_status in (SYNCED, SENDING):
        return "in_shopify" if state.sync_status == SYNCED else "sending"
    if state.failure_kind == FailureKind.MALFORMED:
        return "unreadable"
    if state.tiktok_status in HELD_THERE:
        return "on_hold"
    if state.sync_status == HELD:
        return "" if state.tiktok_status == RELEASED else "unknown_status"
    if state.sync_status == SKIPPED:
        wanted = state.skip_reason in TAKEN_BACK and state.tiktok_status == RELEASED
        return "" if wanted else "skipped_for_good"
    if state.sync_status == PENDING and not state.waits_for_time:
        return "queued"
    return ""


def _judge_retry(state: State) -> str:
    if state.sync_status != FAILED:
        return "" if state.has_trouble else "nothing_failed"
    if state.failure_kind == FailureKind.MALFORMED:
        return "unreadable"
    return "cancelled" if state.tiktok_status == CANCELLED else ""


def _judge_resend(state: State) -> str:
    return "" if state.is_refused else "nothing_refused"


def _judge_keep(state: State) -> str:
    if state.is_kept:
        return "kept_already"
    if state.sync_status not in (HELD, PENDING):
        return _NOT_WAITING[state.sync_status]
    return "in_doubt" if state.in_doubt else ""


def _judge_release(state: State) -> str:
    if state.sync_status != HELD:
        return _NOT_WAITING.get(state.sync_status, "not_held")
    if state.is_kept:
        return ""
    if state.tiktok_status in HELD_THERE:
        return "on_hold"
    ours = state.wait_reason in RELEASABLE and state.tiktok_status == RELEASED
    return "" if ours else "not_held"


def _judge_tag(state: State) -> str:
    return "tagged" if state.has_tag else ""


def _judge_skip(state: State) -> str:
    if state.sync_status in (SYNCED, SENDING, SKIPPED):
        return _NOT_WAITING[state.sync_status]
    return "in_doubt" if state.in_doubt else ""


_NOT_WAITING = {SYNCED: "in_shopify", SENDING: "sending", FAILED: "failed", SKIPPED: "skipped"}

ACTS: Mapping[str, Act] = {
    act.key: act
    for act in (
        Act("sync", "Sync now", "Sync", "be synced", "queued for Shopify", _judge_sync, watch=True),
        Act("retry", "Retry", "Retry", "be retried", "queued again", _judge_retry, watch=True),
        Act("keep", "Keep back", "Keep back", "be kept back", "kept back", _judge_keep, "let_go"),
        Act("release", "Release", "Release", "be released", "released", _judge_release),
        Act(
            "resend",
            "Resend tracking",
            "Resend for",
            "have their tracking resent",
            "queued for TikTok",
            _judge_resend,
            watch=True,
        ),
        Act("tag", "Add tag…", "Tag", "be tagged", "tagged", _judge_tag, "untag", asks="tag"),
        Act("skip", "Skip…", "Skip", "be skipped", "skipped", _judge_skip, "unskip", asks="reason"),
    )
}
FIRST = tuple(ACTS[key] for key in ("sync", "retry", "keep", "release"))
MORE = tuple(act for act in ACTS.values() if act not in FIRST)

WORDS: Mapping[str, str] = {
    "cancelled": "cancelled",
    "failed": "blocked or failed",
    "gone": "no longer here",
    "in_doubt": "being looked for in Shopify",
    "in_shopify": "already in Shopify",
    "kept_already": "kept back already",
    "not_held": "not kept back by you",
    "nothing_failed": "without a failure",
    "nothing_refused": "without a refused tracking number",
    "on_hold": "on hold at TikTok",
    "queued": "queued already",
    "sending": "being sent right now",
    "skipped": "skipped",
    "skipped_for_good": "skipped as past shipping or too old",
    "tagged": "tagged so already",
    "unknown_status": "in a status that is not known here",
    "unreadable": "unreadable",
}


def cause_words(cause: str) -> str:
    """Why something was not done, as a person reads it in a list of causes."""
    said = WORDS.get(cause) or cause.replace("_", " ")
    return said[:1].upper() + said[1:]


@dataclass(frozen=True, slots=True)
class Check:
    """What an action would do: how many it can be done with, and the others by cause."""

    act: Act
    ready: int
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def total(self) -> int:
        """Orders that were selected."""
        return self.ready + sum(count for _, count in self.left_out)

    @property
    def left_out_count(self) -> int:
        """How many it cannot be done with."""
        return self.total - self.ready

    @property
    def sentence(self) -> str:
        """What cannot be done, in one sentence; "" if all can."""
        missing = self.total - self.ready
        if not missing:
            return ""
        causes = ", ".join(f"{count:,} {WORDS[cause]}" for cause, count in self.left_out)
        return f"{missing:,} of {self.total:,} cannot {self.act.infinitive}: {causes}."


def check(act: Act, states: Mapping[State, int]) -> Check:
    """Judge orders by their states, each with how many stand so."""
    ready, causes = 0, dict[str, int]()
    for state, count in states.items():
        cause = act.judge(state)
        if cause:
            causes[cause] = causes.get(cause, 0) + count
        else:
            ready += count
    ordered = sorted(causes.items(), key=lambda pair: (-pair[1], pair[0]))
    return Check(act, ready, tuple(ordered))
