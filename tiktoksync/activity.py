"""What the machinery has been doing for one merchant: runs, tries, webhooks, polls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Q
from django.utils import timezone

from orders.frame import health_badge
from orders.presentation import Badge
from tiktoksync.activity_subjects import Subject, belongs_to, subjects_of
from tiktoksync.runs.models import Run
from tiktoksync.runs.shown import KindWords, words_of
from tiktoksync.shops.models import Merchant, ShopifyStore, TikTokShop
from tiktoksync.sync.models import Attempt
from tiktoksync.webhooks.models import Delivery

SHOWN = 20
RUNS = 5
READ = 100
LATE = timedelta(minutes=2)
_FLOWS = {
    "push_orders": "Create order in Shopify",
    "push_fulfillments": "Send tracking to TikTok",
    "push_packages": "Note TikTok's parcel in Shopify",
    "push_cancellations": "Cancel in Shopify",
    "answer_cancel_requests": "Answer the buyer's wish to cancel",
    "push_seller_cancellations": "Cancel on TikTok",
    "push_refunds": "Take units off the order in Shopify",
    "push_addresses": "Correct the address in Shopify",
    "push_references": "Note Shopify's number on TikTok",
    "link_skus": "Look up SKU in Shopify",
    "upload_products": "List product on TikTok",
    "import_products": "Create product in Shopify",
    "push_stock": "Tell TikTok the stock",
    "push_prices": "Tell TikTok the prices",
    "push_listing_states": "Put on or off sale on TikTok",
    "push_external_ids": "Note Shopify's ids on TikTok",
    "refresh_tokens": "Renew access",
    "pull_orders": "Ask TikTok for orders",
    "pull_fulfillments": "Ask Shopify for shipments",
}


@dataclass(frozen=True, slots=True)
class Tries:
    """An attempt in a merchant's words, and how many alike came right before it."""

    attempt: Attempt
    what: str
    subject: Subject | None
    count: int


@dataclass(frozen=True, slots=True)
class Poll:
    """How fresh the news from one account is."""

    account: TikTokShop | ShopifyStore
    what: str
    last_at: datetime | None
    next_at: datetime | None
    known_up_to: datetime | None

    @property
    def health(self) -> Badge:
        """The state of the account that is asked, and whether its poll has been left undone."""
        badge = health_badge(self.account)
        is_late = self.next_at is not None and self.next_at < timezone.now() - LATE
        if is_late and badge.tone == "good":
            return Badge("Late", "clock", "wait", "No worker has asked for a while")
        return badge


def gather_activity(merchant: Merchant, shops: Sequence[TikTokShop]) -> dict[str, Any]:
    """The activity page's facts."""
    return {
        "runs": recent_runs(merchant),
        "tries": recent_tries(merchant),
        "deliveries": recent_deliveries(merchant),
        "polls": list_polls(shops),
    }


def recent_tries(merchant: Merchant) -> list[Tries]:
    """The last attempts made for this merchant, newest first, those in a row that are alike folded.

    A batch tells of many rows at once, and one line is enough for it.
    """
    attempts = Attempt.objects.filter(belongs_to(merchant)).order_by("-id")[:READ]
    rows = [list(alike) for _, alike in groupby(attempts, key=_likeness)][:SHOWN]
    subjects = subjects_of([row[0] for row in rows])
    return [
        Tries(
            row[0],
            _FLOWS.get(row[0].flow, row[0].flow.replace("_", " ").capitalize()),
            subjects.get((row[0].subject, row[0].subject_id)),
            len(row),
        )
        for row in rows
    ]


def _likeness(attempt: Attempt) -> tuple[Any, ...]:
    if attempt.outcome != Attempt.Outcome.OK:
        return (attempt.pk,)
    return (attempt.flow, attempt.outcome)


def recent_runs(merchant: Merchant) -> list[tuple[Run, KindWords]]:
    """The last long jobs with their words, newest first."""
    rows = Run.objects.filter(merchant=merchant).select_related("shop", "started_by")
    return [(run, words_of(run)) for run in rows.order_by("-id")[:RUNS]]


def recent_deliveries(merchant: Merchant) -> list[Delivery]:
    """The last webhooks, without their bodies: those hold buyers' addresses."""
    return list(
        Delivery.objects.filter(Q(shop__merchant=merchant) | Q(store__merchant=merchant))
        .select_related("shop", "store")
        .defer("body")
        .order_by("-id")[:SHOWN]
    )


def list_polls(shops: Sequence[TikTokShop]) -> list[Poll]:
    """Each account's last and next poll."""
    polls = [
        Poll(shop, "Orders from TikTok", shop.last_poll_at, shop.next_poll_at, _moment(shop))
        for shop in shops
    ]
    stores = {shop.store_id: shop.store for shop in shops}
    return polls + [
        Poll(
            store,
            "Shipments from Shopify",
            store.last_fulfillment_poll_at,
            store.next_fulfillment_poll_at,
            store.fulfillments_watermark,
        )
        for store in stores.values()
    ]


def _moment(shop: TikTokShop) -> datetime | None:
    return datetime.fromtimestamp(shop.watermark, UTC) if shop.watermark else None
