"""Saved views and the layout of the list: each person's own, or the team's."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from orders.list_layout import keep_layout, wanted_layout
from orders.list_saved import save_view, tidy_query, views_to_change
from orders.models import SavedView
from tiktoksync.ui.toasts import say, say_trouble
from tiktoksync.web_access import MerchantRequest, member_action

LONGEST_NAME = 60
TOO_MANY = "There are too many saved views. Delete one of them first."


@member_action
def keep(request: MerchantRequest) -> HttpResponse:
    """Remember which columns are shown, how dense, and how many rows."""
    keep_layout(request.membership, wanted_layout(request.POST, request.POST.getlist("column")))
    return _to_list(tidy_query(request.POST.get("query", "")))


@member_action
def save(request: MerchantRequest) -> HttpResponse:
    """Keep the list's filters under a name."""
    name, query = _name(request), tidy_query(request.POST.get("query", ""))
    for_team = bool(request.POST.get("for_team")) and request.membership.may_act
    if not name:
        say_trouble(request, "A view needs a name.")
        return _to_list(query)
    owner = None if for_team else request.user
    view = save_view(request.merchant, name, query, owner)
    if view is None:
        say_trouble(request, TOO_MANY)
        return _to_list(query)
    say(request, f"Saved as “{name}”.")
    return _to_view(view)


@member_action
def rename(request: MerchantRequest, view_id: int) -> HttpResponse:
    """Give a view another name."""
    view, name = _find(request, view_id), _name(request)
    same = SavedView.objects.filter(
        merchant=request.merchant, page=view.page, user=view.user, name=name
    )
    if not name or same.exclude(pk=view.pk).exists():
        say_trouble(request, "Another view has that name." if name else "A view needs a name.")
    else:
        view.name = name
        view.save(update_fields=["name"])
        say(request, f"Renamed to “{name}”.")
    return _to_view(view)


@member_action
def delete(request: MerchantRequest, view_id: int) -> HttpResponse:
    """Remove a view; the orders it showed stay where they are."""
    view = _find(request, view_id)
    view.delete()
    say(request, f"The view “{view.name}” is gone.")
    return redirect("orders")


def _find(request: MerchantRequest, view_id: int) -> SavedView:
    return get_object_or_404(views_to_change(request.merchant, request.membership), pk=view_id)


def _name(request: MerchantRequest) -> str:
    return " ".join(request.POST.get("name", "").split())[:LONGEST_NAME]


def _to_view(view: SavedView) -> HttpResponse:
    return _to_list(f"{view.query}&view={view.pk}".lstrip("&"))


def _to_list(query: str) -> HttpResponse:
    return redirect(f"{reverse('orders')}?{query}" if query else reverse("orders"))
