"""Linking by a variant's id alone, for programs: it may be newer than the catalogue known here."""

from __future__ import annotations

from django.db import transaction

from products.models import UNREAD_PRODUCT, Link, Product, Variant
from products.services.links import make_link
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import ShopifyStore, TikTokShop


def link_by_id(
    shop: TikTokShop, tiktok_sku_id: str, shopify_variant_id: str, *, origin: Link.Origin
) -> Link:
    """Link a TikTok SKU to the variant with this GID; one not read yet is read soon.

    Raises LinkConflict if the SKU is linked to another variant already; then nothing is stored.
    """
    with transaction.atomic():
        variant = Variant.objects.filter(
            store=shop.store_id, shopify_variant_id=shopify_variant_id
        ).first()
        variant = variant or _expect_variant(shop.store, shopify_variant_id)
        return make_link(shop, tiktok_sku_id, variant, origin=origin)


def _expect_variant(store: ShopifyStore, shopify_variant_id: str) -> Variant:
    """A row for a variant nobody has read: the catalogue fills it, or Shopify refuses the order."""
    product, _ = Product.objects.get_or_create(
        store=store, shopify_product_id=UNREAD_PRODUCT, defaults={"title": "Not read yet"}
    )
    variant, _ = Variant.objects.get_or_create(
        store=store, shopify_variant_id=shopify_variant_id, defaults={"product": product}
    )
    ShopifyStore.objects.filter(pk=store.pk).update(variants_wanted_at=database_now())
    queue.wake("pull_variants", store.pk)
    return variant
