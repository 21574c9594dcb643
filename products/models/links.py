"""Which TikTok SKU is which Shopify variant, why, and what is still being looked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from products.models.catalogue import Variant
from tiktoksync.shops.models import ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncRow


class Link(models.Model):
    """A TikTok SKU and the Shopify variant that is sold under it."""

    class Origin(models.TextChoices):
        SAME_SKU = "same_sku", "Same SKU on both sides"
        BY_HAND = "by_hand", "Linked by hand"
        FROM_ORDER = "order", "Linked from an order"
        API = "api", "Linked through the API"
        UPLOADED = "uploaded", "Uploaded to TikTok"
        IMPORTED = "imported", "Imported from TikTok"
        REBUILT = "rebuilt", "Found again by the ids on the platforms"

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

    @property
    def is_broken(self) -> bool:
        """It leads to a variant that was deleted in Shopify."""
        return self.variant.gone_at is not None

    @property
    def why(self) -> str:
        """How it came to be, in a sentence; reads `variant` and `created_by`."""
        from products.link_words import link_reason

        return link_reason(self)


class RemovedLink(models.Model):
    """Two that somebody took apart: nothing but a person, or a program, links them again."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="removed_links")
    tiktok_sku_id = models.CharField(max_length=40)
    variant = models.ForeignKey(Variant, models.CASCADE, related_name="removed_links")
    origin = models.CharField(max_length=10, choices=Link.Origin, help_text="Of the former link.")
    removed_at = models.DateTimeField(auto_now_add=True)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "tiktok_sku_id", "variant"], name="removed_link_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.tiktok_sku_id} ≠ {self.variant}"


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
