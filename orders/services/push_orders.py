"""push_orders: released TikTok orders become Shopify orders, exactly one each.

The order is created with a unique `id` metafield that holds the TikTok order id, in one mutation.
After anything but a clear yes or a clear no it is looked up by that id before it is created again:
three misses over at least a minute, then a new create.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet

from orders import mapping, policy
from orders.facts import Malformed, OrderFacts, order_facts
from orders.models import Order
from orders.policy_checks import money_block
from orders.services import created_orders
from orders.services.pull_fulfillments import begin_polling
from orders.services.rules import mapping_options, policy_rules
from orders.services.store_orders import CANCELLED, apply_decision
from products.services.link_states import SkuLinks, links_of
from tiktoksync.errors import CallLimited, PermanentError, Rejected, SyncError
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.shopify.payloads import FoundOrder, found_order
from tiktoksync.shops.models import ShopifyStore
from tiktoksync.shops.services import order_limit
from tiktoksync.shops.services.account_flows import StoreFlow
from tiktoksync.shops.services.accounts import awake
from tiktoksync.shops.services.clients import shopify_client
from tiktoksync.shops.services.order_id import ensure_order_id_definition
from tiktoksync.sync import accounts, statuses
from tiktoksync.sync.accounts import PAUSE_COLUMNS
from tiktoksync.sync.attempts import Task
from tiktoksync.sync.flows import OutboundFlow
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus
from tiktoksync.sync.settling import settle_error

log = structlog.get_logger(__name__)

MISSES_BEFORE_CREATE = 3
MOST_TIMES_TAKEN = 3
LOOK_AGAIN_SECONDS = 30.0
LOOKUP_WAIT_SECONDS = 60.0
DEFINITION_WAIT_SECONDS = 300.0


class PushOrders(StoreFlow, OutboundFlow):
    """Creates the orders of every TikTok shop that feeds one Shopify store."""

    stem = "push_orders"
    model = Order
    account: ShopifyStore
    account_of_row = "shop__store"
    origin_of_row = "shop"
    fresh = ("tiktok_status", "cancel_reason", "cancelled_by", "seen_at")
    order_by = (F("ship_by").asc(nulls_last=True), "pk")  # type: ignore[assignment]

    @classmethod
    def due_accounts(cls, now: datetime) -> Iterable[int]:
        due = Order.objects.filter(cls.ready(now) | held_too_long(now), awake(now, "shop__store__"))
        return due.order_by().values_list("shop__store", flat=True).distinct()

    @classmethod
    def ready(cls, now: datetime) -> Q:
        """Looking up is always allowed, creating at the pace of the store."""
        doubtful = Q(in_doubt_since__isnull=False)
        return super().ready(now) & (doubtful | order_limit.may_create(now, "shop__store__"))

    def has_due(self, now: datetime) -> bool:
        self.account.refresh_from_db(fields=PAUSE_COLUMNS)
        return super().has_due(now)

    def lock_ready(self, now: datetime, most: int) -> list[Order]:
        rows: list[Order] = super().lock_ready(now, most)
        if not order_limit.is_limited(self.account, now):
            return rows
        doubtful = [order for order in rows if order.in_doubt_since is not None]
        return doubtful + [order for order in rows if order.in_doubt_since is None][:1]

    def prefetched(self, rows: QuerySet[Order]) -> QuerySet[Order]:
        joined = rows.select_related("shop", "shop__store", "shop__rules")
        return joined.prefetch_related("own_tags")

    def prepare(self) -> bool:
        self._release_due_holds()
        if self.account.is_paused(database_now()):
            return False
        return self.account.order_id_definition_at is not None or self._define_order_id()

    def _define_order_id(self) -> bool:
        """No order is created before its id can be made unique."""
        try:
            ensure_order_id_definition(self.account)
        except SyncError as error:
            if self.note_failure(error) is None:
                accounts.pause(self.account, DEFINITION_WAIT_SECONDS, error.message)
            return False
        return True

    def after(self) -> None:
        begin_polling(self.account)

    def _release_due_holds(self) -> None:
        """Orders under a safety hold whose time has come are judged again."""
        with transaction.atomic(durable=True):
            now = database_now()
            held = self.rows().filter(held_too_long(now)).order_by("pk")
            locked = self.prefetched(held).select_for_update(of=("self",), no_key=True)
            for order in locked[:500]:
                _judge_again(order, now)

    # --- deciding --------------------------------------------------------------------------------

    def plan(self, rows: Sequence[Order], now: datetime) -> list[Task]:
        client = shopify_client(self.account)
        links = links_of(self.account, rows)
        known = _known_remote_ids(rows)
        tasks = []
        for order in rows:
            if order.in_doubt_since is not None:
                tasks.append(self._look_up(client, order, known.get(order.pk, "")))
            elif task := self._create(client, order, links, now):
                tasks.append(task)
        if order_limit.is_limited(self.account, now) and _creates(tasks):
            order_limit.note_sent(self.account, now)
        return tasks

    def _look_up(self, client: Any, order: Order, remote_id: str) -> Task:
        """An order that may exist already is looked for, by the id an answer gave or by its own."""
        if remote_id:
            return Task("confirm", partial(_confirm, client, remote_id), (order,))
        return Task("look_up", partial(client.find_order, order.tiktok_order_id), (order,))

    def _create(self, client: Any, order: Order, links: SkuLinks, now: datetime) -> Task | None:
        try:
            facts = order_facts(order.raw)
        except Malformed as malformed:
            statuses.fail(order, FailureKind.MALFORMED, "malformed", str(malformed))
            return None
        rules = policy_rules(order.shop)
        states = links.states(order, facts)
        decision = policy.before_send(
            facts,
            rules,
            states,
            now,
            approved=order.approved_at is not None,
            kept_back=order.kept_back_at is not None,
        )
        if decision.verb != policy.Verb.SEND:
            _hold_back(order, decision, now)
            return None
        return self._mapped(client, order, facts, links)

    def _mapped(self, client: Any, order: Order, facts: OrderFacts, links: SkuLinks) -> Task | None:
        own_tags = tuple(tag.name for tag in order.own_tags.all())
        kind_tags = policy.kind_tags(facts, policy_rules(order.shop))
        options = mapping_options(order.shop, kind_tags + own_tags)
        try:
            wanted = mapping.shopify_order(facts, links.variants(order), options)
        except mapping.MoneyMismatch as mismatch:
            _block(order, money_block(mismatch, facts.currency))
            return None
        except mapping.UnlinkedSku as unlinked:
            reason = policy.BlockReason.SKU_UNLINKED
            sentence = policy.sentence(reason, skus=", ".join(unlinked.skus))
            _block(order, policy.Decision(policy.Verb.BLOCK, reason, sentence))
            return None
        call = partial(client.create_order, wanted.input, wanted.options)
        return Task("create", call, (order,), facts=wanted)

    # --- recording -------------------------------------------------------------------------------

    def remote_id(self, answer: Answer[Any]) -> str:
        return getattr(answer.data, "id", "") or ""

    def record(
        self,
        rows: Sequence[Order],
        task: Task,
        answer: Answer[Any],
        attempts: dict[int, Attempt],
    ) -> None:
        order = rows[0]
        attempt = attempts[order.pk]
        self._note_answered(task)
        if answer.data is not None:
            created_orders.accept(order, answer, attempt, task.facts)
        else:
            _miss(order, attempt)

    def _note_answered(self, task: Task) -> None:
        if task.step == "create" and order_limit.is_limited(self.account, database_now()):
            order_limit.note_answered(self.account)

    def late(self, rows: Sequence[Order], task: Task, answer: Answer[Any]) -> None:
        for order in rows:
            created_orders.note_late(order, self.remote_id(answer))

    def refused(
        self,
        row: Order,
        task: Task,
        error: SyncError,
        attempt: Attempt,
        paused_until: datetime | None,
    ) -> None:
        if not isinstance(error, CallLimited):
            self._note_answered(task)
        if task.step == "create" and _is_taken(row, error):
            # The id seems to be taken: the look-up says whether by this very order.
            statuses.move(
                row,
                SyncStatus.PENDING,
                attempt=attempt,
                reason=error.message,
                request_id=error.request_id,
                in_doubt_since=attempt.started_at,
            )
        elif task.step == "create" and _is_moot(row, error):
            reason = policy.SkipReason.CANCELLED
            statuses.move(
                row,
                SyncStatus.SKIPPED,
                attempt=attempt,
                reason=policy.sentence(reason),
                skip_reason=str(reason),
            )
        else:
            settle_error(row, error, attempt, paused_until)


def _creates(tasks: Sequence[Task]) -> bool:
    return any(task.step == "create" for task in tasks)


def _is_taken(order: Order, error: SyncError) -> bool:
    """Whether the order's id is refused as taken, for one of the first times."""
    if not isinstance(error, Rejected) or "metafields" not in error.field:
        return False
    refused = Attempt.objects.filter(
        subject=Order._meta.label_lower,
        subject_id=order.pk,
        step="create",
        outcome=Attempt.Outcome.FAILED,
    )
    return refused.count() <= MOST_TIMES_TAKEN


