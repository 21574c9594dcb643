"""What a decision about an order is, and how one is made with its merchant's sentence."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from orders.policy_reasons import BlockReason, Reason, SkipReason, WaitReason, sentence


class Verb(StrEnum):
    IGNORE = "ignore"  # not stored at all
    HOLD = "hold"  # stored, kept back
    SEND = "send"  # due for Shopify
    SKIP = "skip"  # stored, never sent
    BLOCK = "block"  # a person must act
    WAIT = "wait"  # due later


@dataclass(frozen=True, slots=True)
class Decision:
    """`until` is when to decide again; None means on the next news or a person's act."""

    verb: Verb
    reason: Reason | None = None
    message: str = ""
    until: datetime | None = None


SEND = Decision(Verb.SEND)


def skip(reason: SkipReason, **facts: object) -> Decision:
    return Decision(Verb.SKIP, reason, sentence(reason, **facts))


def hold(reason: WaitReason, until: datetime | None = None, **facts: object) -> Decision:
    said = say_time(until) if until else None
    return Decision(Verb.HOLD, reason, sentence(reason, until=said, **facts), until)


def wait(reason: WaitReason, **facts: object) -> Decision:
    return Decision(Verb.WAIT, reason, sentence(reason, **facts))


def block(reason: BlockReason, **facts: object) -> Decision:
    return Decision(Verb.BLOCK, reason, sentence(reason, **facts))


def say_time(moment: datetime) -> str:
    """A moment in a sentence: to the minute, in UTC, since pages render times themselves."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
