"""The record of what staff did: a line for each act, with its reason, that the merchant reads."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from tiktoksync.shops.models import Merchant
from tiktoksync.support.models import StaffAction

SHORTEST_REASON = 5
WORDS_LENGTH = 300


class ReasonMissing(Exception):
    """Nothing is done for a merchant without saying why."""


def read_reason(text: str) -> str:
    """A reason as somebody typed it; ReasonMissing if it says nothing."""
    reason = " ".join(text.split())
    if len(reason) < SHORTEST_REASON:
        raise ReasonMissing("Say why in a few words: the merchant reads it.")
    return reason


def note_staff_action(
    user: Any, merchant: Merchant | None, action: str, words: str, reason: str, **where: Any
) -> StaffAction:
    """Append a line. `row` names what it was about, `facts` what else the merchant may know."""
    row: Model | None = where.get("row")
    return StaffAction.objects.create(
        merchant=merchant,
        user=user,
        who=user.get_full_name() or user.get_username(),
        action=action[:40],
        words=words[:WORDS_LENGTH],
        reason=read_reason(reason),
        subject=row._meta.label_lower if row else "",
        subject_id=str(row.pk) if row else "",
        facts=where.get("facts") or {},
    )


def merchant_of(row: Any) -> Merchant | None:
    """Whose row it is, found along the ways that rows belong to merchants."""
    if isinstance(row, Merchant):
        return row
    for way in ("merchant", "shop", "store", "order", "listing", "product", "account", "run"):
        owner = getattr(row, way, None)
        if owner is not None:
            return merchant_of(owner)
    return None
