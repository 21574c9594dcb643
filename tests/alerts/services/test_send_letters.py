"""Letters go out once, are tried again, given up in sight, and never lost."""

from __future__ import annotations

import smtplib
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from tests.alerts.conftest import join
from tests.alerts.services.test_write_letters import raise_alert
from tests.factories import Pair
from tiktoksync.alerts.models import Letter
from tiktoksync.alerts.services import send_letters as module
from tiktoksync.alerts.services.send_letters import DELAYS, send_letters
from tiktoksync.alerts.services.write_letters import write_test
from tiktoksync.shops.models import Membership


@pytest.fixture
def letter(pair: Pair, anna: Membership) -> Letter:
    """A letter about two causes, due a second ago."""
    row = Letter.objects.create(
        membership=anna, kind="at_once", due_at=timezone.now() - timedelta(seconds=1)
    )
    row.alerts.add(
        raise_alert(pair, "a", title="3 orders are not in Shopify", words="Link <the> SKU."),
        raise_alert(pair, "b", kind="sync_late", title="Anna's shop is late", is_urgent=True),
    )
    return row


def refuse(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def send(self: Any, fail_silently: bool = False) -> int:
        raise error

    monkeypatch.setattr("django.core.mail.EmailMessage.send", send)


def test_a_due_letter_goes_out_once(letter: Letter, settings: Any) -> None:
    settings.PUBLIC_URL = "https://sync.example.com"
    assert send_letters() == 1
    assert send_letters() == 0
    (message,) = mail.outbox
    assert message.to == ["anna@example.com"]
    assert message.subject == "Anna: Anna's shop is late and 1 more"
    assert "* Anna's shop is late (urgent)" in message.body
    assert "  Link <the> SKU.\n  https://sync.example.com/orders/" in message.body
    assert "https://sync.example.com/settings/notifications/" in message.body
    assert message.extra_headers == {
        "List-Unsubscribe": "<https://sync.example.com/settings/notifications/>"
    }
    page, kind = message.alternatives[0]
    assert kind == "text/html"
    assert "Link &lt;the&gt; SKU." in page
    assert 'href="https://sync.example.com/orders/"' in page
    letter.refresh_from_db()
    assert (letter.due_at, letter.claimed_until, letter.tries) == (None, None, 1)
    assert letter.sent_at is not None


def test_what_was_mended_meanwhile_is_left_out(letter: Letter) -> None:
    letter.alerts.filter(kind="sync_late").update(resolved_at=timezone.now())
    send_letters()
    assert mail.outbox[0].subject == "Anna: 3 orders are not in Shopify"
    assert "Anna's shop is late" not in mail.outbox[0].body


def test_nothing_left_to_tell_is_no_letter(letter: Letter) -> None:
    letter.alerts.update(resolved_at=timezone.now())
    assert send_letters() == 0
    assert mail.outbox == []
    letter.refresh_from_db()
    assert (letter.due_at, letter.sent_at) == (None, None)
    assert letter.error == "Nothing left to tell: it was mended before."


def test_a_letter_that_is_not_due_waits(letter: Letter) -> None:
    Letter.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert send_letters() == 0
    assert mail.outbox == []


def test_a_letter_that_another_process_holds_is_left_to_it(letter: Letter) -> None:
    Letter.objects.update(claimed_until=timezone.now() + timedelta(seconds=30), tries=1)
    assert send_letters() == 0
    assert mail.outbox == []


def test_a_letter_of_a_process_that_died_goes_out_after_its_claim(letter: Letter) -> None:
    Letter.objects.update(claimed_until=timezone.now() - timedelta(seconds=1), tries=1)
    assert send_letters() == 1
    letter.refresh_from_db()
    assert letter.tries == 2


def test_an_answer_after_the_claim_ran_out_changes_nothing(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    claimed = module._claim()
    assert claimed is not None
    Letter.objects.update(tries=2)  # somebody else has taken it since
    module._end(claimed, sent_at=timezone.now())
    letter.refresh_from_db()
    assert (letter.sent_at, letter.tries) == (None, 2)


def test_a_server_that_is_away_is_asked_again_by_a_table(
    letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, ConnectionRefusedError())
    for number, delay in enumerate(DELAYS, 1):
        before = timezone.now()
        send_letters()
        letter.refresh_from_db()
        assert letter.tries == number
        assert letter.due_at is not None
        assert 0 <= (letter.due_at - before).total_seconds() - delay < 5
        assert letter.error == "The mail server could not be reached (ConnectionRefusedError)."
        Letter.objects.update(due_at=timezone.now())
    send_letters()
    letter.refresh_from_db()
    assert (letter.due_at, letter.sent_at) == (None, None)
    assert letter.given_up_at is not None


def test_a_server_that_is_away_is_not_asked_for_each_letter(
    letter: Letter, anna: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(monkeypatch, smtplib.SMTPServerDisconnected("gone"))
    write_test(anna)
    send_letters()
    assert sorted(Letter.objects.values_list("tries", flat=True)) == [0, 1]


def test_a_refused_address_holds_up_nobody_else_and_is_not_repeated(
    pair: Pair, letter: Letter, anna: Membership, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse(
        monkeypatch, smtplib.SMTPRecipientsRefused({"anna@example.com": (550, b"anna@example.com")})
    )
    write_test(anna)
    send_letters()
    assert set(Letter.objects.values_list("tries", "error")) == {
        (1, "The mail server refused the address.")
    }


def test_a_person_who_lost_the_address_gets_nothing(letter: Letter, anna: Membership) -> None:
    anna.user.email = ""
    anna.user.save()
    assert send_letters() == 0
    letter.refresh_from_db()
    assert letter.given_up_at is not None
    assert letter.error == "The account has no e-mail address."


def test_a_test_letter_needs_no_alert(pair: Pair, anna: Membership) -> None:
    write_test(anna)
    assert send_letters() == 1
    assert mail.outbox[0].subject == "Anna: A test letter"
    assert "Letters about Anna reach you." in mail.outbox[0].body


def test_a_subject_is_one_line(pair: Pair, letter: Letter) -> None:
    pair.merchant.name = "Anna\nBcc: x@example.com"
    pair.merchant.save()
    send_letters()
    assert mail.outbox[0].subject.startswith("Anna Bcc: x@example.com: ")


def test_cron_sends_beside_its_other_work(
    pair: Pair, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[bool] = []

    class Thread:
        def __init__(self, **how: Any) -> None:
            self.how = how

        def start(self) -> None:
            begun.append(self.how["daemon"])

        def is_alive(self) -> bool:
            return True

    monkeypatch.setattr(module.threading, "Thread", Thread)
    monkeypatch.setattr(module, "_sending", [])
    assert module.send_in_background() is True
    assert module.send_in_background() is False
    assert begun == [True]


def test_people_of_another_merchant_hear_nothing(pair: Pair, letter: Letter) -> None:
    from tests.alerts.conftest import fresh_pair

    join(fresh_pair("Ben").merchant, "ben")
    send_letters()
    assert [message.to for message in mail.outbox] == [["anna@example.com"]]
