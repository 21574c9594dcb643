"""Who changed which setting, when, and from what to what."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.shops.models.accounts import TikTokShop
from tiktoksync.shops.models.tenants import Merchant


class SettingsChange(models.Model):
    """One saving of one section. Lines are appended, never changed; secrets are never in them."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="settings_changes")
    shop = models.ForeignKey(TikTokShop, models.CASCADE, null=True, blank=True, related_name="+")
    section = models.CharField(max_length=40, help_text="orders, products, team, connections …")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    who = models.CharField(max_length=150, blank=True, help_text="The name, or what did it.")
    words = models.CharField(max_length=300, blank=True)
    changes = models.JSONField(default=list, blank=True, help_text="[{field, label, from, to}]")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["merchant", "-id"], name="settings_change_merchant")]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.section} by {self.who or self.user}"
