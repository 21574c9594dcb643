"""Data and privacy: how long buyers' data is kept, copies of it, and erasing a merchant."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from tiktoksync.privacy.forms import EraseForm, RetentionForm
from tiktoksync.privacy.models import Export, ExportPart, PrivacyRequest
from tiktoksync.privacy.services import requests
from tiktoksync.privacy.shown import show_requests
from tiktoksync.shops.models import Membership
from tiktoksync.shops.services.note_changes import save_settings
from tiktoksync.web_access import MerchantRequest, merchant_page, owner_action

Kind = PrivacyRequest.Kind


@merchant_page
def show_privacy(request: MerchantRequest) -> HttpResponse:
    """What is kept, for how long, and what was asked about it."""
    return _page(request, RetentionForm(instance=request.merchant))


@owner_action
def save_retention(request: MerchantRequest) -> HttpResponse:
    """Keep the number of days."""
    form = RetentionForm(request.POST, instance=request.merchant)
    if not form.is_valid():
        return _page(request, form, status=422)
    save_settings(form, request.merchant, "privacy", user=request.user)
    messages.success(request, "Saved how long buyers' data is kept.")
    return redirect("settings-privacy")


@owner_action
def ask_export(request: MerchantRequest) -> HttpResponse:
    """Have a copy of everything made."""
    if requests.ask_for_export(request.merchant, request.user):
        messages.success(request, "The copy is being made. It appears here when it is ready.")
    else:
        messages.info(request, "A copy is being made already.")
    return redirect("settings-privacy")


@owner_action
def ask_erasure(request: MerchantRequest) -> HttpResponse:
    """Erase the merchant after the cooling-off time, if its name was typed."""
    form = EraseForm(request.POST)
    if not form.is_valid() or form.cleaned_data["name"] != request.merchant.name:
        messages.error(request, "Nothing is erased: the name does not fit.")
    elif requests.ask_for_erasure(request.merchant, request.user):
        messages.success(request, "Everything is erased in seven days, unless you call it off.")
    else:
        messages.info(request, "The erasure is asked for already.")
    return redirect("settings-privacy")


@owner_action
def call_off_erasure(request: MerchantRequest) -> HttpResponse:
    """Stay after all."""
    if requests.call_off_erasure(request.merchant, request.user):
        messages.success(request, "Called off: nothing is erased.")
    else:
        messages.error(request, "There is no erasure that could be called off.")
    return redirect("settings-privacy")


@owner_action
def fetch_export(request: MerchantRequest, export_id: int) -> HttpResponseBase:
    """Send a file, piece by piece; by POST, so that no link to it can be passed on."""
    found = Export.objects.filter(request__merchant=request.merchant)
    export = get_object_or_404(found, pk=export_id, expires_at__gt=timezone.now())
    answer = StreamingHttpResponse(_pieces(export), content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="{export.name}"'
    answer["Content-Length"] = str(export.size)
    answer["Cache-Control"] = "no-store"
    return answer


def _pieces(export: Export) -> Iterator[bytes]:
    numbers = list(export.parts.values_list("number", flat=True))
    for number in numbers:
        yield bytes(ExportPart.objects.get(export=export, number=number).content)


def _page(request: MerchantRequest, form: RetentionForm, status: int = 200) -> HttpResponse:
    is_owner = request.membership.role == Membership.Role.OWNER
    for field in form.fields.values():
        field.disabled = not is_owner
    context = {
        "form": form,
        "is_owner": is_owner,
        **show_requests(request.merchant),
    }
    return render(request, "privacy/privacy.html", context, status=status)
