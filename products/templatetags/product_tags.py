"""Products as pages show them: pictures, badges, addresses."""

from __future__ import annotations

from typing import Any

from django import template
from django.urls import reverse

from orders.presentation import Badge
from products import shown_badges
from products.listing_words import reason_words
from products.models import Link, Listing, ListingTask, Product
from tiktoksync.sync.models import SyncRow, SyncStatus

register = template.Library()


@register.inclusion_tag("shared/_status_badge.html")
def link_state(link: Link | None) -> dict[str, Badge]:
    """Whether two are linked, and why."""
    return {"badge": shown_badges.link_badge(link)}


@register.inclusion_tag("shared/_status_badge.html")
def listing_state(listing: Listing) -> dict[str, Badge]:
    """How a listing stands on TikTok."""
    return {"badge": shown_badges.listing_badge(listing)}


@register.inclusion_tag("shared/_status_badge.html")
def product_state(product: Product) -> dict[str, Badge]:
    """How a product stands in Shopify."""
    return {"badge": shown_badges.product_badge(product)}


@register.inclusion_tag("shared/_status_badge.html")
def work_state(row: SyncRow) -> dict[str, Badge]:
    """How far an upload, an import or a task is."""
    return {"badge": shown_badges.work_badge(row)}


@register.filter
def work_name(row: SyncRow) -> str:
    """What is being done."""
    return shown_badges.work_name(row)


@register.filter
def product_address(product: Product) -> str:
    """The page of a Shopify product; empty for one that has not been read."""
    number = product.shopify_product_id.rpartition("/")[2]
    return reverse("product-page", args=[int(number)]) if number.isdecimal() else ""


@register.simple_tag
def listing_address(listing: Listing, shop: Any) -> str:
    """The page of a listing."""
    return reverse("listing-page", args=[shop.shop_id, listing.tiktok_product_id])


@register.filter
def last_part(gid: str) -> str:
    """The digits at the end of a Shopify id; 0 for one that has none."""
    number = gid.rpartition("/")[2]
    return number if number.isdecimal() else "0"


@register.filter
def is_live(listing: Listing) -> bool:
    """Whether it can be taken off sale."""
    return listing.status == shown_badges.LIVE


@register.filter
def may_go_live(listing: Listing) -> bool:
    """Whether it can be put on sale."""
    return listing.status in shown_badges.MAY_GO_LIVE


@register.filter
def has_failed(row: SyncRow) -> bool:
    """Whether somebody must see to it."""
    return row.sync_status == SyncStatus.FAILED.value


@register.filter
def retry_act(row: SyncRow) -> str:
    """What asks for it again."""
    if not isinstance(row, ListingTask):
        return "import"
    on = row.wanted_state == ListingTask.State.ACTIVE.value
    states = {ListingTask.Kind.STATE.value: "on" if on else "off"}
    return states.get(row.kind, row.kind)


@register.filter
def work_note(row: SyncRow) -> str:
    """Why it was asked for, or left out."""
    if row.sync_status == SyncStatus.SKIPPED.value:
        return shown_badges.skip_words(row)
    return reason_words(row.reason) if isinstance(row, ListingTask) else ""
