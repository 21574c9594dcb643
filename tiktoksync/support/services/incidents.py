"""One cause that holds up many merchants, and trying all of it again with one reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Min

from orders.models import Order
from orders.services.actions import retry_order
from tiktoksync.shops.models import Merchant
from tiktoksync.support.services.staff_actions import note_staff_action, read_reason
from tiktoksync.support.telling import Told, tell_failure

MOST_CAUSES, MOST_MERCHANTS = 50, 100
#: Orders that one click tries again; the page says how many are left.
MOST_RETRIED = 500


@dataclass(frozen=True, slots=True)
class Incident:
    """Orders of several merchants that stand still for one cause."""

    code: str
    kind: str
    orders: int
    merchants: int
    since: Any
    told: Told


def find_incidents() -> list[Incident]:
    """The causes that hold up most, over all merchants."""
    failed = Order.objects.needing_attention().order_by().values("failure_code", "failure_kind")
    counted = failed.annotate(
        orders=Count("pk"), merchants=Count("shop__merchant", distinct=True), since=Min("placed_at")
    ).order_by("-merchants", "-orders", "failure_code")
    return [
        Incident(
            code=row["failure_code"],
            kind=row["failure_kind"],
            orders=row["orders"],
            merchants=row["merchants"],
            since=row["since"],
            told=tell_failure(row["failure_code"], areas=["orders"], kind=row["failure_kind"]),
        )
        for row in counted[:MOST_CAUSES]
    ]


def affected_merchants(code: str) -> list[Merchant]:
    """The merchants whose orders stand still for a cause, with `orders` counted."""
    failed = Order.objects.needing_attention().filter(failure_code=code).order_by()
    counted = dict(failed.values_list("shop__merchant").annotate(n=Count("pk")))
    merchants = list(Merchant.objects.filter(pk__in=counted))
    for merchant in merchants:
        merchant.orders = counted[merchant.pk]  # type: ignore[attr-defined]
    return sorted(merchants, key=lambda one: -counted[one.pk])[:MOST_MERCHANTS]


def retry_incident(code: str, user: Any, reason: str) -> tuple[int, int]:
    """Try everything of a cause again; how many orders went on, and of how many merchants.

    Each merchant reads a line of its own.
    """
    read_reason(reason)
    failed = Order.objects.needing_attention().filter(failure_code=code)
    moved: dict[Merchant, int] = {}
    for order in failed.select_related("shop__merchant").order_by("pk")[:MOST_RETRIED]:
        merchant = order.shop.merchant
        if retry_order(order, actor="staff", user=user):
            moved[merchant] = moved.get(merchant, 0) + 1
    for merchant, count in moved.items():
        words = f"Retried orders that stood still for one cause: {count}."
        facts = {"cause": code, "orders": count}
        note_staff_action(user, merchant, "retry_incident", words, reason, facts=facts)
    return sum(moved.values()), len(moved)
