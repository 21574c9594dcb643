"""Storing what TikTok tells of orders: the only writer of `tiktok_status` and the mirrored columns.

A page is stored in one transaction. An order that cannot be read is set aside by itself, with its
raw body, and never keeps the rest of its page from being stored.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import structlog
from django.db import DataError, IntegrityError, transaction

from orders import policy
from orders.bare_body import bare_body
from orders.facts import Malformed, OrderFacts, order_facts
from orders.models import LineItem, Order, Package, StatusChange
from orders.services.follow_aftersales import see_aftersales
from orders.services.follow_orders import follow_order
from orders.services.order_columns import (
    LINE_COLUMNS,
    line_columns,
    order_columns,
    refuse_unstorable,
    says_the_same,
    storable,
)
from orders.services.rules import policy_rules
from orders.services.store_packages import package_columns, update_packages
from orders.services.store_parts import store_new_parts, update_parts
from products.services import keep_in_step
from tiktoksync.lib import queue
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.attempts import DATABASE_AWAY
from tiktoksync.sync.models import Change, FailureKind, SyncStatus
from tiktoksync.tiktok.enums import OrderStatus

log = structlog.get_logger(__name__)

# The body's fault, where everything else but a database that is busy or away is a bug of ours.
NOT_STORABLE = (DataError, IntegrityError)
CANCELLED = OrderStatus.CANCELLED.value
RELEASED = OrderStatus.AWAITING_SHIPMENT.value
LATEST_TIME = 2**40


@dataclass(slots=True)
class Stored:
    """What became of one page."""

    new: int = 0
    changed: int = 0
    ignored: int = 0
    malformed: int = 0
    newest_update: int = 0
    order_ids: set[str] = field(default_factory=set)
    bugs: list[Exception] = field(default_factory=list)

    def add(self, other: Stored) -> None:
        """Count another page in."""
        self.new += other.new
        self.changed += other.changed
        self.ignored += other.ignored
        self.malformed += other.malformed
        self.newest_update = max(self.newest_update, other.newest_update)
        self.order_ids |= other.order_ids
        self.bugs += other.bugs


@dataclass(slots=True)
class _Page:
    shop: TikTokShop
    rules: policy.Rules
    now: datetime
    stored: Stored
    known: dict[str, Order]
    fresh: list[tuple[Order, OrderFacts, list[Change]]] = field(default_factory=list)


def store_page(
    shop: TikTokShop, raws: Sequence[Mapping[str, Any]], *, asked_for: bool = False
) -> Stored:
    """Store a page of orders as TikTok's order search or detail gives them.

    `asked_for` says that a person chose these orders: it does not matter when they were placed.
    """
    bodies = [storable(raw) for raw in raws]
    try:
        with transaction.atomic():
            stored = _store(shop, bodies, asked_for)
    except DATABASE_AWAY:
        raise
    except Exception as error:  # noqa: BLE001  found again one by one, and raised on by the drain
        log.warning("page stored one by one", shop=shop.pk, error=type(error).__name__)
        stored = _store_one_by_one(shop, bodies, asked_for)
    queue.wake("push_orders", shop.store_id)
    return stored


def _store_one_by_one(
    shop: TikTokShop, bodies: Iterable[dict[str, Any]], asked_for: bool
) -> Stored:
    total = Stored()
    for body in bodies:
        try:
            with transaction.atomic():
                one = _store(shop, [body], asked_for)
        except DATABASE_AWAY:
            raise
        except Exception as error:  # noqa: BLE001  kept with the order, and raised on by the drain
            reason = f"it cannot be stored ({type(error).__name__})"
            known_id = str(body.get("id", "")) if isinstance(body, dict) else ""
            with transaction.atomic():
                one = Stored(malformed=_set_aside(shop, body, Malformed(reason, known_id)))
            if not isinstance(error, NOT_STORABLE):
                one.bugs.append(error)
        total.add(one)
    return total


def _store(shop: TikTokShop, bodies: Sequence[dict[str, Any]], asked_for: bool) -> Stored:
    ids = {str(body.get("id", "")) for body in bodies if isinstance(body, dict)}
    # In one order everywhere, and no stronger than needed: lines of history point at these rows.
    locked = Order.objects.select_for_update(of=("self",), no_key=True).order_by("pk")
    known = locked.filter(shop=shop, tiktok_order_id__in=ids)
    rules = policy_rules(shop)
    page = _Page(
        shop=shop,
        rules=replace(rules, sync_from=None) if asked_for else rules,
        now=database_now(),
        stored=Stored(),
        known={order.tiktok_order_id: order for order in known},
    )
    for body in bodies:
        _take(page, body)
    _insert(page)
    if page.stored.new or page.stored.changed:
        keep_in_step.orders_changed(shop, page.stored.order_ids)
    return page.stored


def _take(page: _Page, body: dict[str, Any]) -> None:
    try:
        facts = order_facts(body)
        refuse_unstorable(facts)
    except Malformed as malformed:
        page.stored.malformed += _set_aside(page.shop, body, malformed)
        return
    page.stored.newest_update = max(page.stored.newest_update, facts.update_time)
    page.stored.order_ids.add(facts.order_id)
    order = page.known.get(facts.order_id)
    if order is not None and order.personal_data_erased_at:
        # The buyer was taken out of it: statuses and sums are mirrored on, the buyer is not.
        body = bare_body(body)
        facts = order_facts(body)
    if order is None:
        _see_first(page, facts, body)
    elif order.pk is None or not _is_news(order, facts, body):
        page.stored.ignored += 1
    else:
        _update(page, order, facts, body)
        page.stored.changed += 1


def _is_news(order: Order, facts: OrderFacts, body: dict[str, Any]) -> bool:
    """Older news never overwrites newer; in the same second the later read wins."""
    if order.failure_kind == FailureKind.MALFORMED:
        return True
    if facts.update_time == order.tiktok_update_time:
        return body != order.raw and not says_the_same(facts, body, order.raw)
    return facts.update_time > order.tiktok_update_time


# --- first sight ---------------------------------------------------------------------------------


def _see_first(page: _Page, facts: OrderFacts, body: dict[str, Any]) -> None:
    decision = policy.first_sight(facts, page.rules, page.now)
    if decision.verb == "ignore":
        page.stored.ignored += 1
        return
    order = Order(shop=page.shop, tiktok_order_id=facts.order_id, raw=body, **order_columns(facts))
    order.first_seen_at = order.seen_at = page.now
    if facts.status == RELEASED:
        order.released_at = page.now
    see_aftersales(order, facts, body)
    mirrored = Change(axis="tiktok", before="", after=order.tiktok_status, actor="tiktok")
    ours = _begin(order, decision)
    page.known[facts.order_id] = order
    page.fresh.append((order, facts, [mirrored, ours]))
    page.stored.new += 1


def _begin(order: Order, decision: policy.Decision) -> Change:
    """The first sync status, by the policy's word."""
    reason = str(decision.reason or "")
    if decision.verb == "hold":
        return statuses.begin(
            order,
            SyncStatus.HELD,
            reason=decision.message,
            wait_reason=reason,
            next_attempt_at=decision.until,
        )
    if decision.verb == "skip":
        return statuses.begin(
            order, SyncStatus.SKIPPED, reason=decision.message, skip_reason=reason
        )
    return statuses.begin(order, SyncStatus.PENDING, reason=decision.message)


