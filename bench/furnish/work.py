"""What the machinery left behind: runs, attempts, webhooks."""

from __future__ import annotations

import json
from datetime import timedelta

from django.utils import timezone

from bench.furnish.people import Desk
from orders.models import CancelRequest, Order, Return
from tiktoksync.runs.models import Run, RunItem
from tiktoksync.sync.models import Attempt
from tiktoksync.webhooks.models import Delivery

MISSING_PICTURE = "The product has no picture: TikTok asks for at least one of 600 × 600 pixels."


def leave_traces(desk: Desk) -> None:
    """Runs of several kinds, attempts that went well and not, webhooks, wishes to cancel."""
    _run(desk, Run.Kind.UPLOAD, Run.Status.FINISHED, done=36, failed=4, age_hours=30)
    _run(desk, Run.Kind.IMPORT, Run.Status.FINISHED, done=14, failed=0, age_hours=20)
    _run(desk, Run.Kind.UPLOAD, Run.Status.READY, done=0, failed=3, age_hours=1)
    _run(desk, Run.Kind.LINK, Run.Status.RUNNING, done=120, failed=0, waiting=80, age_hours=0.1)
    orders = list(Order.objects.filter(shop=desk.shop).order_by("-placed_at")[:60])
    for order in orders:
        _attempt(order)
        _delivery(desk, order)
    _wishes(orders)


def _run(
    desk: Desk,
    kind: Run.Kind,
    status: Run.Status,
    *,
    done: int,
    failed: int,
    age_hours: float,
    waiting: int = 0,
) -> None:
    began = timezone.now() - timedelta(hours=age_hours)
    ended = began + timedelta(minutes=4) if status == Run.Status.FINISHED else None
    counts = [
        {"state": "done", "cause": "", "count": done},
        {"state": "failed", "cause": "no_pictures", "count": failed},
        {"state": "waiting", "cause": "", "count": waiting},
    ]
    run = Run.objects.create(
        merchant=desk.merchant,
        shop=desk.shop,
        kind=kind,
        status=status,
        started_by=desk.owner,
        total=done + failed + waiting,
        done=done,
        failed=failed,
        counts=[group for group in counts if group["count"]],
        created_at=began,
        started_at=None if status == Run.Status.READY else began,
        finished_at=ended,
        next_step_at=None,
    )
    states = ["done"] * done + ["failed"] * failed + ["waiting"] * waiting
    RunItem.objects.bulk_create(
        RunItem(
            run=run,
            remote_id=f"gid://shopify/Product/{place}",
            position=place,
            state=state,
            cause="no_pictures" if state == "failed" else "",
            words=MISSING_PICTURE if state == "failed" else "",
            title=f"Product No. {place}",
        )
        for place, state in enumerate(states, start=1)
    )


def _attempt(order: Order) -> None:
    if order.sync_status not in ("synced", "failed"):
        return
    went_well = order.sync_status == "synced"
    at = order.released_at or order.first_seen_at
    Attempt.objects.create(
        flow="push_orders",
        step="create",
        subject="orders.order",
        subject_id=order.pk,
        number=1,
        started_at=at,
        finished_at=at + timedelta(milliseconds=412),
        outcome="ok" if went_well else "failed",
        code="" if went_well else order.failure_code,
        message="" if went_well else order.failure_reason,
        request_id=f"req-{order.pk}",
        remote_id=order.shopify_order_id,
        elapsed_ms=412,
        cost=11,
    )


def _delivery(desk: Desk, order: Order) -> None:
    told_at = timezone.now()
    Delivery.objects.create(
        source="tiktok",
        delivery_id=f"furnished-{order.pk}",
        body_hash=f"{order.pk:064}",
        topic="ORDER_STATUS_CHANGE",
        shop=desk.shop,
        resource_id=order.tiktok_order_id,
        body=json.dumps(
            {
                "type": 1,
                "tts_notification_id": f"furnished-{order.pk}",
                "shop_id": desk.shop.shop_id,
                "timestamp": int(told_at.timestamp()),
                "data": {
                    "order_id": order.tiktok_order_id,
                    "order_status": order.tiktok_status,
                    "is_on_hold_order": False,
                    "update_time": int(told_at.timestamp()),
                },
            }
        ),
        processed_at=told_at,
        outcome="used",
    )


def _wishes(orders: list[Order]) -> None:
    shipped = [order for order in orders if order.sync_status == "synced"]
    now = timezone.now()
    for place, order in enumerate(shipped[:2], start=1):
        row = CancelRequest(
            order=order,
            cancel_id=f"40{order.pk:016}",
            cancel_type="BUYER_CANCEL",
            status="CANCELLATION_REQUEST_PENDING",
            role="BUYER",
            reason_text="Ordered by mistake",
            refund_amount=order.total,
            currency=order.currency,
            requested_at=now - timedelta(hours=4 * place),
            respond_by=now + timedelta(hours=24 - 4 * place),
        )
        row.sync_status, row.wait_reason = "held", "answer"
        row.save()
        Order.objects.filter(pk=order.pk).update(cancel_requested=True)
    for order in shipped[2:4]:
        Return.objects.create(
            order=order,
            return_id=f"41{order.pk:016}",
            return_type="RETURN_AND_REFUND",
            status="RETURN_OR_REFUND_REQUEST_PENDING",
            role="BUYER",
            reason_text="Does not fit",
            refund_amount=order.total,
            currency=order.currency,
            opened_at=now - timedelta(days=1),
            respond_by=now + timedelta(days=1),
        )
