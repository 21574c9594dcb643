"""Which orders somebody means: rows that were ticked, or all that match a list's filters.

A selection is stored with a run as `{"ids": [...]}` or `{"tab": "", "filters": {...}}`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import BooleanField, Count, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from orders.filters import FAILED, FILTERS, TROUBLED, filter_orders, orders_of
from orders.list_bulk import State
from orders.models import Fulfillment, Order, OrderTag
from tiktoksync.shops.models import TikTokShop

MOST_PICKED = 200
_PLAIN = ("tiktok_status", "sync_status", "failure_kind", "skip_reason", "wait_reason")
_FLAGS = ("is_kept", "in_doubt", "waits_for_time", "is_refused", "has_trouble", "has_tag")


def read_selection(data: Any, keys: Sequence[int]) -> dict[str, Any]:
    """The selection of a form: `all` means everything that its filters find."""
    if not data.get("all"):
        return {"ids": list(keys[:MOST_PICKED])}
    filters = {name: data[name] for name in FILTERS if data.get(name)}
    return {"tab": data.get("tab", ""), "filters": filters}


def select(shops: Sequence[TikTokShop], selection: Mapping[str, Any]) -> QuerySet[Order]:
    """The orders of these shops that a selection means."""
    if "ids" in selection:
        return orders_of(shops).filter(pk__in=selection["ids"])
    found = filter_orders(selection.get("filters") or {}, str(selection.get("tab") or ""), shops)
    return found.qs


def with_state(orders: QuerySet[Order], tag: str = "") -> QuerySet[Order]:
    """Orders with the flags that decide about them."""
    refused = Fulfillment.objects.filter(order=OuterRef("pk"), sync_status=FAILED)
    tagged = OrderTag.objects.filter(order=OuterRef("pk"), name=tag)
    return orders.annotate(
        is_kept=_flag(Q(kept_back_at__isnull=False)),
        in_doubt=_flag(Q(in_doubt_since__isnull=False)),
        waits_for_time=_flag(Q(next_attempt_at__isnull=False)),
        is_refused=Exists(refused.order_by()),
        has_trouble=_flag(_trouble()),
        has_tag=Exists(tagged.order_by()),
    )


def _trouble() -> Q:
    """Whether a part of the order failed, so that it can be tried again."""
    found = Q()
    for model, _ in TROUBLED:
        rows: Any = model._base_manager
        failed = rows.filter(order=OuterRef("pk"), sync_status=FAILED).order_by()
        found |= Q(Exists(failed))
    return found


def _flag(when: Q) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(when, output_field=BooleanField())


def state_of(order: Order) -> State:
    """The state of an order that was read by `with_state`."""
    return State(**{name: getattr(order, name) for name in (*_PLAIN, *_FLAGS)})


def count_states(orders: QuerySet[Order], tag: str = "") -> Mapping[State, int]:
    """How many of these orders stand how, by one query."""
    rows = with_state(orders, tag).order_by().values(*_PLAIN, *_FLAGS).annotate(n=Count("pk"))
    counted: Counter[State] = Counter()
    for row in rows:
        count = row.pop("n")
        row |= {name: bool(row[name]) for name in _FLAGS}
        counted[State(**row)] += count
    return counted
