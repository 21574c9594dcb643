"""Saved views: filters of the list under a name, for their maker or for the whole team."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import Q, QuerySet

from orders.filters import FILTERS
from orders.models import SavedView
from tiktoksync.shops.models import Membership, Merchant

PAGE = "orders"
KEPT = ("tab", *FILTERS, "sort")
MOST = 30
LONGEST_QUERY = 1000


def views_for(merchant: Merchant, user: Any) -> QuerySet[SavedView]:
    """The views that a person sees: their own and the team's."""
    mine = Q(user=None) | Q(user=user)
    return SavedView.objects.filter(mine, merchant=merchant, page=PAGE).order_by("name", "pk")


def views_to_change(merchant: Merchant, membership: Membership) -> QuerySet[SavedView]:
    """The views that a person may rename or delete; the team's are not for viewers to touch."""
    found = views_for(merchant, membership.user)
    return found if membership.may_act else found.filter(user=membership.user)


def query_of(given: Mapping[str, str]) -> str:
    """The filters of an address in one order, without what belongs to a page of it."""
    return urlencode([(name, given[name]) for name in KEPT if given.get(name)])


def tidy_query(query: str) -> str:
    """The filters of a query string that came from a form."""
    return query_of(dict(parse_qsl(query[: 4 * LONGEST_QUERY])))


def save_view(merchant: Merchant, name: str, query: str, user: Any) -> SavedView | None:
    """Keep a view; a view of that name gets these filters. None if there are too many already.

    `user` is whose view it is; None makes it the team's.
    """
    of_name = SavedView.objects.filter(merchant=merchant, page=PAGE, name=name, user=user)
    view = of_name.first()
    if view is None:
        if SavedView.objects.filter(merchant=merchant, page=PAGE, user=user).count() >= MOST:
            return None
        return SavedView.objects.create(
            merchant=merchant, user=user, page=PAGE, name=name, query=query[:LONGEST_QUERY]
        )
    view.query = query[:LONGEST_QUERY]
    view.save(update_fields=["query"])
    return view
