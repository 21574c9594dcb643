"""The rehearsal: a made-up order walks the whole path on a shop's own settings.

It asks the policy, the mapping and the map of carriers the way the flows do. No client is built and
no row but the rehearsal's own is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from orders import policy
from orders.facts import OrderFacts, order_facts
from orders.mapping import ShopifyOrder
from orders.services.map_carriers import accepted_carriers
from orders.services.rules import order_rules, policy_rules
from orders.services.suggest_carriers import suggest_carriers
from tiktoksync.lib.money import text
from tiktoksync.lib.timing import database_now
from tiktoksync.onboarding.expected_links import ExpectedLinks, expected_links
from tiktoksync.onboarding.made_up import made_up_order, pick_goods
from tiktoksync.onboarding.models import Rehearsal
from tiktoksync.onboarding.verdicts import as_if_live, decide
from tiktoksync.shops.models import TikTokShop
from tiktoksync.tiktok.markets import currency_of

TOLD_CARRIERS = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What came of one step. `route` is the page that helps where it went wrong."""

    key: str
    title: str
    is_good: bool
    words: str
    fix: str = ""
    route: str = ""


def rehearse(shop: TikTokShop) -> Rehearsal:
    """Walk the path once and keep what was seen."""
    steps = list(_walk(shop, database_now()))
    return Rehearsal.objects.create(
        shop=shop,
        steps=[asdict(step) for step in steps],
        is_good=all(step.is_good for step in steps),
        at=database_now(),
    )


def _walk(shop: TikTokShop, now: datetime) -> Iterator[Told]:
    """Step by step; where one stops the order, the way ends there."""
    goods = pick_goods(shop)
    if not goods:
        yield Told(
            "goods",
            "A product to sell",
            False,
            "No TikTok listing is known here yet, so the made-up order has nothing to sell.",
            "Wait until the catalogues are read, or create a listing on TikTok.",
            "welcome-products",
        )
        return
    currency = currency_of(shop.region) or shop.store.currency or "USD"
    held = order_facts(made_up_order(goods, currency, shop.region, now, "ON_HOLD"))
    free = order_facts(made_up_order(goods, currency, shop.region, now, "AWAITING_SHIPMENT"))
    for step in (_paid(shop, held, now), _released(shop, free, now)):
        yield step
        if not step.is_good:
            return
    links = expected_links(shop, [free])
    decision, mapped = decide(shop, free, links, now, approved=True)
    if mapped is None:
        yield _stopped(decision)
        return
    yield _linked(free, links)
    yield _created(mapped)
    yield _proved(free, mapped)
    yield _tracked(shop)
    yield _mirrored()


def _paid(shop: TikTokShop, facts: OrderFacts, now: datetime) -> Told:
    """The hour of remorse: seen here at once, not in Shopify."""
    decision = policy.first_sight(facts, _rules(shop, now), now)
    is_good = decision.verb is policy.Verb.HOLD
    words = "It appears here at once, as On hold. It is not in Shopify: the buyer can still cancel."
    if not is_good:
        return _by_rule("paid", "Paid on TikTok", decision)
    return Told("paid", "Paid on TikTok", True, words)


def _released(shop: TikTokShop, facts: OrderFacts, now: datetime) -> Told:
    """What the rules say once TikTok lets it go."""
    decision = policy.first_sight(facts, _rules(shop, now), now)
    title = "Released by TikTok"
    if decision.verb is policy.Verb.SEND:
        return Told("released", title, True, "It is due for Shopify at once.")
    if decision.reason is policy.WaitReason.SAFETY_HOLD:
        minutes = order_rules(shop).safety_hold_minutes
        words = f"Your safety hold keeps it back for {minutes} minutes after payment."
        return Told("released", title, True, f"{words} Then it goes on by itself.")
    if decision.reason is policy.WaitReason.AUTO_SYNC_OFF:
        words = "Automatic sync is off: it waits for your click, and you have just clicked."
        return Told("released", title, True, words)
    return _by_rule("released", title, decision)


def _by_rule(key: str, title: str, decision: policy.Decision) -> Told:
    fix = "Choose a preset, or let normal orders through in the settings."
    return Told(key, title, False, decision.message, fix, "welcome-rules")


