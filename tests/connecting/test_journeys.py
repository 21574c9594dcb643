"""What is remembered of a journey is forgotten again, tokens first."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tests.factories import make_pair
from tiktoksync import cron
from tiktoksync.connecting.models import ConsentJourney, TikTokGrant
from tiktoksync.connecting.services.journeys import forget_old_journeys


def journey(digest: str, ended_days_ago: float) -> ConsentJourney:
    ended = timezone.now() - timedelta(days=ended_days_ago)
    return ConsentJourney.objects.create(
        platform="tiktok", state_digest=digest, session_digest="s", expires_at=ended
    )


def test_old_journeys_and_tokens_that_nobody_chose_from_go(db: None) -> None:
    pair, now = make_pair(), timezone.now()
    grants = [
        TikTokGrant.objects.create(
            merchant=pair.merchant,
            app=pair.shop.app,
            access_token="TTP_a",
            refresh_token="TTP_r",
            access_expires_at=now,
            refresh_expires_at=now,
            created_at=now - timedelta(minutes=age),
        )
        for age in (59, 61)
    ]
    journey("old", 31)
    kept = journey("young", 29)

    assert forget_old_journeys() == 2

    assert TikTokGrant.objects.get() == grants[0]
    assert ConsentJourney.objects.get() == kept


def test_cron_forgets_them(db: None) -> None:
    journey("old", 31)
    for _, entry in cron.TIMETABLE:
        if entry.__name__ == "_forget_old_journeys":
            entry()
    assert not ConsentJourney.objects.exists()
