"""Copies of pictures, for support staff: which ones could not be fetched, and why."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q

from tiktoksync.admin_base import MirrorAdmin, TroubleFilter
from tiktoksync.pictures.models import Picture


class PictureTrouble(TroubleFilter):
    """Pictures of which there is no copy."""

    kinds = {"failed": ("Could not be fetched", lambda now: ~Q(problem=""))}


@admin.register(Picture)
class PictureAdmin(MirrorAdmin):
    """What pages showed, without the copies themselves."""

    hidden = ("content",)
    list_display = ("__str__", "problem", "tries", "asked_at", "fetched_at", "due_at")
    list_filter = (PictureTrouble,)
    search_fields = ("=key", "=url")
