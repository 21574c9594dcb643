"""Orders, and what follows them, that wait for a person: grouped by cause, one query a kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Min
from django.urls import reverse

from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    Fulfillment,
    Order,
    PackageFulfillment,
    Refund,
    SellerCancellation,
)
from tiktoksync.alerts.findings import Finding, say_count, say_moment
from tiktoksync.alerts.models import AlertKind
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.support.telling import tell_failure
from tiktoksync.sync.models import SyncStatus

FAILED, HELD = SyncStatus.FAILED.value, SyncStatus.HELD.value
#: From here on an unanswered request is urgent: TikTok grants it when its time is up.
ANSWER_SOON = timedelta(hours=6)
MOST_REQUESTS = 200


@dataclass(frozen=True, slots=True)
class _Follower:
    """What follows an order, and how its failures are spoken of."""

    model: Any
    kind: AlertKind
    one: str
    many: str


_FOLLOWERS = (
    _Follower(
        Fulfillment,
        AlertKind.TRACKING_REFUSED,
        "tracking number did not reach TikTok",
        "tracking numbers did not reach TikTok",
    ),
    _Follower(
        PackageFulfillment,
        AlertKind.BLOCKED,
        "TikTok parcel did not reach Shopify",
        "TikTok parcels did not reach Shopify",
    ),
    _Follower(
        Cancellation,
        AlertKind.BLOCKED,
        "cancellation did not reach Shopify",
        "cancellations did not reach Shopify",
    ),
    _Follower(
        CancelRequest,
        AlertKind.CANCEL_REQUEST,
        "answer to a buyer did not reach TikTok",
        "answers to buyers did not reach TikTok",
    ),
    _Follower(
        SellerCancellation,
        AlertKind.BLOCKED,
        "cancellation did not reach TikTok",
        "cancellations did not reach TikTok",
    ),
    _Follower(
        Refund,
        AlertKind.BLOCKED,
        "refund did not reach Shopify",
        "refunds did not reach Shopify",
    ),
    _Follower(
        AddressChange,
        AlertKind.BLOCKED,
        "new address did not reach Shopify",
        "new addresses did not reach Shopify",
    ),
)


def find_blocked() -> Iterator[Finding]:
    """Orders that are not in Shopify because something has to be mended."""
    shops = TikTokShop.objects.filter(disconnected_at=None).order_by()
    # The shops are named so that the index that begins with them is used.
    rows = Order.objects.order_by().filter(shop__in=shops.values("pk"), sync_status=FAILED)
    for group in _grouped(rows, "shop__merchant"):
        count, (sentence, fix) = group["count"], _words(group)
        query = {"tab": "attention"} | ({"cause": group["code"]} if group["code"] else {})
        yield Finding(
            merchant_id=group["merchant"],
            kind=AlertKind.BLOCKED,
            cause=f"order/{group['kind']}/{group['code']}"[:200],
            title=f"{say_count(count, 'order is', 'orders are')} not in Shopify",
            words=f"{sentence} {fix}".strip(),
            address=f"{reverse('orders')}?{urlencode(query)}",
            count=count,
        )


def find_followers() -> Iterator[Finding]:
    """Tracking, cancellations, refunds and addresses that the other side does not have."""
    for follower in _FOLLOWERS:
        rows = follower.model._base_manager.order_by().filter(sync_status=FAILED)
        rows = rows.filter(order__shop__disconnected_at=None)
        name = follower.model._meta.model_name
        for group in _grouped(rows, "order__shop__merchant", "order__tiktok_order_id"):
            count, (sentence, fix) = group["count"], _words(group)
            yield Finding(
                merchant_id=group["merchant"],
                kind=follower.kind,
                cause=f"{name}/{group['kind']}/{group['code']}"[:200],
                title=say_count(count, follower.one, follower.many),
                words=f"{sentence} {fix}".strip(),
                address=_address(count, group["example"]),
                count=count,
            )


def find_cancel_requests(now: datetime) -> Iterator[Finding]:
    """Each buyer who waits for an answer: every request has a deadline of its own."""
    asked = CancelRequest.objects.filter(
        sync_status=HELD, wait_reason="answer", order__shop__disconnected_at=None
    )
    rows = asked.select_related("order__shop__merchant").defer("order__raw")
    told: dict[int, int] = {}
    for row in rows.order_by("respond_by", "id").iterator(chunk_size=500):
        merchant: Merchant = row.order.shop.merchant
        told[merchant.pk] = told.get(merchant.pk, 0) + 1
        if told[merchant.pk] <= MOST_REQUESTS:
            yield _tell_request(row, merchant, now)


def _tell_request(row: CancelRequest, merchant: Merchant, now: datetime) -> Finding:
    order_id, until = row.order.tiktok_order_id, row.respond_by
    words = "Accept or decline it."
    if until is not None:
        hours = max(0, int((until - now).total_seconds() // 3600))
        left = say_count(hours, "hour is", "hours are") if hours else "Less than an hour is"
        words = (
            f"{left} left to accept or decline it: on {say_moment(until, merchant)} "
            "TikTok grants it by itself."
        )
    return Finding(
        merchant_id=merchant.pk,
        kind=AlertKind.CANCEL_REQUEST,
        cause=f"request/{row.pk}",
        title=f"A buyer asks to cancel order {order_id}",
        words=words,
        address=reverse("order", args=[order_id]),
        is_urgent=until is not None and until - now <= ANSWER_SOON,
    )


def _grouped(rows: Any, merchant: str, example: str = "tiktok_order_id") -> Iterator[Any]:
    """Failed rows by merchant, kind and code, each with its number and one of its sentences."""
    found: Any = rows.values(merchant, "failure_kind", "failure_code").annotate(
        count=Count("pk"), said=Min("failure_reason"), example=Min(example)
    )
    for row in found:
        row["merchant"] = row[merchant]
        row["kind"], row["code"] = row["failure_kind"], row["failure_code"]
        yield row


def _words(group: Any) -> tuple[str, str]:
    """What happened and what helps; of many, the sentence for no one in particular."""
    told = tell_failure(
        group["code"],
        areas=("orders",),
        kind=group["kind"],
        said=group["said"] if group["count"] == 1 else "",
    )
    is_general = not told.key or told.key.startswith("kinds/")
    return group["said"] if is_general and group["said"] else told.sentence, told.fix


def _address(count: int, order_id: str) -> str:
    if count == 1:
        return reverse("order", args=[order_id])
    return f"{reverse('orders')}?tab=attention"
