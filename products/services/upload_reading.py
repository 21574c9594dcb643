"""What is known here of products that are to be listed on TikTok: read for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from products.models import (
    Link,
    Listing,
    ListingSku,
    Product,
    ProductRules,
    ProductUpload,
    UploadTemplate,
    Variant,
)
from products.services.stock_figures import stock_figures
from products.upload_facts import CategoryFacts, Picture, ProductFacts, Setting, VariantFacts
from tiktoksync.shops.models import TikTokShop
from tiktoksync.sync.models import SyncStatus

DELETED = "DELETED"


def load_products(
    shop: TikTokShop, rules: ProductRules, products: Sequence[Product]
) -> dict[int, ProductFacts]:
    """The facts of products of the shop's store, by row; a handful of queries however many."""
    keys = [product.pk for product in products]
    rows = Variant.objects.filter(product__in=keys, gone_at=None).select_related("product")
    variants = list(rows.order_by("position", "pk"))
    figures = stock_figures(shop.store_id, rules, variants)
    grouped: dict[int, list[Variant]] = {key: [] for key in keys}
    for variant in variants:
        grouped[variant.product_id].append(variant)
    listed, sold = _listed(shop, products), _sold(shop, variants)
    found = {}
    for product in products:
        own = grouped[product.pk]
        told = tuple(_variant(one, figures[one.pk].quantity) for one in own)
        found[product.pk] = replace(
            _product(product, told),
            listed_as=listed.get(product.pk, ""),
            same_sku=next((sold.free[one.pk] for one in own if one.pk in sold.free), ""),
            taken={one.sku: sold.taken[one.pk] for one in own if one.pk in sold.taken},
        )
    return found


def setting_of(
    shop: TikTokShop,
    rules: ProductRules,
    template: UploadTemplate | None,
    category: CategoryFacts | None,
) -> Setting:
    """The shop as a product finds it that is listed with this template in this category."""
    return Setting(
        region=shop.region,
        currency=shop.store.currency,
        rules=rules,
        template=template,
        category=category,
        warehouse_id=warehouse_of(shop, rules, template),
    )


def warehouse_of(shop: TikTokShop, rules: ProductRules, template: UploadTemplate | None) -> str:
    """TikTok's warehouse that new listings are stocked in; "" if nothing says which."""
    chosen = (template.warehouse_id if template else "") or rules.warehouse_id
    if chosen:
        return chosen
    known: list[dict[str, Any]] = list(shop.warehouses)
    default = [one for one in known if one.get("is_default")]
    only = default if len(default) == 1 else known
    return str(only[0].get("id") or "") if len(only) == 1 else ""


def choose_template(
    product: Product, templates: Iterable[UploadTemplate], wanted: object = None
) -> UploadTemplate | None:
    """The template asked for, else the one for the product's type, else the default one."""
    rows = list(templates)
    named = [one for one in rows if wanted and one.pk == wanted]
    kind = product.product_type.strip().casefold()
    typed = [one for one in rows if kind and one.product_type.strip().casefold() == kind]
    default = [one for one in rows if one.is_default]
    return next(iter(named or typed or default), None)


def living_skus(shop: TikTokShop) -> Any:
    """The shop's SKUs that are on TikTok still."""
    rows = ListingSku.objects.filter(shop=shop, gone_at=None, listing__gone_at=None)
    return rows.exclude(listing__status=DELETED)


# --- what is on TikTok already -------------------------------------------------------------------


def _listed(shop: TikTokShop, products: Sequence[Product]) -> dict[int, str]:
    """For each product that is on TikTok the words of it: by a link, an id or an upload."""
    found = _uploaded(shop, products)
    by_gid = {product.shopify_product_id: product.pk for product in products}
    named = Listing.objects.filter(shop=shop, external_product_id__in=by_gid, gone_at=None)
    for listing in named.exclude(status=DELETED):
        found[by_gid[listing.external_product_id]] = _words(listing)
    links = Link.objects.filter(shop=shop, variant__product__in=by_gid.values())
    pairs = dict(links.values_list("tiktok_sku_id", "variant__product_id"))
    known = set()
    skus = ListingSku.objects.filter(shop=shop, tiktok_sku_id__in=pairs).select_related("listing")
    for sku in skus:
        known.add(sku.tiktok_sku_id)
        if not (sku.gone_at or sku.listing.gone_at or sku.listing.status == DELETED):
            found[pairs[sku.tiktok_sku_id]] = _words(sku.listing)
    # Linked, and the listing has not been read: orders name it, so it is there.
    for sku_id in pairs.keys() - known:
        found.setdefault(pairs[sku_id], f"TikTok SKU {sku_id} is linked to it")
    return found


