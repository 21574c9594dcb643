"""The inbox: a genuine webhook is stored once, then a lane is woken to look into it.

A webhook never writes an order's status. What it may say by itself is that a connection is over,
or when it will be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from tiktoksync.lib.queue import wake
from tiktoksync.privacy.services.requests import bare_privacy_body, take_request
from tiktoksync.shops.models import Platform, ShopifyStore, TikTokShop
from tiktoksync.shops.services.consent import note_end
from tiktoksync.webhooks.models import Delivery
from tiktoksync.webhooks.topics import PACKAGE_TOPIC, SHOPIFY, TIKTOK, Hint, Use, read_tiktok

log = structlog.get_logger(__name__)

#: Both platforms give up after 3 to 5 seconds; a busy database is told to them within 1.5 s.
SQLITE_WAIT_MS = 900
POSTGRES_LOCK_WAIT_MS = 400
POSTGRES_STATEMENT_MS = 700
DUPLICATE = "duplicate"
NOTE_LENGTH = 200
PRUNE_BATCH = 500
TIKTOK_LANE, SHOPIFY_LANE = "pull_orders", "pull_fulfillments"

NEW, USED = Delivery.Outcome.NEW, Delivery.Outcome.USED
IGNORED, EVIDENCE = Delivery.Outcome.IGNORED, Delivery.Outcome.EVIDENCE


@dataclass(frozen=True, slots=True)
class Incoming:
    """A webhook whose signature fits. `account` is None when it belongs to none of ours."""

    source: Platform
    hint: Hint
    raw: bytes
    account: TikTokShop | ShopifyStore | None = None

    @property
    def owner(self) -> dict[str, TikTokShop | ShopifyStore | None]:
        """The account, as the columns of a delivery."""
        is_tiktok = self.source == Platform.TIKTOK
        return {
            "shop": self.account if is_tiktok else None,
            "store": None if is_tiktok else self.account,
        }


@contextmanager
def short_waits() -> Iterator[None]:
    """Inside, a busy database raises OperationalError within a second; nobody waits for it."""
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {POSTGRES_LOCK_WAIT_MS}")
            cursor.execute(f"SET LOCAL statement_timeout = {POSTGRES_STATEMENT_MS}")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        usual = int(cursor.fetchone()[0])
        cursor.execute(f"PRAGMA busy_timeout = {SQLITE_WAIT_MS}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def store_once(incoming: Incoming) -> str:
    """Store a delivery and wake its lane; the outcome's word, or "duplicate" with no effect.

    Raises OperationalError when the database is busy. Never returns without a stored row.
    """
    delivery = _as_row(incoming)
    try:
        with transaction.atomic():
            outcome = _store(delivery, incoming)
    except IntegrityError:
        if not _twins(delivery).filter(body_hash=delivery.body_hash).exists():
            raise
        outcome = DUPLICATE
    log.info(
        "webhook stored",
        source=delivery.source,
        topic=_printable(delivery.topic),
        outcome=outcome,
        account=str(incoming.account or ""),
    )
    return outcome


def _store(delivery: Delivery, incoming: Incoming) -> str:
    _queue_up(delivery.delivery_id)
    others = _twins(delivery).filter(**incoming.owner)
    if others.exclude(body_hash=delivery.body_hash).exists():
        delivery.outcome, delivery.note = EVIDENCE, "Another body came under this id before."
    elif incoming.hint.use in (Use.CLOSE, Use.WARN) and _is_stale(delivery, incoming):
        delivery.outcome, delivery.note = IGNORED, "Older than the present connection."
    if delivery.outcome != NEW:
        delivery.processed_at = timezone.now()
    delivery.save(force_insert=True)
    if incoming.hint.use is Use.ASK and delivery.outcome != EVIDENCE:
        store = incoming.account if isinstance(incoming.account, ShopifyStore) else None
        hint = incoming.hint
        take_request(hint.topic, hint.account, incoming.raw, hint.delivery_id, store)
    if delivery.outcome in (NEW, USED):
        _act(incoming)
    return str(delivery.outcome)


def _act(incoming: Incoming) -> None:
    account, hint = incoming.account, incoming.hint
    if account is None:
        return
    if hint.use is Use.CLOSE:
        type(account)._default_manager.filter(pk=account.pk, auth_lost_at=None).update(
            auth_lost_at=timezone.now(), paused_reason=hint.note[:NOTE_LENGTH]
        )
    elif hint.use is Use.WARN:
        if hint.ends_at is not None and isinstance(account, TikTokShop):
            note_end(account, hint.ends_at)
    elif hint.lane:
        wake(hint.lane, account.pk)


def _is_stale(delivery: Delivery, incoming: Incoming) -> bool:
    """Whether an end of the connection is news of an earlier one: it was renewed since then.

    Shopify signs neither the time nor the id of a delivery, so a body seen before says nothing new.
    """
    account, sent_at = incoming.account, incoming.hint.sent_at
    if account is None:
        return False
    if sent_at is not None and sent_at + timedelta(seconds=1) < account.connected_at:
        return True
    seen = Delivery.objects.filter(
        source=delivery.source, topic=delivery.topic, body_hash=delivery.body_hash
    )
    return seen.filter(**incoming.owner).exclude(delivery_id=delivery.delivery_id).exists()


def _as_row(incoming: Incoming) -> Delivery:
    hint = incoming.hint
    body_hash = hashlib.sha256(incoming.raw).hexdigest()
    outcome, note = _first_outcome(incoming)
    # Whom a privacy request is about is told by name, and the row has to outlive the erasing.
    body = bare_privacy_body(incoming.raw) if hint.use is Use.ASK else incoming.raw
    return Delivery(
        source=incoming.source,
        delivery_id=_usable_id(hint.delivery_id) or body_hash,
        body_hash=body_hash,
        topic=_printable(hint.topic),
        resource_id=hint.resource_ids[0] if hint.resource_ids else "",
        body=body.decode("utf-8", "replace").replace("\x00", "�"),
        outcome=outcome,
        note=note[:NOTE_LENGTH],
        **incoming.owner,
    )


def _first_outcome(incoming: Incoming) -> tuple[Delivery.Outcome, str]:
    use, account = incoming.hint.use, incoming.account
    if account is not None and account.disconnected_at and use not in (Use.KEEP, Use.ASK):
        return IGNORED, "The connection was taken apart here."
    if account is None:
        return IGNORED, incoming.hint.note or "It belongs to no connected account."
    if use is Use.HINT:
        return NEW, ""
    return (IGNORED if use is Use.KEEP else USED), incoming.hint.note


def _twins(delivery: Delivery) -> QuerySet[Delivery]:
    return Delivery.objects.filter(source=delivery.source, delivery_id=delivery.delivery_id)


def _queue_up(delivery_id: str) -> None:
    """Let two bodies under one id come one after the other; SQLite writes one at a time anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [delivery_id])


