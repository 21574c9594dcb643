"""Long jobs, for support staff: how far each is, and what came of its things."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q

from tiktoksync.admin_base import LongMirrorAdmin, TroubleFilter
from tiktoksync.runs.models import Run, RunItem


class RunTrouble(TroubleFilter):
    """Runs that did not come to their end, or not with everything."""

    kinds = {
        "failed": ("Could not go on", lambda now: Q(status=Run.Status.FAILED)),
        "items": ("With failed items", lambda now: Q(failed__gt=0)),
    }


class RunItemTrouble(TroubleFilter):
    """Things that a run could not work."""

    kinds = {"failed": ("Failed", lambda now: Q(state=RunItem.State.FAILED))}


@admin.register(Run)
class RunAdmin(LongMirrorAdmin):
    """Backfills, uploads and the like."""

    list_display = (
        *("__str__", "merchant", "shop", "status", "total", "done", "failed", "skipped"),
        *("message", "created_at"),
    )
    list_filter = (RunTrouble, "kind", "status")
    list_select_related = ("merchant", "shop")
    search_fields = ("=id", "merchant__name", "=shop__shop_id")
    ordering = ("-id",)


@admin.register(RunItem)
class RunItemAdmin(LongMirrorAdmin):
    """The things of the runs."""

    list_display = ("remote_id", "run", "state", "cause", "words", "updated_at")
    list_filter = (RunItemTrouble,)
    list_select_related = ("run",)
    search_fields = ("=remote_id", "=run__id")
    ordering = ("-id",)
