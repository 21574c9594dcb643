"""The words for the causes that an import counts: what is the matter, and what helps."""

from __future__ import annotations

from collections.abc import Sequence

from products.import_checks import Cause, Issue, Verdict

#: What an import ends with, besides the causes that its listing gives.
LOCATION_GONE, CANCELLED = "location_gone", "cancelled"
CREATED, FOUND, LINKED, NOT_ALL_LINKED = "created", "found", "linked", "not_all_linked"
ALREADY_LINKED = Cause.ALREADY_LINKED.value

_HEADINGS: dict[str, str] = {
    Cause.READY: "New: will be created in Shopify",
    Cause.LINK_SKU: "In Shopify with the same SKUs: will be linked",
    Cause.LINK_BARCODE: "In Shopify with the same barcodes: will be linked",
    Cause.DUPLICATE_SKU: "Left out: Shopify has these SKUs",
    Cause.DUPLICATE_BARCODE: "Left out: Shopify has these barcodes",
    Cause.POSSIBLE_DUPLICATE_TITLE: "Left out: Shopify has a product with the same title",
    Cause.SHARED_SKU: "Left out: another listing has the same SKU",
    Cause.ALREADY_LINKED: "Already linked",
    Cause.PARTLY_LINKED: "Left out: only some of its SKUs are linked",
    Cause.ALREADY_IMPORTED: "Already imported",
    Cause.LISTING_GONE: "No longer on TikTok",
    Cause.LISTING_FROZEN: "Frozen by TikTok",
    Cause.UNREADABLE: "Not readable on TikTok",
    Cause.NO_TITLE: "No title",
    Cause.NO_SKUS: "Nothing to sell in it",
    Cause.NO_PRICE: "No price",
    Cause.CURRENCY_MISMATCH: "Prices in another currency than the store's",
    Cause.TOO_MANY_OPTIONS: "More options than Shopify has",
    Cause.TOO_MANY_VARIANTS: "More variants than Shopify has",
    LOCATION_GONE: "The location for imported stock is not active",
    CREATED: "Created in Shopify",
    FOUND: "Found in Shopify: made there by an earlier import",
    LINKED: "Linked to the product in Shopify",
    NOT_ALL_LINKED: "Not all of its SKUs are linked",
    CANCELLED: "Stopped before it was created",
}
#: What is the matter, with `{names}` for what a person has to look at, and what helps.
ISSUES: dict[str, tuple[str, str]] = {
    Cause.DUPLICATE_SKU: (
        "Shopify already has variants with these SKUs: {names}.",
        "Link the SKUs by hand on the products page. Where several variants share a SKU, give each "
        "its own in Shopify first.",
    ),
    Cause.DUPLICATE_BARCODE: (
        "Shopify already has variants with the barcodes of these SKUs: {names}.",
        "Link the SKUs by hand on the products page, or correct the barcodes on TikTok.",
    ),
    Cause.POSSIBLE_DUPLICATE_TITLE: (
        "Shopify has a product with the same title: {names}.",
        "Is it the same product, link it. Is it another one, import this listing once more and say "
        "that equal titles do not matter.",
    ),
    Cause.SHARED_SKU: (
        "Another listing of this import has the same SKUs: {names}.",
        "Import the other listing first. Then this one is linked to the same product.",
    ),
    Cause.ALREADY_LINKED: ("All its SKUs are linked to Shopify.", "Nothing is to be done."),
    Cause.PARTLY_LINKED: (
        "Some of its SKUs are linked to Shopify, and these are not: {names}.",
        "Link them by hand, or add the missing variants to the product in Shopify.",
    ),
    Cause.ALREADY_IMPORTED: (
        "It was imported before, and the product is in Shopify.",
        "Link its SKUs to that product by hand. What you changed there stays as it is.",
    ),
    Cause.LISTING_GONE: ("The listing is no longer on TikTok.", "Refresh the catalogues."),
    Cause.LISTING_FROZEN: (
        "TikTok has frozen the listing.",
        "See in TikTok's seller centre what is wrong with it, then import it.",
    ),
    Cause.UNREADABLE: (
        "TikTok does not give the details of this listing.",
        "Open it in TikTok's seller centre. If it is there, refresh the catalogues and try again.",
    ),
    Cause.NO_TITLE: ("The listing has no title.", "Give it one on TikTok."),
    Cause.NO_SKUS: ("The listing has no SKU.", "Add one on TikTok, or leave it out."),
    Cause.NO_PRICE: ("These SKUs have no price: {names}.", "Give them a price on TikTok."),
    Cause.CURRENCY_MISMATCH: (
        "The listing's prices and the Shopify store are in different currencies: {names}.",
        "Import it into a store with the listing's currency. Prices are never converted by guess.",
    ),
    Cause.TOO_MANY_OPTIONS: (
        "Shopify takes three options a product, and this one has more: {names}.",
        "Take options off the listing on TikTok.",
    ),
    Cause.TOO_MANY_VARIANTS: (
        "Shopify takes 2,048 variants a product, and this one has {names}.",
        "Split the listing on TikTok.",
    ),
    LOCATION_GONE: (
        "The Shopify location where imported stock is to stand is not active.",
        "Choose another location in the settings of imports, then retry.",
    ),
    CANCELLED: ("The import was cancelled before this listing's turn.", "Import it once more."),
    NOT_ALL_LINKED: (
        "Some of its SKUs could not be matched to a variant for sure.",
        "Link them by hand on the products page.",
    ),
}


def cause_words(cause: str) -> str:
    """A cause as a merchant reads it."""
    return _HEADINGS.get(cause) or cause.replace("_", " ").capitalize() or "Other"


def issue_of(code: str, names: Sequence[str] = ()) -> Issue:
    """A cause with its words and its fix; a code that is not known here has its heading alone."""
    words, fix = ISSUES.get(code, (cause_words(code), ""))
    return {"code": code, "words": words.format(names=", ".join(names)), "fix": fix}


def issues_of(verdict: Verdict) -> list[Issue]:
    """What stands in a listing's way; nothing for what will be done."""
    return [] if verdict.is_to_do else [issue_of(verdict.cause, verdict.names)]
