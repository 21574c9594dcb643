"""Every change of an order, in the order in which it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.sync.models import Attempt, Change

if TYPE_CHECKING:
    from orders.models.order import Order


class StatusChange(models.Model):
    """One line of an order's history. Lines are appended, never changed."""

    class Axis(models.TextChoices):
        TIKTOK = "tiktok", "TikTok"
        SYNC = "sync", "Sync"
        FULFILLMENT = "fulfillment", "Shipment"
        PACKAGE = "package", "TikTok's parcel"
        CANCELLATION = "cancellation", "Cancellation"
        CANCEL_REQUEST = "cancel_request", "Buyer's cancel request"
        SELLER_CANCELLATION = "seller_cancellation", "Cancellation on TikTok"
        RETURN = "return", "Return"
        REFUND = "refund", "Refund"
        ADDRESS = "address", "Address"
        SHOPIFY = "shopify", "Shopify"
        NOTE = "note", "Note"

    class Actor(models.TextChoices):
        TIKTOK = "tiktok", "TikTok"
        SHOPIFY = "shopify", "Shopify"
        SYSTEM = "system", "TikTokSync"
        MERCHANT = "merchant", "Merchant"
        STAFF = "staff", "Support"
        API = "api", "API"

    order = models.ForeignKey("orders.Order", models.CASCADE, related_name="history")
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
