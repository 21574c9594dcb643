"""Pages that belong to no single app: home, activity, the live frame."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from orders.board import gather_home
from orders.frame import frame_of, keep_frame, shops_of
from tiktoksync.activity import gather_activity
from tiktoksync.activity_work import retry_failed
from tiktoksync.shops.models import Membership
from tiktoksync.shops.tenancy import SESSION_KEY
from tiktoksync.web_access import MerchantRequest, merchant_action, merchant_page, read_key


@merchant_page
def show_home(request: MerchantRequest) -> HttpResponse:
    """Counts, what needs a person, what must leave when, what has just happened."""
    shops = shops_of(request.merchant)
    context = gather_home(request.merchant, shops)
    keep_frame(request, shops, context["attention"])
    return render(request, "home.html", {**context, "shops": shops})


@merchant_page
def refresh_home(request: MerchantRequest) -> HttpResponse:
    """The home page's live part."""
    shops = shops_of(request.merchant)
    context = gather_home(request.merchant, shops)
    keep_frame(request, shops, context["attention"])
    return render(request, "home/_live.html", {**context, "shops": shops})


@merchant_page
def show_activity(request: MerchantRequest) -> HttpResponse:
    """What the machinery is doing: its page, or the fragment that keeps it fresh."""
    shops = frame_of(request).shops
    context = gather_activity(request.merchant, shops, request.GET)
    return render(request, "activity/_tab.html" if request.htmx else "activity.html", context)


@merchant_action
def retry_cause(request: MerchantRequest) -> HttpResponse:
    """Try again what failed of one kind of work for one cause."""
    work, code, kind = (request.POST.get(name, "")[:64] for name in ("work", "code", "kind"))
    count = retry_failed(request.merchant, work, code, kind, user=request.user)
    if count:
        messages.success(request, f"Queued {count} again.")
    else:
        messages.warning(request, "There is nothing to try again here.")
    return redirect(f"{reverse('activity')}?tab=attention")


@merchant_page
def refresh_frame(request: MerchantRequest) -> HttpResponse:
    """The connections and the count in the page's frame."""
    context = {"frame": frame_of(request), "refreshed": True}
    return render(request, "shared/_connections.html", context)


@require_POST
def choose_merchant(request: HttpRequest) -> HttpResponse:
    """Switch to another of the person's merchants."""
    chosen = read_key(request.POST.get("merchant", ""))
    if Membership.objects.filter(user=request.user.pk, merchant=chosen).exists():
        request.session[SESSION_KEY] = chosen
    return redirect("home")
