"""The failure catalogue for staff: the table's words beside theirs, and how a merchant reads it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from tiktoksync.admin_base import StaffAdmin, action, display
from tiktoksync.support.buttons import Action
from tiktoksync.support.catalogue import every_line
from tiktoksync.support.lines import names_in
from tiktoksync.support.models import FailureEntry
from tiktoksync.support.services.keep_catalogue import WRITTEN, change_entry, reset_entry
from tiktoksync.support.telling import tell_line

CHANGED = ~Q(sentence="") | ~Q(fix="") | ~Q(button="") | ~Q(button_label="")


class ChangedFilter(admin.SimpleListFilter):
    """The lines that staff wrote differently."""

    title = "words"
    parameter_name = "words"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        """Two kinds."""
        return [("changed", "Changed by staff"), ("table", "As in the table")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """The lines of the chosen kind."""
        if self.value() == "changed":
            return queryset.filter(CHANGED)
        return queryset.exclude(CHANGED) if self.value() == "table" else queryset


class FailureEntryForm(forms.ModelForm):  # type: ignore[type-arg]
    """Staff's words; an empty field stays with the table."""

    button = forms.ChoiceField(
        required=False,
        choices=[("", "As in the table"), *Action.choices],
        widget=UnfoldAdminSelectWidget,
    )

    class Meta:
        model = FailureEntry
        fields = ("sentence", "fix", "button", "button_label", "note")
        widgets = {
            "sentence": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
            "fix": UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        }

    def clean_sentence(self) -> str:
        """It may name what the table's sentence names, and nothing else."""
        text: str = self.cleaned_data["sentence"].strip()
        line = every_line().get(self.instance.key)
        known = set(line.names if line else ())
        try:
            unknown = set(names_in(text)) - known
        except ValueError as error:
            raise forms.ValidationError("Its braces do not belong together.") from error
        if unknown:
            may = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none"
            raise forms.ValidationError(f"It can name {may}, not {', '.join(sorted(unknown))}.")
        return text


@admin.register(FailureEntry)
class FailureEntryAdmin(StaffAdmin):
    """Each failure with the words that merchants read."""

    form = FailureEntryForm
    list_display = ("group", "code", "said", "helps", "changed_by", "changed_at")
    list_display_links = ("code",)
    list_filter = (ChangedFilter, "group")
    list_select_related = ("changed_by",)
    search_fields = ("key", "code", "sentence", "fix")
    search_help_text = "A code, or words of a sentence"
    readonly_fields = ("key", "default", "preview", "changed_at", "changed_by")
    actions = ("reset",)
    fieldsets = (
        (None, {"fields": ("key", "preview", "default")}),
        ("In our words", {"fields": ("sentence", "fix", "button", "button_label", "note")}),
        ("Last change", {"fields": ("changed_by", "changed_at")}),
    )

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lines come from the tables."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Lines go with the tables."""
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[FailureEntry], search_term: str
    ) -> tuple[QuerySet[FailureEntry], bool]:
        """By code and by the words of the tables too, which no column holds."""
        found, twice = super().get_search_results(request, queryset, search_term)
        words = search_term.casefold().split()
        keys = [
            key
            for key, line in every_line().items()
            if all(word in f"{key} {line.sentence} {line.fix}".casefold() for word in words)
        ]
        return (found | queryset.filter(key__in=keys)) if words else found, twice

    @display(description="sentence")
    def said(self, entry: FailureEntry) -> str:
        """What a merchant reads now."""
        line = every_line().get(entry.key)
        return entry.sentence or (line.sentence if line else "No longer in the tables")

    @display(description="fix")
    def helps(self, entry: FailureEntry) -> str:
        """The advice a merchant reads now."""
        line = every_line().get(entry.key)
        return entry.fix or (line.fix if line else "")

    @display(description="as in the table")
    def default(self, entry: FailureEntry) -> SafeString | str:
        """The table's own words."""
        line = every_line().get(entry.key)
        if line is None:
            return "This line is no longer in the tables."
        label = Action(line.action).label
        shape = "<p>{}</p><p>{}</p><p>Button: {}</p>"
        return format_html(shape, line.template, line.fix, label)

    @display(description="how it reads")
    def preview(self, entry: FailureEntry) -> SafeString | str:
        """The line as a merchant meets it, blanks marked."""
        line = every_line().get(entry.key)
        if line is None:
            return "–"
        told = tell_line(line)
        shape = (
            '<p><strong>{}</strong></p><p>{}</p><p>[ {} ] <span class="opacity-60">{}</span></p>'
        )
        return format_html(shape, told.sentence, told.fix, told.button.label, told.button.address)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the service, which tells the pages."""
        words = {name: form.cleaned_data[name] for name in (*WRITTEN, "note")}
        change_entry(obj, request.user, **words)

    @action(description="Reset to the table's words", permissions=["operate"])
    def reset(self, request: HttpRequest, queryset: QuerySet[FailureEntry]) -> None:
        """Take staff's words back."""
        done = sum(reset_entry(entry, request.user) for entry in queryset)
        self.message_user(request, f"{done} as in the table again.")
