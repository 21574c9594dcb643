"""Who changed which setting, from what to what: one line of the audit log for each saving.

Every room that saves settings comes here. Secrets never do: their values are left out by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import Model

from tiktoksync.shops.models import Merchant, SettingsChange, TikTokShop

LONGEST = 300
EMPTY = "empty"
HIDDEN = "(secret)"
_SECRET_PARTS = ("secret", "token", "password", "cipher")


def note_settings_change(
    merchant: Merchant,
    section: str,
    *,
    user: Any = None,
    who: str = "",
    words: str = "",
    changes: Iterable[Mapping[str, Any]] = (),
    shop: TikTokShop | None = None,
) -> SettingsChange | None:
    """Append a line to the merchant's audit log; None, and no line, where nothing is told.

    `section` is the part of the settings it belongs to (orders, products, team, connections …),
    `words` a sentence for what is not a field ("Invited olive as operator."), `changes` the fields
    as `changed(name, label, before, after)` makes them. `who` names what has no account.
    """
    told = [dict(change) for change in changes if change["from"] != change["to"]]
    if not told and not words:
        return None
    return SettingsChange.objects.create(
        merchant=merchant,
        shop=shop,
        section=section,
        user=user if getattr(user, "pk", None) else None,
        who=(who or str(user or ""))[:150],
        words=words[:LONGEST],
        changes=told,
    )


def changed(name: str, label: str, before: Any, after: Any) -> dict[str, str]:
    """One field's change, in the words a person reads."""
    is_secret = any(part in name for part in _SECRET_PARTS)
    first, second = (_shown(value)[:LONGEST] for value in (before, after))
    if is_secret:
        first, second = HIDDEN, HIDDEN if before == after else "(another secret)"
    return {"field": name, "label": label, "from": first, "to": second}


def changes_of(form: forms.BaseForm) -> list[dict[str, str]]:
    """What a valid form is about to change, by its initial values and labels."""
    return [
        changed(
            name,
            str(form.fields[name].label or form[name].label),
            _in_words(form.fields[name], form[name].initial),
            _in_words(form.fields[name], form.cleaned_data.get(name)),
        )
        for name in form.changed_data
    ]


def save_settings(
    form: forms.ModelForm[Any],
    merchant: Merchant,
    section: str,
    *,
    user: Any,
    shop: TikTokShop | None = None,
) -> SettingsChange | None:
    """Keep a valid form and the line that tells of it, both or neither."""
    with transaction.atomic():
        changes = changes_of(form)
        form.save()
        return note_settings_change(merchant, section, user=user, changes=changes, shop=shop)


def reset_settings(
    row: Model,
    fresh: Mapping[str, Any],
    merchant: Merchant,
    section: str,
    *,
    user: Any,
    shop: TikTokShop | None = None,
) -> SettingsChange | None:
    """Put some columns of a row of settings back, and keep the line that tells of it."""
    columns = [row._meta.get_field(name) for name in fresh]
    with transaction.atomic():
        changes = []
        for column, (name, value) in zip(columns, fresh.items(), strict=True):
            label = str(getattr(column, "verbose_name", name)).capitalize()
            changes.append(changed(name, label, getattr(row, name), value))
            setattr(row, name, value)
        row.save(update_fields=list(fresh))
        told = [change for change in changes if change["from"] != change["to"]]
        words = "Reset to the defaults." if told else ""
        return note_settings_change(
            merchant, section, user=user, words=words, changes=told, shop=shop
        )


def _in_words(field: forms.Field, value: Any) -> Any:
    """A choice by its label; everything else as it is."""
    if not isinstance(field, forms.ChoiceField):
        return value
    words = {str(key): str(label) for key, label in _flat(field.choices)}
    if isinstance(value, list | tuple):
        return [words.get(str(one), str(one)) for one in value]
    return words.get(str(value), value)


def _flat(choices: Any) -> Iterable[tuple[Any, Any]]:
    for key, label in choices:
        if isinstance(label, list | tuple):
            yield from label
        else:
            yield key, label


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, list | tuple):
        value = ", ".join(str(one) for one in value)
    return EMPTY if value is None or str(value) == "" else str(value)
