"""What comes back over all orders: returns, buyers' cancel requests, refunds, page by page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from orders.aftersales_shown import show_refund, show_request, show_return
from orders.filters import count_together
from orders.models import CancelRequest, Refund, Return
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.ui.components import Tab
from tiktoksync.web_access import read_key

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the page's tabs: the rows it lists, and how one of them is told."""

    key: str
    label: str
    rows: QuerySet[Any]
    show: Callable[[Any], Any]


#: The bodies as the platforms sent them are long, and no row shows them.
KINDS = (
    Kind("", "Returns", Return.objects.defer("raw", "order__raw"), show_return),
    Kind("requests", "Cancel requests", CancelRequest.objects.defer("order__raw"), show_request),
    Kind("refunds", "Refunds in Shopify", Refund.objects.defer("order__raw"), show_refund),
)


@dataclass(frozen=True, slots=True)
class ReturnsPage:
    """Some rows, the newest first, and the addresses of the pages beside them."""

    kind: Kind
    tabs: list[Tab]
    rows: list[Any]
    newer: str
    older: str


def read_returns(
    merchant: Merchant, shops: Sequence[TikTokShop], asked: Mapping[str, str]
) -> ReturnsPage | None:
    """The page that an address asks for, by three queries; None for a tab that is not there."""
    kind = next((one for one in KINDS if one.key == asked.get("tab", "")), None)
    if kind is None:
        return None
    keys = [shop.pk for shop in shops]
    questions: dict[str, Any] = {
        one.key: one.rows.order_by().filter(order__shop__in=keys) for one in KINDS
    }
    counts = count_together(merchant, questions)
    tabs = [Tab(one.label, _address(one), one == kind, counts[one.key]) for one in KINDS]
    found = kind.rows.filter(order__shop__in=keys).select_related("order__shop__store")
    rows, newer, older = _page(found, asked)
    return ReturnsPage(
        kind=kind,
        tabs=tabs,
        rows=[kind.show(row) for row in rows],
        newer=_address(kind, before=rows[0].pk) if newer else "",
        older=_address(kind, after=rows[-1].pk) if older else "",
    )


def _page(found: QuerySet[Any], asked: Mapping[str, str]) -> tuple[list[Any], bool, bool]:
    """The rows behind the key `after` or in front of `before`, and what is on either side."""
    after, before = (read_key(asked.get(name, "")) for name in ("after", "before"))
    if before:
        rows = list(found.filter(pk__gt=before).order_by("pk")[: PAGE_SIZE + 1])
        return rows[:PAGE_SIZE][::-1], len(rows) > PAGE_SIZE, bool(rows)
    behind = found.filter(pk__lt=after) if after else found
    rows = list(behind.order_by("-pk")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], bool(after and rows), len(rows) > PAGE_SIZE


def _address(kind: Kind, **place: int) -> str:
    query = ([f"tab={kind.key}"] if kind.key else []) + [f"{k}={v}" for k, v in place.items()]
    return "?".join(filter(None, [reverse("returns"), "&".join(query)]))
