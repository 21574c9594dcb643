"""Support's own rows in the admin: what staff did, notes, and the failure catalogue."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from tiktoksync.admin_base import LongMirrorAdmin, StaffAdmin
from tiktoksync.support import admin_catalogue  # noqa: F401  registers its model too
from tiktoksync.support.models import MerchantNote, Reveal, StaffAction, ViewAs


@admin.register(StaffAction)
class StaffActionAdmin(LongMirrorAdmin):
    """What staff did for merchants, with the reasons; merchants read the same lines."""

    list_display = ("at", "who", "merchant", "words", "reason")
    list_filter = ("action",)
    list_select_related = ("merchant",)
    search_fields = ("=who", "merchant__name", "=subject_id", "reason")
    ordering = ("-id",)


@admin.register(ViewAs)
class ViewAsAdmin(LongMirrorAdmin):
    """Who looked at whose pages, and for how long."""

    list_display = ("started_at", "user", "merchant", "reason", "expires_at", "ended_at")
    list_select_related = ("user", "merchant")
    search_fields = ("=user__username", "merchant__name")
    ordering = ("-id",)


@admin.register(Reveal)
class RevealAdmin(LongMirrorAdmin):
    """Whose personal data was shown to whom."""

    list_display = ("user", "merchant", "subject", "subject_id", "expires_at")
    list_select_related = ("user", "merchant")
    search_fields = ("=user__username", "merchant__name", "=subject_id")
    ordering = ("-id",)


@admin.register(MerchantNote)
class MerchantNoteAdmin(StaffAdmin):
    """What staff remember of merchants; merchants never see it."""

    list_display = ("at", "merchant", "user", "text")
    list_select_related = ("merchant", "user")
    search_fields = ("merchant__name", "text")
    autocomplete_fields = ("merchant",)
    exclude = ("user", "at")

    def get_exclude(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """Who wrote it and when is noted by itself."""
        return ["user", "at"]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The writer is whoever is signed in."""
        if not change:
            obj.user = request.user
        super().save_model(request, obj, form, change)
