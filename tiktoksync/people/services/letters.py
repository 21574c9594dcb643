"""The letter that carries an invitation's key."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse

from tiktoksync.people.models import Invitation

log = structlog.get_logger(__name__)


def join_address(key: str) -> str:
    """Where the key opens the invitation."""
    return f"{settings.PUBLIC_URL}{reverse('join', args=[key])}"


def send_invitation(invitation: Invitation, key: str) -> bool:
    """Send the letter; False when the mail server did not take it."""
    facts = {"invitation": invitation, "address": join_address(key)}
    subject = f"Join {invitation.merchant.name} on TikTokSync"
    try:
        send_mail(
            " ".join(subject.split()),
            render_to_string("people/letters/invitation.txt", facts),
            None,
            [invitation.email],
            html_message=render_to_string("people/letters/invitation.html", facts),
        )
    except OSError as error:  # smtplib's errors are among them
        log.warning("letter not sent", kind="invitation", error=type(error).__name__)
        return False
    return True
