"""When a consent's end is told, and in which words. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tiktoksync.shops.consents import THRESHOLDS, Consent, end_in_words, is_urgent, threshold_of

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def ends(**left: float) -> Consent:
    return Consent(NOW + timedelta(**left))


@pytest.mark.parametrize(
    ("consent", "threshold"),
    [
        (Consent(None), None),
        (ends(days=31), None),
        (ends(days=30, seconds=1), None),
        (ends(days=30), 30),
        (ends(days=14, seconds=1), 30),
        (ends(days=14), 14),
        (ends(days=7, seconds=1), 14),
        (ends(days=7), 7),
        (ends(days=1, seconds=1), 7),
        (ends(days=1), 1),
        (ends(seconds=1), 1),
        (ends(days=-3), 1),
    ],
)
def test_the_nearest_threshold_that_was_reached_counts(
    consent: Consent, threshold: int | None
) -> None:
    assert threshold_of(consent, NOW) == threshold


@pytest.mark.parametrize(
    ("idle_days", "threshold"), [(0, None), (6.9, None), (7, 14), (80, 14), (None, 14)]
)
def test_where_renewals_prolong_the_consent_only_idleness_is_told(
    idle_days: float | None, threshold: int | None
) -> None:
    renewed = None if idle_days is None else NOW - timedelta(days=idle_days)
    assert threshold_of(Consent(NOW + timedelta(days=10), True, renewed), NOW) == threshold
    assert threshold_of(Consent(NOW + timedelta(days=10), False, renewed), NOW) == 14


def test_the_last_week_is_urgent() -> None:
    assert not is_urgent(NOW + timedelta(days=7, seconds=1), NOW)
    assert is_urgent(NOW + timedelta(days=7), NOW)
    assert THRESHOLDS == (30, 14, 7, 1)


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (
            timedelta(days=29, hours=5),
            "TikTok's consent for Anna's shop ends in 29 days, on 22 December 2026. "
            "Renew it before then, or its orders stop.",
        ),
        (
            timedelta(days=7),
            "TikTok's consent for Anna's shop ends in 7 days, on 30 November 2026. "
            "Renew it now, or its orders stop.",
        ),
        (
            timedelta(days=1, hours=3),
            "TikTok's consent for Anna's shop ends in 1 day, on 24 November 2026. "
            "Renew it now, or its orders stop.",
        ),
        (
            timedelta(hours=3),
            "TikTok's consent for Anna's shop ends within a day, on 23 November 2026. "
            "After that its orders stop.",
        ),
        (
            timedelta(hours=-3),
            "TikTok's consent for Anna's shop ended on 23 November 2026. "
            "Orders wait until it is renewed.",
        ),
    ],
)
def test_the_words_name_the_days_and_the_date(left: timedelta, words: str) -> None:
    assert end_in_words("TikTok", "Anna's shop", NOW + left, NOW) == words
