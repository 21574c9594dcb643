"""Sends the letters that are due: each is claimed first, sent, and written down.

A process that dies after sending leaves a claim that runs out, and the letter goes out once more:
rather twice than never.
"""

from __future__ import annotations

import smtplib
import threading
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.core.mail import EmailMultiAlternatives
from django.db import DatabaseError, connections, transaction
from django.db.models import Q, QuerySet

from tiktoksync.alerts.letter_text import compose
from tiktoksync.alerts.models import Letter
from tiktoksync.lib import failpoints
from tiktoksync.lib.timing import database_now, scaled

log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=90)
MOST = 100
#: Seconds until the next try, by the tries so far; after the last one a letter is given up.
DELAYS = (60, 300, 900, 3600, 14400, 43200)
NOTHING_LEFT = "Nothing left to tell: it was mended before."
NO_ADDRESS = "The account has no e-mail address."


class MailServerAway(Exception):
    """The server could not be reached: nothing more is sent in this pass."""


_sending: list[threading.Thread] = []


def send_in_background() -> bool:
    """Send what is due in a thread of its own: a slow mail server holds up nothing else."""
    if any(thread.is_alive() for thread in _sending) or not _due(database_now()).exists():
        return False
    thread = threading.Thread(target=_send_and_close, name="letters", daemon=True)
    _sending[:] = [thread]
    thread.start()
    return True


def _send_and_close() -> None:
    try:
        send_letters()
    except DatabaseError as error:
        log.error("letters wait for the database", error=type(error).__name__)
    finally:
        connections.close_all()


def send_letters() -> int:
    """Send every letter that is due; returns how many went out."""
    sent = 0
    for _ in range(MOST):
        letter = _claim()
        if letter is None:
            break
        try:
            sent += _send(letter)
        except MailServerAway:
            break  # the others would only learn the same, one time-out after another
    return sent


def _due(now: datetime) -> QuerySet[Letter]:
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    return Letter.objects.filter(free, due_at__lte=now)


def _claim() -> Letter | None:
    """Take the letter that has waited longest; its try is counted before anything leaves."""
    now = database_now()
    with transaction.atomic():
        rows = _due(now).select_for_update(skip_locked=True, of=("self",))
        rows = rows.select_related("membership__user", "membership__merchant")
        letter = rows.order_by("due_at", "pk").first()
        if letter is None:
            return None
        letter.claimed_until, letter.tries = now + LEASE, letter.tries + 1
        letter.save(update_fields=["claimed_until", "tries"])
    return letter


def _send(letter: Letter) -> bool:
    user = letter.membership.user
    if not user.email:
        return _end(letter, given_up_at=database_now(), error=NO_ADDRESS)
    text = compose(letter)
    if text is None:
        return _end(letter, error=NOTHING_LEFT)
    message = EmailMultiAlternatives(text.subject, text.plain, to=[user.email])
    message.attach_alternative(text.html, "text/html")
    message.extra_headers = {"List-Unsubscribe": f"<{text.settings_address}>"}
    try:
        message.send()
    except OSError as error:  # smtplib's errors are of this kind too
        _stumble(letter, error)
        if isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
            return False
        raise MailServerAway from error
    failpoints.reach("sent")
    log.info("letter sent", letter=letter.pk, kind=letter.kind)
    return _end(letter, sent_at=database_now(), error="")


def _stumble(letter: Letter, error: Exception) -> None:
    """The mail server did not take it: later, or given up for everybody to see."""
    words, now = _say(error), database_now()
    log.warning("letter not sent", letter=letter.pk, tries=letter.tries, error=words)
    if letter.tries > len(DELAYS):
        _write(letter, due_at=None, given_up_at=now, error=words)
        return
    later = now + scaled(DELAYS[letter.tries - 1])
    _write(letter, due_at=later, error=words)


def _say(error: Exception) -> str:
    """What went wrong, without what the server said: it repeats people's addresses."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return "The mail server refused the user name or password."
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "The mail server refused the address."
    if isinstance(error, smtplib.SMTPResponseException):
        return f"The mail server answered with code {error.smtp_code}."
    return f"The mail server could not be reached ({type(error).__name__})."


def _end(letter: Letter, **columns: Any) -> bool:
    _write(letter, due_at=None, **columns)
    return "sent_at" in columns


def _write(letter: Letter, **columns: Any) -> None:
    """Write down what came of a try, as long as the letter is still ours."""
    mine = Letter.objects.filter(pk=letter.pk, tries=letter.tries, due_at__isnull=False)
    mine.update(claimed_until=None, **columns)
