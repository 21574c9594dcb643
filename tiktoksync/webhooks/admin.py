"""The inbox, for support staff."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.db.models import Q

from tiktoksync.admin_base import LongMirrorAdmin, TroubleFilter, display
from tiktoksync.webhooks.models import Delivery

OUTCOME_COLOURS = {
    "Waiting": "info",
    "Used": "success",
    "Second body under one id": "danger",
}
LONG_WAIT = timedelta(minutes=5)


class DeliveryTrouble(TroubleFilter):
    """Webhooks somebody should look at."""

    kinds = {
        "waiting": (
            "Waiting for too long",
            lambda now: Q(outcome=Delivery.Outcome.NEW, received_at__lt=now - LONG_WAIT),
        ),
        "evidence": (
            "Second body under one id",
            lambda now: Q(outcome=Delivery.Outcome.EVIDENCE),
        ),
        "stranger": ("Of no known account", lambda now: Q(shop=None, store=None)),
    }


@admin.register(Delivery)
class DeliveryAdmin(LongMirrorAdmin):
    """Every genuine webhook; the bodies hold addresses."""

    for_superusers = ("body",)
    list_display = (
        *("received_at", "source", "topic", "resource_id", "shop", "store"),
        *("came_to", "note", "processed_at"),
    )
    list_filter = (DeliveryTrouble, "outcome", "source")
    list_select_related = ("shop", "store")
    search_fields = ("=delivery_id", "=resource_id", "=topic")
    search_help_text = "Delivery id, order id or topic"
    ordering = ("-id",)

    @display(description="outcome", ordering="outcome", label=OUTCOME_COLOURS)
    def came_to(self, delivery: Delivery) -> str:
        """What was done with it, in colour."""
        return delivery.get_outcome_display()
