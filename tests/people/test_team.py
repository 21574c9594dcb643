"""Invitations and roles: who may, what is refused, and that every act is told."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client
from django.utils import timezone

from tests.factories import Pair
from tests.people.conftest import PASSWORD, person, signed_in
from tests.web.conftest import browser
from tests.web.reading import text_of
from tiktoksync.lib import logs
from tiktoksync.people.models import Invitation
from tiktoksync.people.services import invitations, team
from tiktoksync.people.services.refusals import PeopleRefusal
from tiktoksync.shops.models import Membership, Merchant, SettingsChange

pytestmark = pytest.mark.django_db


def key_in(letter: Any) -> str:
    return str(re.search(r"/join/([\w-]+)/", letter.body).group(1))


def invited(anna: Client, email: str = "ines@example.com", role: str = "viewer") -> str:
    """Anna invites somebody; the key in the letter."""
    anna.post("/settings/team/invite/", {"email": email, "role": role})
    return key_in(mail.outbox[-1])


def told() -> list[str]:
    return [str(line.words) for line in SettingsChange.objects.order_by("pk")]


def roles(pair: Pair) -> dict[str, str]:
    return dict(pair.merchant.memberships.values_list("user__username", "role"))


def test_an_invitation_is_a_letter_whose_key_is_not_kept(pair: Pair, anna: Client) -> None:
    key = invited(anna)
    row = Invitation.objects.get()
    assert mail.outbox[0].to == ["ines@example.com"]
    assert mail.outbox[0].subject == "Join Anna on TikTokSync"
    assert key not in str(Invitation.objects.values().get())
    assert timedelta(days=6, hours=23) < row.expires_at - timezone.now() <= timedelta(days=7)
    assert told() == ["Invited ines@example.com as viewer."]
    page = text_of(anna.get("/settings/team/"))
    assert f"/join/{key}/" in page
    assert f"/join/{key}/" not in text_of(anna.get("/settings/team/"))  # once


def test_somebody_without_an_account_signs_up_and_joins(pair: Pair, anna: Client) -> None:
    key = invited(anna)
    visitor = Client()
    page = visitor.get(f"/join/{key}/")
    assert "Join Anna" in text_of(page)
    answer = visitor.post(
        "/sign-up/",
        {"email": "ines@example.com", "password1": PASSWORD, "next": f"/join/{key}/"},
    )
    assert answer["Location"] == f"/join/{key}/"
    assert visitor.post(f"/join/{key}/accept/")["Location"] == "/"
    assert roles(pair) == {"anna": "owner", "ines": "viewer"}
    assert told()[-1] == "ines joined."
    assert visitor.get("/settings/team/").status_code == 200


def test_somebody_with_an_account_joins_beside_another_team(pair: Pair, anna: Client) -> None:
    ines = person("ines")
    other = Merchant.objects.create(name="Other")
    Membership.objects.create(merchant=other, user=ines, role="owner")
    client = signed_in(ines)
    client.post(f"/join/{invited(anna, role='operator')}/accept/")
    assert dict(ines.memberships.values_list("merchant__name", "role")) == {
        "Other": "owner",
        "Anna": "operator",
    }


def test_the_wrong_person_is_told_and_joins_nothing(pair: Pair, anna: Client) -> None:
    key = invited(anna)
    wrong = signed_in(person("walter"))
    page = text_of(wrong.get(f"/join/{key}/"))
    assert "You are signed in as walter (walter@example.com)" in page
    wrong.post(f"/join/{key}/accept/")
    assert roles(pair) == {"anna": "owner"}
    assert Invitation.objects.get().accepted_at is None
    out = wrong.post("/sign-out/", {"next": f"/join/{key}/"})
    assert out["Location"] == f"/join/{key}/"


@pytest.mark.parametrize(
    ("columns", "status", "words"),
    [
        ({"revoked_at": timezone.now()}, 410, "This invitation was taken back"),
        ({"accepted_at": timezone.now()}, 410, "This invitation is used"),
        ({"expires_at": timezone.now()}, 410, "This invitation is too old"),
        ({"digest": "x"}, 404, "This invitation is not known here"),
    ],
)
def test_a_shut_invitation_opens_nothing(
    pair: Pair, anna: Client, columns: dict[str, Any], status: int, words: str
) -> None:
    key = invited(anna)
    Invitation.objects.update(**columns)
    ines = signed_in(person("ines"))
    page = ines.get(f"/join/{key}/")
    assert (page.status_code, words in text_of(page)) == (status, True)
    assert ines.post(f"/join/{key}/accept/")["Location"] == f"/join/{key}/"
    assert roles(pair) == {"anna": "owner"}


def test_a_key_works_once(pair: Pair, anna: Client) -> None:
    key = invited(anna)
    ines = person("ines")
    signed_in(ines).post(f"/join/{key}/accept/")
    Membership.objects.filter(user=ines).delete()
    signed_in(ines).post(f"/join/{key}/accept/")
    assert roles(pair) == {"anna": "owner"}


def test_a_second_letter_shuts_the_first(pair: Pair, anna: Client) -> None:
    first = invited(anna)
    row = Invitation.objects.get()
    anna.post(f"/settings/team/invitations/{row.pk}/send/")
    assert len(mail.outbox) == 1  # within a minute
    Invitation.objects.update(expires_at=timezone.now() + timedelta(days=2))
    anna.post(f"/settings/team/invitations/{row.pk}/send/")
    second = key_in(mail.outbox[-1])
    assert second != first
    assert Client().get(f"/join/{first}/").status_code == 404
    assert Client().get(f"/join/{second}/").status_code == 200
    anna.post(f"/settings/team/invitations/{row.pk}/take-back/")
    assert Client().get(f"/join/{second}/").status_code == 410
    assert told()[-1] == "Took back the invitation to ines@example.com."


def test_nobody_is_invited_twice(pair: Pair, anna: Client) -> None:
    invited(anna)
    anna.post("/settings/team/invite/", {"email": "INES@example.com", "role": "owner"})
    olive = person("olive")
    Membership.objects.create(merchant=pair.merchant, user=olive, role="viewer")
    anna.post("/settings/team/invite/", {"email": "olive@example.com", "role": "owner"})
    anna.post("/settings/team/invite/", {"email": "not an address", "role": "owner"})
    anna.post("/settings/team/invite/", {"email": "x@example.com", "role": "king"})
    assert Invitation.objects.count() == len(mail.outbox) == 1


def test_a_mail_server_that_is_away_loses_no_invitation(
    pair: Pair, anna: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("tiktoksync.people.services.letters.send_mail", refuse)
    anna.post("/settings/team/invite/", {"email": "ines@example.com", "role": "viewer"})
    page = text_of(anna.get("/settings/team/"))
    assert "The mail server did not take the letter" in page
    assert "/join/" in page


def test_where_sign_up_is_for_the_invited(pair: Pair, anna: Client, settings: Any) -> None:
    settings.SIGN_UP = "invited"
    facts = {"email": "ines@example.com", "password1": PASSWORD}
    stranger = Client()
    assert "by invitation" in text_of(stranger.get("/sign-up/"))
    stranger.post("/sign-up/", facts)
    key = invited(anna)
    guest = Client()
    guest.get(f"/join/{key}/")
    guest.post("/sign-up/", {**facts, "email": "else@example.com"})
    assert set(User.objects.values_list("username", flat=True)) == {"anna"}
    guest.post("/sign-up/", {**facts, "next": f"/join/{key}/"})
    assert User.objects.filter(email="ines@example.com").exists()
    assert signed_in(person("walter")).get("/merchant/new/").status_code == 403


def test_roles_change_and_people_leave(pair: Pair, anna: Client) -> None:
    olive = Membership.objects.create(merchant=pair.merchant, user=person("olive"), role="viewer")
    anna.post(f"/settings/team/{olive.pk}/role/", {"role": "operator"})
    assert roles(pair)["olive"] == "operator"
    line = SettingsChange.objects.get()
    assert (line.section, line.who, line.changes) == (
        "team",
        "anna",
        [{"field": "role", "label": "Role of olive", "from": "Viewer", "to": "Operator"}],
    )
    anna.post(f"/settings/team/{olive.pk}/role/", {"role": "king"})
    assert roles(pair)["olive"] == "operator"
    anna.post(f"/settings/team/{olive.pk}/remove/")
    assert roles(pair) == {"anna": "owner"}
    assert told()[-1] == "Took olive off the team (Operator)."


def test_the_last_owner_stays(pair: Pair, anna: Client) -> None:
    me = Membership.objects.get(merchant=pair.merchant, user__username="anna")
    anna.post(f"/settings/team/{me.pk}/role/", {"role": "viewer"})
    page = text_of(anna.post(f"/settings/team/{me.pk}/remove/", follow=True))
    assert "A team needs an owner." in page
    assert roles(pair) == {"anna": "owner"}
    second = Membership.objects.create(
        merchant=pair.merchant, user=person("olive"), role=Membership.Role.OWNER
    )
    team.change_role(me, "viewer", second.user)
    with pytest.raises(PeopleRefusal):
        team.remove_member(second, second.user)
    assert roles(pair) == {"anna": "viewer", "olive": "owner"}


def test_operators_and_viewers_leave_people_alone(pair: Pair) -> None:
    other = Membership.objects.create(merchant=pair.merchant, user=person("olive"), role="viewer")
    invitation, _ = invitations.invite(pair.merchant, "x@example.com", "viewer", other.user)
    before = roles(pair)
    for role in ("operator", "viewer"):
        client = browser(f"some-{role}", pair.merchant, role)
        for address in (
            "/settings/team/invite/",
            f"/settings/team/invitations/{invitation.pk}/send/",
            f"/settings/team/invitations/{invitation.pk}/take-back/",
            f"/settings/team/{other.pk}/role/",
            f"/settings/team/{other.pk}/remove/",
        ):
            facts = {"email": "y@example.com", "role": "owner"}
            assert client.post(address, facts).status_code == 403
        assert "x@example.com" not in text_of(client.get("/settings/team/"))
    assert roles(pair) == {**before, "some-operator": "operator", "some-viewer": "viewer"}
    assert Invitation.objects.get().revoked_at is None
    assert mail.outbox == []


def test_a_person_names_a_merchant_and_owns_it(db: None) -> None:
    client = Client()
    made = client.post(
        "/sign-up/",
        {"email": "olive@example.com", "password1": PASSWORD, "next": "/settings/team/"},
    )
    assert made["Location"] == "/merchant/new/?next=%2Fsettings%2Fteam%2F"
    named = client.post(
        "/merchant/new/",
        {"name": "Olive's", "timezone": "Europe/Berlin", "next": "/settings/team/"},
    )
    assert named["Location"] == "/settings/team/"
    merchant = Merchant.objects.get()
    assert (merchant.name, merchant.timezone) == ("Olive's", "Europe/Berlin")
    assert merchant.memberships.get().role == "owner"
    again = client.post("/merchant/new/", {"name": "Olive's", "timezone": "UTC"})
    assert again.status_code == 422
    assert Merchant.objects.count() == 1


def test_what_a_session_remembers_lasts_over_sign_up_and_sign_in(db: None) -> None:
    client = Client()
    session = client.session
    session["journey"] = "from Shopify"
    session.save()
    client.cookies["sessionid"] = session.session_key
    client.post("/sign-up/", {"email": "olive@example.com", "password1": PASSWORD})
    assert client.session["journey"] == "from Shopify"
    person("otto")
    second = Client()
    session = second.session
    session["journey"] = "from Shopify"
    session.save()
    second.cookies["sessionid"] = session.session_key
    second.post("/sign-in/", {"username": "otto", "password": PASSWORD})
    assert second.session["journey"] == "from Shopify"


def test_keys_do_not_reach_the_log() -> None:
    line = "GET /join/qwPQwGJWQ1vsjvIkPThvy9F9Zn/ and /forgotten/1a-d4f5g6-0123456789abcdef/"
    assert logs.scrub(line) == "GET /join/…/ and /forgotten/1a-…/"


def test_the_page_costs_the_same_for_few_and_for_many(
    pair: Pair, anna: Client, django_assert_max_num_queries: Any
) -> None:
    for number in range(30):
        if number in (1, 29):
            with django_assert_max_num_queries(22):
                anna.get("/settings/team/")
        user = person(f"user{number}")
        Membership.objects.create(merchant=pair.merchant, user=user, role="viewer")
        invitations.invite(pair.merchant, f"guest{number}@example.com", "viewer", user)
