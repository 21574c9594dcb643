"""Send, wait, block or skip: decided from an order's facts and the merchant's rules alone.

The order of the checks is the policy. A status or type not known here never sends anything.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from orders.facts import OrderFacts
from orders.policy_checks import (
    LinkState,
    check_address,
    check_currency,
    check_links,
    check_money,
    money_block,
)
from orders.policy_decisions import SEND, Decision, Verb, block, hold, say_time, skip
from orders.policy_reasons import BlockReason, Reason, SkipReason, WaitReason, sentence
from orders.policy_rules import SELLER_FULFILLED, OrderKind, Rules, kind_rule, kind_tags, order_kind

__all__ = [
    "BlockReason",
    "Decision",
    "LinkState",
    "OrderKind",
    "Reason",
    "Rules",
    "SkipReason",
    "Verb",
    "WaitReason",
    "before_send",
    "block",
    "expected_release",
    "first_sight",
    "kind_tags",
    "money_block",
    "on_change",
    "order_kind",
    "sentence",
    "skip",
]

# Past AWAITING_SHIPMENT: someone has begun to ship, so a new Shopify order would ship it twice.
PAST_SHIPMENT = frozenset(
    {"PARTIALLY_SHIPPING", "AWAITING_COLLECTION", "IN_TRANSIT", "DELIVERED", "COMPLETED"}
)
KNOWN_STATUSES = PAST_SHIPMENT | {"UNPAID", "ON_HOLD", "AWAITING_SHIPMENT", "CANCELLED"}
LATEST_TIME = 253_402_300_799  # the last second a datetime can hold
# TikTok Shop documentation: an order leaves ON_HOLD one hour after payment.
REMORSE = timedelta(hours=1)


def first_sight(
    facts: OrderFacts, rules: Rules, now: datetime, *, approved: bool = False
) -> Decision:
    """What to do with an order never seen before.

    `approved` says that the merchant asked for this order: no automatic hold stands in its way.
    """
    if facts.status == "UNPAID" or _was_never_paid(facts):
        return Decision(Verb.IGNORE)
    if rules.sync_from and _moment(facts.create_time) < rules.sync_from and not approved:
        return skip(SkipReason.BEFORE_SYNC_FROM, sync_from=say_time(rules.sync_from))
    if facts.status == "CANCELLED":
        return skip(SkipReason.CANCELLED)
    return _judge(facts, rules, now, approved)


def on_change(
    previous_status: str,
    facts: OrderFacts,
    rules: Rules,
    sync_status: str,
    now: datetime,
    *,
    approved: bool = False,
    kept_back: bool = False,
) -> Decision | None:
    """What news about a stored order means while it is not in Shopify; None if nothing is to do.

    Only `held`, `pending` and `failed` orders move here: the engine answers for one being sent.
    Called for a held order without news, it says when its time has come.
    """
    if sync_status not in ("held", "pending", "failed"):
        return None
    if facts.status == "CANCELLED":
        was_held = sync_status == "held" and previous_status == "ON_HOLD"
        return skip(SkipReason.CANCELLED_IN_HOLD if was_held else SkipReason.CANCELLED)
    decision = _judge(facts, rules, now, approved, kept_back)
    if decision.verb is Verb.SKIP:
        return decision
    if sync_status == "held":
        is_news = decision.verb is Verb.SEND or facts.status != previous_status
        return decision if is_news else None
    # A queued order is taken back only by TikTok; the merchant's own holds are read at sending.
    taken_back = decision.reason in _HELD_BY_TIKTOK
    return decision if sync_status == "pending" and taken_back else None


_HELD_BY_TIKTOK = (
    WaitReason.ON_HOLD,
    WaitReason.PRE_ORDER,
    WaitReason.UNPAID,
    WaitReason.UNKNOWN_STATUS,
)


def before_send(
    facts: OrderFacts,
    rules: Rules,
    links: Mapping[str, str],
    now: datetime,
    *,
    approved: bool = False,
    kept_back: bool = False,
) -> Decision:
    """The last word before an order leaves. `links` maps TikTok SKU ids to LinkStates."""
    if facts.status == "CANCELLED":
        return skip(SkipReason.CANCELLED)
    decision = _judge(facts, rules, now, approved, kept_back)
    if decision.verb is Verb.HOLD:
        return Decision(Verb.WAIT, decision.reason, decision.message, decision.until)
    if decision.verb is not Verb.SEND:
        return decision
    return (
        check_currency(facts, rules)
        or check_links(facts, rules, links)
        or check_money(facts)
        or check_address(facts)
        or decision
    )


def _judge(
    facts: OrderFacts, rules: Rules, now: datetime, approved: bool, kept_back: bool = False
) -> Decision:
    """The rules common to every moment, for an order that is not cancelled.

    `kept_back` says that a person wants it to wait: that counts more than an earlier approval.
    """
    kind = order_kind(facts)
    rule = kind_rule(kind, rules)
    if rule == "skip" and not approved:
        return skip(_EXCLUSIONS[kind])
    if facts.status not in KNOWN_STATUSES:
        return hold(WaitReason.UNKNOWN_STATUS, status=facts.status)
    if facts.status in PAST_SHIPMENT and not approved:
        return skip(SkipReason.ALREADY_PAST_SHIPMENT, status=facts.status)
    if facts.status == "UNPAID":
        return hold(WaitReason.UNPAID)
    if facts.status == "ON_HOLD":
        return _hold_of_tiktok(facts)
    if not rules.is_live:
        return hold(WaitReason.NOT_LIVE)
    if kept_back:
        return hold(WaitReason.KEPT_BACK)
    if approved:
        return SEND
    if rule not in ("sync", "tag"):
        return hold(WaitReason.UNKNOWN_ORDER_TYPE, order_type=_unknown_type(facts))
    if not rules.auto_sync:
        return hold(WaitReason.AUTO_SYNC_OFF)
    return _check_safety_hold(facts, rules, now) or SEND


def _hold_of_tiktok(facts: OrderFacts) -> Decision:
    """The hour of remorse; or a pre-order's time, told but not waited for: TikTok ends its hold."""
    if not facts.release_date:
        return hold(WaitReason.ON_HOLD)
    said = sentence(WaitReason.PRE_ORDER, until=say_time(_moment(facts.release_date)))
    return Decision(Verb.HOLD, WaitReason.PRE_ORDER, said)


