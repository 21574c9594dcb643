"""What is looked at right before an order leaves: currency, links, sums and address."""

from collections.abc import Mapping
from enum import StrEnum

from orders.addresses import ship_to
from orders.facts import BundlePart, LineFacts, OrderFacts
from orders.mapping_lines import kept_units
from orders.mapping_money import MoneyMismatch, read_sums
from orders.policy_decisions import Decision, block, wait
from orders.policy_reasons import BlockReason, WaitReason
from orders.policy_rules import Rules
from tiktoksync.lib.money import text


class LinkState(StrEnum):
    """Where a TikTok SKU stands with its Shopify variant. A SKU without a state is unlinked."""

    LINKED = "linked"
    UNLINKED = "unlinked"
    AMBIGUOUS = "ambiguous"
    LOOKING_UP = "looking_up"
    GONE = "gone"


# Several causes in one order are told one at a time, in this order.
_LINK_BLOCKS = (
    BlockReason.SKU_UNLINKED,
    BlockReason.SKU_AMBIGUOUS,
    BlockReason.SKU_BLANK,
    BlockReason.VARIANT_GONE,
)


def check_currency(facts: OrderFacts, rules: Rules) -> Decision | None:
    known = [rules.store_currency, *rules.accepted_currencies]
    accepted = list(dict.fromkeys(currency.strip().upper() for currency in known if currency))
    if not accepted or facts.currency in accepted:
        return None
    return block(
        BlockReason.CURRENCY_NOT_ACCEPTED, currency=facts.currency, accepted=", ".join(accepted)
    )


def check_links(facts: OrderFacts, rules: Rules, links: Mapping[str, str]) -> Decision | None:
    """Every unit that goes to Shopify needs a variant, or the rule that lets it go as text."""
    troubles: dict[BlockReason, list[str]] = {}
    looking_up: list[str] = []
    for unit in kept_units(facts):
        for one in _to_be_linked(unit, links):
            state = _state(one, links)
            if state == LinkState.LOOKING_UP:
                looking_up.append(_name(one))
            elif state != LinkState.LINKED:
                troubles.setdefault(_link_trouble(one, state), []).append(_name(one))
    if rules.unlinked_policy != "text_line":
        for reason in _LINK_BLOCKS:
            if reason in troubles:
                return block(reason, skus=_join(troubles[reason]))
    return wait(WaitReason.SKU_LOOKUP, skus=_join(looking_up)) if looking_up else None


def _to_be_linked(
    unit: LineFacts, links: Mapping[str, str]
) -> tuple[LineFacts, ...] | tuple[BundlePart, ...]:
    """What needs a variant: the unit; or every component of a bundle that has none itself."""
    settled = _state(unit, links) in (LinkState.LINKED, LinkState.LOOKING_UP)
    return (unit,) if settled or not unit.combined_skus else unit.combined_skus


def _state(one: LineFacts | BundlePart, links: Mapping[str, str]) -> str:
    return links.get(one.sku_id, "") if one.sku_id else ""


def _link_trouble(unit: LineFacts | BundlePart, state: str) -> BlockReason:
    if state == LinkState.AMBIGUOUS:
        return BlockReason.SKU_AMBIGUOUS
    if state == LinkState.GONE:
        return BlockReason.VARIANT_GONE
    return BlockReason.SKU_UNLINKED if unit.seller_sku.strip() else BlockReason.SKU_BLANK


def _name(unit: LineFacts | BundlePart) -> str:
    """The seller's word for the item, or else TikTok's."""
    title = "" if isinstance(unit, BundlePart) else unit.product_name.strip()
    return unit.seller_sku.strip() or title or unit.sku_id or "an item"


def _join(names: list[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def check_money(facts: OrderFacts) -> Decision | None:
    try:
        read_sums(facts)
    except MoneyMismatch as mismatch:
        return money_block(mismatch, facts.currency)
    return None


def money_block(mismatch: MoneyMismatch, currency: str) -> Decision:
    """The block for an order whose sums do not prove, with both of them."""
    return block(
        BlockReason.MONEY_MISMATCH,
        expected=f"{text(mismatch.expected, currency)} {currency}",
        got=f"{text(mismatch.got, currency)} {currency}",
        explanation=mismatch.explanation,
    )


def check_address(facts: OrderFacts) -> Decision | None:
    """A parcel the seller ships needs somewhere to go; TikTok's own labels do not need us."""
    if facts.shipping_type != "SELLER" or ship_to(facts.recipient).address:
        return None
    return block(BlockReason.ADDRESS_MISSING)
