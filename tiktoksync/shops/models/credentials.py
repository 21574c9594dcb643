"""The tokens of connected accounts, and what was told of their end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from tiktoksync.lib.secrets import EncryptedTextField
from tiktoksync.shops.models.accounts import ShopifyStore, TikTokShop
from tiktoksync.sync.models import SyncRow


class Credential(SyncRow):
    """The tokens of one account; renewing them is a claim, a call and a record like any other."""

    shop = models.OneToOneField(
        TikTokShop, models.CASCADE, null=True, blank=True, related_name="credential"
    )
    store = models.OneToOneField(
        ShopifyStore, models.CASCADE, null=True, blank=True, related_name="credential"
    )
    access_token = EncryptedTextField()
    refresh_token = EncryptedTextField(blank=True, default="")
    access_expires_at = models.DateTimeField(null=True, blank=True)
    refresh_expires_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    renewed_at = models.DateTimeField(null=True, blank=True)
    family = models.CharField(
        max_length=64,
        blank=True,
        default="",
        db_index=True,
        editable=False,
        help_text="Digest that shops opened by one authorization have in common.",
    )
    end_moves = models.BooleanField(
        default=False, help_text="Each renewal moves the end of the consent further away."
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(shop__isnull=False, store__isnull=True)
                | models.Q(shop__isnull=True, store__isnull=False),
                name="credential_of_one_account",
            )
        ]
        indexes = [models.Index(fields=["sync_status", "next_attempt_at"], name="credential_due")]

    def __str__(self) -> str:
        return f"tokens of {self.account}"

    @property
    def account(self) -> Any:
        """The shop or store the tokens open."""
        return self.shop or self.store

    def is_expired(self, now: datetime) -> bool:
        """Whether the access token is surely dead."""
        return self.access_expires_at is not None and self.access_expires_at <= now


class ConsentWarning(models.Model):
    """It was told once that an account's consent ends within so many days."""

    credential = models.ForeignKey(Credential, models.CASCADE, related_name="warnings")
    threshold_days = models.PositiveSmallIntegerField()
    ends_on = models.DateField(help_text="The day on which the consent ends, in UTC.")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["credential", "threshold_days", "ends_on"], name="consent_warning_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.credential.account}: {self.threshold_days} days until {self.ends_on}"