def _insert(page: _Page) -> None:
    """All new orders of the page with their parts, in four inserts."""
    Order.objects.bulk_create([order for order, _, _ in page.fresh])
    lines = [
        (LineItem(order=order, tiktok_line_item_id=one.line_id[:40], **line_columns(one)), one)
        for order, facts, _ in page.fresh
        for one in facts.lines
    ]
    LineItem.objects.bulk_create(line for line, _ in lines)
    store_new_parts(lines)
    Package.objects.bulk_create(
        Package(order=order, **columns)
        for order, facts, _ in page.fresh
        for columns in package_columns(facts)
    )
    StatusChange.objects.bulk_create(
        StatusChange.line(order, change) for order, _, changes in page.fresh for change in changes
    )


# --- news of a stored order ----------------------------------------------------------------------


def _update(page: _Page, order: Order, facts: OrderFacts, body: dict[str, Any]) -> None:
    before, raw_before = order.tiktok_status, order.raw
    columns = {**order_columns(facts), "raw": body, "seen_at": page.now}
    if facts.status == RELEASED and order.released_at is None:
        columns["released_at"] = page.now
    for name, value in columns.items():
        setattr(order, name, value)
    order.save(update_fields=list(columns))
    _update_parts(order, facts)
    if before != order.tiktok_status:
        order.note_change(
            Change(axis="tiktok", before=before, after=order.tiktok_status, actor="tiktok")
        )
    _follow(page, order, before, facts)
    follow_order(order, facts, raw_before)


def _update_parts(order: Order, facts: OrderFacts) -> None:
    stored = {line.tiktok_line_item_id: line for line in order.line_items.all()}
    changed = []
    for line in facts.lines:
        known = stored.get(line.line_id)
        if known is None:
            LineItem.objects.create(
                order=order, tiktok_line_item_id=line.line_id[:40], **line_columns(line)
            )
        elif _apply(known, line_columns(line)):
            changed.append(known)
    LineItem.objects.bulk_update(changed, LINE_COLUMNS)
    update_parts(order, facts)
    update_packages(order, facts)


