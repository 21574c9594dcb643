"""Support's search by any id, over all merchants: exact matches on indexed columns alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Model, Q, QuerySet
from django.urls import reverse

from orders.models import CancelRequest, Fulfillment, LineItem, Order, Package, Return, StatusChange
from products.models import Link, Listing, ListingSku, Product, Variant, sku_key
from tiktoksync.shops.models import Membership, Merchant, ShopifyStore, TikTokShop
from tiktoksync.support.models import FailureEntry
from tiktoksync.support.services.staff_actions import merchant_of
from tiktoksync.sync.models import Attempt
from tiktoksync.webhooks.models import Delivery

MOST = 10
#: Attempts lead to the rows that they were made for.
_PLACES = {model._meta.label_lower: model for model in (Order, Fulfillment, Listing, Product)}


@dataclass(frozen=True, slots=True)
class Found:
    """A row with its page."""

    kind: str
    words: str
    merchant: str
    address: str


def _orders(words: str) -> QuerySet[Order]:
    """By TikTok's and Shopify's ids and names, a unit's id, a SKU."""
    name = words.removeprefix("#")
    ids = Q(tiktok_order_id=words) | Q(shopify_order_id=words) | Q(shopify_legacy_id=words)
    names = Q(shopify_order_name__in=[name, f"#{name}"])
    lines = LineItem.objects.filter(Q(tiktok_line_item_id=words) | Q(sku_key=sku_key(words)))
    either = ids | names | Q(pk__in=lines.order_by("-pk").values("order_id")[:MOST])
    return Order.objects.filter(either).select_related("shop__merchant").defer("raw")


def _of_order(model: type[Model], *columns: str) -> Callable[[str], QuerySet[Model]]:
    def find(words: str) -> QuerySet[Model]:
        either = Q()
        for column in columns:
            either |= Q(**{column: words})
        rows = model._default_manager.filter(either)
        return rows.select_related("order__shop__merchant").defer("order__raw")

    return find


def _shops(words: str) -> QuerySet[TikTokShop]:
    return TikTokShop.objects.filter(Q(shop_id=words) | Q(name__iexact=words))


def _stores(words: str) -> QuerySet[ShopifyStore]:
    domain = words.casefold().removeprefix("https://").split("/")[0]
    return ShopifyStore.objects.filter(Q(shop_domain=domain) | Q(name__iexact=words))


def _people(words: str) -> QuerySet[Membership]:
    users = User.objects.filter(Q(email__iexact=words) | Q(username=words))
    return Membership.objects.filter(user__in=users).select_related("merchant", "user")


_FINDERS: tuple[tuple[str, Callable[[str], QuerySet[Any]]], ...] = (
    ("Order", _orders),
    ("Shipment", _of_order(Fulfillment, "shopify_fulfillment_id", "tracking_number")),
    ("TikTok parcel", _of_order(Package, "tiktok_package_id", "tracking_number")),
    ("Cancel request", _of_order(CancelRequest, "cancel_id")),
    ("Return", _of_order(Return, "return_id", "tracking_number")),
    ("Merchant", lambda words: Merchant.objects.filter(name__iexact=words)),
    ("TikTok shop", lambda words: _shops(words).select_related("merchant")),
    ("Shopify store", lambda words: _stores(words).select_related("merchant")),
    ("Person", _people),
    (
        "Shopify product",
        lambda words: Product.objects.filter(shopify_product_id=words).select_related("store"),
    ),
    (
        "Shopify variant",
        lambda words: Variant.objects.filter(
            Q(shopify_variant_id=words) | Q(sku_key=sku_key(words))
        ).select_related("store__merchant", "product"),
    ),
    (
        "Listing",
        lambda words: Listing.objects.filter(tiktok_product_id=words).select_related("shop"),
    ),
    (
        "TikTok SKU",
        lambda words: ListingSku.objects.filter(
            Q(tiktok_sku_id=words) | Q(sku_key=sku_key(words))
        ).select_related("shop__merchant"),
    ),
    (
        "Link",
        lambda words: Link.objects.filter(tiktok_sku_id=words).select_related("shop", "variant"),
    ),
    ("Attempt", lambda words: Attempt.objects.filter(request_id=words)),
    (
        "History line",
        lambda words: (
            StatusChange.objects.filter(request_id=words)
            .select_related("order__shop__merchant")
            .defer("order__raw")
        ),
    ),
    (
        "Webhook",
        lambda words: (
            Delivery.objects.filter(delivery_id=words)
            .select_related("shop__merchant", "store__merchant")
            .defer("body")
        ),
    ),
    ("Failure", lambda words: FailureEntry.objects.filter(code=words)),
)


def find_anything(words: str) -> list[Found]:
    """The rows that carry this id, whoever they belong to; a few of each kind."""
    words = words.strip().replace("\0", "")[:200]
    if not words:
        return []
    return [
        Found(kind, str(row), _merchant_name(row), _page(row))
        for kind, find in _FINDERS
        for row in _first(find(words))
    ]


def _first(rows: QuerySet[Any]) -> list[Any]:
    return list(rows[:MOST])


def _merchant_name(row: Model) -> str:
    owner = None if isinstance(row, Merchant) else merchant_of(row)
    return str(owner or "")


def _page(row: Model) -> str:
    """The row's page; a person leads to the merchant's desk, an attempt to what it was for."""
    if isinstance(row, Merchant):
        return reverse("admin:shops_merchant_desk", args=[row.pk])
    if isinstance(row, Membership):
        return reverse("admin:shops_merchant_desk", args=[row.merchant_id])
    if isinstance(row, Attempt) and (model := _PLACES.get(row.subject)):
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        return reverse(name, args=[row.subject_id])
    options = row._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[row.pk])
