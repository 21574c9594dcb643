"""link_skus: SKUs that orders need are found in Shopify and linked where exactly one fits.

A mirror that was read whole, and lately, is asked first. Without one, or where it has nothing,
Shopify is. SKUs are compared trimmed and case-folded. Shopify's search is looser: its rows are
compared here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Q

from products.models import SkuLookup, Variant, sku_key
from products.services.link_lookups import needed_keys, repeat_needed
from products.services.link_orders import link_named
from products.services.link_release import judge_waiting, naming_sku
from products.services.store_variants import store_variants
from tiktoksync.errors import SyncError
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

LOOK_AGAIN_SECONDS = 60.0
# A mirror of the variants that was read longer ago than this is not believed.
FRESH_SECONDS = 900.0
NOT_FOUND, AMBIGUOUS = "sku_unlinked", "sku_ambiguous"
SKUS_A_CALL = 25
AT_ONCE = 500
KEPT_APART = (
    "A Shopify variant has the SKU {sku}, but equal SKUs may not link it: the two were taken "
    "apart by hand, the listing has the SKU twice, or linking by itself is switched off. Link it "
    "by hand."
)


class LinkSkus(StoreFlow, OutboundFlow):
    """Looks up SKUs for one Shopify store."""

    stem = "link_skus"
    model = SkuLookup
    account: ShopifyStore
    account_of_row = "store"
    batch = SKUS_A_CALL
    order_by = ("pk",)

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        due = SkuLookup.objects.filter(cls.ready(now) | _to_repeat(now), awake(now, "store__"))
        return set(due.order_by().values_list("store_id", flat=True))

    def prepare(self) -> bool:
        self._repeat()
        self._ask_mirror()
        return not self.account.is_paused(database_now())

    def _repeat(self) -> None:
        """SKUs that were not found are asked for again now and then, while orders need them."""
        now = database_now()
        with transaction.atomic(durable=True):
            due = self.rows().filter(_to_repeat(now)).order_by("pk")
            some = self.rows().filter(pk__in=list(due.values_list("pk", flat=True)[:AT_ONCE]))
            repeat_needed(self.account, some.filter(sync_status=SyncStatus.FAILED))
            later = now + scaled(LOOK_AGAIN_SECONDS)
            rest = some.filter(sync_status=SyncStatus.FAILED)
            rest.update(next_attempt_at=later, wait_reason="not_needed")

    def _ask_mirror(self) -> None:
        """What the mirror surely knows needs no call."""
        now = database_now()
        if not is_fresh(self.account, now):
            return
        with transaction.atomic(durable=True):
            due = self.rows().filter(self.ready(now)).order_by("pk")
            lookups = list(due.select_for_update(skip_locked=True, no_key=True)[:AT_ONCE])
            known = only_variants(self.account, {row.sku_key for row in lookups})
            found = [row for row in lookups if row.sku_key in known]
            link_named(self.account, {row.sku_key: known[row.sku_key] for row in found})
            needed = needed_keys(self.account, {row.sku_key for row in found})
            for row in found:
                if row.sku_key in needed:
                    self._miss(row, 1, None)
                else:
                    row.delete()

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
        single = {
            row.sku_key: one[0] for row in rows if len(one := found.get(row.sku_key, [])) == 1
        }
        link_named(self.account, self._stored(single))
        needed = needed_keys(self.account, single)
        for row in rows:
            if row.sku_key in single and row.sku_key not in needed:
                statuses.move(row, SyncStatus.SYNCED, attempt=attempts[row.pk])
            else:
                self._miss(row, len(found.get(row.sku_key, [])), attempts[row.pk])

    def refused(
        self,
        row: SkuLookup,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        """A permission may be given, or a version served, later: it is asked again as a miss is."""
        super().refused(row, task, error, attempt, paused_until)
        refused = self.rows().filter(pk=row.pk, sync_status=SyncStatus.FAILED)
        refused.update(next_attempt_at=database_now() + scaled(LOOK_AGAIN_SECONDS))

    def _stored(self, bodies: Mapping[str, Mapping[str, Any]]) -> dict[str, Variant]:
        """The stored variants of bodies, by SKU key."""
        gids = [body["id"] for body in bodies.values()]
        rows = Variant.objects.filter(store=self.account, shopify_variant_id__in=gids)
        stored = {row.shopify_variant_id: row for row in rows}
        return {key: stored[body["id"]] for key, body in bodies.items()}

    def _miss(self, row: SkuLookup, count: int, attempt: Attempt | None) -> None:
        """There is not exactly one, or it may not be linked by itself: a person has to see it."""
        found_before = row.wait_reason
        code, reason = _words(row.sku, count)
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


def is_fresh(store: ShopifyStore, now: datetime) -> bool:
    """Whether the mirror of the variants was read whole once, and is up to date."""
    if store.variants_read_at is None:
        return False
    read = max(store.variants_read_at, store.last_catalogue_poll_at or store.variants_read_at)
    return read >= now - scaled(FRESH_SECONDS)


def only_variants(store: ShopifyStore, keys: Collection[str]) -> dict[str, Variant]:
    """The variants that are the only living one with their SKU, by its key."""
    living = Variant.objects.filter(store=store, sku_key__in=list(keys), gone_at=None)
    groups = living.order_by().values("sku_key").annotate(number=Count("pk"), last=Max("pk"))
    single = {group["last"] for group in groups if group["number"] == 1}
    return {row.sku_key: row for row in Variant.objects.filter(pk__in=single) if row.sku_key}


def _words(sku: str, count: int) -> tuple[str, str]:
    if count > 1:
        return AMBIGUOUS, f"{count} Shopify variants have the SKU {sku}."
    if count == 1:
        return NOT_FOUND, KEPT_APART.format(sku=sku)
    return NOT_FOUND, f"No Shopify variant has the SKU {sku}."


def _to_repeat(now: datetime) -> Q:
    return Q(sync_status=SyncStatus.FAILED, next_attempt_at__lte=now)


def _by_sku(bodies: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
    found: dict[str, list[Mapping[str, Any]]] = {}
    for body in bodies:
        found.setdefault(sku_key(str(body.get("sku") or "")), []).append(body)
    return found
