"""Words and tags that people put on an order."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from orders.comments_shown import named_in, team_of
from orders.models import Order, OrderComment, OrderTag, StatusChange
from tiktoksync.alerts.services.tell_mentions import tell_mentions
from tiktoksync.sync.models import Change

LONGEST = 2000
LONGEST_TAG = 40
MOST_TAGS = 20


def comment_order(
    order: Order, text: str, *, user: Any, for_staff: bool = False
) -> OrderComment | None:
    """Keep a person's words; None where there are none, or too many.

    "@name" of somebody in the team is a mention, and they hear of it. Notes for support come from
    support alone.
    """
    words = text.strip()
    if not words or len(words) > LONGEST:
        return None
    with transaction.atomic():
        comment = OrderComment.objects.create(
            order=order,
            user=user,
            who=user.get_username()[:150],
            text=words,
            is_for_staff=for_staff and user.is_staff,
        )
        if not comment.is_for_staff:
            comment.mentions.set(named_in(words, team_of(order.shop.merchant)))
            tell_mentions(comment)
    return comment


def tag_order(order: Order, name: str, *, actor: str, user: Any) -> bool:
    """Put a tag on an order; False where it has it, or has too many. Shopify splits at commas."""
    name = " ".join(name.replace(",", " ").split())[:LONGEST_TAG].strip()
    with transaction.atomic():
        known = {tag.casefold() for tag in order.own_tags.values_list("name", flat=True)}
        if not name or name.casefold() in known or len(known) >= MOST_TAGS:
            return False
        OrderTag.objects.create(order=order, name=name)
        _note(order, "tagged", f"“{name}”", actor, user)
    return True


def untag_order(order: Order, name: str, *, actor: str, user: Any) -> bool:
    """Take a tag off an order here; what Shopify has been told stays there."""
    with transaction.atomic():
        if not order.own_tags.filter(name=name).delete()[0]:
            return False
        _note(order, "untagged", f"“{name}”", actor, user)
    return True


def _note(order: Order, what: str, said: str, actor: str, user: Any) -> None:
    order.note_change(
        Change(
            axis=StatusChange.Axis.NOTE,
            before="",
            after=what,
            actor=actor,
            reason=said,
            user_id=getattr(user, "pk", None),
        )
    )
