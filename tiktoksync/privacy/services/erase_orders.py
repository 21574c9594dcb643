"""Taking the buyer out of orders: bodies, addresses, notes, and texts that quote them.

Ids, sums, statuses and the history stay. A row that is erased says so, and what TikTok sends of it
later is stored bare (orders/services/store_orders.py), so nothing comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.db import models, transaction
from django.db.models import Q, QuerySet

from orders.bare_body import bare_body, buyers_words, names_buyer
from orders.models import (
    AddressChange,
    CancelRequest,
    ExternalReference,
    Order,
    OrderComment,
    Return,
    StatusChange,
)
from orders.models.parts import OrderPart
from tiktoksync.lib.timing import database_now
from tiktoksync.runs.models import RunItem
from tiktoksync.sync.models import Attempt
from tiktoksync.webhooks.models import Delivery

STEP = 50
ERASED = "Erased with the buyer's data."


def erase_orders(orders: QuerySet[Order], beat: Callable[[], None] = lambda: None) -> int:
    """Erase step by step, each a short transaction; what is erased already is not touched."""
    left = orders.filter(personal_data_erased_at=None).order_by("pk")
    done = 0
    while keys := list(left.values_list("pk", flat=True)[:STEP]):
        done += _erase_step(keys)
        beat()
    return done


def _erase_step(keys: list[int]) -> int:
    now = database_now()
    with transaction.atomic():
        locked = Order.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
        rows = list(locked.filter(pk__in=keys).select_related("shop"))
        words = {row.pk: buyers_words(row.raw) for row in rows}
        _blank_deliveries(rows)
        for row in rows:
            row.raw, row.ship_to = bare_body(row.raw), ""
            row.failure_reason = _clean(row.failure_reason, words[row.pk])
            row.personal_data_erased_at = now
        columns = ["raw", "ship_to", "failure_reason", "personal_data_erased_at"]
        Order.objects.bulk_update(rows, columns)
        Return.objects.filter(order__in=keys).update(raw={}, reason_text="")
        CancelRequest.objects.filter(order__in=keys).update(reason_text="", comment="")
        AddressChange.objects.filter(order__in=keys).update(fingerprint="")
        _clean_texts(StatusChange.objects.filter(order__in=keys), "order_id", "reason", words)
        _clean_texts(OrderComment.objects.filter(order__in=keys), "order_id", "text", words)
        _clean_attempts("orders.order", {key: key for key in keys}, words)
        for model in (*OrderPart.__subclasses__(), ExternalReference):
            _clean_part(model, keys, words)
        _clean_run_items(rows, words)
    return len(rows)


def _clean(text: str, words: set[str]) -> str:
    return ERASED if text and names_buyer(text, words) else text


def _clean_texts(
    rows: QuerySet[Any], order_of: str, column: str, words: dict[int, set[str]]
) -> None:
    for key, order_id, text in rows.exclude(**{column: ""}).values_list("pk", order_of, column):
        if names_buyer(text, words[order_id]):
            rows.model._default_manager.filter(pk=key).update(**{column: ERASED})


def _clean_part(model: type[models.Model], keys: list[int], words: dict[int, set[str]]) -> None:
    rows = model._default_manager.filter(order__in=keys)
    _clean_texts(rows, "order_id", "failure_reason", words)
    _clean_attempts(model._meta.label_lower, dict(rows.values_list("pk", "order_id")), words)


def _clean_attempts(subject: str, orders: dict[int, int], words: dict[int, set[str]]) -> None:
    tries = Attempt.objects.filter(subject=subject, subject_id__in=list(orders))
    for key, row_id, text in tries.exclude(message="").values_list("pk", "subject_id", "message"):
        if names_buyer(text, words[orders[row_id]]):
            Attempt.objects.filter(pk=key).update(message=ERASED)


def _clean_run_items(rows: Iterable[Order], words: dict[int, set[str]]) -> None:
    for row in rows:
        items = RunItem.objects.filter(run__shop=row.shop_id, remote_id=row.tiktok_order_id)
        for item in items:
            texts = f"{item.title} {item.words} {item.facts}"
            if names_buyer(texts, words[row.pk]):
                item.title, item.words, item.facts = row.tiktok_order_id, ERASED, {}
                item.save(update_fields=["title", "words", "facts"])


def _blank_deliveries(rows: Iterable[Order]) -> None:
    """The webhooks about these orders: that they came stays, what they said goes."""
    for row in rows:
        about = Q(shop=row.shop_id, resource_id=row.tiktok_order_id)
        if row.shopify_legacy_id:
            about |= Q(store=row.shop.store_id, resource_id=row.shopify_legacy_id)
        Delivery.objects.filter(about).exclude(outcome=Delivery.Outcome.NEW).update(body="")
