"""The webhook inbox: what the platforms told, and what became of it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from tiktoksync.web_access import MerchantRequest, merchant_page
from tiktoksync.webhooks.received import deliveries_of, read_inbox, tell_deliveries
from tiktoksync.webhooks.redaction import redact_body


@merchant_page
def list_deliveries(request: MerchantRequest) -> HttpResponse:
    """The webhooks of the merchant's accounts, the newest first."""
    context = {"inbox": read_inbox(request.merchant, request.GET)}
    return render(request, "webhooks/inbox.html", context)


@merchant_page
def show_delivery(request: MerchantRequest, delivery_id: int) -> HttpResponse:
    """One webhook with its body, in which everything that may tell of a person is hidden."""
    delivery = get_object_or_404(deliveries_of(request.merchant).defer(None), pk=delivery_id)
    (told,) = tell_deliveries(request.merchant, [delivery])
    context = {"told": told, "delivery": delivery, "body": redact_body(delivery.body)}
    return render(request, "webhooks/delivery.html", context)
