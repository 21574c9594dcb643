"""tell_mentions: who is named in an order's comment hears of it, once, until they have read it."""

from __future__ import annotations

from django.db import transaction

from orders.models import Order, OrderComment
from orders.templatetags.order_tags import order_address
from tiktoksync.alerts.models import Alert, AlertKind
from tiktoksync.alerts.services.write_letters import write_letters
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import Membership

LONGEST_NAME = 80
WORDS = "The comment stands in the order's timeline. Read it there, and answer if you like."


@transaction.atomic
def tell_mentions(comment: OrderComment) -> int:
    """Raise an alert for each member whom the comment names but its author; returns how many.

    The comment's words stay on the order's page: whoever wrote them may have quoted the buyer.
    """
    merchant, order, now = comment.order.shop.merchant, comment.order, database_now()
    named = Membership.objects.filter(merchant=merchant, user__in=comment.mentions.all())
    readers = named.filter(user__is_active=True).exclude(user=comment.user_id)
    raised = []
    for reader in readers.order_by("pk"):
        cause = f"comment/{comment.pk}/{reader.pk}"
        if Alert.objects.filter(merchant=merchant, kind=AlertKind.MENTION, cause=cause).exists():
            continue
        raised.append(
            Alert.objects.create(
                merchant=merchant,
                reader=reader,
                kind=AlertKind.MENTION,
                cause=cause,
                title=f"{comment.who[:LONGEST_NAME]} names you on order {order.tiktok_order_id}",
                words=WORDS,
                address=_address(order),
                raised_at=now,
                changed_at=now,
            )
        )
    write_letters(merchant, raised, now)
    return len(raised)


def read_mentions(reader: Membership, order: Order) -> int:
    """This person looks at the order: what named them there is read; returns how much was.

    Letters about it that have not left are not needed any more. Nothing is written where nothing
    waits, and never for who looks in as support.
    """
    if not reader.pk:
        return 0
    waiting = Alert.objects.filter(
        reader=reader, kind=AlertKind.MENTION, address=_address(order), resolved_at=None
    )
    keys = list(waiting.values_list("pk", flat=True))
    if keys:
        now = database_now()
        Alert.objects.filter(pk__in=keys).update(resolved_at=now, changed_at=now)
    return len(keys)


def _address(order: Order) -> str:
    return f"{order_address(order)}#history"
