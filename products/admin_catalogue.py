"""Both catalogues as they are mirrored, for support staff."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from products.models import InventoryLevel, Listing, ListingSku, Location, Product, Variant
from tiktoksync.admin_base import (
    LongMirrorAdmin,
    MirrorAdmin,
    MirrorInline,
    TroubleFilter,
    action,
    apply_to_each,
)
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now

REFUSED = Q(audit_status="FAILED") | Q(status="FAILED")
OFF_BY_TIKTOK = Q(status__in=("PLATFORM_DEACTIVATED", "FREEZE"))
GONE = Q(gone_at__isnull=False)


class ProductTrouble(TroubleFilter):
    """Products that cannot be sold on TikTok as they are."""

    kinds = {
        "no_image": ("Without a picture", lambda now: Q(images=[], gone_at=None)),
        "gone": ("Deleted in Shopify", lambda now: GONE),
    }


class VariantTrouble(TroubleFilter):
    """Variants that no order can find by SKU."""

    kinds = {
        "no_sku": ("Without SKU", lambda now: Q(sku_key="")),
        "gone": ("Deleted in Shopify", lambda now: GONE),
    }


class ListingTrouble(TroubleFilter):
    """Listings that somebody should look at."""

    kinds = {
        "refused": ("Refused by TikTok's review", lambda now: REFUSED),
        "off": ("Taken off by TikTok", lambda now: OFF_BY_TIKTOK),
        "unread": ("Details wait to be read", lambda now: Q(detail_wanted_at__lte=now)),
        "gone": ("No longer on TikTok", lambda now: GONE),
    }


class ListingSkuTrouble(TroubleFilter):
    """TikTok SKUs that no variant can be found for."""

    kinds = {
        "no_sku": ("Without seller SKU", lambda now: Q(sku_key="")),
        "locked": (
            "Stock or price locked",
            lambda now: Q(stock_locked=True) | Q(price_locked=True),
        ),
        "gone": ("No longer on TikTok", lambda now: GONE),
    }


class VariantInline(MirrorInline):
    model = Variant
    fields = ("shopify_variant_id", "title", "sku", "barcode", "price", "gone_at", "seen_at")


class ListingSkuInline(MirrorInline):
    model = ListingSku
    fields = (
        *("tiktok_sku_id", "seller_sku", "price", "currency", "quantity", "sent_quantity"),
        *("stock_locked", "price_locked", "gone_at"),
    )


@admin.register(Product)
class ProductAdmin(LongMirrorAdmin):
    """Shopify's products."""

    list_display = (
        *("title", "store", "status", "vendor", "product_type", "shopify_product_id"),
        *("changed_at", "gone_at"),
    )
    list_filter = (ProductTrouble, "status")
    list_select_related = ("store",)
    search_fields = ("title", "=shopify_product_id", "variants__sku_key__startswith")
    inlines = (VariantInline,)
    ordering = ("-id",)
    unread = ("description_html",)
    actions = ("read_again",)

    @action(description="Read again from Shopify", permissions=["operate"])
    def read_again(self, request: HttpRequest, rows: QuerySet[Product]) -> HttpResponse | None:
        """The next pass of the mirror reads these first."""
        return apply_to_each(self, request, rows, _want_product, done="read again soon", left="")


@admin.register(Variant)
class VariantAdmin(LongMirrorAdmin):
    """Shopify's variants."""

    list_display = ("__str__", "sku", "barcode", "store", "price", "shopify_variant_id", "seen_at")
    list_filter = (VariantTrouble,)
    list_select_related = ("product", "store")
    search_fields = (
        *("=shopify_variant_id", "=inventory_item_id", "sku_key__startswith"),
        *("=barcode", "product__title"),
    )
    ordering = ("-id",)


@admin.register(Location)
class LocationAdmin(MirrorAdmin):
    """Where Shopify stores keep stock."""

    list_display = ("name", "store", "is_active", "shopify_location_id", "seen_at")
    list_filter = ("is_active",)
    list_select_related = ("store",)
    search_fields = ("name", "=shopify_location_id")
    ordering = ("-id",)


@admin.register(InventoryLevel)
class InventoryLevelAdmin(LongMirrorAdmin):
    """What can be sold of an item at a location."""

    list_display = (
        *("inventory_item_id", "shopify_location_id", "store", "available"),
        *("changed_at", "seen_at"),
    )
    list_select_related = ("store",)
    search_fields = ("=inventory_item_id", "=shopify_location_id")
    ordering = ("-id",)


@admin.register(Listing)
class ListingAdmin(LongMirrorAdmin):
    """Products as they stand on TikTok."""

    list_display = (
        *("title", "shop", "status", "audit_status", "tiktok_product_id"),
        *("changed_at", "detail_read_at"),
    )
    list_filter = (ListingTrouble, "status", "audit_status")
    list_select_related = ("shop",)
    search_fields = (
        *("title", "=tiktok_product_id", "=external_product_id"),
        *("=skus__tiktok_sku_id", "skus__sku_key__startswith"),
    )
    inlines = (ListingSkuInline,)
    ordering = ("-id",)
    unread = ("description_html",)
    actions = ("read_again",)

    @action(description="Read again from TikTok", permissions=["operate"])
    def read_again(self, request: HttpRequest, rows: QuerySet[Listing]) -> HttpResponse | None:
        """The next pass of the mirror reads their details."""
        return apply_to_each(self, request, rows, _want_listing, done="read again soon", left="")


@admin.register(ListingSku)
class ListingSkuAdmin(LongMirrorAdmin):
    """SKUs as TikTok lists them."""

    list_display = (
        *("tiktok_sku_id", "seller_sku", "shown_name", "listing", "shop", "quantity"),
        *("sent_quantity", "quantity_sent_at", "price", "sent_price"),
    )
    list_filter = (ListingSkuTrouble,)
    list_select_related = ("listing", "shop")
    search_fields = (
        *("=tiktok_sku_id", "=external_sku_id", "sku_key__startswith", "listing__title"),
    )
    ordering = ("-id",)


def _want_product(product: Product) -> bool:
    Product.objects.filter(pk=product.pk).update(wanted_at=database_now())
    queue.wake("pull_variants", product.store_id)
    return True


def _want_listing(listing: Listing) -> bool:
    Listing.objects.filter(pk=listing.pk).update(detail_wanted_at=database_now())
    queue.wake("pull_listings", listing.shop_id)
    return True
