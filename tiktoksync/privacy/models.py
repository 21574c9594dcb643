"""Requests about personal data, and the files that answer them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.shops.models import Merchant


class PrivacyRequest(models.Model):
    """What a person or a platform asks about personal data, until it is done.

    Shopify's three privacy topics become such rows, and so does what a merchant asks on the
    settings page. The row is the queue.
    """

    class Kind(models.TextChoices):
        DATA_REQUEST = "data_request", "A buyer asks what is kept"
        CUSTOMER_REDACT = "customer_redact", "A buyer's data is to be erased"
        SHOP_REDACT = "shop_redact", "A store's data is to be erased"
        EXPORT = "export", "The merchant takes all data along"
        ERASE = "erase", "The merchant has all data erased"

    kind = models.CharField(max_length=20, choices=Kind)
    merchant = models.ForeignKey(
        Merchant, models.SET_NULL, null=True, blank=True, related_name="privacy_requests"
    )
    shop_domain = models.CharField(max_length=120, blank=True)
    request_id = models.CharField(max_length=80, blank=True, help_text="The platform's own.")
    orders = models.JSONField(
        default=list, blank=True, help_text="Shopify order ids it names; no personal data."
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    received_at = models.DateTimeField(default=timezone.now)
    answer_by = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    claimed_until = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    outcome = models.TextField(blank=True)
    facts = models.JSONField(default=dict, blank=True, help_text="Counts of what was done.")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "shop_domain", "request_id"],
                condition=~models.Q(request_id=""),
                name="privacy_request_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                name="privacy_request_due",
                condition=models.Q(due_at__isnull=False),
            )
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} ({self.shop_domain or self.merchant})"


class Export(models.Model):
    """A file with a merchant's or a buyer's data, to be fetched for a while."""

    request = models.OneToOneField(PrivacyRequest, models.CASCADE, related_name="export")
    name = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class ExportPart(models.Model):
    """A piece of such a file: no process ever holds all of it."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["export", "number"], name="export_part_once")
        ]
        ordering = ["number"]

    def __str__(self) -> str:
        return f"{self.export} {self.number}"