def _uploaded(shop: TikTokShop, products: Sequence[Product]) -> dict[int, str]:
    """Products that were listed from here, unless the listing is gone since."""
    rows = ProductUpload.objects.filter(
        shop=shop, product__in=[one.pk for one in products], sync_status=SyncStatus.SYNCED
    ).exclude(tiktok_product_id="")
    listed = dict(rows.values_list("product_id", "tiktok_product_id"))
    gone = gone_listings(shop, listed.values())
    return {
        key: f"listing {listing_id} was made from it"
        for key, listing_id in listed.items()
        if listing_id not in gone
    }


def gone_listings(shop: TikTokShop, ids: Iterable[str]) -> set[str]:
    """Which of these listings are known to be no longer on TikTok."""
    rows = Listing.objects.filter(shop=shop, tiktok_product_id__in=list(ids))
    gone = rows.exclude(gone_at=None) | rows.filter(status=DELETED)
    return set(gone.values_list("tiktok_product_id", flat=True))


@dataclass(slots=True)
class _Sold:
    """Variants (by row) whose SKU is on TikTok: another product's, with that one's title, or a
    listing's that is linked to nothing, with its words.
    """

    taken: dict[int, str] = field(default_factory=dict)
    free: dict[int, str] = field(default_factory=dict)


def _sold(shop: TikTokShop, variants: Sequence[Variant]) -> _Sold:
    keys = {one.sku_key for one in variants} - {""}
    skus: dict[str, list[ListingSku]] = {}
    for sku in living_skus(shop).filter(sku_key__in=keys).select_related("listing"):
        skus.setdefault(sku.sku_key, []).append(sku)
    ids = [sku.tiktok_sku_id for same in skus.values() for sku in same]
    links = Link.objects.filter(shop=shop, tiktok_sku_id__in=ids).select_related("variant__product")
    owners = {link.tiktok_sku_id: link.variant.product for link in links}
    sold = _Sold()
    for one in variants:
        for sku in skus.get(one.sku_key, ()):
            owner = owners.get(sku.tiktok_sku_id)
            if owner is None:
                sold.free[one.pk] = _words(sku.listing)
            elif owner.pk != one.product_id:
                sold.taken[one.pk] = owner.title or "another product"
    return sold


def _words(listing: Listing) -> str:
    return f"listing {listing.tiktok_product_id}, “{listing.title}”"


# --- facts ---------------------------------------------------------------------------------------


def _product(product: Product, variants: tuple[VariantFacts, ...]) -> ProductFacts:
    images = (
        Picture(str(one.get("url") or ""), _pixels(one, "width"), _pixels(one, "height"))
        for one in product.images
    )
    return ProductFacts(
        gid=product.shopify_product_id,
        title=product.title,
        description_html=product.description_html,
        status=product.status,
        product_type=product.product_type,
        vendor=product.vendor,
        tags=tuple(str(tag) for tag in product.tags),
        images=tuple(one for one in images if one.url),
        variants=variants,
    )


def _variant(variant: Variant, quantity: int | None) -> VariantFacts:
    return VariantFacts(
        gid=variant.shopify_variant_id,
        sku=variant.sku,
        title=variant.title,
        options=tuple(
            (str(one.get("name") or ""), str(one.get("value") or ""))
            for one in variant.option_values
        ),
        price=variant.price,
        quantity=quantity,
        barcode=variant.barcode,
        image=variant.image,
        weight=variant.weight,
        weight_unit=variant.weight_unit,
        requires_shipping=variant.requires_shipping,
    )


def _pixels(image: dict[str, Any], side: str) -> int:
    value = image.get(side)
    return value if isinstance(value, int) else 0
