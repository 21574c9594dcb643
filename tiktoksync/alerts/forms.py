"""What a person chooses about alerts, read from the form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from tiktoksync.alerts.choices import Choice, Email
from tiktoksync.alerts.models import AlertHours, AlertKind

_TIME = forms.TimeInput(format="%H:%M", attrs={"type": "time"})
HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class HoursForm(forms.ModelForm):  # type: ignore[type-arg]
    """Quiet hours and the hour of the digest."""

    digest_hour = forms.TypedChoiceField(
        choices=HOURS,
        coerce=int,
        initial=AlertHours._meta.get_field("digest_hour").default,
        label="Daily digest at",
        help_text="Nothing to tell, no letter.",
    )

    class Meta:
        model = AlertHours
        fields = ("quiet_from", "quiet_until", "urgent_breaks_quiet", "digest_hour")
        widgets = {"quiet_from": _TIME, "quiet_until": _TIME}
        labels = {
            "quiet_from": "Quiet from",
            "quiet_until": "Quiet until",
            "urgent_breaks_quiet": "Urgent letters may come in quiet hours",
        }

    def clean(self) -> dict[str, Any]:
        """Quiet hours have two ends, or none."""
        found: dict[str, Any] = super().clean() or {}
        if (found.get("quiet_from") is None) != (found.get("quiet_until") is None):
            missing = "quiet_until" if found.get("quiet_from") else "quiet_from"
            if missing not in self.errors:
                self.add_error(missing, "Give both ends of the quiet hours, or neither.")
        return found


def read_choices(posted: Mapping[str, str]) -> dict[str, Choice] | None:
    """The table's choices; None if a value is none of those offered."""
    chosen = {}
    for kind in AlertKind.values:
        email = posted.get(f"email-{kind}", "")
        if email not in Email.values:
            return None
        chosen[kind] = Choice(f"app-{kind}" in posted, email)
    return chosen
