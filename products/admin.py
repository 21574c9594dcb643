"""Both catalogues and their links, for support staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from products.models import Link, Listing, ListingSku, Product, SkuLookup, Variant
from products.services import links
from tiktoksync.admin_base import LongMirrorAdmin, MirrorInline, TroubleFilter, display
from tiktoksync.sync.admin_rows import SyncRowAdmin


class VariantTrouble(TroubleFilter):
    """Variants that no order can find by SKU."""

    kinds = {"no_sku": ("Without SKU", lambda now: Q(sku_key=""))}


class ListingSkuTrouble(TroubleFilter):
    """TikTok SKUs that no variant can be found for."""

    kinds = {"no_sku": ("Without seller SKU", lambda now: Q(sku_key=""))}


class VariantInline(MirrorInline):
    model = Variant
    fields = ("shopify_variant_id", "title", "sku", "price", "seen_at")


class ListingSkuInline(MirrorInline):
    model = ListingSku
    fields = ("tiktok_sku_id", "name", "seller_sku", "price", "currency", "seen_at")


@admin.register(Product)
class ProductAdmin(LongMirrorAdmin):
    """Shopify's products."""

    list_display = ("title", "store", "shopify_product_id")
    list_select_related = ("store",)
    search_fields = ("title", "=shopify_product_id", "variants__sku_key__startswith")
    inlines = (VariantInline,)
    ordering = ("-id",)


@admin.register(Variant)
class VariantAdmin(LongMirrorAdmin):
    """Shopify's variants."""

    list_display = ("__str__", "sku", "store", "price", "shopify_variant_id", "seen_at")
    list_filter = (VariantTrouble,)
    list_select_related = ("product", "store")
    search_fields = ("=shopify_variant_id", "sku_key__startswith", "product__title")
    ordering = ("-id",)


@admin.register(Listing)
class ListingAdmin(LongMirrorAdmin):
    """Products as they stand on TikTok."""

    list_display = ("title", "shop", "status", "tiktok_product_id")
    list_select_related = ("shop",)
    search_fields = ("title", "=tiktok_product_id", "=skus__tiktok_sku_id")
    inlines = (ListingSkuInline,)
    ordering = ("-id",)


@admin.register(ListingSku)
class ListingSkuAdmin(LongMirrorAdmin):
    """SKUs as TikTok lists them."""

    list_display = ("tiktok_sku_id", "seller_sku", "name", "listing", "shop", "seen_at")
    list_filter = (ListingSkuTrouble,)
    list_select_related = ("listing", "shop")
    search_fields = ("=tiktok_sku_id", "sku_key__startswith", "listing__title")
    ordering = ("-id",)


@admin.register(Link)
class LinkAdmin(LongMirrorAdmin):
    """Links; made on the merchant's page or by the API, removed here through the service."""

    list_display = ("tiktok_sku_id", "shop", "variant", "sku", "origin", "created_by", "created_at")
    list_filter = ("origin",)
    list_select_related = ("shop", "variant__product", "created_by")
    search_fields = ("=tiktok_sku_id", "=variant__shopify_variant_id", "variant__sku_key")
    ordering = ("-id",)

    @display(description="Shopify SKU")
    def sku(self, link: Link) -> str:
        """The variant's SKU."""
        return link.variant.sku

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A link is no history: it may be removed."""
        return bool(request.user.has_perm("products.delete_link"))

    def delete_model(self, request: HttpRequest, obj: Link) -> None:
        """Through the service, as everywhere."""
        links.remove_link(obj, user=request.user)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Link]) -> None:
        """Through the service, one by one."""
        for link in queryset:
            links.remove_link(link, user=request.user)


@admin.register(SkuLookup)
class SkuLookupAdmin(SyncRowAdmin):
    """SKUs that orders wait for."""

    list_display = ("sku", "store", "sync", "why", "next_attempt_at")
    list_select_related = ("store",)
    search_fields = ("sku_key__startswith",)
    readonly_fields = ("attempts",)
    ordering = ("-id",)
