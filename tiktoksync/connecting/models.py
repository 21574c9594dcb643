"""What is remembered between leaving for a platform's consent page and coming back."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.lib.secrets import EncryptedTextField
from tiktoksync.shops.models import Merchant, Platform, PlatformApp, ShopifyStore


class ConsentJourney(models.Model):
    """One way to a platform's consent page and back.

    The platform gives the state back unchanged. It is good once, soon, and only in the session, for
    the merchant and for the app that it was made for; only digests of it and of the session's key
    are kept. An installation that begins at Shopify has no merchant until somebody signs in.
    """

    platform = models.CharField(max_length=10, choices=Platform)
    app = models.ForeignKey(PlatformApp, models.CASCADE, null=True, blank=True, related_name="+")
    merchant = models.ForeignKey(
        Merchant, models.CASCADE, null=True, blank=True, related_name="consent_journeys"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    store = models.ForeignKey(
        ShopifyStore,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text="The store that a TikTok shop is to feed.",
    )
    shop_domain = models.CharField(max_length=120, blank=True, help_text="The store asked for.")
    region = models.CharField(max_length=4, blank=True)
    state_digest = models.CharField(max_length=64, unique=True)
    session_digest = models.CharField(max_length=64)
    back_to = models.CharField(max_length=200, blank=True, help_text="Where to go on afterwards.")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="consent_journey_end")]

    def __str__(self) -> str:
        return f"{self.platform} for {self.merchant or self.shop_domain}"


class TikTokGrant(models.Model):
    """A seller's consent that opens several shops, until the merchant has chosen among them."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="tiktok_grants")
    app = models.ForeignKey(PlatformApp, models.CASCADE, related_name="+")
    store = models.ForeignKey(ShopifyStore, models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, null=True, blank=True, related_name="+"
    )
    access_token = EncryptedTextField()
    refresh_token = EncryptedTextField()
    access_expires_at = models.DateTimeField()
    refresh_expires_at = models.DateTimeField()
    shops = models.JSONField(default=list, help_text="[{id, name, region, cipher}]")
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"consent for {self.merchant}"


class PreflightCheck(models.Model):
    """What was found when a pair was last looked over before it goes live."""

    class Light(models.TextChoices):
        GREEN = "green", "Fine"
        AMBER = "amber", "Look at it"
        RED = "red", "In the way"

    shop = models.ForeignKey("shops.TikTokShop", models.CASCADE, related_name="preflight_checks")
    key = models.CharField(max_length=40, help_text="currency, region, warehouses, scopes …")
    light = models.CharField(max_length=5, choices=Light)
    words = models.TextField()
    fix = models.TextField(blank=True)
    checked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["shop", "key"], name="preflight_check_once")]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.shop}: {self.key} {self.light}"
