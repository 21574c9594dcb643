"""The shops and stores that merchants connect."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils import timezone

from tiktoksync.shops.models.tenants import Merchant, PlatformApp
from tiktoksync.sync.models import Account


def new_path_secret() -> str:
    """The unguessable part of a store's webhook address."""
    return secrets.token_urlsafe(24)


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
    disconnected_at = models.DateTimeField(
        null=True, blank=True, help_text="A person took the connection apart; the rest is kept."
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
        """One word for lists: ok, stopped, paused, reconnect or disconnected."""
        if self.disconnected_at:
            return "disconnected"
        if self.stopped_at:
            return "stopped"
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
    live_at = models.DateTimeField(
        null=True,
        blank=True,
        default=timezone.now,
        help_text="Since when its orders are created in Shopify; empty means they wait.",
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
