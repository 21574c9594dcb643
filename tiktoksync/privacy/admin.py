"""Requests about personal data, for support staff; the files themselves are the merchant's."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q

from tiktoksync.admin_base import MirrorAdmin, TroubleFilter
from tiktoksync.privacy.models import Export, ExportPart, PrivacyRequest


class RequestTrouble(TroubleFilter):
    """Requests that wait for too long."""

    kinds = {
        "late": (
            "Its time is over",
            lambda now: Q(done_at=None, answer_by__isnull=False, answer_by__lt=now),
        ),
        "tried": ("Tried several times", lambda now: Q(done_at=None, tries__gte=3)),
    }


@admin.register(PrivacyRequest)
class PrivacyRequestAdmin(MirrorAdmin):
    """What buyers, merchants and Shopify ask about personal data."""

    list_display = ("received_at", "kind", "merchant", "shop_domain", "answer_by", "done_at")
    list_filter = (RequestTrouble, "kind")
    list_select_related = ("merchant",)
    search_fields = ("=shop_domain", "=request_id", "merchant__name")


@admin.register(Export)
class ExportAdmin(MirrorAdmin):
    """Files that can be fetched for a while; what is in them is not shown here."""

    list_display = ("name", "request", "size", "created_at", "expires_at")
    list_select_related = ("request",)
    search_fields = ("=name",)


@admin.register(ExportPart)
class ExportPartAdmin(MirrorAdmin):
    """Pieces of such a file, without what is in them."""

    hidden = ("content",)
    list_display = ("export", "number")
    list_select_related = ("export",)
