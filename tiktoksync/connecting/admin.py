"""Ways to consent and what was found before going live, for support staff."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Q

from tiktoksync.admin_base import LongMirrorAdmin, MirrorAdmin, TroubleFilter
from tiktoksync.connecting.models import ConsentJourney, PreflightCheck, TikTokGrant


class PreflightTrouble(TroubleFilter):
    """Checks that stand in the way."""

    kinds = {
        "red": ("In the way", lambda now: Q(light=PreflightCheck.Light.RED)),
        "amber": ("To be looked at", lambda now: Q(light=PreflightCheck.Light.AMBER)),
    }


@admin.register(PreflightCheck)
class PreflightCheckAdmin(LongMirrorAdmin):
    """What was found when pairs were looked over."""

    list_display = ("shop", "key", "light", "words", "checked_at")
    list_filter = (PreflightTrouble, "key")
    list_select_related = ("shop",)
    search_fields = ("=shop__shop_id", "shop__name", "=key")
    ordering = ("-id",)


@admin.register(ConsentJourney)
class ConsentJourneyAdmin(LongMirrorAdmin):
    """Ways to a consent page and back; what they were secured with is nobody's to read."""

    hidden = ("state_digest", "session_digest")
    list_display = ("created_at", "platform", "merchant", "shop_domain", "used_at", "expires_at")
    list_filter = ("platform",)
    list_select_related = ("merchant",)
    search_fields = ("=shop_domain", "merchant__name")
    ordering = ("-id",)


@admin.register(TikTokGrant)
class TikTokGrantAdmin(MirrorAdmin):
    """Consents that open several shops; their tokens and ciphers are nobody's to read."""

    hidden = ("access_token", "refresh_token", "shops")
    list_display = ("created_at", "merchant", "user", "used_at")
    list_select_related = ("merchant", "user")
    search_fields = ("merchant__name",)
    ordering = ("-id",)
