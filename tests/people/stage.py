"""People of Anna's team, and an invitation that is open."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User

from tests.factories import Pair
from tiktoksync.people.services.invitations import invite
from tiktoksync.shops.models import Membership


def known_people(pair: Pair) -> dict[str, Any]:
    """A second member and somebody invited, by the names that addresses have for them."""
    second = User.objects.create_user("otto", "otto@example.com", "correct horse")
    member = Membership.objects.create(merchant=pair.merchant, user=second, role="operator")
    invitation, _ = invite(pair.merchant, "ines@example.com", "viewer", second)
    return {"membership_id": member.pk, "invitation_id": invitation.pk}
