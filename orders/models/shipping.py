"""Shipments on their way between the platforms, and what is written on the other side."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from orders.models.order import Order, Package
from orders.models.parts import OrderPart
from tiktoksync.sync.models import SyncRow


class Fulfillment(OrderPart):
    """One parcel of Shopify's shipment; its row carries the tracking to TikTok.

    A shipment with several tracking numbers has a row for each. Tracking that was changed after
    TikTok was told of it is a new row, one revision on, that replaces the old one.
    """

    history_axis = "fulfillment"

    order = models.ForeignKey(Order, models.CASCADE, related_name="fulfillments")
    shopify_fulfillment_id = models.CharField(max_length=80)
    parcel = models.PositiveSmallIntegerField(
        default=0, help_text="Its place among the shipment's tracking numbers."
    )
    revision = models.PositiveSmallIntegerField(default=0)
    replaces = models.OneToOneField(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="replaced_by",
        help_text="What TikTok was told before, corrected by this row.",
    )
    tiktok_package_id = models.CharField(
        max_length=40, blank=True, help_text="The parcel TikTok made of it."
    )
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
                fields=["order", "shopify_fulfillment_id", "parcel", "revision"],
                name="fulfillment_once",
            )
        ]
        indexes = [
            models.Index(fields=["sync_status", "next_attempt_at"], name="fulfillment_due"),
            models.Index(
                fields=["tracking_number"],
                name="fulfillment_tracking",
                opclasses=["varchar_pattern_ops"],
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip() or self.shopify_fulfillment_id


class ExternalReference(SyncRow):
    """The Shopify order's id and name, to be written on the TikTok order."""

    order = models.OneToOneField(Order, models.CASCADE, related_name="external_reference")

    class Meta:
        indexes = [
            models.Index(fields=["sync_status", "next_attempt_at"], name="external_reference_due")
        ]

    def __str__(self) -> str:
        return f"reference on {self.order}"


class PackageFulfillment(OrderPart):
    """A parcel that TikTok ships, to be told to Shopify as a fulfillment.

    A number that TikTok changes afterwards is a new row, one revision on.
    """

    history_axis = "package"

    order = models.ForeignKey(Order, models.CASCADE, related_name="package_fulfillments")
    package = models.ForeignKey(Package, models.CASCADE, related_name="shopify_fulfillments")
    revision = models.PositiveSmallIntegerField(default=0)
    carrier = models.CharField(max_length=200, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    units = models.JSONField(default=list, help_text="TikTok line item ids in this parcel.")
    shopify_fulfillment_id = models.CharField(max_length=80, blank=True, help_text="The GID.")
    first_seen_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["package", "revision"], name="package_fulfillment_once")
        ]
        indexes = [
            models.Index(fields=["sync_status", "next_attempt_at"], name="package_fulfillment_due"),
            models.Index(fields=["shopify_fulfillment_id"], name="package_fulfillment_gid"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.carrier} {self.tracking_number}".strip() or str(self.package)
