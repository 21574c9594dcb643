"""Links as a table for a spreadsheet, out and in. Reading one is pure: nothing is linked here."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from products.models import Link, ListingSku
from tiktoksync.shops.models import TikTokShop

COLUMNS = (
    *("tiktok_shop_id", "tiktok_sku_id", "seller_sku", "tiktok_title"),
    *("shopify_variant_id", "shopify_sku", "shopify_title", "origin", "linked_at"),
)
#: What a file has to name; the SKUs stand in where an id is not known.
NEEDED = (("tiktok_sku_id", "seller_sku"), ("shopify_variant_id", "shopify_sku"))
MOST_LINES = 5000
MOST_BYTES = 2 * 2**20
CHUNK = 500
# A spreadsheet takes a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Unreadable(Exception):
    """The file is no such table; the message says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """One line of a file: which TikTok SKU is sold as which Shopify variant."""

    line: int
    tiktok_shop_id: str
    tiktok_sku_id: str
    seller_sku: str
    shopify_variant_id: str
    shopify_sku: str


class _Line:
    """What the writer of the csv module writes to: hands each line on."""

    def write(self, line: str) -> str:
        return line


def write_links(shops: Sequence[TikTokShop]) -> Iterator[str]:
    """All links of these shops, line by line."""
    writer: Any = csv.writer(_Line())
    # A byte-order mark: without it a spreadsheet guesses the letters.
    yield "\ufeff" + writer.writerow(COLUMNS)
    for shop in shops:
        rows = Link.objects.filter(shop=shop).select_related("variant__product").order_by("pk")
        batch: list[Link] = []
        for link in rows.iterator(chunk_size=CHUNK):
            batch.append(link)
            if len(batch) == CHUNK:
                yield from _lines(writer, shop, batch)
                batch = []
        yield from _lines(writer, shop, batch)


def _lines(writer: Any, shop: TikTokShop, links: Sequence[Link]) -> Iterator[str]:
    skus = ListingSku.objects.filter(shop=shop, tiktok_sku_id__in=[x.tiktok_sku_id for x in links])
    known = {one.tiktok_sku_id: one for one in skus.select_related("listing")}
    for link in links:
        sku, variant = known.get(link.tiktok_sku_id), link.variant
        row = (
            *(shop.shop_id, link.tiktok_sku_id, sku.seller_sku if sku else ""),
            *(sku.listing.title if sku else "", variant.shopify_variant_id, variant.sku),
            *(variant.product.title, link.origin, link.created_at.isoformat()),
        )
        yield writer.writerow([_cell(value) for value in row])


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(FORMULA) else value


def read_links(text: str) -> list[Wish]:
    """The lines of a file that was exported here, or has the same columns in any order.

    Raises Unreadable if a needed column is missing or there are too many lines.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), dialect=_dialect(text))
    try:
        columns = {str(name).strip().lower() for name in reader.fieldnames or ()}
        rows = list(reader)
    except csv.Error as error:
        raise Unreadable("This is not a table of comma-separated values.") from error
    for names in NEEDED:
        if not columns & set(names):
            raise Unreadable(f"A column is missing: {' or '.join(names)}.")
    if len(rows) > MOST_LINES:
        raise Unreadable(f"A file may have {MOST_LINES:,} lines; this one has {len(rows):,}.")
    return [wish for line, row in enumerate(rows, start=2) if (wish := _wish(line, row))]


def _dialect(text: str) -> type[csv.Dialect]:
    """Spreadsheets of many countries write semicolons."""
    head = text.split("\n", 1)[0]
    return _Semicolons if head.count(";") > head.count(",") else csv.excel


class _Semicolons(csv.excel):
    delimiter = ";"


def _wish(line: int, row: Mapping[Any, Any]) -> Wish | None:
    """One line; None for an empty one."""
    cells = {str(name).strip().lower(): _bare(value) for name, value in row.items()}
    names = ("tiktok_shop_id", "tiktok_sku_id", "seller_sku", "shopify_variant_id", "shopify_sku")
    found = {name: cells.get(name, "") for name in names}
    return Wish(line, **found) if any(found.values()) else None


def _bare(value: Any) -> str:
    """A cell without the sign that keeps a spreadsheet from reading it as a formula."""
    text = str(value or "").replace("\x00", "").strip()
    return text[1:] if text[:1] == "'" else text
