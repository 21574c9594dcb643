"""What the pages of a product and of a listing show: both sides, their SKUs, work and history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, Q, prefetch_related_objects
from django.utils.html import strip_tags

from products.catalogue_rows import Issue, Row, listing_rows, upload_issues
from products.models import (
    Link,
    Listing,
    Product,
    ProductUpload,
    RemovedLink,
    Variant,
)
from products.shown_lines import Entry, Line, make_lines
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import Attempt, SyncRow

HISTORY = 30
SHORT = 160


@dataclass(frozen=True, slots=True)
class Field:
    """One field of both sides; `same` is None where they are not to be compared."""

    name: str
    shopify: str
    tiktok: str
    same: bool | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A listing beside the product that its SKUs are linked to, if there is one."""

    row: Row
    product: Product | None
    fields: Sequence[Field]
    work: Sequence[SyncRow]

    @property
    def listing(self) -> Listing:
        """The listing itself."""
        found: Listing = self.row.thing
        return found


@dataclass(frozen=True, slots=True)
class Told:
    """One try at the other side and what it was about."""

    attempt: Attempt
    row: SyncRow


def listing_side(listing: Listing, shop: TikTokShop) -> Side:
    """A listing with its other side."""
    (row,) = listing_rows([listing], {shop.pk: shop})
    products = {line.variant.product for line in row.lines if line.variant and line.link}
    product = min(products, key=lambda one: one.pk) if products else None
    if product is not None:
        prefetch_related_objects([product], living_variants())
    return Side(row, product, compare(product, listing, row.lines), work_of(listing))


def living_variants() -> Prefetch[Any]:
    """A product's variants that are there."""
    return Prefetch("variants", Variant.objects.filter(gone_at=None).order_by("position", "pk"))


def listings_of(product: Product, shop: TikTokShop) -> list[Listing]:
    """The listings of a shop that variants of the product are linked to."""
    linked = Link.objects.filter(shop=shop, variant__product=product).values("tiktok_sku_id")
    own = Listing.objects.filter(shop=shop, skus__tiktok_sku_id__in=linked)
    return list(own.distinct().order_by("pk"))


def unlisted_lines(product: Product, shop: TikTokShop, sides: Sequence[Side]) -> list[Line]:
    """Variants of the product that no listing of the shop shows."""
    shown = {line.variant.pk for side in sides for line in side.row.lines if line.variant}
    rest = [one for one in product.variants.all() if one.pk not in shown]
    links = Link.objects.filter(shop=shop, variant__in=rest).select_related(
        "variant__product", "created_by"
    )
    made = {link.variant_id: link for link in links}
    entries = []
    for variant in rest:
        variant.product = product
        entries.append(Entry(shop, link=made.get(variant.pk), variant=variant))
    return make_lines(entries)


def upload_of(product: Product, shop: TikTokShop) -> tuple[ProductUpload | None, list[Issue]]:
    """The upload of a product to a shop, and what stands in its way."""
    uploads = ProductUpload.objects.filter(product=product, shop=shop).select_related("template")
    upload = uploads.first()
    return upload, upload_issues(upload) if upload else []


def compare(product: Product | None, listing: Listing, lines: Sequence[Line]) -> list[Field]:
    """The fields of both sides beside each other."""
    if product is None:
        return []
    skus = (len(product.variants.all()), sum(1 for line in lines if line.sku))
    said, shown = plain(product.description_html), plain(listing.description_html)
    return [
        Field("Title", product.title, listing.title, _alike(product.title, listing.title)),
        Field("Description", _short(said), _short(shown), _alike(said, shown)),
        Field("Pictures", str(len(product.images)), str(len(listing.images))),
        Field("Variants", str(skus[0]), str(skus[1]), skus[0] == skus[1]),
        Field("Vendor, brand", product.vendor, listing.brand_name or "No brand"),
        Field("Category", product.category or product.product_type, listing.category_name),
    ]


def _alike(one: str, other: str) -> bool:
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def plain(html: str) -> str:
    """A description's words."""
    return " ".join(strip_tags(html.replace("<", " <")).split())


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT].rstrip()}…"


def work_of(listing: Listing) -> list[SyncRow]:
    """What was and is done with a listing."""
    rows: list[SyncRow] = [*listing.tasks.all()]
    if hasattr(listing, "product_import"):
        rows.append(listing.product_import)
    return rows


def history_of(rows: Iterable[SyncRow]) -> list[Told]:
    """The tries at the other side for these rows, the newest first."""
    by_subject: dict[tuple[str, int], SyncRow] = {}
    wanted = Q(pk__in=())
    for row in rows:
        by_subject[row._meta.label_lower, row.pk] = row
        wanted |= Q(subject=row._meta.label_lower, subject_id=row.pk)
    found = Attempt.objects.filter(wanted).order_by("-pk")[:HISTORY]
    return [Told(one, by_subject[one.subject, one.subject_id]) for one in found]


def parted_of(shop: TikTokShop, lines: Iterable[Line]) -> list[RemovedLink]:
    """Pairs of these SKUs that somebody took apart."""
    ids = [line.sku.tiktok_sku_id for line in lines if line.sku]
    rows = RemovedLink.objects.filter(shop=shop, tiktok_sku_id__in=ids)
    return list(rows.select_related("variant__product", "removed_by").order_by("-pk")[:HISTORY])
