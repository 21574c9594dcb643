"""What the machinery has been doing for one merchant: tries, webhooks, polls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q
from django.utils import timezone

from orders.frame import health_badge
from orders.models import AddressChange, Cancellation, ExternalReference, Fulfillment, Order
from orders.presentation import Badge
from products.models import SkuLookup
from tiktoksync.shops.models import Credential, Merchant, ShopifyStore, TikTokShop
from tiktoksync.sync.models import Attempt
from tiktoksync.webhooks.models import Delivery

SHOWN = 20
READ = 100
LATE = timedelta(minutes=2)
_OF_ORDERS: tuple[type[Model], ...] = (
    Fulfillment,
    Cancellation,
    AddressChange,
    ExternalReference,
)
_FLOWS = {
    "push_orders": "Create order in Shopify",
    "push_fulfillments": "Send tracking to TikTok",
    "push_cancellations": "Cancel in Shopify",
    "push_addresses": "Correct the address in Shopify",
    "push_references": "Note Shopify's number on TikTok",
    "link_skus": "Look up SKU in Shopify",
    "refresh_tokens": "Renew access",
    "pull_orders": "Ask TikTok for orders",
    "pull_fulfillments": "Ask Shopify for shipments",
}


@dataclass(frozen=True, slots=True)
class Tries:
    """An attempt in a merchant's words, and how many alike came right before it."""

    attempt: Attempt
    what: str
    order: Order | None
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
        "tries": recent_tries(merchant),
        "deliveries": recent_deliveries(merchant),
        "polls": list_polls(shops),
    }


def recent_tries(merchant: Merchant) -> list[Tries]:
    """The last attempts made for this merchant, newest first, those in a row that are alike folded.

    A batch tells of many rows at once, and one line is enough for it.
    """
    attempts = Attempt.objects.filter(_belongs_to(merchant)).order_by("-id")[:READ]
    runs = [list(run) for _, run in groupby(attempts, key=_likeness)][:SHOWN]
    orders = _orders_of([run[0] for run in runs])
    return [
        Tries(
            run[0],
            _FLOWS.get(run[0].flow, run[0].flow.replace("_", " ").capitalize()),
            orders.get((run[0].subject, run[0].subject_id)),
            len(run),
        )
        for run in runs
    ]


def _likeness(attempt: Attempt) -> tuple[Any, ...]:
    if attempt.outcome != Attempt.Outcome.OK:
        return (attempt.pk,)
    return (attempt.flow, attempt.outcome)


def _belongs_to(merchant: Merchant) -> Q:
    """Attempts know their row by model and key only, so each model is asked for its merchant."""
    me = OuterRef("subject_id")
    owned = [(Order, Exists(Order.objects.filter(pk=me, shop__merchant=merchant)))]
    for model in _OF_ORDERS:
        rows = model._default_manager.filter(pk=me, order__shop__merchant=merchant)
        owned.append((model, Exists(rows)))  # type: ignore[arg-type]
    lookups = SkuLookup.objects.filter(pk=me, store__merchant=merchant)
    tokens = Credential.objects.filter(
        Q(shop__merchant=merchant) | Q(store__merchant=merchant), pk=me
    )
    owned += [(SkuLookup, Exists(lookups)), (Credential, Exists(tokens))]  # type: ignore[list-item]
    condition = Q()
    for model, exists in owned:
        condition |= Q(subject=label_of(model)) & Q(exists)
    return condition


def label_of(model: type[Model]) -> str:
    """The name under which attempts know a model."""
    return model._meta.label_lower


def _orders_of(attempts: Sequence[Attempt]) -> dict[tuple[str, int], Order]:
    """The order behind each attempt, by the attempt's subject."""
    found: dict[tuple[str, int], Order] = {}
    models: tuple[type[Model], ...] = (Order, *_OF_ORDERS)
    for model in models:
        label = label_of(model)
        keys = [attempt.subject_id for attempt in attempts if attempt.subject == label]
        if not keys:
            continue
        for key, order in _read_orders(model, keys):
            found[(label, key)] = order
    return found


def _read_orders(model: type[Model], keys: Sequence[int]) -> list[tuple[int, Order]]:
    rows = model._default_manager.filter(pk__in=keys)
    if model is Order:
        return [(row.pk, row) for row in rows.select_related("shop").defer("raw")]  # type: ignore[misc]
    rows = rows.select_related("order__shop").defer("order__raw")
    return [(row.pk, row.order) for row in rows]  # type: ignore[attr-defined]


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
