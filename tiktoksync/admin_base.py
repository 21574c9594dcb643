"""What the pages of support staff share: nothing is written here but through the services."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin, messages
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from unfold import decorators
from unfold.admin import ModelAdmin, TabularInline
from unfold.dataclasses import Favicon
from unfold.paginator import InfinitePaginator

from tiktoksync.support.admin_personal import FIELD, PersonalColumns
from tiktoksync.support.services.staff_actions import (
    ReasonMissing,
    merchant_of,
    note_staff_action,
    read_reason,
)

#: How many rows the page that asks for a reason names.
SHOWN_ROWS = 20
BRAND = {
    "site_title": "TikTokSync",
    "site_header": "TikTokSync",
    "site_subheader": "Support",
    "site_symbol": "sync",
}
Method = TypeVar("Method", bound=Callable[..., Any])


def display(**options: Any) -> Callable[[Method], Method]:
    """Unfold's decorator of a column, with its type kept."""
    return cast(Callable[[Method], Method], decorators.display(**options))


def action(**options: Any) -> Callable[[Method], Method]:
    """Unfold's decorator of an action, with its type kept."""
    return cast(Callable[[Method], Method], decorators.action(**options))


def brand_site(context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
    """The admin's name on every page of it."""
    icon = Favicon(href=static("favicon.svg"), rel="icon", type="image/svg+xml")
    return {**context, **BRAND, "site_favicons": [icon]}


HTTPS_BY_DEFAULT = {models.URLField: {"assume_scheme": "https"}}


class StaffAdmin(PersonalColumns, ModelAdmin):  # type: ignore[misc]
    """A model that staff may edit.

    The columns in `hidden` are for nobody, those in `personal` for whoever says why; `unread` are
    large ones of related rows.
    """

    hidden: ClassVar[tuple[str, ...]] = ()
    unread: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    formfield_overrides = HTTPS_BY_DEFAULT

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Secrets are not shown at all, buyers' data while it is revealed."""
        return [*self.hidden, *self.hidden_personal(request, obj)]

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """In the place of what is hidden stands the way to it."""
        fields = list(super().get_readonly_fields(request, obj))
        return [*fields, FIELD] if self.hidden_personal(request, obj) else fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What is not shown is not read, so a lost key breaks no page."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer(*self.hidden, *self.personal, *self.unread)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """Who may change a model may run its actions, even where the fields are a mirror."""
        options = self.model._meta
        allowed = f"{options.app_label}.change_{options.model_name}"
        return bool(request.user.has_perm(allowed))


class MirrorAdmin(StaffAdmin):
    """What platforms or the engine wrote: to look at. History is never deleted."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from flows alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Columns are written by flows alone."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What happened stays told."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever may operate may look."""
        may_view: bool = super().has_view_permission(request, obj)
        return may_view or self.has_operate_permission(request)


class LongMirrorAdmin(MirrorAdmin):
    """A mirror with too many rows to count them for each page."""

    paginator = InfinitePaginator


class MirrorInline(TabularInline):  # type: ignore[misc]
    """Rows of a mirror on the page of what they belong to."""

    extra = 0
    tab = True
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Rows come from flows alone."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Columns are written by flows alone."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever sees the page sees its rows."""
        return True


class TroubleFilter(admin.SimpleListFilter):
    """The filter that stands first: rows somebody should look at."""

    title = "trouble"
    parameter_name = "trouble"
    kinds: ClassVar[Mapping[str, tuple[str, Callable[[datetime], Q]]]] = {}

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Any trouble, then each kind."""
        kinds = [(key, label) for key, (label, _) in self.kinds.items()]
        return [("any", "Any trouble"), *kinds]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The rows in the chosen trouble."""
        chosen = self.value()
        now = timezone.now()
        found = Q()
        for key, (_, condition) in self.kinds.items():
            if chosen in (key, "any"):
                found |= condition(now)
        return queryset.filter(found) if chosen else queryset


def apply_to_each(
    page: Any,
    request: HttpRequest,
    rows: QuerySet[Any],
    service: Callable[[Any], bool],
    *,
    done: str,
    left: str,
) -> HttpResponse | None:
    """Ask for a reason; then run a service on each row, say what came of it and write it down.

    Each row that was moved leaves a line that its merchant reads, and one in the admin's own log.
    """
    try:
        reason = read_reason(request.POST.get("reason", ""))
    except ReasonMissing as missing:
        return _ask_for_reason(page, request, rows, str(missing))
    counts = {True: 0, False: 0}
    action = request.POST.get("action", "")
    for row in rows:
        moved = bool(service(row))
        counts[moved] += 1
        if moved:
            words = f"{row._meta.verbose_name.capitalize()} {row}: {done}."
            note_staff_action(request.user, merchant_of(row), action, words, reason, row=row)
            page.log_change(request, row, f"{done} ({reason})")
    if counts[True]:
        messages.success(request, f"{counts[True]} {done}.")
    if counts[False]:
        messages.warning(request, f"{counts[False]} left alone: {left}.")
    return None


def _ask_for_reason(
    page: Any, request: HttpRequest, rows: QuerySet[Any], missing: str
) -> HttpResponse:
    """The page between a choice and its effect; nothing has happened yet."""
    name = request.POST.get("action", "")
    chosen = page.get_actions(request).get(name)
    sent = [(key, text) for key in request.POST for text in request.POST.getlist(key)]
    context = {
        **page.admin_site.each_context(request),
        "title": chosen[2] if chosen else name,
        "opts": page.opts,
        "rows": rows[:SHOWN_ROWS],
        "count": rows.count(),
        "sent": [pair for pair in sent if pair[0] not in ("reason", "csrfmiddlewaretoken")],
        "problem": missing if "reason" in request.POST else "",
    }
    return TemplateResponse(request, "admin/reason.html", context)


def list_link(model: type[Model], text: object, **query: Any) -> SafeString:
    """A link to the list of a model, narrowed by `query`."""
    options = model._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return format_html('<a class="underline" href="{}?{}">{}</a>', address, urlencode(query), text)
