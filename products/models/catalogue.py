"""Both catalogues as they stand on the platforms, as far as they have been read."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone

from tiktoksync.shops.models import ShopifyStore, TikTokShop

# Stands for the product of variants that a link names before the catalogue was read that far.
UNREAD_PRODUCT = ""


def sku_key(sku: str) -> str:
    """The form in which SKUs are compared: trimmed and case-folded."""
    return sku.strip().casefold()


class Location(models.Model):
    """A place where a Shopify store keeps stock."""

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="locations")
    shopify_location_id = models.CharField(max_length=80)
    name = models.CharField(max_length=255, blank=True)
    is_active = models.BooleanField(default=True)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "shopify_location_id"], name="location_once")
        ]

    def __str__(self) -> str:
        return self.name or self.shopify_location_id


class Product(models.Model):
    """A product as it stands in Shopify."""

    class Status(models.TextChoices):
        ACTIVE = "ACTIVE", "Active"
        DRAFT = "DRAFT", "Draft"
        ARCHIVED = "ARCHIVED", "Archived"
        UNLISTED = "UNLISTED", "Unlisted"

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="products")
    shopify_product_id = models.CharField(max_length=80)
    title = models.CharField(max_length=255, blank=True)
    handle = models.CharField(max_length=255, blank=True)
    status = models.CharField(max_length=20, blank=True, help_text="Shopify's word, verbatim.")
    description_html = models.TextField(blank=True)
    vendor = models.CharField(max_length=255, blank=True)
    product_type = models.CharField(max_length=255, blank=True)
    tags = models.JSONField(default=list, blank=True)
    category = models.CharField(max_length=500, blank=True, help_text="Shopify's taxonomy.")
    options = models.JSONField(
        default=list, blank=True, help_text="[{name, values: [text]}], in Shopify's order."
    )
    images = models.JSONField(
        default=list, blank=True, help_text="[{url, alt, width, height}], the cover first."
    )
    changed_at = models.DateTimeField(null=True, blank=True, help_text="Shopify's updatedAt.")
    wanted_at = models.DateTimeField(
        null=True, blank=True, help_text="It changed over there: it is read again."
    )
    gone_at = models.DateTimeField(null=True, blank=True, help_text="Deleted in Shopify.")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "shopify_product_id"], name="product_once")
        ]
        indexes = [
            models.Index(
                fields=["store", "wanted_at"],
                name="product_wanted",
                condition=Q(wanted_at__isnull=False),
            ),
            models.Index(fields=["store", "seen_at"], name="product_seen"),
        ]

    def __str__(self) -> str:
        return self.title or self.shopify_product_id

    @property
    def cover(self) -> str:
        """The first picture's address; empty without one."""
        return str(self.images[0].get("url", "")) if self.images else ""


class Variant(models.Model):
    """A Shopify variant: what an order line is made of."""

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="variants")
    product = models.ForeignKey(Product, models.CASCADE, related_name="variants")
    shopify_variant_id = models.CharField(max_length=80)
    inventory_item_id = models.CharField(max_length=80, blank=True)
    title = models.CharField(max_length=255, blank=True)
    sku = models.CharField(max_length=255, blank=True)
    sku_key = models.CharField(max_length=255, blank=True, editable=False)
    barcode = models.CharField(max_length=255, blank=True)
    position = models.PositiveIntegerField(default=0)
    option_values = models.JSONField(
        default=list, blank=True, help_text="[{name, value}], one for each option."
    )
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    compare_at_price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    image = models.URLField(max_length=1000, blank=True)
    weight = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    weight_unit = models.CharField(max_length=12, blank=True, help_text="Shopify's word.")
    is_tracked = models.BooleanField(default=True, help_text="Shopify counts its stock.")
    sells_without_stock = models.BooleanField(default=False)
    requires_shipping = models.BooleanField(default=True)
    gone_at = models.DateTimeField(null=True, blank=True, help_text="Deleted in Shopify.")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["store", "shopify_variant_id"], name="variant_once")
        ]
        indexes = [
            models.Index(fields=["store", "sku_key"], name="variant_sku"),
            models.Index(fields=["store", "inventory_item_id"], name="variant_item"),
        ]

    def __str__(self) -> str:
        return f"{self.product} / {self.title}" if self.title else str(self.product)


