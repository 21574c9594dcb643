"""What differs from one TikTok Shop market to another when a product is listed: tables. Pure.

Regions are the two letters TikTok gives a shop (``GB`` and ``UK`` are the same one). TikTok Shop
documentation: Create Product.
"""

import re
from typing import NamedTuple


class Limits(NamedTuple):
    """The fewest and the most characters."""

    least: int
    most: int


EU = frozenset({"DE", "ES", "FR", "IE", "IT", "PL", "NL", "BE", "CZ", "AT", "GR", "PT", "HU"})
SOUTH_EAST_ASIA = frozenset({"ID", "MY", "PH", "SG", "TH", "VN"})

#: Titles: the named markets take short ones, two a little longer ones, the others none under 25.
SHORT_TITLES = frozenset({"DE", "ES", "FR", "GB", "IE", "IT", "JP", "US"})
LONGER_TITLES = frozenset({"BR", "MX"})
#: Where a seller SKU is of few characters only, and not short.
STRICT_SKUS = EU - {"IE"}
SKU_CHARS = 50
STRICT_SKU_CHARS = 6
MANY_SKUS = frozenset({"BR", "GB", "JP", "MX", "US"}) | EU
#: Markets whose categories are the tree of seven levels.
DEEP_TREE = frozenset({"US"}) | SOUTH_EAST_ASIA
KILOGRAMS, GRAMS, POUNDS = "KILOGRAM", "GRAM", "POUND"
CURRENCIES = {
    "US": "USD",
    "GB": "GBP",
    "BR": "BRL",
    "MX": "MXN",
    "JP": "JPY",
    "ID": "IDR",
    "MY": "MYR",
    "PH": "PHP",
    "SG": "SGD",
    "TH": "THB",
    "VN": "VND",
    "CZ": "CZK",
    "HU": "HUF",
    "PL": "PLN",
    **dict.fromkeys(EU - {"CZ", "HU", "PL"}, "EUR"),
}

_STRICT_SKU = re.compile(r"[A-Za-z0-9_-]*")
_SPACE = re.compile(r"\s")


def category_version(region: str, *, recommending: bool = False) -> str:
    """The category tree of a region: ``v2`` has seven levels, ``v1`` three.

    In the EU categories are recommended from the deep tree too (``recommending``).
    """
    code = _code(region)
    return "v2" if code in DEEP_TREE or (recommending and code in EU) else "v1"


def title_limits(region: str) -> Limits:
    """How many characters a title has."""
    code = _code(region)
    if code in SHORT_TITLES:
        return Limits(1, 255)
    return Limits(1, 300) if code in LONGER_TITLES else Limits(25, 255)


def seller_sku_problem(region: str, sku: str) -> str:
    """Why TikTok would refuse a seller SKU, in words for the merchant; "" if it would not."""
    strict = _code(region) in STRICT_SKUS
    if not sku.strip():
        return "The variant has no SKU."
    if len(sku) > SKU_CHARS:
        return f"The SKU is longer than {SKU_CHARS} characters."
    if strict and not _STRICT_SKU.fullmatch(sku):
        return "In this market a SKU holds letters, digits, - and _ only."
    if strict and len(sku) < STRICT_SKU_CHARS:
        return f"In this market a SKU has at least {STRICT_SKU_CHARS} characters."
    return "The SKU holds a space." if _SPACE.search(sku) else ""


def max_skus(region: str) -> int:
    """How many variants a product has at most."""
    return 300 if _code(region) in MANY_SKUS else 100


def weight_units(region: str) -> tuple[str, ...]:
    """The units of weight TikTok takes, the first one preferred."""
    code = _code(region)
    if code == "US":
        return (KILOGRAMS, POUNDS)
    return (KILOGRAMS, GRAMS) if code in {"BR", "JP", "MX"} else (KILOGRAMS,)


def size_units(region: str) -> tuple[str, ...]:
    """The units of length TikTok takes; pounds go with inches, the others with centimetres."""
    return ("CENTIMETER", "INCH") if _code(region) == "US" else ("CENTIMETER",)


def currency_of(region: str) -> str:
    """The one currency of a market's prices; "" if the market is not known."""
    return CURRENCIES.get(_code(region), "")


def _code(region: str) -> str:
    code = region.strip().upper()
    return "GB" if code == "UK" else code
