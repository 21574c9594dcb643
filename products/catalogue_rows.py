"""What a page of the catalogue shows beside its rows, read for all of them at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from orders.presentation import Badge
from products.listing_words import cause_of
from products.models import (
    Link,
    Listing,
    ListingSku,
    ListingTask,
    Product,
    ProductUpload,
    Variant,
)
from products.review_words import review_words
from products.shown_badges import listing_badge, product_badge, work_name
from products.shown_lines import Entry, Line, links_of, make_lines
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncRow, SyncStatus

Issue = dict[str, str]
BLANK: Issue = {
    "words": "A SKU of it has no seller SKU.",
    "fix": "Give it one in TikTok's Seller Center, or link it by hand.",
}
TWICE: Issue = {
    "words": "Several of its SKUs have the same seller SKU.",
    "fix": "Give each a seller SKU of its own, or link them by hand.",
}
BROKEN: Issue = {
    "words": "It is linked to a variant that was deleted in Shopify.",
    "fix": "Link it to another variant.",
}
TAKEN_DOWN: Issue = {
    "words": "TikTok has taken it off sale.",
    "fix": "Open it in TikTok's Seller Center to see why.",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A product or a listing of a list, with its SKUs."""

    thing: Any
    shop: TikTokShop | None
    badge: Badge
    lines: Sequence[Line]
    issues: Sequence[Issue] = ()
    work: SyncRow | None = None
    is_listing: bool = True

    @property
    def linked(self) -> int:
        """How many of its SKUs are linked."""
        return sum(1 for line in self.lines if line.link)

    @property
    def skus(self) -> list[str]:
        """The SKUs, once each; of the other side where this one has none."""
        found = (line.sku.seller_sku if line.sku else line.variant.sku for line in _sided(self))
        return list(dict.fromkeys(sku for sku in found if sku))

    @property
    def in_shopify(self) -> str:
        """The stock of its variants together."""
        figures = [line.in_shopify for line in self.lines if line.stock]
        if "∞" in figures:
            return "∞"
        counted = [line.stock.available for line in self.lines if line.stock and _is_known(line)]
        return f"{sum(counted):,}" if counted else "–"

    @property
    def shown(self) -> int | None:
        """What TikTok shows of its SKUs together."""
        known = [line.sku.quantity for line in self.lines if line.sku]
        counted = [quantity for quantity in known if quantity is not None]
        return sum(counted) if counted else None

    @property
    def price_range(self) -> tuple[Decimal, Decimal] | None:
        """The lowest and the highest price: TikTok's of a listing, Shopify's of a product."""
        prices = [
            price
            for line in self.lines
            if (price := line.shown_price if self.is_listing else _shopify_price(line)) is not None
        ]
        return (min(prices), max(prices)) if prices else None

    @property
    def currency(self) -> str:
        """Of its prices."""
        if not self.is_listing and self.shop:
            return self.shop.store.currency
        return self.lines[0].currency if self.lines else ""


def _sided(row: Row) -> list[Any]:
    return [line for line in row.lines if line.sku or line.variant]


def _is_known(line: Line) -> bool:
    return line.in_shopify != "–"


def _shopify_price(line: Line) -> Decimal | None:
    return line.variant.price if line.variant else None


def listing_rows(listings: Sequence[Listing], shops: Mapping[int, TikTokShop]) -> list[Row]:
    """Listings with their SKUs, links, figures and what stands in their way."""
    living = ListingSku.objects.filter(gone_at=None).order_by("pk")
    work = ListingTask.objects.order_by("kind")
    prefetch_related_objects(
        listings, Prefetch("skus", living), Prefetch("tasks", work), "product_import"
    )
    skus = [sku for listing in listings for sku in listing.skus.all()]
    links = links_of(shops.values(), {sku.tiktok_sku_id for sku in skus})
    entries = [
        Entry(shops[sku.shop_id], sku, links.get((sku.shop_id, sku.tiktok_sku_id))) for sku in skus
    ]
    lines: dict[int, list[Line]] = defaultdict(list)
    for sku, line in zip(skus, make_lines(entries), strict=True):
        lines[sku.listing_id].append(line)
    return [_listing_row(listing, shops, lines[listing.pk]) for listing in listings]


def _listing_row(listing: Listing, shops: Mapping[int, TikTokShop], lines: list[Line]) -> Row:
    row = listing_work(listing)
    issues = listing_issues(listing, lines)
    return Row(listing, shops[listing.shop_id], listing_badge(listing), lines, issues, row)


def listing_work(listing: Listing) -> SyncRow | None:
    """What is being done with a listing: what failed first, then what is under way."""
    rows: list[SyncRow] = [*listing.tasks.all()]
    if hasattr(listing, "product_import"):
        rows.append(listing.product_import)
    for status in (SyncStatus.FAILED, SyncStatus.SENDING, SyncStatus.PENDING):
        for row in rows:
            if row.sync_status == status.value:
                return row
    return None


