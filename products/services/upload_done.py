"""A product is on TikTok: its listing, its SKUs and its links are written down together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from products.models import (
    Link,
    Listing,
    ListingSku,
    ProductUpload,
    RemovedLink,
    Variant,
    sku_key,
)
from products.services import follow_catalogue
from products.services.links import LinkConflict, make_link
from products.services.upload_look import Found, FoundSku
from products.upload_words import issue
from tiktoksync.lib import queue
from tiktoksync.lib.answers import Answer
from tiktoksync.lib.timing import database_now
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync import statuses
from tiktoksync.sync.models import Attempt, FailureKind, SyncStatus

PENDING, AUDITING = "PENDING", "AUDITING"


def accept_created(
    row: ProductUpload,
    body: Mapping[str, Any],
    answer: Answer[Any],
    attempt: Attempt,
    remarks: Iterable[str] = (),
) -> None:
    """TikTok took the product: it is under review there, and linked here.

    `remarks` are kept with TikTok's own: what of the product was left out.
    """
    made, shop = answer.data, row.shop
    listing = _listing(
        row,
        made.product_id,
        title=str(body["title"])[:500],
        status=PENDING,
        audit_status=AUDITING,
        external_product_id=row.product.shopify_product_id,
    )
    sent = {str(sku["external_sku_id"]): sku for sku in body["skus"]}
    matched = _match_created(made.skus, sent)
    _store_skus([_sku(listing, sku_id, told) for sku_id, told in matched.items()])
    variants = _variants(row)
    pairs = {sku_id: variants.get(str(told["external_sku_id"])) for sku_id, told in matched.items()}
    _link_new(row, {sku_id: one for sku_id, one in pairs.items() if one is not None})
    warnings = [*remarks, *made.warnings]
    _finish(row, attempt, made.product_id, sent_at=attempt.started_at, warnings=warnings)
    follow_catalogue.links_made(shop, list(matched))


def accept_found(row: ProductUpload, found: Found, attempt: Attempt) -> None:
    """The product is on TikTok: a create that was not answered, or a listing made otherwise.

    SKUs that are linked stay so. If nothing of the listing is free for this product, its SKU
    belongs to another one: then it is set aside with the words for that.
    """
    is_made_here = found.is_ours and row.in_doubt_since is not None
    pairs = _pairs(row, found)
    if not pairs and not found.is_ours:
        _refuse_taken(row, found, attempt)
        return
    listing = _listing(
        row,
        found.product_id,
        title=found.title[:500],
        status=found.status[:40],
        external_product_id=row.product.shopify_product_id if found.is_ours else "",
    )
    ListingSku.objects.bulk_create(
        [_found_sku(listing, sku) for sku in found.skus], ignore_conflicts=True
    )
    if is_made_here:
        _link_new(row, pairs)
    else:
        _link_found(row, pairs, Link.Origin.REBUILT if found.is_ours else Link.Origin.SAME_SKU)
    _finish(row, attempt, found.product_id, was_found=not is_made_here)
    follow_catalogue.links_made(row.shop, list(pairs))


def _finish(row: ProductUpload, attempt: Attempt, product_id: str, **columns: Any) -> None:
    statuses.move(
        row,
        SyncStatus.SYNCED,
        attempt=attempt,
        reason=f"TikTok product {product_id}.",
        tiktok_product_id=product_id,
        issues=[],
        **columns,
    )
    queue.wake("pull_listings", row.shop_id)


# --- rows of the mirror --------------------------------------------------------------------------


def _listing(row: ProductUpload, product_id: str, **columns: str) -> Listing:
    """The listing's row, whose details are read soon; what the mirror knows better stays."""
    now = database_now()
    listing, created = Listing.objects.get_or_create(
        shop=row.shop, tiktok_product_id=product_id, defaults={**columns, "detail_wanted_at": now}
    )
    if not created:
        Listing.objects.filter(pk=listing.pk).update(detail_wanted_at=now, gone_at=None)
    return listing


#: Of a SKU that the mirror was quicker to store, only these are ours to say.
SENT = (
    *("external_sku_id", "sent_quantity", "quantity_sent_at", "sent_price", "price_sent_at"),
    "gone_at",
)


def _store_skus(skus: list[ListingSku]) -> None:
    ListingSku.objects.bulk_create(
        skus,
        update_conflicts=True,
        unique_fields=["shop", "tiktok_sku_id"],
        update_fields=SENT,
    )


def _sku(listing: Listing, sku_id: str, told: Mapping[str, Any]) -> ListingSku:
    """A SKU as it was sent; what is told of it next is compared with that."""
    now, seller_sku = database_now(), str(told.get("seller_sku") or "")
    quantity = sum(int(one["quantity"]) for one in told["inventory"])
    price = Decimal(told["price"]["amount"])
    return ListingSku(
        shop=listing.shop,
        listing=listing,
        tiktok_sku_id=sku_id,
        seller_sku=seller_sku[:255],
        sku_key=sku_key(seller_sku)[:255],
        attributes=[
            {"name": one["name"], "value": one["value_name"]}
            for one in told.get("sales_attributes", ())
        ],
        price=price,
        currency=told["price"]["currency"],
        quantity=quantity,
        inventory=[dict(one) for one in told["inventory"]],
        external_sku_id=str(told["external_sku_id"]),
        sent_quantity=quantity,
        quantity_sent_at=now,
        sent_price=price,
        price_sent_at=now,
    )


