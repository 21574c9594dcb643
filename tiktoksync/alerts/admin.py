"""Alerts and letters, for support staff: what people were told, and what of it did not arrive."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q

from tiktoksync.admin_base import LongMirrorAdmin, MirrorAdmin, MirrorInline, TroubleFilter
from tiktoksync.alerts.models import Alert, AlertChoice, AlertHours, AlertSeen, Letter


class AlertTrouble(TroubleFilter):
    """Alerts that wait for somebody."""

    kinds = {
        "open": ("Open", lambda now: Q(resolved_at=None)),
        "urgent": ("Open and urgent", lambda now: Q(resolved_at=None, is_urgent=True)),
    }


class LetterTrouble(TroubleFilter):
    """Letters that did not arrive."""

    kinds = {
        "given_up": ("Given up", lambda now: Q(given_up_at__isnull=False)),
        "stumbling": ("Tried in vain so far", lambda now: Q(due_at__isnull=False, tries__gt=0)),
    }


class SeenInline(MirrorInline):
    model = AlertSeen
    fields = ("user", "at")


@admin.register(Alert)
class AlertAdmin(LongMirrorAdmin):
    """What waits for a merchant's people."""

    list_display = ("title", "merchant", "kind", "count", "is_urgent", "raised_at", "resolved_at")
    list_filter = (AlertTrouble, "kind")
    list_select_related = ("merchant",)
    search_fields = ("merchant__name", "title", "=cause")
    ordering = ("-id",)
    inlines = (SeenInline,)


@admin.register(AlertSeen)
class AlertSeenAdmin(LongMirrorAdmin):
    """Who has seen what."""

    list_display = ("alert", "user", "at")
    list_select_related = ("alert", "user")
    search_fields = ("alert__merchant__name", "user__username")
    ordering = ("-id",)


@admin.register(AlertChoice)
class AlertChoiceAdmin(MirrorAdmin):
    """How people hear of each kind; it is theirs to choose."""

    list_display = ("membership", "kind", "in_app", "email")
    list_filter = ("kind", "email")
    list_select_related = ("membership__user", "membership__merchant")
    search_fields = ("membership__user__username", "membership__merchant__name")
    ordering = ("-id",)


@admin.register(AlertHours)
class AlertHoursAdmin(MirrorAdmin):
    """When people want letters."""

    list_display = ("membership", "quiet_from", "quiet_until", "digest_hour", "last_digest_on")
    list_select_related = ("membership__user", "membership__merchant")
    search_fields = ("membership__user__username", "membership__merchant__name")
    ordering = ("-id",)


@admin.register(Letter)
class LetterAdmin(LongMirrorAdmin):
    """The queue of letters, and what came of each."""

    list_display = ("__str__", "kind", "due_at", "tries", "sent_at", "given_up_at", "error")
    list_filter = (LetterTrouble, "kind")
    list_select_related = ("membership__user", "membership__merchant")
    search_fields = ("membership__user__username", "membership__merchant__name")
    ordering = ("-id",)
