"""The bell, the list of alerts, and how a person chooses to hear of them."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from tests.alerts.conftest import fresh_pair, join
from tests.alerts.services.test_write_letters import raise_alert
from tests.factories import Pair
from tests.web.reading import elements_of, text_of
from tiktoksync.alerts.models import Alert, AlertChoice, AlertHours, AlertKind, AlertSeen, Letter
from tiktoksync.alerts.shown import gather_bell, worst_alert
from tiktoksync.shops.models import Membership


def enter(person: Membership) -> Client:
    client = Client()
    client.force_login(person.user)
    return client


def posted(**changes: str) -> dict[str, str]:
    """The form of the settings page, as a browser sends it."""
    fields = {f"app-{kind}": "on" for kind in AlertKind.values}
    fields |= {f"email-{kind}": "at_once" for kind in AlertKind.values}
    fields |= {"quiet_from": "22:00", "quiet_until": "07:00", "digest_hour": "9"}
    return fields | changes


def test_the_bell_counts_what_the_person_has_not_seen(pair: Pair, anna: Membership) -> None:
    first, _ = raise_alert(pair, "a"), raise_alert(pair, "b")
    raise_alert(pair, "c", resolved_at=timezone.now())
    AlertSeen.objects.create(alert=first, user=anna.user)
    bell = gather_bell(anna)
    assert (bell.unseen, [one.alert.cause for one in bell.newest]) == (1, ["b", "a"])
    assert "1 not seen yet" in text_of(enter(anna).get("/"))


def test_the_bell_is_one_query_however_many(
    pair: Pair, anna: Membership, django_assert_num_queries: Any
) -> None:
    for number in range(150):
        raise_alert(pair, str(number))
    with django_assert_num_queries(1):
        bell = gather_bell(anna)
    assert (bell.count, len(bell.newest), bell.more) == ("99+", 6, True)


def test_a_kind_that_is_unwanted_in_the_app_is_not_shown(pair: Pair, anna: Membership) -> None:
    raise_alert(pair)
    AlertChoice.objects.create(membership=anna, kind="blocked", in_app=False)
    assert gather_bell(anna).unseen == 0
    assert "Trouble x" not in text_of(enter(anna).get("/notifications/"))


def test_the_list_shows_cause_words_and_the_way_to_mend_it(pair: Pair, anna: Membership) -> None:
    raise_alert(pair, words="Link the SKU.", address="/orders/?tab=attention")
    answer = enter(anna).get("/notifications/")
    page = text_of(answer)
    assert "Trouble x" in page
    assert "Link the SKU." in page
    assert 'href="/orders/?tab=attention"' in answer.content.decode()


def test_tabs_part_open_unseen_and_resolved(pair: Pair, anna: Membership) -> None:
    seen, _, _ = (
        raise_alert(pair, "seen"),
        raise_alert(pair, "fresh", kind="sync_late"),
        raise_alert(pair, "over", resolved_at=timezone.now()),
    )
    AlertSeen.objects.create(alert=seen, user=anna.user)
    client = enter(anna)

    def titles(query: str) -> list[str]:
        rows = client.get(f"/notifications/?{query}").context["rows"]
        return [one.alert.cause for one in rows]

    assert titles("") == ["fresh", "seen"]
    assert titles("tab=unseen") == ["fresh"]
    assert titles("tab=resolved") == ["over"]
    assert titles("kind=blocked") == ["seen"]
    assert titles("tab=nonsense&kind=nonsense&after=x") == ["fresh", "seen"]


def test_the_list_turns_pages_by_key(pair: Pair, anna: Membership) -> None:
    for number in range(60):
        raise_alert(pair, str(number))
    client = enter(anna)
    first = client.get("/notifications/")
    assert [len(first.context["rows"]), first.context["rows"][0].alert.cause] == [50, "59"]
    second = client.get(first.context["older"])
    assert next(one.alert.cause for one in second.context["rows"]) == "9"
    assert len(second.context["rows"]) == 10


def test_the_list_costs_the_same_for_many(
    pair: Pair, anna: Membership, django_assert_max_num_queries: Any
) -> None:
    client = enter(anna)
    raise_alert(pair)
    with django_assert_max_num_queries(14):
        client.get("/notifications/")
    for number in range(60):
        raise_alert(pair, str(number))
    with django_assert_max_num_queries(14):
        client.get("/notifications/")


def test_seen_is_seen_by_this_person_alone(pair: Pair, anna: Membership) -> None:
    olaf = join(pair.merchant, "olaf", "operator")
    first, second = raise_alert(pair, "a"), raise_alert(pair, "b")
    client = enter(anna)
    client.post("/notifications/seen/", {"alert": str(first.pk)})
    assert (gather_bell(anna).unseen, gather_bell(olaf).unseen) == (1, 2)
    client.post("/notifications/seen/")
    client.post("/notifications/seen/")
    assert set(AlertSeen.objects.values_list("alert", "user")) == {
        (first.pk, anna.user.pk),
        (second.pk, anna.user.pk),
    }


def test_others_alerts_are_neither_shown_nor_seen(pair: Pair, anna: Membership) -> None:
    other = fresh_pair("Ben")
    alert = raise_alert(other, "theirs")
    client = enter(anna)
    assert "Trouble theirs" not in text_of(client.get("/notifications/"))
    client.post("/notifications/seen/", {"alert": str(alert.pk)})
    assert not AlertSeen.objects.exists()


def test_a_viewer_marks_nothing_and_chooses_nothing(pair: Pair) -> None:
    raise_alert(pair)
    client = enter(join(pair.merchant, "vera", "viewer"))
    for path in ("/notifications/seen/", "/settings/notifications/save/"):
        assert client.post(path, posted()).status_code == 403
    assert client.post("/settings/notifications/test/").status_code == 403
    assert not AlertSeen.objects.exists()
    assert not AlertChoice.objects.exists()
    assert not Letter.objects.exists()


def test_choices_are_kept(pair: Pair, anna: Membership) -> None:
    fields = posted(**{"email-blocked": "digest", "email-sync_late": "off"})
    del fields["app-listing_refused"]
    answer = enter(anna).post("/settings/notifications/save/", fields, follow=True)
    assert "Saved how you hear of what needs you." in text_of(answer)
    chosen = dict(AlertChoice.objects.values_list("kind", "email"))
    assert (chosen["blocked"], chosen["sync_late"], chosen["consent_lost"]) == (
        *("digest", "off", "at_once"),
    )
    assert not AlertChoice.objects.get(kind="listing_refused").in_app
    hours = AlertHours.objects.get()
    assert (hours.quiet_from, hours.quiet_until, hours.digest_hour) == (time(22), time(7), 9)
    assert hours.urgent_breaks_quiet is False


def digest_hour_shown(answer: Any) -> str:
    """The chosen line of the select, as a browser takes it: the first where none is marked."""
    hours = [one for one in elements_of(answer, "option") if str(one.get("value")).isdecimal()]
    assert [one["value"] for one in hours] == [str(hour) for hour in range(24)]
    marked = [one["value"] for one in hours if "selected" in one]
    assert len(marked) <= 1
    return marked[0] if marked else hours[0]["value"]


def test_the_digest_comes_at_eight_until_another_hour_is_chosen(
    pair: Pair, anna: Membership
) -> None:
    client = enter(anna)
    assert digest_hour_shown(client.get("/settings/notifications/")) == "8"
    client.post("/settings/notifications/save/", posted(digest_hour="0"))
    assert AlertHours.objects.get().digest_hour == 0
    assert digest_hour_shown(client.get("/settings/notifications/")) == "0"
    client.post("/settings/notifications/save/", posted(digest_hour="17"))
    assert AlertHours.objects.get().digest_hour == 17
    assert digest_hour_shown(client.get("/settings/notifications/")) == "17"
    olaf = enter(join(pair.merchant, "olaf"))
    assert digest_hour_shown(olaf.get("/settings/notifications/")) == "8"


@pytest.mark.parametrize(
    "wrong",
    [
        {"email-blocked": "loudly"},
        {"quiet_until": ""},
        {"quiet_from": "25:00"},
        {"digest_hour": "24"},
    ],
)
def test_what_makes_no_sense_changes_nothing(
    pair: Pair, anna: Membership, wrong: dict[str, str]
) -> None:
    enter(anna).post("/settings/notifications/save/", posted(**wrong))
    assert not AlertChoice.objects.exists()
    assert not AlertHours.objects.exists()


def test_half_a_pair_of_quiet_hours_is_told(pair: Pair, anna: Membership) -> None:
    answer = enter(anna).post("/settings/notifications/save/", posted(quiet_until=""))
    assert "Give both ends of the quiet hours, or neither." in text_of(answer)


def test_a_test_letter_is_queued_and_shown(pair: Pair, anna: Membership) -> None:
    client = enter(anna)
    page = text_of(client.post("/settings/notifications/test/", follow=True))
    assert "A test letter to anna@example.com is on its way." in page
    assert Letter.objects.get().kind == "test"
    Letter.objects.update(due_at=None, given_up_at=timezone.now(), error="The mail server is away.")
    page = text_of(client.get("/settings/notifications/"))
    assert "Given up" in page
    assert "The mail server is away." in page


def test_without_an_address_no_letter_is_written_and_the_page_says_so(pair: Pair) -> None:
    client = enter(join(pair.merchant, "nora", email=""))
    client.post("/settings/notifications/test/")
    assert not Letter.objects.exists()
    assert "Your account has no e-mail address" in text_of(client.get("/settings/notifications/"))


def test_letters_of_others_are_not_shown(pair: Pair, anna: Membership) -> None:
    olaf = join(pair.merchant, "olaf")
    letter = Letter.objects.create(membership=olaf, kind="at_once")
    letter.alerts.add(raise_alert(pair, "secret"))
    AlertSeen.objects.create(alert=Alert.objects.get(), user=anna.user)
    context = enter(anna).get("/settings/notifications/").context
    assert context["letters"] == []


def test_the_worst_is_urgent_first_then_by_kind(pair: Pair) -> None:
    assert worst_alert(pair.merchant) is None
    raise_alert(pair, "a", kind="listing_refused")
    raise_alert(pair, "b", kind="blocked")
    assert worst_alert(pair.merchant) == Alert.objects.get(cause="b")
    raise_alert(pair, "c", kind="consent_lost")
    assert worst_alert(pair.merchant) == Alert.objects.get(cause="c")
    raise_alert(pair, "d", kind="listing_refused", is_urgent=True)
    assert worst_alert(pair.merchant) == Alert.objects.get(cause="d")


def test_fragments_are_small_and_fresh(pair: Pair, anna: Membership) -> None:
    raise_alert(pair, raised_at=timezone.now() - timedelta(hours=2))
    client = enter(anna)
    count = client.get("/notifications/bell/", headers={"HX-Request": "true"})
    assert "1 not seen yet" in text_of(count)
    assert "<html" not in count.content.decode()
    listed = client.get("/notifications/bell/list/", headers={"HX-Request": "true"})
    assert "Trouble x" in text_of(listed)
    seen = client.post("/notifications/seen/", headers={"HX-Request": "true"})
    assert 'hx-swap-oob="true"' in seen.content.decode()
    assert gather_bell(Membership.objects.get(user=User.objects.get())).unseen == 0
