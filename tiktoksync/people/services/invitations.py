"""Invitations: asked for by an owner, sent as a letter, used once.

The key stands in the letter alone; the row knows its digest. Whoever holds the key and is signed
in under the invited address joins.
"""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from tiktoksync.lib.secrets import digest
from tiktoksync.people.models import Invitation
from tiktoksync.people.services.refusals import PeopleRefusal
from tiktoksync.shops.models import Membership, Merchant
from tiktoksync.shops.services.note_changes import changed, note_settings_change

LASTS = timedelta(days=7)
# A letter is sent again at most once a minute, and a team waits for so many answers at once.
PAUSE = timedelta(minutes=1)
MOST_OPEN = 50
SESSION_KEY = "invitation"


def invite(merchant: Merchant, email: str, role: str, by: User) -> tuple[Invitation, str]:
    """Ask somebody to join; the new invitation and its key."""
    email = email.strip().lower()
    with transaction.atomic():
        Merchant.objects.select_for_update().get(pk=merchant.pk)
        _refuse_known(merchant, email)
        key = secrets.token_urlsafe(32)
        invitation = Invitation.objects.create(
            merchant=merchant,
            email=email,
            role=role,
            digest=digest(key),
            invited_by=by,
            expires_at=timezone.now() + LASTS,
        )
        note_settings_change(merchant, "team", user=by, words=f"Invited {email} as {role}.")
    return invitation, key


def renew(invitation: Invitation, by: User) -> str:
    """A new key and seven more days; the old key opens nothing any more."""
    with transaction.atomic():
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if row.accepted_at or row.revoked_at:
            raise PeopleRefusal("This invitation is no longer open.")
        if timezone.now() - (row.expires_at - LASTS) < PAUSE:
            raise PeopleRefusal("The last letter left less than a minute ago. Wait a moment.")
        key = secrets.token_urlsafe(32)
        row.digest, row.expires_at = digest(key), timezone.now() + LASTS
        row.save(update_fields=["digest", "expires_at"])
        words = f"Sent the invitation to {row.email} again."
        note_settings_change(row.merchant, "team", user=by, words=words)
    return key


def revoke(invitation: Invitation, by: User) -> None:
    """Take it back; doing so twice is harmless."""
    open_row = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    with transaction.atomic():
        if open_row.update(revoked_at=timezone.now()):
            words = f"Took back the invitation to {invitation.email}."
            note_settings_change(invitation.merchant, "team", user=by, words=words)


def find_invitation(key: str) -> Invitation | None:
    """The invitation that a key was made for, open or not."""
    found = Invitation.objects.filter(digest=digest(key))
    return found.select_related("merchant", "invited_by").first()


def why_shut(invitation: Invitation | None) -> str:
    """Why an invitation cannot be used; empty when it can."""
    if invitation is None:
        return "unknown"
    if invitation.revoked_at:
        return "revoked"
    if invitation.accepted_at:
        return "used"
    return "expired" if invitation.expires_at <= timezone.now() else ""


def is_meant_for(invitation: Invitation, user: User) -> bool:
    """Whether this person has the invited address."""
    return user.email.lower() == invitation.email.lower()


def accept(invitation: Invitation, user: User) -> Membership:
    """Join the team; a place that the person has there already stays as it is."""
    with transaction.atomic():
        Merchant.objects.select_for_update().get(pk=invitation.merchant_id)
        row = Invitation.objects.select_for_update().get(pk=invitation.pk)
        if why_shut(row):
            raise PeopleRefusal("This invitation is no longer open.")
        if not is_meant_for(row, user):
            raise PeopleRefusal("This invitation is for somebody else.")
        row.accepted_at, row.accepted_by = timezone.now(), user
        row.save(update_fields=["accepted_at", "accepted_by"])
        membership, is_new = Membership.objects.get_or_create(
            merchant=row.merchant, user=user, defaults={"role": row.role}
        )
        if is_new:
            changes = [changed("role", f"Role of {user}", "", membership.get_role_display())]
            note_settings_change(
                row.merchant, "team", user=user, words=f"{user} joined.", changes=changes
            )
    return membership


def remember(session: MutableMapping[str, Any], invitation: Invitation) -> None:
    """Keep, over sign-up and sign-in, that this visitor holds a key; the key itself is not kept."""
    session[SESSION_KEY] = invitation.digest


def remembered_invitation(session: MutableMapping[str, Any]) -> Invitation | None:
    """The open invitation this visitor came with."""
    kept = session.get(SESSION_KEY)
    found = Invitation.objects.filter(digest=kept).first() if kept else None
    return found if not why_shut(found) else None


def _refuse_known(merchant: Merchant, email: str) -> None:
    if merchant.memberships.filter(user__email__iexact=email).exists():
        raise PeopleRefusal(f"{email} is on the team already.")
    waiting = merchant.invitations.filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )
    if waiting.filter(email__iexact=email).exists():
        raise PeopleRefusal(f"{email} is invited already. Send the letter again below.")
    if waiting.count() >= MOST_OPEN:
        raise PeopleRefusal(f"{MOST_OPEN} invitations are open. Take some back first.")
