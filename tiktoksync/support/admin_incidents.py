"""Incidents: a cause, the merchants it holds up, and trying all of it again with a reason."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from tiktoksync.support.services.incidents import (
    affected_merchants,
    find_incidents,
    retry_incident,
)
from tiktoksync.support.services.staff_actions import ReasonMissing

OPERATE = "orders.change_order"


class IncidentPages:
    """For the admin of merchants: the page over all of them."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        """The page, to look and to send."""
        view = self.admin_site.admin_view(self.show_incidents)
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [path("incidents/", view, name="shops_merchant_incidents"), *urls]

    def show_incidents(self, request: HttpRequest) -> HttpResponse:
        """Causes over all merchants; a chosen one with its merchants."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        problem = ""
        if request.method == "POST":
            if not request.user.has_perm(OPERATE):
                raise PermissionDenied
            try:
                done, of = retry_incident(
                    request.POST.get("cause", ""), request.user, request.POST.get("reason", "")
                )
                messages.success(request, f"{done} orders of {of} merchants queued again.")
                return redirect("admin:shops_merchant_incidents")
            except ReasonMissing as missing:
                problem = str(missing)
        return TemplateResponse(request, "admin/incidents.html", self._context(request, problem))

    def _context(self, request: HttpRequest, problem: str) -> dict[str, Any]:
        incidents = find_incidents()
        cause = request.POST.get("cause", request.GET.get("cause"))
        chosen = next((one for one in incidents if one.code == cause), None)
        return {
            **self.admin_site.each_context(request),
            "title": "Incidents by cause",
            "opts": self.opts,
            "incidents": incidents,
            "chosen": chosen,
            "merchants": affected_merchants(chosen.code) if chosen else [],
            "may_operate": request.user.has_perm(OPERATE),
            "problem": problem,
        }