def _found_sku(listing: Listing, sku: FoundSku) -> ListingSku:
    return ListingSku(
        shop=listing.shop,
        listing=listing,
        tiktok_sku_id=sku.tiktok_sku_id,
        seller_sku=sku.seller_sku[:255],
        sku_key=sku_key(sku.seller_sku)[:255],
        external_sku_id=sku.external_sku_id,
    )


def _match_created(
    made: Iterable[Any], sent: Mapping[str, Mapping[str, Any]]
) -> dict[str, Mapping[str, Any]]:
    """What was sent of each new SKU, by TikTok's id: by our id on it, else by its seller SKU."""
    rows = list(made)
    by_sku = {str(one["seller_sku"]): one for one in sent.values() if one.get("seller_sku")}
    found = {}
    for row in rows:
        told = sent.get(row.external_sku_id) or by_sku.get(row.seller_sku)
        if told is None and len(rows) == len(sent) == 1:
            told = next(iter(sent.values()))
        if told is not None:
            found[row.tiktok_sku_id] = told
    return found


# --- links ---------------------------------------------------------------------------------------


def _variants(row: ProductUpload) -> dict[str, Variant]:
    rows = Variant.objects.filter(product=row.product_id, gone_at=None)
    return {one.shopify_variant_id: one for one in rows}


def _link_new(row: ProductUpload, pairs: Mapping[str, Variant]) -> None:
    """Link SKUs that nobody can have ordered yet; a link that the mirror was quicker to make by
    equal SKUs is one of this upload all the same.
    """
    by = {"origin": Link.Origin.UPLOADED, "created_by": _asked_by(row)}
    Link.objects.bulk_create(
        [Link(shop=row.shop, tiktok_sku_id=key, variant=one, **by) for key, one in pairs.items()],
        ignore_conflicts=True,
    )
    same = Link.objects.filter(shop=row.shop, tiktok_sku_id__in=pairs, variant__in=pairs.values())
    same.filter(origin=Link.Origin.SAME_SKU).update(**by)


def _link_found(row: ProductUpload, pairs: Mapping[str, Variant], origin: Link.Origin) -> None:
    for sku_id, variant in pairs.items():
        try:
            make_link(row.shop, sku_id, variant, origin=origin, user=_asked_by(row))
        except LinkConflict:
            continue  # somebody linked it otherwise just now


def _pairs(row: ProductUpload, found: Found) -> dict[str, Variant]:
    """The variant for each SKU of the listing that is free: by the id on it, else by equal SKU."""
    variants = _variants(row)
    counted = Counter(one.sku_key for one in variants.values())
    by_key = {one.sku_key: one for one in variants.values() if counted[one.sku_key] == 1}
    by_key.pop("", None)
    pairs = {}
    for sku in found.skus:
        variant = variants.get(sku.external_sku_id) or by_key.get(sku_key(sku.seller_sku))
        if variant is None and found.is_ours and len(found.skus) == len(variants) == 1:
            variant = next(iter(variants.values()))
        if variant is not None:
            pairs[sku.tiktok_sku_id] = variant
    foreign = _foreign(row.shop, pairs, apart=not found.is_ours)
    return {sku_id: one for sku_id, one in pairs.items() if sku_id not in foreign}


def _foreign(shop: TikTokShop, pairs: Mapping[str, Variant], *, apart: bool) -> set[str]:
    """SKUs that are another variant's, or that somebody took apart from theirs."""
    linked = Link.objects.filter(shop=shop, tiktok_sku_id__in=pairs)
    others = {
        link.tiktok_sku_id for link in linked if link.variant_id != pairs[link.tiktok_sku_id].pk
    }
    if apart:
        removed = RemovedLink.objects.filter(shop=shop, tiktok_sku_id__in=pairs)
        others |= {
            one.tiktok_sku_id for one in removed if one.variant_id == pairs[one.tiktok_sku_id].pk
        }
    return others


def _refuse_taken(row: ProductUpload, found: Found, attempt: Attempt) -> None:
    wanted = set(row.product.variants.exclude(sku_key="").values_list("sku_key", flat=True))
    same = [one.seller_sku for one in found.skus if sku_key(one.seller_sku) in wanted]
    told = issue("sku_taken", what=f"{', '.join(same[:3])} (listing {found.product_id})")
    statuses.fail(
        row,
        FailureKind.CONFIG,
        told["code"],
        told["words"],
        attempt=attempt,
        issues=[told],
        in_doubt_since=None,
    )


def _asked_by(row: ProductUpload) -> Any:
    return row.run.started_by if row.run else None
