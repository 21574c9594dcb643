"""What a backfill would do with an order that TikTok lists: pure, by stored facts and rules.

It follows the policy for new orders, but for the start date: whoever asks for old orders has chosen
their dates. Nothing that has begun to ship is created, and nothing that a rule leaves out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from orders import policy
from orders.facts import Malformed, OrderFacts, order_facts


class Cause(StrEnum):
    """Under which heading an order counts, besides the policy's own reasons."""

    MISSING = "missing"
    MISSING_ON_HOLD = "missing_on_hold"
    ALREADY_HERE = "already_here"
    ALREADY_IN_SHOPIFY = "already_in_shopify"
    OURS_IN_SHOPIFY = "ours_in_shopify"
    UNPAID = "unpaid"
    UNREADABLE = "unreadable"
    GONE = "gone"


#: Orders that a started backfill sees to.
TO_DO = (
    Cause.MISSING,
    Cause.MISSING_ON_HOLD,
    Cause.ALREADY_IN_SHOPIFY,
    Cause.OURS_IN_SHOPIFY,
)
#: Of these, those that become Shopify orders.
CREATED = (Cause.MISSING, Cause.MISSING_ON_HOLD)

_WORDS: dict[str, str] = {
    Cause.MISSING: "Missing: will be created in Shopify",
    Cause.MISSING_ON_HOLD: "Missing and still on hold: created once TikTok releases them",
    Cause.ALREADY_HERE: "Already here",
    Cause.ALREADY_IN_SHOPIFY: "Already in Shopify, made by another app",
    Cause.OURS_IN_SHOPIFY: "Already in Shopify, made by TikTokSync: taken over again",
    Cause.UNPAID: "Not paid",
    Cause.UNREADABLE: "Not readable",
    Cause.GONE: "No longer at TikTok",
    policy.SkipReason.ALREADY_PAST_SHIPMENT: "Already shipped",
    policy.SkipReason.CANCELLED: "Cancelled on TikTok",
    policy.SkipReason.CANCELLED_IN_HOLD: "Cancelled on TikTok",
    policy.SkipReason.DISMISSED: "Dismissed here",
    policy.SkipReason.EXCLUDED_NORMAL: "Left out by your rule: normal orders",
    policy.SkipReason.EXCLUDED_SAMPLE: "Left out by your rule: samples",
    policy.SkipReason.EXCLUDED_PRE_ORDER: "Left out by your rule: pre-orders",
    policy.SkipReason.EXCLUDED_FULFILLED_BY_TIKTOK: "Left out by your rule: fulfilled by TikTok",
    policy.SkipReason.EXCLUDED_REPLACEMENT: "Left out by your rule: replacements",
    policy.SkipReason.EXCLUDED_MADE_TO_ORDER: "Left out by your rule: made to order",
    policy.SkipReason.EXCLUDED_UNKNOWN_TYPE: "Left out by your rule: unknown types",
    policy.WaitReason.ON_HOLD: "On hold at TikTok: goes on when it is released",
    policy.WaitReason.PRE_ORDER: "Pre-order: goes on when TikTok releases it",
    policy.WaitReason.SAFETY_HOLD: "Kept back by your safety hold: goes on by itself",
    policy.WaitReason.AUTO_SYNC_OFF: "Waits for your click: automatic sync is off",
    policy.WaitReason.NOT_LIVE: "Waits until the connection is live: goes on by itself",
    policy.WaitReason.UNKNOWN_STATUS: "In a status that is not known here",
    policy.WaitReason.UNKNOWN_ORDER_TYPE: "Of a type that is not known here",
    policy.BlockReason.SKU_UNLINKED: "Blocked: not linked to a Shopify product",
    policy.BlockReason.SKU_AMBIGUOUS: "Blocked: several variants share the SKU",
    policy.BlockReason.SKU_BLANK: "Blocked: no seller SKU",
    policy.BlockReason.VARIANT_GONE: "Blocked: the linked variant is gone",
    policy.BlockReason.CURRENCY_NOT_ACCEPTED: "Blocked: currency not accepted",
    policy.BlockReason.MONEY_MISMATCH: "Blocked: the sums do not agree",
    policy.BlockReason.ADDRESS_MISSING: "Blocked: no shipping address",
    "created": "Created in Shopify",
}
# TikTok's own holds end by themselves; the merchant's are no reason not to take an order in.
_ON_HOLD = (policy.WaitReason.ON_HOLD, policy.WaitReason.PRE_ORDER)
_WAITS_HERE = (
    policy.WaitReason.SAFETY_HOLD,
    policy.WaitReason.AUTO_SYNC_OFF,
    policy.WaitReason.NOT_LIVE,
)


@dataclass(frozen=True, slots=True)
class Sorted:
    """An order under its heading. `order_id` is empty only where TikTok gave none."""

    order_id: str
    cause: str
    placed: int = 0

    @property
    def is_missing(self) -> bool:
        """Whether it would be created, if Shopify does not have it."""
        return self.cause in CREATED


def cause_words(cause: str) -> str:
    """A heading as a merchant reads it."""
    return _WORDS.get(cause) or cause.replace("_", " ").capitalize() or "Other"


def sort_order(
    body: Mapping[str, Any], rules: policy.Rules, now: datetime, *, is_here: bool = False
) -> Sorted:
    """Where an order belongs as TikTok shows it; whether Shopify has it is another question."""
    try:
        facts = order_facts(body)
    except Malformed as malformed:
        return Sorted(malformed.order_id, Cause.UNREADABLE)
    cause = Cause.ALREADY_HERE if is_here else _judge(facts, rules, now)
    return Sorted(facts.order_id, str(cause), facts.create_time)


def _judge(facts: OrderFacts, rules: policy.Rules, now: datetime) -> str:
    decision = policy.first_sight(facts, replace(rules, sync_from=None), now)
    if decision.verb is policy.Verb.IGNORE:
        return Cause.UNPAID
    if decision.verb is policy.Verb.SEND or decision.reason in _WAITS_HERE:
        return Cause.MISSING
    if decision.reason in _ON_HOLD:
        return Cause.MISSING_ON_HOLD
    return str(decision.reason)
