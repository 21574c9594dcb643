"""A person names a merchant and becomes its owner."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from tiktoksync.shops.models import Membership, Merchant
from tiktoksync.shops.services.note_changes import note_settings_change


def found_merchant(user: User, name: str, timezone: str) -> Merchant:
    """The new merchant, with this person as its owner."""
    with transaction.atomic():
        merchant = Merchant.objects.create(name=name, timezone=timezone)
        Membership.objects.create(merchant=merchant, user=user, role=Membership.Role.OWNER)
        note_settings_change(merchant, "team", user=user, words=f"{user} set up the merchant.")
    return merchant
