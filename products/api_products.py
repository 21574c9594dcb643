"""Both catalogues for programs: what there is to link, and how it is linked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Sum
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response

from products.models import (
    UNREAD_PRODUCT,
    InventoryLevel,
    Link,
    Listing,
    ListingSku,
    Location,
    Product,
    Variant,
    sku_key,
)
from products.serializers import CatalogueProductSerializer
from tiktoksync.api.pagination import Keyset
from tiktoksync.api.views import ApiView
from tiktoksync.lib import money

SIDES = ("shopify", "tiktok")


@dataclass(frozen=True, slots=True)
class CatalogueVariant:
    """What can be linked: a Shopify variant or a TikTok SKU."""

    id: str
    title: str
    sku: str
    price: str | None
    currency: str | None
    barcode: str = ""
    stock: int | None = None
    sent_stock: int | None = None
    links: Sequence[Link] = ()

    @property
    def linked(self) -> bool:
        """Whether it has any link."""
        return bool(self.links)


@dataclass(frozen=True, slots=True)
class CatalogueProduct:
    """A product of either side; both look the same to programs."""

    side: str
    id: str
    title: str
    status: str | None
    shopify_shop: str
    tiktok_shop_id: str | None
    variants: Sequence[CatalogueVariant] = field(default_factory=tuple)
    review: str | None = None
    review_reasons: Sequence[dict[str, Any]] = ()
    image: str | None = None


class ProductList(ApiView, GenericAPIView[Any]):
    """The products of one side, each with its variants and their links."""

    serializer_class = CatalogueProductSerializer
    keyset = Keyset("products")

    @extend_schema(
        operation_id="products_list",
        summary="Products of one side with their links",
        parameters=[
            OpenApiParameter("side", str, enum=SIDES, default="shopify"),
            OpenApiParameter("q", str, description="Part of a title, or the beginning of a SKU."),
            OpenApiParameter("shop", str, description="A tiktok_shop_id: leaves others out."),
        ],
        responses=CatalogueProductSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        """Newest first, as far as the catalogues are known here."""
        side = request.query_params.get("side", SIDES[0])
        if side not in SIDES:
            raise ValidationError({"side": ["One of shopify and tiktok is wanted."]})
        words = request.query_params.get("q", "").strip().replace("\0", "")
        rows = self._listings(words) if side == "tiktok" else self._products(words)
        page: Any = self.paginate_queryset(rows)
        links, stock = self._links(page), _stock_of(page)
        described = [
            _of_listing(row, links) if isinstance(row, Listing) else _of_product(row, links, stock)
            for row in page
        ]
        return self.get_paginated_response(self.get_serializer(described, many=True).data)

    def _products(self, words: str) -> QuerySet[Product]:
        rows = Product.objects.filter(store__in={shop.store_id for shop in self.shops})
        rows = rows.filter(gone_at=None).exclude(shopify_product_id=UNREAD_PRODUCT)
        if words:
            same_sku = Variant.objects.filter(sku_key__startswith=sku_key(words))
            rows = rows.filter(Q(title__icontains=words) | Q(pk__in=same_sku.values("product_id")))
        living = Prefetch(
            "variants", Variant.objects.filter(gone_at=None).order_by("position", "pk")
        )
        return rows.select_related("store").prefetch_related(living)

    def _listings(self, words: str) -> QuerySet[Listing]:
        rows = Listing.objects.filter(shop__in=[shop.pk for shop in self.shops], gone_at=None)
        if words:
            same_sku = ListingSku.objects.filter(sku_key__startswith=sku_key(words))
            rows = rows.filter(Q(title__icontains=words) | Q(pk__in=same_sku.values("listing_id")))
        living = Prefetch("skus", ListingSku.objects.filter(gone_at=None).order_by("pk"))
        return rows.select_related("shop__store").prefetch_related(living)

    def _links(self, page: Iterable[Product | Listing]) -> dict[Any, list[Link]]:
        """The links of a page, by variant or by shop and TikTok SKU."""
        variants, skus = [], []
        for row in page:
            if isinstance(row, Listing):
                skus += [sku.tiktok_sku_id for sku in row.skus.all()]
            else:
                variants += [variant.pk for variant in row.variants.all()]
        named = Q(variant__in=variants) | Q(tiktok_sku_id__in=skus)
        own = Link.objects.filter(named, shop__in=[shop.pk for shop in self.shops])
        found: dict[Any, list[Link]] = defaultdict(list)
        for link in own.select_related("shop", "variant", "created_by").order_by("pk"):
            found[link.variant_id].append(link)
            found[link.shop_id, link.tiktok_sku_id].append(link)
        return found


def _stock_of(page: Iterable[Product | Listing]) -> dict[tuple[int, str], int]:
    """What can be sold at all active locations, by store and inventory item; in one query."""
    items = {
        variant.inventory_item_id
        for row in page
        if isinstance(row, Product)
        for variant in row.variants.all()
        if variant.inventory_item_id
    }
    if not items:
        return {}
    closed = Location.objects.filter(
        store=OuterRef("store"),
        shopify_location_id=OuterRef("shopify_location_id"),
        is_active=False,
    )
    levels = InventoryLevel.objects.filter(~Exists(closed), inventory_item_id__in=items)
    sums = levels.order_by().values("store_id", "inventory_item_id").annotate(sum=Sum("available"))
    return {(one["store_id"], one["inventory_item_id"]): one["sum"] for one in sums}


def _of_product(
    product: Product, links: dict[Any, list[Link]], stock: dict[tuple[int, str], int]
) -> CatalogueProduct:
    currency = product.store.currency
    variants = [
        CatalogueVariant(
            id=one.shopify_variant_id,
            title=one.title,
            sku=one.sku,
            price=None if one.price is None else money.text(one.price, currency),
            currency=currency or None,
            barcode=one.barcode,
            stock=stock.get((one.store_id, one.inventory_item_id)),
            links=links.get(one.pk, ()),
        )
        for one in product.variants.all()
    ]
    shop = product.store.shop_domain
    return CatalogueProduct(
        side="shopify",
        id=product.shopify_product_id,
        title=product.title,
        status=product.status or None,
        shopify_shop=shop,
        tiktok_shop_id=None,
        variants=variants,
        image=product.cover or None,
    )


def _of_listing(listing: Listing, links: dict[Any, list[Link]]) -> CatalogueProduct:
    variants = [
        CatalogueVariant(
            id=one.tiktok_sku_id,
            title=one.shown_name,
            sku=one.seller_sku,
            price=None if one.price is None else money.text(one.price, one.currency),
            currency=one.currency or None,
            barcode=one.barcode,
            stock=one.quantity,
            sent_stock=one.sent_quantity,
            links=links.get((listing.shop_id, one.tiktok_sku_id), ()),
        )
        for one in listing.skus.all()
    ]
    shop = listing.shop
    return CatalogueProduct(
        side="tiktok",
        id=listing.tiktok_product_id,
        title=listing.title,
        status=listing.status or None,
        shopify_shop=shop.store.shop_domain,
        tiktok_shop_id=shop.shop_id,
        variants=variants,
        review=listing.audit_status or None,
        review_reasons=listing.review_reasons,
        image=listing.cover or None,
    )
