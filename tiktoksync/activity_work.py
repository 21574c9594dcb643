"""A merchant's work that is in hand, waits for its time or has failed, over all rows that queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Model, Q, QuerySet
from django.utils import timezone

from orders.models import Order
from orders.services import actions
from products.models import ListingTask, ProductImport, ProductUpload
from products.services.retries import retry_work
from tiktoksync.activity_subjects import Pointer, Subject, label_of, owners, subjects_of
from tiktoksync.activity_words import work_words
from tiktoksync.shops.models import Merchant
from tiktoksync.support.telling import AREAS, Told, tell_failure
from tiktoksync.sync.models import SyncStatus

#: What a page can wait for; asked for again, the rest follows.
MOST_AT_ONCE = 200
SOONEST = 50
_PRODUCTS: tuple[type[Model], ...] = (ProductUpload, ProductImport, ListingTask)
#: These are tried again when something else is done: a SKU is linked, an account reconnected.
_NEVER_BY_HAND = frozenset({"products.skulookup", "shops.credential", "orders.externalreference"})


@dataclass(frozen=True, slots=True)
class InHand:
    """How much of one kind of work is being done, and how much waits for its turn."""

    what: str
    sending: int
    due: int


@dataclass(frozen=True, slots=True)
class Cause:
    """Work that failed for one reason."""

    work: str
    code: str
    kind: str
    count: int
    told: Told
    example: Subject | None

    @property
    def what(self) -> str:
        """What was to be done."""
        return work_words(self.work)

    @property
    def may_be_retried(self) -> bool:
        """Whether trying again by hand can do anything."""
        return self.work not in _NEVER_BY_HAND


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that is tried again later."""

    what: str
    subject: Subject | None
    tries: int
    said: str
    at: datetime


def list_in_hand(merchant: Merchant) -> list[InHand]:
    """Kinds of work with something in hand; one query a kind."""
    now = timezone.now()
    is_due = Q(next_attempt_at=None) | Q(next_attempt_at__lte=now)
    found = []
    for model, rows in _rows(merchant):
        counts = rows.filter(sync_status__in=(SyncStatus.SENDING, SyncStatus.PENDING)).aggregate(
            sending=Count("pk", filter=Q(sync_status=SyncStatus.SENDING)),
            due=Count("pk", filter=Q(sync_status=SyncStatus.PENDING) & is_due),
        )
        if counts["sending"] or counts["due"]:
            found.append(InHand(work_words(label_of(model)), counts["sending"], counts["due"]))
    return found


def list_causes(merchant: Merchant) -> list[Cause]:
    """What has failed by cause, the most frequent first; one query a kind, and its examples."""
    groups: list[tuple[str, dict[str, Any]]] = []
    for model, rows in _rows(merchant):
        failed = rows.filter(sync_status=SyncStatus.FAILED).order_by()
        found = failed.values("failure_code", "failure_kind").annotate(
            count=Count("pk"), said=Max("failure_reason"), example=Max("pk")
        )
        groups += [(label_of(model), group) for group in found]
    subjects = subjects_of([Pointer(label, group["example"]) for label, group in groups])
    causes = [
        Cause(
            work=label,
            code=group["failure_code"],
            kind=group["failure_kind"],
            count=group["count"],
            told=tell_failure(
                group["failure_code"],
                areas=AREAS.get(label, ("orders",)),
                kind=group["failure_kind"],
                said=group["said"],
            ),
            example=subjects.get((label, group["example"])),
        )
        for label, group in groups
    ]
    return sorted(causes, key=lambda cause: (-cause.count, cause.work, cause.code))


def list_waiting(merchant: Merchant) -> tuple[list[Waiting], int]:
    """What waits for a time to come, the soonest first, and how much there is of it in all."""
    now, total = timezone.now(), 0
    found: list[tuple[str, dict[str, Any]]] = []
    names = ("pk", "next_attempt_at", "tries", "failure_reason")
    for model, rows in _rows(merchant):
        later = rows.filter(sync_status=SyncStatus.PENDING, next_attempt_at__gt=now)
        soonest = later.order_by("next_attempt_at", "pk").values(*names)[: SOONEST + 1]
        mine = [(label_of(model), row) for row in soonest]
        total += len(mine) if len(mine) <= SOONEST else later.count()
        found += mine
    found = sorted(found, key=lambda one: one[1]["next_attempt_at"])[:SOONEST]
    subjects = subjects_of([Pointer(label, row["pk"]) for label, row in found])
    return [
        Waiting(
            work_words(label),
            subjects.get((label, row["pk"])),
            row["tries"] + 1,
            row["failure_reason"],
            row["next_attempt_at"],
        )
        for label, row in found
    ], total


def retry_failed(merchant: Merchant, work: str, code: str, kind: str, *, user: Any) -> int:
    """Queue again what failed of one kind of work for one cause; returns how many were queued.

    At most `MOST_AT_ONCE`, the oldest first. Parts of orders are queued with all that failed of
    their order.
    """
    model = next((one for one in owners(merchant) if label_of(one) == work), None)
    if model is None or work in _NEVER_BY_HAND:
        return 0
    failed = dict(_rows(merchant))[model].filter(
        sync_status=SyncStatus.FAILED, failure_code=code, failure_kind=kind
    )
    rows = list(failed.order_by("pk")[:MOST_AT_ONCE])
    if model in _PRODUCTS:
        return sum(retry_work(row) for row in rows)
    orders = rows if model is Order else list({row.order_id: row.order for row in rows}.values())
    return sum(actions.retry_order(order, actor="merchant", user=user) for order in orders)


def _rows(merchant: Merchant) -> Sequence[tuple[Any, QuerySet[Any]]]:
    """Each model that queues itself, with the merchant's rows."""
    return [
        (model, model._default_manager.filter(is_mine))
        for model, is_mine in owners(merchant).items()
    ]
