"""Addresses of orders, and pieces of text about them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.template import Context
from django.urls import reverse
from django.utils import timezone

from orders import explanations, presentation
from orders.frame import Frame, frame_of
from orders.models import CancelRequest, LineItem, Order, SellerCancellation
from orders.presentation import SYNC_CHOICES, TIKTOK_CHOICES
from tiktoksync.sync.models import FailureKind, SyncRow, SyncStatus

register = template.Library()


@register.simple_tag
def order_address(order: Order, action: str = "order") -> str:
    """The page of an order, or the address of one of its actions."""
    address = reverse(action, args=[order.tiktok_order_id])
    return f"{address}?shop={order.shop.shop_id}"


@register.simple_tag(takes_context=True)
def page_frame(context: Context) -> Frame | None:
    """Connections, counts and the banner; None on pages that belong to no merchant."""
    request: Any = context.get("request")
    if request is None or getattr(request, "merchant", None) is None:
        return None
    return frame_of(request)


@register.filter
def item_summary(order: Order) -> list[tuple[int, LineItem]]:
    """The units of an order, counted by SKU."""
    groups: dict[str, list[LineItem]] = {}
    for line in order.line_items.all():
        groups.setdefault(line.seller_sku or line.product_name, []).append(line)
    return [(len(lines), lines[0]) for lines in groups.values()]


@register.filter
def tracking_of(order: Order) -> str:
    """The first tracking number anybody knows of."""
    own = getattr(order, "tracking", None)
    if own:
        return str(own)
    return next(
        (line.tracking_number for line in order.line_items.all() if line.tracking_number), ""
    )


@register.filter
def is_viewer(membership: Any) -> bool:
    """Whether buttons stay away: viewers look, they do not act."""
    return membership is None or not membership.may_act


@register.filter
def needs_link(row: SyncRow) -> bool:
    """Whether a link is what it takes to go on."""
    return explanations.needs_link(row)


@register.filter
def may_retry(row: SyncRow) -> bool:
    """Whether asking again can help: not for an order that cannot be read."""
    return not isinstance(row, Order) or explanations.may_retry_order(row)


@register.filter
def waits_for_choice(row: SyncRow) -> bool:
    """Whether somebody has to answer or to choose, rather than to try again."""
    waits = isinstance(row, CancelRequest | SellerCancellation)
    return waits and row.sync_status == SyncStatus.HELD.value


@register.filter
def needs_connection(row: SyncRow) -> bool:
    """Whether only reconnecting the account helps."""
    return row.failure_kind == FailureKind.AUTH.value


@register.filter
def is_waiting(order: Order) -> bool:
    """Whether the order is kept back for now."""
    return order.sync_status == SyncStatus.HELD.value


@register.filter
def clock(order: Order) -> presentation.Clock | None:
    """The order's ship-by clock, if one is running."""
    return presentation.ship_clock(order, timezone.now())


@register.filter
def release_estimate(order: Order) -> datetime | None:
    """About when TikTok should release a held order."""
    return presentation.release_estimate(order, timezone.now())


@register.filter
def shopify_address(order: Order) -> str:
    """The order's page in Shopify's admin."""
    return order.shop.store.order_url(order.shopify_legacy_id)


@register.filter
def words(text: str) -> list[str]:
    """The words of a text, to loop over."""
    return text.split()


@register.filter
def at(mapping: dict[str, Any], key: str) -> Any:
    """The value under a key that a variable holds."""
    return mapping.get(key, "")


@register.simple_tag(takes_context=True)
def without(context: Context, name: str) -> str:
    """The page's address without one filter, on its first page."""
    query = context["request"].GET.copy()
    for key in (name, "after", "before", "version"):
        query.pop(key, None)
    return f"?{query.urlencode()}"


_FILTER_NAMES = {
    "q": "Search",
    "tiktok_status": "TikTok",
    "sync_status": "Sync",
    "shop": "Shop",
    "cause": "Cause",
    "due": "Ship by",
    "placed": "Placed",
}
_FILTER_WORDS = {
    "tiktok_status": dict(TIKTOK_CHOICES),
    "sync_status": dict(SYNC_CHOICES),
}


@register.filter
def filter_name(name: str) -> str:
    """A filter's name on its chip."""
    return _FILTER_NAMES.get(name, name)


@register.filter
def filter_value(value: str, name: str) -> str:
    """A filter's value on its chip."""
    return _FILTER_WORDS.get(name, {}).get(value, value.replace("_", " "))
