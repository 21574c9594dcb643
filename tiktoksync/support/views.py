"""Pages of help that everybody may read, and the end of a look as a merchant."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from tiktoksync.shops.tenancy import VIEW_AS_KEY, viewing
from tiktoksync.support.help_shown import shown_groups
from tiktoksync.support.services import view_as as service


@login_not_required
@require_GET
def show_errors(request: HttpRequest) -> HttpResponse:
    """Every failure a merchant can meet, by group, each with an anchor of its own."""
    sought = request.GET.get("q", "").strip()[:80]
    groups = shown_groups(sought)
    count = sum(len(group.failures) for group in groups)
    context = {"groups": groups, "sought": sought, "count": count}
    return render(request, "support/errors.html", context)


@require_POST
def end_view_as(request: HttpRequest) -> HttpResponse:
    """End a look as a merchant; without one it is over already."""
    view = viewing(request)
    request.session.pop(VIEW_AS_KEY, None)
    if view is None:
        return redirect("home")
    service.end_view_as(view)
    return redirect("admin:shops_merchant_change", view.merchant_id)
