"""Where the SKUs of a batch of orders stand: linked, being looked up, unlinked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from orders.facts import BundlePart, LineFacts, OrderFacts
from orders.mapping import VariantRef
from orders.models import LineItem, LinePart, Order
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
        for one in _named(facts, linked):
            key = sku_key(one.seller_sku)
            if one.sku_id in linked:
                states[one.sku_id] = LinkState.LINKED
            elif key and one.sku_id:
                states[one.sku_id] = self._looked_up(key, one.seller_sku)
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
            variant.shopify_variant_id, variant.sku, variant.title, variant.price
        )


def _named(facts: OrderFacts, linked: Mapping[str, VariantRef]) -> Iterator[LineFacts | BundlePart]:
    """Every unit, and the components of bundles that are not linked themselves."""
    for line in facts.lines:
        yield line
        if line.sku_id not in linked:
            yield from line.combined_skus


def links_of(store: ShopifyStore, orders: Iterable[Order]) -> SkuLinks:
    """Everything known about the SKUs of these orders."""
    keys = [order.pk for order in orders]
    lines = LineItem.objects.filter(order__in=keys)
    parts = LinePart.objects.order_by().filter(line__order__in=keys)
    found = SkuLinks(store)
    links = Link.objects.filter(
        Q(tiktok_sku_id__in=lines.values("tiktok_sku_id"))
        | Q(tiktok_sku_id__in=parts.values("tiktok_sku_id")),
        shop__store=store,
    ).select_related("variant")
    for link in links:
        found._add(link)
    lookups = SkuLookup.objects.filter(
        Q(sku_key__in=lines.values("sku_key")) | Q(sku_key__in=parts.values("sku_key")),
        store=store,
    )
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
