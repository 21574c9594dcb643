"""What rules would have done to the last orders: stored rows judged anew, nothing sent or kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone

from orders import mapping_input, policy
from orders.addresses import ship_to
from orders.facts import Malformed, OrderFacts, order_facts
from orders.models import Order
from orders.policy_checks import LinkState
from orders.policy_rules import Rules
from orders.services.rules import mapping_options, policy_rules
from products.models import Link
from tiktoksync.shops.models import OrderRules, TikTokShop

LAST = 30
_POLICY = ("auto_sync", "safety_hold_minutes", "order_types", "unlinked_policy")
_WRITING = ("tag", "order_name_prefix", "stand_in_email")
#: Verdicts in the order in which they are told: "2 more would be skipped".
_WORDS = (
    (policy.Verb.SEND, "go to Shopify"),
    (policy.Verb.WAIT, "wait"),
    (policy.Verb.SKIP, "be skipped"),
    (policy.Verb.BLOCK, "be blocked"),
)


@dataclass(frozen=True, slots=True)
class Effect:
    """The sentences of a preview, and how the newest order would be written."""

    sentences: list[str]
    name: str
    tags: list[str]
    note: str


def effect_of(shop: TikTokShop, typed: Mapping[str, Any]) -> Effect:
    """Compare the shop's stored rules with the same rules as they are being typed.

    Each order is looked at as it stood when TikTok released it. Safety holds are over by now, so
    they are counted by the time between payment and release instead.
    """
    kept = policy_rules(shop)
    wanted = replace(kept, **{name: typed[name] for name in _POLICY if name in typed})
    rows = Order.objects.filter(shop=shop).order_by("-placed_at", "-pk")[:LAST]
    facts = list(_readable(rows))
    linked = _linked(shop, facts)
    before = Counter(_verdict(one, kept, linked) for one in facts)
    after = Counter(_verdict(one, wanted, linked) for one in facts)
    return Effect(_tell(before, after, len(facts)), *_written(shop, facts, wanted, typed))


def typed_rules(form: Any) -> dict[str, Any]:
    """What a half-filled form says, as far as it is valid."""
    form.is_valid()
    known = {field.name for field in OrderRules._meta.get_fields()}
    typed = {name: value for name, value in form.cleaned_data.items() if name in known}
    return {**typed, "order_types": form.order_types} if form.has_types else typed


def _readable(rows: Iterable[Order]) -> Iterable[OrderFacts]:
    for row in rows:
        try:
            facts = order_facts(row.raw)
        except Malformed:
            continue
        if facts.status not in ("UNPAID", "CANCELLED"):
            yield replace(facts, status="AWAITING_SHIPMENT")


def _linked(shop: TikTokShop, facts: Iterable[OrderFacts]) -> dict[str, str]:
    """How each SKU stands today, by the links alone."""
    skus = {unit.sku_id for one in facts for unit in one.lines}
    skus |= {part.sku_id for one in facts for unit in one.lines for part in unit.combined_skus}
    rows = Link.objects.filter(shop=shop, tiktok_sku_id__in=skus)
    known = set(rows.values_list("tiktok_sku_id", flat=True))
    return {sku: LinkState.LINKED if sku in known else LinkState.UNLINKED for sku in skus}


def _verdict(facts: OrderFacts, rules: Rules, linked: Mapping[str, str]) -> policy.Verb:
    since = replace(rules, sync_from=None)
    return policy.before_send(facts, since, linked, timezone.now()).verb


def _tell(before: Counter[policy.Verb], after: Counter[policy.Verb], count: int) -> list[str]:
    if not count:
        return ["There is no order yet to try these rules on."]
    said = []
    for verb, words in _WORDS:
        more = after[verb] - before[verb]
        if more:
            said.append(f"{abs(more)} {'more' if more > 0 else 'fewer'} would {words}.")
    some = f"your last {count} orders" if count > 1 else "your last order"
    if not said:
        totals = ", ".join(f"{after[verb]} would {words}" for verb, words in _WORDS if after[verb])
        return [f"With these rules, of {some}: no change. {totals}."]
    return [f"With these rules, of {some}:", *said]


def _written(
    shop: TikTokShop, facts: list[OrderFacts], rules: Rules, typed: Mapping[str, Any]
) -> tuple[str, list[str], str]:
    if not facts:
        return "", [], ""
    newest = facts[0]
    options = mapping_options(shop, policy.kind_tags(newest, rules))
    options = replace(options, **{name: typed[name] for name in _WRITING if name in typed})
    if "sample_tag" in typed and options.sample_tag:
        options = replace(options, sample_tag=typed["sample_tag"])
    texts = mapping_input.texts(newest, options, ship_to(newest.recipient).hidden, ())
    name = mapping_input.identity(newest, options).get("name") or "Shopify's next number"
    return name, texts["tags"], texts["note"]
