"""What would become of stored orders if their shop were live: judged and mapped, never sent.

The same policy and the same mapping decide as when orders are sent. Only looking happens here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from orders import mapping, policy
from orders.facts import Malformed, OrderFacts, order_facts
from orders.models import Order
from orders.policy_checks import money_block
from orders.services.rules import mapping_options, policy_rules
from tiktoksync.onboarding.expected_links import ExpectedLinks, expected_links
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncStatus


class Fate(StrEnum):
    """What would happen, in one word."""

    CREATE = "create"
    WAIT = "wait"
    BLOCK = "block"
    SKIP = "skip"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would become of one order. `mapped` is the Shopify order, where there would be one."""

    order: Order
    fate: Fate
    words: str
    facts: OrderFacts | None = None
    mapped: mapping.ShopifyOrder | None = None


def judge_orders(shop: TikTokShop, orders: Sequence[Order], now: datetime) -> list[Verdict]:
    """What would become of each of these orders of the shop."""
    read = {order.pk: _read(order) for order in orders}
    links = expected_links(shop, [facts for facts in read.values() if facts])
    return [judge_order(shop, order, read[order.pk], links, now) for order in orders]


def judge_order(
    shop: TikTokShop, order: Order, facts: OrderFacts | None, links: ExpectedLinks, now: datetime
) -> Verdict:
    """What would become of one order by the rules that `shop` carries."""
    settled = _settled(order)
    if settled is not None:
        return replace(settled, facts=facts)
    if facts is None:
        return Verdict(order, Fate.BLOCK, "TikTok's order cannot be read.")
    decision, mapped = decide(
        shop,
        facts,
        links,
        now,
        approved=order.approved_at is not None,
        kept_back=order.kept_back_at is not None,
    )
    return Verdict(order, fate_of(decision), decision.message, facts, mapped)


def decide(
    shop: TikTokShop,
    facts: OrderFacts,
    links: ExpectedLinks,
    now: datetime,
    *,
    approved: bool = False,
    kept_back: bool = False,
) -> tuple[policy.Decision, mapping.ShopifyOrder | None]:
    """The last word of the policy, and the Shopify order that its yes would make."""
    rules = as_if_live(policy_rules(shop))
    states = links.states(facts)
    decision = policy.before_send(facts, rules, states, now, approved=approved, kept_back=kept_back)
    if decision.verb is not policy.Verb.SEND:
        return decision, None
    try:
        return decision, map_order(shop, facts, links)
    except mapping.MoneyMismatch as mismatch:
        return money_block(mismatch, facts.currency), None
    except mapping.UnlinkedSku as unlinked:
        reason = policy.BlockReason.SKU_UNLINKED
        return policy.block(reason, skus=", ".join(unlinked.skus)), None


def map_order(shop: TikTokShop, facts: OrderFacts, links: ExpectedLinks) -> mapping.ShopifyOrder:
    """The Shopify order, its total proved. Raises what the mapping raises."""
    options = mapping_options(shop, policy.kind_tags(facts, policy_rules(shop)))
    return mapping.shopify_order(facts, links.variants(facts), options)


def as_if_live(rules: policy.Rules) -> policy.Rules:
    """The rules without the one that keeps everything back before a shop is live."""
    return replace(rules, is_live=True)


def fate_of(decision: policy.Decision) -> Fate:
    """A decision in one word."""
    return _FATES.get(decision.verb, Fate.SKIP)


def count_fates(verdicts: Iterable[Verdict]) -> dict[Fate, int]:
    """How many orders share each fate, every fate named."""
    counts = dict.fromkeys(Fate, 0)
    for verdict in verdicts:
        counts[verdict.fate] += 1
    return counts


_FATES = {
    policy.Verb.SEND: Fate.CREATE,
    policy.Verb.WAIT: Fate.WAIT,
    policy.Verb.HOLD: Fate.WAIT,
    policy.Verb.BLOCK: Fate.BLOCK,
    policy.Verb.SKIP: Fate.SKIP,
}


def _settled(order: Order) -> Verdict | None:
    """Orders whose fate no rule changes any more."""
    if order.sync_status == SyncStatus.SYNCED:
        return Verdict(order, Fate.DONE, f"In Shopify as {order.shopify_order_name}.")
    if order.sync_status == SyncStatus.SKIPPED:
        return Verdict(order, Fate.SKIP, _say_skip(order.skip_reason))
    return None


def _say_skip(reason: str) -> str:
    try:
        return policy.sentence(policy.SkipReason(reason))
    except ValueError:
        return "Skipped."


def _read(order: Order) -> OrderFacts | None:
    try:
        return order_facts(order.raw)
    except Malformed:
        return None
