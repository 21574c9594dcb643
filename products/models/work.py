"""The rows of outbound product work: uploads, imports, and what listings are told."""

from __future__ import annotations

import uuid

from django.db import models

from products.models.catalogue import Listing, Product
from products.models.rules import UploadTemplate
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncRow


def new_key() -> str:
    """A key under which the other side does a thing once."""
    return uuid.uuid4().hex


class ProductUpload(SyncRow):
    """A Shopify product on its way to TikTok: its pictures first, then the listing.

    There is one for each product and shop, so that a product is never listed twice.
    """

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="uploads")
    product = models.ForeignKey(Product, models.CASCADE, related_name="uploads")
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="+")
    template = models.ForeignKey(
        UploadTemplate, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    category_id = models.CharField(max_length=40, blank=True)
    category_name = models.CharField(max_length=500, blank=True)
    idempotency_key = models.CharField(max_length=64, default=new_key)
    tiktok_product_id = models.CharField(max_length=40, blank=True)
    was_found = models.BooleanField(default=False, help_text="It was listed already.")
    looked_at = models.DateTimeField(
        null=True, blank=True, help_text="When TikTok was asked whether it is listed already."
    )
    issues = models.JSONField(
        default=list, blank=True, help_text="[{code, words, fix}]: what stands in its way."
    )
    warnings = models.JSONField(default=list, blank=True, help_text="TikTok's words on it.")
    sent_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "product"], name="product_upload_once")
        ]
        indexes = [
            models.Index(fields=["shop", "sync_status", "next_attempt_at"], name="upload_due")
        ]

    def __str__(self) -> str:
        return f"upload of {self.product}"


class ImageSource(models.Model):
    """What is known of a picture at an address: read once."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="image_sources")
    url = models.CharField(max_length=1000)
    checksum = models.CharField(max_length=64, help_text="SHA-256 of its bytes, in hex.")
    problem = models.CharField(max_length=64, blank=True, help_text="Why it cannot be used.")
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "url"], name="image_source_once")]

    def __str__(self) -> str:
        return self.url


class UploadedImage(models.Model):
    """A picture that TikTok has: sent once, however many products show it."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="uploaded_images")
    use_case = models.CharField(max_length=30, help_text="TikTok's word.")
    checksum = models.CharField(max_length=64, help_text="SHA-256 of its bytes, in hex.")
    uri = models.CharField(max_length=500)
    url = models.CharField(max_length=1000, blank=True)
    width = models.PositiveIntegerField(default=0)
    height = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "use_case", "checksum"], name="uploaded_image_once"
            )
        ]

    def __str__(self) -> str:
        return self.uri


class ProductImport(SyncRow):
    """A TikTok listing on its way to Shopify; one for each listing."""

    listing = models.OneToOneField(Listing, models.CASCADE, related_name="product_import")
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="+")
    shopify_product_id = models.CharField(max_length=80, blank=True)
    was_found = models.BooleanField(default=False, help_text="Shopify had it already.")
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["sync_status", "next_attempt_at"], name="import_due")]

    def __str__(self) -> str:
        return f"import of {self.listing}"


class ListingTask(SyncRow):
    """Something TikTok is to be told of a listing: its stock, its prices, on or off sale, its ids.

    What to tell is worked out when it is sent, so that a task that waited says the newest.
    """

    class Kind(models.TextChoices):
        STOCK = "stock", "Stock"
        PRICES = "prices", "Prices"
        STATE = "state", "On or off sale"
        EXTERNAL_IDS = "ids", "Shopify's ids"

    class State(models.TextChoices):
        ACTIVE = "activate", "Put on sale"
        INACTIVE = "deactivate", "Take off sale"

    listing = models.ForeignKey(Listing, models.CASCADE, related_name="tasks")
    kind = models.CharField(max_length=10, choices=Kind)
    wanted_state = models.CharField(max_length=10, choices=State, blank=True)
    reason = models.CharField(max_length=100, blank=True, help_text="Why it was asked for.")
    run = models.ForeignKey(Run, models.SET_NULL, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_again = models.BooleanField(default=False, help_text="There was news during the call.")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["listing", "kind"], name="listing_task_once")
        ]
        indexes = [
            models.Index(fields=["kind", "sync_status", "next_attempt_at"], name="listing_task_due")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.listing}"
