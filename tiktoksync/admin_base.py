"""What the pages of support staff share: nothing is written here but through the services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar, cast

from django.contrib import admin, messages
from django.db import models
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
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


class StaffAdmin(ModelAdmin):  # type: ignore[misc]
    """A model that staff may edit.

    The columns in `hidden` are for nobody, those in `for_superusers` for few; `unread` are large
    ones of related rows.
    """

    hidden: ClassVar[tuple[str, ...]] = ()
    for_superusers: ClassVar[tuple[str, ...]] = ()
    unread: ClassVar[tuple[str, ...]] = ()
    list_per_page = 50
    show_full_result_count = False
    compressed_fields = True
    formfield_overrides = HTTPS_BY_DEFAULT

    def get_exclude(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        """Secrets are not shown at all, raw bodies with addresses only to superusers."""
        few = () if request.user.is_superuser else self.for_superusers
        return [*self.hidden, *few]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """What is not shown is not read, so a lost key breaks no page."""
        rows: QuerySet[Any] = super().get_queryset(request)
        return rows.defer(*self.hidden, *self.for_superusers, *self.unread)

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
    rows: Iterable[Any],
    service: Callable[[Any], bool],
    *,
    done: str,
    left: str,
) -> None:
    """Run a service on each row, say what came of it, and leave a line in the admin's own log."""
    counts = {True: 0, False: 0}
    for row in rows:
        moved = bool(service(row))
        counts[moved] += 1
        if moved:
            page.log_change(request, row, done)
    if counts[True]:
        messages.success(request, f"{counts[True]} {done}.")
    if counts[False]:
        messages.warning(request, f"{counts[False]} left alone: {left}.")


def list_link(model: type[Model], text: object, **query: Any) -> SafeString:
    """A link to the list of a model, narrowed by `query`."""
    options = model._meta
    address = reverse(f"admin:{options.app_label}_{options.model_name}_changelist")
    return format_html('<a class="underline" href="{}?{}">{}</a>', address, urlencode(query), text)
