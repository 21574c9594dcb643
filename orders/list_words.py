"""The words of the orders list: its filters, their choices, their chips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils.formats import date_format

from orders.filters import FAILED, orders_of
from orders.models import OrderTag
from orders.presentation import SYNC_CHOICES, TIKTOK_CHOICES
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.support.telling import title_of
from tiktoksync.sync.models import FailureKind
from tiktoksync.ui.components import Chip

Choices = Sequence[tuple[str, str]]
MOST_TAGS = 100

PLACED_CHOICES: Choices = (
    ("today", "Today"),
    ("yesterday", "Yesterday"),
    ("7d", "Last 7 days"),
    ("30d", "Last 30 days"),
    ("90d", "Last 90 days"),
)
DUE_CHOICES: Choices = (
    ("overdue", "Overdue"),
    ("soon", "In less than 24 h"),
    ("today", "Today"),
    ("tomorrow", "Tomorrow"),
    ("later", "Later"),
)
SHIPPING_CHOICES: Choices = (
    ("seller", "Label bought by you"),
    ("tiktok", "Label made by TikTok"),
    ("fbt", "Fulfilled by TikTok"),
)
KIND_CHOICES: Choices = (
    ("normal", "Normal"),
    ("sample", "Sample"),
    ("pre_order", "Pre-order"),
    ("fulfilled_by_tiktok", "Fulfilled by TikTok"),
    ("replacement", "Replacement"),
    ("made_to_order", "Made to order"),
    ("unknown", "Unknown type"),
)
_NAMES = {
    "q": "Search",
    "tiktok_status": "TikTok",
    "sync_status": "Sync",
    "cause": "Cause",
    "shop": "Shop",
    "placed": "Placed",
    "placed_from": "Placed from",
    "placed_to": "Placed until",
    "due": "Ship by",
    "shipping": "Shipping",
    "kind": "Type",
    "tag": "Tag",
    "sku": "SKU",
    "total_min": "Total from",
    "total_max": "Total up to",
}
_CHOICES: dict[str, dict[str, str]] = {
    "tiktok_status": dict(TIKTOK_CHOICES),
    "sync_status": dict(SYNC_CHOICES),
    "placed": dict(PLACED_CHOICES),
    "due": dict(DUE_CHOICES),
    "shipping": dict(SHIPPING_CHOICES),
    "kind": dict(KIND_CHOICES),
}


def cause_title(code: str, kind: str = "", said: str = "") -> str:
    """A cause of failure in few words: the failure catalogue's, which staff may edit."""
    return title_of(code, areas=("orders",), kind=kind, said=said)


@dataclass(frozen=True, slots=True)
class Cause:
    """Orders that fail alike. `may_retry`: trying all of them again can help."""

    code: str
    title: str
    count: int
    may_retry: bool


def causes_of(shops: Sequence[TikTokShop]) -> list[Cause]:
    """What blocks orders now, the commonest cause first."""
    failed = orders_of(shops).filter(sync_status=FAILED).exclude(failure_code="").order_by()
    found = failed.values_list("failure_code", "failure_kind").annotate(
        n=Count("pk"), first=Min("failure_reason"), last=Max("failure_reason")
    )
    causes: dict[str, Cause] = {}
    # A code that came with several kinds is one filter; the commonest kind gives its words.
    for code, kind, count, first, last in found.order_by("-n", "failure_kind"):
        if known := causes.get(code):
            causes[code] = replace(known, count=known.count + count)
            continue
        title = cause_title(code, kind, first if first == last else "")
        causes[code] = Cause(code, title, count, kind != FailureKind.MALFORMED)
    return sorted(causes.values(), key=lambda cause: (-cause.count, cause.title))


def tags_of(merchant: Merchant) -> list[str]:
    """The merchant's own tags, to choose from."""
    tags = OrderTag.objects.filter(order__shop__merchant=merchant).order_by("name")
    return list(tags.values_list("name", flat=True).distinct()[:MOST_TAGS])


def list_chips(
    chosen: Mapping[str, str],
    query: Mapping[str, str],
    shops: Sequence[TikTokShop],
    causes: Sequence[Cause] = (),
) -> list[Chip]:
    """The filters in use, each with the address of the list without it."""
    said = {("shop", shop.shop_id): str(shop) for shop in shops}
    said |= {("cause", cause.code): cause.title for cause in causes}
    return [
        Chip(_NAMES[name], said.get((name, value)) or _say(name, value), _address(query, name))
        for name, value in chosen.items()
    ]


def _say(name: str, value: str) -> str:
    if name == "cause":
        return cause_title(value)
    if name in ("placed_from", "placed_to"):
        return date_format(date.fromisoformat(value), "j M Y")
    return _CHOICES.get(name, {}).get(value, value)


def _address(query: Mapping[str, str], left_out: str) -> str:
    kept = {name: value for name, value in query.items() if name != left_out}
    return f"{reverse('orders')}?{urlencode(kept)}".rstrip("?")


def choices_for(merchant: Merchant) -> dict[str, Any]:
    """Everything that the filters offer."""
    return {
        "tiktok_choices": TIKTOK_CHOICES,
        "sync_choices": SYNC_CHOICES,
        "placed_choices": PLACED_CHOICES,
        "due_choices": DUE_CHOICES,
        "shipping_choices": SHIPPING_CHOICES,
        "kind_choices": KIND_CHOICES,
        "tags": tags_of(merchant),
    }
