"""The inbox, for support staff."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from tiktoksync.admin_base import (
    LongMirrorAdmin,
    TroubleFilter,
    action,
    apply_to_each,
    display,
)
from tiktoksync.support.services.reread import read_again
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

    personal = ("body",)
    list_display = (
        *("received_at", "source", "topic", "resource_id", "shop", "store"),
        *("came_to", "note", "processed_at"),
    )
    list_filter = (DeliveryTrouble, "outcome", "source")
    list_select_related = ("shop", "store")
    search_fields = ("=delivery_id", "=resource_id", "=topic")
    search_help_text = "Delivery id, order id or topic"
    ordering = ("-id",)
    actions = ("read_again",)

    @action(description="Look into it again", permissions=["operate"])
    def read_again(self, request: HttpRequest, rows: QuerySet[Delivery]) -> HttpResponse | None:
        """What they name is read from the platform once more."""
        left = "nothing comes of such a webhook"
        return apply_to_each(self, request, rows, read_again, done="looked into again", left=left)

    @display(description="outcome", ordering="outcome", label=OUTCOME_COLOURS)
    def came_to(self, delivery: Delivery) -> str:
        """What was done with it, in colour."""
        return delivery.get_outcome_display()
