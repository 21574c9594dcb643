"""What is said of listings that are told their stock, prices or state: causes, and what to do."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause to group by: `heading` for a list, `words` for one thing, `fix` what a person does.

    `fix` is empty where there is nothing to do.
    """

    heading: str
    words: str
    fix: str = ""


CAUSES: dict[str, Cause] = {
    "changes": Cause("To be told", "TikTok shows it otherwise."),
    "told": Cause("Told", "TikTok has it."),
    "already_right": Cause("Already right on TikTok", "TikTok shows it as it should."),
    "not_linked": Cause(
        "Not linked",
        "None of its SKUs is linked to a Shopify variant.",
        "Link its SKUs to Shopify variants.",
    ),
    "locked": Cause(
        "Locked",
        "Its linked SKUs are locked: they are left as they are on TikTok.",
        "Take the lock off the SKU to have it kept in step again.",
    ),
    "unknown_stock": Cause(
        "Stock not known",
        "Nothing is known of the stock of its variants in Shopify yet.",
        "Refresh the catalogues. If it stays unknown, give the variants stock at a location.",
    ),
    "draft": Cause(
        "Still a draft in Shopify",
        "It was imported, and its product is not on sale in Shopify yet: TikTok's stock stays.",
        "Make the product active in Shopify once you have looked it over.",
    ),
    "warehouse_not_chosen": Cause(
        "Warehouse not chosen",
        "TikTok keeps it in several warehouses, and none is chosen for Shopify's stock.",
        "Choose the warehouse in the shop's product settings; then push the stock again.",
    ),
    "no_price": Cause(
        "No price in Shopify",
        "Its variants have no price in Shopify, or are not sold there.",
        "Give the variants a price, and their product the status active.",
    ),
    "currency": Cause(
        "Other currency",
        "The Shopify store's currency is not the one TikTok sells it in: prices are not converted.",
        "Set the prices in TikTok's Seller Center, or connect a store with the same currency.",
    ),
    "not_on_sale": Cause(
        "Not on sale",
        "TikTok takes prices only while a product is on sale.",
        "Nothing to do: they are told when it is on sale.",
    ),
    "promotion": Cause(
        "In a promotion",
        "TikTok keeps the price while a promotion runs.",
        "Nothing to do: it is tried again by itself. Or take the product out of the promotion.",
    ),
    "state": Cause(
        "Its state does not allow it",
        "The product's state on TikTok does not allow this.",
        "Look at the product in TikTok's Seller Center.",
    ),
    "listing_gone": Cause("No longer on TikTok", "TikTok no longer has this product."),
    "rule_off": Cause(
        "Switched off",
        "The shop's settings leave this alone.",
        "Switch it on in the shop's product settings, or push it by hand.",
    ),
    "cancelled": Cause("Cancelled", "The run that asked for it was cancelled."),
}

#: Why something was asked for, as ListingTask.reason keeps it.
REASONS: dict[str, str] = {
    "stock_changed": "The stock in Shopify changed.",
    "product_changed": "The product changed in Shopify.",
    "listing_changed": "TikTok showed it otherwise.",
    "linked": "A SKU of it was linked.",
    "order": "An order took units of it, or gave them back.",
    "unlocked": "A SKU of it was unlocked.",
    "rechecked": "It was found to differ when everything was compared.",
    "run": "Somebody asked for it.",
    "product_inactive": "The product is archived, a draft or deleted in Shopify.",
    "product_active": "The product is active in Shopify again.",
    "put_back": "Somebody put it on sale again on TikTok; it is left like that.",
}
NO_ZERO = (
    "TikTok does not take a stock of 0 for {sku}. It goes on selling what it shows: take the "
    "product off sale, or set the stock in TikTok's Seller Center."
)


def cause_words(cause: str) -> str:
    """A cause as a merchant reads it in a list."""
    if cause in CAUSES:
        return CAUSES[cause].heading
    return cause.replace("_", " ").capitalize() or "Other"


def cause_of(cause: str) -> Cause:
    """A cause with its sentence and what to do; of an unknown one the word itself."""
    return CAUSES.get(cause) or Cause(cause_words(cause), "")


def reason_words(reason: str) -> str:
    """Why something was asked for, in a sentence."""
    return REASONS.get(reason, reason)


def issue(cause: str) -> dict[str, str]:
    """A cause in the form that items of runs keep it."""
    found = cause_of(cause)
    return {"code": cause, "words": found.words, "fix": found.fix}
