"""Alerts: the bell, the list, and how a person hears of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from tiktoksync.alerts.forms import HoursForm, read_choices
from tiktoksync.alerts.models import AlertChoice, AlertHours, AlertKind
from tiktoksync.alerts.pages import gather_list
from tiktoksync.alerts.services import choose
from tiktoksync.alerts.services.write_letters import write_test
from tiktoksync.alerts.shown import gather_bell, gather_choices, last_letters
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, read_key


@merchant_page
def list_alerts(request: MerchantRequest) -> HttpResponse:
    """What waits for a person, and what was mended."""
    context = gather_list(request.membership, request.GET)
    template = "alerts/_list.html" if request.htmx else "alerts/list.html"
    return render(request, template, context)


@merchant_page
def refresh_bell(request: MerchantRequest) -> HttpResponse:
    """The figure on the bell."""
    return render(request, "alerts/_bell_count.html", {"bell": gather_bell(request.membership)})


@merchant_page
def show_bell(request: MerchantRequest) -> HttpResponse:
    """The list under the bell, fresh."""
    context = {"bell": gather_bell(request.membership), "oob": True}
    return render(request, "alerts/_bell_list.html", context)


@merchant_action
def see(request: MerchantRequest) -> HttpResponse:
    """One alert, or all of them, have been seen by this person."""
    key = request.POST.get("alert", "")
    choose.mark_seen(request.membership, [read_key(key)] if key else None)
    if request.htmx:
        context = {"bell": gather_bell(request.membership), "oob": True}
        return render(request, "alerts/_bell_list.html", context)
    return redirect("notifications")


@merchant_page
def show_choices(request: MerchantRequest) -> HttpResponse:
    """How this person hears of alerts."""
    return _show_choices(request, HoursForm(instance=_hours(request)))


@merchant_action
def save(request: MerchantRequest) -> HttpResponse:
    """Keep what was chosen, all of it or nothing."""
    chosen = read_choices(request.POST)
    if chosen is None:
        messages.error(request, "Nothing was saved: the page was out of date.")
        return redirect("settings-notifications")
    form = HoursForm(request.POST, instance=_hours(request))
    if not form.is_valid():
        return _show_choices(request, form)
    data = form.cleaned_data
    choose.save_choices(request.membership, chosen, data)
    messages.success(request, "Saved how you hear of what needs you.")
    return redirect("settings-notifications")


@merchant_action
def send_test(request: MerchantRequest) -> HttpResponse:
    """A letter that shows whether letters arrive."""
    if not request.user.email:
        messages.error(request, "Your account has no e-mail address.")
    else:
        write_test(request.membership)
        messages.success(request, f"A test letter to {request.user.email} is on its way.")
    return redirect("settings-notifications")


def _hours(request: MerchantRequest) -> AlertHours | None:
    return AlertHours.objects.filter(membership_id=request.membership.pk).first()


def _show_choices(request: MerchantRequest, form: HoursForm) -> HttpResponse:
    context: dict[str, Any] = {
        "choices": gather_choices(request.membership),
        "emails": AlertChoice.Email.choices,
        "form": form,
        "letters": last_letters(request.membership),
        "kinds": AlertKind.choices,
    }
    return render(request, "alerts/settings.html", context)
