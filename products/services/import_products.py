"""import_products: TikTok listings become products of one Shopify store, exactly one each.

A product carries its listing's id in a metafield whose values Shopify keeps unique, and it is set
once. Before that, and after anything but a clear yes or a clear no, it is looked up by that id:
what is there is linked and left as its owner made it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from products.import_checks import Verdict, own_trouble
from products.import_facts import ListingFacts
from products.import_mapping import ImportedProduct, ImportOptions, imported_product, plain_product
from products.import_words import ALREADY_LINKED, CANCELLED, LOCATION_GONE, issue_of
from products.models import Location, ProductImport, ProductRules
from products.services.import_places import active_locations, ensure_product_id_definition
from products.services.import_records import accept, note_late
from products.services.import_sorting import facts_of, linked_skus
from products.services.rules import product_rules
from tiktoksync.errors import Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.runs.models import Run
from tiktoksync.shopify.product_writing import SavedProduct
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import concerns_account, settle_error

LOOK_UP, CREATE = "look_up", "create"
MISSES_BEFORE_CREATE = 3
#: A row that nobody doubts and that was looked for: it may be created.
LOOKED = 1
MOST_TIMES_TAKEN = 3
LOOK_AGAIN_SECONDS = 30.0
SET_ASIDE_AT_ONCE = 500


class ImportProducts(StoreFlow, OutboundFlow):
    """Creates the products that the TikTok shops of one Shopify store import."""

    stem = "import_products"
    model = ProductImport
    account: ShopifyStore
    account_of_row = "listing__shop__store"
    origin_of_row = "listing__shop"
    order_by = ("pk",)
    places: Sequence[Location] = ()

    def prefetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related(
            "listing__shop__store", "listing__shop__product_rules", "run__started_by"
        )

    def prepare(self) -> bool:
        """No product is made before its id can be unique, and its stock has a place."""
        now = database_now()
        if self.account.is_paused(now) or not self.has_due(now):
            return False
        try:
            ensure_product_id_definition(self.account)
            self.places = active_locations(self.account)
        except SyncError as error:
            if concerns_account(error):
                self.note_failure(error)
            else:
                self._set_aside(error, now)
            return False
        return True

    def _set_aside(self, error: SyncError, now: datetime) -> None:
        """Nothing can be imported into this store, and a person has to see to it."""
        kind = FailureKind(getattr(error, "failure_kind", FailureKind.INTERNAL))
        with transaction.atomic(durable=True):
            for row in self.lock_ready(now, SET_ASIDE_AT_ONCE):
                statuses.fail(row, kind, error.code, error.message, request_id=error.request_id)

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[ProductImport], now: datetime) -> list[Task]:
        client = shopify_client(self.account)
        facts = facts_of([row.listing_id for row in rows])
        shops = {row.listing.shop_id for row in rows}
        linked = linked_skus(shops, facts.values())
        tasks = []
        for row in rows:
            if task := self._task(client, row, facts[row.listing_id], linked):
                tasks.append(task)
        # Whatever comes of a create, the row is looked for again before the next one.
        creates = [row.pk for task in tasks if task.step == CREATE for row in task.rows]
        ProductImport.objects.filter(pk__in=creates).update(lookup_misses=0)
        return tasks

    def _task(
        self, client: Any, row: ProductImport, facts: ListingFacts, linked: set[str]
    ) -> Task | None:
        is_doubtful = row.in_doubt_since is not None
        if not is_doubtful and _left_out(row, facts, linked):
            return None
        wanted = self._mapped(row, facts, is_doubtful=is_doubtful)
        if wanted is None:
            return None
        if is_doubtful or row.lookup_misses < LOOKED:
            call = partial(client.product_by_custom_id, facts.product_id)
            return Task(LOOK_UP, call, (row,), facts=wanted)
        call = partial(client.set_product, wanted.input, custom_id=facts.product_id)
        return Task(CREATE, call, (row,), facts=wanted)

    def _mapped(
        self, row: ProductImport, facts: ListingFacts, *, is_doubtful: bool
    ) -> ImportedProduct | None:
        """What is to be made; None if it cannot be, and the row says why.

        What may have been made already is looked for all the same.
        """
        rules = product_rules(row.listing.shop)
        trouble = own_trouble(facts, self.account.currency)
        location = self._location(rules)
        if trouble is None and location is not None:
            return imported_product(facts, _options(rules, self.account.currency, location))
        if is_doubtful:
            return plain_product(facts)
        _block(row, trouble)
        return None

    def _location(self, rules: ProductRules) -> str | None:
        """Where imported stock goes: empty for nowhere, None if the chosen place is closed."""
        if not rules.import_stock:
            return ""
        active = [place.shopify_location_id for place in self.places]
        if rules.import_location_id:
            return rules.import_location_id if rules.import_location_id in active else None
        return active[0] if active else ""

    # --- recording -------------------------------------------------------------------------------

    def remote_id(self, answer: Answer[Any]) -> str:
        product = _product(answer)
        return str(product["id"]) if product else ""

    def record(
        self,
        rows: Sequence[ProductImport],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        row = rows[0]
        attempt, product = attempts[row.pk], _product(answer)
        if product is None:
            _miss(row, attempt)
        elif task.step == CREATE and product.get("more_variants_after"):
            _read_rest(row, attempt, product)
        else:
            was_found = task.step == LOOK_UP and row.in_doubt_since is None
            accept(row, product, task.facts, attempt, was_found=was_found)

    def late(self, rows: Sequence[ProductImport], task: Task, answer: Answer[Any]) -> None:
        for row in rows:
            note_late(row, self.remote_id(answer))

    def refused(
        self,
        row: ProductImport,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if task.step == CREATE and _is_taken(row, error):
            # The id seems to be taken: the look-up says whether by this very product.
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=error.message,
                request_id=error.request_id,
                in_doubt_since=attempt.started_at,
                lookup_misses=0,
            )
        else:
            settle_error(row, error, attempt, paused_until)


def _product(answer: Answer[Any]) -> Mapping[str, Any] | None:
    """The product in the answer of either step."""
    data: SavedProduct | Mapping[str, Any] | None = answer.data
    return data.product if isinstance(data, SavedProduct) else data


def _options(rules: ProductRules, currency: str, location: str) -> ImportOptions:
    return ImportOptions(
        currency=currency,
        status=rules.import_status,
        vendor=rules.import_vendor.strip(),
        product_type=rules.import_type.strip(),
        tags=tuple(map(str, rules.import_tags)),
        location_id=location,
    )


def _left_out(row: ProductImport, facts: ListingFacts, linked: set[str]) -> bool:
    """Whether nobody wants it any more; nothing was sent for it."""
    if row.run is not None and row.run.status == Run.Status.CANCELLED:
        reason = CANCELLED
    elif facts.skus and all(sku.sku_id in linked for sku in facts.skus):
        reason = ALREADY_LINKED
    else:
        return False
    statuses.move(row, SyncStatus.SKIPPED, reason=issue_of(reason)["words"], skip_reason=reason)
    return True


def _block(row: ProductImport, trouble: Verdict | None) -> None:
    issue = issue_of(trouble.cause, trouble.names) if trouble else issue_of(LOCATION_GONE)
    words = f"{issue['words']} {issue['fix']}"
    statuses.fail(row, FailureKind.CONFIG, issue["code"], words)


def _is_taken(row: ProductImport, error: SyncError) -> bool:
    """Whether the listing's id is refused as taken, for one of the first times."""
    if not isinstance(error, Rejected) or "metafields" not in error.field:
        return False
    refused = Attempt.objects.filter(
        subject=ProductImport._meta.label_lower,
        subject_id=row.pk,
        step=CREATE,
        outcome=Attempt.Outcome.FAILED,
    )
    return refused.count() <= MOST_TIMES_TAKEN


def _read_rest(row: ProductImport, attempt: Attempt, product: Mapping[str, Any]) -> None:
    """It is made, and has more variants than the answer holds: they are read before the links."""
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason="Created in Shopify; its variants are read.",
        shopify_product_id=str(product["id"])[:80],
        sent_at=database_now(),
        in_doubt_since=attempt.started_at,
        lookup_misses=0,
    )


def _miss(row: ProductImport, attempt: Attempt) -> None:
    """Not there (yet): look again after a doubt, and after three misses over a minute create it."""
    misses = row.lookup_misses + 1
    is_sure = row.in_doubt_since is None or misses >= MISSES_BEFORE_CREATE
    now = database_now()
    statuses.move(
        row,
        SyncStatus.PENDING,
        attempt=attempt,
        reason="Not in Shopify." if is_sure else f"Not found in Shopify (look-up {misses}).",
        lookup_misses=LOOKED if is_sure else misses,
        in_doubt_since=None if is_sure else row.in_doubt_since,
        next_attempt_at=now if is_sure else now + scaled(LOOK_AGAIN_SECONDS),
    )
