"""How one TikTok shop's orders are turned into Shopify orders, and its carriers."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from tiktoksync.shops.models.accounts import TikTokShop


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


class CancelReasonMapping(models.Model):
    """A merchant's own word on the reason that a cancelled order carries on the other platform."""

    class Kind(models.TextChoices):
        WORDS = "words", "A reason on TikTok becomes one in Shopify"
        WHOM = "whom", "Whoever cancelled on TikTok, where its reason is not mapped"
        SHOPIFY = "shopify", "A reason in Shopify becomes one on TikTok"

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="cancel_reasons")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(
        max_length=255, help_text="TikTok's words; BUYER, SELLER or SYSTEM; or Shopify's key."
    )
    becomes = models.CharField(
        max_length=120, help_text="Shopify's key, or how TikTok's key ends: out_of_stock."
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "kind", "reason"], name="cancel_reason_once")
        ]

    def __str__(self) -> str:
        return f"{self.reason} → {self.becomes}"
