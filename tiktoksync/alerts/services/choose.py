"""What a person decides about alerts: seen, how to hear of them, when letters may come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from tiktoksync.alerts.choices import Choice
from tiktoksync.alerts.models import Alert, AlertChoice, AlertHours, AlertSeen, told_to
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Membership

MOST_AT_ONCE = 1000
HOURS = ("quiet_from", "quiet_until", "urgent_breaks_quiet", "digest_hour")


def mark_seen(membership: Membership, alerts: Iterable[int] | None = None) -> int:
    """This person has seen these open alerts, or all of them; what named them is done with that."""
    rows = Alert.objects.filter(told_to(membership), resolved_at=None)
    if alerts is not None:
        rows = rows.filter(pk__in=list(alerts))
    keys = list(rows.values_list("pk", flat=True)[:MOST_AT_ONCE])
    marks = [AlertSeen(alert_id=key, user_id=membership.user_id) for key in keys]
    now = database_now()
    with transaction.atomic():
        AlertSeen.objects.bulk_create(marks, ignore_conflicts=True)
        own = Alert.objects.filter(pk__in=keys, reader__isnull=False)
        own.update(resolved_at=now, changed_at=now)
    return len(keys)


@transaction.atomic
def save_choices(
    membership: Membership, chosen: Mapping[str, Choice], hours: Mapping[str, Any]
) -> None:
    """How this person hears of each kind from now on, and when letters may come."""
    for kind, choice in chosen.items():
        AlertChoice.objects.update_or_create(
            membership=membership,
            kind=kind,
            defaults={"in_app": choice.in_app, "email": choice.email},
        )
    AlertHours.objects.update_or_create(
        membership=membership, defaults={name: hours[name] for name in HOURS}
    )
