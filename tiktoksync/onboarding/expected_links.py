"""Which variants the items of some orders would go to: only read, where sending would look up.

Links count as they stand. An item without one is matched with the stored catalogue by its SKU, the
way it will be matched once its order is due.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from orders.facts import BundlePart, LineFacts, OrderFacts
from orders.mapping import VariantRef
from orders.policy import LinkState
from products.models import Link, Variant, sku_key
from tiktoksync.shops.models import TikTokShop


@dataclass(slots=True)
class ExpectedLinks:
    """What is known about the SKUs of some orders of one shop."""

    catalogue_is_read: bool
    linked: dict[str, VariantRef] = field(default_factory=dict)
    by_key: dict[str, list[VariantRef]] = field(default_factory=lambda: defaultdict(list))

    def variants(self, facts: OrderFacts) -> dict[str, VariantRef]:
        """The variant of each SKU that has one, or will have."""
        found = {}
        for one in named(facts):
            ref = self.linked.get(one.sku_id) or self._only(one)
            if one.sku_id and ref:
                found[one.sku_id] = ref
        return found

    def states(self, facts: OrderFacts) -> dict[str, LinkState]:
        """How each SKU stands, in the words of the policy."""
        return {
            one.sku_id: self._state(one)
            for one in named(facts)
            if one.sku_id and (one.sku_id in self.linked or one.seller_sku.strip())
        }

    def _only(self, one: LineFacts | BundlePart) -> VariantRef | None:
        refs = self.by_key.get(sku_key(one.seller_sku)) or []
        return refs[0] if len(refs) == 1 else None

    def _state(self, one: LineFacts | BundlePart) -> LinkState:
        refs = self.by_key.get(sku_key(one.seller_sku)) or []
        if one.sku_id in self.linked or len(refs) == 1:
            return LinkState.LINKED
        if refs:
            return LinkState.AMBIGUOUS
        return LinkState.UNLINKED if self.catalogue_is_read else LinkState.LOOKING_UP


def named(facts: OrderFacts) -> Iterator[LineFacts | BundlePart]:
    """Every unit, and what bundles are made of."""
    for line in facts.lines:
        yield line
        yield from line.combined_skus


def expected_links(shop: TikTokShop, orders: Iterable[OrderFacts]) -> ExpectedLinks:
    """What is known about the SKUs of these orders, by two queries."""
    units = [one for facts in orders for one in named(facts)]
    found = ExpectedLinks(shop.store.variants_read_at is not None)
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in={one.sku_id for one in units})
    for link in links.select_related("variant"):
        found.linked[link.tiktok_sku_id] = _ref(link.variant)
    keys = {sku_key(one.seller_sku) for one in units if one.sku_id not in found.linked} - {""}
    if keys:
        variants = Variant.objects.filter(store=shop.store_id, sku_key__in=keys, gone_at=None)
        for variant in variants.order_by("pk"):
            found.by_key[variant.sku_key].append(_ref(variant))
    return found


def _ref(variant: Variant) -> VariantRef:
    return VariantRef(variant.shopify_variant_id, variant.sku, variant.title, variant.price)
