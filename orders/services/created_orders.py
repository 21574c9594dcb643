"""An order that exists in Shopify now: what is written down, whoever created it and when."""

from __future__ import annotations

from typing import Any

import structlog
from django.db.models import Subquery

from orders import mapping
from orders.models import ExternalReference, LineItem, Order
from orders.services.follow_orders import catch_up
from orders.services.request_addresses import catch_up_address
from products.models import Variant
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now, scaled
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, Change, SyncStatus

log = structlog.get_logger(__name__)

# References are written in batches of a hundred: they wait a while for company.
REFERENCE_WAIT_SECONDS = 60.0
# How every order begins in Shopify: its first shipment is the first news.
UNSHIPPED = "UNFULFILLED"


def accept(
    order: Order, answer: Answer[Any], attempt: Attempt, wanted: mapping.ShopifyOrder | None
) -> None:
    """The order is in Shopify: record its ids, and start what follows from it."""
    made = answer.data
    now = database_now()
    moved = statuses.move(
        order,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=f"Shopify order {made.name}",
        request_id=answer.request_id,
        shopify_order_id=made.id,
        shopify_legacy_id=made.legacy_id,
        shopify_order_name=made.name[:80],
        shopify_total=made.total if wanted is None else wanted.total,
        shopify_status=UNSHIPPED,
        synced_at=now,
    )
    if not moved:
        note_second(order, made.id)
        return
    _name_variants(order, wanted)
    for double in (*getattr(made, "doubles", ()), *_told_before(order, attempt)):
        note_second(order, double)
    _plan_reference(order)
    catch_up(order)
    catch_up_address(order, attempt)


def _told_before(order: Order, attempt: Attempt) -> list[str]:
    """Ids that answers to earlier attempts gave, while they were no longer waited for."""
    if attempt.number == 1:
        return []
    earlier = Attempt.objects.filter(subject=attempt.subject, subject_id=order.pk)
    told = earlier.exclude(remote_id="").order_by("number")
    return list(told.values_list("remote_id", flat=True))


def note_late(order: Order, remote_id: str) -> None:
    """An answer came after its claim was lost: its order is read before another is created."""
    stored = Order.objects.select_for_update(of=("self",), no_key=True).get(pk=order.pk)
    if not remote_id:
        return
    doubt: dict[str, Any] = {"in_doubt_since": database_now(), "lookup_misses": 0}
    if stored.sync_status == SyncStatus.SYNCED:
        note_second(stored, remote_id)
    elif stored.sync_status in (SyncStatus.PENDING, SyncStatus.SENDING):
        Order.objects.filter(pk=stored.pk).update(**doubt)
    else:
        reason = "A late answer says that the order is in Shopify: it is read there."
        statuses.move(stored, SyncStatus.PENDING, reason=reason, **doubt)


def note_second(order: Order, remote_id: str) -> None:
    """A second Shopify order for one TikTok order is shown, never hidden."""
    stored = Order.objects.filter(pk=order.pk).first()
    if stored is None or not remote_id or not stored.shopify_order_id:
        return
    if remote_id == stored.shopify_order_id or remote_id in stored.other_shopify_ids:
        return
    stored.other_shopify_ids = [*stored.other_shopify_ids, remote_id]
    stored.save(update_fields=["other_shopify_ids"])
    log.error("second order in Shopify", order=stored.tiktok_order_id)
    stored.note_change(
        Change(
            axis="note",
            before="",
            after="second_order",
            actor="system",
            reason=f"Shopify holds a second order for this one: {remote_id}",
        )
    )


def _name_variants(order: Order, wanted: mapping.ShopifyOrder | None) -> None:
    """Remember what each unit was sent as; a later change of the link does not rewrite history."""
    units: dict[str, list[str]] = {}
    for line in wanted.lines if wanted else ():
        if line.variant_id and not line.bundle:
            units.setdefault(line.variant_id, []).extend(line.line_ids)
    for gid, line_ids in units.items():
        variant = Variant.objects.filter(store=order.shop.store_id, shopify_variant_id=gid)
        LineItem.objects.filter(order=order, tiktok_line_item_id__in=line_ids).update(
            variant=Subquery(variant.values("pk")[:1])
        )


def _plan_reference(order: Order) -> None:
    row = ExternalReference(order=order)
    due = database_now() + scaled(REFERENCE_WAIT_SECONDS)
    statuses.begin(row, SyncStatus.PENDING, next_attempt_at=due)
    ExternalReference.objects.bulk_create([row], ignore_conflicts=True)
