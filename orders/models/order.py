"""Orders as TikTok tells of them, and what became of them in Shopify."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.db.models import Q
from django.utils import timezone

from orders.models.history import StatusChange
from products.models import Variant
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import Change, SyncRow, SyncStatus


class OrderQuerySet(models.QuerySet["Order"]):
    """Questions that pages, the API and the flows ask alike."""

    def of_merchant(self, merchant: Merchant) -> OrderQuerySet:
        """Only what this tenant may see."""
        return self.filter(shop__merchant=merchant)

    def needing_attention(self) -> OrderQuerySet:
        """Orders that wait for a person."""
        return self.filter(sync_status=SyncStatus.FAILED)

    def in_shopify(self) -> OrderQuerySet:
        """Orders that exist over there."""
        return self.filter(sync_status=SyncStatus.SYNCED)


class Order(SyncRow):
    """A TikTok order. `tiktok_status` mirrors TikTok; `sync_status` is ours."""

    shop = models.ForeignKey(TikTokShop, models.PROTECT, related_name="orders")
    tiktok_order_id = models.CharField(max_length=64)
    tiktok_status = models.CharField(max_length=40, help_text="TikTok's word, verbatim.")
    tiktok_update_time = models.PositiveBigIntegerField(help_text="Unix seconds, as TikTok says.")
    placed_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)
    ship_by = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=30, blank=True, help_text="normal, sample, pre_order …")
    shipping_type = models.CharField(max_length=30, blank=True)
    fulfillment_type = models.CharField(max_length=40, blank=True)
    delivery_option_id = models.CharField(max_length=40, blank=True)
    is_cod = models.BooleanField(default=False)
    cancel_requested = models.BooleanField(default=False)
    cancel_reason = models.CharField(max_length=255, blank=True)
    cancelled_by = models.CharField(max_length=20, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    platform_discount = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    ship_to = models.CharField(max_length=200, blank=True, help_text="City and country only.")
    raw = models.JSONField(default=dict, help_text="The order as TikTok last sent it.")
    first_seen_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)
    shopify_order_id = models.CharField(max_length=80, blank=True, help_text="The GID.")
    shopify_legacy_id = models.CharField(max_length=40, blank=True)
    shopify_order_name = models.CharField(max_length=80, blank=True)
    shopify_total = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    shopify_status = models.CharField(
        max_length=40, blank=True, help_text="Shopify's display status of fulfilment."
    )
    shopify_updated_at = models.DateTimeField(
        null=True, blank=True, help_text="Shopify's own time of the state that was last read."
    )
    shopify_cancelled_at = models.DateTimeField(null=True, blank=True)
    synced_at = models.DateTimeField(null=True, blank=True)
    approved_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person asked for this order to be synced."
    )
    kept_back_at = models.DateTimeField(
        null=True, blank=True, help_text="When a person asked to keep it back for now."
    )
    personal_data_erased_at = models.DateTimeField(
        null=True, blank=True, help_text="When the buyer's data was taken out of it."
    )
    release_at = models.DateTimeField(
        null=True, blank=True, help_text="When TikTok's hold should end; empty without a hold."
    )
    released_at = models.DateTimeField(
        null=True, blank=True, help_text="First seen awaiting shipment."
    )
    aftersales_wanted_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When to read its cancellations and returns from TikTok; empty means not.",
    )
    source_order_id = models.CharField(
        max_length=64, blank=True, help_text="The order that it replaces or is exchanged for."
    )
    other_shopify_ids = models.JSONField(
        default=list, blank=True, help_text="Further Shopify orders that claim this order."
    )

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "tiktok_order_id"], name="order_once")
        ]
        indexes = [
            models.Index(fields=["shop", "sync_status", "next_attempt_at"], name="order_due"),
            models.Index(
                fields=["shop", "tiktok_status", "-placed_at", "-id"], name="order_tiktok_placed"
            ),
            models.Index(
                fields=["shop", "sync_status", "-placed_at", "-id"], name="order_sync_placed"
            ),
            models.Index(fields=["shop", "-placed_at", "-id"], name="order_placed"),
            models.Index(fields=["shop", "ship_by", "id"], name="order_ship_by"),
            models.Index(fields=["shop", "tiktok_status", "ship_by"], name="order_dispatch"),
            models.Index(fields=["shop", "total", "id"], name="order_total"),
            models.Index(
                fields=["shop", "shopify_order_name"],
                name="order_shopify_name",
                opclasses=["int8_ops", "varchar_pattern_ops"],
            ),
            models.Index(fields=["shopify_order_id"], name="order_shopify_id"),
            models.Index(
                fields=["claimed_until"],
                name="order_claimed",
                condition=Q(sync_status="sending"),
            ),
            models.Index(
                fields=["shop", "aftersales_wanted_at"],
                name="order_aftersales_wanted",
                condition=Q(aftersales_wanted_at__isnull=False),
            ),
            models.Index(
                fields=["shop", "source_order_id"],
                name="order_source",
                condition=~Q(source_order_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.tiktok_order_id

    def note_change(self, change: Change) -> None:
        """Append a line to the order's history."""
        StatusChange.record(self, change)

    @classmethod
    def note_changes(cls, changes: Sequence[tuple[Order, Change]]) -> None:
        """Append lines to the histories of several orders in one insert."""
        StatusChange.objects.bulk_create(StatusChange.line(*change) for change in changes)

    @property
    def needs_attention(self) -> bool:
        """A person must act before this order goes on."""
        return self.sync_status == SyncStatus.FAILED.value

    @property
    def is_synced(self) -> bool:
        """The order exists in Shopify."""
        return self.sync_status == SyncStatus.SYNCED.value

    @property
    def shopify_state(self) -> str:
        """Where the order stands in Shopify, in one word: cancelled, or how far it is shipped."""
        return "CANCELLED" if self.shopify_cancelled_at else self.shopify_status

    @property
    def expected_shopify_total(self) -> object:
        """What Shopify's total has to be, by the rule the shop chose."""
        from tiktoksync.shops.models import OrderRules

        mode = self.shop.rules.platform_discount_mode
        extra = self.platform_discount if mode == OrderRules.PlatformDiscount.PAYMENT else 0
        return self.total + extra


