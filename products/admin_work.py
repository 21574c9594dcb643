"""Uploads, imports and what listings are told, for support staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from products.models import (
    ImageSource,
    ListingTask,
    ProductImport,
    ProductRules,
    ProductUpload,
    UploadedImage,
    UploadTemplate,
)
from products.services.retries import retry_work
from tiktoksync.admin_base import LongMirrorAdmin, StaffAdmin, action, apply_to_each
from tiktoksync.sync.admin_rows import SyncRowAdmin

NOTHING = "there is nothing to try again"


class WorkAdmin(SyncRowAdmin):
    """Work on products that queues itself."""

    readonly_fields = ("attempts",)
    ordering = ("-id",)
    actions = ("retry",)

    @action(description="Try again now", permissions=["operate"])
    def retry(self, request: HttpRequest, rows: Any) -> HttpResponse | None:
        """What failed or was left out is queued again."""
        return apply_to_each(self, request, rows, retry_work, done="queued again", left=NOTHING)


@admin.register(ProductUpload)
class ProductUploadAdmin(WorkAdmin):
    """Shopify products on their way to TikTok."""

    list_display = (
        *("product", "shop", "sync", "why", "tiktok_product_id", "category_name"),
        *("next_attempt_at", "sent_at"),
    )
    list_select_related = ("product", "shop")
    search_fields = ("=tiktok_product_id", "=product__shopify_product_id", "product__title")


@admin.register(ProductImport)
class ProductImportAdmin(WorkAdmin):
    """TikTok listings on their way to Shopify."""

    list_display = (
        *("listing", "sync", "why", "shopify_product_id", "was_found"),
        *("next_attempt_at", "sent_at"),
    )
    list_select_related = ("listing__shop",)
    search_fields = ("=shopify_product_id", "=listing__tiktok_product_id", "listing__title")


@admin.register(ListingTask)
class ListingTaskAdmin(WorkAdmin):
    """What TikTok is to be told of listings."""

    list_display = ("listing", "kind", "sync", "why", "reason", "asked_at", "sent_at")
    list_filter: Any = (*SyncRowAdmin.list_filter, "kind")
    list_select_related = ("listing__shop",)
    search_fields = ("=listing__tiktok_product_id", "listing__title")


@admin.register(UploadedImage)
class UploadedImageAdmin(LongMirrorAdmin):
    """Pictures that TikTok has."""

    list_display = ("uri", "shop", "use_case", "width", "height", "sent_at")
    list_select_related = ("shop",)
    search_fields = ("=uri", "=checksum")
    ordering = ("-id",)


@admin.register(ImageSource)
class ImageSourceAdmin(LongMirrorAdmin):
    """Pictures that were read at an address."""

    list_display = ("url", "shop", "problem", "seen_at")
    list_select_related = ("shop",)
    search_fields = ("=url", "=checksum")
    ordering = ("-id",)


@admin.register(ProductRules)
class ProductRulesAdmin(StaffAdmin):
    """How shops upload, import and keep in step; one row a shop."""

    list_display = ("shop", "push_stock", "push_prices", "auto_link", "auto_deactivate")
    list_select_related = ("shop",)
    search_fields = ("shop__name", "=shop__shop_id")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A shop is never without rules."""
        return False


@admin.register(UploadTemplate)
class UploadTemplateAdmin(StaffAdmin):
    """What uploads say where Shopify does not."""

    list_display = ("name", "shop", "is_default", "product_type", "category_name", "brand_name")
    list_select_related = ("shop",)
    search_fields = ("name", "=category_id", "shop__name", "=shop__shop_id")
