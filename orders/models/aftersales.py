"""What happens to an order after it was made: cancellations, returns, refunds, new addresses."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from orders.models.order import Order
from orders.models.parts import OrderPart


class Cancellation(OrderPart):
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


class CancelRequest(OrderPart):
    """A buyer asks for a cancellation on TikTok; unanswered, TikTok grants it after its deadline.

    It is held until a person answers, and then queued with the answer.
    """

    history_axis = "cancel_request"

    class Verdict(models.TextChoices):
        APPROVE = "approve", "Accept"
        REJECT = "reject", "Decline"

    order = models.ForeignKey(Order, models.CASCADE, related_name="cancel_requests")
    cancel_id = models.CharField(max_length=64)
    cancel_type = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=60, blank=True, help_text="TikTok's word, verbatim.")
    role = models.CharField(max_length=20, blank=True)
    reason = models.CharField(max_length=120, blank=True, help_text="TikTok's key.")
    reason_text = models.CharField(max_length=255, blank=True)
    units = models.JSONField(default=list, help_text="TikTok line item ids to be cancelled.")
    refund_amount = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    requested_at = models.DateTimeField(null=True, blank=True)
    respond_by = models.DateTimeField(
        null=True, blank=True, help_text="TikTok grants the request by itself at this time."
    )
    tiktok_update_time = models.PositiveBigIntegerField(default=0)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    reject_reason = models.CharField(max_length=120, blank=True, help_text="TikTok's key.")
    reject_reasons = models.JSONField(
        default=list, blank=True, help_text="What TikTok accepts: name and text."
    )
    comment = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    idempotency_key = models.CharField(max_length=64, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    first_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "cancel_id"], name="cancel_request_once")
        ]
        indexes = [
            models.Index(fields=["sync_status", "next_attempt_at"], name="cancel_request_due"),
            models.Index(
                fields=["respond_by"],
                name="cancel_request_open",
                condition=Q(sync_status="held"),
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"cancel request {self.cancel_id}"


class SellerCancellation(OrderPart):
    """The merchant cancelled in Shopify: offered on TikTok with a reason TikTok accepts.

    It is held until a person (or the shop's rule) chooses the reason.
    """

    history_axis = "seller_cancellation"

    order = models.OneToOneField(Order, models.CASCADE, related_name="seller_cancellation")
    shopify_reason = models.CharField(max_length=40, blank=True)
    reasons = models.JSONField(
        default=list, blank=True, help_text="What TikTok accepts now: name and text."
    )
    reasons_read_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=120, blank=True, help_text="TikTok's key, as chosen.")
    chosen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    cancel_id = models.CharField(max_length=64, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["sync_status", "next_attempt_at"], name="seller_cancellation_due")
        ]

    def __str__(self) -> str:
        return f"cancellation of {self.order} on TikTok"


class Return(models.Model):
    """A return, refund, replacement or exchange on TikTok, mirrored word for word."""

    order = models.ForeignKey(Order, models.CASCADE, related_name="returns")
    return_id = models.CharField(max_length=64)
    return_type = models.CharField(max_length=40, blank=True)
    status = models.CharField(max_length=60, blank=True, help_text="TikTok's word, verbatim.")
    role = models.CharField(max_length=20, blank=True)
    arbitration_status = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=120, blank=True, help_text="TikTok's key.")
    reason_text = models.CharField(max_length=255, blank=True)
    units = models.JSONField(default=list, help_text="TikTok line item ids that come back.")
    refund_amount = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    carrier = models.CharField(max_length=200, blank=True)
    tracking_number = models.CharField(max_length=100, blank=True)
    next_action = models.CharField(
        max_length=60, blank=True, help_text="What TikTok waits for from the seller."
    )
    respond_by = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    tiktok_update_time = models.PositiveBigIntegerField(default=0)
    raw = models.JSONField(default=dict, help_text="The return as TikTok last sent it.")
    first_seen_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["order", "return_id"], name="return_once")]
        indexes = [models.Index(fields=["status"], name="return_status")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"return {self.return_id}"


class Refund(OrderPart):
    """Money that TikTok gave back, or units it cancelled, to be noted once on the Shopify order."""

    history_axis = "refund"

    class Source(models.TextChoices):
        RETURN = "return", "A return"
        CANCELLED_UNITS = "cancelled_units", "Units cancelled on TikTok"

    class Restock(models.TextChoices):
        CANCEL = "CANCEL", "Not shipped: back into stock"
        RETURN = "RETURN", "Came back: back into stock"
        NO_RESTOCK = "NO_RESTOCK", "Leave stock alone"

    order = models.ForeignKey(Order, models.CASCADE, related_name="refunds")
    source = models.CharField(max_length=20, choices=Source)
    source_id = models.CharField(
        max_length=120, help_text="The return, or the units, that it stands for."
    )
    amount = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    units = models.JSONField(default=list, help_text="TikTok line item ids.")
    restock = models.CharField(max_length=12, choices=Restock, default=Restock.NO_RESTOCK)
    note = models.CharField(
        max_length=255, blank=True, help_text="Written on the refund; it is found again by it."
    )
    lines = models.JSONField(
        default=list, blank=True, help_text="What is sent: Shopify lines with their quantities."
    )
    idempotency_key = models.CharField(
        max_length=64, blank=True, help_text="One for each intention; a new one after a refusal."
    )
    shopify_refund_id = models.CharField(max_length=80, blank=True, help_text="The GID.")
    requested_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "source", "source_id"], name="refund_once")
        ]
        indexes = [models.Index(fields=["sync_status", "next_attempt_at"], name="refund_due")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"refund for {self.get_source_display().lower()} {self.source_id}"


class AddressChange(OrderPart):
    """The buyer's new address of an order that Shopify already has; the address itself stays in
    the order's raw body."""

    history_axis = "address"

    order = models.ForeignKey(Order, models.CASCADE, related_name="address_changes")
    revision = models.PositiveSmallIntegerField(default=1)
    fingerprint = models.CharField(max_length=64, help_text="Digest of the address to be written.")
    requested_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "revision"], name="address_change_once")
        ]
        indexes = [
            models.Index(fields=["sync_status", "next_attempt_at"], name="address_change_due")
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"new address of {self.order}"