class InventoryLevel(models.Model):
    """What can be sold of one inventory item at one location."""

    store = models.ForeignKey(ShopifyStore, models.CASCADE, related_name="inventory_levels")
    inventory_item_id = models.CharField(max_length=80)
    shopify_location_id = models.CharField(max_length=80)
    available = models.IntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="Shopify's time of it.")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["store", "inventory_item_id", "shopify_location_id"], name="level_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.inventory_item_id}: {self.available}"


class Listing(models.Model):
    """A product as it stands on TikTok."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="listings")
    tiktok_product_id = models.CharField(max_length=40)
    title = models.CharField(max_length=500, blank=True)
    status = models.CharField(max_length=40, blank=True, help_text="TikTok's word, verbatim.")
    audit_status = models.CharField(max_length=20, blank=True, help_text="TikTok's review.")
    review_reasons = models.JSONField(
        default=list,
        blank=True,
        help_text="[{position, reasons: [text], suggestions: [text]}] of a refused review.",
    )
    description_html = models.TextField(blank=True)
    category_id = models.CharField(max_length=40, blank=True)
    category_name = models.CharField(max_length=500, blank=True, help_text="From root to leaf.")
    brand_id = models.CharField(max_length=40, blank=True)
    brand_name = models.CharField(max_length=255, blank=True)
    images = models.JSONField(
        default=list, blank=True, help_text="[{uri, url, width, height}], the cover first."
    )
    package = models.JSONField(
        default=dict, blank=True, help_text="{weight, weight_unit, length, width, height, unit}."
    )
    external_product_id = models.CharField(max_length=999, blank=True)
    created_on_tiktok_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True, help_text="TikTok's update_time.")
    detail_wanted_at = models.DateTimeField(
        null=True, blank=True, help_text="Its details are to be read."
    )
    detail_read_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True, help_text="No longer on TikTok.")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "tiktok_product_id"], name="listing_once")
        ]
        indexes = [
            models.Index(
                fields=["shop", "detail_wanted_at"],
                name="listing_detail_wanted",
                condition=Q(detail_wanted_at__isnull=False),
            ),
            models.Index(fields=["shop", "status"], name="listing_status"),
            models.Index(fields=["shop", "seen_at"], name="listing_seen"),
        ]

    def __str__(self) -> str:
        return self.title or self.tiktok_product_id

    @property
    def cover(self) -> str:
        """The first picture's address; empty without one."""
        return str(self.images[0].get("url", "")) if self.images else ""


class ListingSku(models.Model):
    """One SKU of a listing: what a TikTok order line names."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="listing_skus")
    listing = models.ForeignKey(Listing, models.CASCADE, related_name="skus")
    tiktok_sku_id = models.CharField(max_length=40)
    seller_sku = models.CharField(max_length=255, blank=True)
    sku_key = models.CharField(max_length=255, blank=True, editable=False)
    name = models.CharField(max_length=255, blank=True)
    attributes = models.JSONField(
        default=list, blank=True, help_text="[{name, value}], one for each sales attribute."
    )
    price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    image = models.URLField(max_length=500, blank=True)
    barcode = models.CharField(max_length=40, blank=True)
    inventory = models.JSONField(
        default=list, blank=True, help_text="[{warehouse_id, quantity}] as TikTok shows it."
    )
    quantity = models.IntegerField(
        null=True, blank=True, help_text="The sum of its warehouses, as TikTok shows it."
    )
    external_sku_id = models.CharField(max_length=999, blank=True)
    is_deactivated = models.BooleanField(default=False)
    sent_quantity = models.IntegerField(null=True, blank=True)
    quantity_sent_at = models.DateTimeField(null=True, blank=True)
    sent_price = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    price_sent_at = models.DateTimeField(null=True, blank=True)
    stock_locked = models.BooleanField(default=False, help_text="Its stock is left alone.")
    price_locked = models.BooleanField(default=False, help_text="Its price is left alone.")
    gone_at = models.DateTimeField(null=True, blank=True, help_text="No longer on TikTok.")
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "tiktok_sku_id"], name="listing_sku_once")
        ]
        indexes = [models.Index(fields=["shop", "sku_key"], name="listing_sku_key")]

    def __str__(self) -> str:
        return self.seller_sku or self.tiktok_sku_id

    @property
    def shown_name(self) -> str:
        """Its sales attributes in one line; empty for a listing with a single SKU."""
        values: list[Any] = [one.get("value", "") for one in self.attributes]
        return " / ".join(str(value) for value in values if value) or self.name
