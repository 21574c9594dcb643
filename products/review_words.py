"""What TikTok's reviewers object to, in plain words, and what to do about it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

#: What an objection is about: marks in TikTok's name for the place, a merchant's word, where to
#: mend it.
_PLACES: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("main_image", "image", "picture", "photo"),
        "Pictures",
        "Change the pictures of the product in Shopify and of the listing in Seller Center.",
    ),
    (
        ("product_name", "title", "name"),
        "Title",
        "Change the title in Shopify and of the listing in Seller Center.",
    ),
    (
        ("description", "detail"),
        "Description",
        "Change the description in Shopify and of the listing in Seller Center.",
    ),
    (
        ("category",),
        "Category",
        "Choose another category in the upload template and for the listing in Seller Center.",
    ),
    (
        ("brand",),
        "Brand",
        "Choose a brand that this shop may sell, or none, in the upload template.",
    ),
    (
        ("certif", "qualification", "document", "license"),
        "Documents",
        "Add the document to the listing in Seller Center.",
    ),
    (
        ("attribute", "property"),
        "Attributes",
        "Correct the attributes in the upload template and of the listing in Seller Center.",
    ),
    (("price",), "Price", "Correct the price in Shopify, or the price rule."),
    (("size_chart",), "Size chart", "Add a size chart to the listing in Seller Center."),
    (
        ("sku", "variant", "variation"),
        "Variants",
        "Correct the variants in Shopify and of the listing in Seller Center.",
    ),
)
#: What reviewers mean by it, where their own words are hard to understand.
_MEANINGS: tuple[tuple[str, str], ...] = (
    (
        r"intellectual property|infring|counterfeit|trademark|unauthori[sz]ed brand",
        "TikTok thinks that it uses another company's brand without permission. If you may sell "
        "it, add the authorization in Seller Center.",
    ),
    (
        r"prohibited|restricted|not allowed to be sold|banned",
        "TikTok does not allow this kind of product, or not without an approval.",
    ),
    (
        r"watermark|text or a watermark|logo|collage",
        "Show the product alone, without text, logos or frames.",
    ),
    (r"blur|resolution|unclear image|pixel", "Use a sharper and larger picture."),
    (
        r"duplicate|repeated listing",
        "TikTok thinks that the same product is listed twice. Delete one of the listings.",
    ),
    (
        r"mislead|exaggerat|cannot be proved|unproven|medical|efficacy",
        "Leave out promises about effects, above all about health.",
    ),
    (r"contact|phone number|external link|qr code", "Leave out addresses, numbers and links."),
    (r"does not match|inconsistent|mismatch", "Title, pictures and category must show one thing."),
    (r"language", "Write it in the language of the market."),
)
ELSEWHERE = "Open the listing in TikTok's Seller Center to see what is meant."


def review_words(reasons: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Each objection of a refused review as `{place, words, fix}`.

    `reasons` is `Listing.review_reasons`. TikTok's own sentences are kept; what they mean, and what
    TikTok suggests, follows as the fix.
    """
    found = []
    for told in reasons:
        place, where = _place_of(str(told.get("position") or ""))
        suggestions = _sentences(told.get("suggestions"))
        for reason in _sentences(told.get("reasons")) or ["TikTok gives no reason."]:
            fix = [*suggestions, *_meaning(reason), where]
            words = f"{place}: {reason}" if place else reason
            found.append({"place": place, "words": words, "fix": " ".join(dict.fromkeys(fix))})
    return found


def places() -> list[tuple[str, str]]:
    """What an objection can be about, each with where to mend it."""
    return [*((place, where) for _, place, where in _PLACES), ("Anything else", ELSEWHERE)]


def _place_of(position: str) -> tuple[str, str]:
    wanted = position.casefold().replace(" ", "_")
    for marks, place, where in _PLACES:
        if any(mark in wanted for mark in marks):
            return place, where
    return position.replace("_", " ").strip().capitalize(), ELSEWHERE


def _meaning(reason: str) -> list[str]:
    return [words for mark, words in _MEANINGS if re.search(mark, reason, re.IGNORECASE)][:1]


def _sentences(told: Any) -> list[str]:
    texts = (str(one).strip() for one in told or ())
    return [text if text.endswith((".", "!", "?")) else f"{text}." for text in texts if text]
