"""upload_products: Shopify products become listings of one TikTok shop, exactly one each.

A product takes several claims, one call each: it is looked for on TikTok, its pictures are read
and sent one by one, then it is created. Each step is written down before the next one begins, so
that a product goes on where it stood. After an unclear create it is looked for before anything is
repeated, and then repeated under the same key.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet

from products.models import ProductUpload
from products.services import upload_images as images
from products.services.rules import product_rules
from products.services.upload_done import accept_created, accept_found
from products.services.upload_images import Album, Fetched, Pictures
from products.services.upload_reading import load_products, setting_of
from products.services.upload_refusals import settle_create, settle_image
from products.services.upload_steps import CREATE, LOOK, About, Made, Step
from products.upload_facts import CategoryFacts
from tiktoksync.errors import SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.runs.models import Run
from tiktoksync.shops.models import TikTokShop
from tiktoksync.shops.services.account_flows import ShopFlow
from tiktoksync.shops.services.clients import tiktok_client
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, SyncStatus
from tiktoksync.sync.settling import confirm_refusal, next_try, settle_error, was_refused

MISSES_BEFORE_CREATE = 3
LOOK_AGAIN_SECONDS = 20.0
#: Outcomes of a create after which the product may be there.
_UNCLEAR = (
    *(Attempt.Outcome.UNKNOWN, Attempt.Outcome.ABANDONED, Attempt.Outcome.SUPERSEDED),
    *(Attempt.Outcome.OK, Attempt.Outcome.IN_FLIGHT),
)


class UploadProducts(ShopFlow, OutboundFlow):
    """List Shopify products on TikTok."""

    stem = "upload_products"
    model = ProductUpload
    account: TikTokShop
    account_of_row = "shop"
    # What was begun is finished first.
    order_by = (F("looked_at").asc(nulls_last=True), "pk")  # type: ignore[assignment]

    def __init__(self, account: Any) -> None:
        super().__init__(account)
        self.album = Album()

    @classmethod
    def ready(cls, now: datetime) -> Q:
        """Looking is always allowed, listing only while TikTok takes more of the shop."""
        until = "shop__uploads_refused_until"
        taken = Q(**{until: None}) | Q(**{f"{until}__lte": now})
        loose = Q(in_doubt_since__isnull=False) | Q(run__status=Run.Status.CANCELLED)
        return super().ready(now) & (taken | loose)

    def prefetched(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.select_related("shop__store", "product", "template", "run__started_by")

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[ProductUpload], now: datetime) -> list[Task]:
        rules = product_rules(self.account)
        client = tiktok_client(self.account)
        facts = load_products(self.account, rules, [row.product for row in rows])
        pictures = Pictures.of(self.account, facts.values())
        created = _unclear_creates(rows)
        tasks = []
        for row in rows:
            in_doubt = row.in_doubt_since is not None and not was_refused(row)
            if in_doubt and row.pk not in created:
                # Another step was interrupted: nothing of it needs to be looked for.
                ProductUpload.objects.filter(pk=row.pk).update(in_doubt_since=None)
                row.in_doubt_since = None
            category = _category(row)
            setting = setting_of(self.account, rules, row.template, category)
            step = Step(self.album, client, row, facts[row.product_id], setting, pictures)
            if task := step.next(now, created.get(row.pk, "")):
                tasks.append(task)
        return tasks

    # --- recording -------------------------------------------------------------------------------

    def remote_id(self, answer: Answer[Any]) -> str:
        return getattr(answer.data, "product_id", "") or ""

    def record(
        self, rows: Sequence[Any], task: Task, answer: Answer[Any], attempts: dict[int, Attempt]
    ) -> None:
        row = rows[0]
        attempt = attempts[row.pk]
        if task.step == CREATE:
            made: Made = task.facts
            accept_created(row, made.body, answer, attempt, made.remarks)
            self._free(*made.keys)
        elif task.step == LOOK and answer.data is not None:
            accept_found(row, answer.data, attempt)
        elif task.step == LOOK:
            _miss(row, attempt)
        else:
            self._record_picture(row, task.facts, answer.data, attempt)

    def _record_picture(
        self, row: ProductUpload, about: About, data: Any, attempt: Attempt
    ) -> None:
        url = about.want.picture.url
        if not isinstance(data, Fetched):
            images.note_sent(self.account, about.want, about.checksum, data)
        elif data.error is None:
            images.note_read(self.account, url, data)
            if data.content:
                self.album.keep(data)
        elif row.tries + 1 >= images.MOST_TRIES:
            images.note_problem(self.account, url, data.error.message)
        else:
            self._go_on(row, attempt, data.error.message, tries=row.tries + 1)
            self._free(about.key)
            return
        self._go_on(row, attempt, "", tries=0)
        self._free(about.key)

    def _go_on(self, row: ProductUpload, attempt: Attempt, reason: str, *, tries: int) -> None:
        """The row's next step is due: at once, or after what failed has had its rest."""
        due = next_try(tries, None) if tries else None
        statuses.move(
            row,
            SyncStatus.PENDING,
            attempt=attempt,
            reason=reason,
            tries=tries,
            next_attempt_at=due,
            in_doubt_since=None,
        )

    def _free(self, *keys: tuple[str, ...]) -> None:
        """Whoever waited for these pictures or SKUs goes on."""
        for key in keys:
            for waiting in self.album.end(key):
                statuses.defer(waiting, database_now(), "")

    def refused(
        self,
        row: Any,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if task.step == CREATE:
            settle_create(row, task.facts.body, error, attempt, paused_until)
            self._free(*task.facts.keys)
        elif isinstance(task.facts, About):
            settle_image(row, task.facts.want.picture.url, error, attempt, paused_until)
            self._free(task.facts.key)
        else:
            settle_error(row, error, attempt, paused_until)


def _category(row: ProductUpload) -> CategoryFacts | None:
    return CategoryFacts(row.category_id, row.category_name) if row.category_id else None


def _unclear_creates(rows: Sequence[ProductUpload]) -> dict[int, str]:
    """Rows in doubt whose create may have had its effect, with the id that an answer gave."""
    doubtful = [row.pk for row in rows if row.in_doubt_since is not None]
    if not doubtful:
        return {}
    creates = Attempt.objects.filter(
        subject=ProductUpload._meta.label_lower,
        subject_id__in=doubtful,
        step=CREATE,
        outcome__in=_UNCLEAR,
    )
    return dict(creates.order_by("number").values_list("subject_id", "remote_id"))


def _miss(row: ProductUpload, attempt: Attempt) -> None:
    """Not on TikTok. After an unclear create only several misses in a row tell that for sure."""
    columns: dict[str, Any] = {"looked_at": database_now(), "tries": 0}
    if row.in_doubt_since is not None:
        misses = row.lookup_misses + 1
        is_sure = misses >= MISSES_BEFORE_CREATE
        if is_sure and was_refused(row):
            confirm_refusal(row, attempt)
            return
        columns |= {"lookup_misses": 0 if is_sure else misses}
        if is_sure:
            columns["in_doubt_since"] = None
        else:
            columns["next_attempt_at"] = database_now() + scaled(LOOK_AGAIN_SECONDS)
            columns |= {name: getattr(row, name) for name in _KEPT} if was_refused(row) else {}
    statuses.move(
        row, SyncStatus.PENDING, attempt=attempt, reason="Not found on TikTok.", **columns
    )


#: What a refusal said, kept while it is looked whether it means that the product is there already.
_KEPT = ("wait_reason", "failure_code", "failure_reason")
