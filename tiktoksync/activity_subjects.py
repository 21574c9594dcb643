"""What an attempt was made for: whose it is, what a person calls it, and where its page is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, Model, OuterRef, Q, QuerySet
from django.urls import reverse

from orders.models import (
    AddressChange,
    Cancellation,
    CancelRequest,
    ExternalReference,
    Fulfillment,
    Order,
    PackageFulfillment,
    Refund,
    SellerCancellation,
)
from orders.templatetags.order_tags import order_address
from products.models import Listing, ListingTask, Product, ProductImport, ProductUpload, SkuLookup
from tiktoksync.shops.models import Credential, Merchant
from tiktoksync.sync.models import Attempt

_OF_ORDERS: tuple[type[Model], ...] = (
    Fulfillment,
    PackageFulfillment,
    Cancellation,
    CancelRequest,
    SellerCancellation,
    Refund,
    AddressChange,
    ExternalReference,
)
_OF_LISTINGS: tuple[type[Model], ...] = (ProductImport, ListingTask)


@dataclass(frozen=True, slots=True)
class Subject:
    """An order, a product or a listing, as a line of the page names it."""

    name: str
    address: str


class Pointer(NamedTuple):
    """A row by its model's label and its key, as attempts name it."""

    subject: str
    subject_id: int


def owners(merchant: Merchant) -> dict[type[Model], Q]:
    """Every model whose rows queue themselves, with what makes a row the merchant's."""
    owner: dict[type[Model], Q] = {Order: Q(shop__merchant=merchant)}
    owner |= {model: Q(order__shop__merchant=merchant) for model in _OF_ORDERS}
    owner |= {model: Q(listing__shop__merchant=merchant) for model in _OF_LISTINGS}
    owner[ProductUpload] = Q(shop__merchant=merchant)
    owner[SkuLookup] = Q(store__merchant=merchant)
    owner[Credential] = Q(shop__merchant=merchant) | Q(store__merchant=merchant)
    return owner


def belongs_to(merchant: Merchant) -> Q:
    """Attempts know their row by model and key only, so each model is asked for its merchant."""
    condition = Q()
    for model, is_mine in owners(merchant).items():
        mine = model._default_manager.filter(is_mine, pk=OuterRef("subject_id"))
        condition |= Q(subject=label_of(model)) & Q(Exists(mine))
    return condition


def label_of(model: type[Model]) -> str:
    """The name under which attempts know a model."""
    return model._meta.label_lower


def subjects_of(attempts: Sequence[Attempt | Pointer]) -> dict[tuple[str, int], Subject]:
    """What each attempt was for, by its subject; one query a model. Tokens have none."""
    found: dict[tuple[str, int], Subject] = {}
    models: tuple[type[Model], ...] = (
        Order,
        *_OF_ORDERS,
        ProductUpload,
        *_OF_LISTINGS,
        SkuLookup,
    )
    for model in models:
        label = label_of(model)
        keys = [attempt.subject_id for attempt in attempts if attempt.subject == label]
        if keys:
            rows = model._default_manager.filter(pk__in=keys)
            found |= {(label, row.pk): _name(row) for row in _with_names(model, rows)}
    return found


def _with_names(model: type[Model], rows: QuerySet[Model]) -> QuerySet[Model]:
    """The rows with what naming them reads, and without what is large."""
    if model is Order:
        return rows.select_related("shop").defer("raw")
    if model in _OF_ORDERS:
        return rows.select_related("order__shop").defer("order__raw")
    if model is ProductUpload:
        return rows.select_related("product").defer("product__description_html")
    return rows.select_related("listing__shop") if model in _OF_LISTINGS else rows


def _name(row: Model) -> Subject:
    match row:
        case Order():
            return _name_order(row)
        case ProductUpload(product=product):
            return _name_product(product)
        case ProductImport(listing=listing) | ListingTask(listing=listing):
            return _name_listing(listing)
        case SkuLookup(sku=sku):
            return Subject(sku, "")
    return _name_order(row.order)  # type: ignore[attr-defined]


def _name_order(order: Order) -> Subject:
    return Subject(order.shopify_order_name or order.tiktok_order_id, order_address(order))


def _name_product(product: Product) -> Subject:
    number = product.shopify_product_id.rpartition("/")[2]
    return Subject(product.title or number, reverse("product-page", args=[number]))


def _name_listing(listing: Listing) -> Subject:
    address = reverse("listing-page", args=[listing.shop.shop_id, listing.tiktok_product_id])
    return Subject(listing.title or listing.tiktok_product_id, address)
