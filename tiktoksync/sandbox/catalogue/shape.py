"""How the rows of the catalogue are written down."""

from __future__ import annotations

from decimal import Decimal
from html import escape
from itertools import product as combine
from typing import Any

Product = dict[str, Any]
Variant = dict[str, Any]

DONG_FOR_A_DOLLAR = 14_000


def describe(title: str) -> str:
    """A description in HTML, as a merchant would paste it."""
    name = escape(title, quote=False)
    return (
        f"<h3>{name}</h3><p>Made in small batches and checked by hand before it leaves us.</p>"
        "<ul><li>Ships within two working days</li><li>30 days to change your mind</li></ul>"
    )


def pictures(key: str, count: int, width: int = 1200, height: int = 1200) -> list[Product]:
    """So many pictures of one size, by keys of their own."""
    return [
        {"key": f"{key}-{number}", "width": width, "height": height}
        for number in range(1, count + 1)
    ]


def one(
    sku: str, price: str, stock: int = 40, grams: int | None = 250, *values: str, **more: Any
) -> Variant:
    """One variant; prices are in dollars."""
    row = {"sku": sku, "values": list(values), "price": price, "inventory": stock, **more}
    return row if grams is None else {**row, "grams": grams}


def grid(
    stem: str, price: str, *columns: list[str], stock: int = 25, grams: int = 250
) -> list[Variant]:
    """A variant for every combination of the columns' values."""
    rows = []
    for place, values in enumerate(combine(*columns), start=1):
        rows.append(one(f"{stem}-{place:02d}", price, stock + place, grams, *values))
    return rows


def item(
    title: str, kind: str, variants: list[Variant], *options: str, images: Any = 2, **more: Any
) -> Product:
    """One product; ``images`` is a number of usual pictures or a list of them."""
    key = (variants[0]["sku"] or title).replace(" ", "-")
    return {
        "title": title,
        "vendor": more.pop("vendor", "Harbor & Pine"),
        "type": kind,
        "description": more.pop("description", describe(title)),
        "images": pictures(key, images) if isinstance(images, int) else images,
        "tags": more.pop("tags", [kind.lower()] if kind else []),
        "options": list(options),
        "variants": variants,
        **more,
    }


def priced(products: list[Product], currency: str) -> list[Product]:
    """Fresh copies with prices in the currency; dong come in whole thousands."""
    return [
        {**row, "variants": [_priced(variant, currency) for variant in row["variants"]]}
        for row in products
    ]


def _priced(variant: Variant, currency: str) -> Variant:
    fresh = dict(variant)
    if currency == "VND":
        for name in {"price", "compare_at"} & set(variant):
            thousands = Decimal(variant[name]) * DONG_FOR_A_DOLLAR // 1000
            fresh[name] = str(int(thousands) * 1000)
    return fresh
