"""Who gets a letter about what, and when it may go out; a row for each letter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from tiktoksync.alerts.choices import Email, choices_of
from tiktoksync.alerts.hours import digest_day, first_loud
from tiktoksync.alerts.models import Alert, AlertHours, Letter
from tiktoksync.lib.timing import database_now, scaled_seconds
from tiktoksync.shops.models import Membership, Merchant
from tiktoksync.web_access import zone_of

#: A letter waits so long for what comes up together with its first alert.
COMPANY_SECONDS = 60


def people_of(memberships: QuerySet[Membership]) -> QuerySet[Membership]:
    """Members who can get letters, with what they chose."""
    reachable = memberships.filter(user__is_active=True).exclude(user__email="")
    return reachable.select_related("user", "merchant", "alert_hours").prefetch_related(
        "alert_choices"
    )


def write_letters(
    merchant: Merchant, alerts: Sequence[Alert], now: datetime, *, again: bool = False
) -> None:
    """Put alerts into the letters of everybody who wants to hear of them at once.

    One that is for a single reader goes into no letter but theirs. Nobody gets a second letter
    about an alert, unless `again` asks for it. Runs inside the transaction that raises the alerts,
    so that none is raised without its letters.
    """
    if not alerts:
        return
    for person in people_of(Membership.objects.filter(merchant=merchant)):
        chosen = choices_of(person, person.alert_choices.all())
        mine = _told_to(person, alerts)
        wanted = [alert for alert in mine if chosen[alert.kind].email == Email.AT_ONCE]
        if not again:
            wanted = _untold(person, wanted)
        if wanted:
            _put_into_letter(person, wanted, now)


def _told_to(person: Membership, alerts: Iterable[Alert]) -> list[Alert]:
    """Those of the whole team, and those that are for this person."""
    return [alert for alert in alerts if alert.reader_id in (None, person.pk)]


def _untold(person: Membership, alerts: Sequence[Alert]) -> list[Alert]:
    """Alerts that stand in no letter of this person that was sent, or will be."""
    letters = Letter.objects.filter(membership=person, alerts__in=[one.pk for one in alerts])
    told = letters.exclude(due_at=None, sent_at=None).values_list("alerts", flat=True)
    known = set(told)
    return [alert for alert in alerts if alert.pk not in known]


def _put_into_letter(person: Membership, alerts: Sequence[Alert], now: datetime) -> None:
    due_at = _when(person, alerts, now)
    waiting = Letter.objects.select_for_update().filter(
        membership=person,
        kind=Letter.Kind.AT_ONCE,
        due_at__isnull=False,
        claimed_until=None,
        tries=0,
    )
    letter = waiting.first()
    if letter is None:
        letter = Letter.objects.create(membership=person, kind=Letter.Kind.AT_ONCE, due_at=due_at)
    elif letter.due_at is not None and due_at < letter.due_at:
        letter.due_at = due_at
        letter.save(update_fields=["due_at"])
    letter.alerts.add(*alerts)


def _when(person: Membership, alerts: Iterable[Alert], now: datetime) -> datetime:
    """After a moment for company; not in quiet hours, unless it is urgent and may break them."""
    due_at = now + timedelta(seconds=scaled_seconds(COMPANY_SECONDS))
    hours = hours_of(person)
    if hours.urgent_breaks_quiet and any(alert.is_urgent for alert in alerts):
        return due_at
    return first_loud(due_at, zone_of(person.merchant), hours.quiet_from, hours.quiet_until)


def hours_of(person: Membership) -> AlertHours:
    """When a person wants letters; the defaults while nothing was chosen."""
    found: AlertHours | None = getattr(person, "alert_hours", None)
    return found or AlertHours(membership=person)


def write_digests() -> int:
    """The daily letters whose hour has come; returns how many. Nothing to tell, no letter."""
    now = database_now()
    about = Prefetch(
        "merchant__alerts", Alert.objects.filter(resolved_at=None), to_attr="open_alerts"
    )
    people = people_of(Membership.objects.all()).prefetch_related(about)
    return sum(_write_digest(person, now) for person in people.order_by("pk"))


def _write_digest(person: Membership, now: datetime) -> bool:
    hours = hours_of(person)
    day = digest_day(now, zone_of(person.merchant), hours.digest_hour, hours.last_digest_on)
    chosen = choices_of(person, person.alert_choices.all())
    kinds = [kind for kind, choice in chosen.items() if choice.email == Email.DIGEST]
    if day is None or not kinds:
        return False
    open_alerts: list[Alert] = person.merchant.open_alerts  # type: ignore[attr-defined]
    alerts = [alert for alert in _told_to(person, open_alerts) if alert.kind in kinds]
    with transaction.atomic():
        AlertHours.objects.get_or_create(membership=person)
        mine = AlertHours.objects.filter(membership=person)
        if not mine.exclude(last_digest_on__gte=day).update(last_digest_on=day) or not alerts:
            return False
        letter = Letter.objects.create(membership=person, kind=Letter.Kind.DIGEST, due_at=now)
        letter.alerts.add(*alerts)
    return True


def write_test(person: Membership) -> Letter:
    """A letter that shows whether letters arrive; quiet hours do not hold it."""
    return Letter.objects.create(membership=person, kind=Letter.Kind.TEST, due_at=database_now())
