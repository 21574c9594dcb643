"""The words of uploads: what stands in a product's way and what to do about it, as merchants read.

`issue` makes one line of `RunItem.facts["issues"]`; `cause_words` heads the groups of a run.
"""

from __future__ import annotations

from typing import NamedTuple

from tiktoksync.failures import TIKTOK, find_failure

#: The most names that one sentence lists.
NAMED = 5


class Told(NamedTuple):
    """A heading for many products, the sentence for one, and what to do about it."""

    heading: str
    words: str
    fix: str


IN_SHOPIFY = "in Shopify; it is read again by itself"
ISSUES: dict[str, Told] = {
    "already_listed": Told(
        "Already on TikTok",
        "It is on TikTok already: {what}.",
        "Nothing needs to be done. To list it anew, delete the listing on TikTok first.",
    ),
    "product_not_active": Told(
        "Not active in Shopify",
        "The product is {what} in Shopify.",
        f"Set it to Active {IN_SHOPIFY}.",
    ),
    "no_variants": Told(
        "Variants not read",
        "No variant of the product is known here.",
        "Refresh the catalogue, then preview again.",
    ),
    "no_shipping": Told(
        "Not shipped",
        "TikTok sells goods that are shipped; these need no shipping: {what}.",
        f"Gift cards and services cannot be listed. For goods, switch on shipping {IN_SHOPIFY}.",
    ),
    "currency_mismatch": Told(
        "Other currency",
        "The store's prices are in {what}, the TikTok shop sells in {wanted}.",
        "Connect the TikTok shop to a store with its currency: prices are never converted.",
    ),
    "title_missing": Told(
        "No title",
        "The title has no letters or digits that TikTok takes.",
        f"Give the product a title {IN_SHOPIFY}.",
    ),
    "title_too_short": Told(
        "Title too short",
        "The title has {what} characters; TikTok asks for {wanted} here.",
        f"Say more in the title, for example brand, material, size, {IN_SHOPIFY}.",
    ),
    "title_too_long": Told(
        "Title too long",
        "The title has {what} characters; TikTok takes {wanted} here.",
        f"Shorten the title {IN_SHOPIFY}.",
    ),
    "description_missing": Told(
        "No description",
        "The product has no description in words.",
        f"Describe the product {IN_SHOPIFY}, or set a text below every description in a template.",
    ),
    "description_too_long": Told(
        "Description too long",
        "The description has {what} characters; TikTok takes {wanted}, its markup included.",
        f"Shorten the description {IN_SHOPIFY}.",
    ),
    "language_refused": Told(
        "Language not taken",
        "TikTok takes no Chinese characters in this market: {what}.",
        f"Write it in the market's language {IN_SHOPIFY}.",
    ),
    "no_image": Told(
        "No picture",
        "The product has no picture.",
        f"Add at least one picture {IN_SHOPIFY}.",
    ),
    "image_too_small": Told(
        "Pictures too small",
        "Every picture is smaller than {wanted} pixels on a side; the largest has {what}.",
        f"Add a picture of at least {{wanted}} x {{wanted}} pixels {IN_SHOPIFY}.",
    ),
    "image_unusable": Told(
        "Pictures not usable",
        "No picture of the product can be sent to TikTok: {what}.",
        f"Replace the picture {IN_SHOPIFY}; TikTok takes JPG, PNG, WEBP, HEIC and BMP up to 10 MB.",
    ),
    "category_missing": Told(
        "No category",
        "TikTok recommends no category for it.",
        "Choose a category in an upload template, by product type or for this upload.",
    ),
    "category_unavailable": Told(
        "Category not open to this shop",
        "TikTok does not let this shop list in {what}.",
        "Choose another category in the upload template, or apply for this one in Seller Center.",
    ),
    "attribute_required": Told(
        "Attributes missing",
        "The category {wanted} asks for: {what}.",
        "Fill them in in the upload template.",
    ),
    "certificate_required": Told(
        "Certificate needed",
        "The category {wanted} asks for a certificate: {what}.",
        "List the product in TikTok's Seller Center with the document; it is linked by its SKU.",
    ),
    "size_chart_required": Told(
        "Size chart needed",
        "The category {what} asks for a size chart.",
        "List the product in TikTok's Seller Center with a size chart; it is linked by its SKU.",
    ),
    "responsible_required": Told(
        "Responsible person needed",
        "The category {wanted} asks for {what} in this market.",
        "List the product in TikTok's Seller Center, where they are set; it is linked by its SKU.",
    ),
    "weight_missing": Told(
        "No weight",
        "Neither the product nor the upload template says what the package weighs.",
        f"Set the weight of its variants {IN_SHOPIFY}, or a package weight in the template.",
    ),
    "size_missing": Told(
        "No package size",
        "The category {what} asks for the size of the package.",
        "Set length, width and height in the upload template.",
    ),
    "units_mixed": Told(
        "Units do not fit",
        "TikTok does not take the package's units here: {what}.",
        "Set the size in the template in {wanted}.",
    ),
    "sku_missing": Told(
        "No SKU",
        "The category {wanted} asks for SKUs; these variants have none: {what}.",
        f"Give every variant a SKU {IN_SHOPIFY}.",
    ),
    "sku_too_long": Told(
        "SKU too long",
        "TikTok takes SKUs of up to 50 characters: {what}.",
        f"Shorten the SKU {IN_SHOPIFY}.",
    ),
    "sku_form": Told(
        "SKU in a form TikTok refuses",
        "{what}.",
        f"Change the SKU {IN_SHOPIFY}.",
    ),
    "sku_duplicate": Told(
        "Same SKU twice",
        "Several variants of the product have the SKU {what}.",
        f"Give every variant a SKU of its own {IN_SHOPIFY}.",
    ),
    "sku_taken": Told(
        "SKU sold by another product",
        "Another product is sold on TikTok under this SKU: {what}.",
        f"Give the variant a SKU of its own {IN_SHOPIFY}, or link the listing to this product.",
    ),
    "too_many_variants": Told(
        "Too many variants",
        "The product has {what} variants; TikTok takes {wanted} here.",
        "Split the product in Shopify, or list it by hand with fewer variants.",
    ),
    "too_many_options": Told(
        "Too many options",
        "The product has {what} options; TikTok takes {wanted}.",
        "Join options in Shopify, for example colour and pattern.",
    ),
    "option_too_long": Told(
        "Option name too long",
        "TikTok takes option names of up to {wanted} characters: {what}.",
        f"Shorten the name {IN_SHOPIFY}.",
    ),
    "value_too_long": Told(
        "Option value too long",
        "TikTok takes option values of up to {wanted} characters: {what}.",
        f"Shorten the value {IN_SHOPIFY}.",
    ),
    "options_equal": Told(
        "Variants look the same",
        "Several variants have the same option values: {what}.",
        f"Make the values differ by more than signs TikTok does not take {IN_SHOPIFY}.",
    ),
    "option_missing": Told(
        "Option without a value",
        "These variants lack an option or its value: {what}.",
        f"Give every variant a value of letters or digits for each option {IN_SHOPIFY}.",
    ),
    "price_missing": Told(
        "No price",
        "These variants have no price: {what}.",
        f"Set a price {IN_SHOPIFY}.",
    ),
    "price_zero": Told(
        "Price of zero",
        "TikTok sells nothing for free; these would cost nothing: {what}.",
        f"Set a price {IN_SHOPIFY}, or change the price rule.",
    ),
    "stock_unknown": Told(
        "Stock not known",
        "Shopify's stock of these variants has not been read: {what}.",
        "Wait until the catalogue has been read, or choose other locations in the stock rule.",
    ),
    "stock_missing": Told(
        "Nothing in stock",
        "TikTok takes no new listing with nothing to sell: {what}.",
        "Add stock in Shopify, or switch on the stock push: then TikTok shows none at once.",
    ),
    "warehouse_missing": Told(
        "No warehouse",
        "It is not known which of TikTok's warehouses the stock is in.",
        "Choose the warehouse in the stock rule or in the upload template.",
    ),
    "shop_not_ready": Told(
        "The shop is not ready",
        "TikTok says that the shop cannot list yet: {what}.",
        "Complete it in TikTok's Seller Center, then preview again.",
    ),
}
NOTES: dict[str, str] = {
    "title_cleaned": "The title is sent as “{what}”: TikTok takes no emoji, tags or long rows.",
    "too_many_images": "TikTok takes {wanted} pictures: the first {wanted} of {what} are sent.",
    "images_left_out": "Left out, smaller than {wanted} pixels: {what}.",
    "description_images": "Left out of the description: {what}.",
    "barcode_left_out": "These barcodes are no valid GTIN and are left out: {what}.",
    "no_stock_yet": "Nothing is in stock: it is listed with 1, and set to 0 at once: {what}.",
    "found_by_sku": "A listing carries its SKU: it is linked, no second one is made: {what}.",
}
_HEADINGS: dict[str, str] = {
    "": "Ready",
    "ready": "Ready",
    "uploaded": "Taken by TikTok, under review",
    "adopted": "Was on TikTok already, linked now",
    "gone": "No longer in Shopify",
    "run_cancelled": "Not sent",
    "exhausted": "Tried too often",
    "internal": "Error in TikTokSync",
}


def issue(code: str, **names: object) -> dict[str, str]:
    """One thing that stands in the way, with its code, its words and the fix."""
    told = ISSUES[code]
    return {"code": code, "words": told.words.format(**names), "fix": told.fix.format(**names)}


def note(code: str, **names: object) -> dict[str, str]:
    """One thing that is done otherwise than Shopify has it, and stands in no way."""
    return {"code": code, "words": NOTES[code].format(**names), "fix": ""}


def named(names: list[str]) -> str:
    """The first few of several names, and how many more there are."""
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED} more" if len(names) > NAMED else shown


def cause_words(cause: str) -> str:
    """A cause as a merchant reads it: one of ours, or a code of TikTok's."""
    if cause in ISSUES:
        return ISSUES[cause].heading
    if cause in _HEADINGS:
        return _HEADINGS[cause]
    if failure := find_failure(TIKTOK, cause):
        return failure.sentence.rstrip(".")
    return cause.replace("_", " ").capitalize() or "Other"
