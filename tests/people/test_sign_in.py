"""Signing in: by name or address, with limits, a second factor, and without being led astray."""

from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import User
from django.core import mail
from django.core.management import call_command
from django.test import Client

from tests.people.conftest import PASSWORD, person, signed_in

pytestmark = pytest.mark.django_db


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> object:
    return client.post("/sign-in/", {"username": name, "password": password, **more})


@pytest.mark.parametrize("name", ["olive", "olive@example.com", "OLIVE@example.com"])
def test_a_name_and_an_address_both_open(name: str) -> None:
    person("olive")
    client = Client()
    answer = sign_in(client, name, next="/orders/")
    assert (answer.status_code, answer["Location"]) == (302, "/orders/")
    assert client.get("/orders/").status_code == 403  # signed in, on no team yet


@pytest.mark.parametrize(
    "where", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"]
)
def test_nobody_is_led_elsewhere(where: str) -> None:
    user = person("olive")
    assert sign_in(Client(), "olive", next=where)["Location"] == "/"
    assert Client().get("/sign-up/", {"next": where}).status_code == 200
    made = Client().post(
        "/sign-up/", {"email": "new@example.com", "password1": PASSWORD, "next": where}
    )
    assert made["Location"] == "/merchant/new/"
    named = signed_in(user).post(
        "/merchant/new/", {"name": "Olive's", "timezone": "UTC", "next": where}
    )
    assert named["Location"] in ("/welcome/", "/")


def test_guessing_is_stopped_for_a_while(limits: None) -> None:
    person("olive")
    client = Client()
    for _ in range(5):
        assert "Please enter a correct username" in sign_in(client, "olive", "x").content.decode()
    stopped = sign_in(client, "olive", PASSWORD)
    assert stopped.status_code == 200
    assert "Too many failed attempts" in stopped.content.decode()
    assert "_auth_user_id" not in client.session
    # Somebody else at the same address is not locked out with her.
    person("otto")
    assert sign_in(Client(), "otto").status_code == 302


def test_a_queue_that_is_away_locks_nobody_out(limits: None) -> None:
    # No Redis answers in this test: attempts are counted in the database.
    person("olive")
    assert sign_in(Client(), "olive").status_code == 302


def test_a_server_behind_a_socket_counts_all_as_one(limits: None) -> None:
    person("olive")
    assert sign_in(Client(REMOTE_ADDR=""), "olive").status_code == 302


