"""Merchants, their people and programs, and the apps they connect through."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from tiktoksync.lib.secrets import EncryptedTextField


class Platform(models.TextChoices):
    TIKTOK = "tiktok", "TikTok Shop"
    SHOPIFY = "shopify", "Shopify"


class Merchant(models.Model):
    """A tenant: everything else belongs to exactly one of these."""

    name = models.CharField(max_length=200, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
    personal_data_days = models.PositiveSmallIntegerField(
        default=90, help_text="Buyers' data is erased so many days after the order is closed."
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's place in a merchant's team."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        OPERATOR = "operator", "Operator"
        VIEWER = "viewer", "Viewer"

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.VIEWER)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["merchant", "user"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} at {self.merchant} ({self.role})"

    @property
    def may_act(self) -> bool:
        """Viewers look; owners and operators act."""
        return self.role != self.Role.VIEWER


class ApiToken(models.Model):
    """A program's key to one merchant's API."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100, default="API")
    digest = models.CharField(max_length=64, unique=True, editable=False)
    token = EncryptedTextField(editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "API token"

    def __str__(self) -> str:
        return f"{self.name} of {self.merchant}"


class PlatformApp(models.Model):
    """An app registered with a platform; TikTok needs one for the US and one for elsewhere."""

    platform = models.CharField(max_length=10, choices=Platform)
    market = models.CharField(max_length=10, blank=True, help_text="us or global; TikTok only.")
    key = models.CharField(max_length=100)
    secret = EncryptedTextField()
    old_secret = EncryptedTextField(blank=True, help_text="Still accepted while it is rotated.")
    service_id = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["platform", "key"], name="platform_app_once")
        ]

    def __str__(self) -> str:
        return f"{self.get_platform_display()} app {self.key}"

    @property
    def secrets(self) -> list[str]:
        """The secrets a signature may have been made with, newest first."""
        return [secret for secret in (self.secret, self.old_secret) if secret]
