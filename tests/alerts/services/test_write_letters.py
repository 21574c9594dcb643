"""Who gets a letter, about what, and when it may go out."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from tests.alerts.conftest import join
from tests.factories import Pair
from tiktoksync.alerts.hours import digest_day, first_loud, is_quiet
from tiktoksync.alerts.models import Alert, AlertChoice, AlertHours, Letter
from tiktoksync.alerts.services import write_letters as module
from tiktoksync.alerts.services.write_letters import write_digests, write_letters
from tiktoksync.shops.models import Membership

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 6, 10, 21, 30, tzinfo=UTC)  # half past eleven at night in Berlin


def raise_alert(pair: Pair, cause: str = "x", **columns: Any) -> Alert:
    columns = {"kind": "blocked", "title": f"Trouble {cause}", "address": "/orders/", **columns}
    return Alert.objects.create(merchant=pair.merchant, cause=cause, **columns)


def choose(person: Membership, kind: str, email: str) -> None:
    AlertChoice.objects.create(membership=person, kind=kind, email=email)


def quiet(person: Membership, **columns: Any) -> AlertHours:
    person.merchant.timezone = "Europe/Berlin"
    person.merchant.save()
    columns = {"quiet_from": time(22), "quiet_until": time(7), **columns}
    return AlertHours.objects.create(membership=person, **columns)


def test_what_comes_up_together_is_one_letter_after_a_minute(pair: Pair, anna: Membership) -> None:
    first, second, third = (raise_alert(pair, cause) for cause in "abc")
    write_letters(pair.merchant, [first, second], NOW)
    write_letters(pair.merchant, [third], NOW + timedelta(seconds=20))
    letter = Letter.objects.get()
    assert letter.due_at == NOW + timedelta(seconds=60)
    assert set(letter.alerts.all()) == {first, second, third}


def test_a_letter_under_way_is_not_added_to(pair: Pair, anna: Membership) -> None:
    write_letters(pair.merchant, [raise_alert(pair, "a")], NOW)
    Letter.objects.update(claimed_until=NOW + timedelta(seconds=90), tries=1)
    write_letters(pair.merchant, [raise_alert(pair, "b")], NOW)
    assert [letter.alerts.count() for letter in Letter.objects.all()] == [1, 1]


def test_each_person_gets_their_own_and_viewers_none(pair: Pair, anna: Membership) -> None:
    join(pair.merchant, "olaf", "operator")
    join(pair.merchant, "vera", "viewer")
    join(pair.merchant, "nora", email="")
    join(pair.merchant, "gone", is_active=False)
    write_letters(pair.merchant, [raise_alert(pair)], NOW)
    names = {letter.membership.user.username for letter in Letter.objects.all()}
    assert names == {"anna", "olaf"}


def test_a_viewer_who_wants_letters_gets_them(pair: Pair) -> None:
    choose(join(pair.merchant, "vera", "viewer"), "blocked", "at_once")
    write_letters(pair.merchant, [raise_alert(pair)], NOW)
    assert Letter.objects.count() == 1


@pytest.mark.parametrize("email", ["off", "digest"])
def test_a_choice_counts_for_its_kind_alone(pair: Pair, anna: Membership, email: str) -> None:
    choose(anna, "blocked", email)
    other = raise_alert(pair, "late", kind="sync_late")
    write_letters(pair.merchant, [raise_alert(pair), other], NOW)
    assert list(Letter.objects.get().alerts.all()) == [other]


def test_an_alert_stands_in_one_letter_only(pair: Pair, anna: Membership) -> None:
    alert = raise_alert(pair)
    write_letters(pair.merchant, [alert], NOW)
    Letter.objects.update(due_at=None, sent_at=NOW)
    write_letters(pair.merchant, [alert], NOW)
    assert Letter.objects.count() == 1
    write_letters(pair.merchant, [alert], NOW, again=True)
    assert Letter.objects.count() == 2


def test_a_letter_that_was_not_needed_does_not_count_as_told(pair: Pair, anna: Membership) -> None:
    alert = raise_alert(pair)
    write_letters(pair.merchant, [alert], NOW)
    Letter.objects.update(due_at=None, error="Nothing left to tell")
    write_letters(pair.merchant, [alert], NOW)
    assert Letter.objects.count() == 2


def test_quiet_hours_hold_letters_until_they_end(pair: Pair, anna: Membership) -> None:
    quiet(anna)
    write_letters(pair.merchant, [raise_alert(pair)], NOW)
    assert Letter.objects.get().due_at == datetime(2026, 6, 11, 5, tzinfo=UTC)


def test_urgent_letters_break_quiet_hours_where_that_is_wished(
    pair: Pair, anna: Membership
) -> None:
    quiet(anna, urgent_breaks_quiet=True)
    write_letters(pair.merchant, [raise_alert(pair)], NOW)
    urgent = raise_alert(pair, "lost", kind="consent_lost", is_urgent=True)
    write_letters(pair.merchant, [urgent], NOW)
    letter = Letter.objects.get()
    assert letter.due_at == NOW + timedelta(seconds=60)
    assert letter.alerts.count() == 2


def test_urgent_letters_wait_too_unless_wished(pair: Pair, anna: Membership) -> None:
    quiet(anna)
    write_letters(pair.merchant, [raise_alert(pair, is_urgent=True)], NOW)
    assert Letter.objects.get().due_at == datetime(2026, 6, 11, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "start", "end", "expected"),
    [
        (time(23), time(22), time(7), True),
        (time(6, 59), time(22), time(7), True),
        (time(7), time(22), time(7), False),
        (time(13), time(12), time(14), True),
        (time(14), time(12), time(14), False),
        (time(3), None, None, False),
        (time(3), time(3), time(3), False),
    ],
)
def test_quiet_hours_may_pass_midnight(
    moment: time, start: time | None, end: time | None, expected: bool
) -> None:
    assert is_quiet(moment, start, end) is expected


def test_quiet_hours_end_on_the_clock_when_it_changes_at_night() -> None:
    # On 29 March 2026 Berlin leaves out 02:00–03:00; on 25 October it repeats that hour.
    spring = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert first_loud(spring, BERLIN, time(22), time(7)) == datetime(2026, 3, 29, 5, tzinfo=UTC)
    autumn = datetime(2026, 10, 24, 21, tzinfo=UTC)
    assert first_loud(autumn, BERLIN, time(22), time(7)) == datetime(2026, 10, 25, 6, tzinfo=UTC)


def test_the_digest_is_due_once_a_day_from_its_hour_on() -> None:
    day = date(2026, 6, 10)
    at = datetime(2026, 6, 10, 5, 59, tzinfo=UTC)
    assert digest_day(at, BERLIN, 8, None) is None
    assert digest_day(at + timedelta(minutes=1), BERLIN, 8, None) == day
    assert digest_day(at + timedelta(minutes=1), BERLIN, 8, day) is None
    assert digest_day(at + timedelta(days=1), BERLIN, 8, day) is None
    assert digest_day(at + timedelta(days=1, minutes=1), BERLIN, 8, day) == date(2026, 6, 11)


def test_an_hour_that_the_clocks_leave_out_or_repeat_is_one_digest() -> None:
    skipped = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 03:00, the hour after 01:59
    assert digest_day(skipped, BERLIN, 2, None) == date(2026, 3, 29)
    repeated = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)  # 02:30 for the second time
    assert digest_day(repeated, BERLIN, 2, date(2026, 10, 25)) is None


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    now = [datetime(2026, 6, 10, 8, 30, tzinfo=UTC)]
    monkeypatch.setattr(module, "database_now", lambda: now[0])
    return now


def test_a_digest_tells_what_is_open_of_its_kinds(
    pair: Pair, anna: Membership, clock: list[datetime]
) -> None:
    choose(anna, "blocked", "digest")
    wanted = raise_alert(pair)
    raise_alert(pair, "late", kind="sync_late")
    raise_alert(pair, "old", resolved_at=timezone.now())
    assert write_digests() == 1
    assert write_digests() == 0
    letter = Letter.objects.get()
    assert (letter.kind, list(letter.alerts.all())) == ("digest", [wanted])
    assert AlertHours.objects.get().last_digest_on == date(2026, 6, 10)
    clock[0] += timedelta(days=1)
    assert write_digests() == 1


def test_nothing_to_tell_is_no_letter(pair: Pair, anna: Membership, clock: list[datetime]) -> None:
    choose(anna, "blocked", "digest")
    assert write_digests() == 0
    assert not Letter.objects.exists()


def test_a_digest_of_a_day_is_written_by_one_of_two_crons(
    pair: Pair, anna: Membership, clock: list[datetime]
) -> None:
    choose(anna, "blocked", "digest")
    raise_alert(pair)
    from django.db.models import Prefetch

    about = Prefetch("merchant__alerts", Alert.objects.all(), to_attr="open_alerts")
    seen_before = module.people_of(Membership.objects.all()).prefetch_related(about).get()
    assert write_digests() == 1
    assert module._write_digest(seen_before, clock[0]) is False
    assert Letter.objects.count() == 1


def test_digests_cost_the_same_for_many_people(
    pair: Pair, anna: Membership, clock: list[datetime], django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        join(pair.merchant, f"p{number}")
    AlertHours.objects.bulk_create(
        AlertHours(membership=person, last_digest_on=clock[0].date())
        for person in Membership.objects.all()
    )
    with django_assert_max_num_queries(4):
        assert write_digests() == 0
