"""The badges of products: links, listings, and the work on them. Templates draw them, no more."""

from __future__ import annotations

from orders.presentation import Badge, sync_badge
from products.import_words import cause_words as import_words
from products.listing_words import cause_of
from products.models import Link, Listing, ListingTask, Product, ProductImport, ProductUpload
from products.upload_words import cause_words as upload_words
from tiktoksync.sync.models import SyncRow, SyncStatus

NOT_LINKED = Badge("Not linked", "unlink", "wait")
_ORIGINS = {
    Link.Origin.SAME_SKU: "Same SKU",
    Link.Origin.BY_HAND: "By hand",
    Link.Origin.FROM_ORDER: "From an order",
    Link.Origin.API: "By a program",
    Link.Origin.UPLOADED: "Uploaded",
    Link.Origin.IMPORTED: "Imported",
    Link.Origin.REBUILT: "Found again",
}
AUDITING, LIVE = "AUDITING", "ACTIVATE"
MAY_GO_LIVE = ("SELLER_DEACTIVATED",)
_LISTINGS = {
    "ACTIVATE": Badge("Live", "check", "good"),
    "PENDING": Badge("Under review", "clock", "info"),
    "FAILED": Badge("Rejected", "alert", "bad", "TikTok's review refused it."),
    "SELLER_DEACTIVATED": Badge("Off sale", "pause", "off", "Taken off sale by the shop."),
    "PLATFORM_DEACTIVATED": Badge("Taken down", "stop", "bad", "Taken off sale by TikTok."),
    "FREEZE": Badge("Frozen", "stop", "bad", "TikTok has frozen it."),
    "DRAFT": Badge("Draft", "pause", "off", "Not handed in for review yet."),
    "DELETED": Badge("Deleted", "cross", "off"),
}
_GONE = Badge("Deleted", "cross", "off", "It is no longer there.")
_PRODUCTS = {
    Product.Status.ACTIVE.value: Badge("Active", "check", "good"),
    Product.Status.DRAFT.value: Badge("Draft", "pause", "off"),
    Product.Status.ARCHIVED.value: Badge("Archived", "box", "off"),
    Product.Status.UNLISTED.value: Badge("Unlisted", "link", "info"),
}


def link_badge(link: Link | None) -> Badge:
    """Whether two are linked, and why; reads the link's variant and maker."""
    if link is None:
        return NOT_LINKED
    if link.is_broken:
        return Badge("Broken", "alert", "bad", "The variant was deleted in Shopify. Link another.")
    return Badge(_ORIGINS[Link.Origin(link.origin)], "link", "good", link.why)


def listing_badge(listing: Listing) -> Badge:
    """How a listing stands on TikTok."""
    if listing.gone_at is not None:
        return _GONE
    known = _LISTINGS.get(listing.status)
    if known is None:
        return Badge(listing.status.replace("_", " ").capitalize(), "question", "off")
    if listing.audit_status == AUDITING and listing.status != "PENDING":
        return Badge(known.word, known.icon, known.tone, "A change of it is under review.")
    return known


def product_badge(product: Product) -> Badge:
    """How a product stands in Shopify."""
    if product.gone_at is not None:
        return _GONE
    known = _PRODUCTS.get(product.status)
    return known or Badge(product.status.capitalize() or "Not read", "question", "off")


def work_badge(row: SyncRow) -> Badge:
    """How far an upload, an import or a task is; the note says why it stopped."""
    if row.sync_status == SyncStatus.SKIPPED.value:
        return Badge("Left out", "skip", "off", skip_words(row))
    if row.sync_status == SyncStatus.SYNCED.value:
        return Badge("Done", "check", "good")
    return sync_badge(row)


def skip_words(row: SyncRow) -> str:
    """Why it was left out, in a sentence or a heading."""
    if isinstance(row, ListingTask):
        cause = cause_of(row.skip_reason)
        return cause.words or cause.heading
    words = upload_words if isinstance(row, ProductUpload) else import_words
    return words(row.skip_reason)


def work_name(row: SyncRow) -> str:
    """What is being done."""
    if isinstance(row, ListingTask):
        return row.get_kind_display()
    return "Import to Shopify" if isinstance(row, ProductImport) else "Upload to TikTok"
