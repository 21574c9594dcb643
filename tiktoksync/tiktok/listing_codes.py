"""TikTok Shop's error codes about what a listing holds: texts, pictures, parcel, variants.

TikTok Shop documentation: error tables of the product endpoints.
"""

from typing import NamedTuple


class Group(NamedTuple):
    """Codes that say the same. ``advice`` is one sentence."""

    codes: tuple[int, ...]
    sentence: str
    field: str
    advice: str = ""


def span(first: int, last: int) -> tuple[int, ...]:
    """All codes from the first to the last."""
    return tuple(range(first, last + 1))


TEXTS: tuple[Group, ...] = (
    Group(
        (12052051,),
        "The title is too short or too long for TikTok Shop.",
        "title",
        "Give the product a title of 25 to 255 characters, then retry.",
    ),
    Group((12052261,), "The product has no title.", "title", "Give it a title, then retry."),
    Group(
        (12052262, 12052243, 12052250),
        "A text holds characters that TikTok Shop does not take in this market.",
        "title",
        "Write title, options and SKUs in the market's language, then retry.",
    ),
    Group(
        span(12052931, 12052935),
        "A text holds emoji, HTML signs, only symbols or one character many times in a row.",
        "title",
        "Take them out of title, description and options, then retry.",
    ),
    Group(
        (12052015,),
        "The product has no description.",
        "description",
        "Write a description in Shopify, then retry.",
    ),
    Group(
        (12052013,),
        "The description is longer than TikTok Shop takes.",
        "description",
        "Shorten it below 10,000 characters, then retry.",
    ),
    Group(
        (12019006, *span(12052340, 12052350), 12052056),
        "TikTok Shop does not take the description's layout or pictures.",
        "description",
        "Simplify the description: plain text, lists and at most 30 pictures; then retry.",
    ),
)

PICTURES: tuple[Group, ...] = (
    Group(
        (12052028,),
        "The product has no picture.",
        "main_images",
        "Add a picture of at least 300 by 300 pixels in Shopify, then retry.",
    ),
    Group(
        (12019009, *span(12052300, 12052306)),
        "TikTok Shop does not take one of the product's pictures.",
        "main_images",
        "Use pictures from 300 to 4,000 pixels a side, nine at most; then retry.",
    ),
    Group(
        (12052722,),
        "TikTok Shop no longer has one of the product's pictures.",
        "main_images",
        "Retry: the pictures are uploaded again.",
    ),
    Group(
        (12038002, 12038004, 12038005, 12038014, 12038015, 12019116),
        "TikTok Shop does not take the file of a picture.",
        "main_images",
        "Use a JPG, PNG or WEBP file below 10 MB and of at least 300 pixels a side; then retry.",
    ),
    Group(
        (12052673,),
        "The category requires a size chart.",
        "size_chart",
        "Add a size chart to the category's template, then retry.",
    ),
)

PARCEL: tuple[Group, ...] = (
    Group(
        (12019011, 12052006, 12052181),
        "The package weight is missing or not one that TikTok Shop takes.",
        "package_weight",
        "Enter the weight of the variants in Shopify, or a weight in the template; then retry.",
    ),
    Group(
        (12019012, *span(12052003, 12052005), 12052116),
        "The size of the package is missing or not one that TikTok Shop takes.",
        "package_dimensions",
        "Enter length, width and height in the template as whole numbers, then retry.",
    ),
    Group(
        (12019061, 12052915, 12052916),
        "The units of weight and size do not fit together or not in this market.",
        "package_weight",
        "Use kilograms with centimetres, or in the US pounds with inches; then retry.",
    ),
    Group(
        (12052402, 12052420),
        "Shipping is not set up at TikTok Shop.",
        "delivery",
        "Set up a shipping template in TikTok's Seller Center, then retry.",
    ),
)

VARIANTS: tuple[Group, ...] = (
    Group(
        (12019015, 12052050),
        "The product has more variants than TikTok Shop takes.",
        "skus",
        "Split it into several products, then retry.",
    ),
    Group(
        (12052525,),
        "The product has more than three kinds of options.",
        "sales_attributes",
        "Reduce its options to three in Shopify, then retry.",
    ),
    Group(
        (12019019, 12052251, *span(12052520, 12052524), *span(12052526, 12052529), 12052560),
        "TikTok Shop does not take the variants' options.",
        "sales_attributes",
        "Give every variant different, short option values and the same options; then retry.",
    ),
    Group(
        (12019056, 12019057),
        "A variant may not be added or deleted now.",
        "skus",
        "Wait until a review or promotion of the listing has ended, then retry.",
    ),
    Group(
        (12019059, 12052054),
        "TikTok Shop does not take a variant's SKU.",
        "seller_sku",
        "Use at most 50 characters without spaces, in the EU 6 or more letters or digits; retry.",
    ),
    Group(
        (*span(12052591, 12052593), 12052600),
        "TikTok Shop does not take a variant's barcode.",
        "identifier_code",
        "Correct the barcode in Shopify, or leave it out; no two variants may share one. Retry.",
    ),
    Group(
        (12052036, 12052902),
        "The product's variants are missing from the request.",
        "skus",
        "Refresh the product from both sides, then retry.",
    ),
)
