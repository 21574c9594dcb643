"""Merchants, their people, and the shops and stores they connect."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.lib.secrets import EncryptedTextField
from tiktoksync.sync.models import Account, SyncRow


def new_path_secret() -> str:
    """The unguessable part of a store's webhook address."""
    return secrets.token_urlsafe(24)


class Platform(models.TextChoices):
    TIKTOK = "tiktok", "TikTok Shop"
    SHOPIFY = "shopify", "Shopify"


class Merchant(models.Model):
    """A tenant: everything else belongs to exactly one of these."""

    name = models.CharField(max_length=200, unique=True)
    timezone = models.CharField(max_length=64, default="UTC")
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


class ConnectedAccount(Account):
    """What a TikTok shop and a Shopify store have in common."""

    merchant = models.ForeignKey(Merchant, models.CASCADE, related_name="%(class)ss")
    app = models.ForeignKey(PlatformApp, models.PROTECT, related_name="%(class)ss")
    name = models.CharField(max_length=200, blank=True)
    connected_at = models.DateTimeField(default=timezone.now)
    last_good_call_at = models.DateTimeField(null=True, blank=True)
    next_webhook_check_at = models.DateTimeField(null=True, blank=True)
    webhooks_checked_at = models.DateTimeField(null=True, blank=True)
    webhooks_restored_at = models.DateTimeField(null=True, blank=True)
    webhooks_restored = models.TextField(
        blank=True, help_text="The subscriptions that were missing at the last repair."
    )
    refused_polls = models.JSONField(
        default=dict, blank=True, help_text="Polls that are refused, by flow, in words."
    )

    class Meta:
        abstract = True

    @property
    def refusal(self) -> str:
        """Why some of its news cannot be read, though it answers; empty when all can."""
        return str(next(iter(self.refused_polls.values()), ""))

    @property
    def health(self) -> str:
        """One word for lists: ok, paused or reconnect."""
        if self.auth_lost_at:
            return "reconnect"
        return "paused" if self.is_paused(timezone.now()) else "ok"


class ShopifyStore(ConnectedAccount):
    """A Shopify store that orders are created in."""

    shop_domain = models.CharField(max_length=120, unique=True)
    currency = models.CharField(max_length=3, blank=True)
    timezone = models.CharField(max_length=64, blank=True)
    shopify_app_id = models.CharField(
        max_length=80, blank=True, help_text="Owner of the order-id metafield."
    )
    order_id_definition_at = models.DateTimeField(
        null=True, blank=True, help_text="When the unique metafield was seen defined."
    )
    webhook_secret = models.CharField(max_length=64, unique=True, default=new_path_secret)
    old_webhook_secret = models.CharField(max_length=64, blank=True)
    subscribed_at = models.DateTimeField(null=True, blank=True)
    fulfillments_watermark = models.DateTimeField(null=True, blank=True)
    last_fulfillment_poll_at = models.DateTimeField(null=True, blank=True)
    next_fulfillment_poll_at = models.DateTimeField(null=True, blank=True)
    variants_wanted_at = models.DateTimeField(null=True, blank=True)
    variants_read_at = models.DateTimeField(null=True, blank=True)
    catalogue_load = models.JSONField(
        default=dict, blank=True, help_text="How far the reading of the whole catalogue is."
    )
    products_watermark = models.DateTimeField(
        null=True, blank=True, help_text="updatedAt up to which every product is stored."
    )
    next_catalogue_poll_at = models.DateTimeField(null=True, blank=True)
    last_catalogue_poll_at = models.DateTimeField(null=True, blank=True)
    product_id_definition_at = models.DateTimeField(
        null=True, blank=True, help_text="When the products' unique metafield was seen defined."
    )
    budget_available = models.FloatField(null=True, blank=True)
    budget_rate = models.FloatField(null=True, blank=True)
    budget_maximum = models.FloatField(null=True, blank=True)
    budget_seen_at = models.DateTimeField(null=True, blank=True)
    order_limit = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text="New orders a minute, learned from a refusal."
    )
    order_limit_seen_at = models.DateTimeField(null=True, blank=True)
    next_order_at = models.DateTimeField(
        null=True, blank=True, help_text="No order is created before."
    )

    class Meta:
        verbose_name = "Shopify store"
        ordering = ["shop_domain"]

    def __str__(self) -> str:
        return self.shop_domain

    @property
    def base_url(self) -> str:
        """Where this store's Admin API answers."""
        return str(settings.SHOPIFY_URL).replace("{shop}", self.shop_domain)

    def order_url(self, legacy_id: str) -> str:
        """The order's page in Shopify's admin."""
        return f"https://{self.shop_domain}/admin/orders/{legacy_id}"


