"""watch_alerts: compares what is wrong now with what was told, raises what is new, resolves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

import structlog
from django.db import transaction

from tiktoksync.alerts.find_accounts import find_accounts
from tiktoksync.alerts.find_listings import find_refused_listings
from tiktoksync.alerts.find_orders import find_blocked, find_cancel_requests, find_followers
from tiktoksync.alerts.findings import Finding, Key
from tiktoksync.alerts.models import Alert, AlertSeen
from tiktoksync.alerts.services.write_letters import write_letters
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Merchant

log = structlog.get_logger(__name__)

#: A cause that comes back within this time is the same alert.
SAME = timedelta(minutes=10)
#: People are told again once it holds up so many times as much, and at least so many more.
TOLD_AGAIN_TIMES, TOLD_AGAIN_MORE = 2, 5

Findings = Mapping[Key, Finding]
Row = TypeVar("Row", Finding, Alert)


def watch_alerts() -> int:
    """One look at everything; returns how many alerts were raised or came back.

    What is for one person alone has no cause in the rows, and is left as it is. Merchants for whom
    nothing changed cost nothing but the reading. A second cron is harmless:
    a merchant's changes are made one at a time, against the alerts as they stand then.
    """
    now = database_now()
    found = _by_merchant(find_all(now))
    known = _by_merchant(Alert.objects.filter(resolved_at=None, reader=None))
    raised = 0
    for merchant_id in {*found, *known}:
        wanted = {one.key: one for one in found.get(merchant_id, [])}
        if _differs(wanted, known.get(merchant_id, [])):
            raised += _settle(merchant_id, wanted, now)
    return raised


def find_all(now: datetime) -> Iterator[Finding]:
    """Everything that is wrong now; the number of queries does not grow with the merchants."""
    yield from find_blocked()
    yield from find_followers()
    yield from find_cancel_requests(now)
    yield from find_refused_listings()
    yield from find_accounts(now)


def _by_merchant(rows: Iterable[Row]) -> dict[int, list[Row]]:
    grouped: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row.merchant_id].append(row)
    return grouped


def _differs(wanted: Findings, known: Iterable[Alert]) -> bool:
    open_ones = {(alert.kind, alert.cause): alert for alert in known}
    if wanted.keys() != open_ones.keys():
        return True
    return any(_news(open_ones[key], finding) for key, finding in wanted.items())


def _news(alert: Alert, finding: Finding) -> list[str]:
    """The columns in which an alert is out of date."""
    names = ("title", "words", "address", "count", "is_urgent")
    return [name for name in names if getattr(alert, name) != getattr(finding, name)]


@transaction.atomic
def _settle(merchant_id: int, wanted: Findings, now: datetime) -> int:
    merchant = Merchant.objects.select_for_update().filter(pk=merchant_id).first()
    if merchant is None:
        return 0
    open_ones = Alert.objects.filter(merchant=merchant, resolved_at=None, reader=None)
    rows = open_ones.select_for_update()
    known = {(alert.kind, alert.cause): alert for alert in rows}
    gone = [alert.pk for key, alert in known.items() if key not in wanted]
    Alert.objects.filter(pk__in=gone).update(resolved_at=now, changed_at=now)
    fresh: list[Alert] = []
    again: list[Alert] = []
    for key, finding in wanted.items():
        alert = known.get(key)
        if alert is None:
            fresh.append(_raise(finding, now))
        elif _update(alert, finding, now):
            again.append(alert)
    write_letters(merchant, fresh, now)
    write_letters(merchant, again, now, again=True)
    return len(fresh)


def _raise(finding: Finding, now: datetime) -> Alert:
    """A new alert, or the one that was resolved a moment ago."""
    row = Alert.objects.filter(
        merchant=finding.merchant_id,
        kind=finding.kind,
        cause=finding.cause,
        resolved_at__gte=now - SAME,
    ).first()
    if row is not None:
        row.resolved_at = None
        row.save(update_fields=["resolved_at"])
        _update(row, finding, now)
        return row
    log.info("alert raised", merchant=finding.merchant_id, kind=finding.kind, count=finding.count)
    return Alert.objects.create(
        merchant_id=finding.merchant_id,
        kind=finding.kind,
        cause=finding.cause,
        title=finding.title,
        words=finding.words,
        address=finding.address,
        count=finding.count,
        told_count=finding.count,
        is_urgent=finding.is_urgent,
        raised_at=now,
        changed_at=now,
    )


def _update(alert: Alert, finding: Finding, now: datetime) -> bool:
    """Bring an alert up to date; whether people have to hear of it once more."""
    names = _news(alert, finding)
    if not names:
        return False
    became_urgent = finding.is_urgent and not alert.is_urgent
    grew = finding.count >= max(
        alert.told_count * TOLD_AGAIN_TIMES, alert.told_count + TOLD_AGAIN_MORE
    )
    for name in names:
        setattr(alert, name, getattr(finding, name))
    alert.changed_at = now
    if grew:
        alert.told_count = finding.count
        AlertSeen.objects.filter(alert=alert).delete()
    alert.save(update_fields=[*names, "changed_at", "told_count"])
    return grew or became_urgent
