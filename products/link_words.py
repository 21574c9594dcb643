"""The words about links: how one came to be, and the causes that a run of linking counts."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils import formats, timezone

if TYPE_CHECKING:
    from products.models import Link


class LinkCause(StrEnum):
    """Why a TikTok SKU gets a link from a run, or does not."""

    SAME_SKU = "same_sku"
    LINKED = "linked"
    LINKED_MEANWHILE = "linked_meanwhile"
    SUGGESTED = "suggested"
    BLANK = "sku_blank"
    TWICE_IN_SHOPIFY = "sku_twice_in_shopify"
    TWICE_IN_LISTING = "sku_twice_in_listing"
    NOTHING_EQUAL = "nothing_equal"
    PARTED = "taken_apart"
    CHANGED = "changed_meanwhile"


WORDS: dict[str, str] = {
    LinkCause.SAME_SKU: "Same SKU on both sides",
    LinkCause.LINKED: "Linked",
    LinkCause.LINKED_MEANWHILE: "Linked by somebody else meanwhile",
    LinkCause.SUGGESTED: "Suggested: please look and confirm",
    LinkCause.BLANK: "No SKU on TikTok",
    LinkCause.TWICE_IN_SHOPIFY: "Several Shopify variants have this SKU",
    LinkCause.TWICE_IN_LISTING: "The TikTok product has this SKU several times",
    LinkCause.NOTHING_EQUAL: "No Shopify variant has this SKU",
    LinkCause.PARTED: "Unlinked by hand before",
    LinkCause.CHANGED: "Changed since the preview",
}
_FIXES: dict[str, str] = {
    LinkCause.SUGGESTED: "Confirm the suggestion, or link the SKU to another variant.",
    LinkCause.BLANK: "Give it a seller SKU in TikTok's Seller Center, or link it by hand.",
    LinkCause.TWICE_IN_SHOPIFY: "Give each variant a SKU of its own in Shopify, or link by hand.",
    LinkCause.TWICE_IN_LISTING: "Give each option a seller SKU of its own, or link by hand.",
    LinkCause.NOTHING_EQUAL: "Make the SKUs equal, link it by hand, or import the product.",
    LinkCause.PARTED: "Link it by hand if it belongs together after all.",
    LinkCause.CHANGED: "Make a new preview to see how it stands now.",
}
_ORIGINS: dict[str, str] = {
    "by_hand": "Linked by hand",
    "order": "Linked from an order",
    "api": "Linked by a program through the API",
    "uploaded": "Uploaded from Shopify",
    "imported": "Imported from TikTok",
    "rebuilt": "Found again by the ids that both platforms keep,",
}


def cause_words(cause: str) -> str:
    """A cause as a merchant reads it."""
    return WORDS.get(cause) or cause.replace("_", " ").capitalize() or "Other"


def cause_fix(cause: str) -> str:
    """What a merchant can do about a cause; empty where there is nothing to do."""
    return _FIXES.get(cause, "")


def link_reason(link: Link) -> str:
    """Why two are linked, by whom and when, in one sentence."""
    day = formats.date_format(timezone.localtime(link.created_at), "j F Y")
    by = f" by {link.created_by}" if link.created_by is not None else ""
    if link.origin == "same_sku":
        sku = link.variant.sku.strip()
        same = f"Same SKU {sku} on both sides" if sku else "Same SKU on both sides"
        return f"{same}, linked{by or ' by itself'} on {day}."
    return f"{_ORIGINS.get(link.origin, 'Linked')}{by} on {day}."
