"""The review of products: how a version becomes the one buyers see, or is refused."""

from __future__ import annotations

from typing import Any

from tiktoksync.sandbox.tiktok import product_events
from tiktoksync.sandbox.tiktok.product_bodies import Body, show_to_buyers
from tiktoksync.sandbox.tiktok.state import PLATFORM, Product, Shop, TikTokState

# A marker in the title decides the outcome: what is objected to, why, and what helps.
OBJECTIONS: dict[str, tuple[str, str, str]] = {
    "REJECT-ME": (
        "product_name",
        "The product name contains words that are not allowed.",
        "Remove the words that do not describe the product and submit it again.",
    ),
    "REJECT-IMAGE": (
        "main_images",
        "The main image shows text or a watermark.",
        "Use a photo of the product alone, on a white background.",
    ),
    "REJECT-DESCRIPTION": (
        "description",
        "The description promises results that cannot be proved.",
        "Describe what the product is and remove claims about its effects.",
    ),
    "REJECT-CATEGORY": (
        "category",
        "The category does not match the product.",
        "Choose the category that fits the product and submit it again.",
    ),
}
_MARKERS = sorted(OBJECTIONS, key=len, reverse=True)
USUAL = "REJECT-ME"
LISTED = ("ACTIVATE", "SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED")


class NothingToReview(ValueError):
    """No version of the product waits for a review."""


def touch(state: TikTokState, product: Product) -> None:
    """The product changed: its update_time moves, in whole seconds and never back."""
    product.updated = max(product.updated, state.now())


def submit(state: TikTokState, shop: Shop, product: Product) -> None:
    """Send the newest version into review; an answer comes after ``review_seconds``."""
    product.review_is_draft = False
    product.failed_reasons = []
    if product.review is None:
        product.status = "PENDING"
    _set_audit(state, shop, product, "AUDITING")
    product.review_number += 1
    number, seconds = product.review_number, state.config["review_seconds"]
    if seconds is None:
        return

    def decide() -> None:
        if product.review_number == number and waits(product):
            decide_by_title(state, shop, product)

    state.later(float(seconds), decide)


def keep_as_draft(product: Product) -> None:
    """The newest version waits for the seller; a review under way is called off."""
    product.review_is_draft = product.review is not None
    product.review_number += 1
    if product.audit == "AUDITING":
        product.audit = "APPROVED" if product.ever_approved else "NONE"
    if product.status == "PENDING":
        product.status = "DRAFT"


def waits(product: Product) -> bool:
    return product.audit == "AUDITING" and product.status != "DELETED"


def decide_by_title(state: TikTokState, shop: Shop, product: Product) -> None:
    """Approve, unless the title carries a marker."""
    title = (product.review or product.live)["title"].upper()
    marker = next((one for one in _MARKERS if one in title), "")
    if marker:
        reject(state, shop, product, marker)
    else:
        approve(state, shop, product)


def approve(state: TikTokState, shop: Shop, product: Product) -> None:
    """The waiting version goes live."""
    if not waits(product):
        raise NothingToReview(f"product {product.id} waits for no review")
    first = not product.ever_approved
    before, product.failed_reasons = product.live, []
    if product.review is not None:
        product.live, product.review = product.review, None
        product.review_is_draft = False
    product.ever_approved = True
    if product.status in ("PENDING", "FAILED", "DRAFT"):
        product.status = "ACTIVATE"
    show_to_buyers(shop, product)
    _set_audit(state, shop, product, "APPROVED")
    word = "PRODUCT_FIRST_PASS_REVIEW" if first else "PRODUCT_STATUS_CHANGED"
    product_events.send_status(state, shop, product, word)
    if not first:
        product_events.send_changes(state, shop, product, before, "OPEN_API")
    state.log.record_write(PLATFORM, shop.id, "product_approved", product_id=product.id)


def reject(
    state: TikTokState, shop: Shop, product: Product, marker: str = USUAL, reason: str = ""
) -> None:
    """The waiting version is refused; a version that was live before stays live."""
    if not waits(product):
        raise NothingToReview(f"product {product.id} waits for no review")
    position, usual, help_text = OBJECTIONS.get(marker, OBJECTIONS[USUAL])
    product.failed_reasons = [
        {
            "listing_platform": "TIKTOK_SHOP",
            "position": position,
            "reasons": [reason or usual],
            "suggestions": [help_text],
        }
    ]
    if product.review is not None:
        product.review = None
        show_to_buyers(shop, product)
    else:
        product.status = "FAILED"
    _set_audit(state, shop, product, "FAILED")
    product_events.send_status(
        state, shop, product, "PRODUCT_AUDIT_FAILURE", product.failed_reasons[0]["reasons"][0]
    )
    state.log.record_write(PLATFORM, shop.id, "product_rejected", product_id=product.id)


def set_status(
    state: TikTokState, shop: Shop, product: Product, status: str, reason: str = ""
) -> None:
    """Move a product to another status and announce it."""
    product.status, product.suspended_reason = status, reason
    show_to_buyers(shop, product)
    touch(state, product)
    product_events.send_status(state, shop, product, "PRODUCT_STATUS_CHANGED", reason)


def replace_version(state: TikTokState, shop: Shop, product: Product, version: Body) -> None:
    """Put a new version beside the live one, or in place of one that never was live."""
    if product.ever_approved and product.status in LISTED:
        product.review = version
    else:
        product.live = version
    show_to_buyers(shop, product)
    touch(state, product)


def _set_audit(state: TikTokState, shop: Shop, product: Product, audit: str) -> None:
    product.audit = audit
    touch(state, product)
    product_events.send_audit(state, shop, product)


def shown_audit(product: Product) -> dict[str, Any]:
    """The audit as every answer shows it."""
    return {"pre_approved_reasons": [], "status": product.audit}
