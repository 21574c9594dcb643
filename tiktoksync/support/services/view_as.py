"""Looking at a merchant's pages as the merchant does: by staff, to read, for half an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from tiktoksync.shops.models import Membership, Merchant
from tiktoksync.support.models import ViewAs
from tiktoksync.support.services.staff_actions import note_staff_action

LONGEST = timedelta(minutes=30)
PERMISSION = "support.add_viewas"
#: A membership that is in no table: nothing can hang on it.
NO_ROW = 0


class MayNot(Exception):
    """This person does not look at merchants' pages."""


def may_view_as(user: Any) -> bool:
    """Whether somebody may look as a merchant: staff with the permission, as long as they have it.

    It is asked at each page, so that a right that is taken away ends a look under way.
    """
    return bool(user.is_active and user.is_staff and user.has_perm(PERMISSION))


def start_view_as(user: Any, merchant: Merchant, reason: str) -> ViewAs:
    """Begin a look; one that is still open ends. The merchant reads who looks and why."""
    if not may_view_as(user):
        raise MayNot
    now = timezone.now()
    with transaction.atomic():
        words = "Began to look at your pages, to read only, for up to half an hour."
        note_staff_action(user, merchant, "view_as", words, reason, row=merchant)
        ViewAs.objects.filter(user=user, ended_at=None).update(ended_at=now)
        return ViewAs.objects.create(
            merchant=merchant,
            user=user,
            reason=reason,
            started_at=now,
            expires_at=now + LONGEST,
        )


def open_view(user: Any, key: object) -> ViewAs | None:
    """The look that a session names, if it is this person's, not over, and still allowed."""
    rows = ViewAs.objects.select_related("merchant").filter(
        pk=str(key), user=user, ended_at=None, expires_at__gt=timezone.now()
    )
    return rows.first() if may_view_as(user) else None


def end_view_as(view: ViewAs) -> None:
    """End a look before its time."""
    ViewAs.objects.filter(pk=view.pk, ended_at=None).update(ended_at=timezone.now())


def membership_of(view: ViewAs, user: Any) -> Membership:
    """What the pages take for a place in the team: a viewer's, which is never stored."""
    role = Membership.Role.VIEWER
    return Membership(pk=NO_ROW, merchant=view.merchant, user=user, role=role)
