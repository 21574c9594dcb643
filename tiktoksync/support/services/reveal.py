"""Buyers' names and addresses are hidden from staff until they say why they need them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from tiktoksync.shops.models import Merchant
from tiktoksync.support.models import Reveal
from tiktoksync.support.services.staff_actions import note_staff_action

LASTS = timedelta(minutes=15)
PERMISSION = "support.add_reveal"


class MayNot(Exception):
    """This person does not see personal data."""


def may_reveal(user: Any) -> bool:
    """Whether somebody may ask for personal data."""
    return bool(user.is_active and user.is_staff and user.has_perm(PERMISSION))


def reveal(user: Any, merchant: Merchant, row: Model, reason: str) -> Reveal:
    """Show one row's personal data to one member of staff for a while; the merchant reads why."""
    if not may_reveal(user):
        raise MayNot
    with transaction.atomic():
        words = f"Looked at the personal data of {row}."
        note_staff_action(user, merchant, "reveal", words, reason, row=row)
        return Reveal.objects.create(
            merchant=merchant,
            user=user,
            subject=row._meta.label_lower,
            subject_id=str(row.pk),
            expires_at=timezone.now() + LASTS,
        )


def is_revealed(user: Any, row: Model) -> bool:
    """Whether somebody sees this row's personal data at the moment."""
    shown = Reveal.objects.filter(
        user=user,
        subject=row._meta.label_lower,
        subject_id=str(row.pk),
        expires_at__gt=timezone.now(),
    )
    return may_reveal(user) and shown.exists()
