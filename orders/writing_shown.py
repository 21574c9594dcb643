"""What an order's page says of the writing on the Shopify order: its tags and its note."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from orders import mapping_input, policy
from orders.addresses import ship_to
from orders.facts import OrderFacts
from orders.models import Order
from orders.services.rules import mapping_options, policy_rules


@dataclass(frozen=True, slots=True)
class Writing:
    """Tags and note as the shop's rules word them now; `is_done`: Shopify has the order."""

    tags: list[str]
    note: str
    is_done: bool


def show_writing(order: Order, facts: OrderFacts | None, own_tags: Iterable[str]) -> Writing | None:
    """The same texts that the mapping writes; None for an order that cannot be read."""
    if facts is None:
        return None
    kind_tags = policy.kind_tags(facts, policy_rules(order.shop))
    options = mapping_options(order.shop, kind_tags + tuple(own_tags))
    cancelled = tuple(unit.line_id for unit in facts.lines if unit.is_cancelled)
    written = mapping_input.texts(facts, options, ship_to(facts.recipient).hidden, cancelled)
    return Writing(written["tags"], written["note"], order.is_synced)
