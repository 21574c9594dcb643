"""What support staff did, under whose eyes, and the words they gave to failures."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.utils import timezone

from tiktoksync.shops.models import Merchant

KEPT = "What staff did stays told: its lines are appended, never changed."


class Appended(models.QuerySet["StaffAction"]):
    """Lines that are written once."""

    def update(self, **columns: Any) -> int:
        """Never."""
        raise PermissionDenied(KEPT)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Never."""
        raise PermissionDenied(KEPT)


class StaffAction(models.Model):
    """Something staff did with a merchant's data, and why. Lines are appended, never changed.

    The merchant reads them.
    """

    merchant = models.ForeignKey(
        Merchant, models.SET_NULL, null=True, blank=True, related_name="staff_actions"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=150, help_text="The name, kept when the account is gone.")
    action = models.CharField(max_length=40)
    words = models.CharField(max_length=300, help_text="What was done, as the merchant reads it.")
    reason = models.TextField()
    subject = models.CharField(max_length=80, blank=True, help_text="app.model of the row.")
    subject_id = models.CharField(max_length=64, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    at = models.DateTimeField(default=timezone.now)

    objects = Appended.as_manager()

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="staff_action_merchant")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.who}: {self.words}"

    def save(self, *args: Any, **options: Any) -> None:
        """Once, when it happens."""
        if not self._state.adding:
            raise PermissionDenied(KEPT)
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> tuple[int, dict[str, int]]:
        """Never."""
        raise PermissionDenied(KEPT)


class ViewAs(models.Model):
    """A member of staff looks at a merchant's pages as the merchant does: to read, for a while."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="views_as")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    reason = models.TextField()
    started_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "views as merchant"
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user} as {self.merchant}"


class Reveal(models.Model):
    """Personal data was shown to a member of staff, for a while and for a reason."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="reveals")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    subject = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=64)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}: {self.subject} {self.subject_id}"


class MerchantNote(models.Model):
    """What staff remember of a merchant; merchants do not see it."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="notes")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    text = models.TextField()
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.text[:60]


class FailureEntry(models.Model):
    """One failure that a merchant can meet, as the catalogue tells it.

    The tables in the code give the words; what staff write here takes their place, and an empty
    column falls back to them. A row stands here for every line of the tables.
    """

    key = models.CharField(
        max_length=120, unique=True, help_text="platform/layer/code, or a reason's own code."
    )
    group = models.CharField(max_length=40, help_text="TikTok Shop, Shopify, Orders, Products …")
    code = models.CharField(max_length=80)
    sentence = models.TextField(blank=True, help_text="Empty: the sentence of the table.")
    fix = models.TextField(blank=True, help_text="Empty: the advice of the table.")
    button = models.CharField(max_length=40, blank=True, help_text="The action offered.")
    button_label = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True, help_text="For staff only.")
    changed_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "failure catalogue"
        indexes = [models.Index(fields=["group", "code"], name="failure_entry_code")]
        ordering = ["group", "key"]

    def __str__(self) -> str:
        return self.key
