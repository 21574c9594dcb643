"""Both catalogues as far as they are known, and the links between their variants."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncRow

# Stands for the product of variants that a link names before the catalogue was read that far.
UNREAD_PRODUCT = ""


def sku_key(sku: str) -> str:
    """The form in which SKUs are compared: trimmed and case-folded."""
    return sku.strip().casefold()


class Product(models.Model):
    """A product as it stands in Shopify."""

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="products")
    shopify_product_id = models.CharField(max_length=80)
    title = models.CharField(max_length=255, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "shopify_product_id"], name="product_once")
        ]

    def __str__(self) -> str:
        return self.title or self.shopify_product_id


class Variant(models.Model):
    """A Shopify variant: what an order line is made of."""

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="variants")
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    shopify_variant_id = models.CharField(max_length=80)
    inventory_item_id = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=255, blank=True)
    sku = models.CharField(max_length=255, blank=True)
    sku_key = models.CharField(max_length=255, blank=True, editable=False)
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "shopify_variant_id"], name="variant_once")
        ]
        indexes = [models.Index(fields=["store", "sku_key"], name="variant_sku")]

    def __str__(self) -> str:
        return f"{self.product} / {self.title}" if self.title else str(self.product)


class Listing(models.Model):
    """A product as it stands on TikTok."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="listings")
    tiktok_product_id = models.CharField(max_length=40)
    title = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=40, blank=True, help_text="TikTok's word, verbatim.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "tiktok_product_id"], name="listing_once")
        ]

    def __str__(self) -> str:
        return self.title or self.tiktok_product_id


class ListingSku(models.Model):
    """One SKU of a listing: what a TikTok order line names."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="listing_skus")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="skus")
    tiktok_sku_id = models.CharField(max_length=40)
    seller_sku = models.CharField(max_length=255, blank=True)
    sku_key = models.CharField(max_length=255, blank=True, editable=False)
    name = models.CharField(max_length=255, blank=True)
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    image = models.URLField(max_length=500, blank=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "tiktok_sku_id"], name="listing_sku_once")
        ]
        indexes = [models.Index(fields=["shop", "sku_key"], name="listing_sku_key")]

    def __str__(self) -> str:
        return self.seller_sku or self.tiktok_sku_id


class Link(models.Model):
    """A TikTok SKU and the Shopify variant that is sold under it."""

    class Origin(models.TextChoices):
        SAME_SKU = "same_sku", "Same SKU on both sides"
        BY_HAND = "by_hand", "Linked by hand"
        API = "api", "Linked through the API"
        UPLOADED = "uploaded", "Uploaded to TikTok"
        IMPORTED = "imported", "Imported from TikTok"

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="links")
    tiktok_sku_id = models.CharField(max_length=40)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="links")
    origin = models.CharField(max_length=10, choices=Origin)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "tiktok_sku_id"], name="link_once_per_sku")
        ]

    def __str__(self) -> str:
        return f"{self.tiktok_sku_id} → {self.variant}"


class SkuLookup(SyncRow):
    """A SKU that an order needs and no link names: asked for in Shopify, once for all orders."""

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="sku_lookups")
    sku = models.CharField(max_length=255)
    sku_key = models.CharField(max_length=255)

    class Meta:
        verbose_name = "SKU look-up"
        constraints = [models.UniqueConstraint(fields=["store", "sku_key"], name="sku_lookup_once")]
        indexes = [
            models.Index(fields=["store", "sync_status", "next_attempt_at"], name="sku_lookup_due")
        ]

    def __str__(self) -> str:
        return self.sku