def listing_issues(listing: Listing, lines: Sequence[Line]) -> list[Issue]:
    """What somebody has to see to, each with its fix."""
    issues: list[Issue] = list(review_words(listing.review_reasons))
    if listing.status in ("PLATFORM_DEACTIVATED", "FREEZE"):
        issues.append(TAKEN_DOWN)
    open_ = [line.sku.sku_key for line in lines if line.sku and not line.link]
    every = [line.sku.sku_key for line in lines if line.sku]
    if "" in open_:
        issues.append(BLANK)
    if any(key and every.count(key) > 1 for key in open_):
        issues.append(TWICE)
    if any(line.link and line.link.is_broken for line in lines):
        issues.append(BROKEN)
    row = listing_work(listing)
    if row is not None and row.sync_status == SyncStatus.FAILED.value:
        issues.append(failure_issue(row))
    return issues


def failure_issue(row: SyncRow) -> Issue:
    """Why work on a product stopped."""
    known = cause_of(row.failure_code) if isinstance(row, ListingTask) else None
    words = row.failure_reason or (known.words if known else "") or "It could not be done."
    return {"words": f"{work_name(row)}: {words}", "fix": known.fix if known else ""}


def product_rows(products: Sequence[Product], shops: Sequence[TikTokShop]) -> list[Row]:
    """Shopify products with their variants and their uploads, as one shop would offer them."""
    living = Variant.objects.filter(gone_at=None).order_by("position", "pk")
    uploads = ProductUpload.objects.filter(shop__in=[shop.pk for shop in shops])
    prefetch_related_objects(
        products, Prefetch("variants", living), Prefetch("uploads", uploads.order_by("-pk"))
    )
    by_store = {shop.store_id: shop for shop in reversed(shops)}
    entries, owners = [], []
    for product in products:
        for variant in product.variants.all():
            variant.product = product  # whose status the figures read
            entries.append(Entry(by_store[product.store_id], variant=variant))
            owners.append(product.pk)
    lines: dict[int, list[Line]] = defaultdict(list)
    for owner, line in zip(owners, make_lines(entries), strict=True):
        lines[owner].append(line)
    return [_product_row(one, by_store[one.store_id], lines[one.pk]) for one in products]


def _product_row(product: Product, shop: TikTokShop, lines: list[Line]) -> Row:
    upload = next(iter(product.uploads.all()), None)
    issues = upload_issues(upload) if upload else []
    return Row(product, shop, product_badge(product), lines, issues, upload, is_listing=False)


def upload_issues(upload: ProductUpload) -> list[Issue]:
    """What stands in an upload's way."""
    if upload.sync_status != SyncStatus.FAILED.value:
        return []
    return list(upload.issues) or [failure_issue(upload)]


def mixed_rows(found: Sequence[Any], shops: Sequence[TikTokShop]) -> list[Row]:
    """Rows of what needs fixing: uploads as their products, and listings."""
    by_key = {shop.pk: shop for shop in shops}
    uploads = [one for one in found if isinstance(one, ProductUpload)]
    listings = [one for one in found if isinstance(one, Listing)]
    products = product_rows([one.product for one in uploads], shops) if uploads else []
    return products + (listing_rows(listings, by_key) if listings else [])


@dataclass(slots=True)
class SkuRow:
    """A row of the tabs of SKUs: what the list knows of it, its line, its listing."""

    what: Any
    line: Line | None = None
    listing: Listing | None = None
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def badge(self) -> Badge | None:
        """How its listing stands."""
        return listing_badge(self.listing) if self.listing else None


def link_rows(found: Sequence[tuple[Link, Any]]) -> list[SkuRow]:
    """Links with both sides' stock and prices."""
    shops = {link.shop_id: link.shop for link, _ in found}
    skus = _skus_of(shops, [link.tiktok_sku_id for link, _ in found])
    entries = [
        Entry(shops[link.shop_id], skus.get((link.shop_id, link.tiktok_sku_id)), link)
        for link, _ in found
    ]
    lines = make_lines(entries)
    return [
        SkuRow(one, line, line.sku.listing if line.sku else None)
        for one, line in zip(found, lines, strict=True)
    ]


def sku_rows(found: Sequence[Any]) -> list[SkuRow]:
    """TikTok SKUs without a link, with their listings."""
    shops = {one.shop.pk: one.shop for one in found}
    skus = _skus_of(shops, [one.tiktok_sku_id for one in found])
    rows = []
    for one in found:
        sku = skus.get((one.shop.pk, one.tiktok_sku_id))
        rows.append(SkuRow(one, None, sku.listing if sku else None, {"sku": sku}))
    return rows


def _skus_of(
    shops: Mapping[int, TikTokShop], sku_ids: Iterable[str]
) -> dict[tuple[int, str], ListingSku]:
    rows = ListingSku.objects.filter(shop__in=shops, tiktok_sku_id__in=list(sku_ids))
    return {(sku.shop_id, sku.tiktok_sku_id): sku for sku in rows.select_related("listing")}
