"""Columns with buyers' data in the admin: hidden until a member of staff says why."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from tiktoksync.support.services.reveal import is_revealed, may_reveal, reveal
from tiktoksync.support.services.staff_actions import ReasonMissing, merchant_of

FIELD = "buyers_data"


class PersonalColumns:
    """For a model admin: `personal` columns are read and shown only while they are revealed.

    They are for nobody who has not said why, superusers included.
    """

    personal: ClassVar[tuple[str, ...]] = ()
    model: Any
    opts: Any
    admin_site: Any

    def hidden_personal(self, request: HttpRequest, row: Any = None) -> tuple[str, ...]:
        """The columns that this person does not see now."""
        if not self.personal or (row is not None and is_revealed(request.user, row)):
            return ()
        return self.personal

    def buyers_data(self, row: Any) -> SafeString | str:
        """What is hidden, with the way to it."""
        if not self.personal or row is None or row.pk is None:
            return "–"
        address = reverse(self._name, args=[row.pk])
        shape = '<a class="underline" href="{}">Hidden from support. Show it for 15 minutes …</a>'
        return format_html(shape, address)

    buyers_data.short_description = "buyers' data"  # type: ignore[attr-defined]

    @property
    def _name(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_reveal"

    def get_urls(self) -> list[URLPattern]:
        """The page that asks why."""
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        view = self.admin_site.admin_view(self.show_reveal)
        name = self._name.removeprefix("admin:")
        mine = [path("<int:key>/reveal/", view, name=name)] if self.personal else []
        return [*mine, *urls]

    def show_reveal(self, request: HttpRequest, key: int) -> HttpResponse:
        """Ask why, write it down, and show the row."""
        row = self.model._default_manager.filter(pk=key).first()
        if row is None:
            raise Http404
        merchant = merchant_of(row)
        if not may_reveal(request.user) or merchant is None:
            raise PermissionDenied("Buyers' data is shown to staff with that permission alone.")
        problem = ""
        if request.method == "POST":
            try:
                reveal(request.user, merchant, row, request.POST.get("reason", ""))
                messages.success(request, "Shown to you for 15 minutes. The merchant reads why.")
                return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", key)
            except ReasonMissing as missing:
                problem = str(missing)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Show buyers' data of {row}",
            "opts": self.opts,
            "row": row,
            "problem": problem,
        }
        return TemplateResponse(request, "admin/reveal.html", context)
