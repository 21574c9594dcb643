"""The orders before and after one, in the list that the person came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from orders.filters import OrderFilter, in_tab, orders_of
from orders.models import Order
from orders.paging import NEWEST, SORTS, Key, read_page
from tiktoksync.shops.models import TikTokShop

LONGEST = 1000
#: What moves within a list, rather than naming it.
_PLACES = ("after", "before", "version", "list", "layout")


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The way back to the list, and to the orders beside this one. `query` names the list."""

    query: str
    newer: Order | None
    older: Order | None

    @property
    def list_address(self) -> str:
        """The list as the person left it."""
        return f"{reverse('orders')}?{self.query}" if self.query else reverse("orders")


def list_query(request: HttpRequest) -> str:
    """The list's filters: from the address, else from the list page that led here."""
    if "list" in request.GET:
        return _tidy(request.GET["list"])
    came_from = request.headers.get("Referer", "")
    own = url_has_allowed_host_and_scheme(came_from, allowed_hosts={request.get_host()})
    parts = urlsplit(came_from)
    return _tidy(parts.query) if own and parts.path == reverse("orders") else ""


def find_neighbours(order: Order, shops: Sequence[TikTokShop], query: str) -> Neighbours:
    """Who stands before and behind the order in that list; the list's own sorting counts."""
    asked = QueryDict(query)
    sort = SORTS.get(asked.get("sort", ""), NEWEST)
    rows = orders_of(shops).defer("raw").select_related("shop")
    found = OrderFilter(asked, in_tab(rows, asked.get("tab", ""), shops)).qs
    here, keys = str(Key.of(order, sort)), [shop.pk for shop in shops]
    newer = read_page(found, before=here, size=1, sort=sort, shops=keys).rows
    older = read_page(found, after=here, size=1, sort=sort, shops=keys).rows
    by_key = {shop.pk: shop for shop in shops}
    for row in (*newer, *older):
        row.shop = by_key[row.shop_id]
    return Neighbours(query, newer[0] if newer else None, older[0] if older else None)


def _tidy(query: str) -> str:
    """The filters alone, without a page's place."""
    if len(query) > LONGEST:
        return ""
    named = QueryDict(query, mutable=True)
    for name in _PLACES:
        named.pop(name, None)
    for name in [name for name, value in named.items() if not value]:
        del named[name]
    return named.urlencode()
