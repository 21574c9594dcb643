"""The regular look after consents: each threshold is told once, and renewals are kept going."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from tests.factories import Pair, make_pair, pass_time, seconds_from_now, set_columns
from tiktoksync import cron
from tiktoksync.shops.models import ConsentWarning, Credential, TikTokShop
from tiktoksync.shops.services.consent import look_after_consents, note_end, revive_renewals
from tiktoksync.shops.services.tokens import store_tokens
from tiktoksync.sync.accounts import lose_consent


@pytest.fixture
def anna(db: None) -> Pair:
    return make_pair()


def told(credential: Credential) -> list[int]:
    """The thresholds of which an account was told, in order."""
    rows = ConsentWarning.objects.filter(credential=credential).order_by("pk")
    return list(rows.values_list("threshold_days", flat=True))


def days(count: float) -> Any:
    return timezone.now() + timedelta(days=count)


def test_each_threshold_is_told_once_on_the_way_to_the_end(anna: Pair) -> None:
    credential = anna.shop.credential
    set_columns(credential, refresh_expires_at=days(40))
    seen = []
    for _ in range(82):
        look_after_consents()
        look_after_consents()
        seen.append(len(told(credential)))
        pass_time(43200)
        ConsentWarning.objects.update(ends_on=set_back(credential))
    assert told(credential) == [30, 14, 7, 1]
    assert [seen.index(count) for count in (1, 2, 3, 4)] == [20, 52, 66, 78]


def set_back(credential: Credential) -> Any:
    """Where the time goes by, the days that were written down come nearer as well."""
    credential.refresh_from_db()
    assert credential.refresh_expires_at is not None
    return credential.refresh_expires_at.date()


def test_who_is_first_seen_late_is_told_the_nearest_threshold_only(anna: Pair) -> None:
    credential = anna.shop.credential
    set_columns(credential, refresh_expires_at=days(5))
    look_after_consents()
    assert told(credential) == [7]


def test_an_end_that_is_told_a_few_seconds_off_is_the_same_end(anna: Pair) -> None:
    credential = anna.shop.credential
    ends = days(12).replace(hour=23, minute=59, second=59)
    for seconds in (0, 2, -2, 5):
        set_columns(credential, refresh_expires_at=ends + timedelta(seconds=seconds))
        look_after_consents()
    assert told(credential) == [14]


def test_a_new_consent_is_told_anew_in_its_time(anna: Pair) -> None:
    credential = anna.shop.credential
    set_columns(credential, refresh_expires_at=days(5))
    look_after_consents()
    assert store_tokens(
        credential,
        access_token="TTP_again",
        access_expires_at=days(7),
        refresh_token="TTPR_again",
        refresh_expires_at=days(365),
    )
    look_after_consents()
    assert told(credential) == [7]
    set_columns(credential, refresh_expires_at=days(13))
    look_after_consents()
    assert told(credential) == [7, 14]


def test_each_account_is_told_of_its_own_end(anna: Pair) -> None:
    ben = make_pair("Ben")
    set_columns(anna.shop.credential, refresh_expires_at=days(20))
    set_columns(ben.shop.credential, refresh_expires_at=days(3))
    look_after_consents()
    assert (told(anna.shop.credential), told(ben.shop.credential)) == ([30], [7])


def test_a_consent_that_is_lost_is_not_warned_of_too(anna: Pair) -> None:
    set_columns(anna.shop.credential, refresh_expires_at=days(3))
    lose_consent(anna.shop, "The seller left.")
    look_after_consents()
    assert told(anna.shop.credential) == []


def test_where_renewals_prolong_only_an_idle_account_is_told(anna: Pair) -> None:
    credential = Credential.objects.get(store=anna.store)
    set_columns(
        credential,
        refresh_token="shprt_1",
        refresh_expires_at=days(13),
        end_moves=True,
        renewed_at=days(-1),
    )
    look_after_consents()
    assert told(credential) == []
    set_columns(credential, renewed_at=days(-77))
    look_after_consents()
    assert told(credential) == [14]


def test_the_platforms_own_word_on_the_end_is_kept(anna: Pair) -> None:
    credential = anna.shop.credential
    set_columns(credential, refresh_expires_at=days(300), end_moves=True, renewed_at=days(0))
    ends = days(29)
    note_end(anna.shop, ends)
    credential.refresh_from_db()
    assert (credential.refresh_expires_at, credential.end_moves) == (ends, False)
    assert told(credential) == [30]
    note_end(TikTokShop(pk=10**6), ends)


@pytest.mark.parametrize("kind", ["exhausted", "internal", "rejected"])
def test_a_renewal_that_was_given_up_is_tried_again(anna: Pair, kind: str) -> None:
    credential = anna.shop.credential
    set_columns(credential, sync_status="failed", failure_kind=kind, tries=13)
    assert revive_renewals() == 1
    credential.refresh_from_db()
    assert (credential.sync_status, credential.tries) == ("pending", 0)
    assert -2 < seconds_from_now(credential.next_attempt_at) <= 0


def test_lost_consent_is_not_asked_for_again(anna: Pair) -> None:
    set_columns(anna.shop.credential, sync_status="failed", failure_kind="auth")
    lose_consent(anna.shop, "The seller left.")
    assert revive_renewals() == 0


def test_an_idle_store_is_renewed_within_a_week(anna: Pair) -> None:
    credential = Credential.objects.get(store=anna.store)
    set_columns(credential, refresh_token="shprt_1", next_attempt_at=None, renewed_at=days(-6))
    set_columns(anna.store, connected_at=days(-60))
    assert revive_renewals() == 0
    set_columns(credential, renewed_at=days(-7.1))
    assert revive_renewals() == 1
    credential.refresh_from_db()
    assert -2 < seconds_from_now(credential.next_attempt_at) <= 0
    assert revive_renewals() == 0


def test_a_token_that_does_not_expire_is_left_alone(anna: Pair) -> None:
    set_columns(anna.store, connected_at=days(-60))
    assert revive_renewals() == 0


def test_the_look_is_in_the_timetable() -> None:
    names = {entry.__name__: seconds for seconds, entry in cron.TIMETABLE}
    assert names["_look_after_consents"] <= 86400
