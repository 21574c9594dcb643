"""Roles of a team, and who leaves it; somebody always stays its owner."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from tiktoksync.people.services.refusals import PeopleRefusal
from tiktoksync.shops.models import Membership, Merchant
from tiktoksync.shops.services.note_changes import changed, note_settings_change

LAST_OWNER = "A team needs an owner. Make somebody else an owner first."


def change_role(membership: Membership, role: str, by: User) -> bool:
    """Give a member another role; whether anything changed."""
    with transaction.atomic():
        row = _locked(membership)
        if row.role == role:
            return False
        _refuse_without_owner(row)
        before = row.get_role_display()
        row.role = role
        row.save(update_fields=["role"])
        change = changed("role", f"Role of {row.user}", before, row.get_role_display())
        note_settings_change(row.merchant, "team", user=by, changes=[change])
    return True


def remove_member(membership: Membership, by: User) -> None:
    """Take a person off the team; the account and what they did stay."""
    with transaction.atomic():
        row = _locked(membership)
        _refuse_without_owner(row)
        words = f"Took {row.user} off the team ({row.get_role_display()})."
        note_settings_change(row.merchant, "team", user=by, words=words)
        row.delete()


def _locked(membership: Membership) -> Membership:
    # The merchant's row is the lock: two owners who demote each other come one after the other.
    Merchant.objects.select_for_update().get(pk=membership.merchant_id)
    row = Membership.objects.select_related("merchant", "user").filter(pk=membership.pk).first()
    if row is None:
        raise PeopleRefusal("This person is no longer on the team.")
    return row


def _refuse_without_owner(row: Membership) -> None:
    owners = Membership.objects.filter(merchant=row.merchant, role=Membership.Role.OWNER)
    if row.role == Membership.Role.OWNER and not owners.exclude(pk=row.pk).exists():
        raise PeopleRefusal(LAST_OWNER)