class LineItem(models.Model):
    """One unit of an order: TikTok sends an element for each, there is no quantity."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="line_items")
    tiktok_line_item_id = models.CharField(max_length=40)
    tiktok_product_id = models.CharField(max_length=40, blank=True)
    tiktok_sku_id = models.CharField(max_length=40, blank=True)
    seller_sku = models.CharField(max_length=255, blank=True)
    sku_key = models.CharField(max_length=255, blank=True)
    product_name = models.CharField(max_length=500, blank=True)
    sku_name = models.CharField(max_length=255, blank=True)
    image = models.URLField(max_length=500, blank=True)
    price = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    original_price = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    seller_discount = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    platform_discount = models.DecimalField(max_digits=16, decimal_places=4, default=0)
    is_gift = models.BooleanField(default=False)
    display_status = models.CharField(max_length=40, blank=True)
    package_id = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    variant = models.ForeignKey(
        Variant, models.SET_NULL, null=True, blank=True, help_text="What it was sent as."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "tiktok_line_item_id"], name="line_item_once")
        ]
        indexes = [
            models.Index(fields=["tiktok_sku_id"], name="line_item_sku_id"),
            models.Index(
                fields=["sku_key"], name="line_item_sku_key", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(
                fields=["tracking_number"],
                name="line_item_tracking",
                opclasses=["varchar_pattern_ops"],
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.seller_sku or self.tiktok_line_item_id


class Package(models.Model):
    """TikTok's parcel."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="packages")
    tiktok_package_id = models.CharField(max_length=40)
    status = models.CharField(max_length=40, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    carrier = models.CharField(max_length=200, blank=True)
    order_ids = models.JSONField(
        default=list, blank=True, help_text="The TikTok orders in this parcel, as last read."
    )
    is_gone = models.BooleanField(
        default=False, help_text="Dissolved at TikTok: split, combined or cancelled."
    )
    wanted_at = models.DateTimeField(
        null=True, blank=True, help_text="When to read it again from TikTok; empty means not."
    )
    read_at = models.DateTimeField(null=True, blank=True)
    label_url = models.URLField(max_length=1000, blank=True)
    label_read_at = models.DateTimeField(
        null=True, blank=True, help_text="TikTok's address of the label is good for 24 hours."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "tiktok_package_id"], name="package_once")
        ]
        indexes = [
            models.Index(
                fields=["wanted_at"], name="package_wanted", condition=Q(wanted_at__isnull=False)
            ),
            models.Index(fields=["tiktok_package_id"], name="package_id"),
            models.Index(
                fields=["tracking_number"],
                name="package_tracking",
                opclasses=["varchar_pattern_ops"],
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.tiktok_package_id
