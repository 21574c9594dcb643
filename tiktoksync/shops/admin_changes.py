"""Who changed which setting, as support staff see it."""

from django.contrib import admin

from tiktoksync.admin_base import MirrorAdmin
from tiktoksync.shops.models import SettingsChange


@admin.register(SettingsChange)
class SettingsChangeAdmin(MirrorAdmin):
    """One saving of one section."""

    list_display = ("at", "merchant", "section", "who", "words")
    list_filter = ("section",)