def _is_moot(order: Order, error: SyncError) -> bool:
    """Cancelled while in flight, and certainly not created."""
    refused = isinstance(error, PermanentError) and not error.pauses_account
    return refused and order.in_doubt_since is None and order.tiktok_status == CANCELLED


def _confirm(client: Any, gid: str) -> Answer[FoundOrder | None]:
    """The order whose id an earlier answer gave, in the shape of a look-up."""
    answer = client.read_order(gid)
    found = found_order(answer.data, "answer", ()) if answer.data else None
    return Answer(found, answer.request_id, answer.elapsed, answer.cost)


def held_too_long(now: datetime) -> Q:
    """Held orders whose own time has come (a safety hold); TikTok's holds have none."""
    return Q(sync_status=SyncStatus.HELD, next_attempt_at__lte=now)


def _judge_again(order: Order, now: datetime) -> None:
    try:
        facts = order_facts(order.raw)
    except Malformed:
        statuses.defer(order, None, order.wait_reason)
        return
    approved = order.approved_at is not None
    decision = policy.on_change(
        order.tiktok_status,
        facts,
        policy_rules(order.shop),
        order.sync_status,
        now,
        approved=approved,
        kept_back=order.kept_back_at is not None,
    )
    if decision is None:
        statuses.defer(order, now + scaled(LOOKUP_WAIT_SECONDS), order.wait_reason)
    else:
        apply_decision(order, decision)


