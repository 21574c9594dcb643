"""How one TikTok shop's products are uploaded, imported and kept in step."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from tiktoksync.shops.models import TikTokShop


class ProductRules(models.Model):
    """The rules of one TikTok shop."""

    class Rounding(models.TextChoices):
        NONE = "none", "As it comes out"
        NINETY_NINE = "99", "Up to …99 (9.99, or 9,999 where there are no cents)"
        NINETY_FIVE = "95", "Up to …95"
        WHOLE = "whole", "Up to a whole amount"

    class ImportStatus(models.TextChoices):
        DRAFT = "DRAFT", "Draft"
        ACTIVE = "ACTIVE", "Active"

    class OnDuplicate(models.TextChoices):
        LINK = "link", "Link to the product that is there"
        SKIP = "skip", "Leave it out and say so"

    class ExternalIds(models.TextChoices):
        NEEDED = "needed", "Where equal SKUs do not tell"
        ALWAYS = "always", "On every linked listing"
        NEVER = "never", "Never on listings that are there already"

    shop = models.OneToOneField(TikTokShop, models.CASCADE, related_name="product_rules")
    auto_link = models.BooleanField(
        default=True, help_text="Equal SKUs are linked by themselves as they appear."
    )
    external_ids = models.CharField(
        max_length=10,
        choices=ExternalIds,
        default=ExternalIds.NEEDED,
        help_text="Where Shopify's ids are written on TikTok. TikTok may review a listing anew.",
    )

    push_stock = models.BooleanField(default=True)
    stock_percent = models.PositiveSmallIntegerField(
        default=100,
        validators=[MaxValueValidator(100)],
        help_text="How much of what Shopify has is offered on TikTok.",
    )
    stock_threshold = models.PositiveIntegerField(
        default=0, help_text="With this many or fewer left, TikTok shows none."
    )
    stock_ceiling = models.PositiveIntegerField(
        null=True, blank=True, help_text="Never more than this; empty for no limit."
    )
    stock_locations = models.JSONField(
        default=list, blank=True, help_text="Shopify location ids; empty means all active ones."
    )
    set_aside_held = models.BooleanField(
        default=True, help_text="Units of orders that are not in Shopify yet are not offered."
    )
    warehouse_id = models.CharField(
        max_length=40, blank=True, help_text="TikTok's warehouse; empty where there is only one."
    )

    push_prices = models.BooleanField(default=False)
    price_percent = models.DecimalField(
        max_digits=7,
        decimal_places=2,
        default=Decimal(0),
        validators=[MinValueValidator(Decimal(-100))],
        help_text="Added to Shopify's price; negative takes off.",
    )
    price_add = models.DecimalField(
        max_digits=12, decimal_places=2, default=Decimal(0), help_text="Added after the percentage."
    )
    price_rounding = models.CharField(max_length=6, choices=Rounding, default=Rounding.NONE)
    price_floor = models.DecimalField(
        max_digits=12, decimal_places=2, null=True, blank=True, help_text="Never less than this."
    )

    auto_deactivate = models.BooleanField(
        default=False,
        help_text="Listings go off sale when their product is archived, a draft or deleted.",
    )

    import_status = models.CharField(
        max_length=10, choices=ImportStatus, default=ImportStatus.DRAFT
    )
    import_on_duplicate = models.CharField(
        max_length=5, choices=OnDuplicate, default=OnDuplicate.LINK
    )
    import_vendor = models.CharField(
        max_length=255, blank=True, help_text="Empty: the brand as TikTok names it."
    )
    import_type = models.CharField(
        max_length=255, blank=True, help_text="Empty: the last part of TikTok's category."
    )
    import_tags = models.JSONField(default=list, blank=True)
    import_stock = models.BooleanField(default=True, help_text="TikTok's stock is taken along.")
    import_location_id = models.CharField(
        max_length=80, blank=True, help_text="Where imported stock stands; empty: the first one."
    )

    daily_uploads = models.PositiveIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="How many products TikTok lets this shop list a day; empty: not known.",
    )

    class Meta:
        verbose_name_plural = "product rules"

    def __str__(self) -> str:
        return f"product rules of {self.shop}"


class UploadTemplate(models.Model):
    """What an upload says of products where Shopify does not say it."""

    shop = models.ForeignKey(TikTokShop, models.CASCADE, related_name="upload_templates")
    name = models.CharField(max_length=100)
    is_default = models.BooleanField(default=False, help_text="For products no other one is for.")
    product_type = models.CharField(
        max_length=255, blank=True, help_text="For products of this Shopify type."
    )
    category_id = models.CharField(
        max_length=40, blank=True, help_text="Empty: what TikTok recommends."
    )
    category_name = models.CharField(max_length=500, blank=True)
    attributes = models.JSONField(
        default=list, blank=True, help_text="[{id, values: [{id} or {name}]}], as TikTok takes it."
    )
    brand_id = models.CharField(max_length=40, blank=True)
    brand_name = models.CharField(max_length=255, blank=True)
    package_weight = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    weight_unit = models.CharField(max_length=12, blank=True, help_text="TikTok's word.")
    package_length = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    package_width = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    package_height = models.DecimalField(max_digits=8, decimal_places=2, null=True, blank=True)
    size_unit = models.CharField(max_length=12, blank=True, help_text="TikTok's word.")
    warehouse_id = models.CharField(max_length=40, blank=True)
    delivery_option_ids = models.JSONField(default=list, blank=True)
    description_end = models.TextField(blank=True, help_text="Set below every description.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "name"], name="upload_template_once"),
            models.UniqueConstraint(
                fields=["shop"],
                condition=models.Q(is_default=True),
                name="upload_template_one_default",
            ),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
