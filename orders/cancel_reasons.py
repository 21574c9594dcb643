"""Which reason a cancelled order carries on the other platform: the shop's own word, or ours. Pure.

TikTok tells why an order was cancelled in words of the shop's language, not by a key, so its
reasons are known by their words. Which reasons it takes from a seller changes with the market and
the order's status: a choice of ours is a wish, and counts where it is offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from orders.aftersales_words import PREFERRED, SELLER_REASONS, choose_reason

#: Shopify documentation: OrderCancelReason.
SHOPIFY_REASONS: Mapping[str, str] = {
    "CUSTOMER": "Customer changed or cancelled the order",
    "INVENTORY": "Items are not in stock",
    "FRAUD": "The order is fraudulent",
    "DECLINED": "Payment was declined",
    "STAFF": "A mistake of the staff",
    "OTHER": "Other",
}
ANYBODY, OTHER = "SYSTEM", "OTHER"
#: What a reason that is not mapped becomes, by who cancelled. Whoever else it was counts as TikTok.
BY_WHOM: Mapping[str, str] = {"BUYER": "CUSTOMER", "SELLER": OTHER, ANYBODY: OTHER}
WORDS, WHOM, SHOPIFY = "words", "whom", "shopify"


@dataclass(frozen=True, slots=True)
class CancelMap:
    """A shop's own choices; what is not in it follows the defaults.

    `words` are TikTok's reasons by `plain_reason`, `whom` those who cancel on TikTok, `shopify` the
    reasons in Shopify, with the ending of TikTok's key that each wishes for.
    """

    words: Mapping[str, str] = field(default_factory=dict)
    whom: Mapping[str, str] = field(default_factory=dict)
    shopify: Mapping[str, str] = field(default_factory=dict)

    def for_shopify(self, words: str, cancelled_by: str) -> str:
        """The reason to cancel an order in Shopify with: by its words, else by who cancelled."""
        by = cancelled_by if cancelled_by in BY_WHOM else ANYBODY
        return self.words.get(plain_reason(words)) or self.whom.get(by) or BY_WHOM[by]

    def for_tiktok(self, shopify_reason: str, offered: Sequence[str]) -> str:
        """The offered reason to cancel an order on TikTok with; "" when nothing is offered."""
        return choose_reason(shopify_reason, offered, self.shopify.get(known(shopify_reason), ""))


def map_of(rows: Iterable[tuple[str, str, str]]) -> CancelMap:
    """The map of a shop's stored rows: kind, reason, what it becomes."""
    found: dict[str, dict[str, str]] = {WORDS: {}, WHOM: {}, SHOPIFY: {}}
    for kind, reason, becomes in rows:
        found.get(kind, {})[plain_reason(reason) if kind == WORDS else reason] = becomes
    return CancelMap(found[WORDS], found[WHOM], found[SHOPIFY])


def plain_reason(words: str) -> str:
    """A reason without case and stray spaces."""
    return " ".join(words.casefold().split())


def known(shopify_reason: str) -> str:
    """Shopify's reason; one that nobody has heard of counts as "other"."""
    name = shopify_reason.upper()
    return name if name in SHOPIFY_REASONS else OTHER


def default_for(kind: str, reason: str) -> str:
    """What a line of the map says as long as nobody chose; "" for words: who cancelled decides."""
    if kind == WHOM:
        return BY_WHOM[reason]
    return PREFERRED[reason][0] if kind == SHOPIFY else ""


def seller_endings(offered: Iterable[str]) -> list[str]:
    """The endings that may be wished for: the usual ones, and those that TikTok has offered."""
    return list(dict.fromkeys([*SELLER_REASONS, *offered]))