def _known_remote_ids(rows: Sequence[Order]) -> dict[int, str]:
    """Ids that earlier answers gave, though their record came too late."""
    doubtful = [order.pk for order in rows if order.in_doubt_since is not None]
    if not doubtful:
        return {}
    told = Attempt.objects.filter(subject=Order._meta.label_lower, subject_id__in=doubtful).exclude(
        remote_id=""
    )
    return dict(told.order_by("number").values_list("subject_id", "remote_id"))


def _hold_back(order: Order, decision: policy.Decision, now: datetime) -> None:
    """Not now, or not at all: the order says why."""
    if decision.verb == policy.Verb.BLOCK:
        _block(order, decision)
    elif decision.verb == policy.Verb.SKIP:
        apply_decision(order, decision)
    elif decision.reason == policy.WaitReason.SKU_LOOKUP:
        until = decision.until or now + scaled(LOOKUP_WAIT_SECONDS)
        statuses.defer(order, until, str(decision.reason))
    else:
        held = policy.Decision(policy.Verb.HOLD, decision.reason, decision.message, decision.until)
        apply_decision(order, held)


def _block(order: Order, decision: policy.Decision) -> None:
    statuses.fail(order, FailureKind.CONFIG, str(decision.reason), decision.message)


def _miss(order: Order, attempt: Attempt) -> None:
    """Not found (yet): look again, and after three misses over a minute it surely is not there."""
    misses = order.lookup_misses + 1
    gone_for_good = misses >= MISSES_BEFORE_CREATE
    now = database_now()
    statuses.move(
        order,
        SyncStatus.PENDING,
        attempt=attempt,
        reason=f"Not found in Shopify (look-up {misses} of {MISSES_BEFORE_CREATE}).",
        lookup_misses=0 if gone_for_good else misses,
        in_doubt_since=None if gone_for_good else order.in_doubt_since,
        next_attempt_at=now if gone_for_good else now + scaled(LOOK_AGAIN_SECONDS),
    )
