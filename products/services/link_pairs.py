"""Which TikTok SKUs and Shopify variants carry the same SKU, asked of the database at once.

A pair is a living TikTok SKU without a link and the one living variant of the shop's store with an
equal `sku_key`. Two SKUs of one listing with the same seller SKU are no pair with anything, nor
are two that somebody took apart.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import connection
from django.db.models import (
    CharField,
    DateTimeField,
    Exists,
    F,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
)

from products.models import Link, ListingSku, RemovedLink, Variant
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop

COLUMNS = ("shop_id", "tiktok_sku_id", "variant_id", "origin", "created_at", "created_by_id")


def living_skus(shop: TikTokShop) -> QuerySet[ListingSku]:
    """The SKUs of the shop that TikTok still has."""
    return ListingSku.objects.filter(shop=shop, gone_at=None, listing__gone_at=None)


def unlinked_skus(shop: TikTokShop) -> QuerySet[ListingSku]:
    """Those of them that have no link."""
    links = Link.objects.filter(shop=shop, tiktok_sku_id=OuterRef("tiktok_sku_id"))
    return living_skus(shop).filter(~Exists(links))


def judged_skus(shop: TikTokShop) -> QuerySet[Any]:
    """Unlinked SKUs with what decides about them.

    `same_variant_id`: a living variant with an equal SKU, None if there is none; `has_rival`: there
    is another one; `has_twin`: another SKU of the same listing has the same seller SKU;
    `was_parted`: somebody took these two apart.
    """
    same = Variant.objects.filter(
        store=shop.store_id, sku_key=OuterRef("sku_key"), gone_at=None
    ).exclude(sku_key="")
    parted = RemovedLink.objects.filter(
        shop=shop, tiktok_sku_id=OuterRef("tiktok_sku_id"), variant=OuterRef("same_variant_id")
    )
    first = Subquery(same.order_by("pk").values("pk")[:1], output_field=IntegerField())
    rows: QuerySet[Any] = unlinked_skus(shop).annotate(same_variant_id=first)
    judged: QuerySet[Any] = rows.annotate(
        has_rival=Exists(same.exclude(pk=OuterRef("same_variant_id"))),
        has_twin=Exists(twins()),
        was_parted=Exists(parted),
    )
    return judged


def twins() -> QuerySet[ListingSku]:
    """Other living SKUs of the same listing with the same seller SKU; for an Exists."""
    same = ListingSku.objects.filter(
        listing=OuterRef("listing"), sku_key=OuterRef("sku_key"), gone_at=None
    )
    return same.exclude(sku_key="").exclude(pk=OuterRef("pk"))


def pairs(shop: TikTokShop) -> QuerySet[Any]:
    """The SKUs that may be linked to their `same_variant_id`."""
    return judged_skus(shop).filter(
        same_variant_id__isnull=False, has_rival=False, has_twin=False, was_parted=False
    )


def insert_pairs(rows: QuerySet[ListingSku], origin: Link.Origin, user: Any = None) -> list[str]:
    """Link pairs, with one statement; returns the TikTok SKU ids that got their link by it.

    What somebody else links at the same moment stays as they linked it.
    """
    chosen = rows.order_by("pk").values_list(
        "shop_id",
        "tiktok_sku_id",
        F("same_variant_id"),
        Value(str(origin), CharField()),
        Value(database_now(), DateTimeField()),
        Value(getattr(user, "pk", None), IntegerField(null=True)),
    )
    select, parameters = chosen.query.sql_with_params()
    quote = connection.ops.quote_name
    statement = (
        f"INSERT INTO {quote(Link._meta.db_table)} ({', '.join(map(quote, COLUMNS))}) {select} "
        f"ON CONFLICT DO NOTHING RETURNING {quote('tiktok_sku_id')}"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [sku_id for (sku_id,) in cursor.fetchall()]


def of_skus(rows: QuerySet[ListingSku], sku_ids: Collection[str]) -> QuerySet[ListingSku]:
    """Those of these TikTok SKUs alone."""
    return rows.filter(tiktok_sku_id__in=list(sku_ids))
