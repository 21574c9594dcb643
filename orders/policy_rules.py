"""A merchant's rules, and the kinds of order they tell apart."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from orders.facts import OrderFacts


class OrderKind(StrEnum):
    NORMAL = "normal"
    SAMPLE = "sample"
    PRE_ORDER = "pre_order"
    FULFILLED_BY_TIKTOK = "fulfilled_by_tiktok"
    REPLACEMENT = "replacement"
    MADE_TO_ORDER = "made_to_order"
    UNKNOWN = "unknown"


DEFAULT_ORDER_TYPES: Mapping[str, str] = MappingProxyType(
    {
        OrderKind.NORMAL: "sync",
        OrderKind.SAMPLE: "tag",
        OrderKind.PRE_ORDER: "sync",
        OrderKind.FULFILLED_BY_TIKTOK: "skip",
        OrderKind.REPLACEMENT: "tag",
        OrderKind.MADE_TO_ORDER: "sync",
    }
)
KIND_TAGS = {
    OrderKind.NORMAL: "TikTok order",
    OrderKind.PRE_ORDER: "TikTok pre-order",
    OrderKind.FULFILLED_BY_TIKTOK: "Fulfilled by TikTok",
    OrderKind.REPLACEMENT: "TikTok replacement",
    OrderKind.MADE_TO_ORDER: "TikTok made to order",
    OrderKind.UNKNOWN: "TikTok other",
}
_TYPE_KINDS = {
    "": OrderKind.NORMAL,
    "NORMAL": OrderKind.NORMAL,
    "ZERO_LOTTERY": OrderKind.NORMAL,
    "AUCTION": OrderKind.NORMAL,
    "PRE_ORDER": OrderKind.PRE_ORDER,
    "BACK_ORDER": OrderKind.PRE_ORDER,
    "MADE_TO_ORDER": OrderKind.MADE_TO_ORDER,
}
SELLER_FULFILLED = frozenset({"", "FULFILLMENT_BY_SELLER"})
_TIKTOK_FULFILLED = frozenset({"FULFILLMENT_BY_TIKTOK", "FULFILLMENT_BY_DILAYANI_TOKOPEDIA"})


@dataclass(frozen=True, slots=True)
class Rules:
    """A shop's rules. `order_types` maps an OrderKind to sync, tag or skip; kinds it leaves out
    follow the defaults. `accepted_currencies` come on top of the store's own; with neither known
    every currency passes. `unlinked_policy` is "block" or "text_line". Nothing is created for a
    shop that is not live, not even what the merchant asked for.
    """

    sync_from: datetime | None = None
    auto_sync: bool = True
    safety_hold_minutes: int = 0
    order_types: Mapping[str, str] = field(default_factory=lambda: DEFAULT_ORDER_TYPES)
    store_currency: str = ""
    accepted_currencies: tuple[str, ...] = ()
    unlinked_policy: str = "block"
    is_live: bool = True


def order_kind(facts: OrderFacts) -> OrderKind:
    """What kind of order it is; who ships it counts before what is in it."""
    if facts.fulfillment_type in _TIKTOK_FULFILLED:
        return OrderKind.FULFILLED_BY_TIKTOK
    if facts.fulfillment_type not in SELLER_FULFILLED:
        return OrderKind.UNKNOWN
    if facts.is_sample:
        return OrderKind.SAMPLE
    if facts.is_replacement or facts.is_exchange:
        return OrderKind.REPLACEMENT
    return _TYPE_KINDS.get(facts.order_type, OrderKind.UNKNOWN)


def kind_tags(facts: OrderFacts, rules: Rules) -> tuple[str, ...]:
    """The extra tag of an order whose kind is synced "with tag".

    Samples have none here: the merchant words their tag, and the mapping options carry it.
    """
    kind = order_kind(facts)
    is_tagged = kind in KIND_TAGS and kind_rule(kind, rules) == "tag"
    return (KIND_TAGS[kind],) if is_tagged else ()


def kind_rule(kind: OrderKind, rules: Rules) -> str:
    """ "sync", "tag" or "skip"; "" or anything else is a rule not known here."""
    return rules.order_types.get(kind) or DEFAULT_ORDER_TYPES.get(kind, "")
