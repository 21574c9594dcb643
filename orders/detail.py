"""Everything the page of one order shows, gathered with a bounded number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Count, IntegerField, Max, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from orders.address_shown import address_parts
from orders.aftersales_shown import explain_aftersales, gather_aftersales
from orders.comments_shown import read_comments
from orders.explanations import Explanation, explain_order
from orders.facts import Malformed, OrderFacts, order_facts
from orders.items_shown import Item, group_items
from orders.models import (
    Fulfillment,
    Order,
    OrderComment,
    OrderTag,
    PackageFulfillment,
    StatusChange,
)
from orders.money_shown import show_money
from orders.next_step import next_step
from orders.parcels_shown import show_parcels
from orders.rail import progress_rail
from orders.retention import show_retention
from orders.services.actions import DISMISSIBLE
from orders.services.resend_parcels import orders_alike
from orders.timeline import FILTERS, tell_timeline
from orders.writing_shown import show_writing
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.sync.models import SyncStatus
from tiktoksync.tiktok.seller_center import order_url

RECENT_RUNS = 20


def read_version(order: Order) -> str:
    """Changes whenever something on the order's page has changed."""
    counted = Order.objects.filter(pk=order.pk).annotate(
        last_change=_of(StatusChange.objects, Max("pk")),
        label_read=Max("packages__label_read_at"),
        label_wanted=Max("packages__wanted_at"),
        last_comment=_of(OrderComment.objects, Max("pk")),
        tags=_of(OrderTag.objects, Count("pk")),
        last_tag=_of(OrderTag.objects, Max("pk")),
    )
    names = ("last_change", "label_read", "label_wanted", "last_comment", "tags", "last_tag")
    told = counted.values_list(*names).get()
    parts = (
        int(order.seen_at.timestamp() * 1_000_000),
        order.sync_status,
        order.attempt_number,
        order.tries,
        order.wait_reason,
        *told,
    )
    return "-".join(str(part) for part in parts)


def _of(rows: Any, figure: Any) -> Any:
    """One figure over the order's rows of another table, without joining them."""
    mine: QuerySet[Any] = rows.order_by().filter(order=OuterRef("pk")).values("order")
    return Coalesce(Subquery(mine.annotate(n=figure).values("n")), 0, output_field=IntegerField())


def gather_detail(order: Order, reader: Any = None, show: str = "all") -> dict[str, Any]:
    """The template's facts about one order, as far as the reader may see them."""
    history = list(order.history.select_related("user", "attempt"))
    fulfillments = list(order.fulfillments.all())
    packages, made = list(order.packages.all()), list(order.package_fulfillments.all())
    facts, items = _facts(order), group_items(order)
    tags = [tag.name for tag in order.own_tags.all()]
    aftersales = gather_aftersales(order, fulfillments)
    parcels = show_parcels(order, fulfillments, packages, made, history)
    explanation = _explain(order, history, [*fulfillments, *made], aftersales)
    return {
        "order": order,
        "explanation": explanation,
        "next_step": next_step(order, explanation, parcels, aftersales),
        "abilities": abilities_of(order, explanation),
        "rail": progress_rail(order, history, fulfillments, timezone.now()),
        "items": items,
        "parcels": parcels,
        "fulfillments": fulfillments,
        "cancellation": _or_none(order, "cancellation"),
        "money": show_money(order, facts),
        "address": address_parts(facts.recipient) if facts else [],
        "buyer_message": facts.buyer_message if facts else "",
        "warehouse": _warehouse(order, facts),
        "writing": show_writing(order, facts, tags),
        "tags": tags,
        "packages": [package for package in packages if not package.is_gone],
        "retention": show_retention(order, history),
        "runs": _runs_about(order),
        "events": tell_timeline(order, history, read_comments(order, reader), show),
        "filters": FILTERS,
        "show": show,
        "tiktok_address": order_url(order.shop.region, order.tiktok_order_id),
        "alike_address": alike_query(order, items),
        "in_motion": is_in_motion(order),
        **aftersales,
        "version": read_version(order),
    }


@dataclass(frozen=True, slots=True)
class Abilities:
    """What else a person can do with the order: the entries of its menu."""

    may_keep_back: bool
    may_release: bool
    may_skip: bool
    may_send: bool


def abilities_of(order: Order, explanation: Explanation | None) -> Abilities:
    """Which of the further actions make sense now."""
    certain = order.in_doubt_since is None
    waits = order.sync_status in (SyncStatus.HELD.value, SyncStatus.PENDING.value)
    is_skipped = order.sync_status == SyncStatus.SKIPPED.value
    return Abilities(
        may_keep_back=waits and certain and order.kept_back_at is None,
        may_release=waits and order.kept_back_at is not None,
        may_skip=certain and order.sync_status in DISMISSIBLE,
        may_send=bool(is_skipped and explanation and explanation.may_retry),
    )


def is_in_motion(order: Order) -> bool:
    """Whether a worker has the order, or is about to take it."""
    due = order.next_attempt_at is None or order.next_attempt_at <= timezone.now()
    if order.sync_status == SyncStatus.SENDING.value:
        return True
    return order.sync_status == SyncStatus.PENDING.value and due


def alike_query(order: Order, items: Sequence[Item]) -> str:
    """The filters of the list that show the orders which stand for the same cause."""
    named = {"tab": "attention", "cause": order.failure_code}
    skus = {item.line.seller_sku for item in items if item.missing_skus and not item.is_cancelled}
    if len(skus) == 1:
        named["sku"] = skus.pop()
    return urlencode({name: value for name, value in named.items() if value})


def _explain(
    order: Order,
    history: Sequence[StatusChange],
    shipped: Sequence[Fulfillment | PackageFulfillment],
    aftersales: dict[str, Any],
) -> Explanation | None:
    cancellation, address = _or_none(order, "cancellation"), order.address_changes.last()
    explanation = explain_order(order, history, shipped, cancellation, address)
    explanation = explanation or explain_aftersales(aftersales)
    if explanation is None or not order.needs_attention or not order.failure_reason:
        return explanation
    return replace(explanation, also_affected=orders_alike(order).count())


def _warehouse(order: Order, facts: OrderFacts | None) -> str:
    """The TikTok warehouse that the order is to leave from, by its name."""
    if facts is None or not facts.warehouse_id:
        return ""
    names = {str(one.get("id")): str(one.get("name") or "") for one in order.shop.warehouses}
    return names.get(facts.warehouse_id) or facts.warehouse_id


def _runs_about(order: Order) -> list[Run]:
    """The recent jobs that this order was part of."""
    recent = Run.objects.filter(
        merchant=order.shop.merchant_id, kind__in=(Run.Kind.BACKFILL, Run.Kind.ORDERS)
    ).order_by("-pk")[:RECENT_RUNS]
    keys = [run.pk for run in recent]
    found = RunItem.objects.filter(run__in=keys, remote_id=order.tiktok_order_id)
    return [item.run for item in found.select_related("run").order_by("-run")]


def _facts(order: Order) -> OrderFacts | None:
    try:
        return order_facts(order.raw)
    except Malformed:
        return None


def _or_none(order: Order, name: str) -> Any:
    try:
        return getattr(order, name)
    except ObjectDoesNotExist:
        return None