def _apply(row: Any, columns: dict[str, Any]) -> bool:
    """Set the columns; whether any of them was different."""
    different = {name: value for name, value in columns.items() if getattr(row, name) != value}
    for name, value in different.items():
        setattr(row, name, value)
    return bool(different)


def _follow(page: _Page, order: Order, before: str, facts: OrderFacts) -> None:
    """What the change means for our own axis."""
    if order.sync_status == SyncStatus.SYNCED:
        return
    decision: policy.Decision | None = None
    if order.failure_kind == FailureKind.MALFORMED:
        decision = policy.first_sight(facts, page.rules, page.now)
    else:
        decision = policy.on_change(
            before,
            facts,
            page.rules,
            order.sync_status,
            page.now,
            approved=order.approved_at is not None,
            kept_back=order.kept_back_at is not None,
        )
    if decision is not None:
        apply_decision(order, decision)
    elif order.is_blocked:
        # News may be what the block waited for, such as an address: it is judged again.
        statuses.move(order, SyncStatus.PENDING, reason="TikTok sent news of the order.")


def apply_decision(order: Order, decision: policy.Decision, *, actor: str = "system") -> None:
    """Carry out the policy's word on an order that is stored and not in flight."""
    reason, status = str(decision.reason or ""), SyncStatus(order.sync_status)
    if order.in_doubt_since is not None:
        # It may be in Shopify: it is looked for there before it can be held or skipped.
        if decision.verb == "skip" and status == SyncStatus.FAILED:
            statuses.move(order, SyncStatus.PENDING, actor=actor, reason=decision.message)
        return
    if decision.verb == "hold":
        if status == SyncStatus.FAILED:
            statuses.move(order, SyncStatus.PENDING, actor=actor, reason=decision.message)
        if order.sync_status == SyncStatus.PENDING:
            statuses.move(
                order,
                SyncStatus.HELD,
                actor=actor,
                reason=decision.message,
                wait_reason=reason,
                next_attempt_at=decision.until,
            )
        elif order.sync_status == SyncStatus.HELD:
            _wait_on(order, decision, reason, actor)
    elif decision.verb == "skip" and status in statuses.SKIPPABLE:
        statuses.move(
            order, SyncStatus.SKIPPED, actor=actor, reason=decision.message, skip_reason=reason
        )
    elif decision.verb == "send" and status in (SyncStatus.HELD, SyncStatus.FAILED):
        statuses.move(order, SyncStatus.PENDING, actor=actor, reason=decision.message)


def _wait_on(order: Order, decision: policy.Decision, reason: str, actor: str) -> None:
    """A held order goes on waiting; what for is told when it is something else than before."""
    is_new = order.wait_reason != reason
    statuses.defer(order, decision.until, reason)
    if is_new:
        held = SyncStatus.HELD.value
        order.note_change(Change("sync", held, held, actor, decision.message))


# --- orders that cannot be read ------------------------------------------------------------------


def _set_aside(shop: TikTokShop, body: Any, malformed: Malformed) -> int:
    """Keep an unreadable order by itself, with its raw body; 0 if it is known or never shown."""
    status = body.get("status") if isinstance(body, dict) else ""
    if status == OrderStatus.UNPAID.value:
        return 0
    order_id = malformed.order_id or f"unreadable-{_fingerprint(body)}"
    log.warning("order set aside", shop=shop.pk, order=order_id, reason=malformed.reason)
    if Order.objects.filter(shop=shop, tiktok_order_id=order_id[:64]).exists():
        return 0
    update_time = body.get("update_time") if isinstance(body, dict) else 0
    if not isinstance(update_time, int) or not 0 < update_time < LATEST_TIME:
        update_time = 0
    order = Order(
        shop=shop,
        tiktok_order_id=order_id[:64],
        tiktok_status=str(status or "")[:40],
        tiktok_update_time=update_time,
        placed_at=database_now(),
        raw=body if isinstance(body, dict) else {"body": body},
    )
    sentence = f"TikTok sent this order in a form that cannot be read: {malformed.reason}."
    change = statuses.begin(
        order,
        SyncStatus.FAILED,
        reason=sentence,
        failure_kind=FailureKind.MALFORMED,
        failure_reason=sentence,
    )
    order.save(force_insert=True)
    order.note_change(change)
    return 1


def _fingerprint(body: Any) -> str:
    text = json.dumps(body, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
