"""Orders as TikTok tells of them, what became of them in Shopify, and every change on the way."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from products.models import Variant
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import Attempt, Change, SyncRow, SyncStatus


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
    released_at = models.DateTimeField(
        null=True, blank=True, help_text="First seen awaiting shipment."
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
            models.Index(fields=["shop", "tiktok_status"], name="order_tiktok_status"),
            models.Index(fields=["shop", "-placed_at", "-id"], name="order_placed"),
            models.Index(fields=["shopify_order_id"], name="order_shopify_id"),
            models.Index(
                fields=["claimed_until"],
                name="order_claimed",
                condition=Q(sync_status="sending"),
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
            models.Index(fields=["sku_key"], name="line_item_sku_key"),
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

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "tiktok_package_id"], name="package_once")
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return self.tiktok_package_id


class Fulfillment(SyncRow):
    """Shopify's shipment; its row carries the tracking to TikTok."""

    history_axis = "fulfillment"

    order = models.ForeignKey(Order, models.CASCADE, related_name="fulfillments")
    shopify_fulfillment_id = models.CharField(max_length=80)
    status = models.CharField(max_length=20, blank=True, help_text="Shopify's word, verbatim.")
    carrier = models.CharField(max_length=200, blank=True, help_text="As typed in Shopify.")
    tracking_number = models.CharField(max_length=100, blank=True)
    tracking_url = models.URLField(max_length=500, blank=True)
    shipped_units = models.JSONField(
        default=list, help_text="TikTok line item ids in this shipment."
    )
    provider_id = models.CharField(max_length=40, blank=True)
    provider_name = models.CharField(max_length=200, blank=True)
    shopify_created_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order", "shopify_fulfillment_id"], name="fulfillment_once"
            )
        ]
        indexes = [models.Index(fields=["sync_status", "next_attempt_at"], name="fulfillment_due")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip() or self.shopify_fulfillment_id

    def note_change(self, change: Change) -> None:
        """The order's history tells of its shipments too."""
        StatusChange.record(self.order, change)


class Cancellation(SyncRow):
    """TikTok cancelled an order that Shopify already has: Shopify has to follow."""

    history_axis = "cancellation"

    order = models.OneToOneField(Order, models.CASCADE, related_name="cancellation")
    reason = models.CharField(max_length=255, blank=True)
    cancelled_by = models.CharField(max_length=20, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sync_status", "next_attempt_at"], name="cancellation_due")]

    def __str__(self) -> str:
        return f"cancellation of {self.order}"

    def note_change(self, change: Change) -> None:
        """The order's history tells of its cancellation too."""
        StatusChange.record(self.order, change)


class ExternalReference(SyncRow):
    """The Shopify order's id and name, to be written on the TikTok order."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="external_reference")

    class Meta:
        indexes = [
            models.Index(fields=["sync_status", "next_attempt_at"], name="external_reference_due")
        ]

    def __str__(self) -> str:
        return f"reference on {self.order}"


class StatusChange(models.Model):
    """One line of an order's history. Lines are appended, never changed."""

    class Axis(models.TextChoices):
        TIKTOK = "tiktok", "TikTok"
        SYNC = "sync", "Sync"
        FULFILLMENT = "fulfillment", "Shipment"
        CANCELLATION = "cancellation", "Cancellation"
        SHOPIFY = "shopify", "Shopify"
        NOTE = "note", "Note"

    class Actor(models.TextChoices):
        TIKTOK = "tiktok", "TikTok"
        SHOPIFY = "shopify", "Shopify"
        SYSTEM = "system", "TikTokSync"
        MERCHANT = "merchant", "Merchant"
        STAFF = "staff", "Support"
        API = "api", "API"

    order = models.ForeignKey(Order, models.CASCADE, related_name="history")
    axis = models.CharField(max_length=20, choices=Axis)
    before = models.CharField(max_length=40, blank=True)
    after = models.CharField(max_length=40, blank=True)
    actor = models.CharField(max_length=10, choices=Actor)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True)
    attempt = models.ForeignKey(Attempt, models.SET_NULL, null=True, blank=True, related_name="+")
    request_id = models.CharField(max_length=80, blank=True, help_text="The platform's own.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["order", "id"], name="status_change_order")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.axis}: {self.before or '–'} → {self.after}"

    @classmethod
    def record(cls, order: Order, change: Change) -> StatusChange:
        """Append what the engine or a mirror saw."""
        line = cls.line(order, change)
        line.save(force_insert=True)
        return line

    @classmethod
    def line(cls, order: Order, change: Change) -> StatusChange:
        """A line that is not stored yet."""
        return cls(
            order=order,
            axis=change.axis,
            before=change.before,
            after=change.after,
            actor=change.actor,
            reason=change.reason,
            attempt_id=change.attempt_id,
            user_id=change.user_id,
            request_id=change.request_id,
        )
