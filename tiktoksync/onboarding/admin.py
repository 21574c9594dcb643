"""How far merchants are on their way to going live, for support staff."""

from __future__ import annotations

from django.contrib import admin

from tiktoksync.admin_base import MirrorAdmin
from tiktoksync.onboarding.models import DryRun, Rehearsal, SetupProgress


@admin.register(SetupProgress)
class SetupProgressAdmin(MirrorAdmin):
    """The steps a merchant has been through."""

    list_display = ("merchant", "finished_at", "changed_at")
    list_filter = (("finished_at", admin.EmptyFieldListFilter),)
    list_select_related = ("merchant",)
    search_fields = ("merchant__name",)


@admin.register(Rehearsal)
class RehearsalAdmin(MirrorAdmin):
    """Made-up orders on a merchant's own settings."""

    list_display = ("at", "shop", "is_good")
    list_filter = ("is_good",)
    list_select_related = ("shop",)
    search_fields = ("=shop__shop_id", "shop__name")


@admin.register(DryRun)
class DryRunAdmin(MirrorAdmin):
    """Days in which nothing is created."""

    list_display = ("shop", "started_at", "ends_at", "ended_at")
    list_select_related = ("shop",)
    search_fields = ("=shop__shop_id", "shop__name")