def _usable_id(text: str) -> str:
    """A platform's delivery id as it is, or nothing if a column cannot hold it."""
    return text if text.isascii() and text.isprintable() and len(text) <= 100 else ""


def _printable(text: str) -> str:
    return "".join(letter if " " <= letter <= "~" else "?" for letter in text)[:80]


def waiting_hints(lane: str) -> QuerySet[Delivery]:
    """What waits in the inbox for one flow, of every account."""
    waiting = Delivery.objects.filter(outcome=NEW)
    names = [reaction.name for reaction in TIKTOK.values() if reaction.lane == lane]
    if names:
        return waiting.filter(shop__isnull=False, topic__in=names)
    topics = Q()
    for prefix, reaction in SHOPIFY.items():
        if reaction.lane == lane:
            topics |= Q(topic__startswith=f"{prefix}/")
    return waiting.filter(topics, store__isnull=False) if topics else waiting.none()


def take_hints(
    *, shop: TikTokShop | None = None, store: ShopifyStore | None = None, limit: int
) -> list[Delivery]:
    """The oldest waiting hints of one account, each naming an order to read again."""
    if shop is not None:
        waiting = waiting_hints(TIKTOK_LANE).filter(shop=shop)
    else:
        waiting = waiting_hints(SHOPIFY_LANE).filter(store=store)
    # Bodies may hold megabytes, and the column says enough of all but one topic.
    return list(waiting.defer("body").order_by("pk")[:limit])


def named_orders(delivery: Delivery) -> tuple[str, ...]:
    """Every order such a hint is about: a package may hold several."""
    if delivery.topic == PACKAGE_TOPIC:
        return read_tiktok(delivery.body.encode()).resource_ids
    return (delivery.resource_id,) if delivery.resource_id else ()


def mark_used(deliveries: Iterable[Delivery], note: str = "") -> None:
    """Say that the objects of these hints were read again."""
    _mark(deliveries, USED, note)


def mark_ignored(deliveries: Iterable[Delivery], note: str = "") -> None:
    """Say that these hints concern nothing of ours, and why."""
    _mark(deliveries, IGNORED, note)


def _mark(deliveries: Iterable[Delivery], outcome: Delivery.Outcome, note: str) -> None:
    keys = [delivery.pk for delivery in deliveries]
    Delivery.objects.filter(pk__in=keys, outcome=NEW).update(
        outcome=outcome, note=note[:NOTE_LENGTH], processed_at=timezone.now()
    )


def prune(older_than_days: float) -> int:
    """Delete old deliveries, bodies hold addresses; returns how many. Short transactions only."""
    before = timezone.now() - timedelta(days=older_than_days)
    deleted = 0
    while keys := list(
        Delivery.objects.filter(received_at__lt=before).values_list("pk", flat=True)[:PRUNE_BATCH]
    ):
        deleted += Delivery.objects.filter(pk__in=keys).delete()[0]
    return deleted