class TikTokShop(ConnectedAccount):
    """A TikTok shop that orders come from."""

    store = models.ForeignKey(ShopifyStore, models.PROTECT, related_name="shops")
    shop_id = models.CharField(max_length=40, unique=True)
    cipher = models.CharField(max_length=200)
    region = models.CharField(max_length=4)
    sync_from = models.DateTimeField(
        null=True, blank=True, help_text="Orders placed before are not synced; empty means all."
    )
    watermark = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="update_time (Unix seconds) up to which all is stored."
    )
    last_poll_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    subscribed_at = models.DateTimeField(null=True, blank=True)
    cancellations_watermark = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="update_time up to which cancel requests are stored."
    )
    returns_watermark = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="update_time up to which returns are stored."
    )
    next_aftersales_poll_at = models.DateTimeField(null=True, blank=True)
    last_aftersales_poll_at = models.DateTimeField(null=True, blank=True)
    listings_wanted_at = models.DateTimeField(null=True, blank=True)
    listings_read_at = models.DateTimeField(null=True, blank=True)
    catalogue_load = models.JSONField(
        default=dict, blank=True, help_text="How far the reading of the whole catalogue is."
    )
    listings_watermark = models.PositiveBigIntegerField(
        null=True, blank=True, help_text="update_time up to which every listing is stored."
    )
    next_catalogue_poll_at = models.DateTimeField(null=True, blank=True)
    last_catalogue_poll_at = models.DateTimeField(null=True, blank=True)
    next_stock_sweep_at = models.DateTimeField(null=True, blank=True)
    warehouses = models.JSONField(
        default=list, blank=True, help_text="TikTok's warehouses: [{id, name, is_default}]."
    )
    uploads_refused_until = models.DateTimeField(
        null=True, blank=True, help_text="TikTok's daily limit of uploads is used up until then."
    )

    class Meta:
        verbose_name = "TikTok shop"
        ordering = ["name", "shop_id"]

    def __str__(self) -> str:
        return self.name or self.shop_id


class OrderRules(models.Model):
    """How one TikTok shop's orders are turned into Shopify orders."""

    class PlatformDiscount(models.TextChoices):
        PAYMENT = "payment", "A second payment: TikTok pays it to the seller"
        DISCOUNT = "discount", "A discount on the Shopify order"

    class Unlinked(models.TextChoices):
        BLOCK = "block", "Block the order and name the SKU"
        TEXT_LINE = "text_line", "Import it as a text line"

    class Inventory(models.TextChoices):
        DECREMENT_IGNORING_POLICY = "DECREMENT_IGNORING_POLICY", "Take from stock, always"
        DECREMENT_OBEYING_POLICY = "DECREMENT_OBEYING_POLICY", "Take from stock, if there is any"
        BYPASS = "BYPASS", "Leave stock alone"

    class OnShopifyCancel(models.TextChoices):
        ASK = "ask", "Offer it on the order, a person chooses the reason"
        AUTO = "auto", "Cancel on TikTok at once"

    class Restock(models.TextChoices):
        RETURN = "RETURN", "Put returned items back into stock"
        NO_RESTOCK = "NO_RESTOCK", "Leave stock alone"

    shop = models.OneToOneField(TikTokShop, models.CASCADE, related_name="rules")
    auto_sync = models.BooleanField(default=True)
    safety_hold_minutes = models.PositiveIntegerField(default=0)
    order_types = models.JSONField(default=dict, blank=True)
    unlinked_policy = models.CharField(max_length=10, choices=Unlinked, default=Unlinked.BLOCK)
    platform_discount_mode = models.CharField(
        max_length=10, choices=PlatformDiscount, default=PlatformDiscount.PAYMENT
    )
    marketplace_collects_tax = models.BooleanField(default=True)
    inventory_behaviour = models.CharField(
        max_length=30, choices=Inventory, default=Inventory.DECREMENT_IGNORING_POLICY
    )
    restock_on_cancel = models.BooleanField(default=True)
    order_name_prefix = models.CharField(max_length=20, blank=True)
    tag = models.CharField(max_length=40, default="TikTok Shop", blank=True)
    sample_tag = models.CharField(max_length=40, default="TikTok sample", blank=True)
    stand_in_email = models.EmailField(blank=True)
    original_date = models.BooleanField(default=True)
    other_carrier = models.BooleanField(
        default=False, help_text="Send tracking of unknown carriers under TikTok's 'Other'."
    )
    fulfill_tiktok_parcels = models.BooleanField(
        default=True, help_text="Parcels that TikTok ships become fulfillments in Shopify."
    )
    on_shopify_cancel = models.CharField(
        max_length=10, choices=OnShopifyCancel, default=OnShopifyCancel.ASK
    )
    follow_cancelled_units = models.BooleanField(
        default=True, help_text="Units cancelled on TikTok are taken off the Shopify order."
    )
    refund_in_shopify = models.BooleanField(
        default=False, help_text="Refunds made on TikTok are noted as refunds in Shopify."
    )
    restock_returns = models.CharField(max_length=12, choices=Restock, default=Restock.NO_RESTOCK)

    class Meta:
        verbose_name_plural = "order rules"

    def __str__(self) -> str:
        return f"order rules of {self.shop}"


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


class ShippingProvider(models.Model):
    """A carrier TikTok accepts for one delivery option of a shop."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="shipping_providers")
    delivery_option_id = models.CharField(max_length=40)
    provider_id = models.CharField(max_length=40)
    name = models.CharField(max_length=200)
    fetched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "delivery_option_id", "provider_id"], name="provider_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class CarrierMapping(models.Model):
    """A merchant's own word on which TikTok provider a Shopify carrier name stands for."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="carrier_mappings")
    carrier = models.CharField(max_length=100, help_text="As typed in Shopify.")
    provider_name = models.CharField(max_length=200, help_text="As TikTok names it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "carrier"], name="carrier_mapping_once")
        ]

    def __str__(self) -> str:
        return f"{self.carrier} → {self.provider_name}"
