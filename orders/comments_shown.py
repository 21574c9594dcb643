"""What people wrote about an order: the words, with the names in them marked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User

from orders.models import Order, OrderComment
from tiktoksync.shops.models import Merchant


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment in pieces: text, and whether it names a person."""

    row: OrderComment
    pieces: list[tuple[str, bool]]


def team_of(merchant: Merchant) -> list[User]:
    """Who can be named in a comment."""
    members = User.objects.filter(memberships__merchant=merchant, is_active=True)
    return list(members.order_by("username"))


def read_comments(order: Order, reader: Any) -> list[Comment]:
    """The order's comments, oldest first; notes for support only where support reads."""
    rows = order.comments.prefetch_related("mentions")
    if not getattr(reader, "is_staff", False):
        rows = rows.filter(is_for_staff=False)
    return [Comment(row, _pieces(row.text, row.mentions.all())) for row in rows]


def named_in(text: str, people: Iterable[User]) -> list[User]:
    """The people whose "@name" stands in the text."""
    return [person for person in people if re.search(_pattern(person), text, re.IGNORECASE)]


def _pieces(text: str, people: Iterable[User]) -> list[tuple[str, bool]]:
    patterns = [_pattern(person) for person in people]
    if not patterns:
        return [(text, False)]
    parts = re.split(f"({'|'.join(patterns)})", text, flags=re.IGNORECASE)
    return [(part, index % 2 == 1) for index, part in enumerate(parts) if part]


def _pattern(person: User) -> str:
    return rf"(?<![\w@])@{re.escape(person.get_username())}(?![\w@])"
