"""The desk: a merchant's page for support, with notes, acts that have a reason, and the look."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST

from tiktoksync.shops.models import Merchant
from tiktoksync.shops.tenancy import VIEW_AS_KEY
from tiktoksync.support.desk import gather_desk
from tiktoksync.support.search import find_anything
from tiktoksync.support.services import view_as
from tiktoksync.support.services.acts import NothingDone, Request, accounts_of, perform
from tiktoksync.support.services.notes import add_note
from tiktoksync.support.services.staff_actions import ReasonMissing

PAGE = "admin:shops_merchant_desk"
OPERATE = ("shops.change_tiktokshop", "shops.change_shopifystore")
NOTE = "support.add_merchantnote"


class DeskPages:
    """For the admin of merchants: the desk's addresses."""

    admin_site: Any
    opts: Any

    def get_urls(self) -> list[URLPattern]:
        """The desk, and what is sent from it."""
        wrap = self.admin_site.admin_view
        urls: list[URLPattern] = super().get_urls()  # type: ignore[misc]
        return [
            path("find/", wrap(self.find), name="shops_merchant_find"),
            path("<int:key>/desk/", wrap(self.show_desk), name="shops_merchant_desk"),
            path("<int:key>/act/", wrap(require_POST(self.act)), name="shops_merchant_act"),
            path("<int:key>/note/", wrap(require_POST(self.note)), name="shops_merchant_note"),
            path("<int:key>/look/", wrap(require_POST(self.look)), name="shops_merchant_look"),
            *urls,
        ]

    def desk(self, merchant: Merchant) -> SafeString | str:
        """The way from the list to the desk; a merchant that is being made has none."""
        if merchant.pk is None:
            return "–"
        address = reverse(PAGE, args=[merchant.pk])
        return format_html('<a class="underline" href="{}">Open the desk</a>', address)

    def find(self, request: HttpRequest) -> HttpResponse:
        """Any id leads to its row; one row is opened at once, several are listed."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        words = request.GET.get("q", "").strip()
        found = find_anything(words)
        if len(found) == 1:
            return redirect(found[0].address)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Found for “{words}”" if words else "Search by any id",
            "opts": self.opts,
            "words": words,
            "found": found,
        }
        return TemplateResponse(request, "admin/find.html", context)

    def show_desk(self, request: HttpRequest, key: int) -> HttpResponse:
        """Everything that is asked about a merchant, on one page."""
        if not self.has_view_permission(request):  # type: ignore[attr-defined]
            raise PermissionDenied
        merchant = get_object_or_404(Merchant, pk=key)
        context = {
            **self.admin_site.each_context(request),
            **gather_desk(merchant),
            "title": merchant.name,
            "opts": self.opts,
            "may_operate": request.user.has_perms(OPERATE),
            "may_note": request.user.has_perm(NOTE),
            "may_look": view_as.may_view_as(request.user),
        }
        return TemplateResponse(request, "admin/merchant_desk.html", context)

    def act(self, request: HttpRequest, key: int) -> HttpResponse:
        """Do one act with its reason."""
        merchant = get_object_or_404(Merchant, pk=key)
        if not request.user.has_perms(OPERATE):
            raise PermissionDenied
        name, _, chosen = request.POST.get("act", "").partition(" ")
        account = accounts_of(merchant).get(chosen)
        hours = request.POST.get("hours", "")
        asked = Request(request.user, int(hours) if hours.isdecimal() and len(hours) < 5 else 24)
        try:
            if account is None:
                raise NothingDone("Choose what is to be done, and for which account.")
            done = perform(name, account, asked, request.POST.get("reason", ""))
            messages.success(request, done)
        except (NothingDone, ReasonMissing) as problem:
            messages.warning(request, str(problem))
        return redirect(PAGE, merchant.pk)

    def note(self, request: HttpRequest, key: int) -> HttpResponse:
        """Keep a note that merchants never see."""
        merchant = get_object_or_404(Merchant, pk=key)
        if not request.user.has_perm(NOTE):
            raise PermissionDenied
        if add_note(merchant, request.user, request.POST.get("text", "")) is None:
            messages.warning(request, "The note says nothing.")
        return redirect(PAGE, merchant.pk)

    def look(self, request: HttpRequest, key: int) -> HttpResponse:
        """Begin to look at the merchant's pages."""
        merchant = get_object_or_404(Merchant, pk=key)
        try:
            view = view_as.start_view_as(request.user, merchant, request.POST.get("reason", ""))
        except view_as.MayNot as error:
            raise PermissionDenied from error
        except ReasonMissing as missing:
            messages.warning(request, str(missing))
            return redirect(PAGE, merchant.pk)
        request.session[VIEW_AS_KEY] = view.pk
        return redirect("home")