def test_staff_sign_in_where_everybody_does() -> None:
    User.objects.create_superuser("staff", "staff@example.com", PASSWORD)
    client = Client()
    assert client.get("/admin/login/?next=/admin/")["Location"] == "/sign-in/?next=%2Fadmin%2F"
    assert sign_in(client, "staff", next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200
    assert signed_in(person("olive")).get("/admin/login/").status_code == 403


def activate_totp(user: User) -> str:
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def code(secret: str) -> str:
    counter = next(iter(totp.yield_hotp_counters_from_time()))
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def test_a_second_factor_is_asked_for() -> None:
    secret = activate_totp(person("olive"))
    client = Client()
    answer = sign_in(client, "olive", next="/orders/")
    assert answer["Location"].startswith("/account/second-factor/authenticate/")
    assert client.get("/orders/").status_code == 302
    wrong = client.post("/account/second-factor/authenticate/", {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    assert "_auth_user_id" not in client.session
    right = client.post("/account/second-factor/authenticate/", {"code": code(secret)})
    assert (right.status_code, right["Location"]) == (302, "/orders/")


def test_a_recovery_code_works_once() -> None:
    user = person("olive")
    activate_totp(user)
    rescue = Authenticator.objects.get(user=user, type="recovery_codes").wrap()
    one = rescue.get_unused_codes()[0]
    for expected in (302, 200):
        client = Client()
        sign_in(client, "olive")
        answer = client.post("/account/second-factor/authenticate/", {"code": one})
        assert answer.status_code == expected


def test_keys_of_second_factors_lie_encrypted_and_follow_new_keys(settings: object) -> None:
    user = person("olive")
    secret = activate_totp(user)
    row = Authenticator.objects.get(user=user, type="totp")
    assert secret not in str(row.data)
    old = settings.TOKEN_KEYS
    settings.TOKEN_KEYS = ["bmV3ZXItbmV3ZXItbmV3ZXItbmV3ZXItbmV3ZXItMTI=", *old]
    call_command("rotate_token_keys")
    settings.TOKEN_KEYS = settings.TOKEN_KEYS[:1]
    client = Client()
    sign_in(client, "olive")
    answer = client.post("/account/second-factor/authenticate/", {"code": code(secret)})
    assert answer.status_code == 302


def test_a_forgotten_password_is_set_anew_by_letter() -> None:
    person("olive")
    client = Client()
    client.post("/forgotten/", {"email": "olive@example.com"})
    (letter,) = mail.outbox
    assert letter.to == ["olive@example.com"]
    address = re.search(r"http://testserver(/forgotten/\S+)", letter.body).group(1)
    form = client.get(address, follow=True)
    new = {"password1": "another long word", "password2": "another long word"}
    client.post(form.redirect_chain[-1][0], new)
    assert sign_in(Client(), "olive").status_code == 200
    assert sign_in(Client(), "olive", "another long word").status_code == 302
    assert client.get(address, follow=True).content.decode().count("password1") == 0


def test_nobody_learns_which_addresses_are_known() -> None:
    person("olive")
    known = Client().post("/forgotten/", {"email": "olive@example.com"})
    unknown = Client().post("/forgotten/", {"email": "nobody@example.com"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])


PAGES = [
    *("/account/email/", "/account/password/", "/account/confirm/", "/account/sessions/"),
    *("/account/second-factor/", "/account/second-factor/webauthn/", "/merchant/new/"),
]
OPEN_PAGES = [
    *("/sign-in/", "/sign-up/", "/forgotten/", "/forgotten/sent/", "/forgotten/done/"),
    *("/account/inactive/", "/account/email/sent/", "/join/unknown/"),
]
CONFIRMED_PAGES = [
    "/account/second-factor/totp/activate/",
    "/account/second-factor/webauthn/add/",
]


def assert_is_ours(page: str) -> None:
    """One heading, our style, and no script or style in the page itself."""
    assert page.count("<h1") == 1
    assert "app.css" in page
    assert not re.search(r"<script(?![^>]*(src=|application/json))", page)
    assert " style=" not in page
    assert not re.search(r"\son\w+=", page)


@pytest.mark.parametrize("address", OPEN_PAGES)
def test_pages_of_visitors_wear_our_clothes(address: str) -> None:
    assert_is_ours(Client().get(address).content.decode())


@pytest.mark.parametrize("address", PAGES)
def test_pages_of_the_account_wear_our_clothes(address: str) -> None:
    assert Client().get(address)["Location"].startswith("/sign-in/?next=")
    assert_is_ours(signed_in(person("olive")).get(address).content.decode())


@pytest.mark.parametrize("address", CONFIRMED_PAGES)
def test_keys_are_added_after_the_password_is_given_again(address: str) -> None:
    client = signed_in(person("olive"))
    assert client.get(address)["Location"].startswith("/account/confirm/?next=")
    client.post("/account/confirm/", {"password": PASSWORD, "next": address})
    assert_is_ours(client.get(address).content.decode())


def test_an_authenticator_app_is_added_with_its_code() -> None:
    user = person("olive")
    client = signed_in(user)
    client.post("/account/confirm/", {"password": PASSWORD})
    page = client.get("/account/second-factor/totp/activate/").content.decode()
    secret = re.search(r'id="authenticator_secret" value="(\w+)"', page).group(1)
    client.post("/account/second-factor/totp/activate/", {"code": code(secret)})
    assert Authenticator.objects.filter(user=user, type="totp").exists()
    codes = client.get("/account/second-factor/recovery-codes/").content.decode()
    assert_is_ours(codes)
    assert "10 out of 10" in codes
