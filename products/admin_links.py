"""Links between both catalogues, for support staff."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest

from products.models import Link, RemovedLink, SkuLookup
from products.services import links
from tiktoksync.admin_base import LongMirrorAdmin, TroubleFilter, display
from tiktoksync.sync.admin_rows import SyncRowAdmin


class LinkTrouble(TroubleFilter):
    """Links that lead nowhere."""

    kinds = {"gone": ("To a variant that is gone", lambda now: Q(variant__gone_at__isnull=False))}


@admin.register(Link)
class LinkAdmin(LongMirrorAdmin):
    """Links; made on the merchant's page or by the API, removed here through the service."""

    list_display = ("tiktok_sku_id", "shop", "variant", "sku", "origin", "created_by", "created_at")
    list_filter = (LinkTrouble, "origin")
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


@admin.register(RemovedLink)
class RemovedLinkAdmin(LongMirrorAdmin):
    """What somebody took apart, and is not linked again by itself."""

    list_display = ("tiktok_sku_id", "shop", "variant", "origin", "removed_by", "removed_at")
    list_select_related = ("shop", "variant__product", "removed_by")
    search_fields = ("=tiktok_sku_id", "=variant__shopify_variant_id", "variant__sku_key")
    ordering = ("-id",)


@admin.register(SkuLookup)
class SkuLookupAdmin(SyncRowAdmin):
    """SKUs that orders wait for."""

    list_display = ("sku", "store", "sync", "why", "next_attempt_at")
    list_select_related = ("store",)
    search_fields = ("sku_key__startswith",)
    readonly_fields = ("attempts",)
    ordering = ("-id",)