_EXCLUSIONS = {
    OrderKind.NORMAL: SkipReason.EXCLUDED_NORMAL,
    OrderKind.SAMPLE: SkipReason.EXCLUDED_SAMPLE,
    OrderKind.PRE_ORDER: SkipReason.EXCLUDED_PRE_ORDER,
    OrderKind.FULFILLED_BY_TIKTOK: SkipReason.EXCLUDED_FULFILLED_BY_TIKTOK,
    OrderKind.REPLACEMENT: SkipReason.EXCLUDED_REPLACEMENT,
    OrderKind.MADE_TO_ORDER: SkipReason.EXCLUDED_MADE_TO_ORDER,
    OrderKind.UNKNOWN: SkipReason.EXCLUDED_UNKNOWN_TYPE,
}


def _was_never_paid(facts: OrderFacts) -> bool:
    """Cancelled before any money was promised: cash on delivery counts as an order."""
    return facts.status == "CANCELLED" and facts.paid_time is None and not facts.is_cod


def _check_safety_hold(facts: OrderFacts, rules: Rules, now: datetime) -> Decision | None:
    """N minutes from payment: an order that spent them in TikTok's own hold waits no longer."""
    if rules.safety_hold_minutes <= 0:
        return None
    paid = _moment(facts.paid_time or facts.create_time)
    until = paid + timedelta(minutes=rules.safety_hold_minutes)
    return hold(WaitReason.SAFETY_HOLD, until) if now < until else None


def expected_release(facts: OrderFacts) -> datetime | None:
    """When TikTok should release a held order; None if it is not held. An estimate, for showing."""
    if facts.status != "ON_HOLD":
        return None
    if facts.release_date:
        return _moment(facts.release_date)
    began = facts.paid_time or facts.create_time
    return _moment(min(began + int(REMORSE.total_seconds()), LATEST_TIME))


def _unknown_type(facts: OrderFacts) -> str:
    """TikTok's word for what is not known here: who ships the order, else what it is."""
    if facts.fulfillment_type not in SELLER_FULFILLED:
        return facts.fulfillment_type
    return facts.order_type or "NORMAL"


def _moment(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
