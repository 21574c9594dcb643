"""Where the SKUs of a batch of orders stand: linked, being looked up, unlinked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from orders.facts import OrderFacts
from orders.mapping import VariantRef
from orders.models import LineItem, Order
from orders.policy import LinkState
from products.models import Link, SkuLookup, sku_key
from tiktoksync.lib import queue
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.sync import statuses
from tiktoksync.sync.models import SyncStatus

AMBIGUOUS = "sku_ambiguous"


@dataclass(slots=True)
class SkuLinks:
    """The links and look-ups that a batch of orders needs, read in two queries."""

    store: ShopifyStore
    by_shop: dict[int, dict[str, VariantRef]] = field(default_factory=dict)
    lookups: dict[str, SkuLookup] = field(default_factory=dict)

    def variants(self, order: Order) -> Mapping[str, VariantRef]:
        """The linked variants of an order's shop, by TikTok SKU id."""
        return self.by_shop.get(order.shop_id, {})

    def states(self, order: Order, facts: OrderFacts) -> dict[str, LinkState]:
        """How each SKU of the order stands. A SKU nobody asked Shopify about is asked for now."""
        linked = self.variants(order)
        states = {}
        for line in facts.lines:
            key = sku_key(line.seller_sku)
            if line.sku_id in linked:
                states[line.sku_id] = LinkState.LINKED
            elif key and line.sku_id:
                states[line.sku_id] = self._looked_up(key, line.seller_sku)
        return states

    def _looked_up(self, key: str, sku: str) -> LinkState:
        lookup = self.lookups.get(key)
        if lookup is not None and lookup.sync_status == SyncStatus.SYNCED:
            # Found for another listing, maybe long ago: it may stand on another variant by now.
            lookup.delete()
            lookup = None
        if lookup is None:
            lookup = self.lookups[key] = ask_for(self.store, sku)
        if lookup.sync_status in (SyncStatus.PENDING, SyncStatus.SENDING):
            return LinkState.LOOKING_UP
        return LinkState.AMBIGUOUS if lookup.failure_code == AMBIGUOUS else LinkState.UNLINKED

    def _add(self, link: Link) -> None:
        variant = link.variant
        self.by_shop.setdefault(link.shop_id, {})[link.tiktok_sku_id] = VariantRef(
            variant.shopify_variant_id, variant.sku, variant.title
        )


def links_of(store: ShopifyStore, orders: Iterable[Order]) -> SkuLinks:
    """Everything known about the SKUs of these orders."""
    lines = LineItem.objects.filter(order__in=[order.pk for order in orders])
    found = SkuLinks(store)
    links = Link.objects.filter(
        shop__store=store, tiktok_sku_id__in=lines.values("tiktok_sku_id")
    ).select_related("variant")
    for link in links:
        found._add(link)
    lookups = SkuLookup.objects.filter(store=store, sku_key__in=lines.values("sku_key"))
    found.lookups = {lookup.sku_key: lookup for lookup in lookups}
    return found


def ask_for(store: ShopifyStore, sku: str) -> SkuLookup:
    """Have a SKU looked up in Shopify, once for all orders that name it."""
    key = sku_key(sku)[:255]
    existing = SkuLookup.objects.filter(store=store, sku_key=key).first()
    if existing is not None:
        return existing
    lookup = SkuLookup(store=store, sku=sku.strip()[:255], sku_key=key)
    statuses.begin(lookup, SyncStatus.PENDING)
    lookup.save(force_insert=True)
    queue.wake("link_skus", store.pk)
    return lookup
