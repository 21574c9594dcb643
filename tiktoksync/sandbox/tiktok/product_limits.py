"""What differs from region to region when a product is written."""

from __future__ import annotations

from tiktoksync.sandbox.tiktok import money

EU = ("DE", "ES", "FR", "IT", "PL", "NL", "BE", "CZ", "AT", "GR", "PT", "HU", "IE")
UK = ("GB", "UK")
# Where a seller SKU needs at least six characters of a short alphabet.
STRICT_SKU = tuple(one for one in EU if one != "IE")
_SHORT_TITLES = ("DE", "ES", "FR", "IE", "IT", "JP", "US", *UK)
_MANY_SKUS = ("BR", "JP", "MX", "US", *UK, *EU)
_GRAMS = ("BR", "JP", "MX", "VN")

MOST_IMAGES = 9
SMALLEST_IMAGE, LARGEST_IMAGE = 300, 4000
MOST_DESCRIPTION = 10_000
MOST_DESCRIPTION_IMAGES = 30
MOST_KINDS = 3
LONGEST_OPTION_NAME, LONGEST_OPTION_VALUE = 20, 50
LONGEST_SELLER_SKU = 50
LONGEST_EXTERNAL_ID = 999
LONGEST_KEY = 128
MOST_STOCK = 99_999
MOST_SUPPLEMENTARY = 8


def title_lengths(region: str) -> tuple[int, int]:
    """Fewest and most characters of a title."""
    if region in _SHORT_TITLES:
        return 1, 255
    return (1, 300) if region in ("BR", "MX") else (25, 255)


def most_skus(region: str) -> int:
    return 300 if region in _MANY_SKUS else 100


def weight_units(region: str) -> tuple[str, ...]:
    """The units a package may be weighed in."""
    if region == "US":
        return ("KILOGRAM", "POUND")
    return ("KILOGRAM", "GRAM") if region in _GRAMS else ("KILOGRAM",)


def length_units(region: str) -> tuple[str, ...]:
    return ("CENTIMETER", "INCH") if region == "US" else ("CENTIMETER",)


def price_decimals(currency: str) -> int:
    return 0 if currency in money.NO_DECIMALS else 2


def highest_price(currency: str) -> int:
    """Made up; the documentation names a bound for US list prices alone."""
    return 999_999_999 if currency in money.NO_DECIMALS else 1_000_000