def _stopped(decision: policy.Decision) -> Told:
    """The order would be blocked: by what, and where that is mended."""
    reason = decision.reason
    if reason is policy.BlockReason.CURRENCY_NOT_ACCEPTED:
        fix = "Choose another store for this shop, or sell in a currency that the store takes."
        return Told("created", "Created in Shopify", False, decision.message, fix)
    fix = "Link at least one product, or choose the preset Fast."
    return Told("linked", "Products recognized", False, decision.message, fix, "welcome-products")


def _linked(facts: OrderFacts, links: ExpectedLinks) -> Told:
    variants = links.variants(facts)
    parts = []
    for line in facts.lines:
        name = line.seller_sku or line.product_name or "An item"
        ref = variants.get(line.sku_id)
        shown = f"your variant {ref.sku or ref.title}" if ref else "a line of text"
        parts.append(f"{name} is {shown}")
    return Told("linked", "Products recognized", True, f"{'; '.join(parts)}.")


def _created(mapped: ShopifyOrder) -> Told:
    wanted = mapped.input
    lines = len(wanted["lineItems"])
    tags = ", ".join(wanted["tags"]) or "no tag"
    name = wanted.get("name") or "your store's next number"
    count = "1 line" if lines == 1 else f"{lines} lines"
    words = f"As {name}, with {count} ready to fulfil, tagged {tags}. No e-mail goes to the buyer."
    return Told("created", "Created in Shopify", True, words)


def _proved(facts: OrderFacts, mapped: ShopifyOrder) -> Told:
    """The sums were added up again by the mapping; here they are said."""
    currency = mapped.currency
    total = f"{text(mapped.total, currency)} {currency}"
    parts = [f"{text(mapped.buyer_payment, currency)} paid by the buyer"]
    if mapped.platform_payment:
        parts.append(f"{text(mapped.platform_payment, currency)} paid by TikTok")
    got: Decimal = mapped.buyer_payment + mapped.platform_payment - mapped.total
    words = f"Shopify's total is {total}: {' and '.join(parts)}. Difference {text(got, currency)}."
    return Told("proved", "Money added up", got == 0, words)


def _tracked(shop: TikTokShop) -> Told:
    """Whether tracking would be taken under the names that Shopify has for carriers."""
    title = "Tracking sent to TikTok"
    lines = suggest_carriers(shop)
    offered = accepted_carriers(shop)
    if not offered:
        words = "TikTok names the carriers it takes with the first order; they are matched by name."
        return Told("tracked", title, True, words)
    known = [f"{line.name} goes as {line.kept}" for line in lines if line.kept]
    unknown = [line.name for line in lines if not line.kept]
    words = "None of the carriers that Shopify knows has the name of one of TikTok's."
    if known:
        more = f", and {len(known) - TOLD_CARRIERS} more" if len(known) > TOLD_CARRIERS else ""
        words = f"{'; '.join(known[:TOLD_CARRIERS])}{more}."
    if unknown:
        words += f" If you ship with {' or '.join(unknown)}, say which carrier that is."
    fix = "" if known else "Say which of TikTok's carriers you ship with."
    return Told("tracked", title, bool(known), words, fix, "welcome-places")


def _mirrored() -> Told:
    words = (
        "Awaiting collection, In transit, Delivered, Completed: each appears here by itself, "
        "with its time."
    )
    return Told("mirrored", "On its way", True, words)


def _rules(shop: TikTokShop, now: datetime) -> policy.Rules:
    """The shop's rules as they are for an order placed now, once it is live."""
    rules = as_if_live(policy_rules(shop))
    if rules.sync_from and rules.sync_from > now:
        return replace(rules, sync_from=now - timedelta(seconds=1))
    return rules


def last_rehearsal(shop: TikTokShop) -> Rehearsal | None:
    """The newest one of a shop."""
    return Rehearsal.objects.filter(shop=shop).first()


def steps_of(rehearsal: Rehearsal) -> list[dict[str, Any]]:
    """Its steps as they were kept."""
    return list(rehearsal.steps)
