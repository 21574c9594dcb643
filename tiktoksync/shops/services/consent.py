"""Looks after consents: warns before they end, and keeps those alive that renewals prolong."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q

from tiktoksync.lib.timing import database_now
from tiktoksync.shops.consents import RENEWS_BY_ITSELF, Consent, threshold_of
from tiktoksync.shops.models import ConsentWarning, Credential, TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import FailureKind, SyncStatus

log = structlog.get_logger(__name__)

#: The same end, told again a few seconds off: platforms count from the moment of asking.
SAME_END = timedelta(days=1)


def look_after_consents() -> None:
    """The regular check: what may be renewed is, and what must be told is written down."""
    revive_renewals()
    warn_of_ends()


def warn_of_ends(credentials: Iterable[Credential] | None = None) -> list[ConsentWarning]:
    """Write down each threshold that was reached, once an account and end; returns the new ones.

    An account that has lost its consent is told in another way.
    """
    now = database_now()
    rows = Credential.objects.exclude(refresh_expires_at=None).select_related("shop", "store")
    found = (_warn(row, now) for row in (rows if credentials is None else credentials))
    return [warning for warning in found if warning is not None]


def _warn(credential: Credential, now: datetime) -> ConsentWarning | None:
    account, ends_at = credential.account, credential.refresh_expires_at
    threshold = threshold_of(consent_of(credential), now)
    if threshold is None or ends_at is None or account.auth_lost_at is not None:
        return None
    around = (ends_at - SAME_END).date(), (ends_at + SAME_END).date()
    told = credential.warnings.filter(threshold_days__lte=threshold, ends_on__range=around)
    if told.exists():
        return None
    warning, is_new = ConsentWarning.objects.get_or_create(
        credential=credential,
        threshold_days=threshold,
        ends_on=ends_at.astimezone(UTC).date(),
        defaults={"at": now},
    )
    if not is_new:
        return None
    log.warning("consent ends", days=threshold, ends=str(warning.ends_on), **account.lane_facts)
    return warning


def consent_of(credential: Credential) -> Consent:
    """What is known of the consent behind a credential."""
    return Consent(credential.refresh_expires_at, credential.end_moves, credential.renewed_at)


def note_end(shop: TikTokShop, ends_at: datetime) -> None:
    """The platform says when the consent ends; it knows best."""
    with transaction.atomic():
        rows = Credential.objects.select_for_update(of=("self",)).select_related("shop")
        credential = rows.filter(shop=shop).first()
        if credential is None:
            return
        credential.refresh_expires_at, credential.end_moves = ends_at, False
        credential.save(update_fields=["refresh_expires_at", "end_moves"])
    warn_of_ends([credential])


def revive_renewals() -> int:
    """Let renewals that were given up be tried again, and none wait for longer than a week.

    A store's tokens end after ninety days without a renewal, whether or not anything happens in
    it. Returns how many were made due. Lost consent is left alone.
    """
    now = database_now()
    connected = Q(shop__auth_lost_at=None) & Q(store__auth_lost_at=None)
    given_up = Credential.objects.filter(connected, sync_status=SyncStatus.FAILED)
    revived = 0
    for row in given_up.exclude(failure_kind=FailureKind.AUTH):
        revived += statuses.move(
            row, SyncStatus.PENDING, reason="tried again", next_attempt_at=now, tries=0
        )
    idle = Q(renewed_at=None) | Q(renewed_at__lt=now - RENEWS_BY_ITSELF)
    late = Q(next_attempt_at=None) | Q(next_attempt_at__gt=now)
    waiting = Credential.objects.filter(connected & late & idle, sync_status=SyncStatus.PENDING)
    for row in waiting.filter(store__isnull=False, store__connected_at__lt=now - RENEWS_BY_ITSELF):
        if row.refresh_token:
            revived += waiting.filter(pk=row.pk).update(next_attempt_at=now)
    return revived
