"""Decisions and moments that the policy tests share."""

from datetime import UTC, datetime, timedelta
from typing import Any

from orders.facts import OrderFacts
from orders.policy import (
    Decision,
    LinkState,
    Rules,
    SkipReason,
    Verb,
    WaitReason,
)
from tests.orders.data import build

CREATED = datetime.fromtimestamp(build.CREATED, UTC)
PAID = datetime.fromtimestamp(build.PAID, UTC)
NOW = CREATED + timedelta(hours=2)
RULES = Rules(store_currency="USD")
LINKED = {"29RED": LinkState.LINKED}

HOLD_SENTENCE = "On hold at TikTok: the buyer can still cancel. It goes on when TikTok releases it."
UNKNOWN_SENTENCE = (
    'TikTok reports the status "TELEPORTED", which is not known here. '
    "The order waits until TikTok reports a known one."
)
SKIP_CANCELLED = Decision(
    Verb.SKIP, SkipReason.CANCELLED, "Skipped: the order was cancelled on TikTok."
)
SKIP_IN_HOLD = Decision(
    Verb.SKIP,
    SkipReason.CANCELLED_IN_HOLD,
    "Skipped: the order was cancelled while TikTok still held it back.",
)
HOLD_ON_HOLD = Decision(Verb.HOLD, WaitReason.ON_HOLD, HOLD_SENTENCE)
HOLD_UNKNOWN = Decision(Verb.HOLD, WaitReason.UNKNOWN_STATUS, UNKNOWN_SENTENCE)
SEND = Decision(Verb.SEND)
IGNORE = Decision(Verb.IGNORE)


def past(status: str) -> Decision:
    return Decision(
        Verb.SKIP,
        SkipReason.ALREADY_PAST_SHIPMENT,
        f"Skipped: TikTok already reports the order as {status}, so it is past shipping.",
    )


def of(status: str, **fields: Any) -> OrderFacts:
    return build.facts(status=status, **fields)
