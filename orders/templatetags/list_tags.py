"""What the orders list draws beside the badges: column heads, notes, addresses of peeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template import Context
from django.urls import reverse

from orders import list_words
from orders.list_layout import Column
from orders.list_words import KIND_CHOICES, Cause
from orders.models import Order, SavedView
from orders.paging import SORTS, Sort
from tiktoksync.shops.models import Membership
from tiktoksync.sync.models import SyncStatus

register = template.Library()
_KINDS = dict(KIND_CHOICES) | {"normal": "", "fulfilled_by_tiktok": "By TikTok"}


@register.inclusion_tag("orders/_list_head.html", takes_context=True)
def column_head(context: Context, column: Column, sort: Sort) -> dict[str, Any]:
    """The head of a column; a link where the list can be sorted by it."""
    facts: dict[str, Any] = {"column": column, "direction": "", "address": ""}
    if column.sorts is None:
        return facts
    first, other = column.sorts
    is_current = sort.key in column.sorts
    query = {
        name: value
        for name, value in context["request"].GET.items()
        if name not in ("after", "before", "version", "sort")
    }
    wanted = other if sort.key == first else first
    if wanted:
        query["sort"] = wanted
    facts["address"] = f"{reverse('orders')}?{urlencode(query)}".rstrip("?")
    facts["says"] = SORTS[wanted].label
    if is_current:
        facts["direction"] = "descending" if sort.falls else "ascending"
    return facts


@register.simple_tag
def peek_address(order: Order, what: str) -> str:
    """Where more about an order comes from, for the panel beside its row."""
    query = urlencode({"what": what, "shop": order.shop.shop_id})
    return f"{reverse('order-peek', args=[order.tiktok_order_id])}?{query}"


@register.filter
def kind_note(order: Order) -> str:
    """What kind of order it is, where it is not a normal one."""
    return _KINDS.get(order.kind, "")


@register.filter
def is_unremarkable(order: Order) -> bool:
    """Whether there is nothing to explain about its sync: it is in Shopify."""
    return order.sync_status == SyncStatus.SYNCED.value


@register.filter
def is_failed_or_followed(order: Order) -> bool:
    """Whether a retry means the order or its parts; a skipped one is asked for on its page."""
    return order.sync_status in (SyncStatus.FAILED.value, SyncStatus.SYNCED.value)


@register.filter
def is_kept_back(order: Order) -> bool:
    """Whether a person keeps it out of Shopify for now."""
    return order.kept_back_at is not None and order.sync_status == SyncStatus.HELD.value


@register.filter
def cause_title(code: str) -> str:
    """A cause of failure in few words."""
    return list_words.cause_title(code)


@register.filter
def is_listed(code: str, causes: Sequence[Cause]) -> bool:
    """Whether a cause is among those that block orders now."""
    return any(cause.code == code for cause in causes)


@register.filter
def may_be_changed_by(view: SavedView, membership: Membership) -> bool:
    """Whether a member may rename or delete a saved view."""
    return membership.may_act or view.user_id == membership.user_id
