"""Keeps a row for every line of the failure catalogue, and writes what staff say of one."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tiktoksync.lib.timing import database_now
from tiktoksync.support.catalogue import changed, every_line
from tiktoksync.support.models import FailureEntry

WRITTEN = ("sentence", "fix", "button", "button_label")


def keep_catalogue() -> int:
    """Make the rows that are missing; returns how many. Doing it twice, or side by side, is fine.

    A row whose line is gone from the tables goes too, unless staff wrote something in it.
    """
    known = every_line()
    stored = set(FailureEntry.objects.values_list("key", flat=True))
    missing = [
        FailureEntry(key=line.key, group=line.group, code=line.code)
        for line in known.values()
        if line.key not in stored
    ]
    FailureEntry.objects.bulk_create(missing, ignore_conflicts=True)
    untouched = {"changed_at": None, "note": "", **dict.fromkeys(WRITTEN, "")}
    if over := stored - set(known):
        FailureEntry.objects.filter(key__in=over, **untouched).delete()
    return len(missing)


def change_entry(entry: FailureEntry, user: Any, **words: str) -> None:
    """Write staff's words; what says the same as the table is not kept as a change."""
    line = every_line().get(entry.key)
    defaults = {"sentence": line.template, "fix": line.fix, "button": line.action} if line else {}
    with transaction.atomic():
        for name, text in words.items():
            setattr(entry, name, "" if text == defaults.get(name) else text)
        entry.changed_at, entry.changed_by = database_now(), user
        entry.save()
    changed.forget()


def reset_entry(entry: FailureEntry, user: Any) -> bool:
    """Go back to the table's words; False if they stand already."""
    if not any(getattr(entry, name) for name in WRITTEN):
        return False
    change_entry(entry, user, **dict.fromkeys(WRITTEN, ""))
    return True
