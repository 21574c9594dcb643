"""Which products or listings somebody means: by id, by a filter, or all of them.

A wish is what a run stores: `{"product_ids": [...]}` or `{"listing_ids": [...]}` with the ids of
the platforms, or `{"filter": {...}}`; an empty filter means all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from products.models import UNREAD_PRODUCT, Link, Listing, ListingSku, Product, Variant, sku_key
from tiktoksync.shops.models import TikTokShop

PRODUCT_FILTERS = ("q", "product_type", "vendor", "tag", "status", "link")
LISTING_FILTERS = ("q", "status", "link")


def select_products(shop: TikTokShop, wish: Mapping[str, Any]) -> QuerySet[Product]:
    """The Shopify products of the shop's store that a wish means."""
    rows = Product.objects.filter(store=shop.store_id, gone_at=None)
    rows = rows.exclude(shopify_product_id=UNREAD_PRODUCT)
    if "product_ids" in wish:
        return rows.filter(shopify_product_id__in=[str(one) for one in wish["product_ids"]])
    chosen: Mapping[str, str] = wish.get("filter") or {}
    if words := str(chosen.get("q") or "").strip():
        same_sku = Variant.objects.filter(store=shop.store_id, sku_key__contains=sku_key(words))
        rows = rows.filter(Q(title__icontains=words) | Q(pk__in=same_sku.values("product_id")))
    for name in ("product_type", "vendor", "status"):
        if chosen.get(name):
            rows = rows.filter(**{f"{name}__iexact": chosen[name]})
    if chosen.get("tag"):
        # Both databases: a JSON list is searched as text, with the quotes of its members.
        rows = rows.filter(tags__icontains=f'"{chosen["tag"]}"')
    if chosen.get("link") in ("linked", "unlinked"):
        linked = Exists(Link.objects.filter(shop=shop, variant__product=OuterRef("pk")))
        rows = rows.filter(linked if chosen["link"] == "linked" else ~linked)
    return rows


def select_listings(shop: TikTokShop, wish: Mapping[str, Any]) -> QuerySet[Listing]:
    """The shop's listings that a wish means."""
    rows = Listing.objects.filter(shop=shop, gone_at=None)
    if "listing_ids" in wish:
        return rows.filter(tiktok_product_id__in=[str(one) for one in wish["listing_ids"]])
    chosen: Mapping[str, str] = wish.get("filter") or {}
    if words := str(chosen.get("q") or "").strip():
        same_sku = ListingSku.objects.filter(shop=shop, sku_key__contains=sku_key(words))
        rows = rows.filter(Q(title__icontains=words) | Q(pk__in=same_sku.values("listing_id")))
    if chosen.get("status"):
        rows = rows.filter(status=chosen["status"])
    if chosen.get("link") in ("linked", "unlinked"):
        links = Link.objects.filter(shop=shop, tiktok_sku_id=OuterRef("tiktok_sku_id"))
        skus = ListingSku.objects.filter(Exists(links), listing=OuterRef("pk"), gone_at=None)
        rows = rows.filter(Exists(skus) if chosen["link"] == "linked" else ~Exists(skus))
    return rows
