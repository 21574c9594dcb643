"""What staff remember of a merchant."""

from __future__ import annotations

from typing import Any

from tiktoksync.shops.models import Merchant
from tiktoksync.support.models import MerchantNote

LONGEST = 4000


def add_note(merchant: Merchant, user: Any, text: str) -> MerchantNote | None:
    """Keep a note; None if it says nothing."""
    words = text.strip()[:LONGEST]
    return MerchantNote.objects.create(merchant=merchant, user=user, text=words) if words else None
