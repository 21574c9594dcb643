"""The tabs whose rows are products or listings: what is to upload, and how listings stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from orders.filters import count_together
from products.models import (
    UNREAD_PRODUCT,
    Link,
    Listing,
    ListingSku,
    ListingTask,
    Product,
    ProductImport,
    ProductUpload,
    Variant,
    sku_key,
)
from tiktoksync.shops.models import Merchant, TikTokShop
from tiktoksync.sync.models import SyncStatus

PAGE_SIZE = 50
FAILED = SyncStatus.FAILED.value
LIVE = Q(status="ACTIVATE")
REVIEW = Q(status="PENDING") | Q(audit_status="AUDITING")
OFF_SALE = Q(status__in=("SELLER_DEACTIVATED", "PLATFORM_DEACTIVATED", "FREEZE", "DRAFT"))
#: What TikTok itself objects to.
REFUSED = Q(status__in=("FAILED", "PLATFORM_DEACTIVATED", "FREEZE")) | Q(audit_status="FAILED")
_STATES = {"review": REVIEW, "live": LIVE, "inactive": OFF_SALE}
LISTING_TABS = ("fixing", *_STATES)
#: Filters of the tab of products to upload, as `products.selection` takes them.
FILTERS = ("product_type", "vendor", "tag", "status")
UPLOADS, LISTINGS = "uploads", "listings"

Chosen = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of rows; `after` and `part` name where the next one begins."""

    rows: list[Any]
    after: int | None = None
    part: str = ""


def count_products(merchant: Merchant, shops: Sequence[TikTokShop]) -> dict[str, int]:
    """Rows under these tabs, counted up to the cap, by one query."""
    questions: dict[str, Any] = {tab: listings_in(tab, shops, {}) for tab in LISTING_TABS}
    questions["upload"] = to_upload(shops, {})
    questions["failed"] = failed_uploads(shops, {})
    counts = count_together(merchant, questions)
    counts["fixing"] += counts.pop("failed")
    return counts


def to_upload(shops: Sequence[TikTokShop], chosen: Chosen) -> QuerySet[Product]:
    """Shopify products that none of these shops lists, newest first."""
    linked = Link.objects.filter(shop__in=_keys(shops), variant__product=OuterRef("pk"))
    stores = {shop.store_id for shop in shops}
    rows = Product.objects.filter(~Exists(linked), store__in=stores, gone_at=None)
    rows = rows.exclude(shopify_product_id=UNREAD_PRODUCT)
    if words := chosen.get("q", ""):
        same_sku = Variant.objects.filter(store__in=stores, sku_key__contains=sku_key(words))
        rows = rows.filter(Q(title__icontains=words) | Q(pk__in=same_sku.values("product_id")))
    for name in ("product_type", "vendor", "status"):
        if chosen.get(name):
            rows = rows.filter(**{f"{name}__iexact": chosen[name]})
    if chosen.get("tag"):
        rows = rows.filter(tags__icontains=f'"{chosen["tag"]}"')
    return rows.order_by("-pk")


def listings_in(tab: str, shops: Sequence[TikTokShop], chosen: Chosen) -> QuerySet[Listing]:
    """The listings under a tab, newest first."""
    keys = _keys(shops)
    rows = Listing.objects.filter(shop__in=keys, gone_at=None)
    rows = rows.filter(_needs_fixing(keys) if tab == "fixing" else _STATES[tab])
    if words := chosen.get("q", ""):
        same_sku = ListingSku.objects.filter(shop__in=keys, sku_key__contains=sku_key(words))
        rows = rows.filter(
            Q(title__icontains=words)
            | Q(tiktok_product_id=words)
            | Q(pk__in=same_sku.values("listing_id"))
        )
    return rows.order_by("-pk")


def failed_uploads(shops: Sequence[TikTokShop], chosen: Chosen) -> QuerySet[ProductUpload]:
    """Uploads that wait for somebody, newest first."""
    rows = ProductUpload.objects.filter(shop__in=_keys(shops), sync_status=FAILED)
    if words := chosen.get("q", ""):
        rows = rows.filter(product__title__icontains=words)
    return rows.select_related("product").order_by("-pk")


def read_slice(
    tab: str, shops: Sequence[TikTokShop], chosen: Chosen, after: int, part: str
) -> Slice:
    """A page of a tab: of what needs fixing the uploads first, the listings behind them."""
    if tab == "upload":
        return _cut(to_upload(shops, chosen), after, "")
    if tab != "fixing":
        return _cut(listings_in(tab, shops, chosen), after, "")
    listings = listings_in(tab, shops, chosen)
    if part == LISTINGS:
        return _cut(listings, after, LISTINGS)
    uploads = _cut(failed_uploads(shops, chosen), after, UPLOADS)
    if uploads.after:
        return uploads
    rest = _cut(listings, 0, LISTINGS, PAGE_SIZE - len(uploads.rows))
    return Slice(uploads.rows + rest.rows, rest.after, rest.part)


def _cut(rows: QuerySet[Any], after: int, part: str, size: int | None = None) -> Slice:
    size = PAGE_SIZE if size is None else size
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows[: size + 1])
    if len(found) <= size:
        return Slice(found)
    # With no room left on this page the next one begins in front of everything.
    return Slice(found[:size], found[size - 1].pk if size else found[0].pk + 1, part)


def _needs_fixing(keys: list[int]) -> Q:
    """Refused by TikTok, without a usable SKU, failed on its way, or linked to what is gone."""
    tasks = ListingTask.objects.filter(sync_status=FAILED, listing__shop__in=keys)
    imports = ProductImport.objects.filter(sync_status=FAILED, listing__shop__in=keys)
    found = REFUSED | Q(pk__in=tasks.values("listing")) | Q(pk__in=imports.values("listing"))
    return found | Q(pk__in=unusable_skus(keys).values("listing")) | Q(pk__in=_broken(keys))


def unusable_skus(keys: list[int]) -> QuerySet[ListingSku]:
    """SKUs without a link whose seller SKU is missing, or stands in their listing twice."""
    linked = Link.objects.filter(shop=OuterRef("shop"), tiktok_sku_id=OuterRef("tiktok_sku_id"))
    living = ListingSku.objects.order_by().filter(shop__in=keys, gone_at=None)
    # Counted along the index of keys first: few of them stand twice at all.
    counted = living.exclude(sku_key="").values("shop", "sku_key").annotate(n=Count("pk"))
    twice = counted.filter(n__gt=1).values("sku_key")
    same = living.filter(listing=OuterRef("listing"), sku_key=OuterRef("sku_key"))
    doubled = Q(sku_key__in=twice) & Exists(same.exclude(pk=OuterRef("pk")))
    return living.filter(Q(sku_key="") | doubled).exclude(Exists(linked))


def _broken(keys: list[int]) -> QuerySet[ListingSku, Any]:
    gone = Link.objects.filter(
        shop=OuterRef("shop"),
        tiktok_sku_id=OuterRef("tiktok_sku_id"),
        variant__gone_at__isnull=False,
    )
    links = Link.objects.filter(shop__in=keys, variant__gone_at__isnull=False)
    skus = ListingSku.objects.order_by().filter(
        Exists(gone),
        shop__in=keys,
        gone_at=None,
        tiktok_sku_id__in=links.values("tiktok_sku_id"),
    )
    return skus.values("listing")


def _keys(shops: Sequence[TikTokShop]) -> list[int]:
    return [shop.pk for shop in shops]
