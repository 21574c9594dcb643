"""link_skus: SKUs that orders need are looked up in Shopify and linked where exactly one fits.

SKUs are compared trimmed and case-folded. Shopify's search is looser: its rows are compared here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from orders.models import LineItem, LinePart
from products.models import Link, SkuLookup, Variant, sku_key
from products.services.links import judge_waiting, link_same_sku, naming_sku
from products.services.store_variants import store_variants
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.accounts import awake
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.webhooks.inbox import mark_used
from tiktoksync.webhooks.models import Delivery

LOOK_AGAIN_SECONDS = 60.0
NOT_FOUND, AMBIGUOUS = "sku_unlinked", "sku_ambiguous"
SKUS_A_CALL = 25


class LinkSkus(StoreFlow, OutboundFlow):
    """Looks up SKUs in one Shopify store."""

    stem = "link_skus"
    model = SkuLookup
    account: ShopifyStore
    account_of_row = "store"
    batch = SKUS_A_CALL
    order_by = ("pk",)

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        due = SkuLookup.objects.filter(cls.ready(now) | _to_repeat(now), awake(now, "store__"))
        stores = set(due.order_by().values_list("store_id", flat=True))
        return stores | set(_product_news().values_list("store_id", flat=True))

    def prepare(self) -> bool:
        self._repeat()
        return not self.account.is_paused(database_now())

    def _repeat(self) -> None:
        """SKUs that were not found are asked for again: when products changed, and now and then."""
        news = list(_product_news().filter(store=self.account)[:500])
        with transaction.atomic(durable=True):
            failed = self.rows().filter(sync_status=SyncStatus.FAILED)
            if not news:
                failed = failed.filter(_to_repeat(database_now()))
            for lookup in failed.select_for_update(no_key=True)[:500]:
                if is_needed(lookup):
                    # What was found last time: only a different finding is news to the orders.
                    statuses.move(lookup, SyncStatus.PENDING, wait_reason=lookup.failure_code)
                else:
                    again = database_now() + scaled(LOOK_AGAIN_SECONDS)
                    statuses.defer(lookup, again, "not_needed")
        mark_used(news)

    def plan(self, rows: Sequence[SkuLookup], now: datetime) -> list[Task]:
        client = shopify_client(self.account)
        groups = [rows[start : start + SKUS_A_CALL] for start in range(0, len(rows), SKUS_A_CALL)]
        return [
            Task(
                "find_variants",
                partial(client.find_variants, [row.sku for row in group]),
                (*group,),
            )
            for group in groups
        ]

    def record(
        self,
        rows: Sequence[SkuLookup],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        bodies = {body["id"]: body for body in answer.data}.values()
        store_variants(self.account, bodies)
        found = _by_sku(bodies)
        for row in rows:
            self._settle(row, found.get(row.sku_key, []), attempts[row.pk])

    def _settle(
        self, row: SkuLookup, bodies: Sequence[Mapping[str, Any]], attempt: Attempt
    ) -> None:
        if len(bodies) == 1:
            variant = Variant.objects.get(store=self.account, shopify_variant_id=bodies[0]["id"])
            statuses.move(row, SyncStatus.SYNCED, attempt=attempt)
            link_same_sku(self.account, row.sku_key, variant)
            return
        found_before = row.wait_reason
        code, reason = (
            (AMBIGUOUS, f"{len(bodies)} Shopify variants have the SKU {row.sku}.")
            if bodies
            else (NOT_FOUND, f"No Shopify variant has the SKU {row.sku}.")
        )
        statuses.fail(
            row,
            FailureKind.CONFIG,
            code,
            reason,
            attempt=attempt,
            next_attempt_at=database_now() + scaled(LOOK_AGAIN_SECONDS),
        )
        is_news = found_before not in ("", code)
        judge_waiting(self.account, naming_sku(row.sku_key), blocked_too=is_news)


def is_needed(lookup: SkuLookup) -> bool:
    """Whether an order that is not in Shopify yet names this SKU without a link."""
    linked = Link.objects.filter(shop__store=lookup.store_id).values("tiktok_sku_id")
    for named, order in ((LineItem.objects, "order"), (LinePart.objects, "line__order")):
        waiting = named.filter(
            **{
                "sku_key": lookup.sku_key,
                f"{order}__shop__store": lookup.store_id,
                f"{order}__sync_status__in": (SyncStatus.PENDING, SyncStatus.FAILED),
            }
        )
        if waiting.exclude(tiktok_sku_id__in=linked).exists():
            return True
    return False


def _to_repeat(now: datetime) -> Q:
    return Q(sync_status=SyncStatus.FAILED, next_attempt_at__lte=now)


def _product_news() -> QuerySet[Delivery]:
    return Delivery.objects.filter(
        outcome=Delivery.Outcome.NEW, store__isnull=False, topic__startswith="products/"
    )


def _by_sku(bodies: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for body in bodies:
        found.setdefault(sku_key(str(body.get("sku") or "")), []).append(body)
    return found
